"""The program's side of one host process: start it, call it, bound its time, end it without trace."""

from __future__ import annotations

import base64
import math
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cocomposer.child_process import child_environment, child_options, end
from cocomposer.errors import Cancelled, SoundError
from cocomposer.sound.protocol import MAX_REPLY, VERSION, Reply, Request, Settings
from cocomposer.sound.shared_block import SharedBlock

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

RUNAWAY = 1e3
"""+60 dBFS: no instrument means this."""

_POLL_SECONDS = 0.01
_START_SECONDS = 30.0
SILENT_SECONDS = 10.0
"""An idle host that has sent no beat for so long is taken for stuck."""


class HostError(SoundError):
    """A host process cannot do what was asked of it."""


class InstrumentError(SoundError):
    """An instrument crashed, hung, or gave no usable sound; the text finishes "The instrument X ..."."""


class InstrumentCrashError(InstrumentError):
    """It took its process down, or had to be stopped with it."""


class Host:
    """One host process.  One thread at a time calls it; `close` ends it.

    `owner` is the plugin that has it for itself, "" for a shared one; `held` what is loaded in it, by its key, with the
    parameters that were turned.
    """

    def __init__(self, memory: int, owner: str = "") -> None:
        """Start it, with `memory` bytes at most.  Raises InstrumentError.

        On Linux the process ends with the *thread* that calls this.
        """
        self.owner, self.wanted = owner, ""
        self.held: dict[str, Settings] = {}
        self.busy = False
        self.on_changed: Callable[[bytes], None] | None = None
        self._serial, self._pending, self._until = 0, 0, 0.0
        self._ended = False
        try:
            self.block = SharedBlock.create()
            self._process: Any = subprocess.Popen(
                [sys.executable, "-P", "-m", "cocomposer.sound.host_process", str(os.getpid()), str(memory),
                 self.block.address],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=child_environment(),
                pass_fds=self.block.descriptors,
                **child_options(),
            )  # fmt: skip
        except OSError as error:
            raise InstrumentError("could not be started") from error
        self._beat = time.monotonic()
        self._greeted = threading.Event()
        self._replies: queue.SimpleQueue[Reply | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read_replies, daemon=True, name="host")
        self._reader.start()

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def _read_replies(self) -> None:
        """Sort what the host says; anything that is no reply ends it."""
        try:
            while line := self._process.stdout.readline(MAX_REPLY + 1):
                reply = Reply.from_line(line)
                self._beat = time.monotonic()
                if reply.stage == "hello":
                    if reply.result.get("version") != VERSION:
                        break
                    self._greeted.set()
                if reply.stage in ("done", "failed"):
                    self._replies.put(reply)
                elif reply.stage == "changed" and self.on_changed is not None:
                    self.on_changed(base64.b64decode(reply.result["state"]))
        except (ValueError, TypeError, KeyError):
            self._replies.put(Reply("failed", -1))
        self._replies.put(None)
        self._greeted.set()

    def put(self, data: bytes) -> int:
        """Lay `data` in the shared block; returns its length, the `payload` of the call that needs it."""
        self.block.clear()
        return self.block.append(data)

    def call(
        self,
        name: str,
        seconds: float,
        doing: str,
        cancelled: Callable[[], bool] = lambda: False,
        /,
        **arguments: Any,
    ) -> Mapping[str, Any]:
        """Call the host and wait for its result, `seconds` at most; `doing` finishes "crashed while ...".

        Raises InstrumentCrashError, after which the host is good for nothing; InstrumentError where the host says that
        it could not; Cancelled when `cancelled` says so: the host is then still at work, see `is_ready`.
        """
        began = time.monotonic()
        while not self._greeted.wait(_POLL_SECONDS):  # starting is not the instrument's fault
            if cancelled():
                raise Cancelled("It was stopped.")
            if time.monotonic() > began + _START_SECONDS:
                raise InstrumentCrashError("could not be started")
        self._serial += 1
        self._pending, self._until = self._serial, time.monotonic() + seconds
        # The host's own limit is for when nobody is left to end it.
        request = Request(self._serial, name, arguments, limit=2 * seconds + 5)
        try:
            self._process.stdin.write(request.to_line() + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise InstrumentCrashError(f"crashed while {doing}") from error
        while True:
            if cancelled():
                raise Cancelled("It was stopped.")
            try:
                reply = self._replies.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if time.monotonic() > self._until:
                    raise InstrumentCrashError(f"did not answer while {doing} and was stopped") from None
                continue
            if reply is None:
                raise InstrumentCrashError(f"crashed while {doing}")
            if reply.serial == -1:
                raise InstrumentCrashError(f"answered nonsense while {doing}")
            if reply.serial == self._pending:
                self._pending = 0
                if reply.stage == "failed":
                    raise InstrumentError(reply.reason or "failed")
                return reply.result

    def is_ready(self) -> bool:
        """Has the call that was given up ended, so that the next can be made?"""
        while self._pending:
            try:
                reply = self._replies.get_nowait()
            except queue.Empty:
                return False
            if reply is None:
                return False
            if reply.serial == self._pending:
                self._pending = 0
        return True

    def is_lost(self) -> bool:
        """Has the process ended, overrun its time, or not been heard of for long?"""
        if self._ended or self._process.poll() is not None:
            return True
        now = time.monotonic()
        return now > self._until if self._pending else now > self._beat + SILENT_SECONDS

    def end(self) -> None:
        """End the process, and whatever it started, now; whoever waits for its reply is told."""
        if self._ended:
            return
        self._ended = True
        end(self._process)

    def close(self) -> None:
        """End the process and give back all that it took; closing twice does nothing."""
        self.end()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout, self.block):
            try:
                stream.close()
            except OSError:
                continue


def checked(audio: Audio) -> Audio:
    """The audio, (2, n), unless nobody can want it.  Raises InstrumentError."""
    peak = max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))
    if not math.isfinite(peak):
        raise InstrumentError("answered with samples that are not numbers")
    if peak > RUNAWAY:
        raise InstrumentError("ran away to a level no loudspeaker would survive")
    return audio
