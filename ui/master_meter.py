"""How loud the master is: two peak bars and the loudness in LUFS."""

from __future__ import annotations

import math

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from . import theme
from .session import Session

FLOOR_DB = -48.0
HOT_DB = -6.0
FALL_DB = 1.2
"""How far a bar falls in one frame."""
BAR_WIDTH, FIGURE_WIDTH = 96, 72


class MasterMeter(QWidget):
    """Peak of left and right in dBFS, falling slowly, and the short-term loudness."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._peaks = [FLOOR_DB, FLOOR_DB]
        self._loudness = -math.inf
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Master level"))
        session.playhead.connect(lambda _: self._take())
        session.playing_changed.connect(lambda playing: None if playing else self._rest())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(BAR_WIDTH + FIGURE_WIDTH, 28)

    def show_levels(self, left: float, right: float, loudness: float) -> None:
        """Take peaks in dBFS and loudness in LUFS of the block that is heard."""
        for place, peak in enumerate((left, right)):
            self._peaks[place] = min(6.0, max(peak, self._peaks[place] - FALL_DB, FLOOR_DB))
        self._loudness = loudness
        said = self.tr("Peak {peak} dB, loudness {loudness} LUFS").format(
            peak=f"{max(left, right):.1f}", loudness=_figure(loudness)
        )
        self.setToolTip(said)
        self.update()

    def _take(self) -> None:
        if self._session.playing:
            levels = self._session.levels()
            peak = 20 * math.log10(max(1e-6, levels.master.peak))
            self.show_levels(peak, peak, levels.short_term)

    def _rest(self) -> None:
        self._peaks = [FLOOR_DB, FLOOR_DB]
        self._loudness = -math.inf
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        for top, peak in zip((middle - 7, middle + 1), self._peaks, strict=True):
            painter.setBrush(theme.colour("line"))
            painter.drawRoundedRect(QRectF(0, top, BAR_WIDTH, 6), 2, 2)
            share = (peak - FLOOR_DB) / -FLOOR_DB
            if share > 0:
                painter.setBrush(theme.colour("danger" if peak > -1 else "warning" if peak > HOT_DB else "good"))
                painter.drawRoundedRect(QRectF(0, top, BAR_WIDTH * min(1.0, share), 6), 2, 2)
        painter.setPen(theme.colour("muted"))
        painter.setFont(theme.font(theme.SMALL, digits=True))
        place = QRectF(BAR_WIDTH + 8, 0, FIGURE_WIDTH - 8, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{_figure(self._loudness)} LUFS")
        painter.end()


def _figure(loudness: float) -> str:
    return f"{loudness:.1f}" if loudness > -70 else "–"
