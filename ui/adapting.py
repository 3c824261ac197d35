"""Learn from my music: the dialog that has the model learn, and keeps what it learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.composer.request import ADAPTER_NAME
from cocomposer.studio.adapting_apart import Lesson, adapt_apart
from cocomposer.studio.jobs import Job

from . import theme
from .kept_adapters import KeptAdapters
from .progress import ProgressBar

if TYPE_CHECKING:
    from .session import Session
    from .window import Window


class AdaptingDialog(QDialog):
    """It may stay open beside the window while the model learns; closing it does not stop that."""

    learned = pyqtSignal(str)
    """The name of an adapter that is new."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job[str] | None = None
        self.setWindowTitle(self.tr("Learn from my music"))
        self.resize(560, 620)
        self.folder, self.name, self.artist = QLineEdit(), QLineEdit("mine"), QLineEdit()
        self.folder.setPlaceholderText(self.tr("A folder with your MIDI files and projects"))
        self.artist.setPlaceholderText(self.tr("As your files name you"))
        self.mine = QCheckBox(self.tr("This music is mine, or I may use it to train a model"))
        self.begin, self.stop = QPushButton(self.tr("Learn")), QPushButton(self.tr("Stop"))
        theme.set_kind(self.begin, "primary")
        self.bar = ProgressBar()
        self.bar.setAccessibleName(self.tr("How far learning is"))
        self.says = QLabel()
        self.says.setWordWrap(True)
        self.kept = KeptAdapters(session)
        self._lay_out()
        for field in (self.folder, self.name):
            field.textChanged.connect(self._refresh)
        self.begin.clicked.connect(self.learn)
        self.stop.clicked.connect(self._cancel)
        self._refresh()

    @property
    def learning(self) -> bool:
        return self._job is not None

    @property
    def lesson(self) -> Lesson:
        """What would be learned."""
        return Lesson(
            (Path(self.folder.text().strip()).expanduser(),), self.name.text().strip(), self.artist.text().strip(),
            self.mine.isChecked(), self._session.settings.threads, self.course,
        )  # fmt: skip

    course: dict[str, float] = {}  # noqa: RUF012 - for tests, which have no ten minutes

    def learn(self) -> None:
        """Begin, in a process of its own."""
        if self.learning:
            return
        lesson = self.lesson
        self._say("")
        self.bar.show_share(0.0)
        job = self._session.jobs.run(
            lambda progress, cancelled: adapt_apart(lesson, progress, cancelled),
            self._done,
            self._failed,
            self.bar.show_share,
            lambda: self._ended(self.tr("Stopped; nothing was learned.")),
        )
        self._job = None if job.done else job
        self._refresh()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _done(self, name: str) -> None:
        self._ended(self.tr("Learned. Proposals of the neural model sound of {name} from now on.").format(name=name))
        self._session.keep_settings(replace(self._session.settings, adapter=name))
        self.kept.look()
        self.learned.emit(name)

    def _failed(self, sentence: str) -> None:
        self._ended("")
        self._say(sentence, "danger")

    def _ended(self, sentence: str) -> None:
        self._job = None
        self.bar.show_share(0.0)
        self._say(sentence)
        self._refresh()

    def _say(self, sentence: str, kind: str = "muted") -> None:
        theme.set_kind(self.says, kind)
        self.says.setText(sentence)

    def _refresh(self) -> None:
        """Show what can be done."""
        named = bool(ADAPTER_NAME.fullmatch(self.name.text().strip()))
        self.begin.setEnabled(not self.learning and named and bool(self.folder.text().strip()))
        self.stop.setEnabled(self.learning)
        self.bar.setVisible(self.learning)
        for field in (self.folder, self.name, self.artist, self.mine, self._choose):
            field.setEnabled(not self.learning)

    def _ask(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("A folder with your music"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _lay_out(self) -> None:
        about = QLabel(
            self.tr(
                "The neural model learns how you write from your own songs and from the proposals you kept. It takes "
                "some minutes, during which you can go on. Nothing leaves this computer."
            )
        )
        about.setWordWrap(True)
        theme.set_kind(about, "muted")
        self._choose = QPushButton(self.tr("Choose…"))
        self._choose.clicked.connect(self._ask)
        place = QHBoxLayout()
        place.addWidget(self.folder, 1)
        place.addWidget(self._choose)
        form = QFormLayout()
        form.setSpacing(2 * theme.GRID)
        form.addRow(self.tr("Folder"), place)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Artist"), self.artist)
        form.addRow("", self.mine)
        for text, field in ((self.tr("Folder"), self.folder), (self.tr("Name"), self.name),
                            (self.tr("Artist"), self.artist)):  # fmt: skip
            field.setAccessibleName(text)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addStretch()
        row.addWidget(self.stop)
        row.addWidget(self.begin)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(3 * theme.GRID)
        column.addWidget(about)
        column.addLayout(form)
        column.addLayout(row)
        column.addWidget(self.says)
        column.addWidget(self.kept, 1)


def show_adapting(window: Window) -> None:
    """Show the one dialog of a window; what is under way goes on when it is closed."""
    dialog = window.findChild(AdaptingDialog) or AdaptingDialog(window.session, window)
    dialog.show()
    dialog.raise_()
