"""How a chord looks in its lane."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from cocomposer.music import Chord, Key

from .theme import BASE, RADIUS, SMALL, colour, font

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
    painter.setFont(font(BASE, bold=True))
    if painter.fontMetrics().horizontalAdvance(str(chord)) > room.width():
        painter.setFont(font(SMALL, bold=True))
        room.adjust(-4, 0, 2, 0)
    painter.setPen(colour("muted" if chord.is_silent else "text"))
    name = painter.fontMetrics().elidedText(str(chord), Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)


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
