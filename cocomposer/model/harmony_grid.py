"""What the harmony network sees and says: chords by their degree, and a melody cut where chords may change.

Everything is relative to the tonic, so that one network serves all twelve keys and no transposed copies are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from cocomposer.music import TICKS_PER_QUARTER, Bar, Chord, ChordChange, Key, KeyChange, Note, Song
from cocomposer.music.analysis.bars import bar_facts
from cocomposer.music.analysis.form import MAX_BARS
from cocomposer.music.analysis.grid import FloatArray, IntArray, note_array, spread
from cocomposer.music.song import Part

QUALITIES: tuple[tuple[int, ...], ...] = (
    (0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10), (0, 4, 7, 9), (0, 3, 7, 9),
    (0, 3, 6), (0, 3, 6, 9), (0, 3, 6, 10), (0, 4, 8), (0, 5, 7),
)  # fmt: skip
"""Intervals of the chords that are told apart: major, minor, 7, maj7, m7, 6, m6, dim, dim7, m7b5, aug, sus4."""
CHORDS = 12 * len(QUALITIES)
"""Chord `root * len(QUALITIES) + quality`; the root is a pitch class, or a degree (semitones above the tonic)."""
NONE = HOLD = CHORDS
"""One number past the chords: as what sounds, no chord; as what comes next, the chord that sounds already."""

PHRASE, FAREWELL = 8, 8
"""Bars of a period that the network counts, and bars before the end from which it knows that the end is near."""
FEATURES = 24 + 9 + PHRASE + FAREWELL + 1
MELODY_FEATURES = 27
"""The first features are those of the tune: pitch-class shares (12), what sounds on the slot's first tick (12), the
share of rests, whether the bar was heard before, and whether there is a tune at all."""

_LEAST_SLOT = TICKS_PER_QUARTER
_SHORTEST_CUT_BAR = 3 * TICKS_PER_QUARTER
_ALIKE = 0.85
"""Share of its sixteenths in which a bar must equal an earlier one to be its repetition."""


class Idiom(Enum):
    """Whose harmony is meant: that of the American songbook (OpenEWLD), or of present-day pop (POP909)."""

    SONGBOOK = "songbook"
    POP = "pop"


@dataclass(frozen=True)
class HarmonyGrid:
    """A song cut into slots, each of which has one chord.

    `edges` are ticks, shape (slots + 1,).  All others have the shape (slots,): `bar`; `tonic`, a pitch class, and
    `minor`, whether the third above it is; `recall`, the slot in the bar that this bar repeats, or -1; `returns`, true
    where the bars around are repeated as well, so that it is the phrase that comes back.  `features` has the shape
    (slots, FEATURES), `notes` (slots, 12) holds ticks of each pitch class, absolute.
    """

    edges: IntArray
    bar: IntArray
    tonic: IntArray
    minor: NDArray[np.bool_]
    recall: IntArray
    returns: NDArray[np.bool_]
    features: NDArray[np.float32]
    notes: FloatArray

    def __len__(self) -> int:
        return len(self.bar)


def harmony_grid(
    song: Song, melody: Sequence[Note], keys: Sequence[KeyChange], idiom: Idiom, closes: bool = True
) -> HarmonyGrid:
    """The grid of `song`'s bars under `melody` in `keys`; `closes` is False where the music goes on afterwards."""
    edges, bar = _slots(song.bars)
    start, last = _sounding_bars(song, melody)
    originals, returns = _repetitions(song, melody)
    in_force = [_key_at(keys, tick) for tick in edges[:-1]]
    tonic = np.array([key.tonic for key in in_force], dtype=np.int64)
    minor = np.array([key.mode.is_minor for key in in_force], dtype=bool)
    heard = note_array([Part("", notes=tuple(melody))])
    note, slot, ticks = spread(heard, edges)
    notes = np.zeros((len(bar), 12))
    np.add.at(notes, (slot, heard[note, 2] % 12), ticks)
    on_start = np.zeros((len(bar), 12))
    sounding = heard[note, 0] <= edges[slot] + TICKS_PER_QUARTER // 8
    on_start[slot[sounding], heard[note[sounding], 2] % 12] = 1.0

    lengths = np.diff(edges)
    relative = (np.arange(12)[None, :] + tonic[:, None]) % 12
    shares = np.take_along_axis(notes, relative, axis=1) / np.maximum(lengths, 1)[:, None]
    repeated = originals[bar] != bar
    opens = np.append(True, np.diff(bar) > 0) if len(bar) else np.zeros(0, dtype=bool)
    thirds = np.array([len(song.bars[each].meter.beats) % 3 == 0 for each in bar], dtype=bool)
    left = np.minimum(np.maximum(last - bar, 0) if closes else np.full(len(bar), FAREWELL), FAREWELL)
    features = np.column_stack([
        shares, np.take_along_axis(on_start, relative, axis=1), np.clip(1.0 - shares.sum(axis=1), 0.0, 1.0), repeated,
        np.full(len(bar), bool(melody)), lengths / (4 * TICKS_PER_QUARTER), opens, thirds,
        minor, np.full(len(bar), idiom is Idiom.POP), bar < start,
        np.eye(PHRASE)[(bar - start) % PHRASE], np.eye(FAREWELL + 1)[left],
    ])  # fmt: skip
    recall = _recalled(bar, originals)
    returning = returns[bar] & (recall >= 0)
    return HarmonyGrid(edges, bar, tonic, minor, recall, returning, features.astype(np.float32), notes)


