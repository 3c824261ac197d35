"""The command palette: everything that can be done, found by a few letters."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt
from PyQt6.QtGui import QAction, QFontMetrics, QKeyEvent, QPainter
from PyQt6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from . import theme
from .actions import Action, Actions, plain, shown_keys, translated

WIDTH, ROWS, ROW = 520, 10, 36


def score(query: str, text: str) -> float:
    """How well `text` answers `query`, 0 where not all its letters are there in this order.

    Letters that begin a word or follow the one before count more, and so do short texts.
    """
    query, text = query.casefold().replace(" ", ""), text.casefold()
    if not query:
        return 1.0
    total, place = 0.0, -1
    for letter in query:
        found = text.find(letter, place + 1)
        starts = next(
            (
                at
                for at in range(place + 1, len(text))
                if text[at] == letter and (at == 0 or not text[at - 1].isalnum())
            ),
            -1,
        )
        if found < 0:
            return 0.0
        follows = place >= 0 and found == place + 1
        if not follows and starts >= 0:
            found = starts
        total += 3.0 if follows else 2.0 if found == starts else 0.5
        place = found
    return total / len(query) + 1.0 / (2 + len(text))


class Palette(QDialog):
    """A field and what it finds; Enter does the first."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._actions = actions
        self.setAccessibleName(self.tr("Find a command"))
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.setAccessibleName(self.tr("Find a command"))
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFixedHeight(ROWS * ROW)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._find)
        self.field.returnPressed.connect(self._do)
        self.list.itemClicked.connect(lambda _: self._do())
        self.field.installEventFilter(self)
        self._find("")

    def open_over(self, window: QWidget) -> None:
        """Show it, empty, near the top of the window."""
        self.field.clear()
        self._find("")
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - WIDTH) // 2, corner.y() + 72)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
            step = steps.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow(min(max(0, self.list.currentRow() + step), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)

    def _find(self, query: str) -> None:
        def quality(each: Action) -> float:
            return max(score(query, plain(self._actions[each.id].text())), 0.6 * score(query, self._whole(each)))

        self._actions.refresh()
        ranked = [(quality(each), each) for each in self._actions.table if each.id != "edit.palette"]
        found = sorted((pair for pair in ranked if pair[0] > 0), key=lambda pair: -pair[0])
        self.list.clear()
        for _, each in found:
            item = QListWidgetItem(plain(self._actions[each.id].text()))
            item.setData(Qt.ItemDataRole.UserRole, (each.id, plain(translated(each.menu)), shown_keys(each)))
            item.setIcon(self._actions[each.id].icon())
            if not self._actions[each.id].isEnabled():
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _whole(self, each: Action) -> str:
        return f"{plain(translated(each.menu))} {plain(self._actions[each.id].text())}"

    def _do(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        action: QAction = self._actions[item.data(Qt.ItemDataRole.UserRole)[0]]
        if action.isEnabled():
            self.close()
            action.trigger()


class _Row(QStyledItemDelegate):
    """One action: its name, faintly the menu it is in, its keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802 - Qt's name
        return QSize(WIDTH, ROW)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if painter is None:
            return
        _, menu, keys = index.data(Qt.ItemDataRole.UserRole)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        area = option.rect.adjusted(2, 1, -2, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("pressed"))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        image = index.data(Qt.ItemDataRole.DecorationRole)
        if image is not None and not image.isNull():
            image.paint(painter, area.left() + 10, area.center().y() - 7, 16, 16)
        painter.setFont(theme.font())
        text = index.data()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("text" if enabled else "muted"))
        line = area.adjusted(36, 0, -12, 0)
        painter.drawText(line, middle, text)
        painter.setPen(theme.colour("muted"))
        painter.setFont(theme.font(theme.SMALL))
        painter.drawText(line.adjusted(QFontMetrics(theme.font()).horizontalAdvance(text) + 12, 0, 0, 0), middle, menu)
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, keys)
        painter.restore()
