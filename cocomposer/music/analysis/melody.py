"""Finding the tune: which part carries it, and its single line where the part has more than one voice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cocomposer.music.analysis.grid import note_array
from cocomposer.music.song import Note, Part, Role, Song
from cocomposer.music.time import TICKS_PER_QUARTER

_TOGETHER = TICKS_PER_QUARTER // 16
"""Notes that start this close, in ticks, count as struck together."""
_TUNE_WORDS = re.compile(
    r"melod|vocal|\bvox|voice|singer|\blead\b|topline|theme|\btune\b|soprano|\bsolo\b|cantus|gesang"
)
_OTHER_WORDS = re.compile(
    r"\bbass|drum|perc|\bpads?\b|chord|accomp|backing|rhythm|harmon|string|guitar|gtr|piano|left|arp|count|bridge"
)
_LEAST_SCORE = 1.0


def find_melody(song: Song) -> int | None:
    """Index of the part that carries the tune, None where no part does: only drums, a bass, or block chords.

    A part whose role is MELODY already is taken at its word.
    """
    for index, part in enumerate(song.parts):
        if part.role is Role.MELODY and part.notes:
            return index
    scores = [(_likeness(part, song), -index) for index, part in enumerate(song.parts)]
    best, index = max(scores, default=(0.0, 0))
    return -index if best >= _LEAST_SCORE else None


def _likeness(part: Part, song: Song) -> float:
    """How much a part looks like a tune; below `_LEAST_SCORE` it is something else."""
    if part.role in (Role.DRUMS, Role.BASS) or len(part.notes) < 3:
        return -10.0
    notes = note_array([part])
    chordal = chord_share(part)
    line = melody_line(part)
    pitches = np.array([note.pitch for note in line])
    steps = np.abs(np.diff(pitches))
    bars = max(1, len(song.bars))
    sung_bars = len({song.meters.bar_at(note.start) for note in line})
    score = 3.0 - 5.0 * chordal
    score += 2.0 * bool(_TUNE_WORDS.search(part.name.lower())) - 1.5 * bool(_OTHER_WORDS.search(part.name.lower()))
    score += 2.0 * bool(part.lyrics)
    score -= 0.15 * max(0.0, 60.0 - float(pitches.mean())) + 0.1 * max(0.0, float(pitches.mean()) - 79.0)
    score -= 4.0 * (32 <= part.program <= 39)
    score += 2.0 * min(1.0, sung_bars / bars) - 1.0
    # Tunes move by step and small leap, and repeat a note now and then; arpeggios leap all the time.
    score += 1.5 * (float(np.mean(steps <= 4)) - 0.7) if len(steps) else -1.0
    score -= 0.15 * max(0.0, len(line) / max(1, sung_bars) - 8.0)
    score += 0.8 * min(1.0, len(np.unique(pitches)) / 7.0) - 0.4
    score += (float(notes[:, 3].mean()) - 80.0) / 60.0
    return score


def chord_share(part: Part) -> float:
    """Share of the attacks of a part that strike two notes or more, or fall under a held one; 0 for a single line."""
    starts = sorted(part.notes)
    if not starts:
        return 0.0
    attacks = doubled = 0
    anchor, held = -_TOGETHER - 1, -1
    fresh = True
    for note in starts:
        if note.start - anchor > _TOGETHER:
            anchor, fresh = note.start, True
            attacks += 1
            # A legato that overlaps a little is still one voice.
            if held - note.start > TICKS_PER_QUARTER // 2:
                doubled += 1
                fresh = False
        elif fresh:
            doubled += 1
            fresh = False
        held = max(held, note.end)
    return doubled / attacks


def is_chord_track(part: Part) -> bool:
    """Is the part nothing but block chords, which say no more than chord symbols would?  Nine in ten of its attacks
    strike three notes or more."""
    attacks: list[int] = []
    anchor = -_TOGETHER - 1
    for note in sorted(part.notes):
        if note.start - anchor > _TOGETHER:
            anchor = note.start
            attacks.append(0)
        attacks[-1] += 1
    return bool(attacks) and sum(size >= 3 for size in attacks) >= 0.9 * len(attacks)


def melody_line(part: Part) -> tuple[Note, ...]:
    """One voice out of a part: the highest note of every attack, cut where the next begins.

    A note under one that is still held for most of its length is left to the accompaniment (the "skyline" of
    A. Uitdenbogerd and J. Zobel, "Melodic Matching Techniques for Large Music Databases", ACM Multimedia 1999).
    """
    tops: list[Note] = []
    for note in sorted(part.notes):
        if tops and note.start - tops[-1].start <= _TOGETHER:
            if note.pitch > tops[-1].pitch:
                tops[-1] = Note(tops[-1].start, note.pitch, note.end - tops[-1].start, note.velocity)
            continue
        if tops and tops[-1].pitch > note.pitch and tops[-1].end - note.start > note.duration // 2:
            continue
        tops.append(note)
    cut = [_cut(note, following) for note, following in pairwise(tops)]
    return (*cut, tops[-1]) if tops else ()


def _cut(note: Note, following: Note) -> Note:
    if note.end <= following.start:
        return note
    return Note(note.start, note.pitch, following.start - note.start, note.velocity)


def mean_pitch(notes: Sequence[Note]) -> float:
    """Mean MIDI pitch weighted by duration, 60 where there is nothing."""
    total = sum(note.duration for note in notes)
    return sum(note.pitch * note.duration for note in notes) / total if total else 60.0
