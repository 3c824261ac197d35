"""Choosing a song file to be like; it is read in the background."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QToolButton, QWidget

from cocomposer import formats
from cocomposer.music import Song

from .drawings import icon
from .session import Session


class ReferenceChooser(QWidget):
    """`song` is the reference that was read, None without one; `problem` why a file could not be read, or ""."""

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._path: Path | None = None
        self.song: Song | None = None
        self.problem = ""
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self._choose = QPushButton()
        self._choose.setAccessibleName(self.tr("Choose a song to be like"))
        self._choose.clicked.connect(self._ask)
        self._clear = QToolButton()
        self._clear.setIcon(icon("reject"))
        self._clear.setToolTip(self.tr("No reference"))
        self._clear.setAccessibleName(self.tr("No reference"))
        self._clear.clicked.connect(lambda: self._take(None))
        line.addWidget(self._choose, 1)
        line.addWidget(self._clear)
        self._show()

    def read(self, path: Path) -> None:
        """Read that file and take it as the reference."""
        self._path, self.song, self.problem = path, None, ""
        self._show()
        self._session.jobs.run(lambda progress, cancelled: formats.read(path), self._take, self._failed)

    def _ask(self) -> None:
        wanted = self.tr("Songs (*.mid *.midi *.musicxml *.mxl *.xml);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("A song to be like"), "", wanted)
        if name:
            self.read(Path(name))

    def _take(self, song: Song | None) -> None:
        self.song, self.problem = song, ""
        if song is None:
            self._path = None
        self._show()
        self.changed.emit()

    def _failed(self, sentence: str) -> None:
        self.song, self.problem, self._path = None, sentence, None
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._choose.setText(self._path.name if self._path is not None else self.tr("Choose…"))
        self._clear.setVisible(self._path is not None)
