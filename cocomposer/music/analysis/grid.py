"""The beat grid of a song and what sounds on it, as arrays: the ground all analysis stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocomposer.music.song import Part, Song
from cocomposer.music.time import TICKS_PER_QUARTER

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


LEAST_BEAT = TICKS_PER_QUARTER // 2
"""Beats shorter than this, in ticks, are joined to the one before; only metres such as 1/32 have them."""


@dataclass(frozen=True)
class BeatGrid:
    """The felt beats of a song.

    `edges` are ticks, shape (beats + 1,); `bar` is the index of each beat's bar and `place` its number in the bar
    from 0, both of shape (beats,).  `strength` is 1 on the bar line, 0.5 in the middle of an even bar, 0.25 elsewhere.
    """

    edges: IntArray
    bar: IntArray
    place: IntArray
    strength: FloatArray

    def __len__(self) -> int:
        return len(self.bar)


def beat_grid(song: Song) -> BeatGrid:
    """Every felt beat from the first bar to the end of the last; the last bar may reach beyond `song.length`."""
    edges: list[int] = []
    bars: list[int] = []
    places: list[int] = []
    strengths: list[float] = []
    end = 0
    for bar in song.bars:
        starts = bar.meter.beat_starts
        middle = len(starts) // 2 if len(starts) % 2 == 0 else -1
        for place, offset in enumerate(starts):
            if bar.start + offset >= bar.end or (edges and bar.start + offset - edges[-1] < LEAST_BEAT):
                continue
            edges.append(bar.start + offset)
            bars.append(bar.index)
            places.append(place)
            strengths.append(1.0 if place == 0 else 0.5 if place == middle else 0.25)
        end = bar.end
    return BeatGrid(np.array([*edges, end]), np.array(bars, int), np.array(places, int), np.array(strengths))


def note_array(parts: Iterable[Part]) -> IntArray:
    """Start, end, pitch and velocity of every pitched note, sorted by start; shape (notes, 4)."""
    rows = [
        (note.start, note.start + note.duration, note.pitch, note.velocity)
        for part in parts
        if not part.is_drums
        for note in part.notes
    ]
    rows.sort()
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def spread(notes: IntArray, edges: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Cut notes at the edges of a grid: for each piece its note, its cell, and how many ticks of the note lie in it."""
    count = len(edges) - 1
    if count < 1 or not len(notes):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    first = np.clip(np.searchsorted(edges, notes[:, 0], side="right") - 1, 0, count - 1)
    last = np.clip(np.searchsorted(edges, notes[:, 1], side="left") - 1, first, count - 1)
    pieces = last - first + 1
    note = np.repeat(np.arange(len(notes)), pieces)
    offset = np.arange(len(note)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    cell = first[note] + offset
    ticks = np.minimum(notes[note, 1], edges[cell + 1]) - np.maximum(notes[note, 0], edges[cell])
    inside = ticks > 0
    return note[inside], cell[inside], ticks[inside]
