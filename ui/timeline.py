"""Where in time a pixel is: the scroll, zoom, snap grid and loop that all lanes of the window share.

One Timeline serves the arrangement, the chord lane and the piano roll, which is why they scroll together.  Pixels are
logical ones, counted from the left edge of a lane; ticks are those of the song.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal

from cocomposer.music import TICKS_PER_QUARTER, Song

if TYPE_CHECKING:
    from .session import Session

CLOSEST, FARTHEST = 1.5, 1 / 480
"""Pixels per tick at the closest and the farthest zoom."""
ROOM_AFTER = 4
"""Bars that are shown, and can be drawn in, after the end of the song."""
AT_FIRST = 8
"""Bars of a song that are seen when it is opened."""
NARROWEST_LINES = 9.0
"""Least distance in pixels between two grid lines."""


class Grid(Enum):
    """Note values that edits snap to; the value is the length in ticks, 0 for none."""

    BAR = -1
    HALF = 960
    QUARTER = 480
    QUARTER_TRIPLET = 320
    EIGHTH = 240
    EIGHTH_TRIPLET = 160
    SIXTEENTH = 120
    SIXTEENTH_TRIPLET = 80
    THIRTY_SECOND = 60
    OFF = 0

    @property
    def label(self) -> str:
        """As musicians write it: 1/16, 1/8T."""
        names = {Grid.BAR: "Bar", Grid.OFF: "Off"}
        if self in names:
            return names[self]
        triplet = self.name.endswith("TRIPLET")
        whole = 4 * TICKS_PER_QUARTER * (2 if triplet else 3) // 3
        return f"1/{whole // self.value}" + ("T" if triplet else "")


def shared_timeline(session: Session) -> Timeline:
    """The timeline of a session's window, made by the lane that comes first."""
    found = session.findChild(Timeline)
    if found is None:
        found = Timeline(session.song, session)
        found.follow(session)
    return found


class Line(NamedTuple):
    """A vertical line of the grid: 0 begins a bar, 1 a beat, 2 a step of the snap grid."""

    tick: int
    level: int


