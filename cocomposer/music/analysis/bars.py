"""What happens in each bar, on sixteenths, and how alike two bars are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocomposer.music.analysis.grid import FloatArray, IntArray
from cocomposer.music.song import ChordChange, Note, Song
from cocomposer.music.time import TICKS_PER_QUARTER

SLOT = TICKS_PER_QUARTER // 4
MAX_SLOTS = 64
"""A bar is looked at for so many sixteenths; hardly any metre is longer."""

_MELODY_WEIGHT = 0.65
_SILENT = -1


@dataclass(frozen=True)
class BarFacts:
    """The bars of a song as arrays of shape (bars, sixteenths of the longest bar).

    `pitches` is the MIDI pitch of the tune that sounds (-1 for a rest), `strikes` is True where a note begins,
    `contour` is the pitch above the first note struck in the bar, `chords` numbers the chord by root and by
    whether it is minor (-1 for none).  `lengths` are the bars' ticks, shape (bars,).
    """

    pitches: IntArray
    strikes: NDArray[np.bool_]
    contour: IntArray
    chords: IntArray
    lengths: IntArray

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def has_melody(self) -> bool:
        return bool(self.strikes.any())

    @property
    def has_chords(self) -> bool:
        return bool((self.chords != _SILENT).any())


def bar_facts(
    song: Song, melody: Sequence[Note], chords: Sequence[ChordChange], most: int | None = None
) -> BarFacts:  # fmt: skip
    """The facts of the first `most` bars of a song (of all without it)."""
    bars = song.bars[:most]
    slots = min(MAX_SLOTS, max((-(-(bar.end - bar.start) // SLOT) for bar in bars), default=1))
    shape = (len(bars), max(1, slots))
    pitches, chord_table = np.full(shape, _SILENT), np.full(shape, _SILENT)
    strikes = np.zeros(shape, dtype=bool)
    starts = [bar.start for bar in bars]
    end = bars[-1].end if bars else 0
    for note in melody:
        if note.start < end:
            _fill(pitches, strikes, starts, note)
    for change, following in zip(chords, [*chords[1:], None], strict=False):
        number = _SILENT if change.chord.is_silent else change.chord.root + 12 * change.chord.is_minor
        _cover(chord_table, starts, change.tick, min(end, following.tick if following else end), number)
    first = np.where(strikes.any(axis=1), strikes.argmax(axis=1), 0)
    reference = pitches[np.arange(len(bars)), first] if len(bars) else np.zeros(0, dtype=np.int64)
    contour = np.where(pitches >= 0, pitches - reference[:, None], 99)
    lengths = np.array([bar.end - bar.start for bar in bars], dtype=np.int64)
    return BarFacts(pitches, strikes, contour, chord_table, lengths)


def _fill(pitches: IntArray, strikes: NDArray[np.bool_], starts: Sequence[int], note: Note) -> None:
    tick = max(0, note.start)
    bar = max(0, bisect_right(starts, tick) - 1)
    slot = round((tick - starts[bar]) / SLOT)
    next_bar_begins = starts[bar + 1] if bar + 1 < len(starts) else None
    if next_bar_begins is not None and starts[bar] + slot * SLOT >= next_bar_begins:
        bar, slot = bar + 1, 0
    if slot < strikes.shape[1]:
        strikes[bar, slot] = True
    begin = starts[bar] + slot * SLOT
    _cover(pitches, starts, begin, max(begin + SLOT, note.end - SLOT // 2), note.pitch)


def _cover(table: IntArray, starts: Sequence[int], begin: int, end: int, value: int) -> None:
    """Write `value` into every slot whose start lies from tick `begin` until `end`."""
    bar = max(0, bisect_right(starts, begin) - 1)
    while bar < len(starts) and starts[bar] < end:
        low = max(0, -(-(begin - starts[bar]) // SLOT))
        high = -(-(end - starts[bar]) // SLOT)
        table[bar, low:high] = value
        bar += 1


def bar_similarity(facts: BarFacts) -> FloatArray:
    """How alike every two bars are, 0..1, shape (bars, bars): the tune by pitch and rhythm, and the chords.

    A bar that is the same at another height (after a change of key, say) is nearly as alike as an exact repeat.
    """
    count = len(facts)
    if not (facts.has_melody or facts.has_chords):
        return np.ones((count, count))
    chords: FloatArray = _agreement(facts.chords)
    if not facts.has_melody:
        return chords
    pitch = np.maximum(_agreement(facts.pitches), 0.8 * _agreement(facts.contour))
    strikes = facts.strikes.astype(float)
    both = np.einsum("is,js->ij", strikes, strikes)
    own = strikes.sum(axis=1)
    either = own[:, None] + own[None, :] - both
    rhythm = np.where(either > 0, both / np.maximum(either, 1.0), 1.0)
    tune = 0.6 * pitch + 0.4 * rhythm
    weight = _MELODY_WEIGHT if facts.has_chords else 1.0
    mixed: FloatArray = weight * tune + (1.0 - weight) * chords
    return mixed


def _agreement(table: IntArray) -> FloatArray:
    """Share of slots in which two bars have the same value, shape (bars, bars)."""
    count, slots = table.shape
    same = np.zeros((count, count))
    for slot in range(slots):
        same += table[:, slot][:, None] == table[:, slot][None, :]
    share: FloatArray = same / slots
    return share
