"""The step notation: what it says, and that it fits any metre."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.errors import StyleError
from cocomposer.music import Bar, Meter
from cocomposer.styles.pattern import Cue, merge, parse_line, place

METERS = [
    Meter(*each)
    for each in [
        (1, 4),
        (2, 4),
        (3, 4),
        (4, 4),
        (5, 4),
        (7, 4),
        (6, 8),
        (9, 8),
        (12, 8),
        (5, 8),
        (7, 8),
        (11, 8),
        (2, 2),
    ]
]


def cues_of(text: str, sung: str = "4/4", repeat: int = 0) -> list[Cue]:
    meter = Meter(*map(int, sung.split("/")))
    return list(place(parse_line(text, Meter(4, 4), "12345678"), Bar(0, 0, meter.ticks_per_bar, meter), repeat))


def test_holds_lengthen_and_rests_separate() -> None:
    cues = cues_of("1-.. 5--- ..8. ----")
    assert [(cue.tick, cue.duration, cue.symbol) for cue in cues] == [(0, 240, "1"), (480, 480, "5"), (1200, 120, "8")]


def test_marks_take_no_time() -> None:
    steps = parse_line("1'5,_ 8*+3", Meter(4, 4), "1358").steps
    assert [(step.beat, step.accent, step.octave, step.staccato) for step in steps] == [
        (0, 1, 0, False), (1, -1, -1, False), (2, 0, 1, True), (3, 0, 0, False)]  # fmt: skip


def test_capitals_are_accents_and_brackets_strike_together() -> None:
    steps = parse_line("C(135)c.", Meter(4, 4), "c135").steps
    assert [(step.symbol, step.accent) for step in steps] == [("c", 1), ("135", 0), ("c", 0)]


def test_a_hold_crosses_the_bar_line() -> None:
    (step,) = parse_line("1---|---.", Meter(4, 4), "1").steps
    assert step.length == 7


@pytest.mark.parametrize("text", ["", "1234 1", "1.2.x.3.", "1.$.", "|".join(["1..."] * 17)])
def test_what_cannot_be_read_is_quoted(text: str) -> None:
    with pytest.raises(StyleError, match="pattern"):
        parse_line(text, Meter(4, 4), "123")


def test_lines_of_a_groove_repeat_to_the_longest() -> None:
    groove = merge([parse_line("x.x.", Meter(4, 4), "x", "hat"), parse_line("x...|..x.", Meter(4, 4), "x", "kick")])
    assert groove.bars == 2
    assert [(step.bar, step.beat) for step in groove.steps if step.voice == "hat"] == [(0, 0), (0, 2), (1, 0), (1, 2)]


def test_a_waltz_keeps_the_downbeat_and_the_last_beat_of_four() -> None:
    assert [cue.symbol for cue in cues_of("1234", sung="3/4")] == ["1", "2", "4"]


def test_two_bars_of_six_eight_share_a_bar_of_four() -> None:
    first, second = (cues_of("1234", sung="6/8", repeat=repeat) for repeat in (0, 1))
    assert [cue.symbol for cue in first + second] == ["1", "2", "3", "4"]


def test_straight_eighths_become_the_outer_of_three() -> None:
    assert [cue.tick for cue in cues_of("12345678", sung="12/8")][:4] == [0, 480, 720, 1200]


def test_seven_eight_keeps_time_on_its_odd_eighth() -> None:
    assert [cue.tick for cue in cues_of("1.2. 3.4. 5.6. 7.8.", sung="7/8")][-3:] == [960, 1200, 1440]


@given(
    steps=st.lists(st.sampled_from([*"158a.-", "1'", "5_*", "(15)"]), min_size=4, max_size=4).flatmap(
        lambda beat: st.sampled_from([1, 2, 3, 4]).map(lambda times: "".join(beat) * times)
    ),
    meter=st.sampled_from(METERS),
    repeat=st.integers(0, 9),
)
def test_every_pattern_fits_every_metre(steps: str, meter: Meter, repeat: int) -> None:
    pattern = parse_line(steps, Meter(4, 4), "158a")
    bar = Bar(3, 7_000, 7_000 + meter.ticks_per_bar, meter)
    cues = list(place(pattern, bar, repeat))
    assert all(bar.start <= cue.tick < bar.end and cue.duration >= 1 for cue in cues)
    if pattern.steps and pattern.steps[0].beat == 0 and pattern.steps[0].phase == 0 and repeat % 2 == 0:
        assert cues[0].tick == bar.start


def test_compound_metres_have_sixteenths_of_their_own() -> None:
    pattern = parse_line("xxxxxx x.x.x.", Meter(6, 8), "x")
    ticks = [cue.tick for cue in place(pattern, Bar(0, 0, 1440, Meter(6, 8)), 0)]
    assert ticks == [0, 120, 240, 360, 480, 600, 720, 960, 1200]
