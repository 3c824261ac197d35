"""Finding the form of a song: which bars come back, where sections begin, and how much energy each has.

Bars are compared by what the tune does in them (pitch, rhythm, contour) and by their chords; sections are the division
whose pieces are of usual lengths, end where phrases end, and return most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from string import ascii_uppercase

import numpy as np

from cocomposer.music.analysis.bars import bar_facts, bar_similarity
from cocomposer.music.analysis.grid import FloatArray
from cocomposer.music.song import ChordChange, Note, Section, Song

MAX_BARS = 600
"""Form is looked for in so many bars; what follows is one last section."""

# What a section length costs, in bars of perfect repetition; any other up to 18 bars costs more.
_LENGTH_COST = {8: 0.5, 16: 1.5, 4: 1.6, 12: 1.2, 6: 2.6, 10: 2.4, 9: 2.4, 14: 3.0, 5: 3.2, 7: 3.0}
_ODD_LENGTH_COST = 4.5
_LONGEST = 18
_SAME = 0.45
"""How far above what any two bars of the song share, 0..1, sections must be alike to have the same letter."""
_PHRASE_END = 0.5


def find_sections(song: Song, melody: Sequence[Note], chords: Sequence[ChordChange]) -> tuple[Section, ...]:
    """The sections of a song, the first at tick 0: "A", "B", "A" ... where the same material has the same letter.

    "Intro" stands before a tune that begins two bars late or more, "Outro" where it ends so early.  Empty for a song
    without length.
    """
    bars = song.bars
    if not bars:
        return ()
    facts = bar_facts(song, melody, chords, MAX_BARS)
    first, last = _extent(song, melody, len(facts))
    likeness = _above_chance(bar_similarity(facts))
    starts = _divide(likeness[first:last, first:last], _phrase_ends(song, melody, first, last))
    lengths = np.diff([*starts, last - first])
    letters = _letters(likeness, [first + start for start in starts], lengths.tolist())
    named = [(first + start, letter) for start, letter in zip(starts, letters, strict=True)]
    named = [(0, "Intro"), *named] if first >= 2 else [(0, named[0][1]), *named[1:]]
    if last < len(facts):
        named.append((last, "Outro"))
    return tuple(Section(bars[bar].start, name) for bar, name in named)


def _above_chance(likeness: FloatArray) -> FloatArray:
    """Likeness measured from what two bars of this song share anyway: in a jig every bar has the same rhythm."""
    count = len(likeness)
    if count < 2:
        return likeness
    chance = min(0.8, float((likeness.sum() - count) / (count * (count - 1))))
    above: FloatArray = np.clip((likeness - chance) / (1.0 - chance), -0.5, 1.0)
    return above


def _extent(song: Song, melody: Sequence[Note], count: int) -> tuple[int, int]:
    """First bar of the tune, a pick-up not counted, and the bar after its last; the whole song where there is none."""
    if not melody:
        return 0, count
    start = song.bars[min(song.meters.bar_at(melody[0].start), count - 1)]
    pickup = melody[0].start - start.start > (start.end - start.start) // 2
    first = min(start.index + pickup, count - 1)
    last = min(song.meters.bar_at(max(note.end for note in melody) - 1) + 1, count)
    if count - last < 2 or last - first < 4:
        last = count
    return (first, last) if last > first else (0, count)


def _phrase_ends(song: Song, melody: Sequence[Note], first: int, last: int) -> FloatArray:
    """How much each bar of the stretch sounds like a phrase end, 0..1: its last note is long or a rest follows."""
    ends = np.zeros(last - first)
    for note, following in zip(melody, [*melody[1:], None], strict=False):
        bar = song.meters.bar_at(note.start)
        length = song.meters.meter_at(note.start).ticks_per_bar
        gap = (following.start if following else note.start + length) - note.start
        if first <= bar < last:
            ends[bar - first] = max(ends[bar - first], min(1.0, gap / length))
    return ends


def _divide(likeness: FloatArray, phrase_ends: FloatArray) -> list[int]:
    """Starts of the sections of a stretch of bars, 0 first: the cheapest division, by dynamic programming."""
    count = len(likeness)
    returns = _returns(likeness, min(_LONGEST, count))
    best = np.full(count + 1, -np.inf)
    best[0] = 0.0
    came_from = np.zeros(count + 1, dtype=np.int64)
    for end in range(1, count + 1):
        for length in range(1, min(_LONGEST, end) + 1):
            start = end - length
            value = best[start] - _LENGTH_COST.get(length, _ODD_LENGTH_COST)
            if length in returns:
                value += 0.5 * length * float(returns[length][start])
            value += _PHRASE_END * float(phrase_ends[end - 1])
            if value > best[end]:
                best[end], came_from[end] = value, start
    starts, at = [], count
    while at > 0:
        at = int(came_from[at])
        starts.append(at)
    return starts[::-1]


def _returns(likeness: FloatArray, longest: int) -> dict[int, FloatArray]:
    """`_best_return` for every length; a stretch whose halves are alike counts as coming back too."""
    returns: dict[int, FloatArray] = {}
    for length in range(2, longest + 1):
        returns[length] = _best_return(likeness, length)
        if length % 2 == 0:
            half, places = length // 2, len(returns[length])
            starts = np.arange(places)
            alike = (
                sum((likeness[starts + step, starts + half + step] for step in range(half)), np.zeros(places)) / half
            )
            returns[length] = np.maximum(returns[length], alike)
    return returns


def _best_return(likeness: FloatArray, length: int) -> FloatArray:
    """For each bar, how well the `length` bars from it come back somewhere else, 0..1; shape (bars - length + 1,)."""
    count = len(likeness)
    places = count - length + 1
    total = np.zeros((places, places))
    for step in range(length):
        total += likeness[step : step + places, step : step + places]
    total /= length
    apart = np.abs(np.subtract.outer(np.arange(places), np.arange(places))) >= length
    best: FloatArray = np.where(apart, total, 0.0).max(axis=1, initial=0.0)
    return best


def _letters(likeness: FloatArray, starts: Sequence[int], lengths: Sequence[int]) -> list[str]:
    """A letter for each section, shared by those that sound alike over the length of the shorter one."""
    letters: list[str] = []
    used = 0
    for place, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        best, alike = _SAME, ""
        for other in range(place):
            if min(length, lengths[other]) * 2 <= max(length, lengths[other]):
                continue
            common = min(length, lengths[other])
            steps = np.arange(common)
            mean = float(likeness[start + steps, starts[other] + steps].mean())
            if mean > best:
                best, alike = mean, letters[other]
        if not alike:
            alike = ascii_uppercase[used] if used < 26 else f"A{used - 25}"
            used += 1
        letters.append(alike)
    return letters


def section_energies(song: Song, melody: Sequence[Note]) -> tuple[float, ...]:
    """How much energy each section of `song.sections` wants, 0..1: busy and high tunes, later returns and the end more.

    A song without sections counts as one.
    """
    starts = [section.tick for section in song.sections] or [0]
    names = [section.name for section in song.sections] or ["A"]
    ends = [*starts[1:], max(song.length, starts[-1] + 1)]
    busy, high = [], []
    for start, end in zip(starts, ends, strict=True):
        inside = [note for note in melody if start <= note.start < end]
        busy.append(len(inside) / max(1, end - start) * 1920)
        high.append(float(np.mean([note.pitch for note in inside])) if inside else 0.0)
    returns: Counter[str] = Counter()
    energies = []
    heard = [pitch for pitch in high if pitch] or [0.0]
    for place, name in enumerate(names):
        position = place / max(1, len(names) - 1) if len(names) > 1 else 0.5
        energy = 0.3 + 0.2 * position + 0.15 * min(2, returns[name])
        if len(names) > 1 and high[place]:
            energy += 0.25 * _share(busy[place], busy) + 0.25 * _share(high[place], heard)
        elif len(names) == 1:
            energy = 0.5
        returns[name] += 1
        energies.append({"Intro": 0.25, "Outro": 0.35}.get(name, min(1.0, energy)))
    return tuple(energies)


def _share(value: float, values: Sequence[float]) -> float:
    """Where a value stands between the least and the greatest, 0..1, with small spreads kept small."""
    low, high = min(values), max(values)
    return (value - low) / max(high - low, 0.25 * high, 1e-9)
