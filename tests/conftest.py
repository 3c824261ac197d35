"""For all tests: PyTorch uses one thread in each, because the tests themselves run side by side; and nothing of the
user's own is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _folders_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, presets, and the certificate that exports are signed with, are those of the tests."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("CACHE", "DATA", "SETTINGS"):
            patched.setenv(f"COCOMPOSER_{name}", str(tmp_path_factory.mktemp(name.casefold())))
        yield
