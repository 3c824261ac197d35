"""The log: a file in the user's data folder, and a window that shows its end."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDesktopServices, QFontDatabase, QShowEvent
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from cocomposer.studio.places import data_folder, make_folder

from . import theme

MAX_LOG, KEPT_LOGS, SHOWN = 1_000_000, 2, 60_000
_FORM = "%(asctime)s  %(levelname)-7s  %(name)s: %(message)s"


def log_file() -> Path:
    return data_folder() / "cocomposer.log"


def begin_log() -> None:
    """Write what happens to the log file from now on; where that cannot be, the program goes on without."""
    try:
        make_folder(data_folder())
        handler = RotatingFileHandler(log_file(), maxBytes=MAX_LOG, backupCount=KEPT_LOGS, encoding="utf-8", delay=True)
    except Exception:
        logging.getLogger(__name__).exception("no log file")
        return
    handler.setFormatter(logging.Formatter(_FORM))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


class LogWindow(QDialog):
    """The end of the log, read anew each time it is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Log"))
        self.resize(760, 480)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        where = QLabel(self.tr("What happened, with the details of errors. The file is {path}").format(path=log_file()))
        theme.set_kind(where, "small")
        where.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Log"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        row = QHBoxLayout()
        folder = QPushButton(self.tr("Open its folder"))
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(data_folder()))))
        again = QPushButton(self.tr("Read again"))
        again.clicked.connect(self.read)
        row.addStretch(1)
        row.addWidget(folder)
        row.addWidget(again)
        column.addWidget(where)
        column.addWidget(self.text, 1)
        column.addLayout(row)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        self.read()
        super().showEvent(event)

    def read(self) -> None:
        """Show the end of the file."""
        try:
            text = log_file().read_bytes()[-SHOWN:].decode("utf-8", "replace")
        except OSError:
            text = ""
        self.text.setPlainText(text or self.tr("Nothing was written down yet."))
        bar = self.text.verticalScrollBar()
        if bar is not None:
            bar.setValue(bar.maximum())
