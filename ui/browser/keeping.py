"""Keeping something of the present work as a preset: which thing, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from cocomposer.library.preset import Preset
from cocomposer.studio import preset_making as making
from cocomposer.studio.catalogue import Kind

from ..memory import Memory
from ..session import Session

if TYPE_CHECKING:
    from ..controls_panel import ControlsPanel

LICENCES = ("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "all rights reserved")
_MAX_TAGS = 20


class KeepDialog(QDialog):
    """Asks what is to be kept; `kept` carries what makes the preset, and whether a preview in sound is wanted."""

    kept = pyqtSignal(object, bool)

    def __init__(
        self, session: Session, controls: ControlsPanel, memory: Memory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._controls, self._memory = session, controls, memory
        self.setWindowTitle(self.tr("Keep as a preset"))
        self.setMinimumWidth(460)
        self.what = QComboBox()
        for kind, text in self._choices():
            self.what.addItem(text, kind)
        self.name = QLineEdit()
        self.name.setMaxLength(100)
        self.author = QLineEdit(memory.word("presets/author"))
        self.author.setMaxLength(100)
        self.licence = QComboBox()
        self.licence.setEditable(True)
        self.licence.addItems(LICENCES)
        self.licence.setCurrentText(memory.word("presets/licence", LICENCES[0]))
        self.tags = QLineEdit()
        self.tags.setPlaceholderText(self.tr("warm, slow, evening"))
        self.about = QPlainTextEdit()
        self.about.setTabChangesFocus(True)
        self.about.setMaximumHeight(72)
        self.sound = QCheckBox(self.tr("With a short preview in sound"))
        self.sound.setChecked(True)
        form = QFormLayout()
        for text, widget in (
            (self.tr("What"), self.what),
            (self.tr("Name"), self.name),
            (self.tr("Author"), self.author),
            (self.tr("Licence"), self.licence),
            (self.tr("Tags"), self.tags),
            (self.tr("Description"), self.about),
        ):
            widget.setAccessibleName(text)
            form.addRow(text, widget)
        form.addRow("", self.sound)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        keep = buttons.addButton(self.tr("Keep"), QDialogButtonBox.ButtonRole.AcceptRole)
        assert keep is not None
        self.keep = keep
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.name.textChanged.connect(self._follow)
        self.what.currentIndexChanged.connect(self._follow)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(buttons)
        self._follow()
        self.name.setFocus()

    def accept(self) -> None:
        """Tell what is to be kept, as it is at this moment."""
        self._memory.keep("presets/author", self.author.text().strip())
        self._memory.keep("presets/licence", self.licence.currentText().strip())
        kind: Kind = self.what.currentData()
        self.kept.emit(self._maker(kind, self._head()), self.sound.isChecked() and kind is not Kind.CONTROL)
        super().accept()

    def _follow(self) -> None:
        self.keep.setEnabled(bool(self.name.text().strip()) and self.what.count() > 0)
        self.sound.setEnabled(self.what.currentData() is not Kind.CONTROL)

    def _choices(self) -> list[tuple[Kind, str]]:
        """What there is to be kept now."""
        session = self._session
        song, place = session.song, session.current_part
        found: list[tuple[Kind, str]] = []
        if place < len(song.parts):
            part = song.parts[place]
            if part.instrument is not None and part.instrument.name:
                found.append((Kind.INSTRUMENT, self.tr("The instrument of {part}").format(part=part.name)))
            found.append((Kind.RACK, self.tr("The effects of {part}").format(part=part.name)))
        if song.chords:
            where = self.tr("The selected chords") if session.region is not None else self.tr("The chords of the song")
            found.append((Kind.PROGRESSION, where))
        if self._controls.mood.mood is not None:
            found.append((Kind.MOOD, self.tr("The mood of the wishes")))
        if self._controls.terms.controls.asked():
            found.append((Kind.CONTROL, self.tr("The sliders of the wishes")))
        if song.parts or song.chords:
            found.append((Kind.TEMPLATE, self.tr("The song without its notes, as a template")))
        return found

    def _head(self) -> dict[str, Any]:
        tags = [tag.strip()[:100] for tag in self.tags.text().split(",") if tag.strip()][:_MAX_TAGS]
        said = {
            "name": self.name.text().strip(),
            "author": self.author.text().strip(),
            "licence": self.licence.currentText().strip()[:100],
            "description": self.about.toPlainText().strip()[:2_000],
            "tags": tags,
        }
        return {name: value for name, value in said.items() if value}

    def _maker(self, kind: Kind, head: dict[str, Any]) -> Callable[[], Preset]:
        """What makes the preset of the song and the wishes as they are now."""
        session, terms = self._session, self._controls.terms
        song, place = session.song, session.current_part
        if kind is Kind.INSTRUMENT:
            return partial(making.instrument_preset, song.parts[place], head)
        if kind is Kind.RACK:
            role = str(song.parts[place].role)
            return partial(making.rack_preset, song.parts[place], song, head | {"tags": [*head.get("tags", ()), role]})
        if kind is Kind.PROGRESSION:
            region = session.region
            first, last = (region.first_bar, region.last_bar) if region is not None else (0, len(song.bars) - 1)
            return partial(making.progression_preset, song, first, last, head)
        if kind is Kind.MOOD:
            valence, arousal = self._controls.mood.mood or (0.0, 0.0)
            return partial(making.mood_preset, valence, arousal, head)
        if kind is Kind.CONTROL:
            return partial(making.control_preset, terms.controls, terms.part_controls, head)
        style = "" if terms.style == "auto" else terms.style
        return partial(making.template_preset, song, head, style, terms.controls)
