"""The picture on a card: the notes in miniature, and below them how loud or how busy the music is."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QRectF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QSizePolicy, QWidget

from cocomposer.music import Song

from . import theme
from .miniature import density, paint_miniature

_ROLL, _STRIP, _GAP = 72, 16, 2
_COLUMN = 3


class CardPicture(QWidget):
    """A miniature roll with a strip below: how loud it is where it was rendered, else how much is played."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._song: Song | None = None
        self._stretch = 0, 1
        self._kept: frozenset[int] = frozenset()
        self._waveform: tuple[float, ...] = ()
        self._playhead: int | None = None
        self._faded = False
        self._drawn: QPixmap | None = None
        self.setFixedHeight(_ROLL + _GAP + _STRIP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, _ROLL + _GAP + _STRIP)

    def show_song(self, song: Song, start: int, end: int, kept: frozenset[int] = frozenset()) -> None:
        """Show `song` between two ticks; the parts `kept`, by index, stand back behind what is new."""
        if song is not self._song or (start, end) != self._stretch:
            self._song, self._stretch, self._kept, self._drawn = song, (start, end), kept, None
            self.update()

    @property
    def stretch(self) -> tuple[int, int]:
        """The ticks between which the song is shown."""
        return self._stretch

    @property
    def has_waveform(self) -> bool:
        """Whether it is shown how loud the music is."""
        return bool(self._waveform)

    def show_waveform(self, waveform: Sequence[float]) -> None:
        """Show how loud it is, 0..1 in equal stretches, instead of how busy."""
        self._waveform, self._drawn = tuple(waveform), None
        self.update()

    def show_playhead(self, tick: int | None) -> None:
        """The place that is heard, None for none."""
        if tick != self._playhead:
            self._playhead = tick
            self.update()

    def set_faded(self, faded: bool) -> None:
        """Rejected ones step back."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._drawn = None  # in other colours
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._drawn is None or self._drawn.size() != size:
            self._drawn = self._draw(size, ratio)
        painter = QPainter(self)
        painter.setOpacity(0.35 if self._faded else 1.0)
        painter.drawPixmap(0, 0, self._drawn)
        start, end = self._stretch
        if self._playhead is not None and start <= self._playhead < end:
            at = round((self._playhead - start) / max(1, end - start) * self.width())
            painter.fillRect(at, 0, 1, self.height(), theme.colour("playhead"))

    def _draw(self, size: QSize, ratio: float) -> QPixmap:
        drawn = QPixmap(size)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(theme.colour("raised", 0.0))
        painter = QPainter(drawn)
        painter.setPen(theme.colour("well", 0.0))
        painter.setBrush(theme.colour("well"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        roll = QRectF(0, 0, self.width(), _ROLL)
        strip = QRectF(0, _ROLL + _GAP, self.width(), _STRIP)
        for ground in (roll, strip):
            painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._song is not None:
            self._draw_bars(painter, roll)
            paint_miniature(painter, roll.adjusted(4, 4, -4, -4), self._song, *self._stretch, self._kept)
            self._draw_strip(painter, strip.adjusted(4, 2, -4, -2))
        painter.end()
        return drawn

    def _draw_bars(self, painter: QPainter, place: QRectF) -> None:
        start, end = self._stretch
        assert self._song is not None
        inside = [bar for bar in self._song.bars if start < bar.start < end]
        every = max(1, len(inside) // 16)
        for bar in inside[every - 1 :: every]:
            at = place.left() + 4 + (bar.start - start) / max(1, end - start) * (place.width() - 8)
            painter.fillRect(QRectF(at, place.top(), 1, place.height()), theme.colour("beat"))

    def _draw_strip(self, painter: QPainter, place: QRectF) -> None:
        assert self._song is not None
        columns = max(1, int(place.width()) // _COLUMN)
        if self._waveform:
            heights = [self._waveform[column * len(self._waveform) // columns] for column in range(columns)]
        else:
            heights = list(density(self._song, *self._stretch, columns))
        ink = theme.colour("accent" if self._waveform else "muted", 0.85 if self._waveform else 0.55)
        for column, height in enumerate(heights):
            tall = max(1.0, height * place.height())
            top = place.center().y() - tall / 2 if self._waveform else place.bottom() - tall
            painter.fillRect(QRectF(place.left() + column * _COLUMN, top, _COLUMN - 1, tall), ink)
