"""Finding the chords of an accompaniment.

A track of block chords is read as it stands, every block under its own name.  Anything else (broken chords, a band)
is heard beat by beat: how well each chord explains the notes and the bass, against what a change costs there, and the
best path through the song by the Viterbi algorithm (G. D. Forney, Proc. IEEE 61, 1973), after the manner of
B. Pardo and W. P. Birmingham, "Algorithms for Chordal Analysis", Computer Music Journal 26(2), 2002.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cocomposer.music.analysis.blocks import chord_of
from cocomposer.music.analysis.grid import BeatGrid, FloatArray, IntArray, beat_grid, note_array, spread
from cocomposer.music.analysis.keys import find_keys
from cocomposer.music.chord import NO_CHORD, Chord
from cocomposer.music.key import Key
from cocomposer.music.song import MAX_TICKS, ChordChange, KeyChange, Part, Role, Song
from cocomposer.music.time import TICKS_PER_QUARTER


@dataclass(frozen=True)
class _Quality:
    intervals: tuple[int, ...]
    weights: tuple[float, ...]
    """Share of the sounding time that each of `intervals` takes; what is missing from 1 is shared by other notes."""
    prior: float
    """Logarithm of how readily the quality is assumed, against a major triad."""


# The shares were set by hand to what a pianist's left hand and right hand play, then checked on half of POP909.
_QUALITIES = (
    _Quality((0, 4, 7), (0.35, 0.23, 0.28), 0.0),
    _Quality((0, 3, 7), (0.35, 0.23, 0.28), 0.0),
    _Quality((0, 4, 7, 10), (0.30, 0.21, 0.20, 0.18), -0.25),
    _Quality((0, 3, 7, 10), (0.28, 0.21, 0.20, 0.19), -0.2),
    _Quality((0, 4, 7, 11), (0.28, 0.21, 0.20, 0.19), -0.25),
    _Quality((0, 3, 6), (0.32, 0.27, 0.27), -0.6),
    _Quality((0, 3, 6, 10), (0.26, 0.22, 0.22, 0.19), -0.5),
    _Quality((0, 3, 6, 9), (0.23, 0.22, 0.22, 0.22), -0.7),
    _Quality((0, 4, 8), (0.32, 0.27, 0.27), -0.9),
    _Quality((0, 5, 7), (0.32, 0.27, 0.27), -0.6),
    _Quality((0, 2, 7), (0.32, 0.25, 0.29), -0.8),
    _Quality((0, 5, 7, 10), (0.28, 0.22, 0.20, 0.18), -0.7),
    _Quality((0, 4, 7, 9), (0.28, 0.21, 0.20, 0.19), -0.9),
    _Quality((0, 4, 7, 14), (0.30, 0.21, 0.21, 0.16), -0.8),
    _Quality((0, 3, 7, 14), (0.30, 0.21, 0.21, 0.16), -0.9),
)
_STATES = tuple((root, quality) for root in range(12) for quality in _QUALITIES)
_EVIDENCE = 5.0
"""How many independent notes the sound of one beat counts for."""
_BASS_EVIDENCE = 1.1
_BASS_ROOT, _BASS_CHORD, _BASS_FOREIGN = 0.0, -1.3, -2.6
_CHANGE = {1.0: 1.6, 0.5: 2.6, 0.25: 4.2}
"""Cost of a change of chord by the strength of the beat it falls on."""
_OUT_OF_KEY = 0.35
"""Cost of each chord note outside the key, in every beat."""


def find_chords(song: Song, parts: Iterable[Part], key: Key | None = None) -> tuple[ChordChange, ...]:
    """The chords that `parts` of `song` play, sorted by tick, with symbols spelled for `key`.

    Without a key the song's own keys are taken, and where it has none those that a first hearing suggests.  Drums are
    left out.  Empty where nothing is played.  Silence of two bars and more becomes N.C.
    """
    parts = [part for part in parts if not part.is_drums and part.notes]
    notes = note_array(parts)
    if not len(notes):
        return ()
    keys = song.keys if key is None else (KeyChange(0, key),)
    found = _find(song, parts, notes, keys)
    if not keys:
        heard = Song(
            length=min(MAX_TICKS, max(song.length, int(notes[:, 1].max()))), meters=song.meters, parts=tuple(parts)
        )
        found = _find(song, parts, notes, find_keys(heard, found))
    return found


def _length(song: Song, notes: IntArray) -> int:
    return min(MAX_TICKS, max(song.length, int(notes[:, 1].max())))


def _find(
    song: Song, parts: Sequence[Part], notes: IntArray, keys: Sequence[KeyChange]
) -> tuple[ChordChange, ...]:  # fmt: skip
    blocks = _read_blocks(notes, keys) if len(parts) == 1 else None
    return blocks or _hear(song, parts, notes, keys)


def _key_at(keys: Sequence[KeyChange], tick: int) -> Key | None:
    """The key in force; before the first one, the first."""
    return keys[max(0, bisect_right(keys, tick, key=lambda change: change.tick) - 1)].key if keys else None


def _spelled(chord: Chord, key: Key | None) -> Chord:
    flats = None if key is None or key.sharps == 0 else key.sharps < 0
    return Chord(chord.root, chord.intervals, chord.bass, chord.spell(flats))


def _read_blocks(notes: IntArray, keys: Sequence[KeyChange]) -> tuple[ChordChange, ...] | None:
    """The chords of a block-chord track, None where the part is something else."""
    blocks: dict[int, list[tuple[int, int]]] = defaultdict(list)
    slack = TICKS_PER_QUARTER // 16
    anchor = -slack - 1
    for start, end, pitch, _ in notes.tolist():
        anchor = anchor if start - anchor <= slack else start
        blocks[anchor].append((pitch, end))
    starts = sorted(blocks)
    full = sum(len(each) >= 3 for each in blocks.values())
    overlaps = sum(
        max(end for _, end in blocks[start]) > following + TICKS_PER_QUARTER // 4
        for start, following in pairwise(starts)
    )
    if full < 0.9 * len(blocks) or overlaps > 0.05 * len(blocks):
        return None
    sets = [sorted({pitch for pitch, _ in blocks[start]}) for start in starts]
    with_bass = _bass_has_meaning(sets)
    changes: list[ChordChange] = []
    for start, pitches in zip(starts, sets, strict=True):
        bass = pitches[0] % 12 if with_bass else None
        key = _key_at(keys, start)
        chord = chord_of(pitches, bass, key)
        if chord is None:
            return None
        if not changes or changes[-1].chord != chord:
            changes.append(ChordChange(_on_grid(start), _spelled(chord, key)))
    ticks = [change.tick for change in changes]
    return tuple(changes) if ticks == sorted(set(ticks)) else None


def _on_grid(tick: int) -> int:
    """The nearest eighth-triplet or sixteenth where it is within a 64th, else the tick itself."""
    for step in (TICKS_PER_QUARTER // 4, TICKS_PER_QUARTER // 3):
        nearest = round(tick / step) * step
        if abs(nearest - tick) <= TICKS_PER_QUARTER // 16:
            return nearest
    return tick


def _bass_has_meaning(blocks: Sequence[Sequence[int]]) -> bool:
    """False where the lowest note only follows from the voicing: every chord folded into one octave, or kept close.

    Someone who writes chords with their roots at the bottom means it when another note stands there.
    """
    if max(map(max, blocks)) - min(map(min, blocks)) < 12:
        return False
    named = [(chord_of(block, block[0] % 12), block[0] % 12) for block in blocks]
    rooted = sum(chord is not None and chord.root == bass for chord, bass in named)
    return rooted >= 0.45 * len(blocks) or float(np.median([block[0] for block in blocks])) < 48


def _hear(
    song: Song, parts: Sequence[Part], notes: IntArray, keys: Sequence[KeyChange]
) -> tuple[ChordChange, ...]:  # fmt: skip
    length = _length(song, notes)
    grid = beat_grid(song if length == song.length else Song(length=length, meters=song.meters))
    sound, bass = _sound(notes, grid), _bass(parts, notes, grid)
    scores = _scores(sound, bass)
    for change, end in zip(keys, [*(each.tick for each in keys[1:]), length], strict=False):
        beats = slice(*np.searchsorted(grid.edges[:-1], (change.tick, end)).tolist())
        scores[beats] -= _OUT_OF_KEY * np.array([_outside(root, quality, change.key) for root, quality in _STATES])
    return _changes(_best_path(scores, grid), sound, bass, grid, keys)


def _sound(notes: IntArray, grid: BeatGrid) -> FloatArray:
    """How much each pitch class sounds in each beat, shape (beats, 12): ticks, louder for notes struck there."""
    note, beat, ticks = spread(notes, grid.edges)
    length = np.diff(grid.edges)[beat]
    struck = notes[note, 0] >= grid.edges[beat]
    # A note counts from its attack: short ones are not as slight as their length, since pianos and pedals ring on.
    weight = np.where(struck, 0.25 + 0.75 * ticks / length, 0.6 * ticks / length)
    weight = weight * (0.6 + notes[note, 3] / 320)
    sound = np.zeros((len(grid), 12))
    np.add.at(sound, (beat, notes[note, 2] % 12), weight)
    return sound


def _bass(parts: Sequence[Part], notes: IntArray, grid: BeatGrid) -> FloatArray:
    """Share of the beat in which each pitch class is the lowest, shape (beats, 12), rows adding up to 1 or 0."""
    basses = [part for part in parts if part.role is Role.BASS]
    low = note_array(basses) if basses else notes
    note, beat, ticks = spread(low, grid.edges)
    bass = np.zeros((len(grid), 12))
    lowest = np.full(len(grid), 128)
    np.minimum.at(lowest, beat, low[note, 2])
    near = low[note, 2] <= lowest[beat] + 4
    near &= low[note, 2] < 64 if not basses else near
    early = 1.0 + (low[note, 0] <= grid.edges[beat] + np.diff(grid.edges)[beat] // 4)
    weight = near * ticks * early * np.exp2((lowest[beat] - low[note, 2]) / 4.0)
    np.add.at(bass, (beat, low[note, 2] % 12), weight)
    total = bass.sum(axis=1, keepdims=True)
    shares: FloatArray = np.divide(bass, total, out=np.zeros_like(bass), where=total > 0)
    return shares


def _templates() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Logarithmic shares of the notes, of the bass, and priors, shapes (states, 12), (states, 12), (states,)."""
    shares = np.zeros((len(_STATES), 12))
    bass = np.full((len(_STATES), 12), _BASS_FOREIGN)
    for index, (root, quality) in enumerate(_STATES):
        rest = (1.0 - sum(quality.weights)) / (12 - len(quality.weights))
        shares[index] = rest
        for step, weight in zip(quality.intervals, quality.weights, strict=True):
            shares[index, (root + step) % 12] = weight
            if step < 12:
                bass[index, (root + step) % 12] = _BASS_CHORD
        bass[index, root] = _BASS_ROOT
    return np.log(shares), bass, np.array([quality.prior for _, quality in _STATES])


