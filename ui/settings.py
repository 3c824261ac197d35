"""The settings dialog: what is chosen takes effect at once where it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cocomposer.errors import SoundError
from cocomposer.sound.soundfonts import check_soundfont
from cocomposer.studio.places import data_folder
from cocomposer.studio.settings import BUFFERS, Settings

from . import theme
from .credentials_page import CredentialsPage
from .translation import languages

if TYPE_CHECKING:
    from .session import Session


class SettingsDialog(QDialog):
    """Pages of settings; every change is kept at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.settings = session.settings
        self._began = self.settings
        self.setWindowTitle(self.tr("Settings"))
        self.resize(680, 440)
        self.pages = QListWidget()
        self.pages.setFixedWidth(168)
        self.pages.setSpacing(4)
        self.pages.setAccessibleName(self.tr("Pages"))
        self._stack = QStackedWidget()
        self.note = QLabel()
        theme.set_kind(self.note, "small")
        self.note.setWordWrap(True)
        for name, page in (
            (self.tr("Appearance"), self._appearance()),
            (self.tr("Sound"), self._sound()),
            (self.tr("Plugins"), self._plugins()),
            (self.tr("Composer"), self._composer()),
            (self.tr("Authorship"), CredentialsPage(self._session, self._set)),
            (self.tr("Privacy"), self._privacy()),
        ):
            self.pages.addItem(name)
            self._stack.addWidget(page)
        self.pages.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.pages.setCurrentRow(0)
        close = QPushButton(self.tr("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(close)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(self.pages)
        across.addWidget(self._stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(16)
        whole.addLayout(across, 1)
        whole.addLayout(below)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.pages.scheduleDelayedItemsLayout()  # its rows were measured before they had their look

    # --- Pages ------------------------------------------------------------------------------------------------------

    def _appearance(self) -> QWidget:
        names = {
            "dark": self.tr("Dark"),
            "light": self.tr("Light"),
            "high-contrast": self.tr("High contrast"),
        }
        scales = {each: f"{each:.0%}" for each in theme.SCALES}
        spoken = {"": self.tr("As the system"), **languages()}
        self.theme = self._choice(self.tr("Theme"), names, self.settings.theme, lambda value: {"theme": value})
        self.scale = self._choice(self.tr("Scale"), scales, self.settings.scale, lambda value: {"scale": value})
        self.language = self._choice(
            self.tr("Language"), spoken, self.settings.language, lambda value: {"language": value}
        )
        return _form(
            (self.tr("Theme"), self.theme), (self.tr("Scale"), self.scale), (self.tr("Language"), self.language)
        )

    def _sound(self) -> QWidget:
        player = self._session.player
        devices = {"": self.tr("The system's own")} | {name: name for name in (player.devices() if player else ())}
        buffers = {each: self.tr("{frames} frames").format(frames=each) for each in BUFFERS}
        self.device = self._choice(
            self.tr("Output"), devices, self.settings.audio_device, lambda value: {"audio_device": value}
        )
        self.buffer = self._choice(self.tr("Buffer"), buffers, self.settings.buffer, lambda value: {"buffer": value})
        self.soundfont = QLineEdit(self.settings.soundfont)
        self.soundfont.setPlaceholderText(self.tr("The best one found"))
        self.soundfont.setAccessibleName(self.tr("SoundFont"))
        self.soundfont.editingFinished.connect(lambda: self._use_soundfont(self.soundfont.text().strip()))
        choose = QPushButton(self.tr("Choose…"))
        choose.clicked.connect(self._choose_soundfont)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.soundfont, 1)
        line.addWidget(choose)
        said = _said(self.tr("A small buffer answers faster; a larger one is safer where the sound stutters."))
        self.inputs = QListWidget()
        self.inputs.setAccessibleName(self.tr("MIDI keyboards"))
        self.inputs.setMaximumHeight(96)
        self.inputs_said = _said("")
        self._find_inputs()
        return _form(
            (self.tr("Output"), self.device),
            (self.tr("Buffer"), self.buffer),
            ("", said),
            (self.tr("SoundFont"), row),
            (self.tr("MIDI keyboards"), self.inputs),
            ("", self.inputs_said),
        )

    def _plugins(self) -> QWidget:
        self.folders = QListWidget()
        self.folders.addItems(self.settings.plugin_folders)
        self.folders.setAccessibleName(self.tr("Folders of plugins"))
        add = QPushButton(self.tr("Add a folder…"))
        add.clicked.connect(self._add_folder)
        remove = QPushButton(self.tr("Remove"))
        remove.clicked.connect(self._remove_folder)
        row = QHBoxLayout()
        row.addWidget(add)
        row.addWidget(remove)
        row.addStretch(1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(_said(self.tr("The usual folders are searched anyway. Name further ones here.")))
        column.addWidget(self.folders, 1)
        column.addLayout(row)
        return page

    def _composer(self) -> QWidget:
        names = {
            "auto": self.tr("The best for each task"),
            "style": self.tr("Styles only"),
            "model": self.tr("Neural network only"),
        }
        threads = {0: self.tr("One for each core")} | {count: str(count) for count in (1, 2, 4, 8)}
        self.composer = self._choice(
            self.tr("Composer"), names, self.settings.composer, lambda value: {"composer": value}
        )
        self.threads = self._choice(
            self.tr("Threads"), threads, self.settings.threads, lambda value: {"threads": value}
        )
        return _form((self.tr("Composer"), self.composer), (self.tr("Threads"), self.threads))

    def _privacy(self) -> QWidget:
        self.keep_history = QCheckBox(self.tr("Remember the files opened last"))
        self.keep_history.setChecked(self.settings.keep_history)
        self.keep_history.toggled.connect(lambda on: self._set(keep_history=on))
        said = self.tr("Cocomposer sends nothing anywhere. Your songs, drags, log and settings are in {folder}").format(
            folder=data_folder()
        )
        return _form(("", _said(said)), ("", self.keep_history))

    # --- Changing ---------------------------------------------------------------------------------------------------

    def _choice(
        self, name: str, choices: Mapping[Any, str], value: object, change: Callable[[Any], dict[str, Any]]
    ) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        for each, text in choices.items():
            box.addItem(text, each)
        box.setCurrentIndex(max(0, list(choices).index(value) if value in choices else 0))
        box.currentIndexChanged.connect(lambda _: self._set(**change(box.currentData())))
        return box

    def _set(self, **changes: Any) -> None:
        before = self.settings
        self.settings = replace(before, **changes)
        self._session.keep_settings(self.settings)
        self._take_effect(before, self.settings)

    def _take_effect(self, before: Settings, after: Settings) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and after.theme != before.theme:
            theme.apply(app, after.theme)
        waits = (after.scale, after.language) != (self._began.scale, self._began.language)
        self.note.setText(self.tr("Scale and language change at the next start.") if waits else "")

    def _choose_soundfont(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("SoundFont"), "", "SoundFont (*.sf2 *.sf3)")
        if chosen:
            self._use_soundfont(chosen)

    def _use_soundfont(self, path: str) -> None:
        """Take a SoundFont, or say what is wrong with it and stay with the one before."""
        try:
            path = str(check_soundfont(Path(path).expanduser())) if path else ""
        except SoundError as error:
            self.note.setText(str(error))
            path = self.settings.soundfont
        self.soundfont.setText(path)
        if path != self.settings.soundfont:
            self._set(soundfont=path)

    def _find_inputs(self) -> None:
        """List the MIDI inputs that there are, and those that were chosen and are not there now."""

        def found(names: tuple[str, ...]) -> None:
            chosen = self.settings.midi_inputs
            for name in dict.fromkeys((*names, *chosen)):
                item = QListWidgetItem(name, self.inputs)
                item.setCheckState(Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked)
            some = self.tr("Where none is ticked, all of them are listened to.")
            none = self.tr("No MIDI keyboard is connected. Plug one in, and open the settings again.")
            self.inputs_said.setText(some if self.inputs.count() else none)
            self.inputs.itemChanged.connect(lambda _: self._set(midi_inputs=self._checked_inputs()))

        def ask(*_: object) -> tuple[str, ...]:
            from cocomposer.sound.playback.midi_input import midi_inputs

            return midi_inputs()

        self._session.jobs.run(ask, on_done=found)

    def _checked_inputs(self) -> tuple[str, ...]:
        items = [self.inputs.item(row) for row in range(self.inputs.count())]
        return tuple(item.text() for item in items if item and item.checkState() == Qt.CheckState.Checked)

    def _add_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of plugins"))
        if chosen and chosen not in self.settings.plugin_folders:
            self.folders.addItem(chosen)
            self._set(plugin_folders=(*self.settings.plugin_folders, chosen))

    def _remove_folder(self) -> None:
        row = self.folders.currentRow()
        if row >= 0:
            self.folders.takeItem(row)
            kept = tuple(each for place, each in enumerate(self.settings.plugin_folders) if place != row)
            self._set(plugin_folders=kept)


def _form(*rows: tuple[str, QWidget]) -> QWidget:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(12)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for name, widget in rows:
        form.addRow(name, widget)
    return page


def _said(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_kind(label, "muted")
    label.setWordWrap(True)
    return label
