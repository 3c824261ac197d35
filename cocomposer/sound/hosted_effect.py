"""A plugin effect that runs in a host process, block after block."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import Cancelled, CocomposerError
from cocomposer.music import Effect
from cocomposer.sound.host import Host, InstrumentError, checked
from cocomposer.sound.host_pool import HostPool
from cocomposer.sound.quarantine import Quarantine

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

_BLOCK_SECONDS, _TIMES_REALTIME = 1.0, 10
"""A block may take so long, and so many times its own length besides: then its process is ended."""


_TURN_SECONDS = 5.0
"""What else a running effect is asked may take so long."""


class HostedEffect:
    """One running instance of a plugin effect.  Used by one thread at a time.

    What it heard lasts from block to block.  All effects of one plugin share a process; where that ended they are
    started again with its state for the next block.  `latency` is the number of frames that its output lags.

    `patience` is for effects in music that is being heard: no call but `restart` then takes longer, in seconds, and
    nothing is started again but by `restart`.
    """

    def __init__(
        self,
        effect: Effect,
        sample_rate: int,
        number: int,
        pool: HostPool,
        quarantine: Quarantine,
        seconds: float,
        patience: float = math.inf,
    ) -> None:
        """Start it, in `seconds` at most.  Raises InstrumentError."""
        self._effect, self._rate, self._number, self._seconds = effect, sample_rate, number, seconds
        self._pool, self._quarantine, self._patience = pool, quarantine, patience
        self._parameters = dict(effect.parameters)
        self._key = f"effect {number}"
        self._lock = threading.Lock()
        self._given_up = False
        self.latency = 0
        with self._lent(_never) as host:
            self._open(host)

    def _lent(self, late: Callable[[], bool]) -> AbstractContextManager[Host]:
        """The process of this plugin: another one that crashes has its own, and does not interrupt this one."""
        if not Path(self._effect.plugin).exists():
            raise InstrumentError("is not there")
        return self._quarantine.lent(self._pool, self._key, self._effect.plugin, alone=True, cancelled=late)

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

    @contextlib.contextmanager
    def _running(self, doing: str) -> Iterator[tuple[Host, Callable[[], bool]]]:
        """The process with the effect in it, and what says that patience is at an end.  Raises InstrumentError."""
        until = time.monotonic() + self._patience
        if self._patience < math.inf and not self._pool.can_answer(self._key):
            raise InstrumentError("lost its process")
        try:
            with self._lent(lambda: time.monotonic() > until) as host:
                self._open(host)
                yield host, lambda: time.monotonic() > until
        except Cancelled as error:
            self._given_up = True
            raise InstrumentError(f"did not answer while {doing}") from error

    def process(self, audio: Audio) -> Audio:
        """The next block, float32 (2, n) to (2, n).  Raises InstrumentError; the next block starts afresh then."""
        with self._lock, self._running("processing") as (host, late):
            try:
                limit = _BLOCK_SECONDS + _TIMES_REALTIME * audio.shape[1] / self._rate
                payload = host.block.write_audio(audio)
                host.call("process", limit, "processing", late, effect=self._number, payload=payload)
                answer = checked(host.block.read_audio(audio.shape[1]))
                if answer.shape != audio.shape:
                    raise InstrumentError("answered with less than it was given")
            except InstrumentError:
                host.held.pop(self._key, None)
                raise
        return answer

    def set_parameter(self, name: str, value: float) -> None:
        """Turn a parameter of the plugin, 0..1.  Raises InstrumentError."""
        with self._lock, self._running("being turned") as (host, late):
            self._parameters[name] = value
            turned = [(name, value)]
            host.call("turn_effect", _TURN_SECONDS, "being turned", late, effect=self._number, parameters=turned)

    def reset(self) -> None:
        """Forget what was heard.  Raises InstrumentError."""
        with self._lock, self._running("being reset") as (host, late):
            host.call("reset", _TURN_SECONDS, "being reset", late, effect=self._number)

    def restart(self) -> None:
        """Be ready again after a failure, however long that takes, and remember nothing.  Raises InstrumentError."""
        with self._lock, self._lent(_never) as host:
            if self._given_up and self._key not in host.held:  # it never answered, and was ended
                self._quarantine.blame(self._effect.plugin, "did not answer and was stopped")
            self._given_up = False
            self._open(host)
            host.call("reset", _TURN_SECONDS, "being reset", effect=self._number)

    def close(self) -> None:
        """Unload it.  A plugin that crashes now does no harm any more."""
        try:
            with self._lock, self._lent(_never) as host:
                if self._key in host.held:
                    host.held.pop(self._key, None)
                    host.call("close_effect", self._seconds, "being unloaded", effect=self._number)
        except CocomposerError:
            return


def _never() -> bool:
    return False
