"""The host processes of the program: who is free, who has what loaded, and a new one for each that ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from cocomposer.errors import Cancelled
from cocomposer.sound.host import Host, InstrumentError

_POLL_SECONDS = 0.02


class HostPool:
    """Up to `limit` shared hosts and one for each owner that needs its own, each with `memory` bytes at most.

    A host in which `most_loaded` things were loaded is replaced.  Used by several threads.
    """

    def __init__(self, limit: int, memory: int, most_loaded: int = 1000) -> None:
        self._limit, self._memory, self._most_loaded = limit, memory, most_loaded
        self._hosts: list[Host] = []
        self._changed = threading.Condition()
        self._closed = False
        # The kernel ends a host with the thread that started it; this one lives as long as the pool.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="host-starter")

    def lend(
        self, key: str, owner: str = "", once: bool = False, cancelled: Callable[[], bool] = lambda: False
    ) -> Host:
        """A host for the caller alone until `give_back` or `discard`; best the one that holds `key` already.

        `once`: whatever is under `key` must not be loaded twice.  Waits until there is one.  Raises Cancelled, and
        InstrumentError when the pool is closed.
        """
        with self._changed:
            while True:
                if self._closed:
                    raise InstrumentError("cannot be asked any more: the program is closing")
                if cancelled():
                    raise Cancelled("It was stopped.")
                host = self._free(key, owner, once)
                if host is not None:
                    host.busy, host.wanted = True, key
                    return host
                self._changed.wait(_POLL_SECONDS)

    def can_answer(self, key: str) -> bool:
        """Does the host that holds `key` live, and is it not at work on a call that was given up?"""
        with self._changed:
            return any(
                key in host.held and not host.is_lost() and (host.busy or host.is_ready()) for host in self._hosts
            )

    def _free(self, key: str, owner: str, once: bool) -> Host | None:
        for host in [each for each in self._hosts if not each.busy and each.is_lost()]:
            self._hosts.remove(host)
            host.close()
        mine = [host for host in self._hosts if host.owner == owner]
        holding = [host for host in mine if key in host.held or key == host.wanted]
        candidates = holding if once and holding else [*holding, *mine]
        for host in candidates:
            if not host.busy and host.is_ready():
                return host
        if (once and holding) or len(mine) >= (1 if owner else self._limit):
            return None
        return self._start(owner)

    def _start(self, owner: str) -> Host:
        host = self._starter.submit(Host, self._memory, owner).result()
        self._hosts.append(host)
        return host

    def give_back(self, host: Host) -> None:
        """The host is free for the next.

        One that has loaded much is replaced: nothing is unloaded but so.  One that an owner has left empty is ended.
        """
        if len(host.held) >= self._most_loaded or (host.owner and not host.held):
            self.discard(host)
            return
        with self._changed:
            host.busy, host.wanted = False, ""
            self._changed.notify_all()

    def discard(self, host: Host) -> None:
        """The host is no good any more: it is ended, and if all shared it another started for whoever comes next."""
        host.close()
        with self._changed:
            if host in self._hosts:
                self._hosts.remove(host)
                if not self._closed and not host.owner:
                    self._start("")
            self._changed.notify_all()

    def close(self) -> None:
        """End every host, also those at work, whose callers get an InstrumentError."""
        with self._changed:
            self._closed = True
            hosts, self._hosts = self._hosts, []
            self._changed.notify_all()
        for host in hosts:
            host.end() if host.busy else host.close()
        self._starter.shutdown()
