"""One strip of the mixer at work: trim, inserts, place, fader; guarded and metered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music.mix import Effect, Strip
from cocomposer.sound.automation import Curve, Setting, factor
from cocomposer.sound.effects import BuiltInEffect, Insert, PluginEffects, in_a_row, matched
from cocomposer.sound.loudness import hiss
from cocomposer.sound.metering import Guard, Level, level_of
from cocomposer.sound.trouble import Trouble

if TYPE_CHECKING:
    from cocomposer.sound.automation import Values
    from cocomposer.sound.loudness import Audio


@dataclass(frozen=True)
class ChannelPlan:
    """What a strip is to do: its values, and the curves they follow.

    `label` names it in sentences; `trim` is in dB; `heard` is False where it is muted or others are soloed; `outputs`
    are the buses it is heard through, "" for the master, and `sends` its levels in dB; `level` is a factor besides the
    fader; `curves` are the lanes by their targets.
    """

    label: str
    strip: Strip
    bpm: float
    trim: float = 0.0
    heard: bool = True
    outputs: tuple[str, ...] = ("",)
    sends: tuple[tuple[str, float], ...] = ()
    level: Curve | None = None
    curves: Mapping[str, Curve] = field(default_factory=dict)

    def insert_curves(self, index: int) -> dict[str, Curve]:
        """The lanes of one insert, by parameter."""
        start = f"insert:{index}:"
        return {target.removeprefix(start): curve for target, curve in self.curves.items() if target.startswith(start)}


@dataclass(frozen=True)
class Routed:
    """Audio (2, n) behind a strip, and the share of it that goes to each output and to each send, as factors."""

    audio: Audio
    outputs: Mapping[str, Values]
    sends: Mapping[str, Values]


class Stage(IntEnum):
    """Where in the console a strip stands."""

    PART, SHARED, MASTER = range(3)


@dataclass(frozen=True)
class Rig:
    """What all strips of a console have in common: the rate, what loads plugins, and whether levels are read."""

    sample_rate: int
    plugins: PluginEffects | None = None
    metered: bool = True


class Channel:
    """Runs a ChannelPlan; made silent by what its guard finds, until `recover`."""

    def __init__(self, rig: Rig, stage: Stage) -> None:
        self._rig, self._stage = rig, stage
        self._inserts: list[Insert] = []
        self._gone: list[Insert] = []
        self._settings: dict[str, Setting] = {}
        self._plan: ChannelPlan | None = None
        # What goes into buses has been guarded; a guard further on is more patient, so that only the cause is muted.
        self._guard_in = Guard(rig.sample_rate, 2) if stage is Stage.PART else None
        self._guard_out = Guard(rig.sample_rate, 3 + stage)
        self.fault = ""
        self.level = Level()

    @property
    def latency(self) -> int:
        """Frames by which the output lags."""
        return sum(insert.latency for insert in self._inserts)

    @property
    def troubles(self) -> list[Trouble]:
        """What the artist should know."""
        label = self._plan.label if self._plan else ""
        told = [
            Trouble(f"{label} plays without {_name(insert.effect)}: it {insert.problem}.", insert.effect.plugin)
            for insert in self._inserts
            if insert.problem
        ]
        return [*told, Trouble(f"{label} was muted: {self.fault}.")] if self.fault else told

    def prepare(self, plan: ChannelPlan) -> list[tuple[Insert, Effect | None]]:
        """The inserts that `plan` needs, new ones loaded: this may take long, and changes nothing yet."""
        while self._gone:
            self._gone.pop().close()
        running = self._plan is not None
        return [
            (insert or Insert(effect, self._rig.sample_rate, plan.bpm, self._rig.plugins, running), effect)  # type: ignore[arg-type]
            for insert, effect in matched((each for each in self._inserts if not each.leaving), plan.strip.inserts)
        ] + [(insert, None) for insert in self._inserts if insert.leaving]

    def retry(self, missing: bool) -> None:
        """Start effects that failed once more, with `missing` also those that could not be loaded: it may take long."""
        for insert in list(self._inserts):
            insert.retry(self._rig.plugins, self._plan.bpm if self._plan else 120.0, missing)

    def apply(self, plan: ChannelPlan, prepared: list[tuple[Insert, Effect | None]]) -> None:
        """Take `plan` on, with what `prepare` gave for it; everything glides there."""
        index = 0
        for insert, effect in prepared:
            if effect is None:
                insert.leave()
            else:
                insert.set(effect, plan.bpm, plan.insert_curves(index))
                index += 1
        self._inserts, self._plan = [insert for insert, _ in prepared], plan
        strip = plan.strip
        values = {"trim": factor(plan.trim), "heard": float(plan.heard), "gain": factor(strip.gain_db),
                  "pan": strip.pan, "width": strip.width, "level": 1.0}  # fmt: skip
        values |= {f"to:{name}": 1.0 for name in plan.outputs} | {
            f"send:{name}": factor(level) for name, level in plan.sends
        }
        running = bool(self._settings)
        for target, value in values.items():
            curve = plan.level if target == "level" else plan.curves.get(target)
            if target in self._settings:
                self._settings[target].set(value, curve)
            else:
                origin = 0.0 if running else None  # an output or a send that is new to a running strip opens
                self._settings[target] = Setting(value, self._rig.sample_rate, curve, origin)
        for target in self._settings.keys() - values.keys():
            self._settings[target].set(0.0)

    def trim(self, decibels: float) -> None:
        """Learn what brings the source to level; a strip with a trim of its own keeps that."""
        if self._plan is not None and self._plan.strip.trim_db is None:
            self._settings["trim"].set(factor(decibels))

    def process(self, audio: Audio, start: int) -> Audio:
        """The next (2, n) frames through the strip, those of the song from `start` on, later by `latency`."""
        if self._guard_in and not self.fault and (fault := self._guard_in.fault(audio)):
            self.fault = f"its instrument {fault}"
        if self.fault:
            return self._silence(audio)
        signal, at = self._inserted(self._trimmed(audio, start), start)
        if not self._passes_on and (fault := self._guard_out.fault(signal)):
            self.fault = f"one of its effects {fault}"
            return self._silence(audio)
        frames = audio.shape[1]
        gain = self._value("gain", at, frames) * self._value("heard", at, frames) * self._value("level", at, frames)
        out = place(signal, self._value("pan", at, frames), self._value("width", at, frames), gain)
        if self._rig.metered:
            self.level = level_of(out)
        return out

    @property
    def _passes_on(self) -> bool:
        """Whether this is a bus that only gathers what has been guarded already."""
        return self._stage is Stage.SHARED and not self._inserts

    def _trimmed(self, audio: Audio, start: int) -> Audio:
        trim = self._value("trim", start, audio.shape[1])
        if self._passes_on and _is(trim, 1.0):
            return audio
        trimmed: Audio = audio * np.asarray(trim, dtype=np.float32)
        trimmed += hiss(audio.shape[1])
        return trimmed

    def _inserted(self, signal: Audio, at: int) -> tuple[Audio, int]:
        """The signal behind the inserts, and the frame of the song at which it begins there."""
        row: list[BuiltInEffect] = []
        for insert in self._inserts:
            if (effect := insert.alone) is not None:
                row.append(effect)
                continue
            latency = insert.latency  # what it is for this block
            signal = insert.process(in_a_row(row, signal), at)
            at -= latency
            row = []
        self._drop([insert for insert in self._inserts if insert.gone])
        return in_a_row(row, signal), at

    def routed(self, audio: Audio, start: int) -> Routed:
        """What `process` gave, with where it goes; its frames are those of the song from `start` on."""
        shares: dict[str, dict[str, Values]] = {"to": {}, "send": {}}
        for target in self._settings:
            kind, _, name = target.partition(":")
            if kind in shares:
                shares[kind][name] = self._value(target, start, audio.shape[1])
        return Routed(audio, shares["to"], shares["send"])

    def _value(self, target: str, start: int, frames: int) -> Values:
        return self._settings[target].over(start, frames)

    def _silence(self, audio: Audio) -> Audio:
        self.level = Level()
        return np.zeros_like(audio)

    def recover(self) -> None:
        """After a fault: play on, with effects that remember nothing of it."""
        if self.fault:
            self.reset()

    def reset(self) -> None:
        """Forget what was played."""
        self.fault = ""
        if self._guard_in:
            self._guard_in.reset()
        self._guard_out.reset()
        self._drop([insert for insert in self._inserts if insert.leaving])
        for insert in self._inserts:
            insert.reset()

    def _drop(self, inserts: list[Insert]) -> None:
        """Play without `inserts`; they are closed when there is time for it."""
        self._gone += inserts
        self._inserts = [insert for insert in self._inserts if insert not in inserts]

    def close(self) -> None:
        for insert in (*self._inserts, *self._gone):
            insert.close()


def _name(effect: Effect) -> str:
    return Path(effect.plugin).name or effect.kind


def _is(value: Values, number: float) -> bool:
    return isinstance(value, float) and value == number


def place(audio: Audio, position: Values, width: Values, gain: Values = 1.0) -> Audio:
    """Scale the side signal of a stereo part by `width` (0 = mono), balance it to `position`, -1..1, and all by `gain`.

    Power stays constant for what is alike in both channels.  Towards a side the other channel is folded in, so
    that a part in stereo loses no half of its instrument; in the centre nothing changes.
    """
    if _is(position, 0.0) and _is(width, 1.0):
        return audio if _is(gain, 1.0) else audio * np.asarray(gain, dtype=np.float32)
    at, wide = np.asarray(position, dtype=np.float32), np.asarray(width, dtype=np.float32)
    same, crossed = (1 + wide) / 2, (1 - wide) / 2
    fold = np.abs(at) / 2
    keep = (same * (1 - fold) + crossed * fold) * gain
    take = (crossed * (1 - fold) + same * fold) * gain
    angle = (at + 1) * np.float32(np.pi / 4)
    placed = np.empty_like(audio)
    for channel, balance in enumerate((np.cos(angle), np.sin(angle))):
        balance = balance * np.float32(2**0.5)
        np.multiply(audio[channel], (keep * balance).astype(np.float32), out=placed[channel])
        placed[channel] += audio[1 - channel] * (take * balance).astype(np.float32)
    return placed