def _products(beats: FloatArray, states: FloatArray) -> FloatArray:
    """Every row with every row.  A matrix product would wake all cores for these small tables, and wait for them."""
    products: FloatArray = np.einsum("bp,sp->bs", beats, states)
    return products


def _scores(sound: FloatArray, bass: FloatArray) -> FloatArray:
    """How well each state explains each beat, shape (beats, states)."""
    shares, bass_scores, prior = _templates()
    total = sound.sum(axis=1, keepdims=True)
    # Evidence grows with the amount of sound, but ten notes are not ten times as sure as one.
    certainty = _EVIDENCE * (1.0 - np.exp(-total / 1.5))
    normal = np.divide(sound, total, out=np.zeros_like(sound), where=total > 0)
    scores: FloatArray = (
        certainty * _products(normal, shares) + _BASS_EVIDENCE * _products(bass, bass_scores) + 0.4 * prior
    )
    return scores


def _outside(root: int, quality: _Quality, key: Key) -> float:
    """Chord notes that are not in the key; in minor the leading tone of a dominant costs little."""
    scale = set(key.scale)
    leading = {(key.tonic + 11) % 12} if key.mode.is_minor and (root - key.tonic) % 12 in (7, 11) else set()
    notes = {(root + step) % 12 for step in quality.intervals}
    return len(notes - scale - leading) + 0.2 * len(notes & (leading - scale))


