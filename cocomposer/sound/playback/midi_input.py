"""MIDI keyboards: which there are, and what is played on one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cocomposer.errors import SoundError
from cocomposer.sound.protocol import NOTE_OFF, NOTE_ON


@dataclass(frozen=True, slots=True)
class Key:
    """A key that went down with a velocity of 1..127, or came up with 0, at a moment of `time.monotonic`."""

    at: float
    pitch: int
    velocity: int


def key_of(message: Sequence[int], at: float) -> Key | None:
    """What a MIDI message says of a key; None for every other message, whole or not."""
    if len(message) != 3 or not all(0 <= data <= 127 for data in message[1:]):
        return None
    status, pitch, velocity = message[0] & 0xF0, message[1], message[2]
    if status == NOTE_ON:
        return Key(at, pitch, velocity)  # a velocity of 0 lets go (MIDI 1.0)
    return Key(at, pitch, 0) if status == NOTE_OFF else None


def midi_inputs() -> tuple[str, ...]:
    """The names of the MIDI inputs; none where the system has no MIDI."""
    try:
        port = _port()
    except SoundError:
        return ()
    names = tuple(port.get_ports())
    port.delete()
    return names


class MidiInput:
    """An open input; `played` receives each key, on a thread of the driver's.

    Raises SoundError when there is none of that name or it cannot be opened.
    """

    def __init__(self, name: str, played: Callable[[Key], None]) -> None:
        self.name = name
        self._played = played
        self._port = _port()
        names = self._port.get_ports()
        if name not in names:
            self._port.delete()
            there = f"there is {', '.join(names)}" if names else "there is none at all"
            raise SoundError(f"There is no MIDI input {name!r}: {there}. Is the keyboard switched on?")
        try:
            self._port.open_port(names.index(name))
        except Exception as error:  # rtmidi has no common base for what its back ends raise
            self._port.delete()
            raise SoundError(f"The MIDI input {name} cannot be opened: another program may hold it.") from error
        self._port.set_callback(self.receive)

    def receive(self, event: tuple[Sequence[int], float], _data: object = None) -> None:
        """Take a message and the seconds since the one before, as the driver gives them."""
        key = key_of(event[0], time.monotonic())
        if key is not None:
            self._played(key)

    def close(self) -> None:
        self._port.cancel_callback()
        self._port.close_port()
        self._port.delete()


def _port() -> Any:
    try:
        import rtmidi

        return rtmidi.MidiIn(name="Cocomposer")
    except (ImportError, OSError, SystemError) as error:
        raise SoundError("MIDI keyboards cannot be used: install python-rtmidi, and the system's MIDI.") from error
