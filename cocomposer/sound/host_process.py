"""The process that contains native code: started as `python -m cocomposer.sound.host_process PARENT MEMORY BLOCK`.

It reads calls from standard input and answers on standard output (HOSTS.md is the page about them), and keeps what it
has loaded for the next call.  It never outlives its parent: on Linux the kernel ends it, elsewhere the end of standard
input does, and a watchdog in C ends it when a call overruns its limit, even while a plugin holds the interpreter.
"""

from __future__ import annotations

import base64
import faulthandler
import os
import queue
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NoReturn

from cocomposer.child_process import die_with
from cocomposer.sound.host_plugins import Instruments, RunningEffect, open_for_presets, open_window
from cocomposer.sound.protocol import VERSION, Performance, Reply, Request
from cocomposer.sound.shared_block import FRAME_BYTES, SharedBlock
from cocomposer.sound.soundfont_player import PlayingError

BEAT_SECONDS = 0.5
_EDITOR_SECONDS = 0.5


class Calls:
    """What a host can be asked to do: every public method is a call, its arguments are the call's.

    What a method returns is the result.  All that is large lies in the shared block.
    """

    def __init__(self, block: SharedBlock, answers: Answers) -> None:
        self._block, self._answers = block, answers
        self._instruments = Instruments()
        self._effects: dict[int, RunningEffect] = {}

    def ping(self) -> Mapping[str, Any]:
        return {}

    def load(self, key: str, kind: str, path: str, sample_rate: int, parameters: list[list[Any]], payload: int
             ) -> Mapping[str, Any]:  # fmt: skip
        """Load an instrument or plugin under `key`; its state is the payload."""
        self._instruments.load(key, kind, path, sample_rate, _settings(parameters), self._block.read(payload))
        return {}

    def turn(self, key: str, parameters: list[list[Any]]) -> Mapping[str, Any]:
        """Turn parameters of what is loaded under `key`."""
        self._instruments.turnable(key).turn(_settings(parameters))
        return {}

    def play(self, key: str, performance: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have the part played; the audio lies in the block."""
        self._block.clear()
        pieces = self._instruments.player(key).play(Performance.from_data(performance))
        return {"frames": sum(self._block.append(piece) for piece in pieces) // FRAME_BYTES}

    def parameters(self, key: str) -> Mapping[str, Any]:
        """Every parameter of a plugin as it stands."""
        return {"parameters": [asdict(each) for each in self._instruments.plugin(key).parameters()]}

    def state(self, key: str) -> Mapping[str, Any]:
        """The state of a plugin lies in the block."""
        return {"bytes": self._write(self._instruments.plugin(key).state())}

    def programs(self, path: str, payload: int) -> Mapping[str, Any]:
        """The names of a plugin's programs, its state being the payload."""
        return {"programs": list(open_for_presets(path, (), self._block.read(payload)).programs())}

    def preset(self, path: str, parameters: list[list[Any]], payload: int, program: int | None) -> Mapping[str, Any]:
        """A plugin as a preset file lies in the block: with its state and parameters, or with one of its programs."""
        plugin = open_for_presets(path, _settings(parameters), self._block.read(payload))
        if program is not None:
            plugin.choose(program)
        return {"bytes": self._write(plugin.preset())}

    def edit(self, path: str, parameters: list[list[Any]], payload: int) -> Mapping[str, Any]:
        """Show the window of a plugin until it is closed; its state is told as it changes, and at the end."""
        if sys.platform == "linux":
            if not os.environ.get("DISPLAY"):
                raise PlayingError("has no window where there is no display")
            survive_x_errors()
        plugin, closed = open_window(path, _settings(parameters), self._block.read(payload)), threading.Event()

        def tell() -> None:
            last = plugin.state()
            open_still = True
            while open_still:
                open_still = not closed.wait(_EDITOR_SECONDS)
                state = plugin.state()
                if state != last:
                    last = state
                    encoded = base64.b64encode(state).decode("ascii")
                    self._answers.say(Reply("changed", result={"state": encoded}))

        watcher = threading.Thread(target=tell, daemon=True)
        watcher.start()
        try:
            plugin.edit()
        finally:
            closed.set()
            watcher.join()
        return {}

    def open_effect(self, effect: int, path: str, sample_rate: int, parameters: list[list[Any]], payload: int
                    ) -> Mapping[str, Any]:  # fmt: skip
        """Start an effect under a number; its state is the payload."""
        state = self._block.read(payload)
        self.close_effect(effect)
        self._effects[effect] = RunningEffect(path, sample_rate, _settings(parameters), state)
        return {"latency": self._effects[effect].latency}

    def process(self, effect: int, payload: int) -> Mapping[str, Any]:
        """The next block of audio goes through the effect, and lies where it lay."""
        audio = self._effects[effect].process(self._block.read_audio(payload // FRAME_BYTES))
        return {"frames": self._block.write_audio(audio) // FRAME_BYTES}

    def turn_effect(self, effect: int, parameters: list[list[Any]]) -> Mapping[str, Any]:
        """Turn parameters of an effect."""
        self._effects[effect].turn(_settings(parameters))
        return {}

    def reset(self, effect: int) -> Mapping[str, Any]:
        """The effect forgets what it heard."""
        self._effects[effect].reset()
        return {}

    def close_effect(self, effect: int) -> Mapping[str, Any]:
        """Unload an effect."""
        if effect in self._effects:
            self._effects.pop(effect).close()
        return {}

    def _write(self, data: bytes) -> int:
        self._block.clear()
        return self._block.append(data)


class Answers:
    """The way back to the program; lines of several threads do not mix."""

    def __init__(self) -> None:
        # Plugins print to standard output; the protocol keeps the real one and they get the error stream.
        self._stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._lock = threading.Lock()

    def say(self, reply: Reply) -> None:
        with self._lock:
            self._stream.write(reply.to_line() + "\n")
            self._stream.flush()

    def beat(self) -> NoReturn:
        """Tell that this process lives, until it does not."""
        while True:
            time.sleep(BEAT_SECONDS)
            self.say(Reply("beat"))


def main() -> None:
    parent, memory, block = int(sys.argv[1]), int(sys.argv[2]), SharedBlock.inherit(sys.argv[3])
    die_with(parent)
    limit_memory(memory)
    answers = Answers()
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    threading.Thread(target=answers.beat, daemon=True).start()
    answers.say(Reply("hello", result={"version": VERSION}))
    calls = Calls(block, answers)
    while True:
        request = Request.from_line(requests.get())
        faulthandler.dump_traceback_later(request.limit, exit=True)
        answers.say(answer(calls, request))
        faulthandler.cancel_dump_traceback_later()


def answer(calls: Calls, request: Request) -> Reply:
    """Do what is asked and tell what came of it."""
    try:
        if request.name.startswith("_"):
            raise PlayingError("cannot do that")
        return Reply("done", request.serial, getattr(calls, request.name)(**request.arguments))
    except PlayingError as failure:
        reason = str(failure)
    except MemoryError:
        reason = "needs more memory than it may have"
    except Exception as error:  # whatever a library raises here is this instrument's failure, not the program's
        reason = f"failed: {str(error).strip()}"[:500]
    return Reply("failed", request.serial, reason=reason)


def limit_memory(most: int) -> None:
    """Let this process have up to `most` bytes of its own; more is refused, which ends most plugins."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is over at once, nothing is written to disk


def survive_x_errors() -> None:
    """Windows of plugins ask the display for what a plain one lacks; by default each such error ends the process."""
    import ctypes

    handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda _display, _error: 0)
    try:
        ctypes.CDLL("libX11.so.6").XSetErrorHandler(handler)
    except OSError:
        return
    _kept.append(handler)


_kept: list[Any] = []
"""What C holds on to, and Python must not throw away."""


def _read_requests(requests: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)


def _settings(parameters: list[list[Any]]) -> tuple[tuple[str, float], ...]:
    return tuple((str(name), float(value)) for name, value in parameters)


if __name__ == "__main__":
    main()
