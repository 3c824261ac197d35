"""What the network practises on: songs on disk, their split, other keys, and the bars that return."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from songs import band_song

from cocomposer.model.form import likeness, returning_bars
from cocomposer.model.practice import transposed
from cocomposer.model.sheet import Sheet, sheet_of
from cocomposer.music import ChordChange, Key, KeyChange, Note, Part, Role, Section, Song
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.training import store
from cocomposer.training.prepare import is_validation
from cocomposer.training.train import load_songs

BAR = 1920


def same(one: Any, other: Any) -> bool:
    """Are two values equal in every field and every number?"""
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and bool((one == other).all())
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other)


def test_songs_come_back_from_disk_as_they_went(tmp_path: Path) -> None:
    pieces = [
        store.Prepared("first", sheet_of(band_song(0)), 1, 2, False),
        store.Prepared("second", sheet_of(replace(band_song(1), keys=()), tempo_known=False), 9, 0, True),
    ]
    store.save(pieces, tmp_path / "songs.npz")
    again = store.load(tmp_path / "songs.npz")
    assert same(tuple(pieces), tuple(again))
    assert not same(pieces[0].sheet, again[1].sheet)
    assert [len(part) > 16 for part in again[1].sheet.parts] == [True] * 3


def test_the_split_never_moves() -> None:
    names = [f"song {number}" for number in range(100)]
    assert [name for name in names if is_validation("tiny", name)] == [
        "song 31", "song 54", "song 64", "song 84", "song 94",
    ]  # fmt: skip
    assert [name for name in names if is_validation("other", name)] != [
        name for name in names if is_validation("tiny", name)
    ]
    assert 0.05 < sum(is_validation("many", str(number)) for number in range(5000)) / 5000 < 0.07


def test_a_song_is_on_one_side_of_the_split(prepared_songs: Path) -> None:
    training = {piece.name for piece in load_songs(prepared_songs, validation=False)}
    kept_aside = {piece.name for piece in load_songs(prepared_songs, validation=True)}
    assert kept_aside == {"song 54"}
    assert not training & kept_aside
    assert len(training) == 23


@pytest.mark.parametrize("semitones", [-6, -1, 5])
def test_another_key_and_back_is_the_same(semitones: int) -> None:
    sheet = sheet_of(band_song())
    moved = transposed(sheet, semitones)
    assert moved.tonic[0] == semitones % 12
    assert (moved.parts[1].pitch - sheet.parts[1].pitch == semitones).all()
    assert (moved.root == (sheet.root + semitones) % 12).all()
    assert same(moved.parts[2], sheet.parts[2]), "drums have no key"
    assert same(transposed(moved, -semitones), sheet)


def test_a_part_at_the_end_of_the_keyboard_goes_the_other_way() -> None:
    song = band_song()
    high = Part("Flute", Role.COUNTER, 73, tuple(Note(bar * BAR, 124 + bar % 3, 480, 90) for bar in range(16)))
    sheet = sheet_of(replace(song, parts=(*song.parts, high)))
    moved = transposed(sheet, 5)
    assert (moved.parts[3].pitch == sheet.parts[3].pitch - 7).all()
    assert (moved.parts[1].pitch == sheet.parts[1].pitch + 5).all()


def aaba() -> Sheet:
    """Four bars three times, and four that are new."""
    lines = {"A": ((60, 64, 67, 65), "C Am F G"), "B": ((69, 73, 76, 68), "Ab Db Eb Bbm")}
    notes, chords = [], []
    for section, letter in enumerate("AABA"):
        pitches, symbols = lines[letter]
        for bar, symbol in enumerate(symbols.split()):
            start = (section * 4 + bar) * BAR
            chords.append(ChordChange(start, parse_chord(symbol)))
            step = 480 if letter == "A" else 640
            notes += [Note(start + i * step, pitches[(bar + i) % 4] + bar, step - 20) for i in range(BAR // step)]
    return sheet_of(
        Song(
            length=16 * BAR,
            keys=(KeyChange(0, Key()),),
            chords=tuple(chords),
            sections=tuple(Section(index * 4 * BAR, letter) for index, letter in enumerate("AABA")),
            parts=(Part("Tune", Role.MELODY, 73, tuple(notes)),),
        )
    )


def test_the_bars_of_an_old_song_form_return() -> None:
    sheet = aaba()
    assert returning_bars(sheet, likeness(sheet)).tolist() == [-1, -1, -1, -1, 0, 1, 2, 3, -1, -1, -1, -1, 4, 5, 6, 7]
