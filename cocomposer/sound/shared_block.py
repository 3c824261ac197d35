"""Memory that a host and the program share, for all that is large: audio both ways, and the states of plugins.

It has no name, so that nothing is left of it when both processes are gone, however they went: on Linux it is a memfd
that the child inherits, on macOS a file without a name, on Windows one that goes with its last handle.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]  # Python 3.12

    from cocomposer.sound.loudness import Audio

FRAME_BYTES = 8
"""Two float32 samples, left and right: audio lies interleaved in the block."""
_PIECE_FRAMES = 1 << 15


class SharedBlock:
    """One side of the memory.  Calls and replies alternate, so only one side uses it at a time."""

    def __init__(self, file: Any) -> None:
        self._file = file

    @classmethod
    def create(cls) -> SharedBlock:
        """The program's side.  Raises OSError."""
        if sys.platform == "linux":
            return cls(os.fdopen(os.memfd_create("cocomposer-audio"), "w+b", buffering=0))
        return cls(tempfile.NamedTemporaryFile(buffering=0) if sys.platform == "win32" else _unnamed())

    @classmethod
    def inherit(cls, address: str) -> SharedBlock:
        """The host's side, by the `address` it was given."""
        if sys.platform == "win32":
            return cls(os.fdopen(os.open(address, os.O_RDWR | os.O_BINARY | os.O_TEMPORARY), "w+b", buffering=0))
        return cls(os.fdopen(int(address), "w+b", buffering=0))

    @property
    def address(self) -> str:
        """What the child needs to `inherit`."""
        return str(self._file.name) if sys.platform == "win32" else str(self._file.fileno())

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the child must be given at its start."""
        return () if sys.platform == "win32" else (self._file.fileno(),)

    def clear(self) -> None:
        """Give the memory back; the next `append` begins at the start."""
        self._file.seek(0)
        self._file.truncate()

    def append(self, data: Buffer) -> int:
        """Write behind what was appended before; returns the number of bytes."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        while rest:
            rest = rest[self._file.write(rest) :]
        return size

    def write_audio(self, audio: Audio) -> int:
        """Replace what is there by (2, n) audio; returns the number of bytes."""
        import numpy as np

        self.clear()
        return self.append(np.ascontiguousarray(audio.T, dtype=np.float32))

    def read(self, size: int) -> bytes:
        """The first `size` bytes, or fewer where there are no more."""
        self._file.seek(0)
        return b"".join(self._pieces(size))

    def read_audio(self, frames: int) -> Audio:
        """The first `frames` frames as float32 (2, n), or fewer where there are no more."""
        import numpy as np

        frames = min(frames, self._file.seek(0, os.SEEK_END) // FRAME_BYTES)
        self._file.seek(0)
        audio, at = np.empty((2, frames), dtype=np.float32), 0
        piece = memoryview(bytearray(min(frames, _PIECE_FRAMES) * FRAME_BYTES))
        while at < frames and (size := self._file.readinto(piece[: (frames - at) * FRAME_BYTES])):
            samples = np.frombuffer(piece[:size], dtype=np.float32).reshape(-1, 2)
            audio[:, at : at + len(samples)] = samples.T
            at += len(samples)
        return audio[:, :at]

    def _pieces(self, size: int) -> Iterator[bytes]:
        """Up to `size` bytes from here on, in pieces of whole frames except for the last."""
        while size > 0 and (piece := self._file.read(min(size, _PIECE_FRAMES * FRAME_BYTES))):
            size -= len(piece)
            yield piece

    def close(self) -> None:
        self._file.close()


def _unnamed() -> Any:
    return tempfile.TemporaryFile(buffering=0)
