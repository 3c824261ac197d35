"""The renderer: a Song goes in, a mastered mix and, if asked for, its stems come out."""

from __future__ import annotations

import math
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.errors import Cancelled, SoundError
from cocomposer.music import Song
from cocomposer.sound.desk import Desk, DeskPlan, Take, through_strip
from cocomposer.sound.instruments import PartJob, Players, assign_instruments, name_of, part_jobs
from cocomposer.sound.limiter import audible_span, fade_out, limit_to_loudness
from cocomposer.sound.loudness import amplitude, integrated_loudness, spans, true_peak
from cocomposer.sound.racks import Racks, build_chain, load_racks
from cocomposer.sound.soundfonts import default_soundfont

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

SAMPLE_RATES = (22050, 32000, 44100, 48000, 88200, 96000)
MAX_SECONDS = 3600.0
"""Longest song that is rendered: an hour is 1.3 GB of stereo already."""

LEAD_SECONDS = 0.4
"""Longest silence kept before the first sound."""
FADE_SECONDS = 0.25
"""How long the last of the reverb, 60 dB below the peak, is faded."""
MASTER_LUFS = -18.0
"""Loudness at which the sum enters the master chain: what its thresholds assume."""
PLAIN_PLAYER_WARNING = (
    "The Python package tinysoundfont is not installed: SoundFonts play without pitch bend, controllers and release."
)

_WORKERS = 2


@dataclass(frozen=True)
class RenderSettings:
    """How to render.

    `instruments` maps part names or roles to plugins or SoundFonts; parts it does not name are played by
    `soundfont` (None: the best one found).  `racks` None means the program's own.  `target_lufs` is the
    integrated loudness of the mix and `ceiling_dbtp` its highest true peak.  `plugin_seconds` is the time a
    plugin has for loading, and again, beyond the length of the music, for playing.
    """

    sample_rate: int = 44100
    instruments: Mapping[str, str] = field(default_factory=dict)
    soundfont: Path | None = None
    racks: Racks | None = None
    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    stems: bool = False
    plugin_seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.sample_rate not in SAMPLE_RATES:
            raise SoundError(f"The sample rate must be one of {', '.join(map(str, SAMPLE_RATES))}.")
        if not -40.0 <= self.target_lufs <= -6.0:
            raise SoundError("The loudness must lie between -40 and -6 LUFS; streaming services play -14.")
        if not -20.0 <= self.ceiling_dbtp <= 0.0:
            raise SoundError("The true-peak ceiling must lie between -20 and 0 dBTP.")
        if not 0.1 <= self.plugin_seconds <= 600.0:
            raise SoundError("A plugin may have from 0.1 to 600 seconds.")


@dataclass(frozen=True)
class Rendering:
    """Audio, as float32 (2, frames).

    `mix` is mastered.  With stems asked for, `stems` maps part names (numbered where two are alike) to what
    each part, its reverb included, adds to `before_master`, their sum.  `start` is the song's time in seconds
    at the first frame (above 0 where silence before the music was cut).  `loudness` is in LUFS, `true_peak`
    in dBTP, `seconds` the length.  `soundfont` is the file name of the SoundFont that played the parts without an
    instrument of their own, None where there were none.
    """

    mix: Audio
    sample_rate: int
    stems: Mapping[str, Audio]
    before_master: Audio | None
    warnings: tuple[str, ...]
    loudness: float
    true_peak: float
    seconds: float
    start: float
    soundfont: str | None


