"""Which instrument plays which part, and having the parts of a song played, with a substitute for what fails."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.errors import SoundError
from cocomposer.music import Instrument, InstrumentKind, Part, Role, Song
from cocomposer.sound.host import InstrumentError
from cocomposer.sound.loudness import BalanceMeter, spans
from cocomposer.sound.performance import midi_events
from cocomposer.sound.protocol import AUDIBLE, NOTE_OFF, NOTE_ON, MidiEvent
from cocomposer.sound.soundfonts import SUFFIXES, check_soundfont
from cocomposer.sound.supervisor import Hosts

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

PLUGIN_SUFFIXES = frozenset({".vst3", ".so", ".dll", ".vst", ".component"})

IN_MEMORY = 400_000_000
"""Bytes of what instruments play that are kept in memory: an hour of a part is three times that."""

_RINGING = 1.0
"""Seconds for which a note rings on, taken for all alike."""


def open_instrument(text: str) -> Instrument:
    """The instrument `text` names.  Raises SoundError when nothing is there or the file is no instrument."""
    path = Path(text).expanduser()
    kind = path.suffix.lower()
    if kind in SUFFIXES:
        return soundfont(path)
    if kind not in PLUGIN_SUFFIXES:
        raise SoundError(f"{text!r} is not an instrument: name a .sf2 or .sf3 SoundFont or a VST plugin.")
    if not path.exists():
        raise SoundError(f"There is no plugin {text!r}: check the path.")
    return Instrument(InstrumentKind.PLUGIN, str(path.resolve()))


def soundfont(path: Path) -> Instrument:
    """The SoundFont at `path` as an instrument.  Raises SoundError where it is none."""
    return Instrument(InstrumentKind.SOUNDFONT, str(check_soundfont(path)))


def assign_instruments(song: Song, instruments: Mapping[str, str], default: Path) -> tuple[Instrument, ...]:
    """An instrument for each part of `song`: named for the part, else for its role, else the part's own, else the
    default SoundFont.

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
    at_hand = soundfont(default)

    def own(part: Part) -> Instrument:
        return at_hand if part.instrument is None or part.instrument == Instrument() else part.instrument

    return tuple(chosen.get(part.name.casefold()) or chosen.get(str(part.role)) or own(part) for part in song.parts)


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

    @property
    def effort(self) -> float:
        """About how long it takes to play, to compare: the seconds for which its notes sound, and ring after that."""
        ends = sum(at + _RINGING for at, status, _, _ in self.events if status == NOTE_OFF)
        return ends - sum(at for at, status, _, _ in self.events if status == NOTE_ON)


def part_jobs(song: Song, instruments: tuple[Instrument, ...], default: Path, sample_rate: int,
              stage_limit: float) -> tuple[PartJob, ...]:  # fmt: skip
    """The jobs of a song, in the order of its parts."""
    substitute = soundfont(default)
    bpm = song.tempos.bpm_at(0)
    jobs = []
    for part, instrument in zip(song.parts, instruments, strict=True):
        events = midi_events(part, song.tempos)
        seconds = max((event[0] for event in events), default=0.0)
        jobs.append(PartJob(part, events, seconds, bpm, instrument, substitute, sample_rate, stage_limit))
    return tuple(jobs)


@dataclass(frozen=True)
class Recording:
    """What an instrument played: float32 (2, `frames`), or a raw file of that, one side after the other.

    `peak` is its highest sample, as amplitude, and `loudness` the LUFS it has when that is brought to full scale, so
    that no instrument is too quiet for the gate of the measurement.  The file belongs to whoever holds the recording.
    """

    kept: Audio | Path
    frames: int
    peak: float = 0.0
    loudness: float = float("-inf")

    def read(self, start: int, stop: int) -> Audio:
        """The audio from frame `start` to `stop`, (2, n)."""
        if not isinstance(self.kept, Path):
            return self.kept[:, start:stop]
        begins = (4 * (side * self.frames + start) for side in (0, 1))
        return np.stack([np.fromfile(self.kept, np.float32, stop - start, offset=begin) for begin in begins])

    def write(self, start: int, audio: Audio) -> None:
        """Put `audio` in the place of what was recorded from frame `start` on."""
        if not isinstance(self.kept, Path):
            self.kept[:, start : start + audio.shape[1]] = audio
            return
        with self.kept.open("r+b") as file:
            for side in (0, 1):
                file.seek(4 * (side * self.frames + start))
                file.write(audio[side].tobytes())

    def block(self, span: slice) -> Audio:
        """The audio of a span of time, (2, n), silence after the end."""
        audio = self.read(span.start, min(span.stop, self.frames)) if span.start < self.frames else _NOTHING
        missing = span.stop - span.start - audio.shape[1]
        return np.pad(audio, ((0, 0), (0, missing))) if missing else audio


_NOTHING = np.zeros((2, 0), dtype=np.float32)


class Players:
    """Plays the parts of one rendering in `hosts`, by several threads at once.

    Up to `memory` bytes of what they play are kept in memory, the rest in files in `folder`.
    """

    def __init__(self, folder: Path, hosts: Hosts, cancelled: Callable[[], bool], memory: int = IN_MEMORY) -> None:
        self._folder, self._hosts, self._cancelled = folder, hosts, cancelled
        self._room, self._lock = memory, threading.Lock()

    def play(self, job: PartJob, index: int) -> tuple[Recording, str]:
        """The part as recorded, and a warning or "".

        An instrument that fails is named in the warning and the substitute plays the part, exactly as if it
        had been asked first.  Raises SoundError when the substitute fails too.
        """
        output = self._folder / f"part-{index}.raw"
        try:
            return self._play_with(job.instrument, job, output), ""
        except InstrumentError as failure:
            if job.instrument == job.substitute:
                raise SoundError(f"The SoundFont {name_of(job.instrument)} {failure}.") from failure
            warning = (f"The instrument {name_of(job.instrument)} {failure}; "
                       f"{job.part.name} is played by {name_of(job.substitute)}.")  # fmt: skip
        try:
            return self._play_with(job.substitute, job, output), warning
        except InstrumentError as failure:
            raise SoundError(f"{warning} The SoundFont {name_of(job.substitute)} {failure}, too.") from failure

    def _play_with(self, instrument: Instrument, job: PartJob, output: Path) -> Recording:
        audio = self._hosts.play(
            instrument, job.part.program, job.part.is_drums, job.events, job.seconds, sample_rate=job.sample_rate,
            bpm=job.bpm, cancelled=self._cancelled,
        )  # fmt: skip
        peak = max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))
        recording = Recording(self._keep(audio, output), audio.shape[1], peak)
        if recording.peak < AUDIBLE:
            if instrument != job.substitute:  # only that may answer notes with silence
                raise InstrumentError("stayed silent")
            return replace(recording, peak=0.0)
        meter = BalanceMeter(job.sample_rate)
        for span in spans(recording.frames, job.sample_rate):
            meter.feed(recording.read(span.start, span.stop))
        return replace(recording, loudness=meter.loudness(recording.peak))

    def _keep(self, audio: Audio, output: Path) -> Audio | Path:
        with self._lock:
            fits = audio.nbytes <= self._room
            self._room -= audio.nbytes if fits else 0
        if fits:
            return audio
        audio.tofile(output)
        return output


def name_of(instrument: Instrument) -> str:
    """What an artist calls the instrument: the name of its file, or of the built-in one."""
    return instrument.name if instrument.kind is InstrumentKind.BUILT_IN else Path(instrument.name).name
