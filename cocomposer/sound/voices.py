"""A built-in instrument in a DawDreamer engine: for the host process alone, which owns the native code."""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cocomposer.errors import SoundError
from cocomposer.sound.protocol import BEND, CONTROL, NOTE_OFF, NOTE_ON, MidiEvent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cocomposer.sound.built_in import BuiltIn

BEND_RANGE = 2.0
"""Semitones that the wheel bends to either side, as General MIDI has it."""
MODULATION = 1
SHORTEST = 0.002
"""Shortest note, in seconds: a voice must see its key held for a few samples."""
RING_OUT = 2.0
"""Longest that a key which can be choked is held, in seconds."""


@dataclass(frozen=True)
class Voices:
    """A built-in instrument in an engine: `graph` is what `engine.load_graph` takes; the engine's audio is stereo."""

    instrument: BuiltIn
    sample_rate: int
    graph: list[tuple[Any, list[str]]]
    _places: dict[str, list[tuple[Any, str]]]

    def set(self, parameters: Iterable[tuple[str, float]]) -> None:
        """Turn parameters and macros by name, all others to their defaults.  Raises SoundError as `settings` does."""
        for name, value in self.instrument.settings(parameters).items():
            for processor, path in self._places.get(name, ()):
                processor.set_parameter(path, value)

    def automate(self, name: str, values: NDArray[np.float32]) -> None:
        """Let the parameter or macro `name` follow `values`, one a frame from the start (read once a block).

        Raises SoundError for a name that is neither.
        """
        import numpy as np

        macro = next((macro for macro in self.instrument.macros if macro.name == name), None)
        if macro is None:
            self.instrument.settings([(name, 0.0)])
            self._follow(name, values)
            return
        amount = np.clip(values, 0.0, 1.0)
        for moved, first, second in macro.moves:
            self._follow(moved, first + (second - first) * amount)

    def _follow(self, name: str, values: NDArray[np.float32]) -> None:
        import numpy as np

        for processor, path in self._places.get(name, ()):
            processor.set_automation(path, np.ascontiguousarray(values, dtype=np.float32))

    def perform(self, events: Sequence[MidiEvent], seconds: float) -> None:
        """What the next `engine.render(seconds)` plays, in place of what was there.

        Notes, bends and the modulation wheel; other controllers are the mixer's.  A key that is never let go is held to
        the end.
        """
        voices = self.graph[0][0]
        voices.clear_midi()
        for start, end, pitch, velocity in sounding(events, seconds, self.instrument):
            voices.add_midi_note(pitch, velocity, start, max(SHORTEST, end - start))
        bends = [
            (at, BEND_RANGE * ((first | second << 7) - 8192) / 8192)
            for at, kind, first, second in events
            if kind == BEND
        ]
        wheel = [(at, value / 127) for at, kind, number, value in events if kind == CONTROL and number == MODULATION]
        self._follow("bend", self._steps(bends, seconds))
        self._follow("modulation", self._steps(wheel, seconds))

    def _steps(self, changes: list[tuple[float, float]], seconds: float) -> NDArray[np.float32]:
        import numpy as np

        if not changes:
            return np.zeros(1, np.float32)
        line = np.zeros(max(1, round(seconds * self.sample_rate)), np.float32)
        for at, value in changes:
            line[round(at * self.sample_rate) :] = value
        return line


def sounding(events: Sequence[MidiEvent], seconds: float, instrument: BuiltIn) -> list[tuple[float, float, int, int]]:
    """The notes of `events` as (start, end, pitch, velocity), sorted, times in seconds.

    The keys of a kit are let go at once, since a drum does not mind; those that can be choked when that happens.
    """
    notes: list[tuple[float, float, int, int]] = []
    open_keys: dict[int, list[tuple[float, int]]] = {}
    for at, status, pitch, velocity in events:
        if status == NOTE_ON and velocity > 0:
            open_keys.setdefault(pitch, []).append((at, velocity))
        elif status in (NOTE_ON, NOTE_OFF) and open_keys.get(pitch):
            start, loudness = open_keys[pitch].pop(0)
            notes.append((start, at, pitch, loudness))
    notes += [(start, seconds, pitch, loudness) for pitch, held in open_keys.items() for start, loudness in held]
    notes.sort()
    if not instrument.is_kit:
        return notes
    strikes = {
        key: [start for start, _, pitch, _ in notes if pitch in group] for group in instrument.chokes for key in group
    }
    return [(start, _let_go(start, strikes.get(pitch)), pitch, velocity) for start, _, pitch, velocity in notes]


def _let_go(start: float, strikes: list[float] | None) -> float:
    """When the key of a drum struck at `start` is let go: by the next of its group's `strikes`, if it has a group."""
    if strikes is None:
        return start + SHORTEST
    following = bisect_left(strikes, start + SHORTEST)
    return min([start + RING_OUT, *strikes[following : following + 1]])


def build(
    engine: Any,
    instrument: BuiltIn,
    parameters: Iterable[tuple[str, float]] = (),
    *,
    sample_rate: int = 44100,
    name: str = "built-in",
) -> Voices:
    """Compile `instrument` into `engine`, a `dawdreamer.RenderEngine` of `sample_rate`, and turn its `parameters`.

    Two processors, called `name` and `name effect`: the voices, and what they go through together.  libfaust keeps the
    compiled code for as long as the process lives, so a second instance of the same instrument takes milliseconds; on
    disk DawDreamer keeps none.  Raises SoundError where the program does not compile, or lacks a parameter that its
    description names.
    """
    voices = _compiled(engine, name, instrument, "process", instrument.voices)
    effect = _compiled(engine, f"{name} effect", instrument, "effect", 0)
    places: dict[str, list[tuple[Any, str]]] = {}
    for processor in (voices, effect):
        for each in processor.get_parameters_description():
            places.setdefault(each["name"].rpartition("/")[2], []).append((processor, each["name"]))
    missing = [p.name for p in instrument.parameters if p.name not in places]
    if missing:
        raise SoundError(f"{instrument.path.name} has no parameter {missing[0]!r}, which its description names.")
    built = Voices(instrument, sample_rate, [(voices, []), (effect, [name])], places)
    built.set(parameters)
    return built


def _compiled(engine: Any, name: str, instrument: BuiltIn, what: str, voices: int) -> Any:
    processor = engine.make_faust_processor(name)
    processor.num_voices = voices
    # Flushes numbers too small to hear to zero: decaying sounds are full of them, and they take four times as long.
    processor.compile_flags = ["-ftz", "2"]
    processor.faust_libraries_path = str(instrument.path.parent)
    processor.set_dsp_string(f'process = library("{instrument.path.name}").{what};')
    try:
        with _quiet():
            compiled = processor.compile()
    except RuntimeError as error:
        raise SoundError(f"{instrument.path.name} does not compile: {str(error).splitlines()[0]}") from error
    if not compiled:
        raise SoundError(f"{instrument.path.name} does not compile.")
    return processor


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep libfaust's remarks off the error stream: that voices have no effect of their own is an error to it."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
