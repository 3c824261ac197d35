"""The arranger: lays out the form, gives each player the grooves for it, and collects what they play."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random

from cocomposer.errors import Cancelled
from cocomposer.music import Part, Role, Song
from cocomposer.styles.feel import Swing, perform
from cocomposer.styles.grooves import GrooveChooser
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.plan import BarPlan, plan_form
from cocomposer.styles.players.bass import play_bass
from cocomposer.styles.players.chords import play_chords
from cocomposer.styles.players.counter import play_counter
from cocomposer.styles.players.drums import play_drums
from cocomposer.styles.style import LEVELS, PartStyle, Style


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
    drummer = next((part for part in style.parts if part.role is Role.DRUMS), None)
    chooser = GrooveChooser(sheet, seed, drummer)
    parts = []
    for part in style.parts:
        if cancelled is not None and cancelled():
            raise Cancelled("Stopped.")
        if orchestration.parts is not None and part.id not in orchestration.parts:
            continue
        random = Random(f"{seed}/{style.id}/{part.id}")
        playing = [bar for bar in plan if _plays(part, bar, plan)]
        if part.role is Role.COUNTER and not any(level in part.patterns for level in LEVELS):
            strokes = play_counter(playing, part, sheet, random)
        else:
            cues = chooser.cues(part, playing)
            if part.role is Role.DRUMS:
                strokes = play_drums(cues, playing, has_crash=part.crash and part is drummer)
            elif part.role is Role.BASS:
                strokes = play_bass(cues, part, sheet, random)
            else:
                strokes = play_chords(cues, part, sheet)
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