def _best_path(scores: FloatArray, grid: BeatGrid) -> IntArray:
    """Viterbi with one cost for staying (none) and one for changing, which depends on the beat; shape (beats,)."""
    count = len(scores)
    change = np.array([_CHANGE[float(strength)] for strength in grid.strength])
    came_from = np.zeros(scores.shape, dtype=np.int64)
    best = scores[0].copy()
    itself = np.arange(scores.shape[1])
    for beat in range(1, count):
        top = int(best.argmax())
        moved = best[top] - change[beat]
        stays = best >= moved
        came_from[beat] = np.where(stays, itself, top)
        best = np.where(stays, best, moved) + scores[beat]
    path = np.zeros(count, dtype=np.int64)
    path[-1] = int(best.argmax())
    for beat in range(count - 1, 0, -1):
        path[beat - 1] = came_from[beat, path[beat]]
    return path


def _changes(
    path: IntArray, sound: FloatArray, bass: FloatArray, grid: BeatGrid, keys: Sequence[KeyChange]
) -> tuple[ChordChange, ...]:
    """Chord changes from the state of each beat, with the bass heard under each stretch."""
    heard = sound.sum(axis=1) > 0
    beats_in_bar = int(grid.place.max()) + 1
    silence = _long_silences(heard, 2 * beats_in_bar)
    changes: list[ChordChange] = []
    start = 0
    for beat in range(1, len(path) + 1):
        if beat < len(path) and path[beat] == path[start] and silence[beat] == silence[start]:
            continue
        tick = int(grid.edges[start])
        if silence[start]:
            chord = NO_CHORD
        else:
            root, quality = _STATES[path[start]]
            under = _slash(root, quality, bass[start:beat], grid.strength[start:beat])
            chord = _spelled(Chord(root, quality.intervals, under), _key_at(keys, tick))
        if not (chord.is_silent and not changes) and (not changes or changes[-1].chord != chord):
            changes.append(ChordChange(tick, chord))
        start = beat
    return tuple(changes)


def _slash(root: int, quality: _Quality, bass: FloatArray, strength: FloatArray) -> int | None:
    """The bass of a stretch where it is clearly not the root: it stands on the first beat and most of the time."""
    weight = bass.mean(axis=0) + bass[0]
    lowest = int(weight.argmax())
    sure = weight[lowest] > 1.3 and weight[root] < 0.4
    return lowest if sure and (lowest - root) % 12 in (*quality.intervals, 2, 10) else None


def _long_silences(heard: np.ndarray, least: int) -> np.ndarray:
    """True for beats within a silence of at least `least` beats, the silence at the end left out."""
    silent = np.zeros(len(heard), dtype=bool)
    start = 0
    for beat in range(1, len(heard) + 1):
        if beat < len(heard) and heard[beat] == heard[start]:
            continue
        if not heard[start] and beat - start >= least and beat < len(heard):
            silent[start:beat] = True
        start = beat
    return silent
