"""A VST2 plugin in DawDreamer, in a host process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cocomposer.sound.plugins import MAX_TEXT, parameter_names
from cocomposer.sound.preset_files import plugin_id
from cocomposer.sound.protocol import AUDIBLE, Curve, MidiEvent, ParameterValue, Performance, Settings
from cocomposer.sound.soundfont_player import SILENCE, PlayingError
from cocomposer.sound.vst2_plugin import check_owner

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 512
"""Frames that DawDreamer processes at a time; automation moves once a block."""
TAIL_SECONDS = 2.0
"""How long a plugin is listened to after its last note before it is known how long it rings on."""


class DawDreamerPlugin:
    """One instance of a plugin in an engine of its own, at one sample rate."""

    def __init__(self, path: str, sample_rate: int) -> None:
        """Load it.  Raises whatever DawDreamer raises."""
        import dawdreamer

        self._engine: Any = dawdreamer.RenderEngine(sample_rate, BLOCK)
        self._plugin: Any = self._engine.make_plugin_processor("plugin", path)
        described = self._plugin.get_parameters_description()
        names = parameter_names(str(each["name"]) for each in described)
        self._indices = {name: int(each["index"]) for name, each in zip(names, described, strict=False)}
        self._graph_loaded = False
        self._tail = TAIL_SECONDS

    def parameters(self) -> tuple[ParameterValue, ...]:
        plugin = self._plugin
        return tuple(
            ParameterValue(name, float(plugin.get_parameter(index)), str(plugin.get_parameter_text(index))[:MAX_TEXT])
            for name, index in self._indices.items()
        )

    def turn(self, parameters: Settings) -> None:
        """Turn parameters; those that the plugin does not have (any more) stay unturned."""
        for name, value in parameters:
            if name in self._indices:
                self._plugin.set_parameter(self._indices[name], value)

    def state(self) -> bytes:
        """What the plugin saves of itself, as an FXB bank."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "state.fxp")
            self._plugin.save_state(str(path))
            return path.read_bytes()

    def restore(self, state: bytes) -> None:
        """Take back what `state` gave, or a preset file holds.  Raises PlayingError for anything else.

        `load_state` would open the plugin's window; this reads the same bytes.
        """
        check_owner(state, plugin_id(self.state()))  # JUCE takes a chunk of any plugin
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "state.fxp")
            path.write_bytes(state)
            if not self._plugin.load_preset(str(path)):
                raise PlayingError("has a state that is not one of this plugin")

    def edit(self) -> None:
        """Show the plugin's own window until the artist closes it."""
        self._plugin.open_editor()

    def play(self, performance: Performance) -> Iterator[NDArray[np.float32]]:
        """The part until it has rung out, as one piece of stereo float32, (n, 2).  Raises PlayingError."""
        if self._plugin.get_num_output_channels() == 0:
            raise PlayingError("has no audio output")
        self._engine.set_bpm(performance.bpm)
        with tempfile.TemporaryDirectory() as folder:
            score = Path(folder, "part.mid")
            _write_midi(score, performance.events)
            self._plugin.load_midi(str(score), clear_previous=True, beats=False, all_events=True)
        if not self._graph_loaded:
            self._engine.load_graph([(self._plugin, [])])
            self._graph_loaded = True
        moved = {self._indices[name]: curve for name, curve in performance.automation if name in self._indices}
        stood = {index: float(self._plugin.get_parameter(index)) for index in moved}
        for index, curve in moved.items():
            self._plugin.set_automation(index, line(curve, performance))
        # Sample players may still be reading from disk during the first render, which then is silent or cut:
        # a second render of the same graph gives the same audio where nothing was missing.
        for _ in range(3):
            audio = self._rendered(performance)
            if not np.abs(audio).max(initial=0) < AUDIBLE:
                break
        for index, value in stood.items():
            self._plugin.set_parameter(index, value)
        yield rung_out(audio, performance.frames)

    def _rendered(self, performance: Performance) -> NDArray[np.float32]:
        """The part until it has rung out, (channels, n).

        DawDreamer renders in one go: what rings longer than any part before is rendered again, for twice the time.
        """
        while True:
            tail = min(self._tail, performance.tail)
            self._engine.render(performance.seconds + tail)
            audio = np.asarray(self._engine.get_audio(), dtype=np.float32)
            last = audio[:, -max(1, round(tail / 2 * performance.sample_rate)) :]
            if tail == performance.tail or np.abs(last).max(initial=0) < SILENCE:
                return audio
            self._tail *= 2


def line(curve: Curve, performance: Performance) -> NDArray[np.float32]:
    """A value for each frame of the performance, between and beyond the points of `curve`."""
    at = np.arange(performance.frames) / performance.sample_rate
    return np.interp(at, [point[0] for point in curve], [point[1] for point in curve]).astype(np.float32)


def rung_out(audio: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Of audio (channels, n) the first two channels up to the last sound, `frames` at most, as (n, 2)."""
    stereo = audio[:2] if len(audio) >= 2 else np.repeat(audio[:1], 2, axis=0)
    sounding = np.flatnonzero(~(np.abs(stereo).max(axis=0) < SILENCE))
    end = int(sounding[-1]) + 1 if len(sounding) else 0
    return np.ascontiguousarray(stereo[:, : min(end, frames)].T)


def _write_midi(path: Path, events: tuple[MidiEvent, ...]) -> None:
    """The events as a MIDI file whose tick is 1/48,000 of a second, whatever the song's tempo."""
    import mido

    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    last = 0
    for seconds, status, first, second in events:
        tick = round(seconds * 48_000)
        track.append(mido.Message.from_bytes([status, first, second], time=tick - last))
        last = tick
    mido.MidiFile(type=0, ticks_per_beat=24_000, tracks=[track]).save(path)
