"""The arranger: gives each player the pattern for each bar and collects what they play."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random

from cocomposer.errors import Cancelled
from cocomposer.music import Part, Role, Song
from cocomposer.styles.feel import Swing, perform
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.pattern import Cue, Pattern, Step, place
from cocomposer.styles.plan import TOP_LEVEL, BarPlan, plan_form
from cocomposer.styles.players.bass import play_bass
from cocomposer.styles.players.chords import play_chords
from cocomposer.styles.players.counter import play_counter
from cocomposer.styles.players.drums import play_drums
from cocomposer.styles.style import LEVELS, PartStyle, Style

_SIXTEENTH = 120
_TIMEKEEPERS = frozenset(
    {"hat", "pedal", "ride", "ride2", "shaker", "tambourine", "cabasa", "triangle", "triangle_mute"}
)


@dataclass(frozen=True)
class Orchestration:
    """Which of a style's parts play (ids; None for all) and how much more or less intense than usual (-2..2)."""

    parts: Collection[str] | None = None
    shift: int = 0


def arrange(
    song: Song,
    style: Style,
    energies: Sequence[float],
    orchestration: Orchestration = Orchestration(),
    seed: int = 0,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Part, ...]:
    """Accompany `song` (melody, chords, sections known) in `style`; the tune itself is not among the parts.

    `energies` are as for `plan_form`.  The same arguments give the same notes.
    Raises Cancelled as soon as `cancelled()` turns true.
    """
    sheet = LeadSheet(song)
    plan = plan_form(song, energies, orchestration.shift)
    swing = Swing(song, style.feel, sheet.melody)
    drummers = [part.id for part in style.parts if part.role is Role.DRUMS]
    parts = []
    for part in style.parts:
        if cancelled is not None and cancelled():
            raise Cancelled("Stopped.")
        if orchestration.parts is not None and part.id not in orchestration.parts:
            continue
        random = Random(f"{seed}/{style.id}/{part.id}")
        playing = [bar for bar in plan if _plays(part, bar, plan)]
        if part.role is Role.DRUMS:
            cues = _cues(part, playing, sheet, seed)
            strokes = play_drums(cues, playing, has_crash=part.id == drummers[0] and "crash" not in part.patterns)
        elif part.role is Role.BASS:
            strokes = play_bass(_cues(part, playing, sheet, seed), part, sheet, random)
        elif part.role is Role.COUNTER and not any(level in part.patterns for level in LEVELS):
            strokes = play_counter(playing, part, sheet, random)
        else:
            strokes = play_chords(_cues(part, playing, sheet, seed), part, sheet)
        notes = perform(strokes, part, style.feel, plan, swing, song, random)
        if notes:
            parts.append(Part(part.name, part.role, part.program, notes, part.volume, part.pan))
    return tuple(parts)


def _plays(part: PartStyle, bar: BarPlan, plan: Sequence[BarPlan]) -> bool:
    """Has the part come in yet?  Short forms let late-comers in by half-time; an intro is for the core alone."""
    if part.enters == 0:
        return True
    if bar.is_intro:
        return False
    sections = plan[-1].section + 1
    if sections > part.enters:
        return bar.section >= part.enters
    return bar.bar.index >= len(plan) // 2


def _cues(part: PartStyle, plan: Sequence[BarPlan], sheet: LeadSheet, seed: int) -> list[Cue]:
    cues: list[Cue] = []
    for bar in plan:
        for cue in _bar_cues(part, bar, sheet, seed):
            if cue.tick < sheet.song.length:
                cues.append(cue)
    return cues


def _bar_cues(part: PartStyle, bar: BarPlan, sheet: LeadSheet, seed: int) -> list[Cue]:
    if bar.is_last:
        return _ending(part, bar)
    if bar.is_intro and "intro" in part.patterns:
        return _placed(_variant(part.patterns["intro"], bar, sheet, seed), bar)
    if "fill" in part.patterns and bar.ends_section and bar.level > 0:
        return _placed(_variant(part.patterns["fill"], bar, sheet, seed), bar)
    if "fill" in part.patterns and bar.ends_phrase and bar.level > 0 and bar.place % 8 == 7:
        return _half(part, bar, sheet, seed)
    if part.role in (Role.KEYS, Role.GUITAR):
        return _listening(part, bar, sheet, seed)
    pattern = _at_level(part, bar.level, bar, sheet, seed)
    return _placed(pattern, bar) if pattern else []


def _at_level(part: PartStyle, level: int, bar: BarPlan, sheet: LeadSheet, seed: int) -> Pattern | None:
    variants = part.patterns.get(LEVELS[level])
    return _variant(variants, bar, sheet, seed) if variants else None


