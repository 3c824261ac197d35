"""Writing audio files: WAV, FLAC, MP3 and OGG through pedalboard, dithered and tagged, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import Cancelled, SoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMATS = ("wav", "flac", "mp3", "ogg")
_LOSSY_QUALITY = {"mp3": "V0", "ogg": "256 kbps"}
_BYTES_A_SECOND = {"wav": 270_000, "flac": 200_000, "mp3": 35_000, "ogg": 35_000}
"""About what a second of stereo at 44.1 kHz takes on disk, rather too much than too little."""
BIT_DEPTHS: Mapping[str, tuple[int, ...]] = {"wav": (16, 24, 32), "flac": (16, 24), "mp3": (), "ogg": ()}
"""What each format may have; 32 bits are floating point, and the lossy ones have none."""
_HIGHEST_MP3_RATE = 48_000
PROVENANCE_TAG = "cocomposer_provenance"
"""The Vorbis comment, or the description of the ID3 text, that holds `Tags.provenance`."""
_PIECE = 1 << 17
"""Frames that are written between two looks at whether it is to stop: about a fiftieth of a second's work."""
_PADDING = 0.1
"""Seconds by which a lossy file may seem shorter than what went in."""


@dataclass(frozen=True)
class Tags:
    """What a file says of itself; what is empty or 0 is left out.

    `bpm` is quarter notes a minute, `provenance` a record of who wrote the music, for programs.
    """

    title: str = ""
    artist: str = ""
    bpm: float = 0.0
    key: str = ""
    comment: str = ""
    provenance: str = ""


