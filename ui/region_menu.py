"""The menu of a rectangle of bars and parts: ask for something there, or empty it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.composer.request import Task, Terms
from cocomposer.music import Note, Role
from cocomposer.studio import editing

from .drawings import icon
from .session import Session


def region_menu(session: Session, parent: QWidget) -> QMenu:
    """What can be asked for in `session.region`."""
    menu = QMenu(parent)
    region, song = session.region, session.song
    if region is None:
        return menu
    bars = (region.first_bar, min(region.last_bar, len(song.bars) - 1))
    names = tuple(song.parts[index].name for index in region.parts if index < len(song.parts))
    has_notes = any(_chosen_notes(session).values())

    def ask(task: Task, parts: tuple[str, ...]) -> Callable[[], None]:
        return lambda: session.proposals.propose(Terms(task=task, bars=bars, parts=parts))

    add = _adder(menu)
    add(menu.tr("Propose here"), ask(Task.INFILL, names), drawing="propose", enabled=bool(song.parts))
    menu.addSeparator()
    add(menu.tr("Fill with new notes"), ask(Task.INFILL, names), enabled=bool(song.parts))
    add(menu.tr("Vary what is there"), ask(Task.VARY, names), enabled=has_notes)
    add(menu.tr("A band for these bars"), ask(Task.ARRANGE, ()))
    tune = song.part_of_role(Role.MELODY)
    add(menu.tr("Chords for the melody"), ask(Task.HARMONISE, ()), enabled=tune is not None and bool(tune.notes))
    menu.addSeparator()
    add(menu.tr("Clear"), lambda: clear(session), keys="Del", enabled=has_notes)
    return menu


def clear(session: Session) -> None:
    """Take the notes out of the region, as one undo step."""
    song = session.song
    for part, notes in _chosen_notes(session).items():
        if notes:
            song = editing.remove_notes(song, part, notes)
    if song is not session.song:
        session.edit(session.tr("Clear"), song)


def _chosen_notes(session: Session) -> dict[int, list[Note]]:
    region, song = session.region, session.song
    if region is None or not song.bars:
        return {}
    start, end = song.bars[region.first_bar].start, song.bars[min(region.last_bar, len(song.bars) - 1)].end
    parts = region.parts or tuple(range(len(song.parts)))
    return {
        index: [note for note in song.parts[index].notes if start <= note.start < end]
        for index in parts
        if index < len(song.parts)
    }


def _adder(menu: QMenu) -> Callable[..., None]:
    def add(text: str, does: Callable[[], object], *, drawing: str = "", keys: str = "", enabled: bool = True) -> None:
        action = menu.addAction(icon(drawing), text) if drawing else menu.addAction(text)
        assert action is not None
        action.setShortcut(QKeySequence(keys))
        action.setEnabled(enabled)
        action.triggered.connect(lambda: does())

    return add
