"""One strip of the mixer at work: trim, inserts, place, fader; guarded and metered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music.mix import SILENT_DB, Effect, Strip
from cocomposer.sound.automation import Curve, Setting, amplitudes
from cocomposer.sound.effects import Insert, PluginEffects, matched
from cocomposer.sound.metering import Guard, Level, level_of

if TYPE_CHECKING:
    from cocomposer.sound.automation import Values
    from cocomposer.sound.loudness import Audio

HISS = 1e-15
"""-300 dBFS, kept under every strip: filters that fade into nothing reckon with the smallest of numbers, at which
processors are many times slower; and what such numbers an instrument sends is lifted out of them."""


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


class Channel:
    """Runs a ChannelPlan; made silent by what its guard finds, until `recover`."""

    def __init__(self, sample_rate: int, plugins: PluginEffects | None) -> None:
        self._sample_rate, self._plugins = sample_rate, plugins
        self._inserts: list[Insert] = []
        self._settings: dict[str, Setting] = {}
        self._plan: ChannelPlan | None = None
        self._guards = (Guard(sample_rate), Guard(sample_rate))
        self.fault = ""
        self.level = Level()

    @property
    def latency(self) -> int:
        """Frames by which the output lags."""
        return sum(insert.latency for insert in self._inserts)

    @property
    def problems(self) -> list[str]:
        """What the artist should know, as sentences."""
        label = self._plan.label if self._plan else ""
        told = [
            f"{label} plays without {_name(insert.effect)}: it {insert.problem}."
            for insert in self._inserts
            if insert.problem
        ]
        return [*told, f"{label} was muted: {self.fault}."] if self.fault else told

    def prepare(self, plan: ChannelPlan) -> list[tuple[Insert, Effect | None]]:
        """The inserts that `plan` needs, new ones loaded: this may take long, and changes nothing yet."""
        running = self._plan is not None
        return [
            (insert or Insert(effect, self._sample_rate, plan.bpm, self._plugins, running), effect)  # type: ignore[arg-type]
            for insert, effect in matched((each for each in self._inserts if not each.leaving), plan.strip.inserts)
        ] + [(insert, None) for insert in self._inserts if insert.leaving]

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
        values = {"trim": plan.trim, "heard": float(plan.heard), "gain": strip.gain_db, "pan": strip.pan,
                  "width": strip.width, "level": 1.0}  # fmt: skip
        values |= {f"to:{name}": 1.0 for name in plan.outputs} | {f"send:{name}": level for name, level in plan.sends}
        running = bool(self._settings)
        for target, value in values.items():
            curve = plan.level if target == "level" else plan.curves.get(target)
            if target in self._settings:
                self._settings[target].set(value, curve)
            else:
                origin = _closed(target) if running else None
                self._settings[target] = Setting(value, self._sample_rate, curve, origin)
        for target in self._settings.keys() - values.keys():
            self._settings[target].set(_closed(target))

    def process(self, audio: Audio, start: int) -> Audio:
        """The next (2, n) frames through the strip, those of the song from `start` on, later by `latency`."""
        if not self.fault and (fault := self._guards[0].fault(audio)):
            self.fault = f"what it was given {fault}"
        if self.fault:
            return self._silence(audio)
        trim = self._factor("trim", start, audio.shape[1])
        signal = audio + _hiss(audio.shape[1]) if _is(trim, 1.0) else audio * np.asarray(trim, np.float32) + _hiss(
            audio.shape[1]
        )  # fmt: skip
        at = start
        for insert in self._inserts:
            signal = insert.process(signal, at)
            at -= insert.latency
        if any(insert.gone for insert in self._inserts):
            self._inserts = [insert for insert in self._inserts if not insert.gone]
        if fault := self._guards[1].fault(signal):
            self.fault = f"one of its effects {fault}"
            return self._silence(audio)
        frames = audio.shape[1]
        gain = self._factor("gain", at, frames) * self._value("heard", at, frames) * self._value("level", at, frames)
        out = place(signal, self._value("pan", at, frames), self._value("width", at, frames), gain)
        self.level = level_of(out)
        return out

    def routed(self, audio: Audio, start: int) -> Routed:
        """What `process` gave, with where it goes; its frames are those of the song from `start` on."""
        frames, outputs, sends = audio.shape[1], {}, {}
        for target in self._settings:
            kind, _, name = target.partition(":")
            if kind == "to":
                outputs[name] = self._value(target, start, frames)
            elif kind == "send":
                sends[name] = self._factor(target, start, frames)
        return Routed(audio, outputs, sends)

    def _value(self, target: str, start: int, frames: int) -> Values:
        return self._settings[target].over(start, frames)

    def _factor(self, target: str, start: int, frames: int) -> Values:
        return amplitudes(self._value(target, start, frames))

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
        for guard in self._guards:
            guard.reset()
        for insert in self._inserts:
            insert.reset()

    def close(self) -> None:
        for insert in self._inserts:
            insert.close()


def _name(effect: Effect) -> str:
    return effect.plugin or effect.kind


def _closed(target: str) -> float:
    """Where an output or a send stands that is not used."""
    return SILENT_DB if target.startswith("send:") else 0.0


def _is(value: Values, number: float) -> bool:
    return isinstance(value, float) and value == number


def _hiss(frames: int) -> Audio:
    # A quarter of the sample rate: no high-pass takes that away, and neither does halving the rate.
    pattern = np.array([HISS, HISS, -HISS, -HISS], dtype=np.float32)
    return np.resize(pattern, frames)


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
