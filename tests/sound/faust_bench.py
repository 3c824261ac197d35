"""Plays built-in instruments for the tests, in a child process: DawDreamer must not share one with PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocomposer.sound.built_in import BuiltIn, built_in
from cocomposer.sound.protocol import NOTE_OFF, NOTE_ON, MidiEvent

RATE = 44_100
_ready: dict[str, tuple[Any, Any]] = {}


def play(
    name: str,
    events: tuple[MidiEvent, ...],
    seconds: float,
    parameters: tuple[tuple[str, float], ...] = (),
    automation: tuple[tuple[str, NDArray[np.float32]], ...] = (),
) -> NDArray[np.float32]:
    """The instrument `name` playing `events`, (2, n)."""
    engine, voices = _ready[name] if name in _ready else _ready.setdefault(name, _built(built_in(name)))
    voices.set(parameters)
    voices.perform(events, seconds)
    for parameter, values in automation:
        voices.automate(parameter, values)
    engine.render(seconds)
    return np.asarray(engine.get_audio(), dtype=np.float32)


def compile_error(instrument: BuiltIn) -> str:
    """What `build` says to an instrument that it refuses, "" where it takes it."""
    try:
        _built(instrument)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _built(instrument: BuiltIn) -> tuple[Any, Any]:
    import dawdreamer

    from cocomposer.sound.voices import build

    engine = dawdreamer.RenderEngine(RATE, 256)
    voices = build(engine, instrument, sample_rate=RATE)
    engine.load_graph(voices.graph)
    return engine, voices


def notes(*played: tuple[float, float, int, int]) -> tuple[MidiEvent, ...]:
    """(start, end, pitch, velocity) as events."""
    events = [(start, NOTE_ON, pitch, velocity) for start, _, pitch, velocity in played]
    events += [(end, NOTE_OFF, pitch, 0) for _, end, pitch, _ in played]
    return tuple(sorted(events))
