"""A score that is played: its tracks through its own console, to the master."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.loudness import amplitude
from cocomposer.sound.playback.levels import energy_by_stretch, faders_of, master_trim, matching
from cocomposer.sound.playback.score import Score
from cocomposer.sound.playback.takes import Takes
from cocomposer.sound.playback.track import Track

if TYPE_CHECKING:
    from cocomposer.sound.console import Console
    from cocomposer.sound.loudness import Audio

_SEAM_SECONDS = 0.003
"""Length of the crossfade that ends where a loop begins anew."""


class Deck:
    """Plays one score.  Used by the mixing thread alone.

    `gain` is a factor on the master, which `match` sets so that the deck is as loud as `reference`.  `trims` are
    the measured ones of the parts, `faders` trim and fader of each together, both in dB.  The console is told of edits
    and trims by whoever makes them, since loading its effects may take long.
    """

    def __init__(self, score: Score, console: Console, takes: Takes, reference: Deck | None = None) -> None:
        self.score = score
        self.reference = reference
        self.console = console
        self.gain = 1.0
        self.trims: Mapping[int, float] = {}
        self.faders = faders_of(score, {})
        self._takes = takes
        self._seam = round(_SEAM_SECONDS * score.sample_rate)
        self._tracks = [Track(segments, takes, score.sample_rate) for segments in score.tracks]

    def update(self, score: Score) -> None:
        """Go on with `score`, which has this one's time line."""
        self.score = score
        self.faders = faders_of(score, self.trims)
        for track, segments in zip(self._tracks, score.tracks, strict=True):
            if track.segments is not segments:
                track.segments = segments

    def level(self, trims: Mapping[int, float]) -> None:
        """Take on what the levels of the parts were found to be; the console has been told."""
        self.trims = trims
        self.faders = faders_of(self.score, trims)

    def match(self) -> None:
        """Bring the master to the loudness of `reference`, as far as both are rendered at the same places."""
        if self.reference is not None:
            mine, other = (energy_by_stretch(d.score, d.faders, self._takes) for d in (self, self.reference))
            self.gain = self.reference.gain * amplitude(matching(mine, other))

    def strength(self, part: int) -> float:
        """The factor by which trims and fader make a part louder on its way to the master."""
        if not part < len(self.faders):
            return 1.0
        return amplitude(self.faders[part] + master_trim(self.score, self.trims)) * self.gain

    def jump(self) -> None:
        """What is played next follows on nothing."""
        for track in self._tracks:
            track.jump()
        self.console.reset()

    def ready(self, frame: int) -> bool:
        """Whether all that should be heard at `frame` is rendered, and its level known."""
        return all(
            index in self.trims and segment.phrase.key in self._takes for index, segment in self.score.sounding(frame)
        )

    def play(self, frame: int, length: int, loop: tuple[int, int] | None) -> tuple[Audio, int]:
        """The master, (2, length), from `frame` on, and the frame that follows it.

        At the end of `loop`, in frames, it goes on at the loop's beginning, to the sample: what leads up to that fades
        in over the last milliseconds before the seam, while what is there fades out.
        """
        pieces = []
        while length:
            inside = loop is not None and loop[0] <= frame < loop[1]
            step = min(length, loop[1] - frame) if loop and inside else length
            inputs = [track.read(frame, step) for track in self._tracks]
            if loop and inside and frame + step > loop[1] - self._seam:
                inputs = [self._seamed(i, audio, frame, step, loop) for i, audio in enumerate(inputs)]
            pieces.append(self.console.process(inputs, frame, step))
            frame += step
            length -= step
            if loop and inside and frame == loop[1]:
                frame = loop[0]
                for track in self._tracks:
                    track.jump()
        return np.concatenate(pieces, axis=1) * np.float32(self.gain), frame

    def _seamed(self, index: int, audio: Audio | None, frame: int, length: int, loop: tuple[int, int]) -> Audio:
        """A block before the seam, crossfaded into what leads up to the loop's beginning."""
        seam = min(self._seam, loop[1] - loop[0])
        begin = max(frame, loop[1] - seam)
        share = (np.arange(begin, frame + length) - (loop[1] - seam) + 1).astype(np.float32) / seam
        joined = np.zeros((2, length), dtype=np.float32) if audio is None else audio
        joined[:, begin - frame :] *= 1 - share
        before = loop[0] - (loop[1] - begin)
        joined[:, begin - frame :] += self._tracks[index].glance(before, len(share)) * share
        return joined
