"""`cocomposer plugins`: what is found is shown and remembered, what is broken is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc

from cocomposer.cli import main


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two plugins, one of which crashes; no other plugins and nothing known yet."""
    built = build_faulty_plugins(tmp_path)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in ("sound", "load-crash"):
        shutil.copy(built[name], shelf)
    monkeypatch.setattr("cocomposer.studio.plugins.usual_folders", lambda: ())
    monkeypatch.setenv("COCOMPOSER_CACHE", str(tmp_path / "cache"))
    return shelf


@needs_gcc
def test_scan_list_and_info_agree(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "list"]) == 0
    assert "scan" in capsys.readouterr().out
    assert main(["plugins", "scan", str(shelf)]) == 0
    shown = capsys.readouterr().out
    assert "instrument" in shown
    assert "1 plugins work, 1 do not" in shown
    assert main(["plugins", "list", "--json"]) == 0
    known = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert "SIGSEGV" in known["load-crash"]["problem"]
    assert main(["plugins", "info", "SOUND", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == known["sound"]
    assert main(["plugins", "info", str(shelf / "load-crash.so")]) == 1
    assert "crashed" in capsys.readouterr().out


@needs_gcc
def test_presets_and_programs_are_shown_and_kept(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, kept = str(shelf / "sound.so"), str(tmp_path / "kept.fxp")
    assert main(["plugins", "programs", sound]) == 0
    assert "Quiet" in capsys.readouterr().out
    assert main(["plugins", "info", sound, "--program", "quiet", "--save", kept]) == 0
    capsys.readouterr()
    assert main(["plugins", "info", sound, "--preset", kept, "--json"]) == 0
    (volume,) = json.loads(capsys.readouterr().out)
    assert volume == {"name": "Volume", "value": 0.125, "text": "0.12"}
    assert main(["plugins", "info", sound, "--program", "quite"]) == 2
    assert "did you mean Quiet" in capsys.readouterr().err
    assert main(["plugins", "info", sound, "--preset", sound]) == 1
    assert "name a .fxp or .fxb file" in capsys.readouterr().err


def test_what_is_not_there_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COCOMPOSER_CACHE", str(tmp_path))
    assert main(["plugins", "info", "nobody"]) == 1
    assert "cocomposer plugins scan" in capsys.readouterr().err
    assert main(["plugins", "scan", str(tmp_path / "no")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert main(["plugins", "scna"]) == 2
    assert "did you mean scan" in capsys.readouterr().err
