"""Who wrote what stays with the notes: through edits, undo, keeping and saving."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import answered, edited
from songs import band_song

from cocomposer import formats
from cocomposer.composer import Request, StyleComposer, Task
from cocomposer.music import Author, Note, Origin, Part, Role, Song
from cocomposer.music.authorship import written_by
from cocomposer.music.shares import origins, shares, statement
from cocomposer.studio import editing
from cocomposer.studio.document import Document
from cocomposer.studio.project import Project
from cocomposer.studio.project_file import read_project, write_project

MODEL = Origin(Author.MODEL, "band", "2", 7, "mine")
STYLE = Origin(Author.STYLE, "Bossa nova", "0.1.0", 3)
PROJECT = answered(band_song())
STYLES = {origin for generation in PROJECT.generations for each in generation.answers for origin in origins(each.song)}


def mixed() -> Song:
    """A song whose parts, and the chords of its second half, are by different hands."""
    song = band_song()
    hands = (None, MODEL, STYLE)
    parts = tuple(
        replace(part, notes=written_by(hands[index % 3], part.notes)) for index, part in enumerate(song.parts)
    )
    half = len(song.chords) // 2
    return replace(song, parts=parts, chords=(*song.chords[:half], *written_by(MODEL, song.chords[half:])))


def authors(song: Song) -> list[Origin | None]:
    return [each.origin for each in (*song.chords, *(note for part in song.parts for note in part.notes))]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2**32), min_size=1, max_size=12))
def test_no_edit_loses_or_invents_an_author(seeds: list[int]) -> None:
    """After each edit a note that stands as it stood has its author still, and nobody is new but whom an answer has."""
    project = replace(PROJECT, song=mixed())
    allowed = {None, MODEL, STYLE} | STYLES
    for seed in seeds:
        before, project = project.song, edited(project, seed)
        found = {origin.unedited if origin is not None else None for origin in authors(project.song)}
        assert found <= allowed
        if project.generations is not PROJECT.generations:
            return  # an answer was kept: from here on notes may be another's by right
        owners: dict[Note, set[Origin | None]] = {}
        for part in before.parts:
            for note in part.notes:
                owners.setdefault(note, set()).add(note.origin)
        for part in project.song.parts:
            for note in part.notes:
                if note in owners and len(owners[note]) == 1:
                    (owner,) = owners[note]
                    # A note of another moved to exactly here is the only other way to be equal.
                    assert note.origin == owner or (note.origin is not None and note.origin.edited)


def test_an_edit_by_hand_marks_the_note_and_no_other() -> None:
    song = mixed()
    part, chosen = 1, song.parts[1].notes[3]
    for changed in (
        editing.transpose(song, part, [chosen], 1),
        editing.resize_notes(song, part, [chosen], -1),
        editing.set_velocity(song, part, [chosen], chosen.velocity - 1),
        editing.move_notes(song, part, [chosen], 1),
    ):
        found = Counter(note.origin for note in changed.parts[part].notes)
        assert found[replace(MODEL, edited=True)] == 1
        assert found[MODEL] >= len(song.parts[part].notes) - 2  # one may have had to make room
    untouched = editing.quantise(song, part, song.parts[part].notes, 120, 0.0)
    assert set(authors(untouched)) == set(authors(song))


def test_a_note_that_makes_room_stays_its_authors() -> None:
    long = Note(0, 60, 1_000, 80, MODEL)
    song = Song(length=3_840, parts=(Part("A", notes=(long,)),))
    shorter, fresh = editing.add_note(song, 0, Note(500, 60, 100)).parts[0].notes
    assert (shorter.duration, shorter.origin, fresh.origin) == (500, MODEL, None)


def test_a_model_note_put_elsewhere_does_not_become_the_artists() -> None:
    song = mixed()
    copied = replace(song.parts[1].notes[0], start=song.length - 100, pitch=1)
    added = editing.add_note(song, 0, copied)
    assert added.parts[0].notes[-1].origin == replace(MODEL, edited=True)


def test_the_artists_notes_never_count_as_edited() -> None:
    song = editing.transpose(mixed(), 0, mixed().parts[0].notes, 1)
    assert {note.origin for note in song.parts[0].notes} == {None}


def test_a_chord_that_is_moved_or_transposed_keeps_its_author() -> None:
    song = mixed()
    last = song.chords[-1]
    moved = editing.move_chord(song, last.tick, last.tick + 1)
    assert moved.chords[-1].origin == replace(MODEL, edited=True)
    assert [each.origin for each in moved.chords[:-1]] == [each.origin for each in song.chords[:-1]]
    higher = editing.transpose_chords(song, last.tick, song.length, 2)
    assert higher.chords[-1].origin == replace(MODEL, edited=True)
    ours = editing.set_chord(song, last.tick, song.chords[0].chord)
    assert ours.chords[-1].origin is None


def test_undo_brings_the_author_back() -> None:
    document = Document(Project(mixed()))
    document.edit("Transpose", editing.transpose(document.song, 1, document.song.parts[1].notes[:5], 2))
    assert replace(MODEL, edited=True) in authors(document.song)
    document.undo()
    assert authors(document.song) == authors(mixed())


def test_what_is_kept_of_an_answer_is_its_composers_and_the_rest_the_artists() -> None:
    song = band_song()
    project = answered(song)
    answer = project.generations[0].answers[0]
    kept = editing.keep_answer(project, answer.id).song
    (style,) = origins(answer.song)
    assert style.author is Author.STYLE
    assert style.seed == answer.seed
    tune = kept.part_of_role(Role.MELODY)
    assert tune is not None
    assert {note.origin for note in tune.notes} == {None}
    assert style in authors(kept)
    assert {None, style} == set(authors(kept))


def test_a_song_that_was_read_is_imported_and_no_path_is_told(tmp_path: Path) -> None:
    path = tmp_path / "private" / "song.mid"
    path.parent.mkdir()
    formats.write(mixed(), path)
    read = formats.read(path)
    assert Origin(Author.IMPORTED, "song.mid") in authors(read)
    assert {MODEL, STYLE} <= set(authors(read)), "the file says who else wrote it"
    assert None not in authors(read)
    assert not any("private" in str(origin) for origin in origins(read))


def test_a_midi_file_that_another_program_changed_is_given_to_nobody(tmp_path: Path) -> None:
    import mido

    path = tmp_path / "song.mid"
    formats.write(mixed(), path)
    file = mido.MidiFile(path)
    for message in file.tracks[2]:
        if message.type in ("note_on", "note_off") and message.note < 127:
            message.note += 1
    file.save(path)
    read = formats.read(path)
    changed = {note.origin.author for note in read.parts[1].notes if note.origin is not None}
    assert changed == {Author.UNKNOWN}
    assert {note.origin for note in read.parts[2].notes} == {STYLE}


def test_projects_keep_authors_and_old_ones_do_not_guess(tmp_path: Path) -> None:
    path = tmp_path / "song.cocomposer"
    project = replace(PROJECT, song=mixed())
    write_project(project, path)
    read = read_project(path)
    assert authors(read.song) == authors(project.song)
    for one, other in zip(read.generations[0].answers, project.generations[0].answers, strict=True):
        assert authors(one.song) == authors(other.song)
    _make_version_2(path)
    old = read_project(path)
    assert old.song == project.song
    assert {origin.author for origin in authors(old.song) if origin is not None} == {Author.UNKNOWN}
    assert None not in authors(old.song)


def _make_version_2(path: Path) -> None:
    """Take everything out of a project file that version 2 did not have."""
    with zipfile.ZipFile(path) as archive:
        document = json.loads(archive.read("project.json"))
    document["version"] = 2
    songs = [document["song"]]
    for generation in document["generations"]:
        songs += [generation["sketch"], *(answer["song"] for answer in generation["answers"])]
    for holder in (*songs, *document["parts"]):
        del holder["origins"], holder["written"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.json", json.dumps(document))


def test_a_composer_signs_what_it_writes() -> None:
    song = band_song()
    for proposal in StyleComposer().propose(Request(song, task=Task.ARRANGE, count=1, seed=5)):
        tune, *others = proposal.song.parts
        assert {note.origin for note in tune.notes} == {None}
        fresh = [part for part in others if part not in song.parts]
        assert fresh
        signed = {note.origin for part in fresh for note in part.notes}
        assert {(each.author, each.seed) for each in signed if each is not None} == {(Author.STYLE, proposal.seed)}
        assert None not in signed


def test_shares_add_up_and_say_who() -> None:
    notes = (*(Note(tick, 60, 10) for tick in range(0, 960, 480)), Note(2_000, 60, 10, 80, MODEL))
    edited_note = Note(2_100, 62, 10, 80, replace(MODEL, edited=True))
    song = Song(length=4_000, parts=(Part("A", notes=(*notes, edited_note)), Part("B")))
    found = shares(song)
    assert found.whole.total == 4
    assert found.whole.share("the artist") == 0.5
    assert found.parts[1].total == 0
    assert statement(song) == (
        "Notes: 50 % the artist, 25 % model band 2 with adapter mine, 25 % model band 2 with adapter mine, edited."
    )
    assert origins(song) == (MODEL,)


@pytest.mark.parametrize("seed", range(3))
def test_cutting_and_repeating_bars_keeps_every_author(seed: int) -> None:
    song, random = mixed(), Random(seed)
    first = random.randrange(4)
    twice = editing.repeat_bars(song, first, first + 2)
    for before, after in zip(song.parts, twice.parts, strict=True):
        assert {note.origin for note in before.notes} == {note.origin for note in after.notes}
        assert len(after.notes) > len(before.notes)
