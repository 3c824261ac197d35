"""Reading off a document what an artist does with proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cocomposer.music import Song
from cocomposer.studio.changes import Change
from cocomposer.studio.keeping import written_parts
from cocomposer.studio.project import Answer, Generation, Project
from cocomposer.taste import Verdict

if TYPE_CHECKING:
    from cocomposer.studio.taste import TasteKeeper

_WHOLE = 0.95
"""Share of an answer's new notes that must be in the song for it to be kept whole."""


class Heard:
    """What a document said last, so that what is new in it can be told."""

    def __init__(self, keeper: TasteKeeper, project: Project) -> None:
        self._keeper = keeper
        self._before = project
        self._kept: dict[str, Project] = {}

    def changed(self, change: Change, project: Project) -> None:
        before, self._before = self._before, project
        if not change.generations:
            return
        old = {answer.id: answer for each in before.generations for answer in each.answers}
        for generation in project.generations:
            for answer in generation.answers:
                was = old.get(answer.id)
                if was is not None and (was.verdict, was.pinned) != (answer.verdict, answer.pinned):
                    self._judged(was, answer, generation, project)
        if project.next_number > before.next_number:
            self.settle()
            self._skipped(before)

    def settle(self) -> None:
        """Look at what became of what was kept, and hear the edits."""
        for answer_id, then in self._kept.items():
            if then.song.parts != self._before.song.parts:
                self._keeper.edited(then, self._before, answer_id)
        self._kept.clear()

    def _judged(self, was: Answer, answer: Answer, generation: Generation, project: Project) -> None:
        if was.verdict == answer.verdict:
            if answer.pinned:
                self._keeper.say(Verdict.MORE, project, answer.id)
            return
        self._kept.pop(answer.id, None)
        if answer.verdict == "rejected":
            self._keeper.say(Verdict.REJECTED, project, answer.id)
        elif answer.verdict == "kept":
            share = share_kept(project.song, generation, answer)
            verdict = Verdict.KEPT if share >= _WHOLE else Verdict.PARTLY
            self._keeper.say(verdict, project, answer.id, share)
            self._kept[answer.id] = project
        else:
            self._keeper.say(Verdict.WITHDRAWN, project, answer.id)

    def _skipped(self, project: Project) -> None:
        """Another question was asked: what of the last answers was neither kept nor pinned nor rejected is skipped."""
        for answer in project.generations[-1].answers if project.generations else ():
            if not answer.verdict and not answer.pinned:
                self._keeper.say(Verdict.SKIPPED, project, answer.id)


def share_kept(song: Song, generation: Generation, answer: Answer) -> float:
    """Share, 0..1, of what an answer wrote that stands in the song."""
    there = {note for part in song.parts for note in part.notes}
    written = [
        note for index in written_parts(generation.sketch, answer.song) for note in answer.song.parts[index].notes
    ]
    return sum(note in there for note in written) / len(written) if written else 1.0
