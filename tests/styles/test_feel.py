"""Swing, human timing and dynamics."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from statistics import mean, stdev

from songs import lead_sheet

from cocomposer.music import Note, Role
from cocomposer.styles.feel import Stroke, Swing, perform
from cocomposer.styles.plan import plan_form
from cocomposer.styles.style import Feel, PartStyle

SONG = lead_sheet()
FEEL = Feel()
PART = PartStyle("keys", "Keys", Role.KEYS, 0, (48, 72))


def played(strokes, feel=FEEL, part=PART, seed=1, shift=0):
    plan = plan_form(SONG, (), shift)
    return perform(strokes, part, feel, plan, Swing(SONG, feel, ()), SONG, Random(seed))


def test_full_swing_puts_off_beats_on_the_last_triplet() -> None:
    swing = Swing(SONG, Feel(swing=1.0), ())
    assert [swing(tick) for tick in (0, 240, 480, 720)] == [0, 320, 480, 800]


def test_sixteenth_swing_leaves_eighths_alone() -> None:
    swing = Swing(SONG, Feel(swing=1.0, swing_unit=16), ())
    assert [swing(tick) for tick in (0, 120, 240, 360)] == [0, 160, 240, 400]


def test_a_band_swings_lightly_under_a_straight_tune() -> None:
    straight = [Note(beat * 480 + offset, 72, 200) for beat in range(8) for offset in (0, 240)]
    swung = [Note(beat * 480 + offset, 72, 150) for beat in range(8) for offset in (0, 320)]
    on_beats = [Note(beat * 480, 72, 400) for beat in range(8)]
    places = [Swing(SONG, Feel(swing=1.0), tune)(240) for tune in (straight, swung, on_beats)]
    assert places == [268, 320, 320]


def test_compound_metres_do_not_swing() -> None:
    assert Swing(lead_sheet("6/8"), Feel(swing=1.0), ())(240) == 240


def test_timing_spreads_as_the_style_says() -> None:
    grid = [Stroke(index * 480, 200, 60) for index in range(60)]
    loose, tight = played(grid, Feel(timing=12)), played(grid, Feel(timing=1))
    off = [[note.start - index * 480 for index, note in enumerate(notes)][1:] for notes in (loose, tight)]
    assert stdev(off[0]) > 4 * stdev(off[1])
    assert max(map(abs, off[0])) <= 2.5 * 12 * 104 * 480 / 60_000 + 1


def test_push_moves_everything_early() -> None:
    grid = [Stroke(index * 480, 200, 60) for index in range(1, 60)]
    early = played(grid, Feel(timing=2), replace(PART, push=-20))
    assert mean(note.start - (index + 1) * 480 for index, note in enumerate(early)) < -10


def test_levels_and_accents_are_heard() -> None:
    grid = [Stroke(index * 480, 200, 60, accent=index % 2) for index in range(60)]
    soft, loud = played(grid, shift=-1), played(grid, shift=1)
    assert mean(n.velocity for n in loud) - mean(n.velocity for n in soft) > 12
    assert mean(n.velocity for n in soft[1::2]) - mean(n.velocity for n in soft[::2]) > 8