def chord_number(chord: Chord) -> int:
    """The nearest chord of the vocabulary by its third, fifth and seventh, root absolute; NONE for silence."""
    if chord.is_silent:
        return NONE
    third = chord.interval(4, 3)
    seventh = chord.interval(10, 11, 9)
    if chord.intervals in QUALITIES:
        found = chord.intervals
    elif third is None:
        found = (0, 5, 7) if chord.interval(5, 2) else (0, 4, 7)
    elif third == 3 and 6 in chord.intervals and 7 not in chord.intervals:
        found = (0, 3, 6) if seventh in (None, 11) else (0, 3, 6, 9 if seventh == 9 else 10)
    elif third == 4 and 8 in chord.intervals and 7 not in chord.intervals and seventh is None:
        found = (0, 4, 8)
    else:
        found = (0, third, 7) if seventh is None or (third, seventh) == (3, 11) else (0, third, 7, seventh)
    return chord.root * len(QUALITIES) + QUALITIES.index(found)


def chord_of_number(number: int, key: Key) -> Chord:
    """The chord with that number and an absolute root, spelled in `key`; by its usual name where that has no signs."""
    root, quality = divmod(number, len(QUALITIES))
    chord = Chord(root, QUALITIES[quality])
    return Chord(root, QUALITIES[quality], symbol=chord.spell(key.sharps < 0 if key.sharps else None))


def shifted(numbers: IntArray, semitones: IntArray) -> IntArray:
    """Chord numbers with their roots moved up; NONE stays."""
    roots, qualities = np.divmod(numbers, len(QUALITIES))
    moved = (roots + semitones) % 12 * len(QUALITIES) + qualities
    return np.where(numbers == NONE, NONE, moved)


def chord_tones() -> NDArray[np.bool_]:
    """Which pitch classes sound in each chord, shape (CHORDS, 12)."""
    tones = np.zeros((CHORDS, 12), dtype=bool)
    for number in range(CHORDS):
        root, quality = divmod(number, len(QUALITIES))
        tones[number, [(root + step) % 12 for step in QUALITIES[quality]]] = True
    return tones


def chords_in_slots(grid: HarmonyGrid, chords: Sequence[ChordChange]) -> IntArray:
    """The chord that takes most of each slot, root absolute, shape (slots,).

    Silence between chords counts as the chord before it, silence before the first as NONE.
    """
    numbers = np.full(len(grid), NONE)
    if not chords or not len(grid):
        return numbers
    ticks = np.array([change.tick for change in chords])
    values = [chord_number(change.chord) for change in chords]
    for slot in range(len(grid)):
        begin, end = int(grid.edges[slot]), int(grid.edges[slot + 1])
        first = max(0, int(np.searchsorted(ticks, begin, side="right")) - 1)
        behind = int(np.searchsorted(ticks, end, side="left"))
        held: dict[int, int] = {}
        for index in range(first, behind):
            until = int(ticks[index + 1]) if index + 1 < len(ticks) else end
            held[values[index]] = held.get(values[index], 0) + min(end, until) - max(begin, int(ticks[index]))
        longest = max(held, key=lambda number: held[number], default=NONE)
        numbers[slot] = numbers[slot - 1] if longest == NONE and slot else longest
    return numbers


