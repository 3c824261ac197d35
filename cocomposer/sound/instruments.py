"""Which instrument plays which part, and having it played in a child process."""

from __future__ import annotations

import contextlib
import difflib
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.errors import SoundError
from cocomposer.music import Part, Role, Song
from cocomposer.sound.host import Host, InstrumentError
from cocomposer.sound.loudness import BalanceMeter, spans
from cocomposer.sound.performance import midi_events
from cocomposer.sound.protocol import AUDIBLE, MidiEvent, RenderRequest
from cocomposer.sound.soundfonts import SUFFIXES, check_soundfont

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

PLUGIN_SUFFIXES = frozenset({".vst3", ".so", ".dll", ".vst", ".component"})

LARGE_SOUNDFONT = 20_000_000
"""Bytes.  A player keeps samples as floats, 1.5 to 3 times the file's size for .sf2 and ten times for .sf3."""

RUNAWAY = 1e3
"""+60 dBFS: no instrument means this."""

HISS = 1e-15
"""-300 dBFS, kept under every recording: filters that fade into nothing reckon with the smallest of numbers, at which
processors are many times slower."""

TAIL_SECONDS = 8.0
"""Longest time an instrument may ring on after its last note."""


@dataclass(frozen=True)
class Instrument:
    """A SoundFont or plugin that exists."""

    path: Path
    is_plugin: bool

    @property
    def name(self) -> str:
        return self.path.name


def open_instrument(text: str) -> Instrument:
    """The instrument `text` names.  Raises SoundError when nothing is there or the file is no instrument."""
    path = Path(text).expanduser()
    kind = path.suffix.lower()
    if kind in SUFFIXES:
        return Instrument(check_soundfont(path), is_plugin=False)
    if kind not in PLUGIN_SUFFIXES:
        raise SoundError(f"{text!r} is not an instrument: name a .sf2 or .sf3 SoundFont or a VST plugin.")
    if not path.exists():
        raise SoundError(f"There is no plugin {text!r}: check the path.")
    return Instrument(path.resolve(), is_plugin=True)


