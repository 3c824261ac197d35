"""Buses and sends: what parts go through together on their way to the master."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music.mix import Effect
from cocomposer.sound.channel import Channel, ChannelPlan, Rig, Routed, Stage
from cocomposer.sound.effects import Insert
from cocomposer.sound.lag import Lag
from cocomposer.sound.plan import ConsolePlan

if TYPE_CHECKING:
    from cocomposer.sound.automation import Values
    from cocomposer.sound.loudness import Audio


Mapped = Callable[[Callable[[str], "Audio"], Iterable[str]], Iterable["Audio"]]


@dataclass(frozen=True)
class _Prepared:
    """A channel with what it is to become."""

    channel: Channel
    plan: ChannelPlan
    inserts: list[tuple[Insert, Effect | None]]


class Shared:
    """The buses and sends of one mix."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self.buses: dict[str, Channel] = {}
        self.sends: dict[str, Channel] = {}
        self._lags: dict[str, Lag] = {}
        self._woken: set[str] = set()

    @property
    def channels(self) -> tuple[Channel, ...]:
        return (*self.buses.values(), *self.sends.values())

    @property
    def latency(self) -> int:
        """Frames by which the sum lags behind what comes in: the slowest bus, then the slowest send."""
        return slowest(self.buses.values()) + slowest(self.sends.values())

    def prepare(self, plan: ConsolePlan) -> tuple[dict[str, _Prepared], dict[str, _Prepared]]:
        """Load what `plan` needs, changing nothing yet."""
        prepared: list[dict[str, _Prepared]] = []
        for running, plans in ((self.buses, plan.buses), (self.sends, plan.sends)):
            group = {}
            for name, each in plans.items():
                channel = running.get(name) or Channel(self._rig, Stage.SHARED)
                group[name] = _Prepared(channel, each, channel.prepare(each))
            prepared.append(group)
        return prepared[0], prepared[1]

    def apply(self, prepared: tuple[dict[str, _Prepared], dict[str, _Prepared]]) -> list[Channel]:
        """Take on what `prepare` gave; returns the channels that are used no more."""
        before = self.channels
        for group in prepared:
            for each in group.values():
                each.channel.apply(each.plan, each.inserts)
                each.channel.recover()
        self.buses, self.sends = ({name: each.channel for name, each in group.items()} for group in prepared)
        return [channel for channel in before if channel not in self.channels]

    def process(self, parts: Sequence[Routed], start: int, frames: int, in_turn: Mapped = map) -> Audio:
        """The sum (2, frames) of `parts`, which is that of the song from `start` on, later by `latency`.

        `in_turn` is `map`, or does the work of `map` on several threads.
        """
        wait = slowest(self.buses.values())
        gathered = _gathered((part.outputs, part.audio) for part in parts)
        direct = gathered.get("", np.zeros((2, frames), dtype=np.float32))
        buses = self._through(self.buses, gathered, start, frames, in_turn)
        start -= wait
        routed = [self.buses[name].routed(audio, start) for name, audio in buses.items()]
        direct = self._later("direct", direct, wait)
        for bus in routed:
            direct = direct + bus.audio
        fed = _gathered((part.sends, part.audio) for part in parts)
        fed = {name: self._later(f"send {name}", audio, wait) for name, audio in fed.items()}
        for name, audio in _gathered((bus.sends, bus.audio) for bus in routed).items():
            fed[name] = fed[name] + audio if name in fed else audio
        total = self._later("total", direct, slowest(self.sends.values()))
        for answer in self._through(self.sends, fed, start, frames, in_turn).values():
            total = total + answer
        return total

    def _through(
        self, channels: dict[str, Channel], given: dict[str, Audio], start: int, frames: int, in_turn: Mapped
    ) -> dict[str, Audio]:
        """What those channels make of what they are given, aligned; one never given anything is passed over."""
        self._woken |= given.keys()
        names = [name for name in channels if name in self._woken]
        silence = np.zeros((2, frames), dtype=np.float32)
        wait = slowest(channels.values())
        waits = [wait - channels[name].latency for name in names]
        answers = in_turn(lambda name: channels[name].process(given.get(name, silence), start), names)
        return {
            name: self._later(f"behind {name}", answer, late)
            for name, answer, late in zip(names, answers, waits, strict=True)
        }

    def _later(self, place: str, audio: Audio, frames: int) -> Audio:
        return self._lags.setdefault(place, Lag()).process(audio, frames)

    def reset(self) -> None:
        """Forget what was played."""
        for channel in self.channels:
            channel.reset()
        self._lags = {}

    def close(self) -> None:
        for channel in self.channels:
            channel.close()


def slowest(channels: Iterable[Channel]) -> int:
    """The longest latency among `channels`, in frames."""
    return max((channel.latency for channel in channels), default=0)


def _gathered(given: Iterable[tuple[Mapping[str, Values], Audio]]) -> dict[str, Audio]:
    """The sums, by name, of audio times the share of it that goes to each name."""
    sums: dict[str, Audio] = {}
    own: set[str] = set()
    for shares, audio in given:
        for name, share in shares.items():
            if isinstance(share, float) and share == 0.0:
                continue
            whole = isinstance(share, float) and share == 1.0
            portion = audio if whole else audio * np.asarray(share, np.float32)
            if name not in sums:
                sums[name] = portion
            elif name in own:
                sums[name] += portion
            else:  # what is there may be someone else's
                sums[name] = sums[name] + portion
                own.add(name)
    return sums
