"""What was learned, told to the artist: a line for each trait that matters, each with the counts it goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from cocomposer.composer import Leaning
from cocomposer.composer.part_names import listed
from cocomposer.taste.journal import TasteError, Verdict
from cocomposer.taste.taste import SAID, STEERS, Taste
from cocomposer.taste.traits import GENRE, OPINION, STYLE, TRAIT

_CERTAIN = 0.6
"""Standard deviations by which a weight has to differ from nothing to be told."""
_NOTABLE = 0.15
"""How far a trait has to be from the usual to count as little or much of it."""
_MOST_LINES = 12
_PRAISED, _WORTH = 2, 0.25
"""Most things that are said to speak for a proposal, and how much each has to, in nats."""
_TIMES = 1.3
"""How many times as often something is kept for that to be said in numbers."""


@dataclass(frozen=True)
class Line:
    """One thing that was learned.

    `trait` is what to correct or forget it by; `weight` is the liking in nats for a unit of the trait and `doubt` its
    standard deviation; `corrected` tells that the artist said so.  `often` and `seldom` are how many with what is liked
    were kept, and with the opposite, each of how many.
    """

    trait: str
    sentence: str
    weight: float
    doubt: float
    corrected: bool = False
    often: tuple[int, int] = (0, 0)
    seldom: tuple[int, int] = (0, 0)


def lines(taste: Taste) -> tuple[Line, ...]:
    """What the taste is sure of, the surest first, and everything that the artist corrected."""
    said = {each.trait for each in taste.corrections if each.direction is not None}
    found = []
    for name in taste.names[1:]:
        weight, doubt = taste.preference.weight(name)
        learned = any(each.traits.get(name) for each in taste.standing)
        if name in said or (learned and name != OPINION and abs(weight) > _CERTAIN * doubt):
            often, seldom = _kept(taste, name, weight > 0), _kept(taste, name, weight <= 0)
            sentence = _sentence(name, weight, name in said, often, seldom)
            found.append(Line(name, sentence, weight, doubt, name in said, often, seldom))
    found.sort(key=lambda line: (not line.corrected, -abs(line.weight) / line.doubt))
    return tuple(found[:_MOST_LINES])


def summary(taste: Taste) -> str:
    """The surest likings in one sentence, "" where there are none yet."""
    liked = [_words(line.trait, line.weight) for line in lines(taste) if abs(line.weight) > 0.1]
    liked = [words for words in liked if words][:3]
    return f"You keep {listed(liked)}." if liked else ""


def asked_for(leaning: Leaning) -> tuple[str, ...]:
    """What a leaning asks for, a sentence for each control: "You keep sparse playing: asked for less density."."""
    asked = {name: value for controls in leaning.controls for name, value in controls.asked().items()}
    return tuple(
        f"You keep {_words(STEERS[control], value - 0.5)}: asked for {'more' if value > 0.5 else 'less'} {control}."
        for control, value in asked.items()
    )


def praised(traits: Mapping[str, float], weights: Mapping[str, float]) -> str:
    """What of a proposal speaks for it most by the weights of a taste, "" where nothing does."""
    worth = {name: weights.get(name, 0.0) * value for name, value in traits.items() if name != OPINION}
    most = sorted(worth, key=lambda name: -worth[name])[:_PRAISED]
    return listed([_words(name, traits[name]) for name in most if worth[name] > _WORTH])


def trait_named(taste: Taste, name: str) -> str:
    """The trait that is meant by `name`, whatever its case.  Raises TasteError for one that there is not."""
    names = taste.names[1:]
    for each in names:
        if name.casefold() in (each.casefold(), each.casefold().partition(": ")[2]):
            return each
    plain = ", ".join(each for each in names if each in TRAIT)
    raise TasteError(f"There is no trait {name!r}. There are {plain}, and the genres and styles that you heard.")


def picture(taste: Taste) -> str:
    """What was learned as an SVG: a bar for each line, to the right what is liked, a whisker for the doubt."""
    told = lines(taste)
    height = 36 * max(1, len(told)) + 24
    largest = max((abs(line.weight) + line.doubt for line in told), default=1.0)
    drawn = []
    for place, line in enumerate(told):
        y, x = 36 * place + 30, 180 * line.weight / largest
        doubt = 180 * line.doubt / largest
        colour = "#F2A541" if line.weight > 0 else "#6C8EBF"
        drawn.append(
            f'<text x="190" y="{y + 5}" text-anchor="end" fill="#E6E8EB">{escape(line.trait)}</text>'
            f'<rect x="{400 + min(0.0, x):.1f}" y="{y - 8}" width="{abs(x):.1f}" height="16" rx="3" fill="{colour}"/>'
            f'<path d="M{400 + x - doubt:.1f} {y}H{400 + x + doubt:.1f}" stroke="#9AA3AF" stroke-width="2"/>'
            f"<title>{escape(line.sentence)}</title>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 {height}" font-family="Inter, sans-serif" '
        f'font-size="13"><rect width="620" height="{height}" fill="#14171C"/>'
        f'<path d="M400 10V{height - 10}" stroke="#3A414C"/>{"".join(f"<g>{each}</g>" for each in drawn)}</svg>\n'
    )


def _sentence(name: str, weight: float, corrected: bool, often: tuple[int, int], seldom: tuple[int, int]) -> str:
    words = _words(name, weight)
    if corrected:
        return f"You said that you like {words}." if abs(weight) > 0.1 else f"You said that {name} does not matter."
    other = _words(name, -weight)
    if name not in TRAIT:
        kept, shown = often if weight > 0 else seldom
        return f"You {'keep' if weight > 0 else 'pass over'} {_plain(name)}: {kept} of {shown} kept."
    if not often[1] or not seldom[1]:
        return f"You keep {words}."
    times = (often[0] + 0.5) / (often[1] + 1) / ((seldom[0] + 0.5) / (seldom[1] + 1))
    counts = f"{often[0]} of {often[1]} kept, against {seldom[0]} of {seldom[1]}"
    if times < _TIMES:
        return f"You lean to {words} more than to {other} ({counts})."
    number = f"{times:.1f}".removesuffix(".0")
    return f"You keep {words} {number} times as often as {other} ({counts})."


def _words(name: str, weight: float) -> str:
    """What there is liked, "" where a genre or style is not."""
    if name in TRAIT:
        return TRAIT[name].much if weight > 0 else TRAIT[name].little
    return _plain(name) if weight > 0 else f"other than {_plain(name)}"


def _plain(name: str) -> str:
    return name.removeprefix(GENRE).removeprefix(STYLE).replace("-", " ")


def _kept(taste: Taste, name: str, much: bool) -> tuple[int, int]:
    """How many with much (or little) of a trait were kept, and how many there were."""

    there = [
        remark
        for remark in taste.standing
        if remark.verdict is not Verdict.EDITED
        and taste.profile.holds(remark)
        and (1 if much else -1) * remark.traits.get(name, 0.0) >= _NOTABLE
    ]
    return sum(SAID[remark.verdict][0] for remark in there), len(there)
