"""Plugins built to misbehave, from one C source."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "sound" / "faulty_plugin.c"
FAULTS = {"sound": 0, "load-crash": 1, "load-hang": 2, "play-crash": 3, "play-nan": 4, "silent": 5, "play-hang": 6,
          "load-exit": 7, "chatty": 8, "unload-crash": 9, "load-memory": 10, "play-memory": 11, "play-exit": 12,
          "runaway": 13, "forgets": 14, "random": 15, "shell": 16, "library": 17}  # fmt: skip
OFTEN = tuple(FAULTS)[:9]

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="no gcc on this machine")


def build_faulty_plugins(folder: Path, names: Iterable[str] = OFTEN) -> dict[str, Path]:
    """One plugin for each of the faults, by its name; "effect-" before that makes it an effect."""
    paths = {name: folder / f"{name}.so" for name in names}
    for name, path in paths.items():
        options = [f"-DFAULT={FAULTS[name.removeprefix('effect-')]}", *(["-DEFFECT"] if "effect-" in name else [])]
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", *options, str(SOURCE), "-o", str(path), "-lm"], check=True)
    return paths
