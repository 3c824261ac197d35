"""The browser on the left: everything there is to use, by kind, with search and favourites.

A click chooses, Enter or a double click uses it where it makes sense (a style for the next proposals, an instrument for
the current part ...), a drag carries it to where it is wanted.
"""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QModelIndex, QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from cocomposer.music import Song
from cocomposer.studio.catalogue import Entry, Kind, catalogue
from cocomposer.studio.jobs import Job
from cocomposer.studio.previews import preview_of

from . import theme
from .browser_list import EntryDelegate, EntryModel, star_area
from .drawings import icon
from .memory import Memory
from .phrases import said
from .session import Session
from .using import use

ICONS = {
    Kind.STYLE: "style", Kind.PROGRESSION: "chords", Kind.INSTRUMENT: "keyboard", Kind.RACK: "rack",
    Kind.PLUGIN: "plugin", Kind.SKETCH: "sketch",
}  # fmt: skip


class Browser(QFrame):
    """Entries of one kind at a time; `used` tells what the window is to do itself."""

    used = pyqtSignal(object)
    """studio.catalogue.Entry: it was double-clicked, or Enter pressed on it."""

    scan_asked = pyqtSignal()
    """Plugins are to be looked for."""

    def __init__(self, session: Session, memory: Memory) -> None:
        super().__init__()
        self._session, self._memory = session, memory
        theme.set_kind(self, "panel")
        self.setAccessibleName(self.tr("Browser"))
        self._loaded: dict[Kind, tuple[Entry, ...]] = {}
        self.kind = Kind.STYLE
        self.model = EntryModel(frozenset(memory.words("browser/favourites")))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search"))
        self.search.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(lambda _: self._show())
        self.favourites = QToolButton()
        self.favourites.setCheckable(True)
        self.favourites.setIcon(icon("star"))
        self.favourites.setToolTip(self.tr("Only favourites"))
        self.favourites.setAccessibleName(self.tr("Only favourites"))
        theme.keyboard_only_focus(self.favourites)
        self.favourites.toggled.connect(lambda _: self._show())
        self.hear = QToolButton()
        self.hear.setCheckable(True)
        self.hear.setChecked(memory.flag("browser/hear", True))
        self.hear.setIcon(icon("audio"))
        self.hear.setToolTip(self.tr("Hear what is clicked, while the song rests"))
        self.hear.setAccessibleName(self.hear.toolTip())
        theme.keyboard_only_focus(self.hear)
        self.hear.toggled.connect(self._set_hearing)
        self._previewing: Job[Song | None] | None = None
        self.list = _List(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setAccessibleName(self.tr("What there is"))
        self.empty = QLabel()
        theme.set_kind(self.empty, "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.scan = QPushButton(self.tr("Look for plugins"))
        self.scan.setAccessibleName(self.scan.text())
        self.scan.clicked.connect(self.scan_asked)
        self.about = QLabel()
        theme.set_kind(self.about, "small")
        self.about.setWordWrap(True)
        self.about.setMinimumHeight(44)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        selection = self.list.selectionModel()
        assert selection is not None
        selection.currentChanged.connect(lambda index, _: self._tell_about(index))
        kept = memory.word("browser/kind")
        self.show_kind(Kind(kept) if kept in set(Kind) else Kind.STYLE)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        kinds = QHBoxLayout()
        kinds.setSpacing(2)
        self._kinds = QButtonGroup(self)
        self.tabs: dict[Kind, QToolButton] = {}
        for kind in Kind:
            tab = QToolButton()
            tab.setIcon(icon(ICONS[kind]))
            tab.setIconSize(QSize(16, 16))
            tab.setCheckable(True)
            tab.setToolTip(self._name(kind))
            tab.setAccessibleName(self._name(kind))
            theme.keyboard_only_focus(tab)
            tab.clicked.connect(lambda _, kind=kind: self.show_kind(kind))
            self._kinds.addButton(tab)
            self.tabs[kind] = tab
            kinds.addWidget(tab)
        kinds.addStretch(1)
        kinds.addWidget(self.hear)
        kinds.addWidget(self.favourites)
        self.title = QLabel()
        theme.set_kind(self.title, "heading")
        column.addLayout(kinds)
        column.addWidget(self.title)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.scan)
        column.addWidget(self.about)

    def _name(self, kind: Kind) -> str:
        return {
            Kind.STYLE: self.tr("Styles"),
            Kind.PROGRESSION: self.tr("Chord progressions"),
            Kind.INSTRUMENT: self.tr("Instruments"),
            Kind.RACK: self.tr("Effect racks"),
            Kind.PLUGIN: self.tr("Plugins"),
            Kind.SKETCH: self.tr("Sketches"),
        }[kind]

    def _hint(self, kind: Kind) -> str:
        return {
            Kind.STYLE: self.tr("Double-click a style to propose in it."),
            Kind.PROGRESSION: self.tr("Double-click to lay it at the playhead, or drag it onto the chord lane."),
            Kind.INSTRUMENT: self.tr("Double-click to let it play the current part."),
            Kind.RACK: self.tr("Double-click to put its effects into the strip of the current part."),
            Kind.PLUGIN: self.tr("Double-click: an instrument plays the current part, an effect goes into its strip."),
            Kind.SKETCH: self.tr("Double-click to open it as a new song."),
        }[kind]

    # --- Showing ----------------------------------------------------------------------------------------------------

    def show_kind(self, kind: Kind) -> None:
        """Show what there is of that kind; it is read from disk in the background the first time."""
        self.kind = kind
        self._memory.keep("browser/kind", str(kind))
        self.tabs[kind].setChecked(True)
        self.title.setText(self._name(kind).upper())
        self.search.setPlaceholderText(self.tr("Search {kind}").format(kind=self._name(kind)))
        self.about.setText(self._hint(kind))
        if kind in self._loaded:
            self._show()
        else:
            self.reload(kind)

    def reload(self, kind: Kind) -> None:
        """Read what there is of that kind again."""

        def loaded(entries: tuple[Entry, ...]) -> None:
            self._loaded[kind] = tuple(replace(e, name=said(e.name), detail=said(e.detail)) for e in entries)
            if kind is self.kind:
                self._show()

        self._session.jobs.run(lambda *_: catalogue(kind), on_done=loaded, on_error=self._session.problem.emit)

    def _show(self) -> None:
        entries = self._loaded.get(self.kind, ())
        self.model.show(entries, self.search.text(), only_favourites=self.favourites.isChecked())
        self.about.setText(self._hint(self.kind))
        nothing = self.model.rowCount() == 0 and self.kind in self._loaded
        self.list.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.scan.setVisible(self.kind is Kind.PLUGIN)
        if not entries and self.kind is Kind.PLUGIN:
            self.empty.setText(
                self.tr("No plugins are known yet. Looking for them takes a moment; each is tried safely.")
            )
        elif self.favourites.isChecked():
            self.empty.setText(self.tr("No favourites here. Click the star of an entry to make it one."))
        else:
            self.empty.setText(self.tr("Nothing of that name."))

    def _tell_about(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        self.about.setText(entry.detail if entry else self._hint(self.kind))
        self.about.setToolTip(self._hint(self.kind))

    # --- Hearing ----------------------------------------------------------------------------------------------------

    def _set_hearing(self, on: bool) -> None:
        self._memory.keep("browser/hear", on)
        if not on:
            self._session.preview(None)

    def preview(self, index: QModelIndex) -> None:
        """Let an entry be heard, where that is wanted and it has a sound; the latest one counts."""
        entry = self.model.entry(index)
        if self._previewing is not None:
            self._previewing.cancel()
        if entry is not None and self.hear.isChecked():
            song = self._session.song
            self._previewing = self._session.jobs.run(
                lambda _, cancelled: preview_of(entry, song, cancelled),
                on_done=self._session.preview,
                on_error=self._session.problem.emit,
            )

    # --- Using ------------------------------------------------------------------------------------------------------

    def current(self) -> Entry | None:
        return self.model.entry(self.list.currentIndex())

    def use_current(self) -> None:
        """Use the entry that is selected."""
        entry = self.current()
        if self._previewing is not None:
            self._previewing.cancel()
        self._session.preview(None)
        if entry is not None and not use(entry, self._session):
            self.used.emit(entry)

    def toggle_favourite(self, index: QModelIndex) -> None:
        self.model.toggle(index)
        self._memory.keep("browser/favourites", sorted(self.model.favourites))
        if self.favourites.isChecked():
            self._show()


class _List(QListView):
    """The list: a click on the star makes a favourite, Enter uses."""

    def __init__(self, browser: Browser) -> None:
        super().__init__()
        self._browser = browser
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(browser.preview)
        self.doubleClicked.connect(lambda _: browser.use_current())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None:
            place: QPoint = event.position().toPoint()
            index = self.indexAt(place)
            if index.isValid() and star_area(self.visualRect(index)).contains(place):
                self._browser.toggle_favourite(index)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._browser.use_current()
        elif event is not None and event.key() == Qt.Key.Key_Asterisk:
            self._browser.toggle_favourite(self.currentIndex())
        else:
            super().keyPressEvent(event)
