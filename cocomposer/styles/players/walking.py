"""Walking bass lines: the best way through one chord to the next.

Whole lines are compared in a beam search, by what bass players learn first: the root on the change, the third and
fifth on strong beats, a direction once taken kept, leaps answered, no see-saw between two notes, passing notes that
pass on by step, and a half or whole step (or a fifth) into the next chord.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from cocomposer.music import Chord

_LONGEST_LEAP = 9
_BEAM = 24
"""Lines kept after each note; more hardly changes what wins."""

_FORBIDDEN = 6.0


def walk(
    strong: Sequence[bool],
    chord: Chord,
    following: Chord | None,
    previous: int,
    register: tuple[int, int],
    scale: Collection[int],
    random: Random,
) -> list[int]:
    """MIDI pitches for the notes of one chord, one for each item of `strong` (is it a strong beat?).

    `previous` is the pitch before, `following` the chord the line leads into (None at the end), `scale` the
    pitch classes that may be passed through.
    """
    low, high = register
    target = following.bass_pitch_class if following is not None and not following.is_silent else None
    if target == chord.bass_pitch_class:
        target = None
    taste = {pitch: random.random() * 0.5 for pitch in range(low, high + 1)}
    centre = low + (high - low) * 0.4
    lines: list[tuple[float, tuple[int, ...]]] = [
        (0.2 * abs(pitch - previous) + 0.1 * abs(pitch - centre), (pitch,))
        for pitch in range(low, high + 1)
        if pitch % 12 == chord.bass_pitch_class
    ]
    count = len(strong)
    for index in range(1, count):
        aim = target if index == count - 1 else None
        alone = {
            pitch: _note_cost(pitch, chord, scale, strong[index], aim) + taste[pitch] + 0.04 * abs(pitch - centre)
            for pitch in range(low, high + 1)
        }
        grown = [
            (spent + alone[pitch] + _motion_cost((previous, *line), pitch, chord.pitch_classes), (*line, pitch))
            for spent, line in lines
            for pitch in range(max(low, line[-1] - _LONGEST_LEAP), min(high, line[-1] + _LONGEST_LEAP) + 1)
            if pitch != line[-1]
        ]
        lines = sorted(grown)[:_BEAM]
    return list(min(lines)[1])


def _note_cost(pitch: int, chord: Chord, scale: Collection[int], strong: bool, target: int | None) -> float:
    """How little a pitch suits its place, whatever comes before it.  `target` is the next bass note's pitch class
    where this is the last note before it."""
    pitch_class = pitch % 12
    is_tone = pitch_class in chord.pitch_classes
    if target is not None:
        return _approach_cost(pitch_class, target, is_tone, pitch_class in scale)
    third = None if chord.third is None else (chord.root + chord.third) % 12
    if is_tone:
        degree = (pitch_class - chord.root) % 12
        if degree == 0:
            return 0.5  # the root has been said
        return 0.0 if pitch_class == third or degree == (chord.fifth or 7) else 0.4
    if pitch_class not in scale:
        return _FORBIDDEN
    if third is not None and (pitch_class - third) % 12 in (1, 11):
        return _FORBIDDEN if strong else 1.6  # a semitone from the third only in passing
    return _FORBIDDEN if strong else 0.9


def _approach_cost(pitch_class: int, target: int, is_tone: bool, in_scale: bool) -> float:
    below, above = (target - pitch_class) % 12, (pitch_class - target) % 12
    if below == 0:
        return 3.0  # arriving early takes the change away
    if below == 1:
        return 0.0 if is_tone else 0.3
    if above == 1:
        return 0.0 if is_tone else 0.4 if in_scale else 0.7
    if 2 in (below, above):
        return 0.0 if is_tone else 0.4 if in_scale else _FORBIDDEN
    if above == 7:
        return 0.2 if is_tone else 0.6
    return 0.7 if is_tone else 2.5


def _motion_cost(line: tuple[int, ...], pitch: int, tones: Collection[int]) -> float:
    """How awkwardly `pitch` continues the line (which has the note before the chord as its first)."""
    before = line[-1]
    move = pitch - before
    leap = abs(move)
    cost = 0.0 if leap <= 4 else 0.25 if leap <= 7 else 0.9
    if pitch in line[-4:-1]:
        cost += 1.6 if pitch == line[-2] else 0.8
    last = before - line[-2]
    if last * move < 0 and abs(last) <= 4:
        cost += 0.5
    if abs(last) > 5 and last * move > 0:
        cost += 0.9
    if before % 12 not in tones and (leap > 2 or last * move < 0):
        cost += 2.0
    return cost
