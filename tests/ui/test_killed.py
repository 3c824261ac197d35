"""A window that is killed at any moment loses nothing older than what it kept aside last."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from cocomposer.ui.window import Window
from killing import kill_at_random

from cocomposer.studio.recovery import find_recoveries


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("seed", range(5))
def test_the_next_start_offers_what_was_kept_aside_last(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    folder = tmp_path / "killed"
    folder.mkdir()
    killed = kill_at_random(folder, random.Random(seed))
    monkeypatch.setenv("COCOMPOSER_RECOVERY", str(folder))
    assert killed.edited > 0
    if killed.kept:
        (left,) = find_recoveries()
        assert killed.kept <= int(left.open().song.title) <= killed.edited + 1
        assert window.files.offer_recovery()
