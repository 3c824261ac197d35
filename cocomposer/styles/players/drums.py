"""The drummer: two hands, two feet, and a fill where a section ends."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from cocomposer.styles.drum_names import DRUMS, FEET
from cocomposer.styles.feel import Stroke
from cocomposer.styles.pattern import Cue
from cocomposer.styles.plan import BarPlan

_FLAM = 22
"""Milliseconds by which the grace stroke of a flam comes early (as a positive delay of the main stroke)."""

_CYMBALS = frozenset({"crash", "crash2", "splash", "china"})
_ORDER = (
    "crash",
    "china",
    "snare",
    "snare2",
    "clap",
    "tom1",
    "tom2",
    "tom3",
    "tom4",
    "floor",
    "floor2",
    "open",
    "ride",
    "bell",
)
"""Which strokes two hands keep when a pattern and a crash ask for more, first to last."""


def play_drums(cues: Iterable[Cue], plan: Sequence[BarPlan], has_crash: bool) -> list[Stroke]:
    """Strokes for the cues, in general MIDI drum keys; a crash opens a section that is louder than the one before."""
    by_tick: dict[int, list[tuple[str, Stroke]]] = {}
    for cue in cues:
        drum = cue.step.voice
        stroke = Stroke(cue.tick, max(60, cue.duration // 2), DRUMS[drum], cue.step.accent - (cue.symbol == "o") * 2)
        struck = by_tick.setdefault(cue.tick, [])
        struck.append((drum, stroke))
        if cue.symbol == "r":  # a drag: two soft strokes lead into the main one
            for fraction in (2, 1):
                early = max(0, cue.tick - fraction * 60)
                by_tick.setdefault(early, []).append((drum, Stroke(early, 60, DRUMS[drum], -2)))
        if cue.symbol == "f" and cue.tick >= _FLAM:
            early = cue.tick - _FLAM
            by_tick.setdefault(early, []).append((drum, Stroke(early, 60, DRUMS[drum], -2)))
    if has_crash:
        for before, after in itertools.pairwise(plan):
            if after.begins_section and after.level >= max(1, before.level):
                by_tick.setdefault(after.bar.start, []).append(
                    ("crash", Stroke(after.bar.start, 480, DRUMS["crash"], 1))
                )
    return [stroke for tick in sorted(by_tick) for stroke in _with_two_hands(by_tick[tick])]


def _with_two_hands(struck: list[tuple[str, Stroke]]) -> list[Stroke]:
    """At most two strokes for the hands, one of each drum; feet are free.  A crash replaces the time-keeping hand."""
    chosen: dict[str, Stroke] = {}
    for drum, stroke in struck:
        if drum not in chosen or stroke.accent > chosen[drum].accent:
            chosen[drum] = stroke
    hands = [drum for drum in chosen if drum not in FEET]
    if any(drum in _CYMBALS for drum in hands):
        hands = [drum for drum in hands if drum not in ("hat", "ride")]
    hands.sort(key=lambda drum: _ORDER.index(drum) if drum in _ORDER else len(_ORDER))
    kept = {*hands[:2], *(drum for drum in chosen if drum in FEET)}
    return [stroke for drum, stroke in chosen.items() if drum in kept]
