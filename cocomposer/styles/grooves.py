"""Which written groove sounds in each bar: by intensity and form, and by what the tune does there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cocomposer.music import Role
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.pattern import Cue, Pattern, Step, place
from cocomposer.styles.plan import TOP_LEVEL, BarPlan
from cocomposer.styles.style import LEVELS, PartStyle

_SIXTEENTH = 120
_TIMEKEEPERS = frozenset(
    {"hat", "pedal", "ride", "ride2", "shaker", "tambourine", "cabasa", "triangle", "triangle_mute"}
)


class GrooveChooser:
    """Chooses for all players of one band; `drummer` is the one the bass goes with, None where there is none.

    Another `seed` prefers another of equally good variants.
    """

    def __init__(self, sheet: LeadSheet, seed: int, drummer: PartStyle | None) -> None:
        self._sheet, self._seed, self._drummer = sheet, seed, drummer

    def cues(self, part: PartStyle, plan: Iterable[BarPlan]) -> list[Cue]:
        """The cues of a part over the bars in which it plays, within the song's length."""
        end = self._sheet.song.length
        return [cue for bar in plan for cue in self._bar(part, bar) if cue.tick < end]

    def _bar(self, part: PartStyle, bar: BarPlan) -> list[Cue]:
        if bar.is_last:
            return _ending(part, bar)
        if bar.is_intro and "intro" in part.patterns:
            return self._placed(part, "intro", bar)
        if "fill" in part.patterns and bar.level > 0:
            if bar.ends_section:
                return self._placed(part, "fill", bar)
            if bar.ends_phrase:
                return self._half_filled(part, bar)
        if part.listens and part.role in (Role.KEYS, Role.GUITAR) and self._sheet.melody:
            return self._listening(part, bar)
        return self._placed(part, LEVELS[bar.level], bar)

    def _half_filled(self, part: PartStyle, bar: BarPlan) -> list[Cue]:
        """The end of a phrase inside a section: half a fill after eight bars, its last beat after four."""
        beats = bar.bar.meter.beats
        turn = (bar.bar.start + bar.bar.end) // 2 if bar.place % 8 == 7 else bar.bar.end - beats[-1]
        groove = [cue for cue in self._placed(part, LEVELS[bar.level], bar) if cue.tick < turn]
        return groove + [cue for cue in self._placed(part, "fill", bar) if cue.tick >= turn]

    def _placed(self, part: PartStyle, where: str, bar: BarPlan) -> list[Cue]:
        """The cues of the best variant written at a level or special place; none where the part rests."""
        variants = part.patterns.get(where)
        if not variants:
            return []
        return _place(variants[self._variant(self._deciding(part, where), bar)], bar)

    def _deciding(self, part: PartStyle, where: str) -> Sequence[Pattern]:
        """Whose variants are compared with the tune: a bass follows a drummer who has as many."""
        own = part.patterns[where]
        if part.role is Role.BASS and self._drummer is not None:
            theirs = self._drummer.patterns.get(where, ())
            if len(theirs) == len(own):
                return theirs
        return own

    def _variant(self, variants: Sequence[Pattern], bar: BarPlan) -> int:
        """Index of the variant that fits the tune best, so that a bar that returns is accompanied as before.

        Without a tune the first is the habit and the others mark the ends of phrases.
        """
        count = len(variants)
        order = [(index + self._seed) % count for index in range(count)]
        tune = self._sheet.melody_sounding(bar.bar.start, bar.bar.end)
        if count == 1 or not tune:
            phrase_end = count > 1 and (bar.place % 4 == 3 or bar.place == bar.size - 1)
            return order[1 + bar.place // 4 % (count - 1)] if phrase_end else order[0]
        onsets = {round((note.start - bar.bar.start) / _SIXTEENTH) for note in tune if note.start >= bar.bar.start}
        return max(order, key=lambda index: self._fit(_place(variants[index], bar), bar, onsets))

    def _fit(self, cues: Sequence[Cue], bar: BarPlan, onsets: set[int]) -> float:
        """How well a groove goes with the tune: strokes are welcome together with it or in its rests, and in the
        way just before or after its notes.  Mean over strokes, -1..1."""
        value = 0.0
        told = [cue for cue in cues if cue.step.voice not in _TIMEKEEPERS]
        for cue in told:
            position = round((cue.tick - bar.bar.start) / _SIXTEENTH)
            if position in onsets:
                value += 1.0
            elif self._sheet.rests(cue.tick, cue.tick + 2 * _SIXTEENTH):
                value += 0.7
            elif position - 1 in onsets or position + 1 in onsets:
                value -= 1.0
        return value / max(1, len(told))

    def _listening(self, part: PartStyle, bar: BarPlan) -> list[Cue]:
        """Comping that makes room: beat by beat a sparser groove under a busy tune, a busier one in its rests."""
        usual = self._placed(part, LEVELS[bar.level], bar)
        sparser = self._placed(part, LEVELS[max(0, bar.level - 1)], bar) or usual
        busier = self._placed(part, LEVELS[min(TOP_LEVEL, bar.level + 1)], bar) or usual
        cues: list[Cue] = []
        for index, (offset, size) in enumerate(zip(bar.bar.meter.beat_starts, bar.bar.meter.beats, strict=True)):
            start, end = bar.bar.start + offset, bar.bar.start + offset + size
            chosen = usual
            if usual and index > 0:  # the downbeat stays: it carries the harmony
                if self._sheet.rests(start, end):
                    chosen = busier
                elif self._sheet.is_busy(bar.bar, start, end):
                    chosen = sparser
            cues += [cue for cue in chosen if start <= cue.tick < end]
        return cues


def _place(pattern: Pattern, bar: BarPlan) -> list[Cue]:
    return list(place(pattern, bar.bar, bar.place))


def _ending(part: PartStyle, bar: BarPlan) -> list[Cue]:
    """The last bar: what the style wrote for it, else everybody lands on the downbeat and lets it ring."""
    if "ending" in part.patterns:
        return _place(part.patterns["ending"][0], bar)
    beats = len(bar.bar.meter.beats)
    whole = bar.bar.end - bar.bar.start
    if part.role is Role.DRUMS:
        voices = [step.voice for variants in part.patterns.values() for pattern in variants for step in pattern.steps]
        struck = [drum for drum in ("kick", "ride") if drum in voices] or voices[:1]
        if part.crash and "kick" in voices and "snare" in voices:
            struck = ["kick", "crash"]
        return [Cue(bar.bar.start, whole, Step(0, 0, 0.0, beats, "x", drum)) for drum in struck]
    symbol = "1" if part.role is Role.BASS else "c"
    return [Cue(bar.bar.start, whole, Step(0, 0, 0.0, beats, symbol))]
