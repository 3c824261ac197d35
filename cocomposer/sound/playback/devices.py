"""Where sound goes: a sound card, or a silent device that keeps time where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from cocomposer.errors import SoundError
from cocomposer.sound.playback.priority import hurry

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

Fill = Callable[[int, float], "Audio"]
"""Gives the next (2, frames) float32 for a number of frames; told besides when, in seconds of `time.monotonic`, the
first of them is heard.  It is called on the device's own thread and must not wait."""


class OutputDevice(Protocol):
    """Takes audio in its own time, block by block, from when it is made until it is closed."""

    name: str
    underruns: int
    """How often the device itself was without audio: it was given too late."""

    @property
    def lost(self) -> bool:
        """Whether it has stopped by itself: the sound card was unplugged."""

    def close(self) -> None:
        """Stop; nothing is asked for any more when this returns."""


class Clock:
    """The time that passes, in seconds; a test puts one of its own in its place."""

    def now(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float, ended: threading.Event) -> bool:
        """Let that much time pass; True as soon as `ended` is set."""
        return ended.wait(seconds) if seconds > 0 else ended.is_set()


class SilentDevice:
    """Keeps time without making a sound.

    Block k is due at the start + k x its length, computed anew for each, so that the clock cannot drift; a block that
    was missed is made up for at once.  `heard`, when given, receives all that was taken.
    """

    name = "no sound"
    underruns = 0
    lost = False

    def __init__(
        self,
        fill: Fill,
        buffer: int = 512,
        sample_rate: int = 44100,
        heard: Callable[[Audio], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._fill = fill
        self._clock = clock or Clock()
        self._buffer = buffer
        self._rate = sample_rate
        self._heard = heard
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="silent device")
        self._thread.start()

    def _run(self) -> None:
        hurry()
        start, blocks = self._clock.now(), 0
        while True:
            due = start + blocks * self._buffer / self._rate
            if self._clock.wait(due - self._clock.now(), self._ended):
                return
            audio = self._fill(self._buffer, due)
            if self._heard:
                self._heard(audio)
            blocks += 1

    def close(self) -> None:
        self._ended.set()
        self._thread.join()


class SoundCard:
    """A device of PortAudio.

    `name` "" is the system's own choice.  Raises SoundError when there is no such device or it cannot be opened.
    """

    def __init__(self, fill: Fill, name: str = "", buffer: int = 512, sample_rate: int = 44100) -> None:
        portaudio = _portaudio()
        self._fill = fill
        self._closed = False
        self.underruns = 0
        if not name and not device_names():
            raise SoundError("There is no sound device.")
        try:
            self._stream: Any = portaudio.OutputStream(
                samplerate=sample_rate,
                blocksize=buffer,
                device=_numbered(portaudio, name),
                channels=2,
                dtype="float32",
                latency="low",
                callback=self._called,
            )
            self.name = str(portaudio.query_devices(self._stream.device)["name"])
            self._stream.start()
        except (portaudio.PortAudioError, ValueError) as error:
            raise SoundError(f"The sound device {name or 'of the system'} cannot be opened: {error}.") from error

    def _called(self, out: Any, frames: int, times: Any, status: Any) -> None:
        self.underruns += bool(status.output_underflow)
        latency = max(0.0, times.outputBufferDacTime - times.currentTime)
        out[:] = self._fill(frames, time.monotonic() + latency).T

    @property
    def lost(self) -> bool:
        return not self._closed and not self._stream.active

    def close(self) -> None:
        self._closed = True
        self._stream.close(ignore_errors=True)


def device_names() -> tuple[str, ...]:
    """The sound devices that can play in stereo; none where there is no sound card or no PortAudio."""
    try:
        portaudio = _portaudio()
        return tuple(dict.fromkeys(str(device["name"]) for device in portaudio.query_devices()
                                   if device["max_output_channels"] >= 2))  # fmt: skip
    except SoundError:
        return ()


def look_again() -> None:
    """Have PortAudio list the devices anew: it does so only at its start.  No sound card may be open."""
    try:
        portaudio = _portaudio()
    except SoundError:
        return
    portaudio._terminate()
    portaudio._initialize()


def _portaudio() -> Any:
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise SoundError("Sound cannot be played: install sounddevice and PortAudio (libportaudio2).") from error
    return sounddevice


def _numbered(portaudio: Any, name: str) -> int | None:
    """PortAudio's number of the device called `name`."""
    if not name:
        return None
    for number, device in enumerate(portaudio.query_devices()):
        if device["name"] == name and device["max_output_channels"] >= 2:
            return number
    raise ValueError("there is none of that name")
