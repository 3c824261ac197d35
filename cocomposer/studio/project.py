"""What an artist works on: the song, and every answer that was ever given to a question about it.

All of it is values: a change makes another Project, which shares with the one before whatever stayed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from cocomposer.composer import Proposal
from cocomposer.composer.request import Terms
from cocomposer.errors import RequestError
from cocomposer.music import Instrument, InstrumentKind, Song

Verdict = Literal["", "kept", "rejected"]


@dataclass(frozen=True)
class Answer:
    """One proposal with what the artist thinks of it.

    `id` is unique in the project; the figures are those of `composer.Proposal`.  Nothing is thrown away before the
    artist says so: what is `rejected` only steps back, what is `pinned` stays in sight.
    """

    id: str
    song: Song
    title: str = ""
    style: str = ""
    reasons: tuple[str, ...] = ()
    seed: int = 0
    score: float = 0.0
    features: Mapping[str, float] = field(default_factory=dict)
    composer: str = "style"
    model: str = ""
    seconds: float = 0.0
    verdict: Verdict = ""
    pinned: bool = False

    @classmethod
    def of(cls, proposal: Proposal, id: str) -> Answer:
        """The proposal as an answer, whose parts have the plugins that it asks for, as far as they are here."""
        song = proposal.song
        plugins = {name: path for name, path in proposal.instruments.items() if Path(path).expanduser().exists()}
        band = tuple(
            replace(part, instrument=Instrument(InstrumentKind.PLUGIN, plugins[part.name]))
            if part.name in plugins and part.instrument is None
            else part
            for part in song.parts
        )
        return cls(
            id=id,
            song=replace(song, parts=band) if plugins else song,
            title=proposal.title,
            style=proposal.style,
            reasons=proposal.reasons,
            seed=proposal.seed,
            score=proposal.score,
            features={name: float(value) for name, value in proposal.features.items() if math.isfinite(value)},
            composer=proposal.composer,
            model=proposal.model,
            seconds=proposal.seconds,
        )


@dataclass(frozen=True)
class Stretch:
    """What was asked about: ticks from `start` up to `end`, and parts of the sketch by index (none: the whole band)."""

    start: int
    end: int
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Generation:
    """One question and its answers, in the order in which they came.  `number` counts from 1 within a project.

    `sketch` is the song as it stood when it was asked about; `composer` is "style", "model" or "auto".
    """

    number: int
    sketch: Song
    terms: Terms
    asked: Stretch
    composer: str = "auto"
    answers: tuple[Answer, ...] = ()

    def with_answer(self, answer: Answer) -> Generation:
        return replace(self, answers=(*self.answers, answer))


@dataclass(frozen=True)
class Project:
    """A song with its generations, oldest first."""

    song: Song = field(default_factory=Song)
    generations: tuple[Generation, ...] = ()

    @property
    def next_number(self) -> int:
        """The number of the next generation."""
        return max((each.number for each in self.generations), default=0) + 1

    def generation(self, number: int) -> Generation:
        """The generation of that number.  Raises RequestError where there is none."""
        for each in self.generations:
            if each.number == number:
                return each
        raise RequestError("These proposals are no longer in the project: undo brings them back.")

    def find(self, answer_id: str) -> tuple[Generation, Answer]:
        """An answer and the generation it belongs to.  Raises RequestError where there is none."""
        for generation in self.generations:
            for answer in generation.answers:
                if answer.id == answer_id:
                    return generation, answer
        raise RequestError("This proposal is no longer in the project: undo brings it back.")

    def with_generation(self, generation: Generation) -> Project:
        """With `generation` in the place of the one of its number, or at the end."""
        if all(each.number != generation.number for each in self.generations):
            return replace(self, generations=(*self.generations, generation))
        changed = (generation if each.number == generation.number else each for each in self.generations)
        return replace(self, generations=tuple(changed))

    def without_generation(self, number: int) -> Project:
        return replace(self, generations=tuple(each for each in self.generations if each.number != number))

    def with_verdict(self, answer_id: str, verdict: Verdict) -> Project:
        """With an answer kept, rejected, or ("") neither.  Raises RequestError where there is no such answer."""
        _, answer = self.find(answer_id)
        return self._with_answer(replace(answer, verdict=verdict))

    def with_pin(self, answer_id: str, pinned: bool) -> Project:
        """With an answer pinned or not.  Raises RequestError where there is no such answer."""
        _, answer = self.find(answer_id)
        return self._with_answer(replace(answer, pinned=pinned))

    def _with_answer(self, answer: Answer) -> Project:
        generation, _ = self.find(answer.id)
        answers = tuple(answer if each.id == answer.id else each for each in generation.answers)
        return self.with_generation(replace(generation, answers=answers))
