"""A VST3 or Audio Unit plugin in pedalboard, in a host process: state without a window, and effects block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cocomposer.sound.dawdreamer_plugin import BLOCK, rung_out
from cocomposer.sound.plugins import MAX_TEXT, parameter_names
from cocomposer.sound.preset_files import is_vst3_preset, plugin_id
from cocomposer.sound.protocol import ParameterValue, Performance, Settings
from cocomposer.sound.soundfont_player import PlayingError
from cocomposer.sound.vst2_plugin import check_owner

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PedalboardPlugin:
    """One instance of a plugin at one sample rate; it goes on, block by block, until it is reset."""

    def __init__(self, path: str, sample_rate: int) -> None:
        """Load it.  Raises whatever pedalboard raises."""
        import pedalboard

        self._sample_rate = sample_rate
        module: Any = pedalboard  # its types leave out what plugins can do
        self._plugin = module.load_plugin(path)
        self.is_instrument = bool(self._plugin.is_instrument)
        self.is_mono = not self.is_instrument and self._takes_one_channel()
        # What cannot be automated is a meter, or what the host has to set, like the sample rate.
        settable = [index for index, each in enumerate(self._plugin._parameters) if each.is_automatable]
        names = parameter_names(str(self._plugin._parameters[index].name) for index in settable)
        self._indices = dict(zip(names, settable, strict=False))
        self.latency = max(0, int(self._plugin.reported_latency_samples))

    def _takes_one_channel(self) -> bool:
        try:
            self._plugin.process(np.zeros((2, BLOCK), np.float32), self._sample_rate, buffer_size=BLOCK)
        except ValueError:  # it names the channels it has
            return True
        self._plugin.reset()
        return False

    def parameters(self) -> tuple[ParameterValue, ...]:
        known = self._plugin._parameters
        return tuple(
            ParameterValue(name, float(known[index].raw_value), str(known[index].string_value)[:MAX_TEXT])
            for name, index in self._indices.items()
        )

    def turn(self, parameters: Settings) -> None:
        """Turn parameters; those that the plugin does not have (any more) stay unturned."""
        # Some make all their parameters anew as they like: what was asked for a while ago may be gone.
        known = self._plugin._parameters
        for name, value in parameters:
            if name in self._indices:
                known[self._indices[name]].raw_value = min(1.0, max(0.0, value))

    def state(self) -> bytes:
        """What the plugin saves of itself; parameters that were turned reach it with the next block, a silent one."""
        if self.is_instrument:
            self._plugin([], BLOCK / self._sample_rate, self._sample_rate, num_channels=2, reset=False)
        else:
            self.process(np.zeros((1 if self.is_mono else 2, BLOCK), np.float32))
        return bytes(self._plugin.raw_state)

    def restore(self, state: bytes) -> None:
        """Take back what `state` or `preset` gave, or a preset file holds.

        Raises PlayingError for what another plugin saved.
        """
        if not is_vst3_preset(state):
            self._plugin.raw_state = state
            return
        check_owner(state, plugin_id(self._plugin.preset_data))
        try:
            self._plugin.preset_data = state
        except RuntimeError as error:
            raise PlayingError("does not take that preset") from error

    def preset(self) -> bytes:
        """The same as `state`, as a .vstpreset file.  Raises PlayingError for an Audio Unit."""
        self.state()
        if not hasattr(self._plugin, "preset_data"):
            raise PlayingError("has no kind of preset file that is written here")
        return bytes(self._plugin.preset_data)

    def programs(self) -> tuple[str, ...]:
        """Of this kind they are a parameter like others, if it has any."""
        return ()

    def choose(self, program: int) -> None:
        """Raises PlayingError."""
        raise PlayingError(f"has no program {program + 1}")

    def edit(self) -> None:
        """Show the plugin's own window until the artist closes it."""
        self._plugin.show_editor()

    def play(self, performance: Performance) -> Iterator[NDArray[np.float32]]:
        """The part until it has rung out, as one piece of stereo float32, (n, 2)."""
        messages = [(bytes([status, first, second]), at) for at, status, first, second in performance.events]
        length = performance.seconds + performance.tail
        audio = self._plugin(messages, length, self._sample_rate, num_channels=2, buffer_size=BLOCK, reset=True)
        yield rung_out(np.asarray(audio, dtype=np.float32), performance.frames)

    def process(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next block, (2, n) to (2, n), `latency` late; (1, n) for a mono one."""
        answer = self._plugin.process(audio, self._sample_rate, buffer_size=BLOCK, reset=False)
        # pedalboard holds back as many frames at first as the plugin is late.
        held = audio.shape[1] - answer.shape[1]
        return np.pad(answer, ((0, 0), (held, 0))) if held else answer

    def reset(self) -> None:
        """Forget what was heard."""
        self._plugin.reset()

    def close(self) -> None:
        """Unload it."""
        self._plugin = None
