"""Chords for a tune that has none, as a songwriter would try them.

The bar is cut where chords may change.  Every chord of the mode is judged in every place by the notes of the tune it
has to carry, by where the place stands in the phrase, and by the chord before it; the best path through the song is
found by the Viterbi algorithm.  Then it is found once more with what repeated phrases got the first time in mind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cocomposer.music.analysis.bars import bar_facts
from cocomposer.music.analysis.form import MAX_BARS, find_sections
from cocomposer.music.analysis.functions import Function, functions
from cocomposer.music.analysis.grid import FloatArray, IntArray
from cocomposer.music.chord import Chord
from cocomposer.music.key import Key
from cocomposer.music.song import ChordChange, Note, Song
from cocomposer.music.time import TICKS_PER_QUARTER, Bar

_TUNE = 3.2
"""Weight of the tune in a bar full of notes, against the costs of `functions`."""
_CHORD_TONE = (1.0, 1.0, 0.9, 0.5)
"""How well root, third, fifth and seventh carry a note of the tune."""
_SCALE_NOTE, _CLASH, _FOREIGN = -0.45, -1.1, -1.4
_HALF_BAR = 0.75
"""Cost of a change inside the bar; more where the half bar is shorter than a second."""
_STAY_FOR_PHRASE, _STAY_FOR_BAR = 0.45, 0.12
"""Cost of keeping a chord over the bar line: after two bars, and after one."""
_REPEAT = 0.9
_FINAL, _CLOSE, _HALF_CLOSE, _OPENING, _APPROACH = 4.0, 0.9, 0.5, 0.8, 0.7


@dataclass(frozen=True)
class _Place:
    """A stretch of a bar in which one chord sounds: ticks, bar, whether it opens the bar, and its share of the bar."""

    start: int
    end: int
    bar: int
    opens: bool
    share: float


def harmonise(song: Song, melody: Sequence[Note], key: Key) -> tuple[ChordChange, ...]:
    """Chords for `melody` over all bars of `song`, spelled in `key`: one or two a bar, closing on the tonic.

    Where the song itself changes to another key of the same mode, the chords go along.  Without any note: the tonic.
    """
    bars = song.bars
    if not bars:
        return ()
    vocabulary = functions(key.mode, _has_leading_tone(melody, key))
    places = [place for bar in bars for place in _places(bar)]
    tonics = [_tonic_at(song, key, place.start) for place in places]
    fits = _fits(song, places, tonics, melody, vocabulary) + _form(song, places, melody, vocabulary)
    moves = _moves(vocabulary)
    keeping, changing = _rhythm(song, places, melody)
    path = _best_path(fits, moves, keeping, changing)
    fits += _remembered(song, places, melody, path, len(vocabulary))
    path = _best_path(fits, moves, keeping, changing)
    return _changes(places, tonics, [vocabulary[each] for each in path], key)


def _has_leading_tone(melody: Sequence[Note], key: Key) -> bool:
    """False where a tune in minor uses the seventh of the natural scale and never the raised one."""
    steps = [(note.pitch - key.tonic) % 12 for note in melody]
    return 11 in steps or steps.count(10) < 0.05 * len(steps)


def _places(bar: Bar) -> list[_Place]:
    """The bar, in two where its metre has a middle beat (or two groups) at least a quarter note from both bar lines."""
    offsets = bar.meter.beat_starts
    length = bar.end - bar.start
    least = 2 * TICKS_PER_QUARTER if not bar.meter.is_compound else TICKS_PER_QUARTER
    middles = [each for each in offsets[1:] if each >= least and length - each >= least]
    if not middles or len(offsets) % 3 == 0:
        return [_Place(bar.start, bar.end, bar.index, True, 1.0)]
    cut = bar.start + min(middles, key=lambda each: (abs(2 * each - length), -each))
    first = (cut - bar.start) / length
    return [_Place(bar.start, cut, bar.index, True, first), _Place(cut, bar.end, bar.index, False, 1.0 - first)]


def _tonic_at(song: Song, key: Key, tick: int) -> int:
    local = song.key_at(tick)
    return local.tonic if local is not None and len(song.keys) > 1 and local.mode is key.mode else key.tonic


def _fits(
    song: Song, places: Sequence[_Place], tonics: Sequence[int], melody: Sequence[Note], vocabulary: Sequence[Function]
) -> FloatArray:  # fmt: skip
    """How well each chord carries the tune in each place, its own cost taken off; shape (places, chords)."""
    notes = np.zeros((len(places), 12))
    place = 0
    weights = _weights(song, melody)
    for note, weight in zip(melody, weights, strict=True):
        while place < len(places) - 1 and places[place].end <= note.start:
            place += 1
        at = place
        while at < len(places) and places[at].start < note.end:
            held = min(note.end, places[at].end) - max(note.start, places[at].start)
            # What is held over from before binds the new chord less than what is struck on it.
            bound = weight if note.start >= places[at].start else 0.6 * weight
            notes[at, (note.pitch - tonics[at]) % 12] += bound * held
            at += 1
    lengths = np.array([place.end - place.start for place in places])
    shares = np.array([place.share for place in places])
    scale = {(each.root + step) % 12 for each in vocabulary if each.cost < 0.75 for step in each.intervals}
    carrying = np.array([_carrying(each, scale) for each in vocabulary])
    total = notes.sum(axis=1)
    certainty = np.minimum(1.0, 1.4 * total / lengths)
    mean = np.einsum("pn,cn->pc", notes, carrying) / np.maximum(total, 1.0)[:, None]
    costs = np.array([each.cost for each in vocabulary])
    fits: FloatArray = _TUNE * (shares * certainty)[:, None] * mean - shares[:, None] * costs
    return fits


def _carrying(function: Function, scale: set[int]) -> list[float]:
    """How well a chord carries each pitch class above the tonic."""
    intervals = function.intervals if function.numeral != "V" else (0, 4, 7, 10)
    values = []
    for pitch_class in range(12):
        step = (pitch_class - function.root) % 12
        if step in intervals:
            values.append(_CHORD_TONE[intervals.index(step)])
        elif pitch_class not in scale:
            values.append(_FOREIGN)
        else:
            clashes = (step - 1) % 12 in intervals[:3]
            values.append(_CLASH if clashes else _SCALE_NOTE)
    return values


def _weights(song: Song, melody: Sequence[Note]) -> list[float]:
    """How much each note of the tune asks of the chord: strong beats much, passing and neighbour notes little."""
    weights = []
    for place, note in enumerate(melody):
        bar = song.meters.bar_at(note.start)
        offset = note.start - song.meters.bar_start(bar)
        meter = song.meters.meter_at(note.start)
        strength = 1.6 if offset == 0 else 1.0 if offset in meter.beat_starts else 0.6
        if len(meter.beats) % 2 == 0 and offset == meter.beat_starts[len(meter.beats) // 2]:
            strength = 1.3
        before = melody[place - 1].pitch - note.pitch if place else 12
        after = melody[place + 1].pitch - note.pitch if place + 1 < len(melody) else 12
        by_step = 0 < abs(before) <= 2 and 0 < abs(after) <= 2
        if by_step and note.duration <= TICKS_PER_QUARTER and offset != 0:
            strength *= 0.45
        elif note.duration <= TICKS_PER_QUARTER // 2 and 0 < abs(after) <= 2 and offset != 0:
            strength *= 0.7
        weights.append(strength)
    return weights


def _form(song: Song, places: Sequence[_Place], melody: Sequence[Note], vocabulary: Sequence[Function]) -> FloatArray:
    """What the place in the form asks for: tonic to begin and to end with, dominants before closes and half-way."""
    wishes = np.zeros((len(places), len(vocabulary)))
    tonic = np.array([float(each.is_tonic) for each in vocabulary])
    numerals = {each.numeral for each in vocabulary}
    leading = {"V"} if "V" in numerals else {"VII", "bVII", "v"}
    dominant = np.array([float(each.numeral in leading) for each in vocabulary])
    applied = np.array([float("/" in each.numeral) for each in vocabulary])
    of_bar: dict[int, list[int]] = {}
    for index, place in enumerate(places):
        of_bar.setdefault(place.bar, []).append(index)
    first_bar, last_bar = _sounding_bars(song, melody)
    starts = sorted({first_bar, *(song.meters.bar_at(each.tick) for each in find_sections(song, melody, ()))})
    starts = [start for start in starts if first_bar <= start <= last_bar]
    for start, end in zip(starts, [*starts[1:], last_bar + 1], strict=True):
        wishes[of_bar[start][0]] += _OPENING * (tonic if start == first_bar else 0.5 * tonic)
        if end - start >= 6:  # a period has a breath in the middle
            middle = start + (end - start) // 2 - 1
            wishes[of_bar[middle][-1]] += _HALF_CLOSE * (dominant + 0.3 * tonic)
        if end - 1 > start:
            close = of_bar[end - 1]
            weight = _FINAL if end == last_bar + 1 else _CLOSE
            for index in close:
                wishes[index] += weight * (tonic + (0.75 * dominant if weight < _FINAL else 0.0)) / len(close)
            wishes[close[0] - 1] += _APPROACH * dominant
    wishes[-1] -= 3.0 * applied
    if last_bar + 1 < len(song.bars):  # bars after the tune rest on the tonic
        wishes[of_bar[last_bar + 1][0] :] += tonic
    wishes[: of_bar[first_bar][0]] += 0.3 * tonic
    return wishes


def _sounding_bars(song: Song, melody: Sequence[Note]) -> tuple[int, int]:
    """First bar of the tune (a pick-up not counted) and the last in which it sounds."""
    count = len(song.bars)
    if not melody:
        return 0, count - 1
    start = min(song.meters.bar_at(melody[0].start), count - 1)
    late = melody[0].start - song.bars[start].start > (song.bars[start].end - song.bars[start].start) // 2
    last = min(song.meters.bar_at(max(note.end for note in melody) - 1), count - 1)
    return min(start + late, last), last


def _moves(vocabulary: Sequence[Function]) -> FloatArray:
    """Cost of going from each chord to each other, shape (chords, chords), zeros where it stays."""
    costs = np.array([[each.follows.get(goal.numeral, each.otherwise) for goal in vocabulary] for each in vocabulary])
    for index, each in enumerate(vocabulary):  # an applied dominant is not an ordinary way out of any chord
        if "/" in each.numeral:
            costs[:, index] = np.minimum(costs[:, index], 0.5)
    np.fill_diagonal(costs, 0.0)
    return costs


def _rhythm(song: Song, places: Sequence[_Place], melody: Sequence[Note]) -> tuple[FloatArray, FloatArray]:
    """What keeping and what changing the chord costs at each place, shapes (places,)."""
    first_bar, _ = _sounding_bars(song, melody)
    keeping, changing = np.zeros(len(places)), np.zeros(len(places))
    for index, place in enumerate(places):
        if place.opens:
            long_bars = song.tempos.seconds_at(place.end) - song.tempos.seconds_at(place.start) >= 0.7
            at_pair = (place.bar - first_bar) % 2 == 0
            keeping[index] = (_STAY_FOR_PHRASE if at_pair else _STAY_FOR_BAR) if long_bars else 0.0
            changing[index] = 0.0 if long_bars or at_pair else 0.6
        else:
            seconds = song.tempos.seconds_at(place.end) - song.tempos.seconds_at(place.start)
            changing[index] = _HALF_BAR * max(1.0, min(2.0, 1.0 / max(0.1, seconds)))
    return keeping, changing


def _best_path(fits: FloatArray, moves: FloatArray, keeping: FloatArray, changing: FloatArray) -> list[int]:
    count, chords = fits.shape
    came_from = np.zeros((count, chords), dtype=np.int64)
    best = fits[0].copy()
    itself = np.eye(chords, dtype=bool)
    for place in range(1, count):
        cost = np.where(itself, keeping[place], moves + changing[place])
        values = best[:, None] - cost
        came_from[place] = values.argmax(axis=0)
        best = values.max(axis=0) + fits[place]
    path = [int(best.argmax())]
    for place in range(count - 1, 0, -1):
        path.append(int(came_from[place, path[-1]]))
    return path[::-1]


def _remembered(
    song: Song, places: Sequence[_Place], melody: Sequence[Note], path: Sequence[int], chords: int
) -> FloatArray:  # fmt: skip
    """A bonus for the chords that the same bar of the tune had when it was heard first, shape (places, chords)."""
    bonus = np.zeros((len(places), chords))
    originals = _originals(bar_facts(song, melody, (), MAX_BARS).pitches)
    by_bar: dict[int, list[int]] = {}
    for index, place in enumerate(places):
        by_bar.setdefault(place.bar, []).append(index)
    for bar, original in enumerate(originals):
        if original == bar or len(by_bar[bar]) != len(by_bar[original]):
            continue
        # A phrase that returns asks for its chords; a single bar may be taken another way.
        neighbours = sum(
            0 <= bar + step < len(originals) and originals[bar + step] == original + step for step in (-1, 1)
        )
        for here, there in zip(by_bar[bar], by_bar[original], strict=True):
            bonus[here, path[there]] += _REPEAT * (0.4 + 0.8 * neighbours)
    return bonus


def _originals(pitches: IntArray) -> list[int]:
    """For each bar the first bar with (nearly) the same notes; a bar of rests is its own."""
    originals: list[int] = []
    unique: list[int] = []
    for bar in range(len(pitches)):
        found = bar
        if unique and (pitches[bar] >= 0).any():
            alike = (pitches[bar] == pitches[unique]).mean(axis=1)
            # Where several bars are alike, the one that continues the phrase is the one that is meant.
            expected = originals[-1] + 1 if originals else -1
            if expected < bar and (pitches[bar] == pitches[expected]).mean() >= 0.85:
                found = expected
            elif alike.max() >= 0.85:
                found = unique[int(alike.argmax())]
        originals.append(found)
        if found == bar:
            unique.append(bar)
    return originals


def _changes(
    places: Sequence[_Place], tonics: Sequence[int], path: Sequence[Function], key: Key
) -> tuple[ChordChange, ...]:  # fmt: skip
    """The chords of a path; a dominant that goes home has its seventh."""
    changes: list[ChordChange] = []
    for index, (place, tonic, function) in enumerate(zip(places, tonics, path, strict=True)):
        following = next((each for each in path[index + 1 :] if each is not function), None)
        resolves = function.is_dominant and following is not None and following.is_tonic
        intervals = (0, 4, 7, 10) if resolves else function.intervals
        root = (tonic + function.root) % 12
        chord = Chord(root, intervals)
        chord = Chord(root, intervals, symbol=chord.spell(key.sharps < 0))
        if not changes or changes[-1].chord != chord:
            changes.append(ChordChange(place.start, chord))
    return tuple(changes)
