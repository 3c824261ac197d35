"""The browser on the left: everything there is to use, by kind, with search, favourites and ratings.

A click chooses and lets it be heard, Enter or a double click uses it where it makes sense (a style for the next
proposals, an instrument for the current part ...), a drag carries it to where it is wanted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from cocomposer.music import Song
from cocomposer.studio.catalogue import Entry, Kind, catalogue
from cocomposer.studio.jobs import Job

from .. import theme
from ..dragging import is_code
from ..drawings import icon
from ..memory import Memory
from ..phrases import said
from ..session import Session
from ..using import use
from .details import Details
from .rows import EntryList, EntryModel

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

ICONS = {
    Kind.STYLE: "style", Kind.PROGRESSION: "chords", Kind.INSTRUMENT: "keyboard", Kind.RACK: "rack",
    Kind.MOOD: "mood", Kind.CONTROL: "sliders", Kind.TEMPLATE: "template", Kind.PLUGIN: "plugin", Kind.SKETCH: "sketch",
}  # fmt: skip


class Browser(QFrame):
    """Entries of one kind at a time; the signals tell what the window is to do itself."""

    used = pyqtSignal(object)
    """studio.catalogue.Entry: it was double-clicked, or Enter pressed on it, and it is no edit of the song."""
    scan_asked = pyqtSignal()
    """Plugins are to be looked for."""
    code_pasted = pyqtSignal(str)
    """A share code was put into the search field."""
    share_asked = pyqtSignal(object)
    remove_asked = pyqtSignal(object)
    """The preset of that studio.catalogue.Entry is to be shared, or removed."""

    def __init__(self, session: Session, memory: Memory) -> None:
        super().__init__()
        self._session, self._memory = session, memory
        theme.set_kind(self, "panel")
        self.setAccessibleName(self.tr("Browser"))
        self.kind = Kind.STYLE
        self._finding: Job[tuple[Entry, ...]] | None = None
        self._previewing: Job[Song | Audio | None] | None = None
        self.model = EntryModel(frozenset(memory.words("browser/favourites")))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search"))
        self.search.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._search_for)
        self.favourites = self._toggle("star", self.tr("Only favourites"), False)
        self.favourites.toggled.connect(lambda _: self.look_up())
        self.hear = self._toggle(
            "audio", self.tr("Hear what is clicked, while the song rests"), memory.flag("browser/hear", True)
        )
        self.hear.toggled.connect(self._set_hearing)
        self.order = QComboBox()
        self.order.setAccessibleName(self.tr("Order"))
        for text, order in ((self.tr("By name"), ""), (self.tr("Used last"), "recent"), (self.tr("Best"), "rating")):
            self.order.addItem(text, order)
        self.order.currentIndexChanged.connect(lambda _: self.look_up())
        self.list = EntryList(self.use_current, self.toggle_favourite)
        self.list.setModel(self.model)
        self.list.setAccessibleName(self.tr("What there is"))
        self.list.clicked.connect(self.preview)
        self.empty = QLabel()
        theme.set_kind(self.empty, "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.scan = QPushButton(self.tr("Look for plugins"))
        self.scan.setAccessibleName(self.scan.text())
        self.scan.clicked.connect(self.scan_asked)
        self.details = Details()
        self.details.rated.connect(self.rate)
        self.details.tag_chosen.connect(self.search.setText)
        self.details.share_asked.connect(lambda: self.share_asked.emit(self.current()))
        self.details.remove_asked.connect(lambda: self.remove_asked.emit(self.current()))
        self._lay_out()
        selection = self.list.selectionModel()
        assert selection is not None
        selection.currentChanged.connect(lambda index, _: self._tell_about(index))
        session.room.changed.connect(self.look_up)
        kept = memory.word("browser/kind")
        self.show_kind(Kind(kept) if kept in set(Kind) else Kind.STYLE)
        session.room.refresh()

    def _toggle(self, name: str, text: str, on: bool) -> QToolButton:
        made = QToolButton()
        made.setCheckable(True)
        made.setChecked(on)
        made.setIcon(icon(name))
        made.setToolTip(text)
        made.setAccessibleName(text)
        theme.keyboard_only_focus(made)
        return made

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        kinds = QHBoxLayout()
        kinds.setSpacing(0)
        self._kinds = QButtonGroup(self)
        self.tabs: dict[Kind, QToolButton] = {}
        for kind in Kind:
            tab = self._toggle(ICONS[kind], self._name(kind), False)
            tab.setIconSize(QSize(16, 16))
            tab.clicked.connect(lambda _, kind=kind: self.show_kind(kind))
            self._kinds.addButton(tab)
            self.tabs[kind] = tab
            kinds.addWidget(tab, 1)
        self.title = QLabel()
        theme.set_kind(self.title, "heading")
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.title, 1)
        line.addWidget(self.hear)
        line.addWidget(self.favourites)
        find = QHBoxLayout()
        find.setSpacing(4)
        find.addWidget(self.search, 1)
        find.addWidget(self.order)
        column.addLayout(kinds)
        column.addLayout(line)
        column.addLayout(find)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.scan)
        column.addWidget(self.details)

    def _name(self, kind: Kind) -> str:
        return {
            Kind.STYLE: self.tr("Styles"),
            Kind.PROGRESSION: self.tr("Chord progressions"),
            Kind.INSTRUMENT: self.tr("Instruments"),
            Kind.RACK: self.tr("Effect racks"),
            Kind.MOOD: self.tr("Moods"),
            Kind.CONTROL: self.tr("Ways of playing"),
            Kind.TEMPLATE: self.tr("Templates"),
            Kind.PLUGIN: self.tr("Plugins"),
            Kind.SKETCH: self.tr("Sketches"),
        }[kind]

    def _hint(self, kind: Kind) -> str:
        return {
            Kind.STYLE: self.tr("Double-click a style to propose in it."),
            Kind.PROGRESSION: self.tr("Double-click to lay it at the playhead, or drag it onto the chord lane."),
            Kind.INSTRUMENT: self.tr("Double-click to let it play the current part."),
            Kind.RACK: self.tr("Double-click to put its effects into the strip of the current part."),
            Kind.MOOD: self.tr("Double-click to wish for this mood."),
            Kind.CONTROL: self.tr("Double-click to turn the sliders of the wishes like this."),
            Kind.TEMPLATE: self.tr("Double-click to begin a new song with it."),
            Kind.PLUGIN: self.tr("Double-click: an instrument plays the current part, an effect goes into its strip."),
            Kind.SKETCH: self.tr("Double-click to open it as a new song."),
        }[kind]

    # --- Finding ----------------------------------------------------------------------------------------------------

    def show_kind(self, kind: Kind) -> None:
        """Show what there is of that kind."""
        self.kind = kind
        self._memory.keep("browser/kind", str(kind))
        self.tabs[kind].setChecked(True)
        self.title.setText(self._name(kind).upper())
        self.search.setPlaceholderText(self.tr("Search {kind}").format(kind=self._name(kind)))
        self.order.setVisible(kind.of_presets)
        self.list.setCurrentIndex(QModelIndex())
        self.details.show_entry(None, self._hint(kind))
        self.look_up()

    def look_up(self) -> None:
        """Look up, in the background, what is asked for; the latest question counts."""
        if self._finding is not None:
            self._finding.cancel()
        kind, query, room = self.kind, self.search.text(), self._session.room
        liked, order = self.favourites.isChecked(), str(self.order.currentData())
        self._finding = self._session.jobs.run(
            lambda *_: catalogue(room.presets, kind, query, favourites=liked, order=order),
            on_done=self._show,
            on_error=self._session.problem.emit,
        )

    def _search_for(self, text: str) -> None:
        if is_code(text):
            self.search.clear()
            self.code_pasted.emit(text)
        else:
            self.look_up()

    def _show(self, entries: tuple[Entry, ...]) -> None:
        chosen = self.current()
        entries = tuple(replace(each, name=said(each.name), detail=said(each.detail)) for each in entries)
        self.model.show(entries, only_favourites=self.favourites.isChecked())
        self.list.setCurrentIndex(self.model.place(chosen))
        self._tell_about(self.list.currentIndex())
        nothing = self.model.rowCount() == 0
        self.list.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.scan.setVisible(self.kind is Kind.PLUGIN)
        if self.kind is Kind.PLUGIN and not self.search.text() and not self.favourites.isChecked():
            self.empty.setText(
                self.tr("No plugins are known yet. Looking for them takes a moment; each is tried safely.")
            )
        elif self.favourites.isChecked():
            self.empty.setText(self.tr("No favourites here. Click the star of an entry to make it one."))
        else:
            self.empty.setText(self.tr("Nothing of that name."))

    def _tell_about(self, index: QModelIndex) -> None:
        self.details.show_entry(self.model.entry(index), self._hint(self.kind))

    # --- Hearing ----------------------------------------------------------------------------------------------------

    def _set_hearing(self, on: bool) -> None:
        self._memory.keep("browser/hear", on)
        if not on:
            self._session.preview(None)

    def preview(self, index: QModelIndex) -> None:
        """Let an entry be heard, where that is wanted and it has a sound; the latest one counts."""
        from cocomposer.studio.previews import preview_of

        entry = self.model.entry(index)
        if self._previewing is not None:
            self._previewing.cancel()
        if entry is not None and self.hear.isChecked():
            song, room = self._session.song, self._session.room
            self._previewing = self._session.jobs.run(
                lambda _, cancelled: preview_of(entry, song, room.presets, cancelled),
                on_done=self._session.preview,
                on_error=self._session.problem.emit,
            )

    # --- Using and marking ------------------------------------------------------------------------------------------

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
        """Make an entry a favourite, or no longer one."""
        self.model.toggle(index)
        entry = self.model.entry(index)
        if entry is not None and entry.preset is not None:
            self._mark(entry, favourite=entry.preset.favourite)
        else:
            self._memory.keep("browser/favourites", sorted(self.model.favourites))
            self._marked(None)

    def rate(self, stars: int) -> None:
        """Give the chosen preset so many stars, 0 to 5."""
        index, entry = self.list.currentIndex(), self.current()
        if entry is not None and entry.preset is not None:
            rated = replace(entry, preset=replace(entry.preset, rating=stars))
            self.model.change(index, rated)
            self._tell_about(index)
            self._mark(rated, rating=stars)

    def _mark(self, entry: Entry, favourite: bool | None = None, rating: int | None = None) -> None:
        preset, room = entry.preset, self._session.room
        assert preset is not None
        self._session.jobs.run(
            lambda *_: room.presets.index.mark(preset, favourite=favourite, rating=rating),
            on_done=self._marked,
            on_error=self._session.problem.emit,
        )

    def _marked(self, _: None) -> None:
        if self.favourites.isChecked():
            self.look_up()
