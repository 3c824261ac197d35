"""The mixing desk: each part through its rack at its loudness, all into one sum with a shared room."""

from __future__ import annotations

import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music import Song
from cocomposer.sound.instruments import TAIL_SECONDS, PartJob, Recording
from cocomposer.sound.loudness import BalanceMeter, amplitude, spans
from cocomposer.sound.mixer import level_automation, pan_automation, place
from cocomposer.sound.racks import Rack, Racks, build_chain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cocomposer.sound.loudness import Audio

REFERENCE_LUFS = -20.0
"""Loudness of a melody on the desk, and of every part where it enters its rack: what the racks' thresholds assume."""

EFFECT_SECONDS = 1.0
"""Time a part's own effects, an echo above all, may ring on after the instrument."""

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


@dataclass(frozen=True)
class Take:
    """A part behind its rack, (2, frames), and the fader that remains to be applied."""

    audio: Audio
    fader: NDArray[np.float32] | float

    def at(self, span: slice) -> Audio:
        """The part as it sounds in the mix during `span`."""
        fader = self.fader if isinstance(self.fader, float) else self.fader[span]
        return self.audio[:, span] * np.asarray(fader, dtype=np.float32)


def through_strip(recording: Recording, job: PartJob, strip: Strip, plan: DeskPlan) -> Take:
    """What an instrument played through its rack; longer by EFFECT_SECONDS than the recording."""
    rate, tempos = plan.sample_rate, plan.song.tempos
    frames = min(plan.frames, recording.frames + round(EFFECT_SECONDS * rate))
    full = np.zeros((2, frames), dtype=np.float32)
    if recording.peak == 0:
        return Take(full, 0.0)
    entering = recording.loudness
    gain = amplitude(max(REFERENCE_LUFS - entering, -60.0) if math.isfinite(entering) else 0.0) / recording.peak
    chain, meter = build_chain(strip.rack.effects, rate), BalanceMeter(rate)
    pan = pan_automation(job.part, strip.pan, tempos, rate, frames)
    peak = 0.0
    for span, audio in recording.spans(rate, frames):
        processed = chain(audio * np.float32(gain), rate, reset=False)
        placed = place(processed, pan if isinstance(pan, float) else pan[span], strip.rack.width)
        meter.feed(placed)
        peak = max(peak, float(placed.max()), -float(placed.min()))
        full[:, span] = placed
    leaving = meter.loudness()
    if not math.isfinite(leaving) or peak == 0:
        return Take(full, 1.0)
    # A part of single short clicks measures far quieter than it is; full scale is loud enough for any part.
    level = min(amplitude(strip.loudness - leaving), 1 / peak)
    return Take(full, level * level_automation(job.part, tempos, rate, frames))


@dataclass
class Desk:
    """The buses of one mix while parts arrive, in their order, by `add`; `finish` adds the room."""

    plan: DeskPlan
    keep_stems: bool
    stems: dict[str, Audio] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sum = np.zeros((2, self.plan.frames), dtype=np.float32)
        self._send = np.zeros_like(self._sum)
        self._used = 0

    def add(self, strip: Strip, take: Take) -> None:
        """Take a part that went through its strip.  With stems, its own reverb is made here and is part of it."""
        rate, frames = self.plan.sample_rate, take.audio.shape[1]
        self._used = max(self._used, frames)
        send = None if strip.rack.send is None else np.float32(amplitude(strip.rack.send))
        target = np.zeros_like(self._sum) if self.keep_stems else self._sum
        if self.keep_stems:
            self._send[:] = 0
        for span in spans(frames, rate):
            audio = take.at(span)
            target[:, span] += audio
            if send is not None:
                self._send[:, span] += audio * send
        if self.keep_stems:
            if send is not None:
                self._add_room(target)
            self._sum += target
            self.stems[strip.name] = target

    def finish(self) -> Audio:
        """The sum of everything, before the master."""
        if not self.keep_stems:
            self._add_room(self._sum)
        return self._sum

    def _add_room(self, target: Audio) -> None:
        """Add the shared room's answer to the send onto `target`.

        The room is linear, so that its answers to the two halves of the send, made at once, add up to the whole.
        """
        ring = round(ROOM_SECONDS * self.plan.sample_rate)
        end = min(self.plan.frames, self._used + ring)
        # Half of the score, wherever the parts ring out, so that no part depends on another.
        middle = (self.plan.frames - round((TAIL_SECONDS + ROOM_SECONDS) * self.plan.sample_rate)) // 2
        with ThreadPoolExecutor(2) as pool:
            late = pool.submit(self._answer, middle, end, end)
            early = pool.submit(self._answer, 0, middle, min(end, middle + ring))
            for begin, part in ((0, early.result()), (middle, late.result())):
                target[:, begin : begin + part.shape[1]] += part

    def _answer(self, begin: int, end: int, until: int) -> Audio:
        """The room's answer to the send from `begin` to `end`, heard until `until`."""
        rate = self.plan.sample_rate
        room = build_chain(self.plan.racks.room, rate)
        answer = np.zeros((2, until - begin), dtype=np.float32)
        for span in spans(until - begin, rate):
            heard = np.zeros((2, span.stop - span.start), dtype=np.float32)
            piece = self._send[:, begin + span.start : min(end, begin + span.stop)]
            heard[:, : piece.shape[1]] = piece
            answer[:, span] = room(heard, rate, reset=False)
        return answer
