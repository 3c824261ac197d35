"""The line along the bottom: what went well, for a moment; what went wrong, until dismissed; what is at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from . import theme
from .drawings import icon
from .progress import ProgressBar

MESSAGE_MS, PROBLEM_MS = 6_000, 30_000
MOST_PROBLEMS = 3
HEIGHT = 28


@dataclass(eq=False)
class Work:
    """Something that takes a while: what it is, what stops it, and how much of it is done (0 to 1)."""

    text: str
    cancel: Callable[[], None]
    share: float = 0.0


class StatusLine(QWidget):
    """Messages and work of one window."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self.message = QLabel()
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.message.setAccessibleName(self.tr("Message"))
        self.dismiss = _small_button("close", self.tr("Dismiss the message"))
        self.dismiss.clicked.connect(self.clear)
        self.dismiss.hide()
        self.doing = QLabel()
        theme.set_kind(self.doing, "small")
        self.progress = ProgressBar()
        self.progress.setFixedWidth(120)
        self.cancel = _small_button("close", self.tr("Stop this"))
        self.cancel.clicked.connect(self._cancel)
        row.addWidget(self.message, 1)
        for widget in (self.dismiss, self.doing, self.progress, self.cancel):
            row.addWidget(widget)
        self._works: list[Work] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._over)
        self._problems: list[str] = []
        """Those not yet dismissed, the latest first."""
        self.clear()
        self._show_work()

    def say(self, text: str) -> None:
        """Show something that went well, for a moment."""
        self._show(text, "small", MESSAGE_MS)

    def say_problem(self, text: str) -> None:
        """Show what went wrong until it is dismissed, or for half a minute; those before it stay behind it."""
        self._problems = [text, *(each for each in self._problems if each != text)][:MOST_PROBLEMS]
        self._show_problems()

    def clear(self) -> None:
        self._problems = []
        self.message.clear()
        self.message.setToolTip("")
        self.dismiss.hide()

    def _over(self) -> None:
        """The time of what is shown is over: problems come back after a message, and end after their own time."""
        if self._problems and self.dismiss.isHidden():
            self._show_problems()
        else:
            self.clear()

    def _show_problems(self) -> None:
        self._show("  ·  ".join(self._problems), "danger", PROBLEM_MS)
        self.message.setToolTip("\n".join(self._problems))
        self.dismiss.show()

    def begin(self, text: str, cancel: Callable[[], None]) -> Work:
        """Show that something is at work; of several the latest is shown."""
        work = Work(text, cancel)
        self._works.append(work)
        self._show_work()
        return work

    def advance(self, work: Work, share: float) -> None:
        """Show how much of it is done, 0 to 1."""
        work.share = share
        self._show_work()

    def end(self, work: Work) -> None:
        """It is done, or was stopped."""
        if work in self._works:
            self._works.remove(work)
        self._show_work()

    def _show_work(self) -> None:
        work = self._works[-1] if self._works else None
        if work is not None:
            self.doing.setText(work.text)
            self.progress.setAccessibleName(work.text)
            self.progress.show_share(work.share)
        for widget in (self.doing, self.progress, self.cancel):
            widget.setVisible(work is not None)

    def _show(self, text: str, kind: str, duration: int) -> None:
        self.message.setText(text)
        self.message.setToolTip(text)
        theme.set_kind(self.message, kind)
        self.dismiss.hide()
        self._timer.start(duration)

    def _cancel(self) -> None:
        if self._works:
            work = self._works[-1]
            work.cancel()
            self.end(work)


def _small_button(name: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(12, 12))
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
