"""Songs to audio files: one, or several at once, with their stems beside them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import Cancelled, CocomposerError
from cocomposer.music import Part, Song
from cocomposer.sound.audio_files import Tags
from cocomposer.sound.bounce import AudioFiles, bounce, tags_of
from cocomposer.studio import content_credentials
from cocomposer.studio.identity import identity
from cocomposer.studio.places import file_name
from cocomposer.studio.plugins import open_hosts
from cocomposer.studio.provenance import Provenance, provenance_of, record_text
from cocomposer.studio.sidecar import write_sidecar

if TYPE_CHECKING:
    from cocomposer.sound.supervisor import Hosts

__all__ = ["AudioFiles", "render_songs", "render_to_file"]


def render_to_file(
    song: Song,
    path: Path,
    *,
    instruments: Mapping[str, str] | None = None,
    stems: bool = False,
    sample_rate: int = 44100,
    bit_depth: int = 24,
    artist: str = "",
    soundfont: Path | None = None,
    hosts: Hosts | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AudioFiles:
    """Render `song` to `path`, whose suffix chooses the format, and its stems to a folder beside it.

    Tags, a sidecar and, where the packages for them are installed, content credentials say who wrote what: those of a
    stem, who wrote that part.

    `instruments` maps roles or part names to plugin or SoundFont files; `soundfont` plays what has no instrument, else
    the best one found; `progress` is told the share done, 0..1; `hosts` play if given, else some are started.  Raises
    SoundError for a format, an instrument or a place that cannot be used and Cancelled soon after `cancelled()` is
    true; no incomplete file is left either way.
    """
    from cocomposer.sound.render import RenderSettings

    settings = RenderSettings(
        sample_rate=sample_rate, instruments=dict(instruments or {}), stems=stems, soundfont=soundfont
    )
    folder = path.with_name(f"{path.stem}-stems")
    provenance = provenance_of(song)

    def said(of: Song, record: Provenance) -> Tags:
        return tags_of(of, artist, f"Made with Cocomposer. {record.statement}", record_text(record))

    with contextlib.ExitStack() as stack:
        made = bounce(
            song,
            path,
            settings,
            bit_depth=bit_depth,
            tags=said(song, provenance),
            stem_tags=lambda part: said(song, _of_part(song, part)),
            stem_path=lambda number, name: folder / f"{number:02d}-{file_name(name)}{path.suffix}",
            progress=progress,
            cancelled=cancelled,
            hosts=hosts or stack.enter_context(open_hosts()),
        )
    records = {made.mix: provenance}
    records |= {stem: _of_part(song, made.stem_parts[name]) for name, stem in made.stems.items()}
    warnings = _signed(records)
    for file, record in records.items():
        write_sidecar(record, file)
    return replace(made, warnings=(*made.warnings, *warnings))


def _of_part(song: Song, part: Part) -> Provenance:
    """The record of one part of a song."""
    return provenance_of(replace(song, parts=(part,)))


def _signed(records: Mapping[Path, Provenance]) -> tuple[str, ...]:
    """Put content credentials into those of the files that can have them; what went wrong in sentences."""
    signable = [each for each in records if each.suffix.lower() in content_credentials.KINDS]
    if not signable or not content_credentials.available():
        return ()
    try:
        who = identity()
        for each in signable:
            content_credentials.sign(each, records[each], who)
    except CocomposerError as error:
        return (str(error),)
    return ()


def render_songs(
    songs: Sequence[tuple[Song, Path]],
    jobs: int,
    render: Callable[[Song, Path, Callable[[float], None], Callable[[], bool]], AudioFiles],
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[AudioFiles]:
    """Have `render` make the audio of every song, `jobs` at a time, in the order given.

    Instruments play in child processes and effects run outside the interpreter's lock, so that threads keep the cores
    busy.  `progress` is told the share done of all.  The first error ends the others and is raised.
    """
    failed, lock = threading.Event(), threading.Lock()
    shares = [0.0] * len(songs)

    def stop() -> bool:
        return failed.is_set() or (cancelled is not None and cancelled())

    def report(index: int, share: float) -> None:
        with lock:
            shares[index] = share
            if progress is not None:
                progress(sum(shares) / len(shares))

    def one(index: int) -> AudioFiles:
        song, path = songs[index]
        try:
            return render(song, path, lambda share: report(index, share), stop)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(jobs, "bounce") as pool:
        tasks = [pool.submit(one, index) for index in range(len(songs))]
        try:
            wait(tasks)
        except BaseException:  # Ctrl-C: the songs under way are stopped before it goes further
            failed.set()
            raise
    errors = [error for task in tasks if (error := task.exception()) is not None]
    if errors:
        # The song that failed, not one that was stopped for it, is to be told of.
        raise next((error for error in errors if not isinstance(error, Cancelled)), errors[0])
    return [task.result() for task in tasks]
