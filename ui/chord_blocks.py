"""How a chord looks in its lane."""

from __future__ import annotations

from itertools import takewhile

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from cocomposer.music import Chord, Key

from .theme import BASE, RADIUS, SMALL, colour, font

TINY = 9
"""Pixels of what follows the root, in a block that is too narrow for one line."""
NARROWEST = 10.0
"""Pixels below which no name is written."""


def draw_block(painter: QPainter, box: QRectF, chord: Chord, key: Key | None, chosen: bool, proposed: bool) -> None:
    """A chord as a block: outlined in the accent where it leaves the key, all in the accent where it is a proposal."""
    inside = key is None or chord.pitch_classes <= set(key.scale)
    edge = "focus" if chosen else "border" if inside and not proposed else "accent"
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour("accent", 0.16) if proposed else colour("hover" if chosen else "raised"))
    painter.setPen(QPen(colour(edge), 1.5 if chosen or proposed else 1.0))
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    room = box.adjusted(8, 0, -4, 0)
    room.setLeft(max(room.left(), 8.0))  # the name stays in sight while its block is scrolled out
    if room.width() < NARROWEST:
        return
    painter.setPen(colour("muted" if chord.is_silent else "text"))
    for size, around in ((BASE, 0), (SMALL, 4)):
        painter.setFont(font(size, bold=True))
        if fits(painter, str(chord), room.width() + around + around / 2):
            painter.drawText(room.adjusted(-around, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, str(chord))
            return
    _draw_two_lines(painter, room.adjusted(-6, 0, 4, 0), *two_lines(chord))


def fits(painter: QPainter, text: str, width: float) -> bool:
    return painter.fontMetrics().horizontalAdvance(text) <= width


def two_lines(chord: Chord) -> tuple[str, str]:
    """The name of a chord for a narrow block: its root, and all that follows ("D", "sus4"; "F#", "m7b5")."""
    name = str(chord)
    root = 1 + sum(1 for _ in takewhile(lambda sign: sign in "#b♯♭", name[1:]))
    return name[:root], name[root:]


def _draw_two_lines(painter: QPainter, room: QRectF, above: str, below: str) -> None:
    for text, size, edge in ((above, SMALL, Qt.AlignmentFlag.AlignTop), (below, TINY, Qt.AlignmentFlag.AlignBottom)):
        painter.setFont(font(size, bold=size > TINY))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room.adjusted(0, 1, 0, -2), edge, shown)


def draw_slot(painter: QPainter, box: QRectF) -> None:
    """The empty place in which the next chord is written."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour("focus"), 1.5, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(box, RADIUS, RADIUS)


def draw_hint(painter: QPainter, room: QRectF, words: str) -> None:
    """What can be done in a lane that is empty."""
    painter.setFont(font(BASE))
    painter.setPen(colour("muted"))
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
