"""Guessing what each part does in the music from its instrument, its name, its register and how it moves."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from cocomposer.music.analysis.melody import chord_share, find_melody, mean_pitch
from cocomposer.music.song import Part, Role, Song
from cocomposer.music.time import TICKS_PER_QUARTER

_WORDS = (
    (re.compile(r"drum|percussion|\bkit\b|\bperc\b"), Role.DRUMS),
    (re.compile(r"counter|obbligato|descant|second voice|harmony|backing"), Role.COUNTER),
    (re.compile(r"\bbass\b|bassline|contrabass|\btuba\b"), Role.BASS),
    (re.compile(r"\barp|harp\b|broken"), Role.ARPEGGIO),
    (re.compile(r"guitar|\bgtr|banjo|ukulele|mandolin|strum"), Role.GUITAR),
    (re.compile(r"\bpads?\b|string|choir|warm|sweep"), Role.PAD),
    (re.compile(r"piano|keys|keyboard|organ|rhodes|wurl|clav|\bep\b|chord|comp"), Role.KEYS),
)


def guess_roles(song: Song) -> Song:
    """The same song with a role for every part that had none (OTHER); the tune is found unless one is marked."""
    melody = find_melody(song)
    return replace(song, parts=tuple(
        part if part.role is not Role.OTHER or not part.notes
        else replace(part, role=Role.MELODY if index == melody else guess_role(part))
        for index, part in enumerate(song.parts)
    ))  # fmt: skip


def guess_role(part: Part) -> Role:
    """What an accompanying part does: never MELODY, and OTHER only where nothing speaks for anything."""
    name = part.name.lower()
    for words, role in _WORDS:
        if words.search(name):
            return role
    chordal, register = chord_share(part), mean_pitch(part.notes)
    if 32 <= part.program <= 39 or (register < 48 and chordal < 0.2):
        return Role.BASS
    if chordal < 0.3:
        return Role.ARPEGGIO if _is_broken_chord(part) else Role.COUNTER
    if 24 <= part.program <= 31 or part.program in (104, 105, 106, 107):
        return Role.GUITAR
    held = sum(note.duration for note in part.notes) / len(part.notes)
    if 40 <= part.program <= 54 or 88 <= part.program <= 95 or (part.program >= 56 and held > 2 * TICKS_PER_QUARTER):
        return Role.PAD
    return Role.KEYS if part.program < 24 or part.program >= 56 else Role.OTHER


def _is_broken_chord(part: Part) -> bool:
    """Even, busy notes that mostly leap."""
    notes = part.notes
    if len(notes) < 8:
        return False
    leaps = sum(abs(after.pitch - before.pitch) >= 3 for before, after in pairwise(notes))
    gaps = [after.start - before.start for before, after in pairwise(notes)]
    short = sum(0 < gap <= TICKS_PER_QUARTER // 2 for gap in gaps)
    return leaps > 0.6 * len(gaps) and short > 0.8 * len(gaps)
