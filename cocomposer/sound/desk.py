"""The mixing desk: each part through its rack at its loudness, all into one sum with a shared room."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music import Song
from cocomposer.sound.instruments import TAIL_SECONDS, PartJob
from cocomposer.sound.loudness import amplitude, integrated_loudness
from cocomposer.sound.mixer import level_automation, pan_automation, place
from cocomposer.sound.racks import Rack, Racks, build_chain

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

REFERENCE_LUFS = -20.0
"""Loudness of a melody on the desk, and of every part where it enters its rack: what the racks' thresholds assume."""

MONO_TO_STEREO_LU = 3.0
"""Two like channels are this much louder than their mean: measuring one signal is quicker and near enough here."""

ROOM_SECONDS = 3.0
"""Time the room may ring on after the instruments."""


@dataclass(frozen=True)
class Strip:
    """One part's place on the desk: its rack, the loudness it is brought to in LUFS, where it stands."""

    name: str
    rack: Rack
    loudness: float
    pan: float


@dataclass(frozen=True)
class DeskPlan:
    """All decisions of a mix that need no audio: a strip for each job, and the common length in frames."""

    song: Song
    racks: Racks
    strips: tuple[Strip, ...]
    sample_rate: int
    frames: int

    @classmethod
    def for_song(cls, song: Song, jobs: tuple[PartJob, ...], racks: Racks, sample_rate: int) -> DeskPlan:
        """Parts that share a role share its loudness, and stand alternately on its side and the other."""
        in_role = Counter(job.part.role for job in jobs)
        seen: Counter[object] = Counter()
        strips = []
        names = _distinct([job.part.name or str(job.part.role) for job in jobs])
        for job, name in zip(jobs, names, strict=True):
            rack = racks.of(job.part.role)
            shared = 10 * float(np.log10(in_role[job.part.role]))
            side = 1 if seen[job.part.role] % 2 == 0 else -1
            seen[job.part.role] += 1
            strips.append(Strip(name, rack, REFERENCE_LUFS + rack.loudness - shared, side * rack.pan))
        length = max(job.seconds for job in jobs) + TAIL_SECONDS + ROOM_SECONDS
        return cls(song, racks, tuple(strips), sample_rate, round(length * sample_rate))


def _distinct(names: list[str]) -> list[str]:
    """The names, with a number behind those that came before."""
    taken: set[str] = set()
    result = []
    for name in names:
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name} {number}", number + 1
        taken.add(candidate)
        result.append(candidate)
    return result


def through_strip(audio: Audio, job: PartJob, strip: Strip, plan: DeskPlan) -> Audio:
    """What an instrument played, (2, frames), through its rack and fader: the plan's full length."""
    rate, tempos = plan.sample_rate, plan.song.tempos
    full = np.zeros((2, plan.frames), dtype=np.float32)
    frames = min(plan.frames, audio.shape[1])
    highest = float(np.abs(audio[:, :frames]).max(initial=0))
    if highest == 0:
        return full
    # Measured at full scale, so that no instrument is too quiet for the gate of the measurement.
    middle = audio[:, :frames].mean(axis=0, keepdims=True) / np.float32(highest)
    entering = integrated_loudness(middle, rate) + MONO_TO_STEREO_LU
    if np.isfinite(entering):
        gain = amplitude(REFERENCE_LUFS - entering) / highest
        np.multiply(audio[:, :frames], np.float32(gain), out=full[:, :frames])
    full = build_chain(strip.rack.effects)(full, rate)
    full = place(full, pan_automation(job.part, strip.pan, tempos, rate, plan.frames), strip.rack.width)
    leaving = integrated_loudness(full, rate)
    peak = float(np.abs(full).max())
    if not np.isfinite(leaving) or peak == 0:
        return full
    # A part of single short clicks measures far quieter than it is; full scale is loud enough for any part.
    gain = min(amplitude(strip.loudness - leaving), 1 / peak)
    full *= np.float32(gain) * level_automation(job.part, tempos, rate, plan.frames)
    return full


@dataclass
class Desk:
    """The buses of one mix while parts arrive, in their order, by `add`; `finish` adds the room."""

    plan: DeskPlan
    keep_stems: bool
    stems: dict[str, Audio] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sum = np.zeros((2, self.plan.frames), dtype=np.float32)
        self._send = np.zeros_like(self._sum)

    def add(self, strip: Strip, audio: Audio) -> None:
        """Take a part that went through its strip.  With stems, its own reverb is made here and is part of it."""
        send = strip.rack.send
        if self.keep_stems:
            if send is not None:
                audio = audio + self._room(audio * np.float32(amplitude(send)))
            self.stems[strip.name] = audio
        elif send is not None:
            self._send += audio * np.float32(amplitude(send))
        self._sum += audio

    def finish(self) -> Audio:
        """The sum of everything, before the master."""
        if not self.keep_stems:
            self._sum += self._room(self._send)
        return self._sum

    def _room(self, send: Audio) -> Audio:
        return build_chain(self.plan.racks.room)(send, self.plan.sample_rate)
