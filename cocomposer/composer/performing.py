"""The human side of notes that were written on a grid: small drifts of time and loudness within a player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

from cocomposer.music import Note, Part, Song, without_overlaps

_TIMING_MS = 5.0
"""Standard deviation of a player's timing."""
_DRIFT = 0.7
"""How much of the last deviation is kept: listeners hear slow drift as human and independent noise as sloppy (Hennig et
al., PLoS ONE 6(10), e26457, 2011)."""
_SHADE = 3.5
"""How far velocities stray within what the network asked for, in MIDI steps."""


def performed(part: Part, song: Song, random: Random, single: bool) -> Part:
    """The part as played: notes struck together move together; `single` voices never overlap.

    Drums have the timing the network gave them and are only shaded in loudness.
    """
    notes: list[Note] = []
    drift, tick, moved = 0.0, -1, 0
    for note in sorted(part.notes):
        if note.start != tick:
            drift = _DRIFT * drift + (1 - _DRIFT**2) ** 0.5 * random.gauss(0, _TIMING_MS)
            tick = note.start
            moved = 0 if part.is_drums else round(drift * song.tempos.bpm_at(tick) * 480 / 60_000)
        start = max(0, min(note.start + moved, song.length - 1))
        end = max(start + 1, min(note.end + moved, song.length))
        velocity = round(max(1, min(127, note.velocity + random.uniform(-_SHADE, _SHADE))))
        notes.append(Note(start, note.pitch, end - start, velocity))
    return replace(part, notes=_one_at_a_time(notes) if single else without_overlaps(notes))


def _one_at_a_time(notes: Sequence[Note]) -> tuple[Note, ...]:
    ordered = sorted(notes)
    cut = [
        replace(note, duration=max(1, min(note.end, after.start) - note.start))
        for note, after in pairwise(ordered)
        if after.start > note.start
    ]
    return (*cut, ordered[-1]) if ordered else ()
