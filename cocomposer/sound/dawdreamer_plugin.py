"""Instruments in DawDreamer, in a host process: VST2 plugins, and the engine that the built-in ones play in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cocomposer.sound.plugins import MAX_PARAMETERS, MAX_TEXT
from cocomposer.sound.protocol import AUDIBLE, MidiEvent, ParameterValue, Performance
from cocomposer.sound.soundfont_player import SILENCE, PlayingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 512


class EngineInstrument:
    """One processor of DawDreamer that plays notes, in an engine of its own, at one sample rate."""

    def __init__(self, sample_rate: int) -> None:
        import dawdreamer

        self._sample_rate = sample_rate
        self.engine: Any = dawdreamer.RenderEngine(sample_rate, _BLOCK)
        self._processor: Any = None
        self._indices: dict[str, int] = {}

    def plug(self, processor: Any, indices: Mapping[str, int]) -> None:
        """The processor that plays; `indices` of its parameters by name are those that automation moves."""
        self._processor, self._indices = processor, dict(indices)
        self._graph_loaded = False

    def play(self, performance: Performance) -> Iterator[NDArray[np.float32]]:
        """The part until it has rung out, as one piece of stereo float32, (n, 2).  Raises PlayingError."""
        if self._processor.get_num_output_channels() == 0:
            raise PlayingError("has no audio output")
        self.engine.set_bpm(performance.bpm)
        with tempfile.TemporaryDirectory() as folder:
            score = Path(folder, "part.mid")
            _write_midi(score, performance.events)
            self._processor.load_midi(str(score), clear_previous=True, beats=False, all_events=True)
        if not self._graph_loaded:
            self.engine.load_graph([(self._processor, [])])
            self._graph_loaded = True
        before = self._automate(performance)
        # Sample players may still be reading from disk during the first render, which then is silent or cut:
        # a second render of the same graph gives the same audio where nothing was missing.
        for _ in range(3):
            self.engine.render(performance.seconds + performance.tail)
            audio = np.asarray(self.engine.get_audio(), dtype=np.float32)
            if not np.abs(audio).max(initial=0) < AUDIBLE:
                break
        for index, value in before.items():
            self._processor.set_parameter(index, value)
        yield rung_out(audio, performance.frames)

    def _automate(self, performance: Performance) -> dict[int, float]:
        """Have parameters move; returns where they stood, by index."""
        before = {}
        for name, curve in performance.automation:
            if name in self._indices and curve:
                index = self._indices[name]
                before[index] = float(self._processor.get_parameter(index))
                at = np.arange(performance.frames) / self._sample_rate
                values = np.interp(at, [point[0] for point in curve], [point[1] for point in curve])
                self._processor.set_automation(index, values.astype(np.float32))
        return before


class DawDreamerPlugin(EngineInstrument):
    """One instance of a plugin."""

    def __init__(self, path: str, sample_rate: int) -> None:
        """Load it.  Raises whatever DawDreamer raises."""
        super().__init__(sample_rate)
        plugin = self.engine.make_plugin_processor("plugin", path)
        indices: dict[str, int] = {}
        for each in plugin.get_parameters_description()[:MAX_PARAMETERS]:
            indices.setdefault(str(each["name"])[:MAX_TEXT], int(each["index"]))
        self.plug(plugin, indices)

    def parameters(self) -> tuple[ParameterValue, ...]:
        plugin = self._processor
        return tuple(
            ParameterValue(name, float(plugin.get_parameter(index)), str(plugin.get_parameter_text(index))[:MAX_TEXT])
            for name, index in self._indices.items()
        )

    def set_parameter(self, name: str, value: float) -> None:
        """Turn a parameter; one the plugin does not have (any more) stays unturned."""
        if name in self._indices:
            self._processor.set_parameter(self._indices[name], value)

    def state(self) -> bytes:
        """What the plugin saves of itself, as an FXB bank."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "state.fxp")
            self._processor.save_state(str(path))
            return path.read_bytes()

    def restore(self, state: bytes) -> None:
        """Take back what `state` gave.  `load_state` would open the plugin's window; this reads the same bytes."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "state.fxp")
            path.write_bytes(state)
            self._processor.load_preset(str(path))

    def edit(self) -> None:
        """Show the plugin's own window until the artist closes it."""
        self._processor.open_editor()


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
