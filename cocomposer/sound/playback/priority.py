"""Who goes first where threads compete: what is about to be heard, then all else, then what is rendered ahead."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

SWITCH_SECONDS = 0.0005
"""How soon Python lets another thread go on.  A block is mixed by some dozens of calls that each wait for their turn;
at the usual 5 ms, a busy window would leave none of it in time."""


def _set(niceness: int) -> None:
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own to be set so
        with contextlib.suppress(OSError):  # more than the usual takes a permission
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def hurry() -> None:
    """Have this thread go before others, where the system allows that."""
    _set(-10)


def give_way() -> None:
    """Have this thread let others go first."""
    _set(5)