def _variant(variants: Sequence[Pattern], bar: BarPlan, sheet: LeadSheet, seed: int) -> Pattern:
    """The variant that fits the tune best, so that a bar that returns is accompanied as before.

    Without a tune the first is the habit and the others mark the ends of phrases.
    """
    if len(variants) == 1:
        return variants[0]
    turned = [variants[(index + seed) % len(variants)] for index in range(len(variants))]
    tune = sheet.melody_sounding(bar.bar.start, bar.bar.end)
    if not tune:
        phrase_end = bar.place % 4 == 3 or bar.place == bar.size - 1
        return turned[1 + bar.place // 4 % (len(turned) - 1)] if phrase_end else turned[0]
    onsets = {round((note.start - bar.bar.start) / _SIXTEENTH) for note in tune if note.start >= bar.bar.start}
    return max(turned, key=lambda pattern: _fit(_placed(pattern, bar), bar, sheet, onsets))


def _fit(cues: Sequence[Cue], bar: BarPlan, sheet: LeadSheet, onsets: set[int]) -> float:
    """How well a groove goes with the tune: off-beat strokes are welcome together with it or in its rests, and
    in the way just before or after its notes.  Mean over strokes, -1..1."""
    value = 0.0
    told = [cue for cue in cues if cue.step.voice not in _TIMEKEEPERS]
    for cue in told:
        place = round((cue.tick - bar.bar.start) / _SIXTEENTH)
        if place in onsets:
            value += 1.0
        elif sheet.rests(cue.tick, cue.tick + 2 * _SIXTEENTH):
            value += 0.7
        elif place - 1 in onsets or place + 1 in onsets:
            value -= 1.0
    return value / max(1, len(told))


def _placed(pattern: Pattern, bar: BarPlan) -> list[Cue]:
    return list(place(pattern, bar.bar, bar.place))


def _half(part: PartStyle, bar: BarPlan, sheet: LeadSheet, seed: int) -> list[Cue]:
    """The groove with the second half of a fill: enough to mark the end of a phrase inside a section."""
    pattern = _at_level(part, bar.level, bar, sheet, seed)
    middle = (bar.bar.start + bar.bar.end) // 2
    groove = _placed(pattern, bar) if pattern else []
    fill = _placed(_variant(part.patterns["fill"], bar, sheet, seed), bar)
    return [cue for cue in groove if cue.tick < middle] + [cue for cue in fill if cue.tick >= middle]


def _listening(part: PartStyle, bar: BarPlan, sheet: LeadSheet, seed: int) -> list[Cue]:
    """Comping that makes room: beat by beat a sparser groove under a busy tune, a busier one in its rests."""
    usual = _at_level(part, bar.level, bar, sheet, seed)
    if usual is None or not sheet.melody:
        return _placed(usual, bar) if usual else []
    sparser = _at_level(part, max(0, bar.level - 1), bar, sheet, seed) or usual
    busier = _at_level(part, min(TOP_LEVEL, bar.level + 1), bar, sheet, seed) or usual
    placed = {id(pattern): _placed(pattern, bar) for pattern in (usual, sparser, busier)}
    cues: list[Cue] = []
    starts = bar.bar.meter.beat_starts
    for index, (offset, size) in enumerate(zip(starts, bar.bar.meter.beats, strict=True)):
        start, end = bar.bar.start + offset, bar.bar.start + offset + size
        chosen = usual
        if index > 0:  # the downbeat stays: it carries the harmony
            if sheet.rests(start, end):
                chosen = busier
            elif sheet.is_busy(bar.bar, start, end):
                chosen = sparser
        cues += [cue for cue in placed[id(chosen)] if start <= cue.tick < end]
    return cues


def _ending(part: PartStyle, bar: BarPlan) -> list[Cue]:
    """The last bar: what the style wrote for it, else everybody lands on the downbeat and lets it ring."""
    if "ending" in part.patterns:
        return _placed(part.patterns["ending"][0], bar)
    beats = len(bar.bar.meter.beats)
    whole = bar.bar.end - bar.bar.start
    if part.role is Role.DRUMS:
        voices = {step.voice for variants in part.patterns.values() for pattern in variants for step in pattern.steps}
        struck = [
            drum for drum in ("kick", "crash" if "snare" in voices else "ride") if drum == "crash" or drum in voices
        ]
        return [Cue(bar.bar.start, whole, Step(0, 0, 0.0, beats, "x", drum)) for drum in struck]
    symbol = "1" if part.role is Role.BASS else "c"
    return [Cue(bar.bar.start, whole, Step(0, 0, 0.0, beats, symbol))]