def _slots(bars: Sequence[Bar]) -> tuple[IntArray, IntArray]:
    """Edges and bars of the slots: a bar of three quarters and more is cut at the felt beat nearest to its middle.

    4/4 gives 2 + 2 quarters, 3/4 gives 2 + 1, 7/8 gives 4 + 3 eighths.  What is shorter than a quarter note joins the
    slot before, which keeps songs in 1/32 to a bearable number of slots.
    """
    edges: list[int] = []
    owners: list[int] = []
    for bar in bars:
        length = bar.end - bar.start
        cuts = [0]
        if length >= _SHORTEST_CUT_BAR:
            inner = [each for each in bar.meter.beat_starts if _LEAST_SLOT <= each <= length - _LEAST_SLOT]
            cuts += sorted(inner, key=lambda each: (abs(2 * each - length), -each))[:1]
        for cut, end in zip(cuts, [*cuts[1:], length], strict=True):
            if not edges or end - cut >= _LEAST_SLOT or bar.start + cut - edges[-1] >= _LEAST_SLOT:
                edges.append(bar.start + cut)
                owners.append(bar.index)
    return np.array([*edges, bars[-1].end if bars else 0], dtype=np.int64), np.array(owners, dtype=np.int64)


def _key_at(keys: Sequence[KeyChange], tick: int) -> Key:
    return next((change.key for change in reversed(keys) if change.tick <= tick), keys[0].key)


def _sounding_bars(song: Song, melody: Sequence[Note]) -> tuple[int, int]:
    """The bar with which the tune begins (a pick-up not counted) and the one in which it ends."""
    bars = song.bars
    if not bars:
        return 0, 0
    first = int(len(bars) > 1 and 2 * (bars[0].end - bars[0].start) <= bars[1].end - bars[1].start)
    if not melody:
        return first, len(bars) - 1
    start = min(song.meters.bar_at(melody[0].start), len(bars) - 1)
    late = melody[0].start - bars[start].start > (bars[start].end - bars[start].start) // 2
    last = min(song.meters.bar_at(max(note.end for note in melody) - 1), len(bars) - 1)
    return min(max(start + late, first), last), last


def _repetitions(song: Song, melody: Sequence[Note]) -> tuple[IntArray, NDArray[np.bool_]]:
    """For each bar the first bar with (nearly) the same tune, itself where there is none; and where phrases return."""
    originals = np.arange(len(song.bars))
    pitches = bar_facts(song, melody, (), MAX_BARS).pitches
    unique: list[int] = []
    for bar in range(len(pitches)):
        if unique and (pitches[bar] >= 0).any():
            alike = (pitches[bar] == pitches[unique]).mean(axis=1)
            expected = int(originals[bar - 1]) + 1
            # Where several bars are alike, the one that continues the phrase is the one that is meant.
            if expected < bar and (pitches[bar] == pitches[expected]).mean() >= _ALIKE:
                originals[bar] = originals[expected]
            elif alike.max() >= _ALIKE:
                originals[bar] = unique[int(alike.argmax())]
        if originals[bar] == bar:
            unique.append(bar)
    steps = originals - np.arange(len(originals))
    same = np.append(np.diff(steps) == 0, False) & (steps < 0)
    return originals, same | np.append(False, same[:-1]) if len(same) else same


def _recalled(bar: IntArray, originals: IntArray) -> IntArray:
    """For each slot the same slot of the bar that is repeated, -1 where there is none."""
    recall = np.full(len(bar), -1)
    if not len(bar):
        return recall
    first = np.searchsorted(bar, np.arange(len(originals)))
    size = np.bincount(bar, minlength=len(originals))
    place = np.arange(len(bar)) - first[bar]
    source = originals[bar]
    fits = (source != bar) & (size[source] == size[bar])
    recall[fits] = (first[source] + place)[fits]
    return recall
