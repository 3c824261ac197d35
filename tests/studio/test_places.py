"""Where results go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.errors import CocomposerError
from cocomposer.studio.places import file_name, folders_for, make_folder, write_json

OUT = Path("out")


def test_one_sketch_goes_into_the_folder_itself() -> None:
    assert folders_for([Path("a/song.mid")], OUT) == (OUT,)


def test_several_sketches_get_a_folder_each() -> None:
    assert folders_for([Path("a/one.mid"), Path("a/two.txt")], OUT) == (OUT / "one", OUT / "two")


def test_shared_names_are_told_apart_by_their_folders() -> None:
    sketches = [Path("050/lead_sheet.mid"), Path("051/lead_sheet.mid"), Path("051/other.mid")]
    assert folders_for(sketches, OUT) == (OUT / "050", OUT / "051", OUT / "other")


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "A", "song"]), st.text("aA.b ?/\x00é", min_size=1, max_size=4)), max_size=8
    )
)
def test_no_two_sketches_share_a_folder_and_none_leaves_it(names: list[tuple[str, str]]) -> None:
    sketches = [Path(folder) / name.replace("/", "").replace("\x00", "") for folder, name in names]
    folders = folders_for(sketches, OUT)
    assert len(folders) == len(sketches)
    assert len({str(folder).casefold() for folder in folders}) == len(folders)
    if len(folders) > 1:
        assert all(folder.parent == OUT and folder.name not in ("", ".", "..") for folder in folders)


@given(st.text(max_size=80))
def test_file_names_are_plain(text: str) -> None:
    name = file_name(text)
    assert 1 <= len(name) <= 60
    assert not set(name) & set('/\\:*?"<>|\x00. ')


def test_json_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_json({"é": [1, 2]}, tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"é": [1, 2]}
    (tmp_path / "taken").mkdir()
    with pytest.raises(CocomposerError, match="cannot be written"):
        write_json({}, tmp_path / "taken")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.json", "taken"]


def test_json_takes_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    write_json({"sketch": "caf\udce9.mid"}, tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"sketch": "caf?.mid"}


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CocomposerError, match="cannot be made"):
        make_folder(tmp_path / "file" / "folder")
