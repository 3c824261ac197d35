"""Opening, saving, importing and dropping: everything between the document and the disk that an artist sees."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QDateTime, QLocale, QMimeData, QObject
from PyQt6.QtGui import QCursor
from PyQt6.QtWidgets import QFileDialog, QMenu, QMenuBar, QMessageBox

from cocomposer import formats
from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.resources import assets_folder
from cocomposer.studio import editing
from cocomposer.studio.document import Document
from cocomposer.studio.project import Project
from cocomposer.studio.project_file import SUFFIX, read_project, write_project
from cocomposer.studio.recovery import Recoverable, find_recoveries

from .blank import blank_song

if TYPE_CHECKING:
    from .window import Window

SKETCHES = tuple(suffix for each in formats.FORMATS for suffix in each.suffixes)


class Files(QObject):
    """The files of one window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._recent: QMenu | None = None
        self._unwanted: Document | None = None

    # --- Opening ----------------------------------------------------------------------------------------------------

    def new(self) -> None:
        """An empty song to draw in."""
        if self.may_leave(then=self.new):
            self._window.session.open(Document(Project(blank_song())))

    def choose(self) -> None:
        """Let the artist pick a file, and open it."""
        path = self._ask_for(self.tr("Open"), (SUFFIX, *SKETCHES))
        if path is not None:
            self.open(path)

    def open(self, path: Path, then: Callable[[], object] = lambda: None) -> None:
        """Open a project, or any sketch as a new project; the one that is open is left only when that was read."""

        def opened(project: Project) -> None:
            if not self.may_leave(then=partial(opened, project)):
                return
            own = path.suffix.casefold() == SUFFIX
            self._window.session.open(Document(project, path if own else None))
            self._remember(path)
            then()

        self._window.run(self.tr("Opening {name}").format(name=path.name), lambda *_: _read(path), opened)

    def open_song(self, song: Song) -> None:
        """Open a song that is no file."""
        if self.may_leave(then=partial(self.open_song, song)):
            self._window.session.open(Document(Project(song)))

    def offer_recovery(self) -> bool:
        """Ask whether work that an earlier start left behind is to be opened; False where there is none."""
        left = [each for each in find_recoveries() if not each.superseded]
        if not left:
            return False
        latest = left[0]
        name = latest.title or (latest.path.stem if latest.path else self.tr("Untitled"))
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(latest.time)), QLocale.FormatType.ShortFormat)
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Rescued work"))
        box.setText(self.tr("Cocomposer was stopped with unsaved work in “{name}”.").format(name=name))
        box.setInformativeText(self.tr("It was kept aside on {when}.").format(when=when))
        go_on = box.addButton(self.tr("Go on with it"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Later"), QMessageBox.ButtonRole.RejectRole)
        throw_away = box.addButton(self.tr("Throw it away"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(go_on)

        def answered() -> None:
            if box.clickedButton() is go_on:
                self.recover(latest)
            elif box.clickedButton() is throw_away:
                latest.discard()

        box.finished.connect(answered)
        box.open()
        return True

    def recover(self, left: Recoverable) -> None:
        """Open work that was left behind, unsaved as it is; it is kept aside anew before the old copy goes."""

        def opened(document: Document) -> None:
            self._window.session.open(document, left)

        self._window.run(self.tr("Opening rescued work"), lambda *_: left.open(), opened)

    # --- Saving -----------------------------------------------------------------------------------------------------

    def save(self, then: Callable[[], object] = lambda: None) -> None:
        """Save where it was saved before, else ask where."""
        path = self._window.session.document.path
        if path is None:
            self.save_as(then)
        else:
            self.save_to(path, then)

    def save_as(self, then: Callable[[], object] = lambda: None) -> None:
        title = self._window.session.song.title or self.tr("Untitled")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save as"), str(self._folder() / f"{title}{SUFFIX}"), f"Cocomposer (*{SUFFIX})"
        )
        if chosen:
            path = Path(chosen)
            self.save_to(path if path.suffix.casefold() == SUFFIX else path.with_name(path.name + SUFFIX), then)

    def save_to(self, path: Path, then: Callable[[], object] = lambda: None) -> None:
        """Save to that file, in the background; `then` follows where it went well."""
        document = self._window.session.document
        project = document.project

        def saved(_: None) -> None:
            document.was_saved(project, path)
            self._remember(path)
            self._window.status.say(self.tr("Saved as {name}").format(name=path.name))
            then()

        self._window.run(
            self.tr("Saving {name}").format(name=path.name), lambda *_: write_project(project, path), saved
        )

    def may_leave(self, then: Callable[[], object]) -> bool:
        """Whether the document can be left now; where the artist wants it saved first, `then` follows on that."""
        document = self._window.session.document
        if not document.unsaved or document is self._unwanted:
            return True
        name = document.path.stem if document.path else document.song.title or self.tr("Untitled")
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            self.tr("Unsaved work"),
            self.tr("Save the changes in “{name}”?").format(name=name),
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Save:
            self.save(then)
        elif answer == buttons.Discard:
            self.discard()
            return True
        return False

    def discard(self) -> None:
        """The artist does not want what is unsaved in the open document: it can be left without a question."""
        self._unwanted = self._window.session.document

    # --- Importing --------------------------------------------------------------------------------------------------

    def choose_import(self) -> None:
        path = self._ask_for(self.tr("Import"), SKETCHES)
        if path is not None:
            self.import_file(path)

    def import_file(self, path: Path) -> None:
        """Add the parts and chords of a sketch to the song that is open."""
        self._window.run(
            self.tr("Reading {name}").format(name=path.name), lambda *_: formats.read(path), self.import_song
        )

    def import_song(self, added: Song) -> None:
        """Add parts and chords of `added` at the beginning, as one undo step."""
        session = self._window.session
        try:
            session.edit(self.tr("Import"), together(session.song, added))
        except CocomposerError as error:
            session.problem.emit(str(error))

    def can_take(self, mime: QMimeData | None) -> bool:
        """Whether something that is dragged here is music as far as its name says."""
        return mime is not None and (_dragged_file(mime) is not None or (mime.hasText() and not mime.hasUrls()))

    def take(self, mime: QMimeData | None) -> bool:
        """Open or import what was dropped; asks which where a song is open."""
        if mime is None or not self.can_take(mime):
            return False
        path = _dragged_file(mime)
        if path is not None:
            self._offer(path.suffix.casefold() == SUFFIX, partial(self.open, path), partial(self.import_file, path))
            return True
        try:
            song = formats.read_bytes(mime.text().encode(), "dropped.txt")
        except CocomposerError as error:
            self._window.session.problem.emit(str(error))
            return False
        self._offer(False, partial(self.open_song, song), partial(self.import_song, song))
        return True

    def _offer(self, only_open: bool, opened: Callable[[], None], imported: Callable[[], None]) -> None:
        empty = not any(part.notes for part in self._window.session.song.parts) and not self._window.session.song.chords
        if only_open or empty:
            opened()
            return
        menu = QMenu(self._window)
        for text, call in ((self.tr("Add to this song"), imported), (self.tr("Open as a new song"), opened)):
            action = menu.addAction(text)
            assert action is not None
            action.triggered.connect(lambda _, call=call: call())
        menu.popup(QCursor.pos())

    # --- Places -----------------------------------------------------------------------------------------------------

    def add_recent_menu(self, bar: QMenuBar) -> None:
        """Put the files opened last under Open, in the first menu."""
        menu = bar.actions()[0].menu()
        assert menu is not None
        self._recent = QMenu(self.tr("Open &recent"), menu)
        self._recent.aboutToShow.connect(self._fill_recent)
        menu.insertMenu(menu.actions()[2], self._recent)

    def recent(self) -> list[Path]:
        """Files opened or saved last that are still there, latest first."""
        return [path for path in map(Path, self._window.session.settings.recent) if path.is_file()]

    def _fill_recent(self) -> None:
        assert self._recent is not None
        self._recent.clear()
        for path in self.recent():
            action = self._recent.addAction(path.name)
            assert action is not None
            action.setToolTip(str(path))
            action.triggered.connect(lambda _, path=path: self.open(path))
        if self._recent.isEmpty():
            nothing = self._recent.addAction(self.tr("Nothing yet"))
            assert nothing is not None
            nothing.setEnabled(False)

    def _remember(self, path: Path) -> None:
        session = self._window.session
        session.keep_settings(session.settings.with_recent(path))
        if assets_folder() not in path.parents:  # the artist's music lies elsewhere
            self._window.memory.keep("files/folder", str(path.parent))

    def _folder(self) -> Path:
        return Path(self._window.memory.word("files/folder", str(Path.home())))

    def _ask_for(self, title: str, suffixes: tuple[str, ...]) -> Path | None:
        pattern = " ".join(f"*{suffix}" for suffix in suffixes)
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, title, str(self._folder()), f"{self.tr('Music')} ({pattern})"
        )
        return Path(chosen) if chosen else None


def _read(path: Path) -> Project:
    return read_project(path) if path.suffix.casefold() == SUFFIX else Project(formats.read(path))


def _dragged_file(mime: QMimeData) -> Path | None:
    for url in mime.urls():
        path = Path(url.toLocalFile()) if url.isLocalFile() else None
        if path is not None and path.suffix.casefold() in (SUFFIX, *SKETCHES):
            return path
    return None


def together(song: Song, added: Song) -> Song:
    """`song` with the parts of `added`, and with its chords where `song` has none; an empty song becomes `added`."""
    if not any(part.notes for part in song.parts) and not song.chords:
        return added
    joined = editing.with_length(song, max(len(song.bars), song.meters.bar_at(max(0, added.length - 1)) + 1))
    for part in added.parts:
        joined = editing.add_part(joined, part)
    if not joined.chords:
        for span in added.chord_spans:
            joined = editing.set_chord(joined, span.start, span.chord)
    return joined
