"""Six measures of chords under a melody, as defined by Yeh et al. 2021.

Y.-C. Yeh, W.-Y. Hsiao, S. Fukayama, T. Kitahara, B. Genchel, H.-M. Liu, H.-W. Dong, Y. Chen, T. Leong, Y.-H. Yang,
"Automatic Melody Harmonization with Triad Chords: A Comparative Study", Journal of New Music Research 50(1), 2021.
None of them says by itself whether chords are good; what is compared is how near they are to those of people.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from cocomposer.music import NO_CHORD, TICKS_PER_QUARTER, Chord, ChordChange, Note, Song
from cocomposer.music.analysis.grid import FloatArray

_CONSONANCE = {0: 1, 3: 1, 4: 1, 5: 0, 7: 1, 8: 1, 9: 1}
"""Score by the interval from the chord's note up to the melody's, in semitones; all others are -1."""
_STEP = 2
"""Semitones within which a non-chord tone moves on to be a proper one."""


@dataclass(frozen=True)
class HarmonyMetrics:
    """The six measures of one song; where there is nothing to measure, 0."""

    chord_histogram_entropy: float
    chord_coverage: float
    chord_tonal_distance: float
    chord_tone_ratio: float
    pitch_consonance: float
    melody_chord_distance: float


def measure(song: Song, melody: Sequence[Note], chords: Sequence[ChordChange]) -> HarmonyMetrics:
    """The measures of `chords` under `melody`, a single line sorted by time, in the bars of `song`."""
    halves = half_bar_chords(song, chords)
    return HarmonyMetrics(
        chord_histogram_entropy(halves),
        float(chord_coverage(halves)),
        chord_tonal_distance(halves),
        chord_tone_ratio(melody, chords),
        pitch_consonance(melody, chords),
        melody_chord_distance(melody, chords),
    )


def as_triads(chords: Sequence[ChordChange]) -> tuple[ChordChange, ...]:
    """The chords as the paper knows them: major, minor, diminished and augmented triads; suspended ones are major."""
    return tuple(ChordChange(change.tick, _triad(change.chord)) for change in chords)


def _triad(chord: Chord) -> Chord:
    if chord.is_silent:
        return NO_CHORD
    third = 3 if chord.is_minor else 4
    has_fifth = 7 in chord.intervals
    altered = 6 if third == 3 else 8
    return Chord(chord.root, (0, third, altered if altered in chord.intervals and not has_fifth else 7))


def half_bar_chords(song: Song, chords: Sequence[ChordChange]) -> list[Chord]:
    """The chord at the beginning and in the middle of every bar, silence left out."""
    ticks = [tick for bar in song.bars for tick in (bar.start, (bar.start + bar.end) // 2)]
    found = [chord_at(chords, tick) for tick in ticks]
    return [chord for chord in found if not chord.is_silent]


def chord_at(chords: Sequence[ChordChange], tick: int) -> Chord:
    index = bisect_right(chords, tick, key=lambda change: change.tick) - 1
    return chords[index].chord if index >= 0 else NO_CHORD


def chord_histogram_entropy(chords: Sequence[Chord]) -> float:
    """CHE: entropy, in nats, of how often each chord occurs.  More means a more varied harmony."""
    counts = Counter(chords)
    return -sum(count / len(chords) * log(count / len(chords)) for count in counts.values())


def chord_coverage(chords: Sequence[Chord]) -> int:
    """CC: number of different chords."""
    return len(set(chords))


def chord_tonal_distance(chords: Sequence[Chord]) -> float:
    """CTD: mean tonal distance between every two chords that follow each other, a repeated one being at distance 0."""
    distances = [tonal_distance(before.pitch_classes, after.pitch_classes) for before, after in pairwise(chords)]
    return sum(distances) / len(distances) if distances else 0.0


def chord_tone_ratio(melody: Sequence[Note], chords: Sequence[ChordChange]) -> float:
    """CTnCTR: (c + p) / (c + n), where c of the melody's notes belong to the chord on which they begin, n do not, and p
    of those n are proper: the next note is at most two semitones away.
    """
    inside = outside = proper = 0
    for note, following in zip(melody, [*melody[1:], None], strict=False):
        chord = chord_at(chords, note.start)
        if chord.is_silent:
            continue
        if note.pitch % 12 in chord.pitch_classes:
            inside += 1
            continue
        outside += 1
        proper += following is not None and abs(following.pitch - note.pitch) <= _STEP
    return (inside + proper) / (inside + outside) if inside + outside else 0.0


def pitch_consonance(melody: Sequence[Note], chords: Sequence[ChordChange]) -> float:
    """PCS: mean, over every sixteenth in which the melody sounds and all notes of the chord, of the interval's score.

    The melody counts as the upper note: 1 for a unison, third, fifth or sixth, 0 for a fourth, -1 for anything else.
    """
    scores: list[float] = []
    sixteenth = TICKS_PER_QUARTER // 4
    for note in melody:
        for tick in range(-(-note.start // sixteenth) * sixteenth, note.end, sixteenth):
            chord = chord_at(chords, tick)
            if not chord.is_silent:
                each = [_CONSONANCE.get((note.pitch - tone) % 12, -1) for tone in chord.pitch_classes]
                scores.append(sum(each) / len(each))
    return sum(scores) / len(scores) if scores else 0.0


def melody_chord_distance(melody: Sequence[Note], chords: Sequence[ChordChange]) -> float:
    """MCTD: mean tonal distance between a note of the melody and the chord under it, by the time they last."""
    total = weight = 0.0
    ticks = [change.tick for change in chords]
    for note in melody:
        cuts = [note.start, *(tick for tick in ticks if note.start < tick < note.end), note.end]
        for start, end in pairwise(cuts):
            chord = chord_at(chords, start)
            if not chord.is_silent:
                total += (end - start) * tonal_distance({note.pitch % 12}, chord.pitch_classes)
                weight += end - start
    return total / weight if weight else 0.0


def tonal_distance(some: set[int] | frozenset[int], others: set[int] | frozenset[int]) -> float:
    """Euclidean distance of the tonal centroids of two sets of pitch classes."""
    return float(np.linalg.norm(tonal_centroid(some) - tonal_centroid(others)))


def tonal_centroid(pitch_classes: set[int] | frozenset[int]) -> FloatArray:
    """The place of a chord on the circles of fifths, minor thirds and major thirds, shape (6,).

    C. Harte, M. Sandler, M. Gasser, "Detecting Harmonic Change in Musical Audio", ACM workshop on Audio and Music
    Computing Multimedia, 2006; their radii are 1, 1 and 0.5.
    """
    pitches = np.array(sorted(pitch_classes), dtype=float)
    circles = ((1.0, 7 * np.pi / 6), (1.0, 3 * np.pi / 2), (0.5, 2 * np.pi / 3))
    return np.array(
        [radius * wave(pitches * angle).mean() for radius, angle in circles for wave in (np.sin, np.cos)]
    )  # fmt: skip