def assign_instruments(song: Song, instruments: Mapping[str, str], default: Path) -> tuple[Instrument, ...]:
    """An instrument for each part of `song`: named for the part, else for its role, else the default SoundFont.

    Names and roles are compared without regard to case.  Raises SoundError for a name that is neither a part
    of the song nor a role, and for an instrument that is not there.
    """
    roles = [str(role) for role in Role]
    parts = {part.name.casefold() for part in song.parts}
    chosen: dict[str, Instrument] = {}
    for name, text in instruments.items():
        if name.casefold() not in parts and name.casefold() not in roles:
            near = difflib.get_close_matches(name.casefold(), [*roles, *parts], n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" The roles are {', '.join(roles)}."
            raise SoundError(f"No part and no role is called {name!r}.{hint}")
        chosen[name.casefold()] = open_instrument(text)
    built_in = Instrument(check_soundfont(default), is_plugin=False)
    return tuple(chosen.get(part.name.casefold()) or chosen.get(str(part.role)) or built_in for part in song.parts)


@dataclass(frozen=True)
class PartJob:
    """One part to be played: its events, the instrument, and the one that steps in when that fails."""

    part: Part
    events: tuple[MidiEvent, ...]
    seconds: float
    bpm: float
    instrument: Instrument
    substitute: Instrument
    sample_rate: int
    stage_limit: float


def part_jobs(song: Song, instruments: tuple[Instrument, ...], default: Path, sample_rate: int,
              stage_limit: float) -> tuple[PartJob, ...]:  # fmt: skip
    """The jobs of a song, in the order of its parts."""
    substitute = Instrument(check_soundfont(default), is_plugin=False)
    bpm = song.tempos.bpm_at(0)
    jobs = []
    for part, instrument in zip(song.parts, instruments, strict=True):
        events = midi_events(part, song.tempos)
        seconds = max((event[0] for event in events), default=0.0)
        jobs.append(PartJob(part, events, seconds, bpm, instrument, substitute, sample_rate, stage_limit))
    return tuple(jobs)


@dataclass(frozen=True)
class Recording:
    """What an instrument played: a raw file of interleaved stereo float32, `frames` long.

    `peak` is its highest sample, as amplitude, and `loudness` the LUFS it has when that is brought to full scale, so
    that no instrument is too quiet for the gate of the measurement.  The file belongs to whoever holds the recording.
    """

    path: Path
    frames: int
    peak: float = 0.0
    loudness: float = float("-inf")

    def spans(self, sample_rate: int, frames: int) -> Iterator[tuple[slice, Audio]]:
        """The audio as (2, n) arrays, with the slice of time each covers, silence after the end up to `frames`."""
        # A quarter of the sample rate: no high-pass takes that away, and neither does halving the rate.
        hiss = np.array([HISS, HISS, -HISS, -HISS], dtype=np.float32)
        with self.path.open("rb") as file:
            for span in spans(frames, sample_rate):
                whole = span.stop - span.start
                length = max(0, min(span.stop, self.frames) - span.start)
                audio = np.tile(hiss, (2, whole // len(hiss) + 1))[:, :whole]
                audio[:, :length] += np.fromfile(file, dtype=np.float32, count=2 * length).reshape(-1, 2).T
                yield span, audio


class Players:
    """The child processes of one rendering: SoundFont players are kept and reused, plugins get one each.

    Used by several threads at once; `close` ends every child.
    """

    def __init__(self, folder: Path, cancelled: Callable[[], bool]) -> None:
        self._folder = folder
        self._cancelled = cancelled
        self._idle: list[Host] = []
        self._large_soundfont = threading.Lock()

    def play(self, job: PartJob, index: int) -> tuple[Recording, str]:
        """The part as recorded, and a warning or "".

        An instrument that fails is named in the warning and the substitute plays the part, exactly as if it
        had been asked first.  Raises SoundError when the substitute fails too.
        """
        warning = ""
        output = self._folder / f"part-{index}.raw"
        try:
            return self._play_with(job.instrument, job, output), ""
        except InstrumentError as failure:
            if job.instrument == job.substitute:
                raise SoundError(f"The SoundFont {job.instrument.name} {failure}.") from failure
            warning = (f"The instrument {job.instrument.name} {failure}; "
                       f"{job.part.name} is played by {job.substitute.name}.")  # fmt: skip
        try:
            return self._play_with(job.substitute, job, output), warning
        except InstrumentError as failure:
            raise SoundError(f"{warning} The SoundFont {job.substitute.name} {failure}, too.") from failure

    def _play_with(self, instrument: Instrument, job: PartJob, output: Path) -> Recording:
        """A large SoundFont is in memory once only, so its parts are played one after the other."""
        large = not instrument.is_plugin and instrument.path.stat().st_size > LARGE_SOUNDFONT
        with self._large_soundfont if large else contextlib.nullcontext():
            return self._play_now(instrument, job, output)

    def _play_now(self, instrument: Instrument, job: PartJob, output: Path) -> Recording:
        request = RenderRequest(
            kind="plugin" if instrument.is_plugin else "soundfont",
            instrument=str(instrument.path),
            output=str(output),
            events=job.events,
            seconds=job.seconds,
            tail=TAIL_SECONDS,
            limit=2 * job.stage_limit + job.seconds + TAIL_SECONDS + 5,
            sample_rate=job.sample_rate,
            program=job.part.program,
            drums=job.part.is_drums,
            bpm=job.bpm,
        )
        host = self._idle.pop() if self._idle and not instrument.is_plugin else Host()
        try:
            frames = host.play(request, job.stage_limit, self._cancelled)
            frames = min(frames, output.stat().st_size // 8)
            recording = _measured(Recording(output, frames), job, instrument)
        except BaseException:
            host.close()
            raise
        if instrument.is_plugin:
            host.close()
        else:
            self._idle.append(host)
        return recording

    def close(self) -> None:
        """End every child that waits for work."""
        while self._idle:
            self._idle.pop().close()


def _measured(recording: Recording, job: PartJob, instrument: Instrument) -> Recording:
    """The recording with its peak and loudness.

    Raises InstrumentError for samples nobody can want; only the substitute may answer notes with silence.
    """
    peak, meter = 0.0, BalanceMeter(job.sample_rate)
    for _, audio in recording.spans(job.sample_rate, recording.frames):
        highest, lowest = float(audio.max()), float(audio.min())
        if not math.isfinite(highest - lowest):
            raise InstrumentError("answered with samples that are not numbers")
        peak = max(peak, highest, -lowest)
        meter.feed(audio)
    if peak > RUNAWAY:
        raise InstrumentError("ran away to a level no loudspeaker would survive")
    if peak >= AUDIBLE:
        return replace(recording, peak=peak, loudness=meter.loudness(peak))
    if instrument != job.substitute:
        raise InstrumentError("stayed silent")
    return recording
