"""What a band plays again where the song returns: most of it, over the same chords, and never in new bars."""

from __future__ import annotations

import numpy as np
import pytest

from cocomposer.composer.recalling import recalled
from cocomposer.model import grid
from cocomposer.model.features import Cell, lane_of
from cocomposer.model.form import likeness, returning_bars
from cocomposer.model.sheet import sheet_of
from cocomposer.music import ChordChange, Note, Part, Role, Song
from cocomposer.music.chord_symbols import parse_chord

BAR = 1920
EIGHTHS = np.arange(0, 48, 6)


def song(bars: str) -> Song:
    """Bars of a letter have the same tune; a capital one stands over C, a small one over C and then F."""
    notes, chords = [], []
    for bar, letter in enumerate(bars):
        shift = ord(letter.upper()) - ord("A")
        notes += [Note(bar * BAR + beat * 480, 60 + (beat * (5 + 2 * shift) + shift) % 12, 440) for beat in range(4)]
        chords.append(ChordChange(bar * BAR, parse_chord("C")))
        if letter.islower():
            chords.append(ChordChange(bar * BAR + 1680, parse_chord("F")))
    return Song(length=len(bars) * BAR, chords=tuple(chords), parts=(Part("Tune", Role.MELODY, 73, tuple(notes)),))


def played(duration: int = 5) -> Cell:
    """A bar of eighths; `duration` is an index of grid.DURATIONS."""
    count, one = len(EIGHTHS), np.ones(len(EIGHTHS), np.int64)
    hot = np.zeros((count, grid.PITCHES), np.uint8)
    hot[:, 60] = 1
    return Cell(EIGHTHS, EIGHTHS, duration * one, one, hot, 0 * one, np.arange(count + 1), 60 * one, one, one)


def again(bars: str, bar: int, seed: int = 0, duration: int = 5) -> Cell | None:
    sheet = sheet_of(song(bars))
    alike = likeness(sheet)
    answer = recalled(sheet, lane_of(sheet), returning_bars(sheet, alike), alike, seed)
    return answer(0, bar, played(duration))


@pytest.mark.parametrize("seed", range(8))
def test_most_of_a_bar_that_returns_is_played_again_in_its_place(seed: int) -> None:
    cell = again("ABAB", 2, seed)
    assert cell is not None
    assert 6 <= len(cell) <= 7
    assert set(cell.position.tolist()) < set(EIGHTHS.tolist())
    assert (cell.start == cell.position + 2 * 48).all()


def test_returns_are_no_copies_of_each_other() -> None:
    found = [again("AAAAAA", bar) for bar in range(1, 6)]
    assert len({tuple(cell.position.tolist()) for cell in found if cell is not None}) > 1


def test_a_new_bar_is_played_anew() -> None:
    assert again("ABAB", 0) is None
    assert again("ABAB", 1) is None


def test_a_stroke_over_other_chords_is_not_played_again() -> None:
    """Of a bar whose last eighth has got another chord that eighth is found anew, and what would be held into it."""
    for seed in range(8):
        cell = again("Aa", 1, seed)
        assert cell is not None
        assert len(cell)
        assert cell.position.max() < 42
        longer = again("Aa", 1, seed, duration=int(np.searchsorted(grid.DURATIONS, 24)))
        assert longer is not None
        assert not len(longer) or longer.position.max() <= 18
