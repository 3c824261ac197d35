"""The rows of the browser: a model of entries, how one is drawn and dragged, and the list that shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from pathlib import Path

from PyQt6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPoint, QRect, QSize, Qt, QUrl
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PyQt6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cocomposer.studio.catalogue import Entry, Kind

from .. import theme
from ..dragging import ENTRY_TYPE, entry_mime
from ..drawings import pixmap

ROW, STAR = 44, 14


class EntryModel(QAbstractListModel):
    """Entries in the order found, with favourites first.

    `favourites` are the names (like "plugin:/usr/lib/synth.so") of those that are no presets.
    """

    def __init__(self, favourites: frozenset[str]) -> None:
        super().__init__()
        self.favourites = favourites
        self._entries: list[Entry] = []

    def show(self, entries: Iterable[Entry], only_favourites: bool = False) -> None:
        found = [each for each in entries if not only_favourites or self.is_favourite(each)]
        self.beginResetModel()
        self._entries = sorted(found, key=lambda each: not self.is_favourite(each))
        self.endResetModel()

    def entry(self, index: QModelIndex) -> Entry | None:
        return self._entries[index.row()] if index.isValid() and index.row() < len(self._entries) else None

    def place(self, wanted: Entry | None) -> QModelIndex:
        """Where the entry of that kind and id stands; an invalid index where it does not."""
        names = [(each.kind, each.id) for each in self._entries]
        if wanted is None or (wanted.kind, wanted.id) not in names:
            return QModelIndex()
        return self.index(names.index((wanted.kind, wanted.id)))

    def is_favourite(self, entry: Entry) -> bool:
        return entry.preset.favourite if entry.preset is not None else _key(entry) in self.favourites

    def toggle(self, index: QModelIndex) -> None:
        """Make an entry a favourite, or no longer one; it stays where it is until the next search."""
        entry = self.entry(index)
        if entry is None:
            return
        if entry.preset is None:
            self.favourites = self.favourites ^ {_key(entry)}
            self.dataChanged.emit(index, index)
        else:
            self.change(index, replace(entry, preset=replace(entry.preset, favourite=not entry.preset.favourite)))

    def change(self, index: QModelIndex, entry: Entry) -> None:
        """Show that entry in the place of the one there."""
        self._entries[index.row()] = entry
        self.dataChanged.emit(index, index)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's way
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            words = f"{entry.detail}\n{', '.join(entry.tags)}".strip()
            return f"<p>{escape(words)}</p>" if role == Qt.ItemDataRole.ToolTipRole else words
        return entry if role == Qt.ItemDataRole.UserRole else None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        return [ENTRY_TYPE]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData | None:  # noqa: N802 - Qt's name
        for index in indexes:
            entry = self.entry(index)
            if entry is not None:
                mime = entry_mime(entry)
                if entry.kind is Kind.SKETCH:
                    mime.setUrls([QUrl.fromLocalFile(str(Path(entry.id)))])
                return mime
        return None


def _key(entry: Entry) -> str:
    return f"{entry.kind}:{entry.id}"


def star_area(row: QRect) -> QRect:
    """Where the star of a row is."""
    return QRect(row.right() - STAR - 14, row.top(), STAR + 14, row.height() // 2)


class EntryDelegate(QStyledItemDelegate):
    """One entry: its name, a line about it, its star."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, ROW)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        entry, view, model = index.data(Qt.ItemDataRole.UserRole), option.widget, index.model()
        if painter is None or not isinstance(entry, Entry) or not isinstance(model, EntryModel):
            return
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        area = option.rect.adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("pressed" if selected else "hover"))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        if selected and isinstance(view, QListView) and view.hasFocus():
            painter.setPen(theme.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), theme.RADIUS, theme.RADIUS)
        text = area.adjusted(8, 4, -8, -4)
        favourite = model.is_favourite(entry)
        starred = favourite or hovered or selected
        for line, size, colour, place in (
            (entry.name, theme.BASE, "text", Qt.AlignmentFlag.AlignTop),
            (entry.detail, theme.SMALL, "muted", Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(theme.font(size))
            painter.setPen(theme.colour(colour))
            room = text.width() - (STAR + 8 if starred and size == theme.BASE else 0)
            shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, room)
            painter.drawText(text, place, shown)
        if starred:
            tokens = theme.tokens()
            star = pixmap("star-on" if favourite else "star", tokens.accent if favourite else tokens.muted, STAR * 2)
            star.setDevicePixelRatio(2)
            place_ = star_area(option.rect)
            painter.drawPixmap(place_.left() + 6, place_.center().y() - STAR // 2 + 2, star)
        painter.restore()


class EntryList(QListView):
    """The list: a click chooses and lets it be heard, one on the star makes a favourite, Enter uses."""

    def __init__(self, use: Callable[[], None], like: Callable[[QModelIndex], None]) -> None:
        super().__init__()
        self._use, self._like = use, like
        self.setItemDelegate(EntryDelegate(self))
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda _: use())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None:
            place: QPoint = event.position().toPoint()
            index = self.indexAt(place)
            if index.isValid() and star_area(self.visualRect(index)).contains(place):
                self._like(index)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use()
        elif event is not None and event.key() == Qt.Key.Key_Asterisk:
            self._like(self.currentIndex())
        else:
            super().keyPressEvent(event)
