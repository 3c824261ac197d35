"""Walking bass lines: the smoothest way through one chord to the next.

Each line is the cheapest path through the register, found by dynamic programming, under the rules bass players
learn first: the root on the change, chord tones on strong beats, no note twice, small steps with few turns, and
a half or whole step (or a fifth) into the next chord.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from cocomposer.music import Chord

_LONGEST_LEAP = 9


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
    pitches = range(low, high + 1)
    tones = chord.pitch_classes
    target = following.bass_pitch_class if following is not None and not following.is_silent else None
    taste = {pitch: random.random() * 0.5 for pitch in pitches}
    centre = low + (high - low) * 0.4
    count = len(strong)
    best: dict[int, float] = {
        pitch: 0.25 * abs(pitch - previous) + 0.12 * abs(pitch - centre)
        for pitch in pitches
        if pitch % 12 == chord.bass_pitch_class
    }
    path: list[dict[int, int]] = []
    for index in range(1, count):
        last = index == count - 1
        step: dict[int, float] = {}
        came_from: dict[int, int] = {}
        for pitch in pitches:
            here = _note_cost(pitch, chord, tones, scale, strong[index], target if last else None) + taste[pitch]
            here += 0.05 * abs(pitch - centre)
            for before, spent in best.items():
                leap = abs(pitch - before)
                if leap == 0 or leap > _LONGEST_LEAP:
                    continue
                total = spent + here + _leap_cost(leap)
                if total < step.get(pitch, float("inf")):
                    step[pitch], came_from[pitch] = total, before
        best = step
        path.append(came_from)
    end = min(best, key=lambda pitch: (best[pitch], pitch))
    line = [end]
    for came_from in reversed(path):
        line.append(came_from[line[-1]])
    return line[::-1]


def _note_cost(
    pitch: int, chord: Chord, tones: Collection[int], scale: Collection[int], strong: bool, target: int | None
) -> float:
    """How little a pitch suits its place: chord tones first, scale tones in passing, an approach before a change."""
    pitch_class = pitch % 12
    if target is not None and target != chord.bass_pitch_class:
        below, above = (target - pitch_class) % 12, (pitch_class - target) % 12
        if below == 1:
            return 0.2
        if above == 1:
            return 0.4 if pitch_class in scale or pitch_class in tones else 0.8
        if 2 in (below, above):
            return 0.3 if pitch_class in scale or pitch_class in tones else 2.0
        if above == 7:
            return 0.5
        if pitch_class == target:
            return 3.0  # arriving early takes the change away
    if pitch_class in tones:
        return 0.0
    if pitch_class in scale:
        return 2.5 if strong else 0.9
    return 6.0


def _leap_cost(leap: int) -> float:
    return 0.1 * leap if leap <= 4 else 0.3 * leap
