"""How loud what is rendered is: trims that bring parts to the level the mixer expects, and songs to one loudness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.console import MASTER, mix_of, strip_of
from cocomposer.sound.house_mix import MASTER_LUFS, trim_for
from cocomposer.sound.loudness import block_length, gated_loudness
from cocomposer.sound.playback.score import Score
from cocomposer.sound.playback.takes import Take, Takes

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Blocks
    from cocomposer.sound.playback.segments import Segment

_MOST_MATCHING = 12.0
"""Decibels by which a song is made louder or softer, at most, to be compared with another."""


@dataclass(frozen=True)
class Level:
    """The trim of a part in dB and its gated loudness in LUFS; `complete` where all of it was rendered."""

    trim: float
    loudness: float
    complete: bool


def level_of(track: tuple[Segment, ...], takes: Takes, sample_rate: int) -> Level | None:
    """The level of a part, from what is rendered of it; None where that is nothing.

    The power of overlapping takes is added, as if they had nothing in common.
    """
    found = [(segment, take) for segment in track if (take := takes.get(segment.phrase.key)) is not None]
    if not found:
        return None
    peak = max(take.peak for _, take in found)
    if peak <= 0:
        return Level(0.0, float("-inf"), len(found) == len(track))
    # Measured as if at full scale, so that no instrument is too quiet for the gate of the measurement.
    power = _power(found, sample_rate) / peak**2
    loudness = gated_loudness(power, sample_rate) + 20 * float(np.log10(peak))
    return Level(trim_for(loudness, peak), loudness, len(found) == len(track))


def _power(found: list[tuple[Segment, Take]], sample_rate: int) -> Blocks:
    """Power block by block from the first take to the end of the last."""
    length = block_length(sample_rate)
    first = found[0][0].frame
    starts = [(segment.frame - first) // length for segment, _ in found]
    total = np.zeros(max(start + len(take.power) for start, (_, take) in zip(starts, found, strict=True)))
    for start, (_, take) in zip(starts, found, strict=True):
        total[start : start + len(take.power)] += take.power
    return total


def faders_of(score: Score, trims: Mapping[int, float]) -> tuple[float, ...]:
    """Trim and fader of each part together, in dB."""
    strips = [strip_of(part, score.song) for part in score.song.parts]
    return tuple(
        (trims.get(index, 0.0) if strip.trim_db is None else strip.trim_db) + strip.gain_db
        for index, strip in enumerate(strips)
    )


def master_trim(score: Score, trims: Mapping[int, float]) -> float:
    """The trim of the master in dB."""
    own = mix_of(score.song).master.trim_db
    return trims.get(MASTER, 0.0) if own is None else own


def trims_of(score: Score, levels: Mapping[int, Level]) -> dict[int, float]:
    """The trims for a console, by part, and for its master: about what brings the sum of all parts to MASTER_LUFS.

    Parts that are muted count as well, so that nothing else grows louder without them.
    """
    trims = {index: level.trim for index, level in levels.items()}
    faders = faders_of(score, trims)
    power = sum(10 ** ((level.loudness + faders[index]) / 10) for index, level in levels.items())
    return trims | ({MASTER: MASTER_LUFS - 10 * float(np.log10(power))} if power > 0 else {})


def energy_by_stretch(score: Score, faders: tuple[float, ...], takes: Takes) -> dict[int, float]:
    """Energy at the faders of each stretch whose heard parts are all rendered, by its tick."""
    energy: dict[int, float] = {}
    missing = set()
    for index in score.audible:
        for segment in score.tracks[index]:
            take = takes.get(segment.phrase.key)
            if take is None:
                missing.add(segment.tick)
            else:
                level = 10 ** (faders[index] / 10)
                energy[segment.tick] = energy.get(segment.tick, 0.0) + level * float(take.power.sum())
    return {tick: value for tick, value in energy.items() if tick not in missing}


def matching(mine: Mapping[int, float], other: Mapping[int, float]) -> float:
    """The gain in dB that makes what has the energies `mine` as loud as what has `other`, where both are known."""
    shared = mine.keys() & other.keys()
    own, wanted = sum(mine[tick] for tick in shared), sum(other[tick] for tick in shared)
    if own <= 0 or wanted <= 0:
        return 0.0
    return float(np.clip(10 * np.log10(wanted / own), -_MOST_MATCHING, _MOST_MATCHING))
