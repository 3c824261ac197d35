"""What plays phrases until the supervised hosts are there: one instrument process for each thread that asks."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.errors import Cancelled
from cocomposer.music import Instrument, InstrumentKind
from cocomposer.sound.host import Host, InstrumentError
from cocomposer.sound.protocol import MidiEvent, RenderRequest
from cocomposer.sound.soundfonts import default_soundfont

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio


class InterimHosts:
    """Plays SoundFonts and plugins, with the signature of the hosts to come."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cocomposer-playback-")
        self._lock = threading.Lock()
        self._idle: list[Host] = []
        self._number = 0

    def play(self, instrument: Instrument, program: int, drums: bool, events: tuple[MidiEvent, ...], seconds: float, *,
             tail: float = 8.0, sample_rate: int = 44100, bpm: float = 120.0, automation: object = (),
             cancelled: Callable[[], bool] = lambda: False) -> Audio:  # fmt: skip
        if instrument.kind is InstrumentKind.BUILT_IN:
            raise InstrumentError("cannot be played yet")
        with self._lock:
            host = self._idle.pop() if self._idle else Host()
            self._number += 1
            output = Path(self._folder.name) / f"{self._number}.raw"
        request = RenderRequest(
            kind="plugin" if instrument.kind is InstrumentKind.PLUGIN else "soundfont",
            instrument=instrument.name or str(default_soundfont()),
            output=str(output),
            events=events,
            seconds=seconds,
            tail=tail,
            limit=60.0 + seconds,
            sample_rate=sample_rate,
            program=program,
            drums=drums,
            bpm=bpm,
        )
        try:
            frames = host.play(request, 30.0, cancelled)
        except (InstrumentError, Cancelled):
            host.close()
            raise
        with self._lock:
            self._idle.append(host)
        audio = np.fromfile(output, dtype=np.float32, count=2 * frames).reshape(-1, 2).T
        output.unlink()
        return np.ascontiguousarray(audio)

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()
        self._folder.cleanup()
