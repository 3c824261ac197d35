"""Looking at presets that came from somebody, before they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.library.preset import Preset
from cocomposer.library.signing import fingerprint
from cocomposer.music import Song
from cocomposer.studio.jobs import Job
from cocomposer.studio.presets import Incoming, Presets

from .. import theme
from ..drawings import icon
from ..session import Session

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio


class ReceiveDialog(QDialog):
    """Tells what came in and from whom, lets it be heard, and asks whether it is to be installed."""

    install_asked = pyqtSignal()

    def __init__(self, session: Session, incoming: Incoming, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._incoming = session, incoming
        self._hearing: Job[Song | Audio | None] | None = None
        pack, presets = incoming.pack, incoming.presets
        self.setWindowTitle(self.tr("Presets from somebody"))
        self.setMinimumSize(480, 360)
        self.title = QLabel(pack.manifest.title if pack is not None else presets[0].name)
        theme.set_kind(self.title, "title")
        self.whose = QLabel(self._origin())
        theme.set_kind(self.whose, "muted")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What came in"))
        for preset in presets:
            self.list.addItem(f"{preset.name}  ·  {preset.kind_name}")
        self.about = QLabel()
        self.about.setMinimumHeight(64)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label in (self.title, self.whose, self.about):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.hear = QPushButton(icon("audio"), self.tr("Hear it"))
        self.hear.clicked.connect(self._hear)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        install = buttons.addButton(self.tr("Install"), QDialogButtonBox.ButtonRole.AcceptRole)
        assert install is not None
        theme.set_kind(install, "primary")
        self.install = install
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.list.currentRowChanged.connect(self._tell_about)
        row = QHBoxLayout()
        row.addWidget(self.hear)
        row.addStretch(1)
        row.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for widget in (self.title, self.whose, self.list, self.about):
            column.addWidget(widget)
        column.addLayout(row)
        self.finished.connect(lambda _: self._session.preview(None))
        self.list.setCurrentRow(0)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.list.scheduleDelayedItemsLayout()  # its rows were measured before they had their look

    def accept(self) -> None:
        self.install_asked.emit()
        super().accept()

    def _origin(self) -> str:
        """Whose it is, as it says, and what is known of that."""
        pack = self._incoming.pack
        said = pack.manifest if pack is not None else self._incoming.presets[0]
        words = [self.tr("By {author}").format(author=said.author) if said.author else self.tr("By nobody named")]
        words.append(said.licence or self.tr("no licence"))
        if pack is not None and pack.key:
            words.append(self.tr("signed with the key {key}").format(key=fingerprint(pack.key)))
        elif pack is not None:
            words.append(self.tr("not signed"))
        return "  ·  ".join(words)

    def _tell_about(self, row: int) -> None:
        """What the chosen preset says of itself, what it needs, and what stands in for that here."""
        preset = self._incoming.presets[row]
        needs = (*preset.needs.plugins, *preset.needs.soundfonts)
        lines = [preset.description, ", ".join(preset.tags)]
        if needs:
            lines.append(self.tr("Made with {names}").format(names=", ".join(needs)))
        self._say(preset, lines)
        presets = self._session.room
        self._session.jobs.run(
            lambda *_: presets.presets.at_hand(preset).told,
            on_done=lambda told: self._say(preset, [*lines, *told]),
            on_error=self._session.problem.emit,
        )

    def _say(self, preset: Preset, lines: list[str]) -> None:
        if self._incoming.presets[self.list.currentRow()] is preset:
            self.about.setText("\n".join(line for line in lines if line))

    def _hear(self) -> None:
        place, room, incoming = self.list.currentRow(), self._session.room, self._incoming
        if self._hearing is not None:
            self._hearing.cancel()
        self._hearing = self._session.jobs.run(
            lambda _, cancelled: _preview(room.presets, incoming, place, cancelled),
            on_done=self._play,
            on_error=self._session.problem.emit,
        )

    def _play(self, found: Song | Audio | None) -> None:
        if found is None:
            self.hear.setEnabled(False)
            self.hear.setText(self.tr("It makes no sound of its own"))
        else:
            self._session.preview(found)


def _preview(presets: Presets, incoming: Incoming, place: int, cancelled: object) -> Song | Audio | None:
    """What the preset at that place is heard by: the preview in the pack, else a few bars."""
    from cocomposer.studio.preset_previews import preview_song, read_preview

    preset = incoming.presets[place]
    if incoming.pack is not None:
        stem = list(incoming.pack.presets)[place].removeprefix("presets/").removesuffix(".toml")
        for name, audio in incoming.pack.previews.items():
            if name.rpartition(".")[0] == f"previews/{stem}":
                return read_preview(audio)
    assert callable(cancelled)
    return preview_song(preset, presets.at_hand(preset).value, cancelled)
