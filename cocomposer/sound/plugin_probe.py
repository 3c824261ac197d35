"""The child that asks one plugin about itself: `python -m cocomposer.sound.plugin_probe PARENT_PID PLUGIN SECONDS`.

It prints one line of JSON, a `PluginInfo`, and ends.  Whatever the plugin does to this process is the answer as well.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from cocomposer.child_process import die_with
from cocomposer.sound.host_process import limit_memory
from cocomposer.sound.plugins import Parameter, PluginInfo, kind_of, parameter_names
from cocomposer.sound.protocol import AUDIBLE
from cocomposer.sound.soundfont_player import PlayingError
from cocomposer.sound.vst2_plugin import check_single

_RATE, _BLOCK = 44100, 512
_MEMORY = 4 << 30
_NOTE_SECONDS, _LISTENED = 0.5, 1.0


def main() -> None:
    die_with(int(sys.argv[1]))
    limit_memory(_MEMORY)
    path, limit = Path(sys.argv[2]), float(sys.argv[3])
    # Plugins print to standard output; the answer keeps the real one and they get the error stream.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    faulthandler.dump_traceback_later(limit, exit=True)
    info = ask(path)
    answers.write(json.dumps(info.to_data()) + "\n")
    answers.flush()
    # A plugin that crashes while it is unloaded has answered all the same.
    os._exit(0)


def ask(path: Path) -> PluginInfo:
    """Load the plugin and read what it says of itself; an instrument is what sounds when a note is played to it."""
    import dawdreamer

    engine = dawdreamer.RenderEngine(_RATE, _BLOCK)
    began = time.perf_counter()
    try:
        if kind_of(path) == "VST2":
            check_single(str(path))
        plugin = engine.make_plugin_processor("plugin", str(path))
    except PlayingError as error:
        return PluginInfo(path, path.stem, kind_of(path), problem=str(error))
    except Exception as error:  # whatever a library raises here is this plugin's failure
        return PluginInfo(path, path.stem, kind_of(path), problem=f"cannot be loaded: {str(error).strip()[:200]}")
    seconds = time.perf_counter() - began
    inputs, outputs = plugin.get_num_input_channels(), plugin.get_num_output_channels()
    described = plugin.get_parameters_description()
    names = parameter_names(str(each.get("name", "")) for each in described)
    parameters = tuple(_parameter(name, each) for name, each in zip(names, described, strict=False))
    return PluginInfo(
        path, path.stem, kind_of(path), is_instrument=outputs > 0 and _sounds(engine, plugin, inputs), inputs=inputs,
        outputs=outputs, latency=max(0, int(plugin.get_latency_samples())), seconds=round(seconds, 3),
        parameters=parameters,
    )  # fmt: skip


def _parameter(name: str, described: dict[str, Any]) -> Parameter:
    steps = int(described.get("numSteps", 0))
    return Parameter(
        name, str(described.get("label", "")), steps if 0 < steps < 1000 else 0,
        min(1.0, max(0.0, float(described.get("defaultValue", 0.0)))),
    )  # fmt: skip


def _sounds(engine: Any, plugin: Any, inputs: int) -> bool:
    """Does it answer a note, without anything to process?  Twice asked: samples may still be loading at first."""
    import numpy as np

    before = []
    if inputs:
        silence = np.zeros((max(2, inputs), int(_RATE * _LISTENED)), np.float32)
        before = [engine.make_playback_processor("silence", silence)]
    for pitch in (60, 36):
        plugin.clear_midi()
        plugin.add_midi_note(pitch, 100, 0.0, _NOTE_SECONDS)
        engine.load_graph([*((each, []) for each in before), (plugin, [each.get_name() for each in before])])
        for _ in range(2):
            engine.render(_LISTENED)
            peak = float(np.abs(np.nan_to_num(engine.get_audio())).max(initial=0.0))
            if peak >= AUDIBLE:
                return True
    return False


if __name__ == "__main__":
    main()
