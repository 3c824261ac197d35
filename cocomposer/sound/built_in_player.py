"""One of the program's own Faust instruments in DawDreamer, in a host process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cocomposer.sound.dawdreamer_plugin import BLOCK, line, rung_out
from cocomposer.sound.protocol import Performance, Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BuiltInPlayer:
    """A built-in instrument in an engine of its own, compiled, at one sample rate."""

    def __init__(self, name: str, sample_rate: int, parameters: Settings) -> None:
        """Compile it.  Raises SoundError for an unknown one."""
        import dawdreamer

        from cocomposer.sound.built_in import built_in
        from cocomposer.sound.voices import build

        self._engine: Any = dawdreamer.RenderEngine(sample_rate, BLOCK)
        self._parameters = parameters
        self._voices = build(self._engine, built_in(name), parameters, sample_rate=sample_rate)
        self._engine.load_graph(self._voices.graph)

    def turn(self, parameters: Settings) -> None:
        """Turn these parameters, and all others to where they are at first."""
        self._parameters = parameters
        self._voices.set(parameters)

    def play(self, performance: Performance) -> Iterator[NDArray[np.float32]]:
        """The part until it has rung out, as one piece of stereo float32, (n, 2)."""
        length = performance.seconds + performance.tail
        self._voices.perform(performance.events, length)
        for name, curve in performance.automation:
            self._voices.automate(name, line(curve, performance))
        self._engine.render(length)
        yield rung_out(self._engine.get_audio(), performance.frames)
        if performance.automation:
            self._voices.set(self._parameters)
