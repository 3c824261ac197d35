"""Laying chords out under two hands, and moving from one to the next by the shortest way.

Keyboard voicings are chosen among all close and open layouts in the register by what moves least, does not
climb over the tune, and stays clear of muddy intervals in the bass (the "low interval limits" of arranging
textbooks, e.g. Pease and Pullig, Modern Jazz Voicings, 2001).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from functools import lru_cache

from cocomposer.music import Chord
from cocomposer.styles.style import Voicing

MUD_LIMIT = 48
"""Below this pitch (C3) two neighbouring notes of a chord are kept a fifth or more apart."""

HAND_SPAN = 14
"""Widest chord one hand grasps, in semitones (a ninth)."""


def chord_tones(chord: Chord, voices: int, rootless: bool = False, scale: Collection[int] = ()) -> tuple[int, ...]:
    """The pitch classes worth playing with so many voices, most telling first.

    Third and seventh tell the quality; then the root, tensions, and the fifth (an altered fifth before the root).
    `rootless` leaves the root to the bass where at least three other notes are there, and colours a plain sixth or
    seventh chord with the ninth if `scale` has it, as jazz pianists do.
    """
    steps = list(chord.intervals)
    telling = [step for step in (chord.third, chord.seventh) if step is not None]
    fifth = chord.fifth
    altered_fifth = [fifth] if fifth in (6, 8) and fifth not in telling else []
    plain_fifth = [fifth] if fifth == 7 else []
    tensions = [step for step in chord.tensions if step not in telling]
    if rootless and not tensions and chord.seventh is not None and (chord.root + 2) % 12 in scale:
        tensions = [14]
    rest = [step for step in steps if step not in {0, *telling, *altered_fifth, *plain_fifth, *tensions}]
    root = [0]
    if rootless and len(telling) + len(tensions) + len(plain_fifth) + len(altered_fifth) >= 3:
        order = [*telling, *altered_fifth, *tensions, *plain_fifth, *rest]
    elif chord.seventh is None:
        order = [*telling, *root, *altered_fifth, *plain_fifth, *rest, *tensions]
    else:
        order = [*telling, *altered_fifth, *root, *tensions, *plain_fifth, *rest]
    chosen: list[int] = []
    for step in order:
        pitch_class = (chord.root + step) % 12
        if pitch_class not in chosen:
            chosen.append(pitch_class)
    return tuple(chosen[:voices])


@lru_cache(maxsize=4096)
def layouts(
    pitch_classes: tuple[int, ...], voices: int, low: int, high: int, wide: bool
) -> tuple[tuple[int, ...], ...]:
    """Every close layout (and, if `wide`, every drop-2 layout) of the pitch classes inside the register."""
    found: set[tuple[int, ...]] = set()
    ordered = sorted(set(pitch_classes))
    for bottom in range(low, high + 1):
        if bottom % 12 not in ordered:
            continue
        first = ordered.index(bottom % 12)
        stack = [bottom]
        for offset in range(1, max(voices, len(ordered))):
            pitch_class = ordered[(first + offset) % len(ordered)]
            stack.append(stack[-1] + ((pitch_class - stack[-1]) % 12 or 12))
        stack = stack[: max(voices, len(ordered))]
        options = [tuple(stack)]
        if wide and len(stack) >= 3:
            dropped = stack[-2] - 12
            options = [tuple(sorted({*stack[:-2], stack[-1], dropped}))]
        found.update(option for option in options if option[0] >= low and option[-1] <= high)
    return tuple(sorted(found))


def lead(
    chord: Chord,
    previous: Sequence[int],
    register: tuple[int, int],
    kind: Voicing,
    voices: int,
    ceiling: int | None,
    scale: Collection[int] = (),
) -> tuple[int, ...]:
    """The voicing of `chord` (ascending MIDI pitches) that follows best on `previous`.

    `ceiling` is the lowest pitch of the tune meanwhile; voicings that reach it are used only when nothing else
    fits.  `scale` has the pitch classes of the key, from which rootless voicings take their colour.
    Returns () for N.C.
    """
    if chord.is_silent:
        return ()
    low, high = register
    if kind is Voicing.SPREAD:
        return spread(chord, low, high, voices)
    if kind is Voicing.POWER:
        return power(chord, low, high)
    tones = chord_tones(chord, 2 if kind is Voicing.SHELL else voices, kind is Voicing.ROOTLESS, scale)
    candidates = layouts(
        tones, max(voices if kind is not Voicing.SHELL else 2, len(tones)), low, high, kind is Voicing.OPEN
    )
    if not candidates:
        candidates = layouts(tones, len(tones), low, high, False)
    if not candidates:  # a narrow register: play what fits of it, once each
        return tuple(sorted(_nearest(pitch_class, (low + high) // 2, low, high) for pitch_class in tones[:2]))
    centre = low + (high - low) * 0.45
    return min(candidates, key=lambda voicing: (_cost(voicing, previous, centre, ceiling), voicing))


def _cost(voicing: tuple[int, ...], previous: Sequence[int], centre: float, ceiling: int | None) -> float:
    middle = (voicing[0] + voicing[-1]) / 2
    cost = 0.35 * abs(middle - centre)
    if previous:
        cost += movement(previous, voicing) + 0.5 * abs(voicing[-1] - previous[-1])
    if ceiling is not None:
        cost += 3.0 * max(0, voicing[-1] - ceiling + 1)
    for lower, upper in itertools.pairwise(voicing):
        if lower < MUD_LIMIT and upper - lower < 7:
            cost += 4
        if upper - lower == 1:
            cost += 1.5  # a semitone inside a chord is a colour, not a habit
    if voicing[-1] - voicing[0] > HAND_SPAN + 5:
        cost += 3
    return cost


def movement(before: Sequence[int], after: Sequence[int]) -> float:
    """Semitones that the voices travel, each note of `after` from the nearest note of `before`, a voice on average."""
    return sum(min(abs(pitch - other) for other in before) for pitch in after) * 3 / max(1, len(after))


@lru_cache(maxsize=1024)
def spread(chord: Chord, low: int, high: int, voices: int) -> tuple[int, ...]:
    """An open broken-chord layout from the bass up: root, fifth, octave, tenth, (seventh), twelfth ..."""
    bass = _nearest(chord.bass_pitch_class, low + 6, low, high)
    third = chord.third or chord.fifth or 12
    steps = [chord.fifth or 7, 12, 12 + third]
    if chord.seventh is not None:
        steps.append(12 + chord.seventh)
    steps += [12 + (chord.fifth or 7), 24, 24 + third]
    root = bass + (chord.root - chord.bass_pitch_class) % 12
    allowed = chord.pitch_classes
    pitches = [bass] + [root + step for step in sorted(set(steps)) if (root + step) % 12 in allowed]
    fitting = sorted({pitch for pitch in pitches if low <= pitch <= high})
    return tuple(fitting[: max(voices, 3)])


@lru_cache(maxsize=1024)
def power(chord: Chord, low: int, high: int) -> tuple[int, ...]:
    """Root, fifth (as altered as the chord's own) and octave, as a rock guitar plays them."""
    root = _nearest(chord.root, low + 5, low, high)
    fifth = chord.fifth or 12
    return tuple(sorted({pitch for pitch in (root, root + fifth, root + 12) if low <= pitch <= high}))


def _nearest(pitch_class: int, target: int, low: int, high: int) -> int:
    """The pitch of that class inside [low, high] nearest to `target` (an octave at least must fit)."""
    choices = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class]
    return min(choices, key=lambda pitch: (abs(pitch - target), pitch))
