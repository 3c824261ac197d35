"""Simulated artists with hidden tastes, and the real proposals that they are shown.

An artist is drawn from a number.  Those below `FIRST_TEST` are for development: the learner was tuned on them alone.
Those from there on are for the figures that are told, and were never looked at while it was tuned.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocomposer import formats
from cocomposer.composer import Request, StyleComposer, understand
from cocomposer.composer.style_composer import choices
from cocomposer.music import Song
from cocomposer.resources import assets_folder
from cocomposer.styles import load_styles
from cocomposer.taste import TRAITS, WIDE, Remark, Taste, Verdict, best, traits
from cocomposer.taste.traits import GENRE, MODERATE

Traits = Mapping[str, float]
Floats = NDArray[np.float64]
ROUNDS, SHOWN = 15, 4
"""Questions, and proposals shown for each: sixty in all, four at a time, as the window does."""
FIRST_TEST = 2_000
_EDITED, _EDIT = 0.3, 0.3
"""Share of what is kept that the artist changes afterwards, and by how much of a trait."""
_UNMEASURED = 0.35
"""Standard deviation of what an artist hears in a proposal and no trait tells, beside 1 for the rest of the wish."""


@dataclass(frozen=True)
class Entry:
    """A proposal that was really composed: its traits and the composer's score."""

    number: int
    traits: Traits
    score: float


@dataclass(frozen=True)
class Pool:
    """Sketches, and for each a proposal in every style and texture by (style, title)."""

    sketches: Sequence[Song]
    entries: Sequence[Mapping[tuple[str, str], Entry]]

    @classmethod
    def composed(cls, names: Sequence[str], cache: Path | None = None) -> Pool:
        """All styles and textures over these sketches; kept in the file `cache`, where one is named."""
        sketches = [formats.read(assets_folder() / "sketches" / name) for name in names]
        if cache is not None and cache.exists():
            found = json.loads(cache.read_text())
        else:
            found = [list(_all_proposals(sketch, place)) for place, sketch in enumerate(sketches)]
            if cache is not None:
                cache.write_text(json.dumps(found))
        return cls(
            [understand(sketch) for sketch in sketches],
            [
                {(style, title): Entry(10_000 * place + number, measured, score)
                 for number, (style, title, measured, score) in enumerate(rows)}
                for place, rows in enumerate(found)
            ],
        )  # fmt: skip

    def answers(self, place: int, request: Request) -> list[Entry]:
        """What the style composer answers: the styles and textures that it really chooses, as they were written."""
        found = []
        for fit, texture in choices(self.sketches[place], request):
            title = f"{fit.style.name}, {texture.name}" if texture.name else fit.style.name
            found.append(self.entries[place][fit.style.id, title])
        return found

    @cached_property
    def everything(self) -> list[Entry]:
        return [entry for entries in self.entries for entry in entries.values()]

    @cached_property
    def untaught(self) -> list[Entry]:
        """What is shown, over many questions, where nothing is learned."""
        return [
            entry
            for place in range(len(self.sketches))
            for seed in range(12)
            for entry in self.answers(place, Request(self.sketches[place], count=SHOWN, seed=seed))
        ]


def _all_proposals(sketch: Song, place: int) -> Any:
    known = understand(sketch)
    for number, style in enumerate(load_styles().values()):
        for answer in StyleComposer().propose(Request(sketch, count=4, style=style.id, seed=100 * place + number)):
            band = [index for index, part in enumerate(answer.song.parts) if part not in known.parts]
            measured = traits(answer.song, band, 0, answer.song.length, style, answer.score)
            yield style.id, answer.title, measured, answer.score


Wish = Callable[[Traits], float]