class Timeline(QObject):
    """The shared mapping between ticks and pixels."""

    moved = pyqtSignal()
    """Scroll, zoom, width or grid changed: lanes draw themselves anew."""
    loop_changed = pyqtSignal(object)
    """The loop: (first tick, tick after the last) or None."""

    def __init__(self, song: Song, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.song = song
        self.scale = 0.1
        self.first = 0.0
        self.width = 800
        self.grid = Grid.SIXTEENTH
        self.loop: tuple[int, int] | None = None
        self._untouched = False

    def follow(self, session: Session) -> None:
        """Stay with the session's song, turn the page while it plays, and have the player loop what is looped here."""

        def show_song(_: object = None) -> None:
            self.set_song(session.song)

        def turn_page(tick: int) -> None:
            if session.playing:
                self.show(tick)

        def tell_player(_: object = None) -> None:
            if session.player is not None:
                session.player.loop = self.loop

        def begin_anew() -> None:
            self.set_loop(None)
            show_song()
            self.show_beginning()

        session.changed.connect(show_song)
        session.document_changed.connect(begin_anew)
        session.playhead.connect(turn_page)
        session.player_changed.connect(tell_player)
        self.loop_changed.connect(tell_player)
        begin_anew()

    # --- mapping ---------------------------------------------------------------------------------

    def x(self, tick: float) -> float:
        return (tick - self.first) * self.scale

    def tick(self, x: float) -> int:
        """The tick under a pixel, never before the song."""
        return max(0, round(self.first + x / self.scale))

    @property
    def visible(self) -> tuple[int, int]:
        """First tick that is shown and the one after the last."""
        return int(self.first), int(self.first + self.width / self.scale) + 1

    @property
    def end(self) -> int:
        """Where scrolling ends: the song and some bars more."""
        meters = self.song.meters
        return meters.bar_start(meters.bar_at(max(0, self.song.length - 1)) + 1 + ROOM_AFTER)

    # --- moving ----------------------------------------------------------------------------------

    def set_song(self, song: Song) -> None:
        self.song = song
        self._move_to(self.first)

    def set_width(self, pixels: int) -> None:
        if pixels != self.width:
            self.width = max(1, pixels)
            if self._untouched:
                self.show_beginning()
            else:
                self.scroll_to(self.first)

    def show_beginning(self) -> None:
        """Show the first bars, and go on doing so while the window finds its size, until somebody scrolls or zooms."""
        self.fit(0, self.song.meters.bar_start(AT_FIRST))
        self._untouched = True

    def scroll_to(self, tick: float) -> None:
        """Bring `tick` to the left edge, as far as the song allows."""
        self._untouched = False
        self._move_to(tick)

    def _move_to(self, tick: float) -> None:
        self.first = max(0.0, min(tick, self.end - self.width / self.scale))
        self.moved.emit()

    def scroll_by(self, pixels: float) -> None:
        self.scroll_to(self.first + pixels / self.scale)

    def zoom(self, factor: float, x: float) -> None:
        """Change the scale; the tick under `x` stays where it is."""
        anchor = self.first + x / self.scale
        self.scale = max(FARTHEST, min(CLOSEST, self.scale * factor))
        self.scroll_to(anchor - x / self.scale)

    def fit(self, first: int, last: int) -> None:
        """Show exactly the ticks from `first` to `last`."""
        self.scale = max(FARTHEST, min(CLOSEST, self.width / max(1, last - first)))
        self.scroll_to(first)

    def show(self, tick: int) -> None:
        """Scroll by as much as a tick needs to be seen: half a window on, as a page is turned."""
        first, last = self.visible
        if not first <= tick < last:
            self.scroll_to(tick - self.width / self.scale * 0.1)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        if loop != self.loop:
            self.loop = loop
            self.loop_changed.emit(loop)
            self.moved.emit()

    def set_grid(self, grid: Grid) -> None:
        self.grid = grid
        self.moved.emit()

    # --- the grid --------------------------------------------------------------------------------

    def step(self, tick: int) -> int:
        """Length of the grid's step at `tick`, in ticks; 1 where nothing snaps."""
        if self.grid is Grid.BAR:
            start, end = self.bar(tick)
            return end - start
        return self.grid.value or 1

    def bar(self, tick: int) -> tuple[int, int]:
        """First tick of the bar that holds `tick`, and of the next."""
        meters = self.song.meters
        index = meters.bar_at(max(0, tick))
        return meters.bar_start(index), meters.bar_start(index + 1)

    def floor(self, tick: int) -> int:
        """The grid line at or before `tick`."""
        start, _ = self.bar(tick)
        step = self.step(tick)
        return start + (max(0, tick) - start) // step * step

    def snap(self, tick: int) -> int:
        """The nearest grid line; every bar line is one, whatever the metre."""
        before = self.floor(tick)
        after = min(before + self.step(tick), self.bar(tick)[1])
        return after if after - tick <= tick - before else before

    def lines(self, first: int, last: int) -> Iterator[Line]:
        """The lines between two ticks, from left to right, no denser than can be told apart."""
        meters = self.song.meters
        index = meters.bar_at(max(0, first))
        apart = meters.meter_at(max(0, first)).ticks_per_bar * self.scale
        every = 1
        while apart * every < NARROWEST_LINES:
            every *= 2
        index -= index % every
        start = meters.bar_start(index)
        while start < last:
            yield Line(start, 0)
            if every == 1:
                yield from self._inside(start, meters.bar_start(index + 1), first, last)
            index += every
            start = meters.bar_start(index)

    def _inside(self, start: int, end: int, first: int, last: int) -> Iterator[Line]:
        """The lines of one bar after its first."""
        meter = self.song.meters.meter_at(start)
        beats = {start + offset for offset in meter.beat_starts if start + offset < end}
        if min(meter.beats) * self.scale < NARROWEST_LINES:
            return
        step = self.grid.value
        while step > 0 and step * self.scale < NARROWEST_LINES:
            step *= 2
        inner = set(range(start, end, step)) if step > 0 else set()
        for tick in sorted((beats | inner) - {start}):
            if first <= tick < last:
                yield Line(tick, 1 if tick in beats else 2)
