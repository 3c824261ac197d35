"""The program's own Faust instruments in DawDreamer, in a host process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cocomposer.sound.dawdreamer_plugin import EngineInstrument
from cocomposer.sound.protocol import Performance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BuiltInPlayer:
    """A built-in instrument, compiled, with its parameters set."""

    def __init__(self, name: str, parameters: tuple[tuple[str, float], ...], sample_rate: int) -> None:
        """Build it.  Raises SoundError for an unknown one."""
        from cocomposer.sound.built_in import build, built_in

        self._instrument = EngineInstrument(sample_rate)
        processor: Any = build(self._instrument.engine, built_in(name), parameters)
        described = processor.get_parameters_description()
        self._instrument.plug(processor, {each["name"]: each["index"] for each in described})

    def play(self, performance: Performance) -> Iterator[NDArray[np.float32]]:
        """The part until it has rung out, as one piece of stereo float32, (n, 2)."""
        return self._instrument.play(performance)
