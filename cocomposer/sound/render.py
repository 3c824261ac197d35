"""The renderer: a Song goes in, a mastered mix and, if asked for, its stems come out."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.errors import SoundError
from cocomposer.music import Part, Song
from cocomposer.sound.console import MASTER, Console
from cocomposer.sound.house_mix import MASTER_LUFS, mix_of, settled
from cocomposer.sound.instruments import Recording, assign_instruments, part_jobs
from cocomposer.sound.limiter import audible_span, fade_out, limit_to_loudness
from cocomposer.sound.lines import Line
from cocomposer.sound.loudness import amplitude, integrated_loudness, spans, true_peak
from cocomposer.sound.plan import console_plan
from cocomposer.sound.racks import LINEAR_EFFECTS, Racks
from cocomposer.sound.soundfonts import default_soundfont
from cocomposer.sound.supervisor import Hosts
from cocomposer.sound.takes import check, play_all, workers

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

SAMPLE_RATES = (22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000)
MAX_SECONDS = 3600.0
"""Longest song that is rendered: an hour is 1.3 GB of stereo already."""

LEAD_SECONDS = 0.4
"""Longest silence kept before the first sound."""
FADE_SECONDS = 0.25
"""How long the last of the reverb, 60 dB below the peak, is faded."""
RING_SECONDS = 3.0
"""Time that room and echo may ring on after the instruments."""


@dataclass(frozen=True)
class RenderSettings:
    """How to render.

    `instruments` maps part names or roles to plugins or SoundFonts; parts it does not name are played by their own
    instrument, and those without one by `soundfont` (None: the best one found).  `racks`, None for the program's own,
    are where parts stand that have no strip, in a song without a mix.  `target_lufs` is the
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
    each part, its share of the sends included, adds to `before_master`, their sum.  `start` is the song's time in
    seconds at the first frame (above 0 where silence before the music was cut).  `loudness` is in LUFS, `true_peak`
    in dBTP, `seconds` the length.  `soundfont` is the file name of the SoundFont that played the parts without an
    instrument of their own, None where there were none; `stem_parts` are the parts whose stems those are.
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
    stem_parts: Mapping[str, Part] = field(default_factory=dict)


def render(
    song: Song,
    settings: RenderSettings | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    hosts: Hosts | None = None,
) -> Rendering:
    """Play `song` with its instruments, mix it and master it.

    `progress` is called on this thread with the share done, 0..1, and a few words; `cancelled` is asked often,
    also by other threads; `hosts` keep what they have loaded, others are started where there are none.  Raises
    SoundError for a song without notes, longer than an hour, or settings that cannot be used; Cancelled when asked to
    stop.  An instrument or an effect that fails is no error: see `warnings`.
    """
    settings = settings or RenderSettings()
    tell = progress or (lambda share, words: None)
    stop = cancelled or (lambda: False)
    rate = settings.sample_rate
    song = _heard(song, settings.racks)
    soundfont = settings.soundfont or default_soundfont()
    assigned = assign_instruments(song, settings.instruments, soundfont)
    jobs = part_jobs(song, assigned, soundfont, rate, settings.plugin_seconds)
    if not jobs:
        raise SoundError("There is nothing to hear: the song has no notes, or all that has is muted.")
    if max(job.seconds for job in jobs) > MAX_SECONDS:
        raise SoundError("The song is longer than an hour: render a part of it.")
    tell(0.0, "Tuning up")
    with contextlib.ExitStack() as stack:
        hosts = hosts or stack.enter_context(Hosts(plugin_seconds=settings.plugin_seconds))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cocomposer-"))
        console = Console(song, rate, hosts.effect, workers=workers(), metered=False)
        lines: dict[int, Line] = {}

        def follow(index: int, recording: Recording, ended: Callable[[], bool]) -> None:
            lines[index] = Line(console, index, recording)
            lines[index].prepare(ended)

        try:
            takes = play_all(jobs, hosts, Path(folder), lambda share, words: tell(0.75 * share, words), stop, follow)
            frames = max(take.frames for take in takes.recordings) + round(RING_SECONDS * rate)
            in_order = [lines[index] for index in range(len(jobs))]
            before_master, stems = _mixed(console, in_order, frames, settings, tell, stop)
            warnings = (*takes.warnings, *console.problems, *(_inexact_stems(song) if stems else ()))
            tell(0.9, "Mastering")
            names = tuple(distinct(part.name or str(part.role) for part in song.parts))
            mastered = _master(console, before_master, dict(zip(names, stems, strict=False)), settings)
        finally:
            console.close()
    tell(1.0, "Done")
    parts = dict(zip(names, song.parts, strict=True)) if stems else {}
    return replace(mastered, warnings=warnings, soundfont=takes.soundfont, stem_parts=parts)


