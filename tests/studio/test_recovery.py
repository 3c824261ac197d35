"""What was not saved when the program was killed is there at the next start."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from projects import answered
from songs import band_song

from cocomposer.child_process import child_environment
from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.studio import editing
from cocomposer.studio.document import Document
from cocomposer.studio.project import Project
from cocomposer.studio.project_file import read_project, write_project
from cocomposer.studio.recovery import Recoverable, Recovery, find_recoveries

ARTIST = Path(__file__).with_name("busy_artist.py")


def kill_at_random(folder: Path, seed: int) -> None:
    """Have an artist work, kill the process, and see that nothing is lost that was surely on disk."""
    random = Random(seed)
    path, kept_aside = folder / "song.cocomposer", folder / "recovery"
    process = subprocess.Popen(
        [sys.executable, str(ARTIST), str(path), str(kept_aside), str(seed)],
        stdout=subprocess.PIPE,
        text=True,
        env=child_environment(),
    )
    assert process.stdout is not None
    said = [process.stdout.readline()]
    assert said[0], "the artist did not come to work"
    assert find_recoveries(kept_aside) == ()  # it is still alive
    threading.Timer(random.uniform(0, 0.3), process.kill).start()
    said += process.stdout.readlines()
    process.wait()
    last = int([line for line in said if line.endswith("\n")][-1].split()[1])

    recovered = find_recoveries(kept_aside)
    numbers = [int(each.open().song.title) for each in recovered]
    if path.exists():
        numbers.append(int(read_project(path).song.title))
    assert max(numbers) >= last
    for each in recovered:
        assert each.path == path.resolve()
        assert each.pid == process.pid
        each.discard()
    assert list(kept_aside.glob("*.cocomposer")) == []
    assert find_recoveries(kept_aside) == ()


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_when_the_program_is_killed(tmp_path: Path, seed: int) -> None:
    kill_at_random(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_nothing_is_lost_in_fifty_kills(tmp_path: Path, seed: int) -> None:
    kill_at_random(tmp_path, seed)


@pytest.fixture
def document() -> Document:
    return Document(Project(band_song()))


@pytest.fixture
def recovery(document: Document, tmp_path: Path) -> Iterator[Recovery]:
    recovery = Recovery(document, tmp_path / "recovery")
    yield recovery
    recovery.close()


def files(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "recovery").glob("*")) if (tmp_path / "recovery").is_dir() else []


def test_a_clean_end_leaves_nothing(document: Document, recovery: Recovery, tmp_path: Path) -> None:
    recovery.keep_now()
    assert files(tmp_path) == []  # nothing was unsaved
    document.edit("Rename", editing.rename_song(document.song, "Rain"))
    recovery.keep_now()
    assert len(files(tmp_path)) == 2
    recovery.close()
    assert files(tmp_path) == []


def test_what_is_saved_is_not_kept_aside_any_more(document: Document, recovery: Recovery, tmp_path: Path) -> None:
    document.edit("Rename", editing.rename_song(document.song, "Rain"))
    recovery.keep_now()
    document.save(tmp_path / "song.cocomposer")
    recovery.keep_now()
    assert not list((tmp_path / "recovery").glob("*.cocomposer"))


def test_a_living_program_is_left_alone(document: Document, recovery: Recovery, tmp_path: Path) -> None:
    document.edit("Rename", editing.rename_song(document.song, "Rain"))
    recovery.keep_now()
    assert find_recoveries(tmp_path / "recovery") == ()


def wait_for(condition: object) -> None:
    until = time.monotonic() + 10
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.002)


def test_an_answer_that_is_kept_is_kept_aside_at_once(tmp_path: Path) -> None:
    document = Document(answered())
    recovery = Recovery(document, tmp_path / "recovery", seconds=3600)
    recovery.start()
    try:
        document.edit("Rename", editing.rename_song(document.song, "Rain"))
        document.perform("Keep", editing.keep_answer(document.project, "answer-0"))
        wait_for(lambda: files(tmp_path))
        wait_for(lambda: list((tmp_path / "recovery").glob("*.cocomposer")))
        (file,) = (tmp_path / "recovery").glob("*.cocomposer")
        assert read_project(file) == document.project
    finally:
        recovery.close()


def test_what_was_rescued_is_unsaved_work(document: Document, recovery: Recovery, tmp_path: Path) -> None:
    document.path = tmp_path / "song.cocomposer"
    document.edit("Rename", editing.rename_song(document.song, "Rain"))
    recovery.keep_now()
    (file,) = (tmp_path / "recovery").glob("*.cocomposer")
    left = tmp_path / "left behind"
    left.mkdir()
    (left / file.name).write_bytes(file.read_bytes())
    (left / "0123.cocomposer").write_bytes(b"PK, but damaged")
    (found,) = find_recoveries(left)
    assert (found.title, found.path, found.superseded) == ("Rain", document.path.resolve(), False)
    rescued = found.open()
    assert rescued.project == document.project
    assert rescued.unsaved
    assert rescued.path == document.path.resolve()
    document.save()
    assert found.superseded


def test_rescued_work_is_on_disk_at_every_moment(document: Document, tmp_path: Path) -> None:
    left_behind, kept_aside = tmp_path / "song.cocomposer", tmp_path / "recovery"
    write_project(document.project, left_behind)
    left = Recoverable(left_behind, None, "Rain", time.time(), 1)
    recovery = Recovery(left.open(), kept_aside, seconds=3600)
    recovery.take_over(left)
    assert left_behind.exists()
    recovery.start()
    wait_for(lambda: not left_behind.exists())
    (file,) = kept_aside.glob("*.cocomposer")
    assert read_project(file) == document.project
    recovery.close()


def test_a_full_disk_is_told_and_work_goes_on(document: Document, tmp_path: Path) -> None:
    (tmp_path / "recovery").write_text("a file where a folder should be", encoding="utf-8")
    told: list[str] = []
    recovery = Recovery(document, tmp_path / "recovery", seconds=0.01, on_problem=told.append)
    recovery.start()
    document.edit("Rename", Song(title="Rain"))
    wait_for(lambda: told)
    assert told[0].startswith("Your work cannot be kept aside")
    with pytest.raises(CocomposerError):
        recovery.keep_now()
    time.sleep(0.05)  # several more attempts
    assert len(told) == 1
    (tmp_path / "recovery").unlink()
    wait_for(lambda: list(files(tmp_path)))
    recovery.close()
    assert files(tmp_path) == []
