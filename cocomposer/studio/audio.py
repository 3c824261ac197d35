"""Songs to audio files: the rendering job, with its stems, warnings and levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cocomposer.music import Song
from cocomposer.studio.places import file_name, make_folder


@dataclass(frozen=True)
class AudioFiles:
    """What was written: the mix, the stems by part name, and what should be known about them.

    `loudness` is integrated loudness in LUFS, `true_peak` in dBTP, `seconds` the length of the mix; `soundfont` is the
    file name of the SoundFont that played what had no instrument of its own, None if nothing had none.
    """

    mix: Path
    stems: Mapping[str, Path]
    warnings: tuple[str, ...]
    loudness: float
    true_peak: float
    seconds: float
    soundfont: str | None


def render_to_file(
    song: Song,
    path: Path,
    *,
    instruments: Mapping[str, str] | None = None,
    stems: bool = False,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AudioFiles:
    """Render `song` to `path`, whose suffix chooses the format, and its stems to a folder beside it.

    `instruments` maps roles or part names to plugin or SoundFont files; `progress` is told the share done, 0..1.
    Raises SoundError for an instrument or place that cannot be used and Cancelled soon after `cancelled()` is true;
    no incomplete file is left either way.
    """
    from cocomposer.sound.audio_files import write_audio
    from cocomposer.sound.render import RenderSettings, render

    settings = RenderSettings(instruments=dict(instruments or {}), stems=stems)
    tell = progress or (lambda share: None)
    rendering = render(song, settings, progress=lambda share, _: tell(share), cancelled=cancelled)
    written: dict[str, Path] = {}
    if stems:
        folder = path.with_name(f"{path.stem}-stems")
        make_folder(folder)
        for number, (name, samples) in enumerate(rendering.stems.items(), 1):
            written[name] = write_audio(
                folder / f"{number:02d}-{file_name(name)}{path.suffix}", samples, rendering.sample_rate
            )
    write_audio(path, rendering.mix, rendering.sample_rate)
    return AudioFiles(
        mix=path,
        stems=written,
        warnings=tuple(rendering.warnings),
        loudness=rendering.loudness,
        true_peak=rendering.true_peak,
        seconds=rendering.seconds,
        soundfont=rendering.soundfont,
    )