def _heard(song: Song, racks: Racks | None) -> Song:
    """The song with its mix written out, without the parts that have no notes or are not heard."""
    song = settled(replace(song, parts=tuple(part for part in song.parts if part.notes)), racks)
    plan = console_plan(song, SAMPLE_RATES[0], {})
    heard = tuple(part for part, planned in zip(song.parts, plan.parts, strict=True) if planned.heard)
    return replace(song, parts=heard)


def _inexact_stems(song: Song) -> Iterator[str]:
    """What keeps the stems from adding up to the mix."""
    mix = mix_of(song)
    for bus in (*mix.buses, *mix.sends):
        if any(not effect.bypassed and effect.kind not in LINEAR_EFFECTS for effect in bus.strip.inserts):
            yield f"The stems do not quite add up to the mix: on {bus.name} parts go through effects together."


def distinct(names: Iterable[str]) -> Iterator[str]:
    """The names, with a number behind those that came before."""
    taken: set[str] = set()
    for name in names:
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name} {number}", number + 1
        taken.add(candidate)
        yield candidate


def _mixed(
    console: Console, lines: list[Line], frames: int, settings: RenderSettings,
    tell: Callable[[float, str], None], stop: Callable[[], bool],
) -> tuple[Audio, list[Audio]]:  # fmt: skip
    """The sum before the master, (2, frames), and the stems if they are asked for."""
    late = console.sum_latency
    total = np.empty((2, frames), dtype=np.float32)
    stems = [np.empty_like(total) for _ in lines if settings.stems]
    for span in spans(frames + late, settings.sample_rate):
        check(stop)
        parts = [line.read(span) for line in lines]
        outputs = console.split(parts, span.start) if settings.stems else [console.sum(parts, span.start)]
        here, cut = slice(max(0, span.start - late), max(0, span.stop - late)), max(0, late - span.start)
        for target, output in zip(stems or [total], outputs, strict=True):
            target[:, here] = output[:, cut:]
        if stems:
            total[:, here] = sum(output[:, cut:] for output in outputs)
        tell(0.75 + 0.15 * span.stop / (frames + late), "Mixing")
    return total, stems


def _master(console: Console, before_master: Audio, stems: dict[str, Audio], settings: RenderSettings) -> Rendering:
    """Trim, run the master's strip, set the loudness; the stems are trimmed and faded alike."""
    rate = settings.sample_rate
    first, last = audible_span(before_master, rate)
    first = max(0, first - round(LEAD_SECONDS * rate)) if first > LEAD_SECONDS * rate else 0
    last = min(before_master.shape[1], last + round(FADE_SECONDS * rate))

    before_master = before_master[:, first:last]
    stems = {name: audio[:, first:last] for name, audio in stems.items()}
    for audio in (before_master, *stems.values()):
        fade_out(audio, rate, FADE_SECONDS)
    level = loudness = integrated_loudness(before_master, rate)
    mix = before_master.copy() if settings.stems else before_master
    if not math.isfinite(level):
        mix[:] = 0
    else:
        console.trim(MASTER, MASTER_LUFS - level)
        _through_master(console, before_master, mix, first, rate)
        loudness = limit_to_loudness(mix, rate, settings.target_lufs, settings.ceiling_dbtp)
    peak = true_peak(mix, rate)
    if peak > settings.ceiling_dbtp:  # the limiter leaves a margin, so this is for signals beyond all music
        mix *= np.float32(amplitude(settings.ceiling_dbtp - peak))
        loudness += settings.ceiling_dbtp - peak
        peak = settings.ceiling_dbtp
    return Rendering(
        mix=mix,
        sample_rate=rate,
        stems=stems,
        before_master=before_master if settings.stems else None,
        warnings=(),
        loudness=loudness,
        true_peak=peak,
        seconds=mix.shape[1] / rate,
        start=first / rate,
        soundfont=None,
    )


def _through_master(console: Console, audio: Audio, mix: Audio, first: int, rate: int) -> None:
    """`audio`, which begins at frame `first` of the song, through the master's strip into `mix`, which may be it."""
    late = console.latency - console.sum_latency
    for span in spans(audio.shape[1] + late, rate):
        piece = np.zeros((2, span.stop - span.start), dtype=np.float32)
        sounding = audio[:, span]
        piece[:, : sounding.shape[1]] = sounding
        mastered = console.master(piece, first + span.start + console.sum_latency)
        here, cut = slice(max(0, span.start - late), max(0, span.stop - late)), max(0, late - span.start)
        mix[:, here] = mastered[:, cut:]