def render(
    song: Song,
    settings: RenderSettings | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Rendering:
    """Play `song` with its instruments, mix it and master it.

    `progress` is called on this thread with the share done, 0..1, and a few words; `cancelled` is asked often,
    also by other threads.  Raises SoundError for a song without notes, longer than an hour, or settings that
    cannot be used; Cancelled when asked to stop.  An instrument that fails is no error: see `warnings`.
    """
    settings = settings or RenderSettings()
    tell = progress or (lambda share, words: None)
    stop = cancelled or (lambda: False)
    racks = settings.racks or load_racks()
    soundfont = settings.soundfont or default_soundfont()
    instruments = assign_instruments(song, settings.instruments, soundfont)
    jobs = part_jobs(song, instruments, soundfont, settings.sample_rate, settings.plugin_seconds)
    jobs = tuple(job for job in jobs if job.part.notes)
    if not jobs:
        raise SoundError("There is nothing to hear: the song has no notes.")
    if max(job.seconds for job in jobs) > MAX_SECONDS:
        raise SoundError("The song is longer than an hour: render a part of it.")
    tell(0.0, "Tuning up")
    desk = Desk(DeskPlan.for_song(song, jobs, racks, settings.sample_rate), settings.stems)
    warnings, built_in = _play_parts(jobs, desk, tell, stop)
    tell(0.8, "Mixing")
    before_master = desk.finish()
    _check(stop)
    tell(0.85, "Mastering")
    rendering = _master(before_master, desk, settings, warnings, built_in)
    tell(1.0, "Done")
    return rendering


def _check(stop: Callable[[], bool]) -> None:
    if stop():
        raise Cancelled("Rendering was stopped.")


def _play_parts(
    jobs: tuple[PartJob, ...], desk: Desk, tell: Callable[[float, str], None], stop: Callable[[], bool]
) -> tuple[tuple[str, ...], str | None]:
    """Play all parts, two at a time, onto the desk.

    Returns the warnings in the order of the parts, and the SoundFont that played parts for want of another instrument.

    Instruments play in child processes while effects run here, without the interpreter's lock; so two threads
    keep two cores busy.  Parts are added in an order that only the song decides: the sum is the same every time.
    """
    ended = threading.Event()

    def cancelled() -> bool:
        return ended.is_set()

    def part_task(index: int) -> tuple[Take, str]:
        recording, warning = players.play(jobs[index], index)
        if ended.is_set():
            raise Cancelled("Rendering was stopped.")
        take = through_strip(recording, jobs[index], desk.plan.strips[index], desk.plan)
        recording.path.unlink()
        return take, warning

    found: dict[int, str] = {}
    warnings = []
    if find_spec("tinysoundfont") is None:
        warnings.append(PLAIN_PLAYER_WARNING)
    with tempfile.TemporaryDirectory(prefix="cocomposer-") as folder, ThreadPoolExecutor(_WORKERS) as pool:
        players = Players(Path(folder), cancelled)
        try:
            # The longest work first, so that both cores are busy to the end.
            order = sorted(range(len(jobs)), key=lambda index: -len(jobs[index].events))
            tasks = deque(pool.submit(part_task, index) for index in order)
            import_module("pedalboard")  # a moment's work that the effects need, done while the instruments load
            for done, index in enumerate(order, start=1):
                task = tasks.popleft()  # so that its audio is let go with it
                while not wait([task], timeout=0.05).done:
                    _check(stop)
                _check(stop)
                take, warning = task.result()
                desk.add(desk.plan.strips[index], take)
                if warning:
                    found[index] = warning
                tell(0.8 * done / len(jobs), f"{jobs[index].part.name} is played")
        finally:
            ended.set()
            pool.shutdown(wait=True, cancel_futures=True)
            players.close()
    # Each warning of a part says that the substitute played it.
    built_in = next((name_of(job.substitute) for job in jobs if found or job.instrument == job.substitute), None)
    return (*warnings, *(found[index] for index in sorted(found))), built_in


def _master(
    before_master: Audio, desk: Desk, settings: RenderSettings, warnings: tuple[str, ...], soundfont: str | None
) -> Rendering:
    """Trim, run the master chain, set the loudness; the stems are trimmed and faded alike."""
    rate = settings.sample_rate
    first, last = audible_span(before_master, rate)
    first = max(0, first - round(LEAD_SECONDS * rate)) if first > LEAD_SECONDS * rate else 0
    last = min(before_master.shape[1], last + round(FADE_SECONDS * rate))

    def trim(audio: Audio) -> Audio:
        cut = audio[:, first:last].copy()
        fade_out(cut, rate, FADE_SECONDS)
        return cut

    before_master = trim(before_master)
    stems = {strip.name: trim(desk.stems.pop(strip.name)) for strip in desk.plan.strips if settings.stems}
    level = integrated_loudness(before_master, rate)
    mix = before_master.copy() if settings.stems else before_master
    if math.isfinite(level):
        chain, gain = build_chain(desk.plan.racks.master, rate), np.float32(amplitude(MASTER_LUFS - level))
        for span in spans(mix.shape[1], rate):
            mix[:, span] = chain(mix[:, span] * gain, rate, reset=False)
        limit_to_loudness(mix, rate, settings.target_lufs, settings.ceiling_dbtp)
    peak = true_peak(mix, rate)
    if peak > settings.ceiling_dbtp:  # the limiter leaves a margin, so this is for signals beyond all music
        mix *= np.float32(amplitude(settings.ceiling_dbtp - peak))
        peak = settings.ceiling_dbtp
    return Rendering(
        mix=mix,
        sample_rate=rate,
        stems=stems,
        before_master=before_master if settings.stems else None,
        warnings=warnings,
        loudness=integrated_loudness(mix, rate),
        true_peak=peak,
        seconds=mix.shape[1] / rate,
        start=first / rate,
        soundfont=soundfont,
    )
