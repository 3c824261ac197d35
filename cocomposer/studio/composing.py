"""Composing in a child process: nothing that a network does can hold up the window, or take it along."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from cocomposer.child_process import child_environment, child_options, end
from cocomposer.composer import Request
from cocomposer.errors import FormatError
from cocomposer.formats.song_json import song_from
from cocomposer.formats.strict_json import Fields
from cocomposer.music import Song
from cocomposer.studio.choosing import Liking
from cocomposer.studio.composing_messages import MAX_LINE, SketchParts, fields_of, line_of, request_to
from cocomposer.studio.project import Answer
from cocomposer.studio.project_json import answer_from

PATIENCE = 2.0
"""Seconds that a cancelled composer, silent at once, has to stop before its process is ended.

Usually it stops within some hundredths of a second; to start another process takes longer than this.
"""
_STOPPED = "The composer stopped unexpectedly. Propose again: it starts anew."
_log = logging.getLogger(__name__)

OnBars = Callable[[int, Song, int], None]
OnAnswer = Callable[[Answer], None]


@dataclass(eq=False)
class Asked:
    """A question that is being answered.  `cancel` silences it at once."""

    number: int
    request: Request
    on_bars: OnBars | None
    on_answer: OnAnswer
    on_done: Callable[[], None]
    on_error: Callable[[str], None]
    _composing: Composing
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        """Has it been answered, cancelled, or failed?"""
        return self._over.is_set()

    def cancel(self) -> None:
        """Stop it; nothing is told any more."""
        if not self.over:
            self._over.set()
            self._composing._cancel(self)


class Composing:
    """Asks a composing process, which is started when it is first needed, and again where it crashed.

    All methods return at once.  What is told is told on a thread of this class.
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads
        """How many the network may use, None for one a core; a process that has others is replaced when it is idle."""
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._numbers = 0
        self._closed = False
        # Starting a process and writing to a full pipe take time that the window does not have.
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="composing")

    def warm_up(self) -> None:
        """Start the process and have it load its weights, so that the first question is answered soon."""
        self._sender.submit(self._send, {"warm": True})

    def propose(
        self,
        request: Request,
        composer: str = "auto",
        *,
        liking: Liking | None = None,
        on_answer: OnAnswer,
        on_bars: OnBars | None = None,
        on_done: Callable[[], None] = lambda: None,
        on_error: Callable[[str], None] = lambda sentence: None,
    ) -> Asked:
        """Ask `composer` ("style", "model" or "auto"); questions are answered one after another.

        By `liking` the answers are chosen, where the composer is quick enough to write more of them.
        `on_bars` is told the number of a proposal (from 0), the song so far and how many bars are complete; `on_answer`
        each answer; then `on_done`, or `on_error` with a sentence, ends it.
        """
        with self._lock:
            self._numbers += 1
            asked = Asked(self._numbers, request, on_bars, on_answer, on_done, on_error, self)
        self._sender.submit(self._ask, asked, composer, liking or Liking())
        return asked

    def close(self) -> None:
        """End the process; closing twice does nothing."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.end()
        self._sender.shutdown(wait=True, cancel_futures=True)

    def _ask(self, asked: Asked, composer: str, liking: Liking) -> None:
        if not asked.over:
            message = {"composer": composer, "request": request_to(asked.request), "liking": liking.to_json()}
            self._send({"ask": asked.number, **message}, asked)

    def _send(self, message: dict[str, Any], asked: Asked | None = None) -> None:
        for last_try in (False, True):
            try:
                child = self._started()
                if child is None:
                    return
                if asked is not None:
                    child.asked[asked.number] = asked
                child.send(message)
                return
            except OSError:
                # It may have crashed since it was last used; a new one takes over.
                if asked is not None and last_try and not asked.over:
                    asked._over.set()
                    asked.on_error(_STOPPED)

    def _started(self) -> _Child | None:
        with self._lock:
            if self._closed:
                return None
            if self._child is not None and self._child.threads != self.threads and not self._child.asked:
                self._child.end()
            if self._child is None or not self._child.alive:
                self._child = _Child(self.threads)
            return self._child

    def _cancel(self, asked: Asked) -> None:
        with self._lock:
            child = self._child
        if child is not None:
            self._sender.submit(child.cancel, asked)


class _Child:
    """One process, with the thread that hears it."""

    def __init__(self, threads: int | None) -> None:
        environment = child_environment()
        if threads is not None:
            environment["OMP_NUM_THREADS"] = str(threads)
        self.threads = threads
        self.asked: dict[int, Asked] = {}
        self._begun: set[int] = set()
        self._ending = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cocomposer.studio.composing_process", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="ascii",
            env=environment,
            **child_options(),
        )
        threading.Thread(target=self._hear, name="composing-answers", daemon=True).start()

    @property
    def alive(self) -> bool:
        return not self._ending and self._process.poll() is None

    def send(self, message: dict[str, Any]) -> None:
        """Raises OSError where the process is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(line_of(message))
        self._process.stdin.flush()

    def cancel(self, asked: Asked) -> None:
        """Have it stop; a process that does not obey is ended."""
        if asked.number not in self.asked:
            return
        timer = threading.Timer(PATIENCE, self._end_if_busy_with, (asked,))
        timer.daemon = True
        timer.start()
        try:
            self.send({"cancel": asked.number})
        except OSError:
            _log.info("the composer was gone when it was cancelled")

    def end(self) -> None:
        self._ending = True
        end(self._process)

    def _end_if_busy_with(self, asked: Asked) -> None:
        if asked.number in self.asked and asked.number in self._begun:
            _log.warning("the composer did not stop when it was told to, and was ended")
            self.end()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        try:
            while line := self._process.stdout.readline(MAX_LINE):
                self._take(fields_of(line))
        except (FormatError, ValueError):
            _log.exception("the composer said something that is no message")
        self.end()
        for asked in tuple(self.asked.values()):
            self._finish(asked.number, lambda asked: asked.on_error(_STOPPED))

    def _take(self, message: Fields) -> None:
        if message.has("done"):
            self._finish(message.integer("done", 0, sys.maxsize), lambda asked: asked.on_done())
        elif message.has("error"):
            sentence = message.text("sentence")
            if message.text("details"):
                _log.error("the composer failed: %s", message.text("details"))
            self._finish(message.integer("error", 0, sys.maxsize), lambda asked: asked.on_error(sentence))
        elif message.has("began"):
            self._begun.add(message.integer("began", 0, sys.maxsize))
        elif message.has("answer"):
            asked = self.asked.get(message.integer("answer", 0, sys.maxsize))
            if asked is not None and not asked.over:
                asked.on_answer(answer_from(message.object("value"), SketchParts(asked.request.sketch)))
        elif message.has("bars"):
            asked = self.asked.get(message.integer("bars", 0, sys.maxsize))
            if asked is not None and asked.on_bars is not None and not asked.over:
                song = song_from(message.value("song"), SketchParts(asked.request.sketch), "A proposal")
                asked.on_bars(
                    message.integer("proposal", 0, sys.maxsize), song, message.integer("complete", 0, 100_000)
                )

    def _finish(self, number: int, tell: Callable[[Asked], None]) -> None:
        asked = self.asked.pop(number, None)
        self._begun.discard(number)
        if asked is not None and not asked.over:
            asked._over.set()
            tell(asked)
