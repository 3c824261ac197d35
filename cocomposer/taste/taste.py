"""What is known of an artist's taste: learned from what was said of proposals, used to rank and to steer."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from cocomposer.composer import Controls, Leaning, Request, Task
from cocomposer.styles import Style
from cocomposer.taste.journal import Correction, Remark, Verdict
from cocomposer.taste.preference import BIAS, FloatArray, Preference
from cocomposer.taste.traits import GENRE, OPINION, STYLE, TRAITS, of_style

DEFAULT_EXPLORATION = 0.1
WIDE = 12
"""How many times as many proposals are composed as are shown, where composing is quick."""
SAID: Mapping[Verdict, tuple[bool, float]] = {
    Verdict.KEPT: (True, 1.0),
    Verdict.PARTLY: (True, 0.5),
    Verdict.EDITED: (True, 1.0),
    Verdict.MORE: (True, 1.0),
    Verdict.LESS: (False, 1.0),
    Verdict.REJECTED: (False, 1.0),
    Verdict.SKIPPED: (False, 0.5),
}
"""Whether a verdict speaks for a proposal, and how loudly."""
ELSEWHERE = 0.25
"""How much counts what was said outside of the profile that is asked for."""
_DELIBERATE = 3.0
"""How many times as large as it is a change counts: who takes the trouble to make it minds."""
_CURIOUS, _CURIOSITY, _SETTLED = 1.5, 14.0, 28
"""Most of the doubt that is drawn; how many times the usual exploration there is more of it at first; and the answers
after which there is no more than the usual."""
_ANYTHING, _TRAIT, _GENRE, _STYLE = 1.0, 0.72, 0.54, 0.1
"""Standard deviations of the prior: of BIAS, of a trait, a genre and a style, in nats.

