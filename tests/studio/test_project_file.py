"""Project files: everything comes back, damage is told, and the file that was there stays."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import answered, with_plugins
from songs import band_song
from strategies import TEXT, mixed_songs

from cocomposer.composer import Controls, Task
from cocomposer.composer.request import Terms
from cocomposer.errors import CocomposerError, FormatError
from cocomposer.music import Song
from cocomposer.studio import project_file
from cocomposer.studio.project import Answer, Generation, Project, Stretch
from cocomposer.studio.project_file import read_project, write_project

PROJECT = answered(with_plugins(band_song()))
OLD = Path(__file__).with_name("version-1.cocomposer")

SHARE = st.floats(0, 1)
TERMS = st.builds(
    Terms,
    count=st.integers(1, 16),
    seed=st.integers(0, 2**40),
    style=TEXT,
    bars=st.none() | st.tuples(st.integers(0, 9), st.integers(9, 20)),
    task=st.sampled_from(Task),
    parts=st.lists(TEXT, max_size=2).map(tuple),
    controls=st.builds(Controls, density=st.none() | SHARE, valence=st.none() | st.floats(-1, 1)),
    part_controls=st.dictionaries(TEXT, st.builds(Controls, velocity_min=st.none() | st.integers(1, 127)), max_size=2),
    similarity=st.none() | SHARE,
    keep=st.sampled_from([None, "rhythm", "pitch"]),
    adventurous=SHARE,
    length=st.integers(1, 256),
)


@st.composite
def projects(draw: Any) -> Project:
    song, other = draw(mixed_songs()), draw(mixed_songs())
    answers = [
        Answer(
            id=f"answer {number}",
            song=draw(st.sampled_from([song, other])),
            title=draw(TEXT),
            reasons=tuple(draw(st.lists(TEXT, max_size=2))),
            score=draw(SHARE),
            features=draw(st.dictionaries(TEXT, SHARE, max_size=2)),
            verdict=draw(st.sampled_from(["", "kept", "rejected"])),
            pinned=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    asked = Stretch(draw(st.integers(0, 99)), draw(st.integers(99, 10_000)), (0, 2))
    return Project(song, (Generation(7, other, draw(TERMS), asked, "model", tuple(answers)),))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(project=projects())
def test_any_project_comes_back_as_it_was(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "any.cocomposer"
    write_project(project, path)
    read = read_project(path)
    assert read == project
    assert repr(read) == repr(project)


def test_what_answers_have_in_common_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "song.cocomposer"
    write_project(PROJECT, path)
    read = read_project(path)
    assert read == PROJECT
    tune = id(read.song.parts[0])
    assert all(tune in map(id, answer.song.parts) for answer in read.generations[0].answers)
    with zipfile.ZipFile(path) as archive:
        states = [name for name in archive.namelist() if name.startswith("states/")]
    assert len(states) == 1  # two plugins of one state


def test_a_project_of_the_first_version_is_brought_to_the_present(tmp_path: Path) -> None:
    before = OLD.read_bytes()
    read = read_project(OLD)
    assert OLD.read_bytes() == before
    assert read.song == PROJECT.song
    (generation,) = read.generations
    assert generation.sketch == read.song
    assert generation.terms == PROJECT.generations[0].terms
    assert [answer.id for answer in generation.answers] == ["answer-0", "answer-1"]
    assert all(len(answer.song.parts) > 3 for answer in generation.answers)
    write_project(read, tmp_path / "new.cocomposer")
    assert read_project(tmp_path / "new.cocomposer") == read


def test_a_project_of_a_later_version_is_refused_and_stays(tmp_path: Path) -> None:
    path = changed(tmp_path, lambda document: document.update(version=99, program="7.3"))
    before = path.read_bytes()
    with pytest.raises(FormatError, match=r"changed\.cocomposer: .*later Cocomposer \(7\.3\): install"):
        read_project(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_told_or_read_right_and_never_changed(tmp_path: Path) -> None:
    path = tmp_path / "song.cocomposer"
    write_project(PROJECT, path)
    whole, random = path.read_bytes(), Random(5)
    told = 0
    for _ in range(150):
        data = bytearray(whole[: random.randrange(len(whole))] if random.random() < 0.3 else whole)
        for _ in range(random.randrange(1, 4)):
            if data:
                data[random.randrange(len(data))] = random.randrange(256)
        path.write_bytes(data)
        try:
            assert read_project(path) == PROJECT
        except FormatError:
            told += 1
        assert path.read_bytes() == data
    assert told > 75


def changed(folder: Path, change: Any, members: dict[str, bytes] | None = None) -> Path:
    """A project file whose JSON was tampered with."""
    path, source = folder / "changed.cocomposer", folder / "source.cocomposer"
    write_project(PROJECT, source)
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "project.json":
                document = json.loads(data)
                change(document)
                data = json.dumps(document).encode()
            copy.writestr(name, (members or {}).pop(name, data))
        for name, data in (members or {}).items():
            copy.writestr(name, data)
    return path


def _twice_the_same_answer(document: dict[str, Any]) -> None:
    answers = document["generations"][0]["answers"]
    answers.append(answers[0])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda document: document["song"].update(parts=[99]), "part that is not there"),
        (lambda document: document["song"].update(parts=[-1]), "part that is not there"),
        (lambda document: document["parts"][0]["instrument"].update(state="../../../etc/passwd"), "is missing"),
        (lambda document: document["parts"][0]["instrument"].update(state="x"), "is missing"),
        (lambda document: document.update(version="2"), "version is not a whole number"),
        (lambda document: document.update(version=0), "version is not a whole number"),
        (lambda document: document.update(version=1), "is damaged"),
        (lambda document: document.update(format="zip"), "no project"),
        (lambda document: document.pop("generations"), "generations is missing"),
        (lambda document: document["generations"][0]["terms"].update(task="sing"), "task is none of"),
        (lambda document: document["generations"][0]["terms"]["controls"].update(volume=1), "does not exist"),
        (lambda document: document["generations"][0]["terms"]["controls"].update(density=2), "density"),
        (lambda document: document["generations"][0]["answers"][0].update(verdict="good"), "verdict"),
        (_twice_the_same_answer, "by one name"),
    ],
)
def test_what_no_project_says_is_told(tmp_path: Path, change: Any, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        read_project(changed(tmp_path, change))


def test_a_small_file_cannot_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_file, "MAX_JSON", 1_000_000)
    path = changed(tmp_path, lambda document: None, {"project.json": b" " * 1_000_001})
    assert path.stat().st_size < 50_000
    with pytest.raises(FormatError, match="larger than in any project"):
        read_project(path)
    monkeypatch.undo()
    path = changed(tmp_path, lambda document: None)
    monkeypatch.setattr(project_file, "MAX_STATES", 10_000)
    with pytest.raises(FormatError, match="larger than in any project"):
        read_project(path)


@pytest.mark.parametrize("limit", ["MAX_STATES", "MAX_JSON"])
def test_what_could_not_be_read_again_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(project_file, limit, 10_000)
    with pytest.raises(CocomposerError, match="remove"):
        write_project(PROJECT, tmp_path / "song.cocomposer")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"PK", b"MThd\0\0\0\6", b"not a zip" * 1000])
def test_what_is_no_project_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "song.cocomposer"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=r"song\.cocomposer is damaged, or no project"):
        read_project(path)
    with pytest.raises(FormatError, match="is not there"):
        read_project(tmp_path / "gone.cocomposer")


def test_a_save_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "song.cocomposer"
    write_project(PROJECT, path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "writestr", full)
        with pytest.raises(CocomposerError, match="No space left on device"):
            write_project(Project(Song(title="Other")), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["song.cocomposer"]
    with pytest.raises(CocomposerError, match="cannot be saved"):
        write_project(PROJECT, tmp_path / "no folder" / "song.cocomposer")
