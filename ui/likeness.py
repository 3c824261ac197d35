"""What "more like this" and "less like this" ask for: an earlier question turned towards an answer, or away from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cocomposer.composer.request import Task, Terms
from cocomposer.music import Song
from cocomposer.studio.project import Answer, Generation
from cocomposer.styles.loading import load_styles

_ASIDE = 0.25
"""How far a wish is turned away from an answer that was not liked."""
_SEEDS = 101
"""Between two questions, so that none of their answers share a seed."""


@dataclass(frozen=True)
class Question:
    """What is asked next."""

    terms: Terms
    composer: str
    reference: Song | None = None


def more_like(generation: Generation, answer: Answer) -> Question:
    """The same question again, in the style of `answer`; a neural answer is the song to be like.

    Where a band was kept already, it is that band's place which the next one takes.
    """
    terms = replace(generation.terms, seed=answer.seed + _SEEDS)
    if terms.task is Task.ARRANGE and answer.verdict == "kept":
        terms = replace(terms, task=Task.REMIX)
    if answer.composer == "style":
        return Question(replace(terms, style=answer.style or "auto"), "style")
    return Question(terms, generation.composer, answer.song)


def less_like(generation: Generation, answer: Answer) -> Question:
    """The same question again, away from `answer`: another style, or other figures than those it had."""
    seed = answer.seed + _SEEDS
    if answer.composer == "style":
        used = frozenset(each.style for each in generation.answers)
        return Question(replace(generation.terms, seed=seed, style=_other_style(answer.style, used)), "style")
    asked = generation.terms
    busy = _against(answer, generation.answers, "notes_per_bar")
    density = 0.5 if asked.controls.density is None else asked.controls.density
    controls = replace(asked.controls, density=min(1.0, max(0.0, density - busy * _ASIDE)))
    adventurous = asked.adventurous + (_ASIDE if asked.adventurous <= 0.5 else -_ASIDE)
    return Question(replace(asked, seed=seed, controls=controls, adventurous=adventurous), generation.composer)


def _against(answer: Answer, others: tuple[Answer, ...], figure: str) -> int:
    """1 where `answer` has more of a figure than the others in the mean, else -1."""
    mean = sum(each.features.get(figure, 0.0) for each in others) / max(1, len(others))
    return 1 if answer.features.get(figure, 0.0) >= mean else -1


def _other_style(style_id: str, used: frozenset[str]) -> str:
    """The style in the same metre that is least like that one and was not used yet; "auto" where there is none."""
    styles = load_styles()
    mine = styles.get(style_id)
    if mine is None:
        return "auto"
    others = [
        each
        for each in styles.values()
        if each.meter == mine.meter and each.genre != mine.genre and each.id not in used
    ]
    if not others:
        return "auto"
    return max(
        others,
        key=lambda each: abs(each.energy - mine.energy) + abs(each.brightness - mine.brightness) + each.versatility,
    ).id