def check_format(path: Path, sample_rate: int, bit_depth: int) -> str:
    """The format that the suffix of `path` asks for.

    Raises SoundError for a suffix that is none of FORMATS, and for a rate or depth that the format cannot have.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise SoundError(f"Audio can be written as {', '.join(FORMATS)}, not as {kind or 'a file without a suffix'!r}.")
    depths = BIT_DEPTHS[kind]
    if depths and bit_depth not in depths:
        raise SoundError(f"A {kind.upper()} file cannot have {bit_depth} bits: use {_either(depths)}.")
    if kind == "mp3" and sample_rate > _HIGHEST_MP3_RATE:
        raise SoundError(f"An MP3 file cannot have {sample_rate} Hz: use up to {_HIGHEST_MP3_RATE}, or another format.")
    return kind


def _either(numbers: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} or {numbers[-1]}"


def write_audio(
    path: Path,
    samples: NDArray[np.float32],
    sample_rate: int,
    bit_depth: int = 24,
    tags: Tags | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Write `samples` (channels, frames), -1..1, to `path`; its suffix chooses the format.

    `bit_depth` (16 or 24, with triangular dither; WAV also 32, which is float) applies to WAV and FLAC.  MP3 is written
    at variable bit rate V0 and Ogg Vorbis at 256 kbit/s.  The file appears complete or not at all.  Raises SoundError
    for what `check_format` refuses and for a place that cannot be written, with how much is free there; Cancelled soon
    after `cancelled()` is true.
    """
    kind = check_format(path, sample_rate, bit_depth)
    import numpy as np
    from pedalboard.io import AudioFile

    temporary = path.with_name(f".{path.stem[:40]}.{os.getpid()}.partial.{kind}")
    try:
        quality = _LOSSY_QUALITY.get(kind)
        depth = 16 if quality else bit_depth
        with AudioFile(
            str(temporary), "w", samplerate=sample_rate, num_channels=len(samples), bit_depth=depth, quality=quality
        ) as file:
            random = np.random.default_rng(0)  # the same song gives the same file
            for begin in range(0, samples.shape[1], _PIECE):
                if cancelled():
                    raise Cancelled("The bounce was stopped.")
                piece = samples[:, begin : begin + _PIECE]
                file.write(piece if quality or depth == 32 else _dithered(piece, depth, random))
        with AudioFile(str(temporary)) as written:
            # Ogg says nothing when the disk is full; and MP3 pads the ends.
            if written.frames < samples.shape[1] - _PADDING * sample_rate:
                raise RuntimeError("the file came out too short")
        if tags is not None:
            _write_tags(temporary, tags)
        temporary.replace(path)
    except (OSError, ValueError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        seconds = samples.shape[1] / sample_rate
        raise SoundError(_why_unwritten(path, error, int(seconds * _BYTES_A_SECOND[kind]))) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _dithered(samples: NDArray[np.float32], bit_depth: int, random: np.random.Generator) -> NDArray[np.float32]:
    """`samples` on the steps of `bit_depth`, with triangular noise of two steps before the rounding.

    So what is lost is a steady hiss that knows nothing of the music (Lipshitz, Wannamaker and Vanderkooy, 1992).
    """
    import numpy as np

    steps = 2.0 ** (bit_depth - 1)
    noise = random.random(samples.shape) - random.random(samples.shape)
    rounded = np.rint(samples * steps + noise)
    quantised: NDArray[np.float32] = (np.clip(rounded, -steps, steps - 1) / steps).astype(np.float32)
    return quantised


def _write_tags(path: Path, tags: Tags) -> None:
    """Put `tags` into an audio file: ID3 into WAV and MP3, Vorbis comments into the others."""
    import mutagen
    from mutagen import id3

    bpm = f"{tags.bpm:.0f}" if tags.bpm else ""
    try:
        file = mutagen.File(path)
        if file.tags is None:
            file.add_tags()
        if isinstance(file.tags, id3.ID3):
            words = {"TIT2": tags.title, "TPE1": tags.artist, "TBPM": bpm, "TKEY": tags.key, "COMM": tags.comment}
            for name, text in words.items():
                if text:
                    file.tags.add(id3.Frames[name](encoding=id3.Encoding.UTF8, text=text))  # type: ignore[no-untyped-call]
            if tags.provenance:
                own = id3.Frames["TXXX"]
                file.tags.add(own(encoding=id3.Encoding.UTF8, desc=PROVENANCE_TAG, text=tags.provenance))  # type: ignore[no-untyped-call]
        else:
            words = {"title": tags.title, "artist": tags.artist, "bpm": bpm, "key": tags.key, "comment": tags.comment,
                     PROVENANCE_TAG: tags.provenance}  # fmt: skip
            file.tags.update({name: text for name, text in words.items() if text})
        file.save()
    except mutagen.MutagenError as error:
        raise RuntimeError(f"its tags could not be written: {error}") from error


def read_provenance(path: Path) -> str:
    """The record of who wrote the music in an audio file's tags; "" where there is none that can be read."""
    import mutagen

    try:
        file = mutagen.File(path)
    except Exception:  # mutagen raises whatever its parsing trips over, and a file without tags is no error
        return ""
    tags = getattr(file, "tags", None) or {}
    try:
        found = tags[f"TXXX:{PROVENANCE_TAG}"].text if f"TXXX:{PROVENANCE_TAG}" in tags else tags[PROVENANCE_TAG]
    except (KeyError, ValueError):  # Vorbis comments have no names with a colon
        return ""
    return str(found[0]) if found else ""


def _why_unwritten(path: Path, error: Exception, needed: int) -> str:
    """What to tell when `path`, which takes about `needed` bytes, could not be written."""
    folder = path.parent.resolve()
    reason = str(error).rstrip(".")
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return f"{path} could not be written: {reason}. Check that the folder {folder} is there."
    room = f"{folder} has {free / 1e6:,.1f} MB free and about {max(needed, 100_000) / 1e6:,.1f} MB are needed"
    if free < needed:
        return f"{path.name} could not be written because the disk is full: {room}; make room or choose another folder."
    return f"{path.name} could not be written ({reason}): {room}; check the folder or choose another one."
