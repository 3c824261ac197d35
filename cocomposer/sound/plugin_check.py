"""Does a plugin come back as it was?  Its parameters are set at random, saved, and restored in a new process."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cocomposer.errors import Cancelled, SoundError
from cocomposer.music import Effect, Instrument
from cocomposer.sound.host import InstrumentCrashError, InstrumentError
from cocomposer.sound.plugins import PluginInfo
from cocomposer.sound.protocol import AUDIBLE, NOTE_OFF, NOTE_ON, ParameterValue, Settings
from cocomposer.sound.supervisor import Hosts

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

SAME_DB = -60.0
"""Two renderings are the same where their difference lies this far below the louder one's peak."""
_SAME_VALUE = 1e-3
_RATE, _SECONDS = 44100, 1.0
_CHORD = tuple(
    sorted((at, status, pitch, 100) for pitch in (48, 60, 67) for at, status in ((0.0, NOTE_ON), (0.6, NOTE_OFF)))
)
_TRIES = 4
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class PluginCheck:
    """What came of it.  `problem` finishes "The plugin X ...", and the rest is empty then.

    `changed` are the parameters that came back differently, of `parameters`, of which `moved` could be turned.
    `sounds`: something was heard.  `deterministic`: two processes with the same settings gave the same audio.
    `difference_db` is how far what the restored one gave lies from that, in dB of its peak (-inf: not at all).
    """

    path: Path
    name: str
    kind: str
    problem: str = ""
    is_instrument: bool = False
    sounds: bool = False
    deterministic: bool = False
    difference_db: float = math.inf
    parameters: int = 0
    moved: int = 0
    changed: tuple[str, ...] = ()
    state_bytes: int = 0

    @property
    def passed(self) -> bool:
        """The same parameters, some of which could be turned, and the same audio where that can be told."""
        same = not self.changed and (self.moved > 0 or not self.parameters)
        return not self.problem and same and (not self.deterministic or self.difference_db <= SAME_DB)

    def to_data(self) -> dict[str, Any]:
        """The same as plain JSON data; None for a difference that has no number."""
        difference = self.difference_db if math.isfinite(self.difference_db) else None
        return {**asdict(self), "path": str(self.path), "difference_db": difference, "passed": self.passed}


def check_all(
    plugins: Sequence[PluginInfo], *, seed: int = 0, workers: int = 0, seconds: float = 60.0,
    cancelled: Callable[[], bool] = lambda: False,
) -> Generator[PluginCheck]:  # fmt: skip
    """What came of each, as it is done; `workers` are checked at a time (0: one a core).

    Raises Cancelled soon after `cancelled()` turns true.  What is under way ends, at its next step, with the generator.
    """
    stopped = False

    def stop() -> bool:
        return stopped or cancelled()

    with ThreadPoolExecutor(workers or os.cpu_count() or 2, thread_name_prefix="check") as pool:
        waiting = {pool.submit(check, info, seed=seed, seconds=seconds, cancelled=stop) for info in plugins}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
                for each in done:
                    yield each.result()
        finally:
            stopped = True
            pool.shutdown(wait=True, cancel_futures=True)


def check(info: PluginInfo, *, seed: int = 0, seconds: float = 60.0,
          cancelled: Callable[[], bool] = lambda: False) -> PluginCheck:  # fmt: skip
    """Set the plugin's parameters at random, save it, and see whether a new process restores it.  Raises Cancelled."""
    told = PluginCheck(info.path, info.name, info.kind, info.problem, info.is_instrument)
    if info.problem:
        return told
    try:
        return _checked(info, told, seed, seconds, cancelled)
    except SoundError as error:
        return PluginCheck(info.path, info.name, info.kind, str(error), info.is_instrument)


