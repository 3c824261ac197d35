"""What is about to be heard goes before everything else where threads compete."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

SWITCH_SECONDS = 0.0005
"""How soon Python lets another thread go on.  A block is mixed by some dozens of calls that each wait for their turn;
at the usual 5 ms, a busy window would leave none of it in time."""


def hurry() -> None:
    """Have this thread go before others, where the system allows that.

    No thread is made to wait for others instead: while it did, it might hold the interpreter that this one needs.
    """
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own that could be set so
        with contextlib.suppress(OSError):  # it takes a permission
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -10)
