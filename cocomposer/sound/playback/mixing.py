"""The thread that mixes a little ahead of what is heard, and the transport that it obeys."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.playback.deck import Deck
from cocomposer.sound.playback.metronome import Clicks, Metronome, count_in, song_clicks
from cocomposer.sound.playback.priority import hurry
from cocomposer.sound.playback.ring import Block, Place, Ring
from cocomposer.sound.playback.score import Score

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

BLOCK = 1024
"""Frames mixed at once."""

AHEAD_SECONDS = 0.09
"""How much is mixed ahead: what a change of the mix takes to be heard."""

PATIENCE_SECONDS = 0.3
"""How long the music waits at its start for what is not rendered yet, before it begins with what there is."""

_CROSSFADE_SECONDS = 0.02
_RISE_SECONDS = 0.003
_PRIMED = 2
"""Blocks that are mixed before the first of them is heard."""


@dataclass
class _Count:
    """A count-in under way, at `frame` of `length`."""

    length: int
    clicks: Clicks
    frame: int = 0


class Mixing:
    """Fills `ring` from a deck.  `ended` is told the number of a start whose music is over, `advanced` now and then.

    `post` hands over what the thread is to do between two blocks; everything else here belongs to the thread, but the
    plain figures `frame`, `load` (share of the time there is, smoothed) and `missing` may be read by anyone.
    """

    def __init__(
        self, ring: Ring, sample_rate: int, ended: Callable[[int], None], advanced: Callable[[], None]
    ) -> None:
        self.frame = 0
        self.load = 0.0
        self.missing = False
        self.flowing = False
        self.loop: tuple[int, int] | None = None
        self.metronome = False
        self.count_in = 0
        self.deck: Deck | None = None
        self._ring = ring
        self._rate = sample_rate
        self._ended = ended
        self._advanced = advanced
        self._ahead = round(AHEAD_SECONDS * sample_rate)
        self._clicker = Metronome(sample_rate)
        self._clicks: tuple[Score | None, Clicks] = (None, [])
        self._coming: tuple[Deck, float] | None = None
        self._rolling = False
        self._draining = False
        self._holding_until = 0.0
        self._primed: list[Block] | None = None
        self._rise = 0
        self._run_number = 0
        self._count: _Count | None = None
        self._commands: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._closed = self._busy = False
        self._thread = threading.Thread(target=self._run, name="mixing")
        self._thread.start()

    def post(self, command: Callable[[], None]) -> None:
        """Have `command` carried out by the thread before its next block."""
        with self._changed:
            self._commands.append(command)
            self._changed.notify()

    def wake(self) -> None:
        """Something was taken from the ring, or was rendered."""
        with self._changed:
            self._changed.notify()

    def uses(self, deck: Deck) -> bool:
        """Whether `deck` is played, or about to be; false only after all that was posted."""
        with self._changed:
            coming = self._coming
            return bool(self._commands) or self._busy or deck is self.deck or (coming is not None and deck is coming[0])

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do until something is heard, rendered or asked for."""
        with self._changed:
            return not self._busy and not self._commands and not self._has_work()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    # What follows is called on the thread, as commands.

    def start(self, tick: int, run: int, counted: bool) -> None:
        """Play from `tick`, after a count-in where one is set and `counted`; `run` is the number of this start."""
        if run != self._run_number:  # else it is begun anew only because the song has come
            self._holding_until = time.monotonic() + PATIENCE_SECONDS
        self._run_number = run
        self.flowing = self._draining = False
        self._ring.cut()
        self._rolling, self._primed = True, []
        self._count = None
        if self.deck is None:
            self.frame = 0
            return
        self.deck.jump()
        frame = self.deck.score.frame_at(tick)
        self._rise = min(round(_RISE_SECONDS * self._rate), frame)
        self.frame = frame - self._rise
        if self.count_in and counted:
            self._count = _Count(*count_in(self.deck.score.song, tick, self.count_in, self._rate))

    def halt(self) -> None:
        """Play no more, at once."""
        self.flowing = self._rolling = self._draining = self.missing = False
        self._ring.cut()

    def locate(self, tick: int) -> None:
        """Go to `tick` while nothing is played, so that what is needed there is rendered first."""
        if self.deck is not None:
            self.frame = self.deck.score.frame_at(tick)

    def change_to(self, deck: Deck, tick: int) -> None:
        """Go over to `deck` at the same tick (`tick` while nothing is played), once it is rendered there."""
        if deck is self.deck:
            self._coming = None
            return
        if self._rolling and self.deck is not None:
            self._coming = (deck, time.monotonic() + 3 * PATIENCE_SECONDS)
            return
        self.deck, self._coming = deck, None
        self.locate(tick)
        if self._rolling:  # asked to play before there was anything
            self.start(tick, self._run_number, True)

    # The thread itself.

    def _run(self) -> None:
        hurry()
        while True:
            with self._changed:
                self._busy = False
                while not (self._closed or self._commands or self._has_work()):
                    self._changed.wait(0.02 if self._rolling else None)
                if self._closed:
                    return
                self._busy = True
                commands = list(self._commands)
                self._commands.clear()
            for command in commands:
                command()
            if self._has_work():
                self._work()

    def _has_work(self) -> bool:
        if self._draining:
            return self._ring.level == 0
        if not self._rolling or self.deck is None:
            return False
        if self._primed is not None and self._count is None and time.monotonic() < self._holding_until:
            return self.deck.ready(self.frame)
        return self._ring.level < self._ahead

    def _work(self) -> None:
        if self._draining:
            self._rolling = self._draining = False
            self._ended(self._run_number)
            return
        begun = time.perf_counter()
        block = self._next_block()
        taken = (time.perf_counter() - begun) * self._rate / block.frames
        self.load += 0.05 * (taken - self.load)
        if self._primed is None:
            self._ring.push(block)
            return
        self._primed.append(block)
        if len(self._primed) == _PRIMED:
            for primed in self._primed:
                self._ring.push(primed)
            self._primed, self.flowing = None, True

    def _next_block(self) -> Block:
        deck = self.deck
        assert deck is not None
        if self._count is not None:
            return self._counted(self._count, deck)
        place = Place(deck.score, self.frame - deck.console.latency, self._run_number)
        loop = self.loop and (deck.score.frame_at(self.loop[0]), deck.score.frame_at(self.loop[1]))
        self.missing = not deck.ready(self.frame)
        start = self.frame
        if self._coming is not None and (self._coming[0].ready(self._there(self._coming[0])) or
                                         time.monotonic() > self._coming[1]):  # fmt: skip
            audio, deck, place = self._crossed(deck, self._coming[0], loop)
        else:
            audio, self.frame = deck.play(self.frame, BLOCK, loop)
        if self._rise:
            audio[:, : self._rise] *= np.linspace(0, 1, self._rise, dtype=np.float32)
            self._rise = 0
        if self.metronome:
            self._clicker.add_to(audio, round(place.frame) + deck.console.latency, self._clicks_of(deck))
        if start // self._rate != self.frame // self._rate:
            self._advanced()
        if self.loop is None and self.frame > deck.score.rung_out:
            self.flowing, self._draining = False, True
        return Block(audio, place)

    def _counted(self, count: _Count, deck: Deck) -> Block:
        """A block of the count-in."""
        length = min(BLOCK, count.length - count.frame)
        audio = np.zeros((2, length), dtype=np.float32)
        self._clicker.add_to(audio, count.frame, count.clicks)
        begin = self.frame + self._rise - (count.length - count.frame) - deck.console.latency
        count.frame += length
        if count.frame >= count.length:
            self._count = None
        return Block(audio, Place(deck.score, begin, self._run_number, counted=True))

    def _there(self, deck: Deck) -> int:
        """The frame of `deck` that stands where playback is."""
        assert self.deck is not None
        return deck.score.frame_at(self.deck.score.tick_at(self.frame))

    def _crossed(self, leaving: Deck, coming: Deck, loop: tuple[int, int] | None) -> tuple[Audio, Deck, Place]:
        """The block in which one deck fades into the other."""
        length = round(_CROSSFADE_SECONDS * self._rate)
        frame = self._there(coming)
        coming.jump()
        coming.match()
        old, _ = leaving.play(self.frame, length, loop)
        share = np.linspace(0, 1, length, dtype=np.float32)
        place = Place(coming.score, frame - coming.console.latency, self._run_number)
        new, self.frame = coming.play(frame, length, None)
        self.deck, self._coming = coming, None
        return old * (1 - share) + new * share, coming, place

    def _clicks_of(self, deck: Deck) -> Clicks:
        if self._clicks[0] is not deck.score:
            self._clicks = (deck.score, song_clicks(deck.score.song, self._rate))
        return self._clicks[1]
