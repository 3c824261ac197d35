"""Which plugins have taken a process down, and what follows: their own process first, then none until it is lifted."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from cocomposer.errors import Cancelled
from cocomposer.sound.host import Host, InstrumentCrashError, InstrumentError
from cocomposer.sound.host_pool import HostPool
from cocomposer.sound.quarantine_file import QuarantineFile

CRASHES = 2
"""Crashes after which a plugin is no longer asked."""


class Quarantine:
    """The crashes of one session, by the plugin's path, and who is in quarantine since, or since an earlier one.

    Used by several threads.
    """

    def __init__(self, file: QuarantineFile | None = None) -> None:
        self._file = file
        self._reasons: dict[str, str] = file.reasons() if file else {}
        self._crashes = Counter(dict.fromkeys(self._reasons, CRASHES))
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lent(
        self,
        pool: HostPool,
        key: str,
        path: str,
        *,
        once: bool = False,
        alone: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Host]:
        """A host of `pool` in which the plugin at `path` may do what it likes; see `HostPool.lend`.

        One that crashed before gets a host of its own, as does one that is to be `alone`.  Raises InstrumentError for
        a plugin in quarantine.
        """
        with self._lock:
            reason, owner = self._reasons.get(path), path if alone or self._crashes[path] else ""
        if reason is not None:
            raise InstrumentError(f"is in quarantine: it {reason}, and not for the first time")
        host = pool.lend(key, owner, once, cancelled)
        try:
            yield host
        except InstrumentCrashError as crash:
            pool.discard(host)
            self.blame(path, str(crash))
            raise
        except (InstrumentError, Cancelled):
            pool.give_back(host)
            raise
        except BaseException:
            pool.discard(host)
            raise
        pool.give_back(host)

    def blame(self, path: str, reason: str) -> None:
        """Count a crash, whose `reason` finishes "The plugin X ..."."""
        with self._lock:
            self._crashes[path] += 1
            if self._crashes[path] >= CRASHES:
                self._reasons[path] = reason
                if self._file:
                    self._file.add(path, reason)

    @property
    def reasons(self) -> Mapping[str, str]:
        """The plugins that are not asked any more, with what they did last."""
        with self._lock:
            return dict(self._reasons)

    def lift(self, path: str) -> None:
        """Give the plugin another chance, in a process of its own."""
        with self._lock:
            self._reasons.pop(path, None)
            self._crashes[path] = min(self._crashes[path], CRASHES - 1)
            if self._file:
                self._file.remove(path)
