"""The journal of a taste: what is written comes back, and no file that is damaged takes the program along."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocomposer.taste import Correction, Journal, Remark, Verdict

ONE = Remark(Verdict.KEPT, {"density": -0.5, "genre: jazz": 1.0}, "a1", "Song", "jazz", 0.75, "2026-01-01T00:00:00")


def _written(path: Path) -> Journal:
    journal = Journal(path)
    journal.add(ONE)
    journal.correct("density", -1)
    return journal


def test_what_was_said_comes_back(tmp_path: Path) -> None:
    journal = Journal(_written(tmp_path / "deep" / "taste.sqlite").path)
    (remark,) = journal.remarks()
    assert (remark.verdict, remark.traits, remark.share, remark.genre) == (ONE.verdict, ONE.traits, 0.75, "jazz")
    assert journal.corrections() == (Correction("density", -1, after=1),)
    assert journal.export()["remarks"][0]["traits"] == ONE.traits


def test_reading_makes_no_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "taste.sqlite")
    assert journal.remarks() == ()
    assert journal.corrections() == ()
    assert list(tmp_path.iterdir()) == []


def test_deleting_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    journal = _written(tmp_path / "taste.sqlite")
    journal.delete()
    assert list(tmp_path.iterdir()) == []
    assert journal.remarks() == ()


def test_deleting_takes_what_was_set_aside_as_damaged_along(tmp_path: Path) -> None:
    journal = _written(tmp_path / "taste.sqlite")
    journal.path.write_bytes(b"SQLite format 3\0 but not really")
    journal.add(ONE)
    (tmp_path / "other-damaged-1.sqlite").touch()
    assert len(list(tmp_path.iterdir())) == 3
    journal.delete()
    assert [path.name for path in tmp_path.iterdir()] == ["other-damaged-1.sqlite"]


def test_all_remarks_are_exported_however_many_are_looked_back_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _written(tmp_path / "taste.sqlite")
    journal.add(ONE)
    monkeypatch.setattr(Journal.remarks, "__defaults__", (1,))
    assert len(journal.remarks()) == 1
    assert len(journal.export()["remarks"]) == 2


def test_a_correction_has_a_strength_and_one_beyond_the_scale_is_not_believed(tmp_path: Path) -> None:
    journal = _written(tmp_path / "taste.sqlite")
    journal.correct("swing", 0.4)
    journal.correct("drums", 7)
    assert [(each.trait, each.direction) for each in journal.corrections()] == [("density", -1), ("swing", 0.4)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_set_aside_and_told_and_a_new_one_begins(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "taste.sqlite"
    for old in tmp_path.iterdir():
        old.unlink()
    _written(path)
    whole = path.read_bytes()
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(whole) - 1))
        hurt = whole[:place] + data.draw(st.binary(min_size=1, max_size=400)) + whole[place:]
    else:
        hurt = data.draw(st.one_of(st.binary(min_size=1, max_size=300), st.just(whole[: len(whole) // 2])))
    path.write_bytes(hurt)
    journal = Journal(path)
    found = journal.remarks()
    assert all(-2 <= value <= 2 for remark in found for value in remark.traits.values())
    journal.add(ONE)
    assert journal.remarks()[-1].traits == ONE.traits
    aside = [each for each in tmp_path.iterdir() if "damaged" in each.name]
    assert len(aside) == len(journal.problems)
    assert all(each.read_bytes() == hurt for each in aside)


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 2",
        "PRAGMA application_id = 7",
        "DROP TABLE correction",
        "CREATE TRIGGER spy AFTER INSERT ON remark BEGIN DELETE FROM remark; END",
    ],
)
def test_a_file_that_was_tampered_with_is_no_journal(tmp_path: Path, statement: str) -> None:
    path = _written(tmp_path / "taste.sqlite").path
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()
    journal = Journal(path)
    assert journal.remarks() == ()
    assert "taste-damaged-1.sqlite" in journal.problems[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [("verdict", "adored"), ("share", 7.0), ("share", "x"), ("traits", "[1]"), ("traits", '{"density": 1e9}'),
     ("traits", '{"density": NaN}'), ("traits", b"\xff"), ("answer", b"\x00")],
)  # fmt: skip
def test_a_remark_that_cannot_have_been_made_here_is_left_out(tmp_path: Path, column: str, value: object) -> None:
    journal = _written(tmp_path / "taste.sqlite")
    with sqlite3.connect(journal.path) as database:
        database.execute(f"UPDATE remark SET {column} = ?", (value,))
    database.close()
    journal.add(ONE)
    assert [each.number for each in journal.remarks()] == [2]


def test_a_journal_that_several_open_at_once_is_made_once(tmp_path: Path) -> None:
    """The window and the command line may both be the first to remember something."""
    for number in range(12):
        path = tmp_path / str(number) / "taste.sqlite"
        gate = Barrier(4)

        def remember(answer: int, path: Path = path, gate: Barrier = gate) -> None:
            gate.wait()
            Journal(path).add(Remark(Verdict.KEPT, {"density": 1.0}, str(answer)))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(remember, range(4)))
        assert sorted(remark.answer for remark in Journal(path).remarks()) == ["0", "1", "2", "3"]
        assert [each.name for each in path.parent.iterdir()] == ["taste.sqlite"]
