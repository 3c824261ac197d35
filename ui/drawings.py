"""The icons: drawings of our own in `ui/icons/*.svg`, in one colour, tinted with the theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PyQt6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PyQt6.QtSvg import QSvgRenderer

from . import theme

FOLDER = Path(__file__).with_name("icons")


def icon(name: str, token: str = "") -> QIcon:
    """The drawing of that name in the colour of a token of `theme` (by default: text; the accent where it is checked).

    It is drawn anew wherever it is shown, so that it follows the theme and the scale of the screen.
    """
    return QIcon(_Drawing(name, token))


class _Drawing(QIconEngine):
    """Draws an icon in the colours of the moment, faint where it is off."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        device = painter.device() if painter is not None else None
        if painter is not None and device is not None:
            painter.drawPixmap(rect, self.pixmap(rect.size() * device.devicePixelRatio(), mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        token = "border" if mode is QIcon.Mode.Disabled else self._token
        token = token or ("accent" if state is QIcon.State.On else "text")
        return pixmap(self._name, theme.colour(token).name(), min(size.width(), size.height()))

    def clone(self) -> QIconEngine:
        return _Drawing(self._name, self._token)


def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The drawing in one colour, `size` pixels square."""
    key = f"{name} {colour} {size}"
    kept = QPixmapCache.find(key)
    if kept is not None:
        return kept
    made = QPixmap(size, size)
    made.fill(Qt.GlobalColor.transparent)
    source = _source(name).replace(b"currentColor", QColor(colour).name().encode())
    painter = QPainter(made)
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    QPixmapCache.insert(key, made)
    return made


@cache
def _source(name: str) -> bytes:
    return (FOLDER / f"{name}.svg").read_bytes()
