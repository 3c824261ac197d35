"""What can be played at all: the rules that mask the network's choices before one is drawn.

Nothing is repaired afterwards: a note outside the instrument's range, under a note that is still held, or beyond the
reach of the hand is never offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocomposer.model import grid
from cocomposer.model.features import Lane
from cocomposer.model.grid import ByteArray, IntArray
from cocomposer.music import Role
from cocomposer.music.general_midi import is_monophonic, playable_range

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float32]

KIT = range(35, 82)
"""The keys of a General MIDI drum kit."""
_TWO_HANDS, _GUITAR, _SECTION = 28, 24, 24
"""How far apart, in semitones, the notes of a stroke lie at most: ten fingers, six strings, a close section."""
_BINDS = 7.0
"""What a note outside the chord costs on a beat as harmony becomes strict, in nats; under the strictest it is out."""
_OFF_BEAT = 0.25
"""How much of that it costs between the beats, where notes pass."""
_BASS_ELSEWHERE = 1.0
"""What a bass pays on a beat for any other note than the chord's bass, in nats."""
_BINDING, _STRICT = 0.25, 0.35
"""From which strictness on notes give way to the next chord, and notes outside the chord have to pass."""
_LONGEST_PASSING = grid.STEPS_PER_QUARTER
"""Steps a note outside the chord may last under strict harmony."""
_STEP, _LEAP = 2, 8
"""What counts as a step, at most, and as a leap, at least, in semitones."""
_STEP_GAIN, _LEAP_COST = 0.8, 1.2
"""What a step gains and a leap costs, in nats."""
_PLACES = np.arange(grid.POSITIONS)
_STRAIGHT = np.isin(_PLACES % grid.STEPS_PER_QUARTER, (0, 3, 6, 9))
_TRIPLET = np.isin(_PLACES % grid.STEPS_PER_QUARTER, (0, 2, 4, 6, 8, 10))
_NEAREST = 3
"""Steps between two strokes of one player at least."""


@dataclass(frozen=True)
class Player:
    """What one part can do.

    `low` and `high` are the lowest and highest MIDI pitch, `notes` how many at once, `span` semitones between the outer
    ones, `strokes` how many in a bar.  `strictness` 0..1 says how much the harmony binds, `softest` and `loudest` bound
    the MIDI velocity.  `eager` is what resting through a bar costs him, `fullness` what stopping before
    a chord is full, `drive` what ending a bar at any stroke, and `sustain` what striking elsewhere than where the chord
    changes, or letting go before it does, in nats.
    """

    low: int
    high: int
    notes: int
    span: int
    drums: bool = False
    bass: bool = False
    strictness: float = 0.6
    softest: int = 20
    loudest: int = 122
    strokes: int = 48
    eager: float = 0.0
    fullness: float = 0.0
    drive: float = 0.0
    sustain: float = 0.0

    @property
    def is_single(self) -> bool:
        return self.notes == 1


def player_of(program: int, role: Role, strictness: float = 0.6, softest: int = 20, loudest: int = 122) -> Player:
    """The player of a General MIDI program (grid.DRUMS for a kit) in a role."""
    if program == grid.DRUMS:
        return Player(KIT.start, KIT.stop - 1, 4, grid.PITCHES, True, False, strictness, softest, loudest)
    low, high = playable_range(program)
    bass = role is Role.BASS or 32 <= program < 40
    if role is Role.MELODY or bass or is_monophonic(program):
        return Player(low, high, 1, 0, False, bass, strictness, softest, loudest)
    family = program // 8
    span, notes = {0: (_TWO_HANDS, 8), 2: (_TWO_HANDS, 8), 3: (_GUITAR, 6)}.get(family, (_SECTION, 5))
    return Player(low, high, notes, span, False, False, strictness, softest, loudest)


