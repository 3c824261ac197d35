"""Sharing a preset: its code to copy, as a picture to photograph, and the way to a file."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QPixmap
from PyQt6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.errors import CocomposerError
from cocomposer.library.preset import Preset
from cocomposer.library.share_code import qr_picture, write_qr

from .. import theme

PICTURE = 300


class ShareDialog(QDialog):
    """`code` is the share code, "" with the reason `why` for a preset that needs a pack."""

    export_asked = pyqtSignal()

    def __init__(self, preset: Preset, code: str, why: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code, self._name = code, preset.name
        self.setWindowTitle(self.tr("Share {name}").format(name=preset.name))
        self.setMinimumWidth(520)
        how = self.tr("Paste this line in a chat, or show the picture; whoever gets it pastes it into Cocomposer.")
        self.said = QLabel(why or how)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self.said, "muted")
        self.licence = QLabel(
            self.tr("Licence: {licence}").format(licence=preset.licence)
            if preset.licence
            else self.tr("It has no licence: say what others may do with it before you share it.")
        )
        self.licence.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self.licence, "small")
        self.code = QPlainTextEdit(code)
        self.code.setReadOnly(True)
        self.code.setAccessibleName(self.tr("Share code"))
        self.code.setMaximumHeight(96)
        self.picture = QLabel()
        self.picture.setAccessibleName(self.tr("QR picture"))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.copy = QPushButton(self.tr("Copy"))
        theme.set_kind(self.copy, "primary")
        self.copy.clicked.connect(self._copy)
        self.save = QPushButton(self.tr("Save the picture…"))
        self.save.clicked.connect(self._save)
        export = QPushButton(self.tr("Export as a file…"))
        export.clicked.connect(self.export_asked)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.copy, self.save, export):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for widget in (self.said, self.licence, self.code, self.picture):
            column.addWidget(widget)
        column.addLayout(row)
        for of_code in (self.code, self.picture, self.copy, self.save):
            of_code.setVisible(bool(code))
        if code:
            self._draw(code)

    def _draw(self, code: str) -> None:
        """The picture in whole pixels a module, so that a camera reads it."""
        modules = QPixmap()
        modules.loadFromData(qr_picture(code, scale=1))
        times = max(2, PICTURE // max(1, modules.width()))
        self.picture.setPixmap(modules.scaled(modules.size() * times))

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self._code)
        self.said.setText(self.tr("Copied: {count} characters.").format(count=len(self._code)))

    def _save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the picture"), str(Path.home() / f"{self._name}.png"), "PNG (*.png);;SVG (*.svg)"
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in (".png", ".svg"):
            path = path.with_name(f"{path.name}.png")
        try:
            write_qr(self._code, path)
        except CocomposerError as error:
            self.said.setText(str(error))
