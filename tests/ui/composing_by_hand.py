"""A composer that a test plays: it answers when it is told to, with what the style composer really writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from cocomposer.composer import Proposal, Request, StyleComposer
from cocomposer.music import Song
from cocomposer.studio.choosing import Liking
from cocomposer.studio.project import Answer


@lru_cache(maxsize=4)
def _arrangements(sketch: Song) -> tuple[Proposal, ...]:
    return tuple(StyleComposer().propose(Request(sketch=sketch)))


@dataclass
class Question:
    """What was asked, and how to answer it."""

    request: Request
    composer: str
    on_bars: Callable[[int, Song, int], None]
    on_answer: Callable[[Answer], None]
    on_done: Callable[[], None]
    on_error: Callable[[str], None]
    liking: Liking
    cancelled: bool = False
    answers: list[Answer] = field(default_factory=list)

    def cancel(self) -> None:
        self.cancelled = True

    def written(self) -> list[Answer]:
        """What the style composer makes of the request."""
        if not self.answers:
            proposals = _arrangements(self.request.sketch)
            self.answers = [Answer.of(each, f"{id(self)}-{place}") for place, each in enumerate(proposals)]
        return self.answers

    def answer_all(self, **changes: Any) -> None:
        """Deliver every answer, and that this is all."""
        for answer in self.written():
            self.on_answer(replace(answer, **changes))
        self.on_done()


class ComposingByHand:
    """In the place of `studio.composing.Composing`."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    @property
    def latest(self) -> Question:
        return self.asked[-1]

    def propose(self, request: Request, composer: str, **told: Any) -> Question:
        self.asked.append(Question(request, composer, **told))
        return self.asked[-1]

    def warm_up(self) -> None: ...

    def close(self) -> None: ...
