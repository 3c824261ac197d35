"""What is mixed and not yet heard: a short queue of blocks between the mixing thread and the device."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.playback.score import Score

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

FADE_SECONDS = 0.01
"""What is cut off is faded out in this time."""


@dataclass(frozen=True)
class Place:
    """Where a block's first sample stands: at `frame` of `score`, where what is `counted` leads up to the music.

    `run` numbers the times that playing was begun, so that what is left of an earlier one can be told.
    """

    score: Score
    frame: float
    run: int
    counted: bool = False

    def later(self, frames: float) -> Place:
        return replace(self, frame=self.frame + frames)

    @property
    def tick(self) -> float:
        return self.score.tick_at(self.frame)


@dataclass(frozen=True)
class Block:
    """Audio (2, n) with the place it was made for; None for what only fades out."""

    audio: Audio
    place: Place | None

    @property
    def frames(self) -> int:
        return int(self.audio.shape[1])

    def split(self, frames: int) -> tuple[Block, Block]:
        later = self.place.later(frames) if self.place else None
        return Block(self.audio[:, :frames], self.place), Block(self.audio[:, frames:], later)


class Ring:
    """A queue of blocks, written by one thread and read by another."""

    def __init__(self, sample_rate: int) -> None:
        self._fade = round(FADE_SECONDS * sample_rate)
        self._lock = threading.Lock()
        self._blocks: deque[Block] = deque()
        self._level = 0

    @property
    def level(self) -> int:
        """Frames that wait to be heard."""
        return self._level

    def push(self, block: Block) -> None:
        with self._lock:
            self._blocks.append(block)
            self._level += block.frames

    def pull(self, frames: int) -> list[Block]:
        """The next blocks, `frames` together, fewer where there are not as many."""
        pulled = []
        with self._lock:
            while frames and self._blocks:
                block = self._blocks.popleft()
                if block.frames > frames:
                    block, rest = block.split(frames)
                    self._blocks.appendleft(rest)
                pulled.append(block)
                frames -= block.frames
                self._level -= block.frames
        return pulled

    def cut(self) -> None:
        """Drop what waits, but for a few milliseconds in which it fades out."""
        kept = self.pull(self._fade)
        with self._lock:
            self._blocks.clear()
            self._level = 0
        if kept:
            audio = np.concatenate([block.audio for block in kept], axis=1)
            fade = np.linspace(1, 0, audio.shape[1], dtype=np.float32)
            self.push(Block(audio * fade, None))
