"""The form of an arrangement, bar by bar: which section, how intense, where the fills and the ending are."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cocomposer.music import Bar, Section, Song
from cocomposer.styles.style import LEVELS

TOP_LEVEL = len(LEVELS) - 1

# Words by which artists name sections, and the intensity they expect there.
_NAMED_LEVELS = {
    "intro": 0, "verse": 1, "pre": 1, "chorus": 2, "refrain": 2, "hook": 2, "drop": 2, "bridge": 1, "middle": 1,
    "solo": 2, "break": 0, "breakdown": 0, "interlude": 0, "outro": 0, "coda": 1, "ending": 1, "tag": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BarPlan:
    """One bar of the plan.

    `section` counts sections from 0, `place` and `size` are the bar's number within its section and the section's
    bars.  `level` indexes LEVELS; `beyond` is by how many
    steps more (or less, if negative) intensity was wanted than there are levels.
    """

    bar: Bar
    section: int
    name: str
    place: int
    size: int
    level: int
    beyond: int
    is_intro: bool
    is_last: bool

    @property
    def ends_section(self) -> bool:
        return self.place == self.size - 1 and not self.is_last

    @property
    def begins_section(self) -> bool:
        return self.place == 0

    @property
    def ends_phrase(self) -> bool:
        """True in every fourth bar that does not end a section."""
        return self.place % 4 == 3 and self.place != self.size - 1


def letter_of(name: str) -> str:
    """What sections with the same music have in common: "Verse 2" -> "verse", "A'" -> "a"."""
    return name.casefold().rstrip("'’ 0123456789").strip() or name.casefold()


def named_level(name: str) -> int | None:
    """The intensity that a section's name asks for, None for a bare letter."""
    word = letter_of(name).replace("-", " ").split()
    return next((_NAMED_LEVELS[each] for each in word if each in _NAMED_LEVELS), None)


def section_levels(names: Sequence[str], energies: Sequence[float]) -> list[int]:
    """An intensity for each section: its name decides, else how its letter's energy ranks among the others.

    The same letter always gets the same intensity, so that what returns is recognised; a first section that
    is not alone begins no higher than the middle.
    """
    totals: dict[str, list[float]] = {}
    for name, energy in zip(names, energies, strict=True):
        totals.setdefault(letter_of(name), []).append(energy)
    mean = {letter: sum(values) / len(values) for letter, values in totals.items()}
    unnamed = sorted((letter for letter in mean if named_level(letter) is None), key=lambda letter: mean[letter])
    by_rank: dict[str, int] = {}
    for rank, letter in enumerate(unnamed):
        by_rank[letter] = 1 if len(unnamed) == 1 else round(1 + rank / (len(unnamed) - 1))
    levels = []
    for name in names:
        named = named_level(name)
        levels.append(by_rank[letter_of(name)] if named is None else named)
    if len(set(names)) > 1 and levels and named_level(names[0]) is None:
        first = letter_of(names[0])
        levels = [
            min(level, 1) if letter_of(name) == first else level for name, level in zip(names, levels, strict=True)
        ]
    return levels


def _clamped(level: int) -> int:
    return max(0, min(TOP_LEVEL, level))


def plan_form(song: Song, energies: Sequence[float], shift: int = 0) -> tuple[BarPlan, ...]:
    """Plan every bar of `song`.

    `energies` has a figure 0..1 for each section (0.5 where it ends early), `shift` raises or lowers every
    intensity (a sparse or a full arrangement).
    """
    bars = song.bars
    sections = song.sections or (Section(0, "A"),)
    energies = [*energies[: len(sections)], *[0.5] * (len(sections) - len(energies))]
    if sections[0].tick > 0:
        sections, energies = (Section(0, "Intro"), *sections), [0.0, *energies]
    names = [section.name for section in sections]
    levels = section_levels(names, energies)
    starts = [section.tick for section in sections]
    owner = [max(0, bisect_left(starts, bar.end) - 1) for bar in bars]
    sizes = Counter(owner)
    plans: list[BarPlan] = []
    for index, (bar, section) in enumerate(zip(bars, owner, strict=True)):
        level = levels[section] + shift
        follows = bool(plans) and plans[-1].section == section
        plans.append(
            BarPlan(
                bar=bar,
                section=section,
                name=names[section],
                place=plans[-1].place + 1 if follows else 0,
                size=sizes[section],
                level=_clamped(level),
                beyond=level - _clamped(level),
                is_intro=letter_of(names[section]) == "intro",
                is_last=index == len(bars) - 1,
            )
        )
    return tuple(plans)
