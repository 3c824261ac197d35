"""Simulated artists with hidden tastes, and the real proposals that they are shown."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cocomposer import formats
from cocomposer.composer import Request, StyleComposer, understand
from cocomposer.composer.style_composer import choices
from cocomposer.music import Song
from cocomposer.resources import assets_folder
from cocomposer.styles import load_styles
from cocomposer.taste import Remark, Taste, Verdict, traits

Traits = Mapping[str, float]
ROUNDS, SHOWN, WIDE = 15, 4, 4
"""Questions, proposals shown for each, and how many times as many are composed to choose from."""


@dataclass(frozen=True)
class Entry:
    """A proposal that was really composed: its traits and the composer's score."""

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
            found = [
                [[style, title, measured, score] for style, title, measured, score in _all_proposals(sketch, place)]
                for place, sketch in enumerate(sketches)
            ]
            if cache is not None:
                cache.write_text(json.dumps(found))
        return cls(
            [understand(sketch) for sketch in sketches],
            [{(style, title): Entry(measured, score) for style, title, measured, score in rows} for rows in found],
        )

    def answers(self, place: int, request: Request) -> list[Entry]:
        """What the style composer answers: the styles and textures that it really chooses, as they were written."""
        found = []
        for fit, texture in choices(self.sketches[place], request):
            title = f"{fit.style.name}, {texture.name}" if texture.name else fit.style.name
            found.append(self.entries[place][fit.style.id, title])
        return found

    @property
    def everything(self) -> list[Entry]:
        return [entry for entries in self.entries for entry in entries.values()]


def _all_proposals(sketch: Song, place: int) -> list[tuple[str, str, dict[str, float], float]]:
    known = understand(sketch)
    found = []
    for number, style in enumerate(load_styles().values()):
        for answer in StyleComposer().propose(Request(sketch, count=4, style=style.id, seed=100 * place + number)):
            band = [index for index, part in enumerate(answer.song.parts) if part not in known.parts]
            measured = traits(answer.song, band, 0, answer.song.length, style, answer.score)
            found.append((style.id, answer.title, measured, answer.score))
    return found


@dataclass(frozen=True)
class Artist:
    """`likes(traits, progress)` is a hidden wish in nats, progress 0..1 through the session.

    About `picky` of all there is is liked less than the artist's threshold; `noise` is the share of answers that are
    thrown like a coin.  `blind` artists answer at random throughout.
    """

    name: str
    likes: Callable[[Traits, float], float]
    picky: float = 0.88
    noise: float = 0.0
    steep: float = 8.0
    blind: float | None = None

    def chances(self, pool: Pool, progress: float) -> Callable[[Entry], float]:
        """The true chance that a proposal is kept, at this point of the session."""
        if self.blind is not None:
            return lambda entry: self.blind or 0.0
        wishes = np.array([self.likes(entry.traits, progress) for entry in pool.everything])
        threshold, spread = float(np.quantile(wishes, self.picky)), float(wishes.std()) or 1.0

        def chance(entry: Entry) -> float:
            wish = (self.likes(entry.traits, progress) - threshold) / spread
            return (1 - self.noise) / (1 + math.exp(-self.steep * wish)) + 0.5 * self.noise

        return chance


def _linear(**weights: float) -> Callable[[Traits, float], float]:
    named = {name.replace("__", ": ").replace("_", " "): weight for name, weight in weights.items()}
    return lambda traits, _: sum(weight * traits.get(name, 0.0) for name, weight in named.items())


def _genres(*names: str) -> Callable[[Traits, float], float]:
    return lambda traits, _: 0.2 * traits["energy"] + any(f"genre: {name}" in traits for name in names)


def _moderate(traits: Traits, _: float) -> float:
    """Neither much nor little: nothing that a straight line describes."""
    return -abs(traits["density"]) - abs(traits["loudness"]) - 0.7 * traits.get("register", 0.0)


