"""Bouncing: a song rendered into files, the mix and its stems, with what the files say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cocomposer.errors import SoundError
from cocomposer.music import Part, Song
from cocomposer.sound.audio_files import Tags, check_format, write_audio
from cocomposer.sound.render import RenderSettings, render
from cocomposer.sound.supervisor import Hosts
from cocomposer.sound.takes import check

_RENDERED = 0.9
"""The share of the work that is done when nothing is left but writing."""


@dataclass(frozen=True)
class AudioFiles:
    """What was written: the mix, the stems by part name, and what should be known about them.

    `loudness` is integrated loudness in LUFS, `true_peak` in dBTP, `seconds` the length of the mix; `soundfont` is the
    file name of the SoundFont that played what had no instrument of its own, None if nothing had none; `stem_parts`
    are the parts whose stems those are.
    """

    mix: Path
    stems: Mapping[str, Path]
    warnings: tuple[str, ...]
    loudness: float
    true_peak: float
    seconds: float
    soundfont: str | None
    stem_parts: Mapping[str, Part] = field(default_factory=dict)


def tags_of(song: Song, artist: str = "", comment: str = "", provenance: str = "") -> Tags:
    """Title, tempo and key of `song` where it begins."""
    key = song.key_at(0)
    return Tags(song.title, artist, song.tempos.bpm_at(0), str(key) if key else "", comment, provenance)


def bounce(
    song: Song,
    path: Path,
    settings: RenderSettings,
    *,
    bit_depth: int = 24,
    tags: Tags | None = None,
    stem_tags: Callable[[Part], Tags] | None = None,
    stem_path: Callable[[int, str], Path] | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    hosts: Hosts | None = None,
) -> AudioFiles:
    """Render `song` to `path`, whose suffix chooses the format, and its stems, where `settings` ask for them.

    `stem_path` says where a stem goes, by its number from 1 and its part's name; its folder is made.  `stem_tags` gives
    what a stem says of itself, but for its title; without it that is what the mix says.  `progress` is told the share
    done, 0..1; `hosts` are those of `render`.  Every file appears whole or not at all.  Raises SoundError for a format,
    an instrument or a place that cannot be used and Cancelled soon after `cancelled()` is true.
    """
    check_format(path, settings.sample_rate, bit_depth)
    tell = progress or (lambda share: None)
    stop = cancelled or (lambda: False)
    rendering = render(song, settings, lambda share, _: tell(_RENDERED * share), stop, hosts)
    targets = {}
    if stem_path is not None:
        targets = {name: stem_path(number, name) for number, name in enumerate(rendering.stems, 1)}
    for number, (name, target) in enumerate(targets.items(), 1):
        check(stop)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SoundError(f"{target.parent} cannot be made: {error.strerror or error}.") from error
        said = stem_tags(rendering.stem_parts[name]) if stem_tags else tags
        titled = replace(said, title=name) if said else None
        write_audio(target, rendering.stems[name], settings.sample_rate, bit_depth, titled, stop)
        tell(_RENDERED + (1 - _RENDERED) * number / (len(targets) + 1))
    check(stop)
    write_audio(path, rendering.mix, settings.sample_rate, bit_depth, tags, stop)
    tell(1.0)
    return AudioFiles(
        mix=path,
        stems=targets,
        warnings=rendering.warnings,
        loudness=rendering.loudness,
        true_peak=rendering.true_peak,
        seconds=rendering.seconds,
        soundfont=rendering.soundfont,
        stem_parts=rendering.stem_parts,
    )
