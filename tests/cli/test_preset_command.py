"""`cocomposer preset` and `cocomposer shelf` as an artist types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cocomposer.cli import main


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE", "SETTINGS"):
        monkeypatch.setenv(f"COCOMPOSER_{name}", str(tmp_path / name.lower()))


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    return list(json.loads(said(capsys, "preset", "list", *words, "--json")))


def test_a_setting_is_kept_shared_as_a_line_and_brought_in_once(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "preset", "save", "--control", "density=0.25", "--name", "My room", "--tags", "calm, mine")
    assert [each["from"] for each in listed(capsys, "calm", "mine")] == ["mine"]
    code = said(capsys, "preset", "code", "My room").strip()
    assert code.startswith("coco1:")
    assert "density = 0.25" in said(capsys, "preset", "show", code)
    said(capsys, "preset", "import", code)
    assert len(listed(capsys, "my", "room")) == 1
    said(capsys, "preset", "remove", "My room")
    assert listed(capsys, "my", "room") == []
    said(capsys, "preset", "import", code)
    assert len(listed(capsys, "my", "room")) == 1


def test_a_pack_goes_over_a_shelf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack, shelf = tmp_path / "evening.cocopack", tmp_path / "shelf"
    said(capsys, "preset", "export", "First light", "Fifties", "--out", str(pack), "--sign", "--author", "Ada")
    assert "whole, signed with the key" in said(capsys, "preset", "verify", str(pack)).replace("\n", " ")
    said(capsys, "shelf", "init", str(shelf), "--title", "Evenings")
    said(capsys, "shelf", "add", str(shelf), str(pack))
    said(capsys, "shelf", "sign", str(shelf))
    assert "Evenings: 1 packs" in said(capsys, "shelf", "subscribe", str(shelf))
    assert "evening" in said(capsys, "shelf", "search", "fifties", "ada")
    assert "0 packs" in said(capsys, "shelf", "search", "sixties")
    said(capsys, "preset", "install", "evening")
    assert (tmp_path / "data/presets/packs").is_dir()
    said(capsys, "preset", "export", "First light", "--out", str(pack), "--sign", "--revision", "2")
    said(capsys, "shelf", "add", str(shelf), str(pack))
    said(capsys, "shelf", "sign", str(shelf))
    assert "evening is now revision 2" in said(capsys, "shelf", "update")
    said(capsys, "preset", "remove", "evening")
    assert list((tmp_path / "data/presets/packs").iterdir()) == []


def test_the_form_of_a_song_becomes_a_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart = tmp_path / "song.txt"
    chart.write_text("title: Rain\ntempo: 90\nkey: D minor\n[Verse]\n| Dm | Gm | A7 | Dm |\n")
    said(capsys, "preset", "save", str(chart), "--kind", "template", "--name", "Rainy form")
    preset = json.loads(said(capsys, "preset", "show", "Rainy form", "--json"))
    assert "[Verse]" in preset["template"]["chart"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["preset", "shwo"], "did you mean show"), (["preset", "show"], "Say what"),
        (["preset", "show", "No such thing"], "There is no preset"), (["preset", "show", "coco1:AAAA"], "damaged"),
        (["preset", "save"], "--name"), (["preset", "export", "Fifties"], "--out"), (["shelf", "add"], "which shelf"),
        (["preset", "install", "http://example.org/x.cocopack"], "https"),
        (["preset", "list", "--kind", "rak"], "rack"),
        (["shelf", "subscribe", "/nowhere"], "no shelf"), (["preset", "like", "Fifties", "--rating", "9"], "0 to 5"),
    ],
)  # fmt: skip
def test_mistakes_get_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) != 0
    error = capsys.readouterr().err
    assert sentence in error
    assert "unexpectedly" not in error
    assert "Traceback" not in error
