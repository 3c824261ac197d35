"""What of a proposal to keep: parts are ticked one by one, and the bars that are selected."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.composer.part_names import listed
from cocomposer.studio.keeping import written_parts
from cocomposer.studio.project import Answer, Generation


class KeepMenu(QMenu):
    """The parts that were written, to be ticked; the menu stays open until they are taken or it is left."""

    chosen = pyqtSignal(object, object)
    """Which parts (indices in the answer) and which bars (first, last); None for all."""

    def __init__(
        self, generation: Generation, answer: Answer, bars: tuple[int, int] | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bars = bars
        self.parts = {
            index: self._tick(answer.song.parts[index].name) for index in written_parts(generation.sketch, answer.song)
        }
        self.addSeparator()
        self.only_bars: QAction | None = None
        if bars is not None:
            self.only_bars = self._tick(self.tr("Only bars {first}–{last}").format(first=bars[0] + 1, last=bars[1] + 1))
            self.addSeparator()
        self.take = self._entry("")
        self.take.triggered.connect(self._taken)
        self._count()

    @property
    def ticked(self) -> tuple[int, ...]:
        """The parts that are ticked, as indices in the answer."""
        return tuple(index for index, entry in self.parts.items() if entry.isChecked())

    def _entry(self, text: str) -> QAction:
        made = self.addAction(text)
        assert made is not None
        return made

    def _tick(self, text: str) -> QAction:
        made = self._entry(text)
        made.setCheckable(True)
        made.toggled.connect(self._count)
        return made

    def _count(self, *_: object) -> None:
        """Say what would be kept."""
        names = listed(self.parts[index].text() for index in self.ticked)
        bars = self.only_bars is not None and self.only_bars.isChecked()
        self.take.setEnabled(bool(names) or bars)
        if names:
            self.take.setText(self.tr("Keep {parts}").format(parts=names))
        else:
            self.take.setText(self.tr("Keep these bars") if bars else self.tr("Tick what to keep"))

    def _taken(self) -> None:
        bars = self._bars if self.only_bars is not None and self.only_bars.isChecked() else None
        self.chosen.emit(self.ticked or None, bars)

    # --- Qt: a tick does not close the menu ---------------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        entry = self.actionAt(event.position().toPoint()) if event is not None else None
        if entry is not None and entry.isCheckable():
            entry.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        entry = self.activeAction()
        if event is not None and event.key() == Qt.Key.Key_Space and entry is not None and entry.isCheckable():
            entry.trigger()
        else:
            super().keyPressEvent(event)
