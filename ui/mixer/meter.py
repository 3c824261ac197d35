"""A level meter: how loud it is (RMS, filled), its highest sample (a line), and the highest of late (held)."""

from __future__ import annotations

import math
from time import monotonic

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from cocomposer.music.mix import SILENT_DB

from .. import theme
from ..scales import fader_scale
from .fader import END

_HOLD_SECONDS, _FALL_DB = 1.5, 26.0
"""How long a peak is held, and how many decibels a second the meter falls (IEC 60268-18 asks for 20 dB in 1.7 s)."""
_CLIP = 1.0
_WIDTH = 10


def decibels(amplitude: float) -> float:
    """dB of full scale, no less than silence."""
    return max(SILENT_DB, 20 * math.log10(amplitude)) if amplitude > 0 else SILENT_DB


class Meter(QWidget):
    """Stands beside a fader and shares its ruler.  A red top says that it was too loud; a click takes that away."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = fader_scale()
        self._peak = self._rms = self._held = SILENT_DB
        self._held_at = self._shown_at = monotonic()
        self.clipped = False
        self.setFixedWidth(_WIDTH)
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    @property
    def held(self) -> float:
        """The highest peak of late, in dB."""
        return self._held

    def show_level(self, peak: float, rms: float, now: float | None = None) -> None:
        """Show amplitudes (1 = full scale); repaints only where something can be seen to move."""
        now = monotonic() if now is None else now
        fallen = _FALL_DB * max(0.0, now - self._shown_at)
        before = self._peak, self._rms, self._held, self.clipped
        self._shown_at = now
        self._peak = max(decibels(peak), self._peak - fallen, SILENT_DB)
        self._rms = max(decibels(rms), self._rms - fallen, SILENT_DB)
        if self._peak >= self._held or now - self._held_at > _HOLD_SECONDS:
            self._held, self._held_at = self._peak, now
        self.clipped = self.clipped or peak > _CLIP
        if (self._peak, self._rms, self._held, self.clipped) != before:
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_WIDTH, 160)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self.clipped = False
        self.update()

    def _height_of(self, level: float) -> float:
        return END + (1 - self._scale.position(level)) * (self.height() - 2 * END)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        painter = QPainter(self)
        bottom = self.height() - END
        well = QRectF(0, END - 6, self.width(), bottom - END + 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(well, theme.colour("well"))
        if self._peak > SILENT_DB:
            colours = QLinearGradient(0, bottom, 0, END)
            for at, token in ((-60, "good"), (-9, "good"), (-5, "warning"), (0, "danger")):
                colours.setColorAt(self._scale.position(at), theme.colour(token))
            painter.setOpacity(0.45)
            top = self._height_of(self._peak)
            painter.fillRect(QRectF(1, top, self.width() - 2, bottom - top + 1), colours)
            painter.setOpacity(1.0)
            top = self._height_of(self._rms)
            painter.fillRect(QRectF(1, top, self.width() - 2, bottom - top + 1), colours)
            painter.fillRect(QRectF(1, self._height_of(self._held), self.width() - 2, 1.5), theme.colour("text"))
        painter.fillRect(QRectF(0, END - 6, self.width(), 3), theme.colour("danger" if self.clipped else "line"))
