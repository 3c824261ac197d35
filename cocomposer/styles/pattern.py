"""The step notation in which styles write their rhythms, and its fitting to any metre.

A pattern is a line of steps, all of one length, that fill one or more bars:

    "1'--. 5_-.1 8---"

A step is one character, perhaps followed by marks; `.` rests, `-` holds the step before it.  Blanks are for
the eye and `|` divides bars.  What a character means is up to the player (a drum stroke, a degree of
the chord, a strum); marks mean the same for all: `'` louder, `,` softer, `*` short, `+` an octave up, `_` an
octave down, `>` an anticipation of the next chord.  A capital letter is the small one played louder; `(135)` strikes
several at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cocomposer.errors import StyleError
from cocomposer.music import TICKS_PER_QUARTER, Bar, Meter

_STEP = re.compile(r"(\([A-Za-z0-9]+\)|[A-Za-z0-9.\-])([',*+_>]*)")
MAX_BARS = 16


@dataclass(frozen=True, slots=True)
class Step:
    """One written stroke.

    `beat` counts the felt beats of the style's metre from 0 within `bar`; `phase` (0..1) is the place inside the
    beat and `length` the duration, both in beats.  `accent` is -2..2.  `voice` names the drum, "" elsewhere.
    """

    bar: int
    beat: int
    phase: float
    length: float
    symbol: str
    voice: str = ""
    accent: int = 0
    staccato: bool = False
    octave: int = 0
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A written groove of `bars` bars with `beats` felt beats each, of three parts where `compound`, its steps in
    time order."""

    bars: int
    beats: int
    compound: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """A step placed in the song: start and duration in ticks, before swing and feel."""

    tick: int
    duration: int
    step: Step

    @property
    def symbol(self) -> str:
        return self.step.symbol


def anticipates(cue: Cue, change: int) -> bool:
    """Does the cue belong to the chord that begins at tick `change`?  Marked steps within a beat of it do, and any
    that is held over it from within an eighth."""
    if cue.step.pushed:
        return change - cue.tick <= TICKS_PER_QUARTER
    return change - cue.tick <= TICKS_PER_QUARTER // 2 and cue.tick + cue.duration > change


def parse_line(text: str, meter: Meter, alphabet: str, voice: str = "") -> Pattern:
    """Read one line of steps written in `meter`, allowing only symbols of `alphabet`.

    Raises StyleError, quoting what is wrong, for unknown symbols, bars of unequal or impossible length.
    """
    beats = len(meter.beats)
    steps: list[Step] = []
    bars = [bar for bar in text.split("|") if bar.strip()]
    if not 1 <= len(bars) <= MAX_BARS:
        raise StyleError(f'The pattern "{text}" has {len(bars)} bars; it may have 1 to {MAX_BARS}.')
    for index, bar in enumerate(bars):
        compact = re.sub(r"\s+", "", bar)
        tokens = _STEP.findall(compact)
        if "".join(symbol + marks for symbol, marks in tokens) != compact:
            raise StyleError(f'The pattern "{text}" cannot be read: a step is one character with marks \' , * + _ >.')
        if len(tokens) % beats:
            raise StyleError(
                f'Bar {index + 1} of the pattern "{text}" has {len(tokens)} steps, which do not divide into the '
                f"{beats} beats of {meter}."
            )
        per_beat = len(tokens) // beats
        for place, (symbol, marks) in enumerate(tokens):
            if symbol == ".":
                continue
            if symbol == "-":
                if steps and _reaches(steps[-1], index * beats + place / per_beat, beats):
                    steps[-1] = _longer(steps[-1], 1 / per_beat)
                continue
            accent = marks.count("'") - marks.count(",") + (1 if symbol.isupper() else 0)
            symbol = symbol.strip("()").lower()
            if unknown := [each for each in symbol if each not in alphabet]:
                raise StyleError(
                    f'"{unknown[0]}" in the pattern "{text}" means nothing here; use {", ".join(alphabet)} or . and -.'
                )
            beat, within = divmod(place, per_beat)
            steps.append(
                Step(index, beat, within / per_beat, 1 / per_beat, symbol, voice, max(-2, min(2, accent)),
                     "*" in marks, marks.count("+") - marks.count("_"), ">" in marks)
            )  # fmt: skip
    return Pattern(len(bars), beats, meter.is_compound, tuple(steps))


