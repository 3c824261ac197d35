"""Inserts at work: an effect of pedalboard or a plugin, dry against wet, bypassed, automated, its latency known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cocomposer.errors import SoundError
from cocomposer.music.mix import Effect
from cocomposer.sound.automation import Curve, Setting
from cocomposer.sound.lag import Lag
from cocomposer.sound.racks import EFFECTS, delay_seconds

if TYPE_CHECKING:
    from cocomposer.sound.automation import Values
    from cocomposer.sound.loudness import Audio

STEP, PLUGIN_STEP = 16, 256
"""Frames for which a moving parameter of an effect rests, counted from the song's start; a plugin's takes longer to
reach."""


_LONGEST_BLOCK = 8192
"""Frames that pedalboard gives an effect at once; it cuts up what is longer."""


class HostedEffect(Protocol):
    """An effect that is loaded: what the mixer asks of a plugin, wherever that runs."""

    @property
    def latency(self) -> int:
        """Frames by which the output lags behind the input."""
        ...

    def process(self, audio: Audio) -> Audio:
        """The next (2, n) frames; as many come back."""
        ...

    def set_parameter(self, name: str, value: float) -> None: ...

    def reset(self) -> None:
        """Forget what was played."""
        ...

    def restart(self) -> None:
        """Be ready again after a failure, which may take long."""
        ...

    def close(self) -> None: ...


PluginEffects = Callable[[Effect, int], HostedEffect]
"""Loads a plugin effect at a sample rate; raises SoundError where that fails."""


class BuiltInEffect:
    """An effect of pedalboard, `effect`; none of them looks ahead.

    A frequency is kept below 0.45 of the sample rate, since a filter above half of it would be unstable.
    """

    latency = 0

    def __init__(self, kind: str, parameters: Mapping[str, float], sample_rate: int) -> None:
        if kind not in EFFECTS:
            raise SoundError("is no effect of this program")
        import pedalboard

        self.kind, self.sample_rate = kind, sample_rate
        settings = {name: self._within(name, value) for name, value in parameters.items()}
        self.effect: Any = getattr(pedalboard, kind)(**settings)
        self.reset()

    def _within(self, name: str, value: float) -> float:
        low, high = EFFECTS[self.kind][name]
        if name.endswith("frequency_hz"):
            high = min(high, 0.45 * self.sample_rate)
        return min(max(float(value), low), high)

    def process(self, audio: Audio) -> Audio:
        return in_a_row([self], audio)

    def set_parameter(self, name: str, value: float) -> None:
        setattr(self.effect, name, self._within(name, value))

    def parameter(self, name: str) -> float:
        return float(getattr(self.effect, name))

    def reset(self) -> None:
        self.effect.reset()
        # An effect that meets a longer block than ever since forgets what it played: so the longest comes first.
        self.process(np.zeros((2, _LONGEST_BLOCK), dtype=np.float32))

    def restart(self) -> None:
        self.reset()

    def close(self) -> None:
        """Nothing is held."""


def in_a_row(effects: Sequence[BuiltInEffect], audio: Audio) -> Audio:
    """The next (2, n) frames through `effects`, one after the other: in one go, which costs less than step by step."""
    if not effects:
        return audio
    import pedalboard

    chain = [each.effect for each in effects]
    processed: Audio = pedalboard.process(audio, effects[0].sample_rate, chain, reset=False)
    return processed


class Insert:
    """One effect of a strip while it runs.

    It fades in where it is put into a running strip and out where it is taken from one, then is `gone`.  An effect
    that could not be loaded, or failed while playing, lets the music through; `problem` says why, and `retry` starts
    it again.  `latency` changes only between two blocks: one that looks ahead is fed unheard until it has something
    to say.
    """

    def __init__(
        self, effect: Effect, sample_rate: int, bpm: float, plugins: PluginEffects | None, running: bool
    ) -> None:
        self.effect = effect
        self.problem = ""
        self._sample_rate = sample_rate
        self._processor: BuiltInEffect | HostedEffect | None = self._loaded(plugins, bpm)
        self._lost: HostedEffect | BuiltInEffect | None = None
        self._restarted: HostedEffect | BuiltInEffect | None = None
        looks_ahead = self._processor.latency if self._processor else 0
        self.latency, self._unheard = (0, looks_ahead) if running else (looks_ahead, 0)
        self._lag = Lag()
        self._settings: dict[str, Setting] = {}
        self._told: dict[str, float] = {}
        self._wet = Setting(effect.wet, sample_rate)
        self._on = Setting(0.0 if running or effect.bypassed else 1.0, sample_rate)
        self._on.over(0, 1)
        self.leaving = self._resting = False

    def _loaded(self, plugins: PluginEffects | None, bpm: float) -> BuiltInEffect | HostedEffect | None:
        try:
            if self.effect.kind != "plugin":
                return BuiltInEffect(self.effect.kind, known_parameters(self.effect, bpm), self._sample_rate)
            if plugins is None:
                raise SoundError("is a plugin, and plugins cannot be played here")
            return plugins(self.effect, self._sample_rate)
        except SoundError as error:
            self.problem = str(error).rstrip(".")
            return None

    def set(self, effect: Effect, bpm: float, curves: Mapping[str, Curve]) -> None:
        """Take new parameters and lanes (by parameter, and "wet")."""
        self.effect = effect
        self._wet.set(effect.wet, curves.get("wet"))
        self._on.set(0.0 if effect.bypassed else 1.0)
        by_hand = known_parameters(effect, bpm)
        for name in {*by_hand, *curves, *self._settings} - {"wet"}:
            value = by_hand.get(name, self._default(name))
            if value is not None:
                setting = self._settings.setdefault(name, Setting(value, self._sample_rate))
                setting.set(value, curves.get(name))

    def _default(self, name: str) -> float | None:
        """The value of a parameter that nobody set by hand, None where there is no such parameter."""
        if name in self._settings:
            return self._settings[name].goal
        if isinstance(self._processor, BuiltInEffect):
            return self._processor.parameter(name) if name in EFFECTS[self.effect.kind] else None
        return 0.0

    def leave(self) -> None:
        """Fade out."""
        self.leaving = True
        self._on.set(0.0)

    @property
    def alone(self) -> BuiltInEffect | None:
        """The effect itself where `process` would add nothing to it: one of the program's own, wet, nothing moving."""
        processor = self._processor
        if not isinstance(processor, BuiltInEffect) or self.leaving or self._on.goal != 1.0 or self._wet.goal != 1.0:
            return None
        settings = (self._on, self._wet, *self._settings.values())
        return processor if all(setting.resting for setting in settings) else None

    @property
    def gone(self) -> bool:
        return self.leaving and self._resting and not self._lag.frames

    def retry(self, plugins: PluginEffects | None, bpm: float, missing: bool) -> None:
        """Start an effect that failed while playing, or with `missing` one that could not be loaded, once more.

        This may take long; `process` runs on meanwhile, and takes the effect up with its next block.
        """
        if not self.problem or self.leaving:
            return
        if self._lost is None:
            self._restarted = self._loaded(plugins, bpm) if missing else None
            return
        try:
            self._lost.restart()
        except SoundError as error:
            self.problem = str(error).rstrip(".")
        else:
            self._restarted, self._lost = self._lost, None

    def _take_up(self, processor: BuiltInEffect | HostedEffect) -> None:
        """Go on with a processor that was started while others went without."""
        self._processor, self._restarted, self.problem = processor, None, ""
        self._unheard, self._told = processor.latency, {}
        self._on = Setting(0.0 if self.effect.bypassed else 1.0, self._sample_rate, origin=0.0)

    def process(self, audio: Audio, start: int) -> Audio:
        """The next (2, n) frames, those of the song from `start` on, later by what `latency` was before."""
        if self._restarted is not None:
            self._take_up(self._restarted)
        fades = self._lag.fades_to(self.latency)
        dry = self._lag.process(audio, self.latency)
        if self._processor is not None and (self._unheard > 0 or (fades and not self.leaving)):
            self._wet_of(audio, start)
            self._unheard -= audio.shape[1]
            if self._unheard <= 0 and self._processor is not None:
                self.latency = self._processor.latency
            return dry
        out = self._mixed(dry, audio, start)
        if self.leaving and self._resting:
            self.latency = 0
        return out

    def _mixed(self, dry: Audio, audio: Audio, start: int) -> Audio:
        frames = audio.shape[1]
        on, wet_share = self._on.over(start, frames), self._wet.over(start, frames)
        share = on * wet_share
        # Where a lane moves the wet share the effect plays on unheard, so that it depends on no block when it returns.
        unheard = on if self._wet.automated else share
        was_resting, self._resting = self._resting, isinstance(unheard, float) and unheard == 0.0
        if self._processor is None or self._resting:
            return dry
        if was_resting:  # what it remembers was played long ago
            self._forget()
        wet = self._wet_of(audio, start)
        if wet is None:
            return dry
        if isinstance(share, float) and share == 1.0:
            return wet
        mixed: Audio = dry + (wet - dry) * np.asarray(share, dtype=np.float32)
        return mixed

    def _wet_of(self, audio: Audio, start: int) -> Audio | None:
        """What the effect makes of the block; None where it fails, or did, and is lost."""
        if self._processor is None:
            return None
        try:
            return self._through(self._processor, audio, start)
        except SoundError as error:
            self._lose(error)
            return None

    def _forget(self) -> None:
        """The effect remembers nothing of what it heard, or is lost."""
        try:
            if self._processor is not None:
                self._processor.reset()
        except SoundError as error:
            self._lose(error)

    def _lose(self, error: SoundError) -> None:
        self.problem, self._processor, self._lost = str(error).rstrip("."), None, self._processor

    def _through(self, processor: BuiltInEffect | HostedEffect, audio: Audio, start: int) -> Audio:
        frames = audio.shape[1]
        # The first step of a block may have begun in the block before: it is the grid's frame that counts.
        step = STEP if isinstance(processor, BuiltInEffect) else PLUGIN_STEP
        first = start - start % step
        moving: dict[str, Values] = {}
        for name, setting in self._settings.items():
            values = setting.over(first, start - first + frames)
            if isinstance(values, float):
                self._tell(processor, name, values)
            else:
                moving[name] = values
        if not moving:
            return _whole(processor.process(audio), frames)
        pieces = []
        for begin in range(first, start + frames, step):
            for name, values in moving.items():
                self._tell(processor, name, float(values[begin - first]))  # type: ignore[index]
            piece = audio[:, max(0, begin - start) : begin + step - start]
            pieces.append(_whole(processor.process(piece), piece.shape[1]))
        return np.concatenate(pieces, axis=1)

    def _tell(self, processor: BuiltInEffect | HostedEffect, name: str, value: float) -> None:
        if self._told.get(name) != value:
            processor.set_parameter(name, value)
            self._told[name] = value

    def reset(self) -> None:
        """Forget what was played."""
        self._lag.reset()
        self._forget()
        if self._processor is not None:
            self.latency, self._unheard = self._processor.latency, 0

    def close(self) -> None:
        for processor in (self._processor, self._lost, self._restarted):
            if processor is not None:
                processor.close()


