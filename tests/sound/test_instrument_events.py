"""What instruments are sent: seconds, order, the pedal; and the words exchanged with their process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.music import Control, Note, Part, PitchBend, TempoChange, TempoMap
from cocomposer.sound.performance import midi_events
from cocomposer.sound.protocol import BEND, CONTROL, NOTE_OFF, NOTE_ON, Performance, Reply, Request


def test_times_follow_the_tempo_map() -> None:
    tempos = TempoMap((TempoChange.at_bpm(0, 120), TempoChange.at_bpm(480, 60)))
    events = midi_events(Part("P", notes=(Note(240, 60, 480, 99),)), tempos)
    assert events == ((0.25, NOTE_ON, 60, 99), (1.0, NOTE_OFF, 60, 0))


def test_releases_come_before_controllers_and_new_notes() -> None:
    part = Part("P", notes=(Note(0, 60, 480), Note(480, 60, 480)), controls=(Control(480, 1, 5),),
                bends=(PitchBend(480, -8192),))  # fmt: skip
    kinds = [status for seconds, status, _, _ in midi_events(part, TempoMap()) if seconds == 0.5]
    assert kinds == [NOTE_OFF, CONTROL, BEND, NOTE_ON]


def test_mixer_keeps_volume_pan_and_expression() -> None:
    controls = tuple(Control(0, number, 64) for number in (0, 1, 7, 10, 11, 32, 64, 74, 121, 123))
    sent = midi_events(Part("P", notes=(Note(0, 60, 1),), controls=controls), TempoMap())
    assert [number for _, status, number, _ in sent if status == CONTROL] == [1, 74]


@pytest.mark.parametrize(
    ("pedal", "end"),
    [
        ((), 480),
        (((0, 127), (960, 0)), 960),
        (((0, 63), (960, 0)), 480),
        (((0, 127), (240, 0)), 480),
        (((600, 127), (960, 0)), 480),
        (((0, 127),), 1920),
        (((0, 127), (1800, 0)), 1440),  # the key is struck again at 1440
    ],
)
def test_pedal_holds_notes(pedal: tuple[tuple[int, int], ...], end: int) -> None:
    again = 1440 if end == 1440 else 4800
    notes = (Note(0, 60, 480), Note(1400, 64, 520), Note(again, 60, 10)) if end == 1440 else (
        Note(0, 60, 480), Note(1400, 64, 520))  # fmt: skip
    part = Part("P", notes=notes, controls=tuple(Control(tick, 64, value) for tick, value in pedal))
    first_off = min(seconds for seconds, status, pitch, _ in midi_events(part, TempoMap())
                    if status == NOTE_OFF and pitch == 60)  # fmt: skip
    assert first_off == pytest.approx(end / 960)


notes = st.builds(Note, st.integers(0, 5000), st.integers(0, 127), st.integers(1, 2000), st.integers(1, 127))
controls = st.builds(Control, st.integers(0, 6000), st.sampled_from([1, 7, 11, 64]), st.integers(0, 127))


@given(st.lists(notes, max_size=30), st.lists(controls, max_size=20))
def test_every_note_begins_and_ends_once_in_order(some: list[Note], moves: list[Control]) -> None:
    part = Part("P", notes=tuple(some), controls=tuple(sorted(moves)))
    events = midi_events(part, TempoMap())
    assert [event[0] for event in events] == sorted(event[0] for event in events)
    assert sum(event[1] == NOTE_ON for event in events) == sum(event[1] == NOTE_OFF for event in events) == len(some)


@given(st.lists(notes, max_size=5), st.text(max_size=20))
def test_requests_survive_the_line(some: list[Note], name: str) -> None:
    events = midi_events(Part("P", notes=tuple(some)), TempoMap())
    performance = Performance(events, 1.0, automation=((name, ((0.0, 0.5), (1.0, 1.0))),))
    request = Request(1, "play", {"key": name, "performance": performance.to_data()}, 3.0)
    line = request.to_line()
    assert "\n" not in line
    assert Performance.from_data(Request.from_line(line).arguments["performance"]) == performance
    assert Request.from_line(line).to_line() == line


@given(st.text(max_size=200))
def test_nonsense_is_no_reply(line: str) -> None:
    with pytest.raises(ValueError, match=r"repl|Expecting|Invalid|Unterminated|Extra"):
        Reply.from_line(line)
