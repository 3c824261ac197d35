"""A second run into one folder: what the first made is kept, complete and apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.errors import CocomposerError, RequestError
from cocomposer.resources import assets_folder
from cocomposer.studio.earlier import set_aside
from cocomposer.studio.propose import Wish, propose

SKETCH = assets_folder() / "sketches" / "salt_road.mid"
REPORT = {
    "cocomposer": "0.1",
    "proposals": [
        {"midi": "proposal-1.mid", "audio": "proposal-1.wav", "stems": {"Bass": "proposal-1-stems/01-bass.wav"}},
        {"midi": "proposal-2.mid", "audio": None, "stems": {}},
    ],
}


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def fill(folder: Path, report: Any = REPORT) -> None:
    (folder / "proposal-1-stems").mkdir(parents=True)
    own = ("proposal-1.mid", "proposal-1.wav", "proposal-1-stems/01-bass.wav", "proposal-2.mid")
    for name in (*own, "proposal-9.mid", "my song.als", "proposal-1-stems/mine.wav"):
        (folder / name).write_text(name)
    (folder / "proposals.json").write_text(json.dumps(report))


def test_a_second_run_leaves_nothing_of_the_first_beside_its_own(tmp_path: Path) -> None:
    list(propose(SKETCH, tmp_path, Wish(audio=None, count=3)))
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "notes.txt").write_text("mine")
    told: list[Path] = []
    list(propose(SKETCH, tmp_path, Wish(audio=None, count=2, seed=1), set_aside=told.append))
    assert told == [tmp_path / "earlier-1"]
    assert {path.name: path.read_bytes() for path in told[0].iterdir()} == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "earlier-1", "notes.txt", "proposal-1.mid", "proposal-1.provenance.json", "proposal-2.mid",
        "proposal-2.provenance.json", "proposals.json"]  # fmt: skip
    list(propose(SKETCH, tmp_path, Wish(audio=None, count=1), set_aside=told.append))
    assert sorted(path.name for path in told[1].iterdir()) == [
        "proposal-1.mid", "proposal-1.provenance.json", "proposal-2.mid", "proposal-2.provenance.json",
        "proposals.json"]  # fmt: skip


def test_a_run_that_cannot_begin_moves_nothing(tmp_path: Path) -> None:
    list(propose(SKETCH, tmp_path, Wish(audio=None, count=1)))
    before = names(tmp_path)
    with pytest.raises(RequestError):
        list(propose(SKETCH, tmp_path, replace(Wish(audio=None), bars=(500, 501))))
    assert names(tmp_path) == before


def test_audio_and_stems_go_along_and_the_artists_own_files_stay(tmp_path: Path) -> None:
    fill(tmp_path)
    assert set_aside(tmp_path) == tmp_path / "earlier-1"
    assert names(tmp_path / "earlier-1") == [
        "proposal-1-stems", "proposal-1-stems/01-bass.wav", "proposal-1-stems/mine.wav", "proposal-1.mid",
        "proposal-1.wav", "proposal-2.mid", "proposals.json"]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["earlier-1", "my song.als", "proposal-9.mid"]
    assert set_aside(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"proposals": []}', '{"cocomposer": "1"}', "\xff"])
def test_a_report_that_is_not_ours_moves_nothing(tmp_path: Path, text: str) -> None:
    fill(tmp_path)
    (tmp_path / "proposals.json").write_text(text, encoding="latin-1")
    before = names(tmp_path)
    assert set_aside(tmp_path) is None
    assert names(tmp_path) == before


JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from(["../secret", "/etc/passwd", "proposal-1.mid", "..", ".", "",
                                                 "my song.als", "proposal-1-stems/../../secret", "..\\secret",
                                                 "proposal-2.mid\n", "proposal-1.mid/../../secret", "\0"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["midi", "audio", "stems", "x"]), inner, max_size=4),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(JSON, max_size=4))
def test_no_report_reaches_out_of_its_folder(tmp_path_factory: pytest.TempPathFactory, proposals: list[Any]) -> None:
    around = tmp_path_factory.mktemp("around")
    (around / "secret").write_text("mine")
    folder = around / "folder"
    fill(folder, {"cocomposer": "1", "proposals": proposals})
    aside = set_aside(folder)
    assert aside is not None
    assert sorted(path.name for path in around.iterdir()) == ["folder", "secret"]
    assert {path.name for path in aside.iterdir()} <= {
        "proposal-1.mid", "proposal-2.mid", "proposal-1-stems", "proposals.json"}  # fmt: skip
    assert (folder / "my song.als").is_file()


def test_a_disk_that_refuses_leaves_all_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    before, rename = names(tmp_path), Path.rename

    def refuse(source: Path, target: Path) -> Path:
        if source.name == "proposal-2.mid":
            raise PermissionError(13, "Permission denied")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CocomposerError, match="another folder"):
        set_aside(tmp_path)
    assert names(tmp_path) == before
