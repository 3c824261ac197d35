"""The first steps: three hints, each beside the thing it speaks of, gone with a click or once the thing is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from . import theme

if TYPE_CHECKING:
    from .window import Window

WIDTH, GAP = 300, 12


class Welcome(QFrame):
    """A card over the window that points at one thing after another."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.step = 0
        theme.set_kind(self, "card")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("First steps"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        self.count = QLabel()
        theme.set_kind(self.count, "heading")
        self.title = QLabel()
        self.title.setFont(theme.font(theme.LARGE, bold=True))
        self.text = QLabel()
        self.text.setWordWrap(True)
        theme.set_kind(self.text, "muted")
        self.leave = QPushButton(self.tr("Skip"))
        theme.set_kind(self.leave, "quiet")
        self.leave.clicked.connect(self.end)
        self.go_on = QPushButton()
        theme.set_kind(self.go_on, "primary")
        self.go_on.clicked.connect(self.next)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.go_on)
        for widget in (self.count, self.title, self.text):
            column.addWidget(widget)
        column.addLayout(row)
        self._frame = _Frame(window)
        window.installEventFilter(self)
        session = window.session
        session.playing_changed.connect(lambda playing: self._done(0) if playing else None)
        session.proposals_changed.connect(lambda: self._done(1) if session.proposals.under_way else None)
        session.proposals_changed.connect(self._place_anew)
        session.changed.connect(lambda change: self._done(2) if change.parts or change.band else None)
        session.document_changed.connect(self.end)
        self.hide()

    def begin(self) -> None:
        """Show the first step; the keys stay with the window, so that Space plays as it says."""
        self.step = 0
        self._show()

    def next(self) -> None:
        """Go to the next step; after the last the card is gone."""
        self.step += 1
        if self.step < len(self._steps()):
            self._show()
        else:
            self.end()

    def end(self) -> None:
        self.hide()
        self._frame.hide()

    def _done(self, step: int) -> None:
        """What a step speaks of was done, be it before its turn: go on behind it."""
        if self.isVisible() and self.step <= step:
            self.step = step
            self.next()

    def _steps(self) -> tuple[tuple[str, str, QWidget], ...]:
        window = self._window
        return (
            (
                self.tr("Listen"),
                self.tr("This is a ready sketch: a melody and its chords. Press Space to hear it, and again to stop."),
                window.transport.button("play.toggle"),
            ),
            (
                self.tr("Propose"),
                self.tr("Press this, or Ctrl+Enter: four arrangements of the sketch are written beside one another."),
                window.proposals.button,
            ),
            (
                self.tr("Keep and take away"),
                self.tr(
                    "Hear an answer in place, then Keep it, all or some of it; Ctrl+Z takes it back. "
                    "MIDI at the top right exports the song; any part can be dragged onto your DAW."
                ),
                window.proposals.deck if window.proposals.deck.isVisible() else window.proposals,
            ),
        )

    def _show(self) -> None:
        steps = self._steps()
        title, text, target = steps[self.step]
        self.count.setText(f"{self.step + 1} / {len(steps)}")
        self.title.setText(title)
        self.text.setText(text)
        last = self.step == len(steps) - 1
        self.go_on.setText(self.tr("Done") if last else self.tr("Next"))
        self.leave.setVisible(not last)
        self.text.setFixedHeight(self.text.heightForWidth(WIDTH - 32))
        self.adjustSize()
        self._place(target)
        self._frame.show()
        self._frame.raise_()
        self.show()
        self.raise_()

    def _place_anew(self) -> None:
        """What is pointed at has moved, or has another size."""
        if self.isVisible():
            self._place(self._steps()[self.step][2])

    def _place(self, target: QWidget) -> None:
        area = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size()).adjusted(-3, -3, 3, 3)
        inside = self._window.rect().adjusted(GAP, GAP, -GAP, -GAP)
        self._frame.setGeometry(area & self._window.rect())
        left = min(max(inside.left(), area.center().x() - self.width() // 2), inside.right() - self.width())
        below = QPoint(left, area.bottom() + GAP)
        beside = QPoint(area.left() - self.width() - GAP, area.top())
        for corner in (beside, below):
            if inside.contains(QRect(corner, self.size())):
                self.move(corner)
                return
        self.move(inside.center() - self.rect().center())

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        if event is not None and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place_anew()
        return super().eventFilter(watched, event)


class _Frame(QWidget):
    """A line around what is spoken of, through which the mouse goes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(theme.colour("accent"))
        pen.setWidth(2)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()
