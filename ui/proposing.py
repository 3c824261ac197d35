"""Asking for proposals, hearing them in place of the song, and judging them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from cocomposer.composer.request import Request, Terms
from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.studio.composing import Asked
from cocomposer.studio.keeping import keep_answer
from cocomposer.studio.project import Answer, Generation, Stretch

from .phrases import said

if TYPE_CHECKING:
    from .session import Session


@dataclass(frozen=True)
class Draft:
    """A proposal that is still being written: the song so far, of which `bars` bars are done."""

    number: int
    song: Song
    bars: int


class Proposing(QObject):
    """The proposals of a session, whose `proposals_changed` tells of them.

    `drafts` are those under way, by number; `auditioned` is the id of the one that is heard in place of the song.
    """

    heard_changed = pyqtSignal()
    """Another proposal is heard in place of the song, or the song itself again."""
    refused = pyqtSignal(str)
    """Why nothing can be proposed or kept, in a sentence that is to be shown where the proposals are."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.drafts: dict[int, Draft] = {}
        self.auditioned: str | None = None
        self._told: Song | None = None
        """What was heard in place of the song when `heard_changed` told last."""
        self._asked: Asked | None = None
        self._asked_for = 0
        session.proposals_changed.connect(self._tell_heard)

    @property
    def under_way(self) -> bool:
        """Whether something is being composed."""
        return self._asked is not None

    def propose(self, terms: Terms, composer: str = "", reference: Song | None = None) -> None:
        """Ask for proposals; they stream into a new generation.

        `composer` is that of the settings where none is named; `reference` is a song to be like.  What is wrong with
        the terms is told by `refused`.
        """
        self.cancel()
        session = self._session
        composer = composer or session.settings.composer
        try:
            given = {each.name: getattr(terms, each.name) for each in fields(Terms)}
            request, liking = session.taste.asked(Request(sketch=session.song, reference=reference, **given))
        except CocomposerError as error:
            self.refused.emit(said(str(error)))
            return
        terms = replace(terms, leaning=request.leaning)
        project, bars = session.document.project, session.song.bars
        number = project.next_number
        first, last = terms.bars or (0, len(bars) - 1)
        stretch = Stretch(bars[first].start, bars[last].end, request.targets) if bars else Stretch(0, 0)
        generation = Generation(number, session.song, terms, stretch, composer)
        self._session.document.perform(self.tr("Propose"), project.with_generation(generation))
        self._asked_for = number
        self._asked = session.composing.propose(
            request,
            composer,
            liking=liking,
            on_bars=lambda draft, song, done: self._session.deliver(
                lambda: self._draft(number, Draft(draft, song, done))
            ),
            on_answer=lambda answer: self._session.deliver(lambda: self._answer(number, answer)),
            on_done=lambda: self._session.deliver(lambda: self._finished(number)),
            on_error=lambda sentence: self._session.deliver(lambda: self._finished(number, sentence)),
        )
        self._session.proposals_changed.emit()

    def cancel(self) -> None:
        """Stop what is being composed; answers that are there stay."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
            self.drafts.clear()
            self._session.proposals_changed.emit()

    @property
    def heard(self) -> Song | None:
        """The song of the proposal that is auditioned; None where the artist hears their own."""
        answer = self.answer(self.auditioned) if self.auditioned else None
        return answer.song if answer else None

    def answer(self, answer_id: str) -> Answer | None:
        """The proposal of that id, wherever it stands in the history."""
        for generation in self._session.document.project.generations:
            for answer in generation.answers:
                if answer.id == answer_id:
                    return answer
        return None

    def audition(self, answer_id: str | None) -> None:
        """Hear a proposal in place of the song, at the same position; None goes back to the song."""
        answer = self.answer(answer_id) if answer_id else None
        found = answer.id if answer else None
        if found == self.auditioned:
            return
        self.auditioned = found
        if self._session.player is not None:
            self._session.player.compare(self.heard)
        self._session.proposals_changed.emit()

    def keep(self, answer_id: str, parts: tuple[int, ...] | None = None, bars: tuple[int, int] | None = None) -> None:
        """Take a proposal into the song, all of it or some parts or bars (first and last), as one undo step."""
        answer = self.answer(answer_id)
        if answer is None:
            return
        try:
            project = keep_answer(self._session.document.project, answer_id, parts, bars)
        except CocomposerError as error:
            self.refused.emit(said(str(error)))
            return
        self.audition(None)
        self._session.document.perform(
            self.tr("Keep {title}").format(title=said(answer.title) or self.tr("proposal")), project
        )

    def reject(self, answer_id: str) -> None:
        """Put a proposal aside; it stays in the history."""
        if self.auditioned == answer_id:
            self.audition(None)
        self._session.document.perform(
            self.tr("Reject proposal"), self._session.document.project.with_verdict(answer_id, "rejected")
        )

    def pin(self, answer_id: str) -> None:
        """Pin a proposal, or take the pin out."""
        answer = self.answer(answer_id)
        if answer is not None:
            project = self._session.document.project.with_pin(answer_id, not answer.pinned)
            self._session.document.perform(
                self.tr("Unpin proposal") if answer.pinned else self.tr("Pin proposal"), project
            )

    def _tell_heard(self) -> None:
        heard = self.heard
        if heard is not self._told:
            self._told = heard
            self.heard_changed.emit()

    def _draft(self, number: int, draft: Draft) -> None:
        if self._asked is not None and self._asked_for == number:
            self.drafts[draft.number] = draft
            self._session.proposals_changed.emit()

    def _answer(self, number: int, answer: Answer) -> None:
        if self._asked is not None and self._asked_for == number:
            self.drafts.pop(min(self.drafts, default=0), None)
            self._session.document.add_answer(number, answer)

    def _finished(self, number: int, problem: str = "") -> None:
        if self._asked is not None and self._asked_for == number:
            self._asked = None
            self.drafts.clear()
            self._session.proposals_changed.emit()
        if problem:
            self.refused.emit(said(problem))
