"""A part on its way into a bounce: what its instrument played, through its strip, before the others are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cocomposer.sound.console import Console
from cocomposer.sound.house_mix import trim_for
from cocomposer.sound.instruments import Recording
from cocomposer.sound.loudness import decibels, spans
from cocomposer.sound.takes import check

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio


class Line:
    """Part `index` of the song that `console` mixes, as it leaves its strip.

    What the strip makes of a recording takes the place of what was recorded, so that no second copy of the song is
    held.  How the strip rings on after that is worked out as it is read.  Of several lines each may be on a thread of
    its own.
    """

    def __init__(self, console: Console, index: int, recording: Recording) -> None:
        self._console, self._index, self._recording = console, index, recording
        self._ready = 0
        self.trim = trim_for(recording.loudness + decibels(recording.peak), recording.peak)
        console.trim(index, self.trim)

    def prepare(self, stop: Callable[[], bool]) -> None:
        """Take the recording through the strip.  Raises Cancelled when `stop` says so."""
        for span in spans(self._recording.frames, self._console.sample_rate):
            check(stop)
            if span.stop < self._recording.frames:  # the last span is read with the silence after it
                self._recording.write(span.start, self._through(span))
                self._ready = span.stop

    def read(self, span: slice) -> Audio:
        """The next of the `spans` of the song, (2, n), not to be changed; they are read once, in order."""
        if span.stop <= self._ready:
            return self._recording.read(span.start, span.stop)
        return self._through(span)

    def _through(self, span: slice) -> Audio:
        return self._console.strip(self._index, self._recording.block(span), span.start)
