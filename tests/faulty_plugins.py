"""Plugins built to misbehave, from one C source."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "sound" / "faulty_plugin.c"
FAULTS = {"sound": 0, "load-crash": 1, "load-hang": 2, "play-crash": 3, "play-nan": 4, "silent": 5, "play-hang": 6,
          "load-exit": 7, "chatty": 8}  # fmt: skip

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="no gcc on this machine")


def build_faulty_plugins(folder: Path) -> dict[str, Path]:
    """One plugin for every fault, by its name."""
    paths = {name: folder / f"{name}.so" for name in FAULTS}
    for name, path in paths.items():
        command = ["gcc", "-shared", "-fPIC", "-O1", f"-DFAULT={FAULTS[name]}", str(SOURCE), "-o", str(path), "-lm"]
        subprocess.run(command, check=True)
    return paths
