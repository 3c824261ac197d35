"""What a host process keeps loaded: players and plugins, each under the key its caller gave, and running effects."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from cocomposer.sound.plugins import kind_of
from cocomposer.sound.protocol import ParameterValue, Performance, Settings
from cocomposer.sound.soundfont_player import PlayingError, SoundFontPlayer

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


_RATE = 44100


class Player(Protocol):
    """Plays parts, in pieces of interleaved stereo float32."""

    def play(self, performance: Performance) -> Iterator[Any]: ...


class Turnable(Player, Protocol):
    """It has parameters."""

    def turn(self, parameters: Settings) -> None: ...


class Plugin(Turnable, Protocol):
    """A plugin that is loaded."""

    def parameters(self) -> tuple[ParameterValue, ...]: ...
    def state(self) -> bytes: ...
    def restore(self, state: bytes) -> None: ...


class PluginWindow(Protocol):
    """A plugin that can be turned in its own window."""

    def turn(self, parameters: Settings) -> None: ...
    def state(self) -> bytes: ...
    def restore(self, state: bytes) -> None: ...
    def edit(self) -> None: ...


class PresetPlugin(Protocol):
    """A plugin that has programs and can be saved as a preset file."""

    def turn(self, parameters: Settings) -> None: ...
    def restore(self, state: bytes) -> None: ...
    def preset(self) -> bytes: ...
    def programs(self) -> tuple[str, ...]: ...
    def choose(self, program: int) -> None: ...


class Instruments:
    """Players under the keys that the program gave them, until the process ends."""

    def __init__(self) -> None:
        self._players: dict[str, Any] = {}
        self._soundfont = ""

    def load(self, key: str, kind: str, path: str, sample_rate: int, parameters: Settings, state: bytes) -> None:
        """Load an instrument or plugin under `key`.  Raises PlayingError and whatever its library raises."""
        if kind == "soundfont":
            # First, so that two large ones are never in memory together.
            self._players.pop(self._soundfont, None)
            self._soundfont = key
            self._players[key] = _soundfont_player(path, sample_rate)
        elif kind == "built-in":
            from cocomposer.sound.built_in_player import BuiltInPlayer

            self._players[key] = BuiltInPlayer(path, sample_rate, parameters)
        else:
            self._players[key] = open_plugin(path, sample_rate, parameters, state)

    def player(self, key: str) -> Player:
        """What is loaded under `key`; where the program reads on, it knows what kind that is."""
        player: Player = self._players[key]
        return player

    def turnable(self, key: str) -> Turnable:
        player: Turnable = self._players[key]
        return player

    def plugin(self, key: str) -> Plugin:
        player: Plugin = self._players[key]
        return player


def _soundfont_player(path: str, sample_rate: int) -> Player:
    from importlib.util import find_spec

    if find_spec("tinysoundfont") is not None:
        return SoundFontPlayer(path, sample_rate)
    from cocomposer.sound.plain_soundfont import PlainSoundFontPlayer

    return PlainSoundFontPlayer(path, sample_rate)


def open_plugin(path: str, sample_rate: int, parameters: Settings, state: bytes) -> Plugin:
    """A plugin with its state, and the parameters turned.  Raises whatever its library raises."""
    plugin: Plugin
    if has_binary_interface_2(path):
        from cocomposer.sound.dawdreamer_plugin import DawDreamerPlugin

        plugin = DawDreamerPlugin(path, sample_rate)
    else:
        from cocomposer.sound.pedalboard_plugin import PedalboardPlugin

        plugin = PedalboardPlugin(path, sample_rate)
    if state:
        plugin.restore(state)
    plugin.turn(parameters)
    return plugin


def open_window(path: str, parameters: Settings, state: bytes) -> PluginWindow:
    """A plugin, ready to show its window.  Raises whatever its library raises."""
    window: PluginWindow
    if has_binary_interface_2(path) and sys.platform == "linux":
        from cocomposer.sound.vst2_window import Vst2Window

        window = Vst2Window(path, _RATE)
    elif has_binary_interface_2(path):
        from cocomposer.sound.dawdreamer_plugin import DawDreamerPlugin

        window = DawDreamerPlugin(path, _RATE)
    else:
        from cocomposer.sound.pedalboard_plugin import PedalboardPlugin

        window = PedalboardPlugin(path, _RATE)
    if state:
        window.restore(state)
    window.turn(parameters)
    return window


def open_for_presets(path: str, parameters: Settings, state: bytes) -> PresetPlugin:
    """A plugin whose programs and presets are wanted.  Raises whatever its library raises."""
    plugin: PresetPlugin
    if has_binary_interface_2(path):
        from cocomposer.sound.vst2_plugin import Vst2Plugin

        plugin = Vst2Plugin(path, _RATE)
    else:
        from cocomposer.sound.pedalboard_plugin import PedalboardPlugin

        plugin = PedalboardPlugin(path, _RATE)
    if state:
        plugin.restore(state)
    plugin.turn(parameters)
    return plugin


def has_binary_interface_2(path: str | Path) -> bool:
    """Is it a VST2 plugin, which pedalboard does not load?"""
    from pathlib import Path

    return kind_of(Path(path)) == "VST2"


class EffectUnit(Protocol):
    """One instance of an effect that goes on from block to block."""

    @property
    def latency(self) -> int: ...
    @property
    def is_mono(self) -> bool: ...
    def turn(self, parameters: Settings) -> None: ...
    def restore(self, state: bytes) -> None: ...
    def process(self, audio: NDArray[np.float32]) -> NDArray[np.float32]: ...
    def reset(self) -> None: ...
    def close(self) -> None: ...


class RunningEffect:
    """A stereo effect; a plugin with one channel runs twice, once a side."""

    def __init__(self, path: str, sample_rate: int, parameters: Settings, state: bytes) -> None:
        """Load it.  Raises PlayingError and whatever its library raises."""

        def unit() -> EffectUnit:
            unit: EffectUnit
            if has_binary_interface_2(path):
                from cocomposer.sound.vst2_effect import Vst2Effect

                unit = Vst2Effect(path, sample_rate)
            else:
                from cocomposer.sound.pedalboard_plugin import PedalboardPlugin

                plugin = PedalboardPlugin(path, sample_rate)
                if plugin.is_instrument:
                    raise PlayingError("is an instrument, no effect")
                unit = plugin
            if state:
                unit.restore(state)
            unit.turn(parameters)
            return unit

        self._units = [unit()]
        if self._units[0].is_mono:
            self._units.append(unit())
        self.latency = self._units[0].latency

    def process(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next block, (2, n) to (2, n)."""
        import numpy as np

        if len(self._units) == 1:
            return self._units[0].process(audio)
        sides = [unit.process(audio[side : side + 1])[:1] for side, unit in enumerate(self._units)]
        return np.concatenate(sides)

    def turn(self, parameters: Settings) -> None:
        for unit in self._units:
            unit.turn(parameters)

    def reset(self) -> None:
        for unit in self._units:
            unit.reset()

    def close(self) -> None:
        for unit in self._units:
            unit.close()