@dataclass(frozen=True)
class Artist:
    """Somebody with a hidden wish, who keeps a proposal with a probability that is a logistic of it.

    The wish goes from the first of `wishes` to the last in the course of a session: an artist with one does not drift.
    Without learning the artist keeps the share `readiness` of what is shown.  `steep` is in nats a standard deviation
    of the wish; `noise` is the share of answers that are thrown like a coin.  `number` is what it was drawn from.
    """

    number: int
    wishes: Sequence[Wish] = ()
    readiness: float = 0.25
    steep: float = 6.0
    noise: float = 0.0
    _chances: dict[int, Mapping[int, float]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def drifts(self) -> bool:
        return len(self.wishes) > 1

    def chances(self, pool: Pool, question: int) -> Mapping[int, float]:
        """The true chance that each proposal of the pool, by its number, is kept at this point of the session."""
        if question not in self._chances:
            progress = question / (ROUNDS - 1)
            numbers = [each.number for each in pool.everything]
            first, last = self._heard(self.wishes[0], pool), self._heard(self.wishes[-1], pool)
            wish = (1 - progress) * first + progress * last
            threshold = self._threshold(dict(zip(numbers, wish, strict=True)), pool)
            chances = self._chance(wish - threshold)
            self._chances[question] = dict(zip(numbers, chances.tolist(), strict=True))
        return self._chances[question]

    def edit(self, traits: Traits, question: int) -> dict[str, float]:
        """What the artist changes in a proposal: the one trait whose change pleases most; nothing where none does."""
        wish = self.wishes[round(question / (ROUNDS - 1) * (len(self.wishes) - 1))]
        changes = [(name, step) for name in _EDITABLE if name in traits for step in (-_EDIT, _EDIT)]
        gains = {(n, step): wish({**traits, n: max(-1.0, min(1.0, traits[n] + step))}) for n, step in changes}
        (name, step), most = max(gains.items(), key=lambda each: each[1])
        return {name: step} if most > wish(traits) else {}

    def _heard(self, wish: Wish, pool: Pool) -> Floats:
        """The wish of every proposal, in standard deviations, with what no trait tells."""
        plain = np.array([wish(each.traits) for each in pool.everything])
        beyond = np.random.default_rng((7, self.number)).standard_normal(len(plain))
        plain = (plain - plain.mean()) / (plain.std() or 1.0)
        return np.asarray(plain + _UNMEASURED * beyond) / math.hypot(1, _UNMEASURED)

    def _threshold(self, wish: Mapping[int, float], pool: Pool) -> float:
        """The wish of an even chance, so that `readiness` of the untaught proposals are kept."""
        shown = np.array([wish[each.number] for each in pool.untaught])
        low, high = -10.0, 10.0
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self._chance(shown - middle).mean() > self.readiness else (low, middle)
        return low

    def _chance(self, wish: Floats) -> Floats:
        return np.asarray((1 - self.noise) / (1 + np.exp(-self.steep * wish)) + 0.5 * self.noise)


def drawn(number: int) -> Artist:
    """An artist drawn from a number: one in three drifts, one in two is noisy."""
    random = np.random.default_rng((2026, number))
    wishes = [_wish(random) for _ in range(2 if random.random() < 1 / 3 else 1)]
    return Artist(
        number,
        wishes,
        readiness=float(random.uniform(0.2, 0.3)),
        steep=float(random.uniform(4.0, 8.0)),
        noise=float(random.uniform(0.05, 0.2)) if random.random() < 0.5 else 0.0,
    )


_PLAIN = tuple(each.name for each in TRAITS if not each.name.startswith(MODERATE) and each.name != "composer's opinion")


_EDITABLE = ("density", "polyphony", "sustain", "register", "loudness", "syncopation", "swing", "drums", "guitars",
             "keyboards", "strings", "winds", "synths", "walking bass", "extended chords")  # fmt: skip
"""What an artist can change by hand."""


def _wish(random: np.random.Generator) -> Wish:
    """Some traits liked or not; perhaps genres, a measure that must be just so, and two things that belong together."""
    genres = sorted({style.genre for style in load_styles().values()})
    weights = {str(name): _sign(random) * random.uniform(0.5, 1.0)
               for name in random.choice(_PLAIN, random.integers(2, 5), replace=False)}  # fmt: skip
    loved = {
        GENRE + str(name): (1.0 if random.random() < 0.7 else -1.0)
        for name in random.choice(genres, random.integers(0, 4), replace=False)
    }
    just, where = str(random.choice(_PLAIN)), random.uniform(-0.5, 0.5)
    one, other = (str(name) for name in random.choice(_PLAIN, 2, replace=False))
    sides = _sign(random), _sign(random)
    exact, together = (1.5 if random.random() < 0.4 else 0.0), (1.0 if random.random() < 0.4 else 0.0)

    def wish(traits: Traits) -> float:
        both = sides[0] * traits.get(one, 0.0) > 0 and sides[1] * traits.get(other, 0.0) > 0
        return (
            sum(weight * traits.get(name, 0.0) for name, weight in weights.items())
            + sum(weight for name, weight in loved.items() if name in traits)
            - exact * abs(traits.get(just, 0.0) - where)
            + together * both
            + 0.3 * traits["composer's opinion"]
        )

    return wish


def _sign(random: np.random.Generator) -> float:
    return 1.0 if random.random() < 0.5 else -1.0


@dataclass(frozen=True)
class Session:
    """What happened to the proposals shown, in their order: kept or not, the true chance of it, the chance of the best
    that there was, and the composer's own score."""

    kept: Floats
    chance: Floats
    best: Floats
    score: Floats
    shown: tuple[Entry, ...]

    @property
    def regret(self) -> Floats:
        return self.best - self.chance


def session(artist: Artist, pool: Pool, seed: int, *, learning: bool, blind: bool = False, wide: int = WIDE) -> Session:
    """One session: ROUNDS questions about the sketches of the pool in turn, each answered with SHOWN proposals.

    A `blind` artist answers like a coin that falls on "kept" with the artist's readiness.
    """
    random = np.random.default_rng((seed, artist.number, learning))
    styles, remarks, rows, shown = load_styles(), list[Remark](), [], list[Entry]()
    for number in range(ROUNDS):
        place = (number + seed) % len(pool.sketches)
        true = artist.chances(pool, number)
        request = Request(pool.sketches[place], count=SHOWN, seed=1_000 * seed + number)
        if learning and remarks:
            taste = Taste(tuple(remarks))
            steered = taste.steered(request, styles, random)
            found = pool.answers(place, replace(steered, count=SHOWN * wide))
            found = [found[index] for index in best([each.traits for each in found], taste.picks(SHOWN, random))]
        else:
            found = pool.answers(place, request)
        ideal = sorted((true[entry.number] for entry in pool.entries[place].values()), reverse=True)[:SHOWN]
        for entry, most in zip(found, ideal, strict=True):
            chance = artist.readiness if blind else true[entry.number]
            kept = bool(random.random() < chance)
            rows.append((kept, true[entry.number], most, entry.score))
            shown.append(entry)
            verdict = Verdict.KEPT if kept else Verdict.REJECTED
            answer = str(len(rows))
            remarks.append(Remark(verdict, entry.traits, answer, number=len(remarks) + 1))
            edits = random.random() < _EDITED  # drawn in any case, so that luck is the same
            if kept and edits and not blind and (moved := artist.edit(entry.traits, number)):
                remarks.append(Remark(Verdict.EDITED, moved, answer, number=len(remarks) + 1))
    kept, chance, most, score = (np.array(column, float) for column in zip(*rows, strict=True))
    return Session(kept, chance, most, score, tuple(shown))
