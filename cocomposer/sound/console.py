"""The mixing console: parts through their strips to buses, sends and the master, block by block.

Playback and bounce run this same code.  Its three stages - parts, buses, sends - each end aligned: whatever lags less
than the slowest of its stage waits for it, so that a click through plugins that look ahead and one past them meet.
What comes out depends on what goes in, not on the length of the blocks, nor on the number of threads.

Playback asks for blocks of all parts at once (`process`).  A bounce takes each part through its strip on its own
(`strip`), as soon as its instrument has played, and brings them together later (`sum` or `split`, then `master`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cocomposer.music import Song
from cocomposer.sound.channel import Channel, Rig, Routed, Stage
from cocomposer.sound.effects import PluginEffects
from cocomposer.sound.house_mix import measured_trim, mix_of, strip_of
from cocomposer.sound.lag import Lag
from cocomposer.sound.metering import MOMENTARY_HOPS, SHORT_TERM_HOPS, Levels, LoudnessMeter
from cocomposer.sound.plan import MASTER, console_plan
from cocomposer.sound.shared import Shared, slowest
from cocomposer.sound.trouble import Trouble

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

_T = TypeVar("_T")

__all__ = ["MASTER", "Console", "measured_trim", "mix_of", "strip_of"]


class Console:
    """Mixes `song` at `sample_rate`.

    `plugin_effects` loads plugin effects; without it such an insert lets the music through.  `trims` are what
    `measured_trim` found for the dry parts, by number, in dB, and for MASTER what the sum needs; they count where a
    strip has no trim of its own.  `workers` threads share the strips: more than one pays for long blocks only; without
    `metered` no levels are read.
    `process` and `update` may be called by different threads, and `strip` and `trim` for different parts; nothing else
    may be called by two at once.
    """

    def __init__(
        self,
        song: Song,
        sample_rate: int,
        plugin_effects: PluginEffects | None = None,
        trims: Mapping[int, float] | None = None,
        *,
        workers: int = 1,
        metered: bool = True,
    ) -> None:
        self.sample_rate = sample_rate
        self._rig = Rig(sample_rate, plugin_effects, metered)
        self._parts: list[Channel] = []
        self._lags: list[Lag] = []
        self._shared = Shared(self._rig)
        self._alone: list[Shared] = []
        self._master = Channel(self._rig, Stage.MASTER)
        self._loudness = LoudnessMeter(sample_rate)
        self._running, self._updating = threading.Lock(), threading.Lock()
        self._pool = ThreadPoolExecutor(workers, "mixing") if workers > 1 else None
        self._trims: Mapping[int, float] = {}
        self.update(song, trims or {})

    def update(self, song: Song, trims: Mapping[int, float] | None = None) -> None:
        """Go on with another version of the song, or with other `trims`; nothing clicks, what stays is kept.

        New effects are loaded on this thread while `process` runs on.  Strips that the guard had muted play again.
        Where the latency changes the music jumps by it, once, all parts together and without a gap.
        """
        with self._updating:
            self._trims = self._trims if trims is None else dict(trims)
            self._plan = plan = console_plan(song, self.sample_rate, self._trims)
            parts = self._parts[: len(plan.parts)]
            parts += [self._channel() for _ in plan.parts[len(parts) :]]
            channels = [*zip(parts, plan.parts, strict=True), (self._master, plan.master)]
            prepared = [channel.prepare(each) for channel, each in channels]
            shared = self._shared.prepare(plan)
            with self._running:
                dropped, self._parts = self._parts[len(plan.parts) :], parts
                self._lags = [*self._lags, *(Lag() for _ in parts)][: len(parts)]
                for (channel, each), inserts in zip(channels, prepared, strict=True):
                    channel.apply(each, inserts)
                    channel.recover()
                dropped += self._shared.apply(shared)
                alone, self._alone = self._alone, []
            unused: tuple[Channel | Shared, ...] = (*dropped, *alone)
            for one in unused:
                one.close()

    def _channel(self) -> Channel:
        return Channel(self._rig, Stage.PART)

    @property
    def latency(self) -> int:
        """Frames by which the output lags behind the inputs."""
        return self.sum_latency + self._master.latency

    @property
    def sum_latency(self) -> int:
        """`latency` before the master."""
        return slowest(self._parts) + self._shared.latency

    def trim(self, number: int, decibels: float) -> None:
        """Learn what `measured_trim` found for a part, or for MASTER, before its first block."""
        with self._updating:
            self._trims = {**self._trims, number: decibels}
        (self._master if number == MASTER else self._parts[number]).trim(decibels)

    def process(self, inputs: Sequence[Audio | None], start: int, frames: int = 0) -> Audio:
        """The next block of the master, (2, n), `latency` frames late.

        `inputs` holds for each part what its instrument plays from frame `start` of the song on, all of one length,
        None for silence; where all are silent, `frames` is the length.
        """
        with self._running:
            length = next((audio.shape[1] for audio in inputs if audio is not None), frames)
            silence = np.zeros((2, length), dtype=np.float32)
            wait, waits = self._waits()

            def strip(index: int) -> Audio:
                audio = inputs[index] if index < len(inputs) else None
                return self._strip(index, silence if audio is None else audio, start, waits[index])

            parts = self._map(strip, len(self._parts))
            return self._mastered(self._sum(parts, start - wait, length), start)

    def strip(self, index: int, audio: Audio, start: int) -> Audio:
        """The next block of one part, (2, n), as its instrument plays it from frame `start` on, through its strip.

        It comes as late as the slowest of all parts.
        """
        return self._strip(index, audio, start, self._waits()[1][index])

    def sum(self, parts: Sequence[Audio], start: int) -> Audio:
        """The block before the master, of what `strip` gave for each part; `sum_latency` frames late."""
        with self._running:
            return self._sum(parts, start - slowest(self._parts), parts[0].shape[1])

    def split(self, parts: Sequence[Audio], start: int) -> list[Audio]:
        """What each part adds to `sum`, its share of the sends included: its stem.

        The stems add up to the sum where all that parts share is linear.
        """
        with self._running:
            while len(self._alone) < len(self._parts):
                shared = Shared(self._rig)
                shared.apply(shared.prepare(self._plan))
                self._alone.append(shared)
            at, frames = start - slowest(self._parts), parts[0].shape[1]
            routed = self._routed(parts, at)
            return self._map(lambda index: self._alone[index].process([routed[index]], at, frames), len(routed))

    def master(self, audio: Audio, start: int) -> Audio:
        """What `sum` gave for `start` through the master's strip."""
        with self._running:
            return self._mastered(audio, start)

    def _waits(self) -> tuple[int, list[int]]:
        """The latency of the slowest part, and how long each waits for it."""
        wait = slowest(self._parts)
        return wait, [wait - channel.latency for channel in self._parts]

    def _strip(self, index: int, audio: Audio, start: int, wait: int) -> Audio:
        return self._lags[index].process(self._parts[index].process(audio, start), wait)

    def _sum(self, parts: Sequence[Audio], start: int, frames: int) -> Audio:
        in_turn = self._pool.map if self._pool else map
        return self._shared.process(self._routed(parts, start), start, frames, in_turn)

    def _mastered(self, audio: Audio, start: int) -> Audio:
        mastered = self._master.process(audio, start - self.sum_latency)
        if self._rig.metered:
            self._loudness.feed(mastered)
        return mastered

    def _routed(self, parts: Sequence[Audio], start: int) -> list[Routed]:
        """The parts' audio, that of the song from `start` on, with where it goes."""
        return [channel.routed(audio, start) for channel, audio in zip(self._parts, parts, strict=True)]

    def _map(self, work: Callable[[int], _T], count: int) -> list[_T]:
        return list(self._pool.map(work, range(count)) if self._pool else map(work, range(count)))

    @property
    def levels(self) -> Levels:
        """The meters."""
        return Levels(
            parts=tuple(channel.level for channel in self._parts),
            buses={name: channel.level for name, channel in self._shared.buses.items()},
            sends={name: channel.level for name, channel in self._shared.sends.items()},
            master=self._master.level,
            momentary=self._loudness.loudness(MOMENTARY_HOPS),
            short_term=self._loudness.loudness(SHORT_TERM_HOPS),
        )

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What the artist should know: strips the guard has muted, inserts that do not play."""
        return tuple(trouble for channel in self._channels for trouble in channel.troubles)

    @property
    def problems(self) -> tuple[str, ...]:
        """`troubles` as sentences."""
        return tuple(trouble.sentence for trouble in self.troubles)

    def retry(self, missing: bool = False) -> None:
        """Start effects that failed while playing once more, with `missing` also those that could not be loaded.

        That is done on this thread while `process` runs on.
        """
        with self._updating:
            for channel in self._channels:
                channel.retry(missing)

    @property
    def _channels(self) -> tuple[Channel, ...]:
        return (*self._parts, *self._shared.channels, self._master)

    def reset(self) -> None:
        """Forget everything played, as when playback jumps: echoes, meters, and what the guard has muted."""
        with self._running:
            for each in self._strips:
                each.reset()
            for lag in self._lags:
                lag.reset()
            self._loudness.reset()

    @property
    def _strips(self) -> tuple[Channel | Shared, ...]:
        return (*self._parts, self._shared, *self._alone, self._master)

    def close(self) -> None:
        """Let go of all plugins."""
        for each in self._strips:
            each.close()
        if self._pool:
            self._pool.shutdown()
