"""The icons: drawings of our own in `ui/icons/*.svg`, in one colour, tinted with the theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from . import theme

FOLDER = Path(__file__).with_name("icons")
SIZES = (16, 24, 32, 48)


def icon(name: str, colour: str = "") -> QIcon:
    """The drawing of that name in `colour`; by default that of text, of the accent where checked, faint where off."""
    tokens = theme.tokens()
    made = QIcon()
    for size in SIZES:
        made.addPixmap(pixmap(name, colour or tokens.text, size), QIcon.Mode.Normal, QIcon.State.Off)
        made.addPixmap(pixmap(name, colour or tokens.accent, size), QIcon.Mode.Normal, QIcon.State.On)
        made.addPixmap(pixmap(name, tokens.border, size), QIcon.Mode.Disabled, QIcon.State.Off)
    return made


def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The drawing in one colour, `size` pixels square."""
    made = QPixmap(size, size)
    made.fill(Qt.GlobalColor.transparent)
    source = _source(name).replace(b"currentColor", QColor(colour).name().encode())
    painter = QPainter(made)
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return made


@cache
def _source(name: str) -> bytes:
    return (FOLDER / f"{name}.svg").read_bytes()
