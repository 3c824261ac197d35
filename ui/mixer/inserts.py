"""The inserts of a strip, in the order of the signal: a click opens one, its tick bypasses it, a drag moves it."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QPoint, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QMenu, QToolButton, QVBoxLayout, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music.mix import Effect
from cocomposer.studio.plugins import known_plugins

from .. import theme
from ..drawings import icon
from .desk import StripDesk
from .rack_menu import add_rack_entries
from .settings import GROUPS, effect_name

_ROW = 20
ROWS = 4
"""Inserts that are in sight; more are scrolled to."""


class InsertList(QWidget):
    """`opened` tells the index of an insert whose parameters are wanted."""

    opened = pyqtSignal(int)

    def __init__(self, desk: StripDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shown: tuple[Effect, ...] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.rows = _Rows()
        self.rows.setAccessibleName(self.tr("Effects of {name}").format(name=desk.name))
        self.rows.itemChanged.connect(self._ticked)
        self.rows.itemClicked.connect(lambda item: self.opened.emit(self.rows.row(item)))
        self.rows.removed.connect(self._remove)
        self.rows.opened.connect(self.opened)
        self.rows.customContextMenuRequested.connect(self._open_menu)
        model = self.rows.model()
        if model is not None:
            model.rowsMoved.connect(self._moved)
        self.add = QToolButton()
        self.add.setIcon(icon("add"))
        self.add.setIconSize(QSize(12, 12))
        self.add.setText(self.tr("Effect"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setAccessibleName(self.tr("Add an effect to {name}").format(name=desk.name))
        self.add.setToolTip(self.tr("Add an effect, a plugin or a rack"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.set_kind(self.add, "tiny")
        menu = QMenu(self.add)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.add.setMenu(menu)
        column.addWidget(self.rows)
        column.addWidget(self.add)

    def refresh(self) -> None:
        """Show the inserts as they are in the song."""
        inserts = self._desk.strip.inserts
        if inserts == self._shown:
            return
        self._shown = inserts
        with QSignalBlocker(self.rows):
            self.rows.clear()
            for effect in inserts:
                item = QListWidgetItem(effect_name(effect))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
                item.setCheckState(Qt.CheckState.Unchecked if effect.bypassed else Qt.CheckState.Checked)
                about = self.tr("{name}: click for its parameters, untick to bypass, drag to move, Delete removes")
                item.setToolTip(about.format(name=effect_name(effect)))
                self.rows.addItem(item)

    def _ticked(self, item: QListWidgetItem) -> None:
        bypassed = item.checkState() is Qt.CheckState.Unchecked
        self._desk.change_insert(self.rows.row(item), self.tr("Bypass effect of {name}"), bypassed=bypassed)

    def _moved(self, _parent: object, start: int, _end: int, _target: object, row: int) -> None:
        self._desk.move_insert(start, row - 1 if row > start else row)

    def _remove(self, row: int) -> None:
        self._desk.remove_insert(row)

    def _add(self, effect: Effect) -> None:
        try:
            self._desk.add_insert(effect)
        except CocomposerError as error:
            self._desk.session.problem.emit(str(error))
            return
        self.opened.emit(len(self._desk.strip.inserts) - 1)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        for group, kinds in GROUPS.items():
            section = menu.addMenu(QCoreApplication.translate("Effects", group))
            for kind in kinds:
                entry = section.addAction(effect_name(Effect(kind))) if section is not None else None
                if entry is not None:
                    entry.triggered.connect(lambda _, kind=kind: self._add(Effect(kind)))
        plugins = [each for each in known_plugins().plugins() if not each.problem and not each.is_instrument]
        section = menu.addMenu(self.tr("Plugins"))
        if section is not None:
            for info in plugins:
                entry = section.addAction(info.name or Path(info.path).stem)
                if entry is not None:
                    entry.triggered.connect(lambda _, path=str(info.path): self._add(Effect("plugin", plugin=path)))
            section.setEnabled(bool(plugins))
        menu.addSeparator()
        add_rack_entries(menu, self._desk)

    def _open_menu(self, at: QPoint) -> None:
        item = self.rows.itemAt(at)
        if item is None:
            return
        row, menu = self.rows.row(item), QMenu(self)
        for text, does, possible in (
            (self.tr("Parameters"), lambda: self.opened.emit(row), True),
            (self.tr("Move up"), lambda: self._desk.move_insert(row, row - 1), row > 0),
            (self.tr("Move down"), lambda: self._desk.move_insert(row, row + 1), row < self.rows.count() - 1),
            (self.tr("Remove"), lambda: self._remove(row), True),
        ):
            entry = menu.addAction(text)
            if entry is not None:
                entry.setEnabled(possible)
                entry.triggered.connect(does)
        menu.popup(self.rows.mapToGlobal(at))


class _Rows(QListWidget):
    """The list itself: inserts are dragged within it, Return opens one and Delete removes it."""

    opened = pyqtSignal(int)
    removed = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "inserts")
        self.setFixedHeight(ROWS * _ROW + 4)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        row = self.currentRow()
        if event is not None and row >= 0 and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(row)
        elif event is not None and row >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row)
        else:
            super().keyPressEvent(event)