def _small_swing(traits: Traits, _: float) -> float:
    """Swing, but from few players only; loud drums never: wishes that hang together."""
    swings = traits["swing"] > 0.2
    return (1.0 if swings and traits["players"] < 0 else 0.0) - (traits["drums"] > 0 and traits["loudness"] > 0)


_jazz = _linear(density=-0.8, extended_chords=1.0, walking_bass=1.0, swing=0.8)
_electronic = _linear(synths=1.0, syncopation=0.7, drums=0.5, sustain=-0.4)


def _moving_on(traits: Traits, progress: float) -> float:
    """From jazz to electronic music over the session."""
    return (1 - progress) * _jazz(traits, 0) + progress * _electronic(traits, 0)


def _growing_up(traits: Traits, progress: float) -> float:
    """Ever calmer, lower and darker."""
    return (1 - 2 * progress) * traits["energy"] + traits.get("strings", 0.0) - traits["brightness"]


ARTISTS = (
    Artist("sparse jazz", _jazz),
    Artist("loud and busy", _linear(density=1.0, loudness=1.0, drums=0.8, players=0.5), noise=0.1),
    Artist("guitars outdoors", _linear(guitars=1.0, keyboards=-0.6, synths=-0.8, brightness=0.8, swing=-0.4)),
    Artist("electronic", _electronic, noise=0.15),
    Artist("chamber music", _linear(strings=1.0, drums=-1.0, sustain=0.8, smooth_voices=0.6, energy=-0.5)),
    Artist("all things moderate", _moderate),
    Artist("a small band that swings", _small_swing, picky=0.9),
    Artist("loyal to four genres", _genres("blues", "soul", "gospel", "funk"), picky=0.9),
    Artist("from jazz to electronic", _moving_on),
    Artist("growing calm", _growing_up, noise=0.1),
)
AT_RANDOM = Artist("answers at random", lambda traits, progress: 0.0, blind=0.3)


@dataclass(frozen=True)
class Session:
    """What happened to the proposals shown, in their order: kept or not, the true chance of it, the chance of the best
    that there was, and the composer's own score."""

    kept: np.ndarray
    chance: np.ndarray
    best: np.ndarray
    score: np.ndarray

    @property
    def regret(self) -> np.ndarray:
        return self.best - self.chance


def session(artist: Artist, pool: Pool, seed: int, *, learning: bool, wide: int = WIDE) -> Session:
    """One session: ROUNDS questions about the sketches of the pool in turn, each answered with SHOWN proposals."""
    random = np.random.default_rng((seed, sum(map(ord, artist.name))))
    styles, remarks, rows = load_styles(), [], []
    # The luck of an artist is the same with and without learning.
    coins = np.random.default_rng(seed).random(ROUNDS * SHOWN)
    for number in range(ROUNDS):
        place = (number + seed) % len(pool.sketches)
        true = artist.chances(pool, number / (ROUNDS - 1))
        taste = Taste(tuple(remarks))
        request = Request(pool.sketches[place], count=SHOWN, seed=1_000 * seed + number)
        if learning and remarks:
            steered = taste.steered(request, styles, random)
            widened = Request(pool.sketches[place], count=SHOWN * wide, seed=request.seed, leaning=steered.leaning)
            found = pool.answers(place, widened)
            found = [found[index] for index in taste.order([each.traits for each in found], random)[:SHOWN]]
        else:
            found = pool.answers(place, request)
        best = sorted((true(entry) for entry in pool.entries[place].values()), reverse=True)[:SHOWN]
        for entry, most in zip(found, best, strict=True):
            kept = bool(coins[len(rows)] < true(entry))
            rows.append((kept, true(entry), most, entry.score))
            verdict = Verdict.KEPT if kept else Verdict.REJECTED
            remarks.append(Remark(verdict, entry.traits, answer=str(len(remarks)), number=len(remarks) + 1))
    kept, chance, most, score = (np.array(column, float) for column in zip(*rows, strict=True))
    return Session(kept, chance, most, score)
