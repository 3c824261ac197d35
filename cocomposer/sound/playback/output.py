"""The device that is played to: the chosen one, silence while it is away, and the chosen one again when it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cocomposer.errors import SoundError
from cocomposer.sound.playback.devices import Fill, OutputDevice, SilentDevice, SoundCard, look_again

LOOK_SECONDS = 2.0
"""How often it is looked whether the device is still, or again, there."""

OpenDevice = Callable[[Fill, str, int, int], OutputDevice]
"""Opens a device for (fill, name, buffer in frames, sample rate); raises SoundError when it is not there."""


class Output:
    """Opens the device asked for and watches over it, on a thread of its own; `tell` receives sentences for the artist.

    What it plays to at the moment is `device`: None until the first is open.
    """

    def __init__(self, fill: Fill, sample_rate: int, tell: Callable[[str], None],
                 open_device: OpenDevice = SoundCard) -> None:  # fmt: skip
        self.device: OutputDevice | None = None
        self._fill = fill
        self._rate = sample_rate
        self._tell = tell
        self._open = open_device
        self._asked: tuple[str, int] = ("", 512)
        self._tried: tuple[str, int] | None = None
        self._away = False
        self._woken = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._watching, name="sound device")
        self._thread.start()

    def choose(self, name: str, buffer: int) -> None:
        """Play to the device called `name` ("" = the system's choice), `buffer` frames at a time."""
        self._asked = (name, buffer)
        self._tried = None
        self._woken.set()

    def close(self) -> None:
        """Stop playing and end the thread."""
        self._closed = True
        self._woken.set()
        self._thread.join()

    def _watching(self) -> None:
        while not self._closed:
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()
            if not self._closed:
                self.look()
        if self.device is not None:
            self.device.close()

    def look(self) -> None:
        """Open what was asked for; fall silent when the device is gone; try it again while it is."""
        device, asked = self.device, self._asked
        if asked != self._tried:
            self._tried = asked
            if device is not None:
                device.close()
            try:
                self.device, self._away = self._opened(asked), False
            except SoundError as error:
                self._fall_silent(asked[1], str(error))
        elif device is not None and self._away:
            look_again()
            try:
                self.device, self._away = self._opened(asked), False
            except SoundError:
                return
            device.close()
            self._tell(f"Playing through {self.device.name}.")
        elif device is not None and device.lost:
            device.close()
            self._fall_silent(asked[1], f"The sound device {device.name} is gone.")

    def _fall_silent(self, buffer: int, reason: str) -> None:
        self._tell(f"{reason} Playback goes on in silence until it is there.")
        self.device, self._away = SilentDevice(self._fill, buffer, self._rate), True

    def _opened(self, asked: tuple[str, int]) -> OutputDevice:
        return self._open(self._fill, *asked, self._rate)
