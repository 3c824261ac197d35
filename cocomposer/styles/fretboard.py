"""Chords as a guitarist can hold them: one note a string, four frets, four fingers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cocomposer.music import Chord
from cocomposer.styles.voicing import chord_tones, movement

STRINGS = (40, 45, 50, 55, 59, 64)
"""Standard tuning, E2 A2 D3 G3 B3 E4 as MIDI pitches, lowest string first."""

REACH = 4
"""Frets that the hand covers."""

FRETS = 14


def can_hold(pitches: Sequence[int]) -> bool:
    """True where six strings and one hand can sound all of `pitches` together."""
    return any(_assign(sorted(pitches), position) for position in range(FRETS - REACH + 2))


def _assign(pitches: Sequence[int], position: int) -> bool:
    """Can the ascending pitches each have a string of their own, with frets in one position or open?"""

    def fits(index: int, string: int) -> bool:
        if index == len(pitches):
            return True
        for candidate in range(string, len(STRINGS)):
            fret = pitches[index] - STRINGS[candidate]
            if (fret == 0 or position <= fret < position + REACH) and fits(index + 1, candidate + 1):
                return True
        return False

    return fits(0, 0)


@lru_cache(maxsize=2048)
def shapes(chord: Chord, voices: int) -> tuple[tuple[int, ...], ...]:
    """The playable layouts of a chord on neighbouring strings, ascending pitches, 3 to `voices` notes.

    Each has the telling notes of the chord; the bass note lies lowest where the low strings are used.
    """
    wanted = chord_tones(chord, 6)
    needed = set(chord_tones(chord, min(3, len(wanted))))
    allowed = set(wanted)
    found: set[tuple[int, ...]] = set()
    for position in range(FRETS - REACH + 1):
        options: list[list[int]] = []
        for string in STRINGS:
            pitches = [
                string + fret for fret in range(max(1, position), position + REACH) if (string + fret) % 12 in allowed
            ]
            if string % 12 in allowed and position <= 3:
                pitches.append(string)
            options.append(pitches)
        for lowest in range(4):
            _extend(options, lowest, (), position, voices, needed, chord.bass_pitch_class, found)
    return tuple(sorted(found))


def _extend(
    options: list[list[int]],
    string: int,
    taken: tuple[int, ...],
    position: int,
    voices: int,
    needed: set[int],
    bass: int,
    found: set[tuple[int, ...]],
) -> None:
    complete = needed <= {pitch % 12 for pitch in taken}
    if len(taken) >= 3 and complete and _fingers(taken, string - len(taken)) <= 4:
        found.add(taken)
    if string == len(STRINGS) or len(taken) == voices:
        return
    for pitch in options[string]:
        if not taken and pitch < 50 and pitch % 12 != bass:
            continue  # a low string sounds the bass note or nothing
        if not taken or pitch > taken[-1]:
            _extend(options, string + 1, (*taken, pitch), position, voices, needed, bass, found)


def _fingers(pitches: tuple[int, ...], lowest_string: int) -> int:
    """Fingers a shape takes: one a fretted note, a barre at the lowest fret counting once."""
    frets = [pitch - STRINGS[lowest_string + index] for index, pitch in enumerate(pitches)]
    fretted = [fret for fret in frets if fret > 0]
    if not fretted:
        return 0
    barre = 1 if all(fret >= min(fretted) for fret in frets) else fretted.count(min(fretted))
    return barre + sum(fret > min(fretted) for fret in fretted)


def lead_guitar(
    chord: Chord, previous: Sequence[int], register: tuple[int, int], voices: int, ceiling: int | None
) -> tuple[int, ...]:
    """The shape of `chord` that follows best on `previous`, () for N.C.  Full shapes are preferred to small ones."""
    if chord.is_silent:
        return ()
    low, high = register
    candidates = [shape for shape in shapes(chord, voices) if low <= shape[0] and shape[-1] <= high]
    if not candidates:
        candidates = list(shapes(chord, voices)) or [
            tuple(sorted(52 + (tone - 52) % 12 for tone in chord_tones(chord, 3)))
        ]
    centre = low + (high - low) * 0.45

    def cost(shape: tuple[int, ...]) -> float:
        value = 0.3 * abs((shape[0] + shape[-1]) / 2 - centre) + 2.5 * (voices - len(shape))
        if previous:
            value += movement(previous, shape) + 0.4 * abs(shape[-1] - previous[-1])
        if ceiling is not None:
            value += 1.0 * max(0, shape[-1] - ceiling + 1)
        return value

    return min(candidates, key=lambda shape: (cost(shape), shape))
