"""Work of the window that is done in pieces: one piece in each turn of the event loop, whoever has something to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer


class Turns(QObject):
    """Shares the turns of the event loop among those who have widgets to make, so that no turn grows long."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[tuple[QObject, Callable[[], bool]]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    def take(self, owner: QObject, piece: Callable[[], bool]) -> None:
        """Have `piece` called in turns of its own as long as it returns True and `owner` lives."""
        if (owner, piece) not in self._waiting:
            self._waiting.append((owner, piece))
        self._timer.start()

    def close(self) -> None:
        """Nothing more is done."""
        self._waiting.clear()
        self._timer.stop()

    def _next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        owner, piece = self._waiting.popleft()
        if not sip.isdeleted(owner) and piece():
            self.take(owner, piece)
