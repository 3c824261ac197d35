"""Child processes that contain what may crash or block, and that never outlive the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import cocomposer


def child_environment() -> dict[str, str]:
    """The environment of a child process, in which the program can be imported.

    Children are started with -P, which keeps the current folder, that may hold anything, off their path.
    """
    environment = dict(os.environ)
    root = str(Path(cocomposer.__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
    return environment


def child_options() -> dict[str, Any]:
    """What makes a child the leader of a group of its own, so that all it starts can be ended with it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def end(process: subprocess.Popen[Any]) -> None:
    """End a child started with `child_options`, and whatever it started, now."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    process.wait()


def die_with(parent: int) -> None:
    """End this process with its parent, on Linux by the kernel.  Elsewhere the end of standard input tells it."""
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)