def positions_open(
    player: Player, length: int, last: int, strokes_there: int, free_from: int, within: Sequence[int] | None = ()
) -> BoolArray:
    """Where in a bar of `length` steps the next stroke may fall, shape (POSITIONS,).

    `last` is the position of the stroke before (-1 none), of which there are `strokes_there`; `free_from` is the
    position from which a single voice is free again.  A beat is divided in one way, into sixteenths or into triplets:
    `within` are the positions already struck in the beat of `last` (None to leave the beats alone).
    """
    again = not player.is_single and not player.drums and 0 < strokes_there < 3
    first = last if again else last + 1
    if player.is_single:
        first = max(first, free_from)
    allowed = (first <= _PLACES) & (length > _PLACES)
    if within is not None:
        allowed &= _STRAIGHT | _TRIPLET
        if last >= 0:
            elsewhere = np.not_equal(_PLACES // grid.STEPS_PER_QUARTER, last // grid.STEPS_PER_QUARTER)
            inside = np.asarray(within, np.int64)
            if (_STRAIGHT & ~_TRIPLET)[inside].any():
                allowed &= elsewhere | _STRAIGHT
            if (_TRIPLET & ~_STRAIGHT)[inside].any():
                allowed &= elsewhere | _TRIPLET
            # Nor do two strokes of one player lie closer than a sixteenth.
            apart: BoolArray = (last == _PLACES) | (last + _NEAREST <= _PLACES)
            allowed &= apart | elsewhere
    return allowed


def pitches_open(player: Player, busy: BoolArray, above: int, tones: ByteArray) -> BoolArray:
    """Which pitches may be struck, shape (128,): in range, not sounding (`busy`), and above pitch `above`; under the
    strictest harmony only `tones` of the chord (12, none for no chord)."""
    pitches = np.arange(grid.PITCHES)
    if player.strictness >= 1 and tones.any() and not player.drums:
        busy = busy | (tones[pitches % 12] == 0)
    return (pitches >= player.low) & (pitches <= player.high) & (pitches > above) & ~busy


def harmony_cost(player: Player, lane: Lane, step: int, position: int) -> FloatArray:
    """What each pitch is charged for lying outside the chord at a step, at that position of its bar, shape (128,), in
    nats."""
    tones = lane.tones[step]
    if player.drums or not tones.any():
        return np.zeros(grid.PITCHES, np.float32)
    weight = _BINDS * player.strictness**2
    if position % grid.STEPS_PER_QUARTER:  # what passes between the beats is freer
        weight *= max(_OFF_BEAT, player.strictness**2)
    outside = 1.0 - tones[np.arange(grid.PITCHES) % 12]
    if lane.scale[step].any():  # what is foreign to the key as well costs twice
        outside = outside * (2.0 - lane.scale[step][np.arange(grid.PITCHES) % 12])
    cost: FloatArray = (weight * outside).astype(np.float32)
    if player.bass and position % grid.STEPS_PER_QUARTER == 0:  # a bass says on the beat which chord it is
        cost += np.where(np.arange(grid.PITCHES) % 12 == lane.bass[step], 0.0, _BASS_ELSEWHERE).astype(np.float32)
    return cost


def leading_cost(player: Player, previous: ByteArray) -> FloatArray:
    """What each pitch is charged for where it comes from, shape (128,), in nats: steps from what was struck last
    (`previous`) are favoured over leaps, but for basses and drums, whose lines go by roots."""
    cost = np.zeros(grid.PITCHES, np.float32)
    struck = np.flatnonzero(previous)
    if player.drums or player.bass or not len(struck):
        return cost
    apart = np.abs(np.arange(grid.PITCHES)[:, None] - struck[None, :]).min(axis=1)
    cost[(apart >= 1) & (apart <= _STEP)] = -_STEP_GAIN
    cost[apart >= _LEAP] = _LEAP_COST
    return cost


def fuller(scores: FloatArray, player: Player, struck: int) -> FloatArray:
    """Scores of pitches and, last, "no more", after `struck` notes: who can play chords is less content with few notes
    than the network by his `fullness`."""
    if not struck or player.is_single or player.drums:
        return scores
    scores = scores.copy()
    scores[-1] -= player.fullness / struck
    return scores


def charged(scores: FloatArray, cost: FloatArray, allowed: BoolArray) -> FloatArray:
    """Scores of pitches and, last, "no more", with the pitches charged `cost`.

    What outside notes lose goes to the others: chords do not become thinner for being kept to the harmony.
    """
    pitches = scores[:-1][allowed[:-1]]
    if not len(pitches) or not cost.any():
        return scores
    after = pitches - cost[allowed[:-1]]
    top = pitches.max()
    gain = np.log(np.exp(pitches - top).sum()) - np.log(np.exp(after - top).sum() + 1e-30)
    result = scores.copy()
    result[:-1] += min(gain, 20.0) - cost
    return result


def durations_open(
    player: Player, lane: Lane, step: int, pitches: IntArray, next_struck: IntArray, end: int
) -> BoolArray:
    """How long a stroke of `pitches` may last, shape (LENGTHS,).

    It ends before the part strikes one of its pitches again in what is given (`next_struck`, the step for each pitch)
    and before the song does (`end`).  Under strict harmony it does not outlast its chord where the next has no place
    for it, and a note outside the chord passes quickly.  The shortest is always open.
    """
    room = min(end, int(next_struck[pitches].min())) - step
    if player.strictness >= _BINDING and lane.tones[step].any():
        classes = pitches % 12
        if player.strictness >= _STRICT and not lane.tones[step][classes].all():
            room = min(room, _LONGEST_PASSING)
        until = int(lane.until_change[step])
        if not lane.next_tones[step][classes].all():
            room = min(room, max(until, 1))
    allowed = room >= grid.DURATIONS
    allowed[0] = True
    return allowed


def moved_to_changes(scores: FloatArray, player: Player, lane: Lane, start: int, length: int, last: int) -> FloatArray:
    """Scores of POSITIONS + END in a bar of `length` steps from step `start`, after a stroke at `last` (-1 none), with
    what a player who sustains chords pays for striking elsewhere than where one begins, or for leaving one out."""
    if not player.sustain:
        return scores
    changes = np.flatnonzero(lane.change[start : start + length])
    elsewhere = np.ones(grid.END, bool)
    elsewhere[changes] = False
    scores = scores.copy()
    scores[: grid.END][elsewhere] -= player.sustain
    due = changes[changes > last]
    if len(due):
        scores[due[0] + 1 :] -= player.sustain
    return scores


def held(scores: FloatArray, player: Player, lane: Lane, step: int, allowed: BoolArray) -> FloatArray:
    """Scores of lengths for a stroke at a step, with what a player who sustains chords pays for letting go early."""
    if not player.sustain:
        return scores
    aim = min(int(lane.until_change[step]), int(grid.DURATIONS[np.flatnonzero(allowed)[-1]]))
    short = 1.0 - np.minimum(grid.DURATIONS / max(1, aim), 1.0)
    return (scores - player.sustain * short).astype(np.float32)


def draw(scores: FloatArray, allowed: BoolArray, temperature: float, nucleus: float, chance: float) -> int:
    """One choice among the allowed ones, by `chance` 0..1: scores over `temperature`, of which the likeliest choices
    that make up `nucleus` of the probability are kept (Holtzman et al. 2020).

    `allowed` has at least one choice.
    """
    masked = np.where(allowed, scores / temperature, -np.inf)
    weights = np.exp(masked - masked.max())
    weights /= weights.sum()
    order = np.argsort(-weights, kind="stable")
    total = np.cumsum(weights[order])
    kept = int(np.searchsorted(total, nucleus)) + 1
    at = int(np.searchsorted(total[:kept], chance * total[min(kept, len(total)) - 1], side="right"))
    at = min(at, kept - 1, len(order) - 1)
    while not allowed[order[at]]:  # rounding must not lead outside
        at -= 1
    return int(order[at])


def surprise(scores: FloatArray, allowed: BoolArray, choice: int) -> float:
    """How surprising a choice is among the allowed ones: its negative log-likelihood in nats."""
    open_scores = scores[allowed]
    top = open_scores.max()
    return float(top + np.log(np.exp(open_scores - top).sum()) - scores[choice])
