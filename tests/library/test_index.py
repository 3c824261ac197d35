"""The index: what is found, what changes are noticed, and that nothing of the artist's is lost with it."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import pytest

from cocomposer.errors import Cancelled, PresetError
from cocomposer.library.index import Changes, Index
from cocomposer.library.watching import Watcher


def write(path: Path, name: str, valence: float, tags: str = "", description: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'schema = 2\nkind = "mood"\nname = "{name}"\ntags = [{tags}]\ndescription = "{description}"\n'
        f"[mood]\nvalence = {valence}\narousal = 0.0\n",
        encoding="utf-8",
    )
    return path


def opened(folder: Path) -> Index:
    places = [("mine", folder / "mine"), ("pack", folder / "packs")]
    return Index(places, folder / "cache" / "index.db", folder / "marks.db")


def found(index: Index, query: str = "", **wanted: object) -> list[str]:
    return [entry.name for entry in index.search(query, **wanted)]  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    write(tmp_path / "mine/a.toml", "Dark river", -0.5, '"slow"', "Under the bridge.")
    write(tmp_path / "mine/sub/b.toml", "Riverbed", 0.5, '"dark"')
    write(tmp_path / "packs/p@0/presets/c.toml", "Ébène", 0.7, description="A river in the dark.")
    index = opened(tmp_path)
    assert index.refresh() == Changes(3, 0, 0)
    return index


def test_words_are_found_anywhere_the_name_first(index: Index) -> None:
    assert found(index, "river") == ["Riverbed", "Dark river", "Ébène"]
    assert found(index, "dark riv")[-1] == "Ébène"
    assert found(index, "ebene") == ["Ébène"]
    assert found(index, "mood bridge") == ["Dark river"]
    assert found(index, "river", place="pack") == ["Ébène"]
    assert found(index, "river", kind="rack") == []
    for strange in ('"', '" OR name:*', "*", "NEAR(", "\0", "-", "x" * 5000, "'; drop table presets; --"):
        assert isinstance(found(index, strange), list)
    assert index.count() == 3


def test_changes_are_noticed_by_size_and_time(index: Index, tmp_path: Path) -> None:
    assert not index.refresh()
    write(tmp_path / "mine/a.toml", "Bright river", 0.5)
    (tmp_path / "mine/sub/b.toml").unlink()
    write(tmp_path / "mine/d.toml", "New", 0.1)
    assert index.refresh() == Changes(2, 1, 0)
    assert found(index) == ["Bright river", "New", "Ébène"]
    status = (tmp_path / "mine/d.toml").stat()
    write(tmp_path / "mine/d.toml", "Now", 0.1)
    os.utime(tmp_path / "mine/d.toml", ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert index.refresh() == Changes(1, 0, 0)
    assert found(index, "now") == ["Now"]


def test_a_damaged_file_is_named_and_the_others_are_read(index: Index, tmp_path: Path) -> None:
    bad = tmp_path / "mine/bad.toml"
    bad.write_text("schema = 9", encoding="utf-8")
    assert index.refresh() == Changes(1, 0, 1)
    assert list(index.damaged()) == [bad]
    assert "newer" in index.damaged()[bad]
    assert index.count() == 3


def test_hidden_folders_and_links_are_passed_over(index: Index, tmp_path: Path) -> None:
    write(tmp_path / "mine/.installing-x/e.toml", "Half", 0.9)
    (tmp_path / "mine/link.toml").symlink_to(write(tmp_path / "elsewhere/f.toml", "Linked", 0.8))
    assert not index.refresh()


def test_copies_are_shown_once(index: Index, tmp_path: Path) -> None:
    write(tmp_path / "packs/q@1/presets/x.toml", "Dark river again", -0.5)
    index.refresh()
    assert set(found(index, "river")) == {"Dark river", "Riverbed", "Ébène"}
    assert set(found(index, "river", copies=True)) == {"Dark river", "Riverbed", "Ébène", "Dark river again"}
    assert len(index.copies_of(index.named("Dark river").hash)) == 2
    (tmp_path / "mine/a.toml").unlink()
    index.refresh()
    assert found(index, "dark river again") == ["Dark river again"]


def test_marks_stay_with_the_content(index: Index, tmp_path: Path) -> None:
    river = index.named("dark river")
    index.mark(river, favourite=True, rating=4)
    index.mark_used(river)
    (tmp_path / "mine/a.toml").unlink()
    write(tmp_path / "packs/z@2/presets/moved.toml", "Moved", -0.5)
    index.refresh()
    (moved,) = index.search(favourites=True)
    assert (moved.name, moved.rating, moved.uses) == ("Moved", 4, 1)
    assert found(index, order="recent")[0] == "Moved"
    assert found(index, used=True) == ["Moved"]
    assert found(index, order="rating")[0] == "Moved"
    with pytest.raises(PresetError, match="5 stars"):
        index.mark(moved, rating=6)


@pytest.mark.parametrize("damage", ["noise", "cut", "version", "middle"])
def test_a_damaged_index_is_made_again_with_the_marks(damage: str, index: Index, tmp_path: Path) -> None:
    index.mark(index.named("Riverbed"), favourite=True)
    index.close()
    cache = tmp_path / "cache" / "index.db"
    data = bytearray(cache.read_bytes())
    if damage == "noise":
        cache.write_bytes(b"noise" * 1000)
    elif damage == "cut":
        cache.write_bytes(data[:4096])
    elif damage == "version":
        data[60:64] = (99).to_bytes(4, "big")
        cache.write_bytes(data)
    else:
        data[4096:] = b"\xaa" * (len(data) - 4096)
        cache.write_bytes(data)
    again = opened(tmp_path)
    for _ in range(2):  # what is damaged deep inside is met by the first look only
        with contextlib.suppress(PresetError):
            again.refresh()
    assert set(found(again, "river")) == {"Dark river", "Riverbed", "Ébène"}
    assert found(again, favourites=True) == ["Riverbed"]
    again.close()


def test_damaged_marks_are_kept_aside(index: Index, tmp_path: Path) -> None:
    index.close()
    (tmp_path / "marks.db").write_bytes(b"noise" * 1000)
    again = opened(tmp_path)
    assert found(again, favourites=True) == []
    assert (tmp_path / "marks.damaged").read_bytes() == b"noise" * 1000
    again.close()


def test_a_name_that_is_shared_must_be_said_with_its_kind(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "mine/c.toml"
    path.write_text('schema = 2\nkind = "control"\nname = "Riverbed"\n[control.everybody]\ndensity = 0.5\n')
    index.refresh()
    with pytest.raises(PresetError, match="several"):
        index.named("riverbed")
    assert index.named("control/riverbed").path == path
    with pytest.raises(PresetError, match="near it are Dark river"):
        index.named("dark")


def test_a_look_can_be_stopped_and_goes_on_later(tmp_path: Path) -> None:
    for number in range(300):
        write(tmp_path / f"mine/{number}.toml", f"Mood {number}", number / 1000)
    index, asked = opened(tmp_path), []
    with pytest.raises(Cancelled):
        index.refresh(cancelled=lambda: bool(asked) or asked.append(1) is not None)
    assert index.count() == 250
    assert index.refresh().read == 50
    assert index.count() == 300
    index.close()


def test_the_watcher_tells_of_a_file_that_was_dropped(index: Index, tmp_path: Path) -> None:
    told = threading.Event()
    watcher = Watcher(index, lambda changes: told.set(), seconds=0.02)
    write(tmp_path / "mine/dropped.toml", "Dropped", 0.33)
    assert told.wait(10)
    watcher.close()
    assert found(index, "dropped") == ["Dropped"]