def _checked(
    info: PluginInfo, told: PluginCheck, seed: int, seconds: float, cancelled: Callable[[], bool]
) -> PluginCheck:
    def go_on() -> None:
        if cancelled():
            raise Cancelled("The check was stopped.")

    # Settings at random may well be silent, run away, or be those at first: each try stays nearer to the latter.
    for attempt in range(_TRIES):
        go_on()
        settings, moved = _settings_at_random(info, f"{seed} {attempt}", 1 - attempt / _TRIES, seconds)
        turned = _plugin(info, settings)
        with Hosts(plugin_seconds=seconds, processes=1) as hosts:
            before, state = hosts.parameters(turned), hosts.state(turned)
            try:
                first = _sound(hosts, info, turned, cancelled)
            except InstrumentCrashError:
                raise
            except InstrumentError:
                if attempt < _TRIES - 1:
                    continue
                raise
        if np.abs(first).max(initial=0.0) >= AUDIBLE and (moved or not settings):
            break
    go_on()
    with Hosts(plugin_seconds=seconds, processes=1) as hosts:
        second = _sound(hosts, info, turned, cancelled)
    go_on()
    with Hosts(plugin_seconds=seconds, processes=1) as hosts:
        restored = _plugin(info, state=state)
        after = hosts.parameters(restored)
        third = _sound(hosts, info, restored, cancelled)
    return PluginCheck(
        told.path, told.name, told.kind, is_instrument=told.is_instrument,
        sounds=float(np.abs(first).max(initial=0.0)) >= AUDIBLE,
        deterministic=difference_db(first, second) <= SAME_DB, difference_db=difference_db(first, third),
        parameters=len(before), moved=moved, changed=_changed(before, after), state_bytes=len(state),
    )  # fmt: skip


def _settings_at_random(info: PluginInfo, seed: str, spread: float, seconds: float) -> tuple[Settings, int]:
    """A value for each parameter, on the plugin's own steps: those that it remembers when it is given any.

    At a `spread` of 1 they lie anywhere, at 0 where they are at first.
    And how many of them are not what they are at first.
    """
    with Hosts(plugin_seconds=seconds, processes=1) as hosts:
        at_first = hosts.parameters(_plugin(info))
        chance = random.Random(seed)
        settings = tuple((each.name, each.value + spread * (chance.random() - each.value)) for each in at_first)
        state = hosts.state(_plugin(info, settings))
    with Hosts(plugin_seconds=seconds, processes=1) as hosts:
        found = hosts.parameters(_plugin(info, state=state))
    moved = sum(abs(one.value - other.value) > _SAME_VALUE for one, other in zip(at_first, found, strict=False))
    return tuple((each.name, each.value) for each in found), moved


def _plugin(info: PluginInfo, parameters: Settings = (), state: bytes = b"") -> Instrument | Effect:
    return replace(info.plugin(), parameters=parameters, state=state)


def _sound(hosts: Hosts, info: PluginInfo, plugin: Instrument | Effect, cancelled: Callable[[], bool]) -> Audio:
    """A chord from an instrument, noise and the silence after it from an effect; nothing from one without audio."""
    if isinstance(plugin, Instrument):
        return hosts.play(plugin, 0, False, _CHORD, _SECONDS, tail=1.0, sample_rate=_RATE, cancelled=cancelled)
    if not info.inputs or not info.outputs:
        return np.zeros((2, 0), np.float32)
    noise = np.zeros((2, round(2 * _SECONDS * _RATE)), np.float32)
    noise[:, : _RATE // 2] = np.random.default_rng(0).normal(0.0, 0.1, (2, _RATE // 2))
    return hosts.effect(plugin, _RATE).process(noise)


def difference_db(one: Audio, other: Audio) -> float:
    """How loud the difference of two renderings, (2, n), is at its peak, in dB of the first one's peak."""
    frames = max(one.shape[1], other.shape[1])
    one, other = (np.pad(each, ((0, 0), (0, frames - each.shape[1]))) for each in (one, other))
    peak, apart = (float(np.abs(each).max(initial=0.0)) for each in (one, one - other))
    if apart == 0.0:
        return -math.inf
    return 20 * math.log10(apart / max(peak, AUDIBLE))


def _changed(before: tuple[ParameterValue, ...], after: tuple[ParameterValue, ...]) -> tuple[str, ...]:
    """The parameters that came back with another value, and other words for it."""
    found = {each.name: each for each in after}

    def same(one: ParameterValue) -> bool:
        other = found.get(one.name)
        if other is None:
            return False
        return abs(other.value - one.value) <= _SAME_VALUE or (bool(one.text.strip()) and other.text == one.text)

    return tuple(each.name for each in before if not same(each))
