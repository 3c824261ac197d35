"""Listening to what an artist does with proposals, and making use of it.

`TasteKeeper.follow` is all that a window needs: it reads verdicts, partial keeps and edits off the document.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cocomposer.composer import Request
from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.studio.choosing import Liking, traits_written
from cocomposer.studio.document import Document
from cocomposer.studio.hearing import Heard
from cocomposer.studio.keeping import written_parts
from cocomposer.studio.places import data_folder
from cocomposer.studio.project import Answer, Generation, Project
from cocomposer.styles import load_styles
from cocomposer.taste import (
    DEFAULT_EXPLORATION,
    GENRE,
    Journal,
    Line,
    Profile,
    Remark,
    Taste,
    Verdict,
    asked_for,
    differences,
    lines,
    of_some_parts,
    picture,
    summary,
    trait_named,
    traits,
)  # fmt: skip

_log = logging.getLogger(__name__)


def taste_path() -> Path:
    return data_folder() / "taste.sqlite"


def profile_named(name: str, project: str) -> Profile:
    """The profile that the setting `taste_profile` means in the project of that title."""
    if name == "project":
        return Profile(project=project)
    return Profile(genre=name.removeprefix(GENRE)) if name.startswith(GENRE) else Profile()


class TasteKeeper:
    """One artist's taste.  With `learning` off nothing is recorded and nothing is steered.

    Methods that hear return at once; what they hear is measured and written on a thread of this class.  `problem` is
    told a sentence where that fails.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        learning: bool = True,
        exploration: float = DEFAULT_EXPLORATION,
        profile: Profile | None = None,
        problem: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.learning, self.exploration, self.profile = learning, exploration, profile or Profile()
        self.journal = Journal(path or taste_path())
        self._problem, self._told = problem, 0
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="taste")
        self._ready: Taste | None = None
        self._seed = 0

    # --- Hearing ----------------------------------------------------------------------------------------------------

    def follow(self, document: Document) -> Callable[[], None]:
        """Hear what is done in a document from now on; returns what stops that."""
        heard = Heard(self, document.project)
        stop = document.listen(lambda change: heard.changed(change, document.project))

        def end() -> None:
            stop()
            heard.settle()

        if self.learning:
            self._later(self.learn)
        return end

    def say(self, verdict: Verdict, project: Project, answer_id: str, share: float = 1.0) -> None:
        """Note a verdict on an answer of the project: "more like this", for one, which the project does not hold."""
        if self.learning:
            self._later(lambda: self._write(verdict, project, answer_id, share))

    def edited(self, before: Project, after: Project, answer_id: str) -> None:
        """Note what the artist changed in the song between having kept an answer and now."""
        if self.learning:
            self._later(lambda: self._write_edit(before, after, answer_id))

    def flush(self) -> None:
        """Wait until everything that was heard is written."""
        self._worker.submit(lambda: None).result()

    def close(self) -> None:
        self._worker.shutdown(wait=True)

    def _later(self, work: Callable[[], None]) -> None:
        def safely() -> None:
            try:
                work()
            except CocomposerError as error:
                self._problem(str(error))
            except Exception:  # a taste that cannot be learned must not take anything along
                _log.exception("the taste could not be learned")
            for sentence in self.journal.problems[self._told :]:
                self._problem(sentence)
            self._told = len(self.journal.problems)

        self._worker.submit(safely)

    def _write(self, verdict: Verdict, project: Project, answer_id: str, share: float) -> None:
        generation, answer = project.find(answer_id)
        if verdict is Verdict.WITHDRAWN:
            measured = {}
        elif verdict is Verdict.PARTLY:
            measured = traits_of_kept(project.song, generation, answer)
        else:
            measured = traits_of(generation, answer)
        self._add(verdict, project, answer, measured, share)

    def _write_edit(self, before: Project, after: Project, answer_id: str) -> None:
        generation, answer = after.find(answer_id)
        band = {answer.song.parts[index].name for index in written_parts(generation.sketch, answer.song)}
        moved = differences(_traits_of_parts(before.song, band), _traits_of_parts(after.song, band))
        if moved:
            self._add(Verdict.EDITED, after, answer, moved, 1.0)

    def _add(
        self, verdict: Verdict, project: Project, answer: Answer, measured: dict[str, float], share: float
    ) -> None:
        if not self.learning:  # switched off since it was heard
            return
        style = load_styles().get(answer.style)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        genre, title = style.genre if style is not None else "", project.song.title
        self.journal.add(Remark(verdict, measured, answer.id, title, genre, share, now))
        self.learn()

    # --- Using ------------------------------------------------------------------------------------------------------

    def taste(self) -> Taste:
        """What is known now, read from the disk.  Raises TasteError where that cannot be read."""
        return Taste(self.journal.remarks(), self.journal.corrections(), self.profile, self.exploration)

    def asked(self, request: Request) -> tuple[Request, Liking]:
        """The request leaning to the taste, and what to choose its answers by, as far as it is learned.

        What is learned only now is not waited for.
        """
        taste = self._ready
        if not self.learning or taste is None or not (taste.standing or taste.corrections):
            return request, Liking()
        random = self._random()
        steered = taste.steered(request, request.style_choice, random)
        return steered, Liking(taste.picks(request.count, random), asked_for(steered.leaning))

    def lines(self) -> tuple[Line, ...]:
        """What was learned, a sentence for each trait, the surest first."""
        return lines(self.taste())

    def summary(self) -> str:
        return summary(self.taste())

    def picture(self) -> str:
        """What was learned, as an SVG."""
        return picture(self.taste())

    def use(self, *, learning: bool, exploration: float, profile: Profile) -> None:
        """Go on with these settings."""
        self.learning, self.exploration, self.profile = learning, exploration, profile
        if learning:
            self._later(self.learn)

    def genres(self) -> tuple[str, ...]:
        """The genres that something was said of, by name."""
        return tuple(sorted({remark.genre for remark in self.journal.remarks() if remark.genre}))

    def correct(self, trait: str, direction: float) -> None:
        """How much the artist likes a trait: 1, over 0 (no matter), to -1.  Raises TasteError for no trait."""
        self.journal.correct(trait_named(self.taste(), trait), direction)
        self._later(self.learn)

    def forget(self, trait: str = "") -> None:
        """Forget what was learned of a trait, or ("") everything, on the disk too."""
        if trait:
            self.journal.correct(trait_named(self.taste(), trait), None)
        else:
            self.journal.delete()
        self._later(self.learn)

    def export(self) -> dict[str, Any]:
        """Everything that is recorded, as JSON values."""
        return self.journal.export()

    def learn(self) -> None:
        """Take in what is on the disk, now.  Raises TasteError where that cannot be read."""
        taste = self.taste()
        _ = taste.preference  # here, and not where somebody waits for it
        self._ready = taste

    def _random(self) -> Any:
        import numpy as np

        self._seed += 1
        known = len(self._ready.remarks) if self._ready is not None else 0
        return np.random.default_rng((known, self._seed))


def traits_of(generation: Generation, answer: Answer) -> dict[str, float]:
    """The traits of what an answer wrote."""
    asked, terms = generation.asked, generation.terms
    return traits_written(
        generation.sketch, answer.song, terms.task, (asked.start, asked.end), answer.style, answer.score
    )


def traits_of_kept(song: Song, generation: Generation, answer: Answer) -> dict[str, float]:
    """The traits of what of an answer stands in the song: of the parts and the bars that were kept."""
    there = {note for part in song.parts for note in part.notes}
    written = written_parts(generation.sketch, answer.song)
    kept = {index: [note for note in answer.song.parts[index].notes if note in there] for index in written}
    band = [index for index, notes in kept.items() if notes]
    if not band:
        return {}
    first = min(notes[0].start for notes in kept.values() if notes)
    last = max(note.end for notes in kept.values() for note in notes)
    measured = traits(answer.song, band, first, last, load_styles().get(answer.style), answer.score)
    return measured if len(band) == len(written) else of_some_parts(measured)


def _traits_of_parts(song: Song, names: Collection[str]) -> dict[str, float]:
    return traits(song, [index for index, part in enumerate(song.parts) if part.name in names], 0, song.length)
