"""The child process that composes: started as `python -P -m cocomposer.studio.composing_process PARENT_PID`.

It keeps PyTorch and the weights away from the window, answers one question after another, and listens for others and
for being told to stop meanwhile (see `composing_messages`).  It never outlives its parent.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
import traceback
from typing import Any
from uuid import uuid4

from cocomposer.child_process import die_with
from cocomposer.composer import Request
from cocomposer.errors import Cancelled, CocomposerError
from cocomposer.formats.song_json import song_to
from cocomposer.formats.strict_json import Fields
from cocomposer.music import Song
from cocomposer.studio.choosing import ChoosingComposer, Liking
from cocomposer.studio.composing_messages import SketchParts, fields_of, line_of, request_from
from cocomposer.studio.project import Answer
from cocomposer.studio.project_json import answer_to
from cocomposer.studio.propose import composer_named

TELL_SECONDS = 0.2
"""How often a proposal that is being written is shown."""
_NICENESS = 5  # playing comes first


def main() -> None:
    die_with(int(sys.argv[1]))
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # What libraries print goes to the error stream; the real output is for messages alone.
    output = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    process = _Process(output)
    threading.Thread(target=process.listen, daemon=True).start()
    process.work()


class _Process:
    def __init__(self, output: Any) -> None:
        self._output = output
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Fields] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def listen(self) -> None:
        """Take messages as they come; the end of them is the end of the process."""
        for line in sys.stdin:
            fields = fields_of(line)
            if fields.has("cancel"):
                self._cancelled.add(fields.integer("cancel", 0, sys.maxsize))
            else:
                self._waiting.put(fields)
        os._exit(0)

    def work(self) -> None:
        while True:
            fields = self._waiting.get()
            if fields.has("warm"):
                _warm()
            else:
                self._answer(fields)

    def _answer(self, fields: Fields) -> None:
        number = fields.integer("ask", 0, sys.maxsize)
        name = fields.text("composer")
        try:
            if name != "style":
                _warm()  # before it begins: loading cannot be stopped, and would be lost with the process
            if number in self._cancelled:
                raise Cancelled("Stopped.")
            self.say({"began": number})
            request = request_from(fields.object("request"))
            teller = _Teller(self, number, request)
            liking = Liking.from_json(fields.object("liking"))
            composer = ChoosingComposer(composer_named(name, request, teller.hear), liking)
            for proposal in composer.propose(request, lambda: number in self._cancelled):
                answer = answer_to(Answer.of(proposal, uuid4().hex), teller.store)
                self.say({"answer": number, "value": answer})
            self.say({"done": number})
        except CocomposerError as error:
            self.say({"error": number, "sentence": str(error), "details": ""})
        except Exception as error:
            sentence = f"The composer failed ({type(error).__name__}): ask again, or for something else."
            self.say({"error": number, "sentence": sentence, "details": traceback.format_exc()})
        self._cancelled.discard(number)

    def say(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._output.write(line_of(message))
            self._output.flush()


class _Teller:
    """Shows proposals that are being written, each a few times a second."""

    def __init__(self, process: _Process, number: int, request: Request) -> None:
        self.store = SketchParts(request.sketch)
        self._process, self._number = process, number
        self._told: dict[int, float] = {}

    def hear(self, proposal: int, song: Song, bars: int) -> None:
        now = time.monotonic()
        if now - self._told.get(proposal, -TELL_SECONDS) >= TELL_SECONDS:
            self._told[proposal] = now
            message = {"proposal": proposal, "song": song_to(song, self.store), "complete": bars}
            self._process.say({"bars": self._number, **message})


def _warm() -> None:
    """Load what the neural composer needs, so that the first answer need not wait for it."""
    from cocomposer.composer.model_composer import why_unavailable
    from cocomposer.model.composer_weights import load_network, weights_path

    if not why_unavailable():
        from cocomposer.model.harmony import shipped_network

        try:
            load_network(weights_path())
            shipped_network()
        except CocomposerError:
            return  # who asks will be told


if __name__ == "__main__":
    main()
