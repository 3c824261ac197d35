"""For all tests: PyTorch uses one thread in each, because the tests themselves run side by side."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
