"""Finding the key of some notes and chords, and the places where a song changes it.

The sound of each of the 24 keys is the profile of J. Albrecht and D. Shanahan, "The Use of Large Corpora to Train a
New Type of Key-Finding Algorithm", Music Perception 31(1), 2013: on half of POP909 it beat those of Krumhansl and
Kessler and of Temperley.  What chords and endings say is added with weights rounded from a logistic regression on the
same half.

Without chords the notes of a tune leave open which of two relatives is meant, and the last note tells.  How much it
tells was tuned on the whole tunes of OpenEWLD and POP909 and on their first 4, 8 and 16 bars (the training and
development songs of `training/harmony_corpus.py`); the ends of inner phrases, and notes on bar lines, added nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from cocomposer.music.analysis.grid import FloatArray, IntArray, note_array, spread
from cocomposer.music.key import Key, Mode
from cocomposer.music.song import ChordChange, KeyChange, Part, Song
from cocomposer.music.time import TICKS_PER_QUARTER

_MAJOR_PROFILE = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR_PROFILE = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
_KEYS = tuple(Key(tonic, mode) for mode in (Mode.MAJOR, Mode.MINOR) for tonic in range(12))

# Weights: fit of the profile (a correlation), share of time on the tonic chord, tonic chord first, share of the changes
# that go from the dominant to the tonic, share of time on the dominant and on the subdominant, lowest last note is the
# tonic, and a leaning to minor that makes up for minor keys having more chords of their own.
_PROFILE, _TONIC, _FIRST, _CADENCE, _DOMINANT, _SUBDOMINANT, _LAST, _MINOR = 11.0, 2.0, 0.9, 4.0, 2.5, 4.0, 0.6, 1.9

_BAR = 4 * TICKS_PER_QUARTER
_WINDOW = 12
"""Bars heard together when looking for a change of key."""
_CHANGE_COST = 14.0
_CHANGE_COST_ALONE = 24.0
"""The same without chords: the bridge of a song is soon taken for another key where only a tune is heard."""

_LAST_ALONE, _MINOR_ALONE = 3.0, -0.9
"""Weights without chords: the last note is the tonic, and a leaning to major, which more tunes are in."""
_WHOLE = 24 * _BAR
"""Length of a tune whose last note has its full weight; a short one may be a piece of something and end anywhere."""
_RESTFUL, _RESTLESS = 2 * TICKS_PER_QUARTER, 0.4
"""A last note shorter than the first hardly sounds like an end: its weight is multiplied by the second."""


def _profiles() -> FloatArray:
    rows = [np.roll(profile, tonic) for profile in (_MAJOR_PROFILE, _MINOR_PROFILE) for tonic in range(12)]
    table = np.array(rows, dtype=float)
    table -= table.mean(axis=1, keepdims=True)
    normal: FloatArray = table / np.linalg.norm(table, axis=1, keepdims=True)
    return normal


def _fit(histogram: FloatArray) -> FloatArray:
    """Correlation of pitch-class durations, shape (..., 12), with each key, shape (..., 24)."""
    centred = histogram - histogram.mean(axis=-1, keepdims=True)
    size = np.linalg.norm(centred, axis=-1, keepdims=True)
    fit: FloatArray = np.divide(centred, size, out=np.zeros_like(centred), where=size > 0) @ _profiles().T
    return fit


def find_key(parts: Iterable[Part], chords: Sequence[ChordChange] = ()) -> Key:
    """The key of the notes of `parts` (drums left out) and of `chords`; C major where there is nothing.

    Where the music moves to other keys it is the one in force the longest.  A dorian or mixolydian scale that is kept
    throughout is named as such.
    """
    notes = note_array(parts)
    end = max(int(notes[:, 1].max()) if len(notes) else 0, chords[-1].tick + _BAR if chords else 0)
    changes = _keys(notes, chords, np.arange(0, end + _BAR, _BAR))
    ends = [*(change.tick for change in changes[1:]), end]
    return max(zip(changes, ends, strict=True), key=lambda each: each[1] - each[0].tick)[0].key


def find_keys(song: Song, chords: Sequence[ChordChange] = ()) -> tuple[KeyChange, ...]:
    """The keys of a song, the first at tick 0: one, or more where it moves for at least twelve bars.

    `chords` defaults to the song's own.  A turn to the relative minor or major is not taken for a change of key.
    """
    edges = [*(bar.start for bar in song.bars), song.bars[-1].end] if song.bars else [0, _BAR]
    return tuple(_keys(note_array(song.parts), chords or song.chords, np.array(edges)))


def _keys(notes: IntArray, chords: Sequence[ChordChange], edges: IntArray) -> list[KeyChange]:
    starts = _modulations(notes, edges, _CHANGE_COST if chords else _CHANGE_COST_ALONE)

    def key_of(first: int, last: int) -> Key:
        begin, end = int(edges[first]), int(edges[last])
        inside = notes[(notes[:, 0] >= begin) & (notes[:, 0] < end)] if len(starts) > 1 else notes
        own = [change for change in chords if begin <= change.tick < end]
        return _shade(_KEYS[int(_key_scores(inside, own, _lengths(own, end)).argmax())], _durations(inside))

    while True:
        keys = [key_of(first, last) for first, last in zip(starts, [*starts[1:], len(edges) - 1], strict=True)]
        visits = [place for place, pair in enumerate(pairwise(keys), 1) if not chords and _a_fifth_apart(*pair)]
        if not visits:
            break
        del starts[visits[0]]
    changes: list[KeyChange] = []
    for first, key in zip(starts, keys, strict=True):
        if not changes or changes[-1].key.relative_major != key.relative_major:
            changes.append(KeyChange(int(edges[first]), key))
    return changes


def _a_fifth_apart(one: Key, other: Key) -> bool:
    """Are the notes of two keys all the same but one?  A tune alone visits such a key without leaving its own."""
    return (one.relative_major - other.relative_major) % 12 in (5, 7)


def _shade(key: Key, durations: FloatArray) -> Key:
    """Dorian or mixolydian where the note that makes the difference is frequent and its rival all but missing."""
    if not durations.sum():
        return key
    share = np.roll(durations / durations.sum(), -key.tonic)
    mode, own, rival = (Mode.DORIAN, 9, 8) if key.mode.is_minor else (Mode.MIXOLYDIAN, 10, 11)
    blue = not key.mode.is_minor and share[3] > 0.02  # a blues is not a mode
    return Key(key.tonic, mode) if share[own] > 0.05 and share[rival] < 0.25 * share[own] and not blue else key


def _lengths(chords: Sequence[ChordChange], end: int) -> list[int]:
    """Ticks each chord lasts; the last one at least a 4/4 bar."""
    if not chords:
        return []
    ticks = [change.tick for change in chords]
    last = max(end, ticks[-1] + _BAR)
    return [after - before for before, after in zip(ticks, [*ticks[1:], last], strict=True)]


def _key_scores(notes: IntArray, chords: Sequence[ChordChange], lengths: Sequence[int]) -> FloatArray:
    heard = _durations(notes)
    from_chords = np.zeros(12)
    for change, length in zip(chords, lengths, strict=True):
        for pitch_class in change.chord.pitch_classes:
            from_chords[pitch_class] += length
    total, total_of_chords = heard.sum(), from_chords.sum()
    if total and total_of_chords:
        from_chords *= 0.5 * total / total_of_chords
    scores = _PROFILE * _fit(heard + from_chords)
    if not chords:
        return scores + _said_by_ending(notes)
    if len(notes):
        ending = notes[notes[:, 1] >= notes[:, 1].max() - TICKS_PER_QUARTER]
        lowest = int(ending[:, 2].min()) % 12
        scores[[lowest, lowest + 12]] += _LAST
    return scores + _said_by_chords(chords, lengths)


def _said_by_ending(notes: IntArray) -> FloatArray:
    """Evidence for each key from the last note where there are no chords, shape (24,); of several the lowest counts."""
    scores = np.zeros(24)
    if len(notes):
        start, end, pitch, _ = min(notes[notes[:, 0] == notes[-1, 0]].tolist(), key=lambda note: note[2])
        weight = _LAST_ALONE * min(1.0, (end - notes[0, 0]) / _WHOLE) * (1.0 if end - start >= _RESTFUL else _RESTLESS)
        scores[[pitch % 12, pitch % 12 + 12]] = weight
        scores[12:] += _MINOR_ALONE
    return scores


def _durations(notes: IntArray) -> FloatArray:
    return np.bincount(notes[:, 2] % 12, weights=notes[:, 1] - notes[:, 0], minlength=12).astype(float)


def _said_by_chords(chords: Sequence[ChordChange], lengths: Sequence[int]) -> FloatArray:
    """Evidence for each key from the functions of the chords, shape (24,)."""
    scores = np.zeros(24)
    sounding = [
        (change.chord.root + 12 * change.chord.is_minor, length)
        for change, length in zip(chords, lengths, strict=True)
        if not change.chord.is_silent
    ]
    if not sounding:
        return scores
    share = np.zeros(24)
    for chord, length in sounding:
        share[chord] += length
    share /= max(1.0, share.sum())
    tonic = np.arange(12)
    for offset in (0, 12):  # major keys, then minor keys
        scores[offset : offset + 12] += _TONIC * share[offset + tonic] + _DOMINANT * share[(tonic + 7) % 12]
        scores[offset : offset + 12] += _SUBDOMINANT * share[offset + (tonic + 5) % 12]
    scores[sounding[0][0]] += _FIRST
    for (before, _), (after, _) in pairwise(sounding):
        if before < 12 and (before - after) % 12 == 7:
            scores[after] += _CADENCE / len(sounding)
    scores[12:] += _MINOR
    return scores


def _modulations(notes: IntArray, edges: IntArray, cost: float) -> list[int]:
    """Bars in which a new collection of notes begins, the first bar always among them; `cost` is that of a change."""
    count = len(edges) - 1
    if count < 2 * _WINDOW or not len(notes):
        return [0]
    note, bar, ticks = spread(notes, edges)
    histogram = np.zeros((count, 12))
    np.add.at(histogram, (bar, notes[note, 2] % 12), ticks)
    running = np.vstack([np.zeros(12), histogram.cumsum(axis=0)])
    low = np.clip(np.arange(count) - _WINDOW // 2, 0, count)
    high = np.clip(np.arange(count) + _WINDOW // 2, 0, count)
    fit = _fit(running[high] - running[low])
    collection = np.maximum(fit[:, :12], np.roll(fit[:, 12:], 3, axis=1)) * _PROFILE
    path = _steadiest(collection, cost)
    alone = _fit(histogram)
    alone = np.maximum(alone[:, :12], np.roll(alone[:, 12:], 3, axis=1))
    starts = [0]
    for index in range(1, count):
        if path[index] != path[index - 1]:
            begin = _exact_change(alone, index, int(path[index - 1]), int(path[index]))
            if begin - starts[-1] >= _WINDOW and count - begin >= _WINDOW:
                starts.append(begin)
    return starts


def _exact_change(alone: FloatArray, index: int, before: int, after: int) -> int:
    """The bar near `index` from which single bars fit the new notes better than the old ones."""
    low, high = max(0, index - _WINDOW // 2), min(len(alone), index + _WINDOW // 2)
    gain = alone[low:high, before] - alone[low:high, after]
    return low + int(np.concatenate([[0.0], gain.cumsum()]).argmax())


def _steadiest(scores: FloatArray, cost: float) -> IntArray:
    """Best path through the scores of each bar at the same cost for every change (Viterbi)."""
    came_from = np.zeros(scores.shape, dtype=np.int64)
    best, itself = scores[0], np.arange(scores.shape[1])
    for index in range(1, len(scores)):
        top = int(best.argmax())
        stays = best >= best[top] - cost
        came_from[index] = np.where(stays, itself, top)
        best = np.maximum(best, best[top] - cost) + scores[index]
    path = np.zeros(len(scores), dtype=np.int64)
    path[-1] = int(best.argmax())
    for index in range(len(scores) - 1, 0, -1):
        path[index - 1] = came_from[index, path[index]]
    return path