def _whole(audio: Audio, frames: int) -> Audio:
    if audio.shape != (2, frames):
        raise SoundError("answered with more or less sound than it was given")
    return audio


def known_parameters(effect: Effect, bpm: float) -> dict[str, float]:
    """The parameters of `effect` that its kind has, a delay in beats as one in seconds; a plugin's as they are."""
    if effect.kind == "plugin":
        return dict(effect.parameters)
    known = {name: value for name, value in effect.parameters if name in EFFECTS.get(effect.kind, {})}
    if "delay_beats" in known:
        known["delay_seconds"] = delay_seconds(known.pop("delay_beats"), bpm)
    return known


def matched(before: Iterable[Insert], after: Iterable[Effect]) -> list[tuple[Insert | None, Effect | None]]:
    """Running inserts beside the effects they become, in order: without an insert it is new, without an effect it goes.

    An insert stays where its kind, and of a plugin its file and state, are the same.
    """
    running, wanted = list(before), list(after)

    def key(effect: Effect) -> tuple[str, str, bytes]:
        return effect.kind, effect.plugin, effect.state

    matcher = SequenceMatcher(None, [key(each.effect) for each in running], [key(each) for each in wanted], False)
    pairs: list[tuple[Insert | None, Effect | None]] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(running[i1:i2], wanted[j1:j2], strict=True)
        else:
            pairs += [(insert, None) for insert in running[i1:i2]] + [(None, effect) for effect in wanted[j1:j2]]
    return pairs
