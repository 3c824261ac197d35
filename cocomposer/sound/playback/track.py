"""One part on its way to the mixer: the takes of its segments added up, with what changes faded over."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.playback.segments import Segment
from cocomposer.sound.playback.takes import Take, Takes

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

FADE_SECONDS = 0.02
"""Time in which a take that arrives, or takes another's place, fades in."""


@dataclass
class _Voice:
    """A take that sounds, from `frame` of the song on; `gain` moves towards `target`."""

    key: str
    frame: int
    take: Take
    gain: float
    target: float = 1.0

    def add_to(self, out: Audio, frame: int, fade: int) -> None:
        """Add what sounds from `frame` on, and move the gain."""
        length = out.shape[1]
        before = self.gain
        step = float(np.clip(self.target - before, -length / fade, length / fade))
        self.gain = before + step
        begin, end = max(self.frame, frame), min(self.frame + self.take.audio.shape[1], frame + length)
        if begin >= end or before == self.gain == 0:
            return
        piece = self.take.audio[:, begin - self.frame : end - self.frame]
        if before != 1 or self.gain != 1:
            curve = np.clip(before + np.arange(1, length + 1) * (np.sign(step) / fade), 0, 1).astype(np.float32)
            piece = piece * curve[begin - frame : end - frame]
        out[:, begin - frame : end - frame] += piece


class Track:
    """Reads a part's audio block by block.  Not for use by two threads at once."""

    def __init__(self, segments: tuple[Segment, ...], takes: Takes, sample_rate: int) -> None:
        self._takes = takes
        self._fade = round(FADE_SECONDS * sample_rate)
        self._held: dict[int, _Voice] = {}
        self._leaving: list[_Voice] = []
        self._jumped = True
        self.segments = segments

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self._segments

    @segments.setter
    def segments(self, segments: tuple[Segment, ...]) -> None:
        """What is to sound from now on; a segment that differs sounds as it did until its new take is there."""
        self._segments = segments
        self._starts = [segment.frame for segment in segments]
        self._reach = max((segment.longest_end - segment.frame for segment in segments), default=0)
        ticks = {segment.tick for segment in segments}
        for tick in [tick for tick in self._held if tick not in ticks]:
            self._leave(self._held.pop(tick))

    def jump(self) -> None:
        """The next block follows on nothing: what is there sounds at once."""
        self._held.clear()
        self._leaving.clear()
        self._jumped = True

    def read(self, frame: int, length: int) -> Audio | None:
        """The next block, (2, length), which begins at `frame` of the song; None for silence."""
        voices = [voice for segment in self._near(frame, length) if (voice := self._voice_of(segment, frame, length))]
        self._jumped = False
        voices += self._leaving
        audio = None
        if voices:
            audio = np.zeros((2, length), dtype=np.float32)
            for voice in voices:
                voice.add_to(audio, frame, self._fade)
        self._leaving = [voice for voice in self._leaving if voice.gain > 0]
        for tick in [tick for tick, voice in self._held.items() if voice.frame + voice.take.audio.shape[1] <= frame]:
            del self._held[tick]
        return audio

    def glance(self, frame: int, length: int) -> Audio:
        """What stands at `frame`, as far as it is rendered, without going there."""
        audio = np.zeros((2, length), dtype=np.float32)
        for segment in self._near(frame, length):
            take = self._takes.get(segment.phrase.key)
            if take is not None:
                _Voice("", segment.frame, take, 1.0).add_to(audio, frame, self._fade)
        return audio

    def _near(self, frame: int, length: int) -> tuple[Segment, ...]:
        """The segments that may sound in the block."""
        first = bisect_left(self._starts, frame - self._reach)
        return self._segments[first : bisect_left(self._starts, frame + length)]

    def _voice_of(self, segment: Segment, frame: int, length: int) -> _Voice | None:
        """The voice that plays the segment in this block, its gain still to be moved."""
        held = self._held.get(segment.tick)
        key = segment.phrase.key
        if held is not None and held.key == key and held.frame == segment.frame:
            return held
        take = self._takes.get(key)
        if take is None:
            return held
        if held is not None:
            self._leave(held)
        elif segment.frame + take.audio.shape[1] <= frame:
            return None
        at_once = self._jumped or (held is None and segment.frame >= frame)
        voice = _Voice(key, segment.frame, take, 1.0 if at_once else 0.0)
        self._held[segment.tick] = voice
        return voice

    def _leave(self, voice: _Voice) -> None:
        voice.target = 0.0
        self._leaving.append(voice)
