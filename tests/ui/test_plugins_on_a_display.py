"""A plugin instrument and effect, in the window on a real display: chosen, heard, turned, saved, opened again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

INSTRUMENT, EFFECT = Path("/usr/lib/vst/amsynth_vst.so"), Path("/usr/lib/vst/ZamDelay-vst.so")


@pytest.mark.skipif(not all(map(shutil.which, ("xvfb-run", "xdotool"))), reason="no display, and none can be made")
@pytest.mark.skipif(not (INSTRUMENT.exists() and EFFECT.exists()), reason="amsynth or ZamDelay is not installed")
def test_a_plugin_is_chosen_heard_turned_and_comes_back(tmp_path: Path) -> None:
    script = Path(__file__).with_name("plugins_under_xvfb.py")
    command = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", sys.executable, str(script), str(INSTRUMENT),
               str(EFFECT), str(tmp_path / "song.cocomposer")]  # fmt: skip
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=240, env=os.environ | {"QT_QPA_PLATFORM": "xcb"}
    )
    assert ran.stdout.splitlines() == [
        "sliders True",
        "heard True",
        "window True",
        "turned Turn plugin of Melody",
        "with effect True True",
        "closed True",
        "restored True",
        "heard again True",
    ], ran.stderr
