"""The parent's side of the instrument process: start it, ask it to play, bound its time, end it without trace."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from cocomposer.child_process import child_environment, child_options, end
from cocomposer.errors import Cancelled, SoundError
from cocomposer.sound.protocol import MAX_REPLY, RenderReply, RenderRequest

_POLL_SECONDS = 0.05


class InstrumentError(SoundError):
    """An instrument crashed, hung, or gave no usable sound; the text finishes "The instrument X ..."."""


class Host:
    """One child process.  Not for use by two threads at once; `close` (or leaving `with`) ends it."""

    def __init__(self) -> None:
        try:
            self._process: Any = subprocess.Popen(
                [sys.executable, "-P", "-m", "cocomposer.sound.host_process", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=child_environment(),
                **child_options(),
            )
        except OSError as error:
            raise InstrumentError("could not be started") from error
        self._closed = False
        self._replies: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read_replies, daemon=True)
        self._reader.start()

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_replies(self) -> None:
        while line := self._process.stdout.readline(MAX_REPLY + 1):
            self._replies.put(line)
        self._replies.put("")

    def play(self, request: RenderRequest, stage_limit: float, cancelled: Callable[[], bool]) -> int:
        """Have `request` played; returns the number of frames written to its output.

        `stage_limit` bounds loading in seconds; playing may take that and the part's own length besides.
        Raises InstrumentError for every failure of the instrument, Cancelled when `cancelled` says so; the process
        is good for nothing after either.
        """
        try:
            self._process.stdin.write(request.to_line() + "\n")
            self._process.stdin.flush()
            reply = self._await(time.monotonic() + stage_limit, "loading", cancelled)
            if reply.stage == "loaded":
                until = time.monotonic() + stage_limit + request.seconds
                reply = self._await(until, "playing", cancelled)
        except OSError as error:
            raise InstrumentError("could not be started") from error
        if reply.stage != "done":
            raise InstrumentError(reply.reason or "failed")
        return reply.frames

    def _await(self, until: float, doing: str, cancelled: Callable[[], bool]) -> RenderReply:
        while True:
            if cancelled():
                raise Cancelled("Rendering was stopped.")
            try:
                line = self._replies.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if time.monotonic() > until:
                    raise InstrumentError(f"did not answer while {doing} and was stopped") from None
                continue
            if not line:
                raise InstrumentError(f"crashed while {doing}")
            try:
                return RenderReply.from_line(line)
            except (ValueError, TypeError) as error:
                raise InstrumentError(f"answered nonsense while {doing}") from error

    def close(self) -> None:
        """End the process, and whatever it started, now; closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        end(self._process)
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                stream.close()
            except OSError:
                continue
