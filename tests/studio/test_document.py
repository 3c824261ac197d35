"""A document: every step can be taken back, and whoever watches is told what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from projects import answered, edited
from songs import band_song

from cocomposer.composer import Proposal
from cocomposer.formats.song_json import Store
from cocomposer.music import Instrument, InstrumentKind, Note, Strip
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.studio import editing
from cocomposer.studio.changes import Change
from cocomposer.studio.document import Document
from cocomposer.studio.project import Answer, Generation, Project, Stretch
from cocomposer.studio.project_json import project_to

PROJECT = answered()


def as_bytes(project: Project) -> str:
    return json.dumps(project_to(project, Store()))


@pytest.mark.parametrize(
    ("seed", "steps"), [(1, 700), (2, 800), pytest.param(3, 10_000, marks=pytest.mark.slow)], ids=str
)
def test_a_random_walk_ends_where_its_steps_lead(seed: int, steps: int) -> None:
    random, document = Random(seed), Document(PROJECT)
    done: list[int] = []
    undone: list[int] = []
    for _ in range(steps):
        choice = random.random()
        if choice < 0.2:
            assert document.undo() == (str(done[-1]) if done else None)
            if done:
                undone.append(done.pop())
        elif choice < 0.3:
            assert document.redo() == (str(undone[-1]) if undone else None)
            if undone:
                done.append(undone.pop())
        else:
            step = random.randrange(2**40)
            before = document.project
            document.perform(str(step), edited(before, step))
            if document.project is not before:
                done.append(step)
                undone.clear()
    assert len(done) > steps // 4
    replayed = PROJECT
    for step in done:
        replayed = edited(replayed, step)
    assert as_bytes(document.project) == as_bytes(replayed)
    while document.undo() is not None:
        pass
    assert document.project is PROJECT
    for step in done:
        assert document.redo() == str(step)
    assert as_bytes(document.project) == as_bytes(replayed)


def test_the_labels_say_what_would_be_taken_back() -> None:
    document = Document(PROJECT)
    assert (document.undo_label, document.undo(), document.redo()) == (None, None, None)
    document.edit("Add a note", editing.add_note(document.song, 0, Note(0, 40, 100)))
    document.edit("Set a chord", editing.set_chord(document.song, 0, parse_chord("Am7")))
    assert document.undo_label == "Set a chord"
    assert document.undo() == "Set a chord"
    assert (document.undo_label, document.redo_label) == ("Add a note", "Set a chord")
    document.edit("Add another", editing.add_note(document.song, 0, Note(0, 41, 100)))
    assert document.redo_label is None


def test_a_drag_is_one_step_and_two_drags_are_two() -> None:
    document = Document(PROJECT)
    for drag in ("first", "second"):
        for gain in range(5):
            document.edit("Fader", editing.with_strip(document.song, 0, Strip(gain_db=-gain - len(drag))), drag)
    assert document.song.parts[0].strip == Strip(gain_db=-10)
    document.undo()
    assert document.song.parts[0].strip == Strip(gain_db=-9)
    # What was undone ends a drag: going on with it is a step of its own.
    document.edit("Fader", editing.with_strip(document.song, 0, Strip(gain_db=-20)), "first")
    document.undo()
    assert document.song.parts[0].strip == Strip(gain_db=-9)
    document.undo()
    assert document.project is PROJECT


def test_nothing_is_a_step_that_changes_nothing_but_another_spelling_is() -> None:
    document = Document(PROJECT)
    document.edit("Nothing", replace(document.song))
    assert document.undo_label is None
    document.edit("C sharp", editing.set_chord(document.song, 0, parse_chord("C#m7")))
    document.edit("D flat", editing.set_chord(document.song, 0, parse_chord("Dbm7")))
    assert document.undo_label == "D flat"
    assert str(document.song.chords[0].chord) == "Dbm7"


CHANGES = {
    "a note": (lambda song: editing.add_note(song, 1, Note(0, 20, 100)), Change(parts=frozenset({1}))),
    "a chord": (lambda song: editing.set_chord(song, 0, parse_chord("F")), Change(chords=True)),
    "a name": (lambda song: editing.rename_part(song, 0, "Voice"), Change(band=True)),
    "a strip": (lambda song: editing.with_strip(song, 0, Strip(pan=0.5)), Change(mix=True)),
    "a section": (lambda song: editing.rename_section(song, 0, "Verse"), Change(form=True)),
    "tempo": (lambda song: editing.set_tempo(song, 0, 90), Change(tempo=True)),
    "title": (lambda song: editing.rename_song(song, "Rain"), Change(title=True)),
    "a part less": (
        lambda song: editing.remove_part(song, 1),
        Change(parts=frozenset({1, 2}), band=True),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_views_hear_just_what_changed(name: str) -> None:
    edit, expected = CHANGES[name]
    document, heard = Document(PROJECT), list[Change]()
    stop = document.listen(heard.append)
    document.edit(name, edit(document.song))
    document.undo()
    stop()
    document.redo()
    assert heard == [expected, expected]


def test_answers_come_into_their_question_wherever_it_stands() -> None:
    song = band_song()
    document = Document(Project(song))
    question = Generation(1, song, PROJECT.generations[0].terms, Stretch(0, song.length))
    document.perform("Propose", document.project.with_generation(question))
    document.add_answer(1, Answer("first", song))
    document.edit("Rename", editing.rename_song(document.song, "Rain"))
    document.undo()
    document.undo()
    heard: list[Change] = []
    document.listen(heard.append)
    document.add_answer(1, Answer("late", song))
    assert heard == []  # it belongs to what is undone
    assert document.project.generations == ()
    document.redo()
    assert [answer.id for answer in document.project.generation(1).answers] == ["first", "late"]
    assert document.redo() == "Rename"
    assert [answer.id for answer in document.project.generation(1).answers] == ["first", "late"]
    assert document.undo_label == "Rename"


def test_keeping_an_answer_is_one_step() -> None:
    document = Document(PROJECT)
    document.perform("Keep", editing.keep_answer(document.project, "answer-1"))
    assert len(document.song.parts) > len(PROJECT.song.parts)
    assert document.project.find("answer-1")[1].verdict == "kept"
    assert document.undo() == "Keep"
    assert document.project is PROJECT


def test_it_is_unsaved_until_it_is_what_the_file_holds(tmp_path: Path) -> None:
    document = Document(PROJECT)
    assert not document.unsaved
    document.save(tmp_path / "a.cocomposer")
    document.edit("Rename", editing.rename_song(document.song, "Rain"))
    assert document.unsaved
    document.undo()
    assert not document.unsaved
    document.redo()
    document.save()
    assert not document.unsaved
    assert Document.open(tmp_path / "a.cocomposer").song.title == "Rain"
    document.undo()
    assert document.unsaved


def test_an_answer_brings_the_plugins_of_its_style_that_are_here(tmp_path: Path) -> None:
    here = tmp_path / "bass.so"
    here.touch()
    proposal = Proposal(
        band_song(), "Funk", "funk", 1, 0.5, (), 0.5,
        features={"groove": 0.5, "odd": float("nan")},
        instruments={"Bass": str(here), "Drums": str(tmp_path / "gone.so")},
    )  # fmt: skip
    answer = Answer.of(proposal, "x")
    assert [part.instrument for part in answer.song.parts] == [
        None,
        Instrument(InstrumentKind.PLUGIN, str(here)),
        None,
    ]
    assert answer.features == {"groove": 0.5}  # what is no number could not be saved
