"""Writing audio files: WAV, FLAC, MP3 and OGG through pedalboard, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import SoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMATS = ("wav", "flac", "mp3", "ogg")
_LOSSY_QUALITY = {"mp3": "V0", "ogg": "256 kbps"}
_BYTES_A_SECOND = {"wav": 270_000, "flac": 200_000, "mp3": 35_000, "ogg": 35_000}
"""About what a second of stereo at 44.1 kHz takes on disk, rather too much than too little."""
_PADDING = 0.1
"""Seconds by which a lossy file may seem shorter than what went in."""


def write_audio(path: Path, samples: NDArray[np.float32], sample_rate: int, bit_depth: int = 24) -> Path:
    """Write `samples` (channels, frames), -1..1, to `path`; its suffix chooses the format.

    `bit_depth` (16 or 24; WAV also 32, which is float) applies to WAV and FLAC.  MP3 is written at variable
    bit rate V0 and Ogg Vorbis at 256 kbit/s.  The file appears complete or not at all.  Raises SoundError for
    a suffix that is none of FORMATS and for a place that cannot be written, with how much is free there.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise SoundError(f"Audio can be written as {', '.join(FORMATS)}, not as {kind or 'a file without a suffix'!r}.")
    if kind in ("wav", "flac") and bit_depth not in ((16, 24, 32) if kind == "wav" else (16, 24)):
        raise SoundError(f"A {kind.upper()} file cannot have {bit_depth} bits: use 16 or 24.")
    from pedalboard.io import AudioFile

    temporary = path.with_name(f".{path.stem[:40]}.{os.getpid()}.partial.{kind}")
    try:
        quality = _LOSSY_QUALITY.get(kind)
        depth = 16 if quality else bit_depth
        with AudioFile(
            str(temporary), "w", samplerate=sample_rate, num_channels=len(samples), bit_depth=depth, quality=quality
        ) as file:
            second = sample_rate
            for begin in range(0, samples.shape[1], 10 * second):
                file.write(samples[:, begin : begin + 10 * second])
        with AudioFile(str(temporary)) as written:
            # Ogg says nothing when the disk is full; and MP3 pads the ends.
            if written.frames < samples.shape[1] - _PADDING * sample_rate:
                raise RuntimeError("the file came out too short")
        temporary.replace(path)
    except (OSError, ValueError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        seconds = samples.shape[1] / sample_rate
        raise SoundError(_why_unwritten(path, error, int(seconds * _BYTES_A_SECOND[kind]))) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


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