They, _DELIBERATE, the curiosity and MEMORY are what served the development artists of `tests/taste/artists.py` best.
"""
_READINESS, _TRUST = -0.7, 2.5
"""Means of the prior: a third of what is shown is kept, and much more of what the composer finds good, so that answers
at random lead to nothing that is worse."""
CORRECTED, _SURE = 1.5, 0.2
"""Mean (times the direction) and standard deviation of a weight that the artist has set right."""
_LEANS = 0.8
"""Nats by which a style is liked better than the usual one that make three quarters of a full leaning."""
STEERS: Mapping[str, str] = {
    "density": "density",
    "polyphony": "polyphony",
    "register": "register",
    "syncopation": "syncopation",
    "velocity": "loudness",
    "strictness": "chord tones",
}
"""The trait that each control of a composer moves."""


@dataclass(frozen=True)
class Profile:
    """Whose taste: everything that was ever said, or what was said in one project or genre first of all."""

    project: str = ""
    genre: str = ""

    def holds(self, remark: Remark) -> bool:
        return self.project in ("", remark.project) and self.genre in ("", remark.genre)


def best(candidates: Sequence[Mapping[str, float]], picks: Sequence[Mapping[str, float]]) -> tuple[int, ...]:
    """The places of the candidates, given by their traits, that are shown: for each of `picks` the best of those left.

    It is of another style than those before where there is one; there are at most as many as candidates.
    """
    left, chosen = list(range(len(candidates))), list[int]()
    styles = [next((name for name in each if name.startswith(STYLE)), "") for each in candidates]
    for weights in picks[: len(candidates)]:
        seen = {styles[place] for place in chosen}
        others = [place for place in left if not styles[place] or styles[place] not in seen]
        worth = {place: sum(weights.get(n, 0.0) * v for n, v in candidates[place].items()) for place in others or left}
        chosen.append(max(worth, key=lambda place: worth[place]))
        left.remove(chosen[-1])
    return tuple(chosen)


@dataclass(frozen=True)
class Taste:
    """What remarks, oldest first, and corrections say.  The same remarks make the same taste."""

    remarks: Sequence[Remark] = ()
    corrections: Sequence[Correction] = ()
    profile: Profile = field(default_factory=Profile)
    exploration: float = DEFAULT_EXPLORATION

    @cached_property
    def standing(self) -> tuple[Remark, ...]:
        """The remarks that hold: of several verdicts on one proposal the last, and none that was withdrawn.

        To pass over what one has spoken of takes nothing back.
        What was learned of a trait before it was corrected or forgotten is left out of them.
        """
        last: dict[tuple[str, bool], Remark] = {}
        for each in self.remarks:
            about = each.answer, each.verdict is Verdict.EDITED
            spoken = about in last and last[about].verdict is not Verdict.WITHDRAWN
            if each.verdict is not Verdict.SKIPPED or not spoken:
                last[about] = each
        forgotten = {each.trait: each.after for each in self.corrections}
        held = sorted(last.values(), key=lambda each: each.number)
        return tuple(
            replace(each, traits={name: v for name, v in each.traits.items() if each.number > forgotten.get(name, 0)})
            for each in held
            if each.verdict is not Verdict.WITHDRAWN
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """BIAS, all traits, and the genres and styles that something was said of."""
        said = {name for each in self.standing for name in each.traits} | {each.trait for each in self.corrections}
        traits = [trait.name for trait in TRAITS]
        return (BIAS, *traits, *sorted(name for name in said if name.startswith((GENRE, STYLE))))

    @cached_property
    def preference(self) -> Preference:
        mean, deviation = np.zeros(len(self.names)), np.array([_deviation(name) for name in self.names])
        mean[0], mean[self.names.index(OPINION)] = _READINESS, _TRUST
        for each in self.corrections:
            if each.direction is not None and each.trait in self.names:
                place = self.names.index(each.trait)
                mean[place], deviation[place] = CORRECTED * each.direction, _SURE
        preference = Preference(self.names, mean, deviation)
        for remark in self.standing:
            liked, loudness = SAID[remark.verdict]
            weight = loudness * (1.0 if self.profile.holds(remark) else ELSEWHERE)
            row = preference.row(remark.traits)
            if remark.verdict is Verdict.EDITED:
                row = _DELIBERATE * preference.row(remark.traits, bias=0.0)
            preference.hear(row, liked, weight)
        return preference

    def chance(self, traits: Mapping[str, float]) -> float:
        """How likely a proposal with these traits is kept, 0..1."""
        return self.preference.chance(self.preference.row(traits))

    @property
    def curiosity(self) -> float:
        """How much of the doubt is drawn, 0 (what is liked most) .. _CURIOUS.

        The whole of it as long as little is known, so that the first questions ask widely; later as `exploration` says:
        with much known, less than the whole learns as well and shows what is liked more often (Chapelle and Li, 2011).
        """
        more = max(0.0, 1 - len(self.standing) / _SETTLED)
        return min(_CURIOUS, self.exploration * (1 + _CURIOSITY * more))

    def picks(self, count: int, random: np.random.Generator) -> tuple[dict[str, float], ...]:
        """What the artist may like, for each of `count` places a weight in nats by trait.

        They are drawn anew for each place (Thompson sampling), so that what is not yet known well is tried.
        """
        drawn = (self.preference.sample(random, self.curiosity) for _ in range(count))
        return tuple(
            {name: round(float(weight), 4) for name, weight in zip(self.names, weights, strict=True) if name != BIAS}
            for weights in drawn
        )

    def steered(self, request: Request, styles: Mapping[str, Style], random: np.random.Generator) -> Request:
        """The request leaning to what the artist may like: to `styles` where it names none, and in its controls.

        Each proposal has its own controls, drawn like `picks`.  Only those that the taste is sure of lean at all, and
        none where the artist's own notes are written anew, to stay near to what they were.  What the request itself
        says is never changed.
        """
        if not self.standing and not self.corrections:
            return request
        drawn = [self.preference.sample(random, self.curiosity) for _ in range(request.count)]
        rewrites = request.task in (Task.INFILL, Task.VARY)
        controls = () if rewrites else tuple(self._controls(weights) for weights in drawn)
        return replace(request, leaning=Leaning(self._styles(styles.values(), drawn[0]), controls))

    def _styles(self, styles: Collection[Style], weights: FloatArray) -> dict[str, float]:
        if not styles:
            return {}
        scores = np.array([self.preference.row(self.foretold(style)) @ weights for style in styles])
        leaning = np.tanh((scores - scores.mean()) / _LEANS)
        return {style.id: round(float(value), 3) for style, value in zip(styles, leaning, strict=True)}

    def _controls(self, weights: FloatArray) -> Controls:
        asked: dict[str, Any] = {}
        for control, trait in STEERS.items():
            mean, deviation = self.preference.weight(trait)
            drawn = float(weights[self.names.index(trait)])
            if abs(mean) > deviation and drawn * mean > 0:
                asked[control] = round(0.5 + 0.35 * math.tanh(drawn), 3)
        return Controls(**asked)

    def foretold(self, style: Style) -> dict[str, float]:
        """The traits that a proposal in this style will have: as those before had them, else as the style says."""
        heard = self._heard.get(STYLE + style.id, [])
        known = of_style(style)
        names = {name for traits in heard for name in traits}
        return known | {name: sum(each.get(name, 0.0) for each in heard) / len(heard) for name in names}

    @cached_property
    def _heard(self) -> dict[str, list[Mapping[str, float]]]:
        """The traits of what was heard in each style, by the style's name."""
        found: dict[str, list[Mapping[str, float]]] = {}
        for remark in self.standing:
            for name in remark.traits:
                if name.startswith(STYLE) and remark.verdict is not Verdict.EDITED:
                    found.setdefault(name, []).append(remark.traits)
        return found


def _deviation(name: str) -> float:
    if name == BIAS:
        return _ANYTHING
    return _GENRE if name.startswith(GENRE) else _STYLE if name.startswith(STYLE) else _TRAIT
