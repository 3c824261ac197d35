"""A plugin effect that runs in a host process, block after block."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import CocomposerError
from cocomposer.music import Effect
from cocomposer.sound.host import Host, InstrumentError, checked
from cocomposer.sound.host_pool import HostPool
from cocomposer.sound.quarantine import Quarantine

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

_BLOCK_SECONDS, _TIMES_REALTIME = 1.0, 10
"""A block may take so long, and so many times its own length besides: in playback a hang is over soon."""


class HostedEffect:
    """One running instance of a plugin effect.  Used by one thread at a time.

    What it heard lasts from block to block.  All effects of one plugin share a process; where that ended they are
    started again with its state for the next block.  `latency` is the number of frames that its output lags.
    """

    def __init__(
        self, effect: Effect, sample_rate: int, number: int, pool: HostPool, quarantine: Quarantine, seconds: float
    ) -> None:
        """Start it.  Raises InstrumentError."""
        self._effect, self._rate, self._number, self._seconds = effect, sample_rate, number, seconds
        self._pool, self._quarantine = pool, quarantine
        self._parameters = dict(effect.parameters)
        self._key = f"effect {number}"
        self._lock = threading.Lock()
        self.latency = 0
        with self._lent() as host:
            self._open(host)

    def _lent(self) -> AbstractContextManager[Host]:
        """The process of this plugin: another one that crashes has its own, and does not interrupt this one."""
        if not Path(self._effect.plugin).exists():
            raise InstrumentError("is not there")
        return self._quarantine.lent(self._pool, self._key, self._effect.plugin, alone=True)

    def _open(self, host: Host) -> None:
        if self._key in host.held:
            return
        result = host.call(
            "open_effect", self._seconds, "loading", effect=self._number, path=self._effect.plugin,
            sample_rate=self._rate, parameters=list(self._parameters.items()),
            payload=host.put(self._effect.state),
        )  # fmt: skip
        self.latency = max(0, int(result.get("latency", 0)))
        host.held[self._key] = ()

    def process(self, audio: Audio) -> Audio:
        """The next block, float32 (2, n) to (2, n).  Raises InstrumentError; the next block starts afresh then."""
        with self._lock, self._lent() as host:
            self._open(host)
            try:
                limit = _BLOCK_SECONDS + _TIMES_REALTIME * audio.shape[1] / self._rate
                payload = host.block.write_audio(audio)
                host.call("process", limit, "processing", effect=self._number, payload=payload)
                answer = checked(host.block.read_audio(audio.shape[1]))
                if answer.shape != audio.shape:
                    raise InstrumentError("answered with less than it was given")
            except InstrumentError:
                host.held.pop(self._key, None)
                raise
        return answer

    def set_parameter(self, name: str, value: float) -> None:
        """Turn a parameter of the plugin, 0..1.  Raises InstrumentError."""
        with self._lock, self._lent() as host:
            self._parameters[name] = value
            self._open(host)
            host.call("turn_effect", self._seconds, "being turned", effect=self._number, parameters=[(name, value)])

    def reset(self) -> None:
        """Forget what was heard.  Raises InstrumentError."""
        with self._lock, self._lent() as host:
            self._open(host)
            host.call("reset", self._seconds, "being reset", effect=self._number)

    def close(self) -> None:
        """Unload it.  A plugin that crashes now does no harm any more."""
        try:
            with self._lock, self._lent() as host:
                if self._key in host.held:
                    host.held.pop(self._key, None)
                    host.call("close_effect", self._seconds, "being unloaded", effect=self._number)
        except CocomposerError:
            return
