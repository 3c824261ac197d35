"""From keys to notes."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.errors import SoundError
from cocomposer.music import Note, Part, Role
from cocomposer.sound.playback.midi_input import Key, MidiInput, key_of, midi_inputs
from cocomposer.sound.playback.recording import Recorder, with_recording


def test_keys_become_notes() -> None:
    recorder = Recorder(start=1920)
    recorder.strike(1500.0, 60, 90)  # in the count-in
    recorder.release(1600.0, 60)
    recorder.strike(1890.2, 62, 80)  # meant for the first beat
    recorder.strike(2399.6, 64, 70)
    recorder.release(2410.0, 62)
    recorder.strike(2500.0, 64, 75)  # struck again without being let go
    notes = recorder.finish(3000.0)
    assert notes == (Note(1920, 62, 490, 80), Note(2400, 64, 100, 70), Note(2500, 64, 500, 75))


def test_a_note_held_over_the_seam_of_a_loop_lasts_to_its_end() -> None:
    recorder = Recorder(start=0)
    recorder.strike(1800, 60, 90)
    recorder.release(100, 60, loop=(0, 1920))
    assert recorder.finish(200) == (Note(1800, 60, 120, 90),)


@given(
    st.lists(st.tuples(st.floats(-500, 5000), st.integers(0, 127), st.integers(0, 127)), max_size=60),
    st.integers(0, 2000),
)
def test_whatever_is_played_gives_notes_within_the_recording(keys: list[tuple[float, int, int]], start: int) -> None:
    recorder = Recorder(start)
    for tick, pitch, velocity in keys:
        if velocity:
            recorder.strike(tick, pitch, velocity)
        else:
            recorder.release(tick, pitch)
    assert all(note.start >= start for note in recorder.finish(6000.0))


def test_an_overdub_adds_and_a_recording_replaces() -> None:
    part = Part("Tune", Role.MELODY, notes=(Note(0, 60, 480), Note(960, 62, 480), Note(2000, 64, 480)))
    new = (Note(1000, 67, 200), Note(1100, 62, 100))
    over = with_recording(part, new, (960, 1920), overdub=True)
    assert over.notes == (Note(0, 60, 480), Note(960, 62, 140), Note(1000, 67, 200), Note(1100, 62, 100), part.notes[2])
    assert with_recording(part, new, (960, 1920), overdub=False).notes == (part.notes[0], *new, part.notes[2])


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ([0x90, 60, 100], Key(1.0, 60, 100)),
        ([0x95, 60, 0], Key(1.0, 60, 0)),
        ([0x83, 61, 64], Key(1.0, 61, 0)),
        ([0xB0, 64, 127], None),
        ([0xF8], None),
        ([0x90, 60], None),
        ([0x90, 200, 100], None),
        ([], None),
    ],
)
def test_messages_that_are_keys(message: list[int], key: Key | None) -> None:
    assert key_of(message, 1.0) == key


class Keyboard:
    """Stands for rtmidi's input where the system has no MIDI; virtual ports need a sequencer."""

    def __init__(self, name: str) -> None:
        self.callback = None
        self.open = False

    def get_ports(self) -> list[str]:
        return ["Keys 49", "Pads"]

    def open_port(self, number: int) -> None:
        assert number == 1
        self.open = True

    def set_callback(self, callback: object) -> None:
        self.callback = callback

    def cancel_callback(self) -> None:
        self.callback = None

    def close_port(self) -> None:
        self.open = False

    def delete(self) -> None:
        pass


def test_an_input_passes_keys_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", SimpleNamespace(MidiIn=Keyboard))
    assert midi_inputs() == ("Keys 49", "Pads")
    played: list[Key] = []
    port = MidiInput("Pads", played.append)
    port._port.callback(([0x90, 60, 100], 0.0), None)
    port._port.callback(([0xB0, 1, 100], 0.0), None)
    port._port.callback(([0x80, 60, 0], 0.1), None)
    assert [(key.pitch, key.velocity) for key in played] == [(60, 100), (60, 0)]
    assert played[0].at <= played[1].at
    port.close()
    assert not port._port.open
    with pytest.raises(SoundError, match="no MIDI input 'Gone': there is Keys 49, Pads"):
        MidiInput("Gone", played.append)


def test_without_midi_there_are_no_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(name: str) -> None:
        raise SystemError("error creating ALSA sequencer client object")

    monkeypatch.setitem(sys.modules, "rtmidi", SimpleNamespace(MidiIn=unavailable))
    assert midi_inputs() == ()
    with pytest.raises(SoundError, match="cannot be used"):
        MidiInput("Keys", lambda key: None)
