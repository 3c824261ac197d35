"""Choosing a style: all of them by genre, found by typing any part of a name, genre or tag."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QComboBox, QCompleter, QWidget

from .phrases import said
from .preset_room import PresetRoom

AUTO = "auto"
_ID = Qt.ItemDataRole.UserRole


class StyleChooser(QComboBox):
    """A field with all styles under their genres; the first entry lets the composer choose."""

    chosen = pyqtSignal(str)
    """The id of a style, or "auto"."""

    def __init__(self, room: PresetRoom, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        room.changed.connect(self._empty)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(18)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.setAccessibleName(self.tr("Style"))
        self.setToolTip(self.tr("Type a style, a genre or a word such as waltz"))
        self.addItem(self.tr("Auto: four that suit"))
        self.setItemData(0, AUTO, _ID)
        self._filled = False
        completer = self.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        line = self.lineEdit()
        if line is not None:
            line.textEdited.connect(self.fill)
            line.editingFinished.connect(self._settle)
            self.currentIndexChanged.connect(lambda _: line.home(False))
            line.home(False)  # a long name shows its beginning
        self.activated.connect(lambda _: self.chosen.emit(self.style_id))

    @property
    def style_id(self) -> str:
        """The id of the chosen style, or "auto"."""
        return str(self.currentData(_ID) or AUTO)

    def choose(self, style_id: str) -> None:
        """Show that style; an unknown id is "auto"."""
        if style_id != AUTO:
            self.fill()
        self.setCurrentIndex(max(0, self.findData(style_id, _ID)))

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        self.fill()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        self.fill()
        super().focusInEvent(event)

    def fill(self) -> None:
        """Read the styles, which is put off until somebody wants to choose."""
        if self._filled:
            return
        self._filled = True
        by_genre: dict[str, list[QStandardItem]] = {}
        for style in self._room.styles.values():
            item = QStandardItem(f"{said(style.name)}  ·  {said(style.genre)}")
            item.setData(style.id, _ID)
            item.setToolTip(self.tr("{about} {low}–{high} beats a minute, {meter}.").format(
                about=said(style.description), low=style.tempo[0], high=style.tempo[1], meter=style.meter))  # fmt: skip
            by_genre.setdefault(style.genre, []).append(item)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for genre in sorted(by_genre):
            for item in sorted(by_genre[genre], key=lambda each: each.text()):
                model.appendRow(item)

    def _empty(self) -> None:
        """Styles came or went: they are read anew when somebody wants to choose; the chosen one stays."""
        view = self.view()
        if self._filled and not (view is not None and view.isVisible()):
            chosen = self.style_id
            while self.count() > 1:
                self.removeItem(self.count() - 1)
            self._filled = False
            self.choose(chosen)

    def _settle(self) -> None:
        """Take the entry that is meant by what was typed, else show again the one that is chosen."""
        typed = self.currentText().strip().casefold()
        rows = [row for row in range(self.count()) if typed and typed in self.itemText(row).casefold()]
        exact = [row for row in rows if self.itemText(row).casefold().split("  ·")[0] == typed]
        row = (exact or rows or [self.currentIndex()])[0]
        before = self.style_id
        self.setCurrentIndex(row)
        self.setEditText(self.itemText(row))
        if self.style_id != before:
            self.chosen.emit(self.style_id)
