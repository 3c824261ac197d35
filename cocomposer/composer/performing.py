"""The human side of notes that were written on a grid: small drifts of time and loudness within a player."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

from cocomposer.music import Control, Note, Part, PitchBend, Song, without_overlaps

_TIMING_MS = 5.0
"""Standard deviation of a player's timing."""
_DRIFT = 0.7
"""How much of the last deviation is kept: listeners hear slow drift as human and independent noise as sloppy (Hennig et
al., PLoS ONE 6(10), e26457, 2011)."""
_PEDALS = (64, 66, 67)
"""Controllers: sustain, sostenuto and soft pedal."""
_MEANT = 60
"""Ticks within which an onset is meant to be another."""
_SHADE = 3.5
"""How far velocities stray within what the network asked for, in MIDI steps."""


def performed(part: Part, song: Song, random: Random, single: bool, loudness: tuple[int, int] = (1, 127)) -> Part:
    """The part as played: notes struck together move together; `single` voices never overlap; MIDI velocities stay
    within `loudness`.

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
        velocity = max(loudness[0], min(loudness[1], round(note.velocity + random.uniform(-_SHADE, _SHADE))))
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


def in_time_of(before: Part, part: Part, single: bool) -> Part:
    """The part with its onsets where those of `before` nearby were: the same rhythm, to the tick."""
    starts = sorted({note.start for note in before.notes})
    notes = []
    for note in part.notes:
        at = bisect_left(starts, note.start)
        near = min(starts[max(0, at - 1) : at + 1], key=lambda start: abs(start - note.start), default=note.start)
        notes.append(replace(note, start=near) if abs(near - note.start) <= _MEANT else note)
    return replace(part, notes=_one_at_a_time(notes) if single else without_overlaps(notes))


def at_rest(part: Part, first: int, last: int) -> Part:
    """The part with pedals up and the pitch unbent between ticks `first` and `last`; after that as it was."""
    bends = [(bend.tick, 0, bend.value) for bend in part.bends]
    pedals = [(each.tick, each.number, each.value) for each in part.controls if each.number in _PEDALS]
    others = tuple(each for each in part.controls if each.number not in _PEDALS)
    return replace(
        part,
        controls=tuple(sorted((*others, *(Control(*event) for event in _unmoved(pedals, first, last))))),
        bends=tuple(PitchBend(tick, value) for tick, _, value in _unmoved(bends, first, last)),
    )


def _unmoved(events: Sequence[tuple[int, int, int]], first: int, last: int) -> list[tuple[int, int, int]]:
    """Events (tick, number, value) with every value at 0 between `first` and `last`."""
    kept = [event for event in events if not first <= event[0] < last]
    for number in {number for _, number, _ in events}:
        mine = sorted(event for event in events if event[1] == number)
        before = [value for tick, _, value in mine if tick < first]
        inside = [value for tick, _, value in mine if first <= tick < last]
        held, wanted = (before or [0])[-1], (before + inside or [0])[-1]
        if held:
            kept.append((first, number, 0))
        if wanted and not any(tick == last for tick, _, _ in mine):
            kept.append((last, number, wanted))
    return sorted(kept)