def merge(lines: list[Pattern]) -> Pattern:
    """Lay several lines (the drums of one groove) over each other; shorter ones repeat."""
    bars = max(line.bars for line in lines)
    if any(bars % line.bars for line in lines):
        raise StyleError("The lines of one groove must have lengths that fit into each other: 1, 2 or 4 bars.")
    steps = [
        replace(step, bar=step.bar + again * line.bars)
        for line in lines
        for again in range(bars // line.bars)
        for step in line.steps
    ]
    return Pattern(
        bars,
        lines[0].beats,
        lines[0].compound,
        tuple(sorted(steps, key=lambda step: (step.bar, step.beat, step.phase))),
    )


def _reaches(step: Step, place: float, beats: int) -> bool:
    """Does `step`, as long as it is now, end exactly at `place` (in beats from the first bar)?"""
    return abs(step.bar * beats + step.beat + step.phase + step.length - place) < 1e-6


def _longer(step: Step, by: float) -> Step:
    return replace(step, length=step.length + by)


# Which beat of the written bar stands on each beat of a metre with another number of beats.  Chosen so that
# the downbeat stays the downbeat and a backbeat stays near the end: 4 -> 3 plays 1, 2, 4.
_BEAT_CHOICE = {
    (4, 1): (0,), (4, 2): (0, 1), (4, 3): (0, 1, 3), (4, 5): (0, 1, 2, 2, 3), (4, 6): (0, 1, 2, 3, 2, 3),
    (4, 7): (0, 1, 2, 3, 0, 1, 3),
    (3, 1): (0,), (3, 2): (0, 1), (3, 4): (0, 1, 2, 1), (3, 5): (0, 1, 2, 0, 1), (3, 7): (0, 1, 2, 0, 1, 0, 1),
    (2, 1): (0,), (2, 3): (0, 1, 1), (2, 5): (0, 1, 0, 1, 1),
}  # fmt: skip


def beat_choice(written: int, beats: int, bar: int) -> tuple[int, ...]:
    """For each beat of bar number `bar` (of `beats` beats), the written beat that sounds there."""
    if written == 2 * beats:  # one written bar lasts two of the song's
        half = bar % 2 * beats
        return tuple(range(half, half + beats))
    if (written, beats) in _BEAT_CHOICE:
        return _BEAT_CHOICE[written, beats]
    return tuple(beat % written for beat in range(beats))


def place(pattern: Pattern, bar: Bar, repeat: int) -> Iterator[Cue]:
    """The cues of one bar of the song, `repeat` bars after the pattern's start.

    Metres with other beats than the style's take the nearest written beats; where a simple beat becomes a
    compound one, eighths become the outer two of three.
    """
    beats = bar.meter.beats
    written_bar = repeat // 2 % pattern.bars if pattern.beats == 2 * len(beats) else repeat % pattern.bars
    chosen = beat_choice(pattern.beats, len(beats), repeat)
    whole = pattern.beats in (len(beats), 2 * len(beats))
    for place_in_bar, (start, size) in enumerate(zip(bar.meter.beat_starts, beats, strict=True)):
        for step in pattern.steps:
            if step.bar != written_bar or step.beat != chosen[place_in_bar]:
                continue
            tick = bar.start + start + _within(step.phase, size, bar.meter, pattern.compound)
            duration = max(1, round(step.length * size))
            if not whole:  # a hold may not run over beats that were left out
                duration = min(duration, bar.end - tick)
            if tick < bar.end:
                yield Cue(tick, duration, step)
                if size == 720 and not bar.meter.is_compound and step.phase >= 0.5 and step.length < 1:
                    yield Cue(tick + 240, duration, step)  # the odd eighth of 7/8 keeps time too


def _within(phase: float, size: int, meter: Meter, compound: bool) -> int:
    """Ticks from the start of a beat of `size` ticks for a phase of 0..1 written in a `compound` metre or a simple one.

    Triplets written in a simple metre are the three parts of a compound beat as they are; its halves and quarters
    move to the outer two.
    """
    if meter.is_compound and not compound and abs(phase * 3 - round(phase * 3)) > 1e-6:
        phase = phase * 4 / 3 if phase <= 0.5 else 2 / 3 + (phase - 0.5) * 2 / 3
    elif size == 720 and not meter.is_compound:
        size = 480
    return round(phase * size)
