"""From an artist's controls to what the network and its grammar are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cocomposer.composer.controls import Controls
from cocomposer.model.features import BUCKETS, CONTROLS, EDGES, Cell, Lane, buckets, figures
from cocomposer.model.grammar import Player, player_of
from cocomposer.model.grid import DRUMS, IntArray
from cocomposer.music import Role

DEFAULT_STRICTNESS = 0.5
_SAME = 0.999
_SOFTEST, _LOUDEST = 20, 122
"""MIDI velocities that a player stays between where nothing is said."""
_BEYOND = 5
"""Semitones that a player goes beyond where he plays in the rest of the song."""
_CHARACTER = ("density", "activity", "polyphony", "register", "velocity")
"""What a variation takes after."""
_AROUND_VELOCITY, _AROUND_PITCH = 22, 13
"""How far notes stray from the velocity and the pitch that are aimed at, in MIDI steps and semitones."""
_DRIVE = 5.0
"""How much density from none to most moves a player's drive, in nats."""
_FULLNESS = 6.0
"""How much polyphony from none to most moves a player's fullness, in nats."""
_FULL = 0.4
"""How much more than the network chordal players like to fill their chords, in nats: it thins them a little."""
_SUSTAIN = 1.4
"""What players of pads pay for striking elsewhere than where chords change, or for letting go before, in nats."""
_PAD_FULL = 0.6
"""Their fullness, in nats."""
_EAGER = {Role.DRUMS: 2.0, Role.BASS: 2.0, Role.KEYS: 1.5, Role.GUITAR: 1.0, Role.MELODY: 1.0, Role.PAD: 0.7,
          Role.COUNTER: 0.7, Role.ARPEGGIO: 0.7}  # fmt: skip
"""What resting through a bar costs the players that a band stands on, in nats: less than the network's own wish to rest
where it is sure of it."""


def with_mood(controls: Controls) -> Controls:
    """The controls with what a mood means for those that were left free.

    Arousal is heard as loudness, register and movement, valence as consonance and register (Gabrielsson and Lindström,
    "The role of structure in the musical expression of emotions", 2010).
    """
    mood: dict[str, float] = {}
    if controls.arousal is not None:
        up = 0.5 + 0.45 * controls.arousal
        mood |= {"density": up, "activity": up, "velocity": up, "register": 0.5 + 0.15 * controls.arousal}
    if controls.valence is not None:
        mood["strictness"] = 0.65 + 0.35 * controls.valence
        mood["register"] = mood.get("register", 0.5) + 0.15 * controls.valence
    return Controls(**mood).merged(controls)  # type: ignore[arg-type]


def player_for(program: int, role: Role, controls: Controls, strictness: float) -> Player:
    """The player of a part under its controls; `strictness` where these leave it free."""
    controls = with_mood(controls)
    bound = strictness if controls.strictness is None else controls.strictness
    player = player_of(
        program, role, bound,
        controls.velocity_min if controls.velocity_min is not None else min(_SOFTEST, controls.velocity_max or 127),
        controls.velocity_max if controls.velocity_max is not None else max(_LOUDEST, controls.velocity_min or 1),
    )  # fmt: skip
    return _bounded(replace(player, eager=_EAGER.get(role, 0.0), fullness=_FULL), controls)


def _bounded(player: Player, controls: Controls) -> Player:
    """The player kept near what is asked for: the network's own sense of it is soft."""
    if controls.density is not None:
        player = replace(player, drive=_DRIVE * (controls.density - 0.5))
    if controls.velocity is not None:
        aim = 24 + 88 * controls.velocity
        softest = max(controls.velocity_min or 1, min(round(aim - _AROUND_VELOCITY), controls.velocity_max or 127))
        loudest = min(controls.velocity_max or 127, max(round(aim + _AROUND_VELOCITY), softest))
        player = replace(player, softest=softest, loudest=loudest)
    if controls.register is not None and not player.drums:
        aim = aimed_pitch(player, controls.register)
        low, high = round(max(player.low, aim - _AROUND_PITCH)), round(min(player.high, aim + _AROUND_PITCH))
        player = replace(player, low=low, high=high)
    if controls.polyphony is not None and not player.is_single and not player.drums:
        notes = 1 + round(controls.polyphony * 1.3 * (player.notes - 1))
        fullness = _FULLNESS * (controls.polyphony - 0.3)
        player = replace(player, notes=min(player.notes, notes), fullness=fullness)
    return player


def sustaining(player: Player, role: Role, controls: Controls) -> Player:
    """The player of a pad holds chords from one change to the next, unless he is told how busy to be; others are as
    they were."""
    controls = with_mood(controls)
    if role is not Role.PAD or player.is_single or controls.density is not None or controls.activity is not None:
        return player
    return replace(player, sustain=_SUSTAIN, fullness=player.fullness if controls.polyphony is not None else _PAD_FULL)


def near_home(player: Player, pitches: IntArray) -> Player:
    """The player kept near the register in which he plays elsewhere in the song (`pitches`, MIDI)."""
    if player.drums or not len(pitches):
        return player
    low, high = max(player.low, int(pitches.min()) - _BEYOND), min(player.high, int(pitches.max()) + _BEYOND)
    return replace(player, low=low, high=high) if low < high else player


def like(cell: Cell, lane: Lane, length: int, drums: bool) -> IntArray:
    """What a cell is like, in buckets, shape (len(CONTROLS),): how full, how busy, how high and how loud; 0 is free."""
    values = figures(cell, lane, length, None, drums)
    return np.where(np.isin(CONTROLS, _CHARACTER), buckets(values), 0)


def cell_controls(controls: Controls, player: Player, program: int) -> IntArray:
    """What the cells of a part are asked for, in buckets, shape (len(CONTROLS),); 0 is free."""
    controls = with_mood(controls)
    table = np.zeros(len(CONTROLS), np.int64)

    def ask(name: str, bucket: float) -> None:
        table[CONTROLS.index(name)] = min(BUCKETS, max(1, round(bucket)))

    if controls.density is not None:
        ask("density", 2 + 6 * controls.density)
    for name in ("activity", "velocity", "syncopation"):
        value = getattr(controls, name)
        if value is not None:
            ask(name, 1 + 7 * value)
    if controls.polyphony is not None and not player.is_single:
        ask("polyphony", 1 + 7 * controls.polyphony)
    if controls.strictness is not None and program != DRUMS:
        ask("strictness", 1 + 7 * controls.strictness)
    if controls.register is not None and program != DRUMS:
        ask("register", 1 + int(np.searchsorted(EDGES["register"], aimed_pitch(player, controls.register))))
    return table


def aimed_pitch(player: Player, register: float) -> float:
    """The mean MIDI pitch that a register 0..1 asks of a player: his middle range, a sixth from either end."""
    low, high = max(player.low, 28), min(player.high, 96)
    return low + (high - low) * (1 / 6 + register * 2 / 3)


def similarity_bucket(similarity: float) -> int:
    """The bucket of a similarity 0..1 to a reference."""
    edges = EDGES["pitch_similarity"]
    return 1 + sum(edge < similarity for edge in edges) if similarity < _SAME else len(edges)
