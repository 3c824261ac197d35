"""Stand-ins for rooms of the studio that are being built: replaced by `cocomposer.studio` when they are there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from cocomposer.composer.request import Request
from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.studio.project import Answer


class Asked:
    def __init__(self) -> None:
        self._stopped = threading.Event()

    def cancel(self) -> None:
        self._stopped.set()


class Composing:
    def propose(
        self,
        request: Request,
        composer: str,
        *,
        on_bars: Callable[[int, Song, int], None],
        on_answer: Callable[[Answer], None],
        on_done: Callable[[], None],
        on_error: Callable[[str], None],
    ) -> Asked:
        asked = Asked()

        def work() -> None:
            from cocomposer.studio.propose import composer_named

            try:
                made = composer_named(composer, request)
                for number, each in enumerate(made.propose(request, asked._stopped.is_set)):
                    on_answer(Answer.of(each, f"{id(asked):x}-{number}"))
                on_done()
            except CocomposerError as error:
                on_error(str(error))

        threading.Thread(target=work, daemon=True).start()
        return asked

    def close(self) -> None: ...


class Jobs:
    def __init__(self, deliver: Callable[[Callable[[], None]], None] = lambda call: call()) -> None:
        self._deliver = deliver

    def run(
        self,
        work: Callable[..., Any],
        on_done: Callable[[Any], None] = lambda _: None,
        on_error: Callable[[str], None] = lambda _: None,
        on_progress: Callable[[float], None] = lambda _: None,
        on_cancelled: Callable[[], None] = lambda: None,
    ) -> Asked:
        job = Asked()

        def run() -> None:
            try:
                result = work(
                    lambda share: self._deliver(lambda: on_progress(share)), job._stopped.is_set
                )
                self._deliver(lambda: on_done(result))
            except CocomposerError as error:
                sentence = str(error)
                self._deliver(lambda: on_error(sentence))

        threading.Thread(target=run, daemon=True).start()
        return job


