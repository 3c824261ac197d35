"""The menu of a part: others beside it, its instrument, what it does in the music."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music import Part, Role, Song
from cocomposer.music.general_midi import FAMILIES, INSTRUMENTS
from cocomposer.studio import editing

from .session import Session

_NEW = {
    Role.MELODY: ("Melody", 73), Role.KEYS: ("Keys", 4), Role.BASS: ("Bass", 33), Role.DRUMS: ("Drums", 0),
    Role.GUITAR: ("Guitar", 25), Role.PAD: ("Pad", 89), Role.ARPEGGIO: ("Arpeggio", 81), Role.COUNTER: ("Strings", 48),
}  # fmt: skip
"""Parts that can be added: their name and General MIDI program."""


def add_part_menu(session: Session, parent: QWidget, menu: QMenu | None = None) -> QMenu:
    """A menu with a new part of each role."""
    menu = menu or QMenu(parent)
    for role, (name, program) in _NEW.items():
        _add(menu, menu.tr(name), lambda role=role, name=name, program=program: _new(session, role, name, program))
    return menu


def part_menu(session: Session, part: int | None, parent: QWidget, rename: Callable[[], None] | None) -> QMenu:
    """The menu of the part at that place, or of the empty space below the parts."""
    menu = QMenu(parent)
    added = menu.addMenu(menu.tr("Add a part"))
    assert added is not None
    add_part_menu(session, parent, added)
    if part is None or rename is None:
        return menu
    song = session.song
    _add(menu, menu.tr("Rename…") + "\tF2", rename)
    _add(menu, menu.tr("Duplicate"), lambda: _edit(session, menu.tr("Duplicate part"), editing.duplicate_part, part))
    _add(menu, menu.tr("Remove") + "\t" + menu.tr("Del"),
         lambda: _edit(session, menu.tr("Remove part"), editing.remove_part, part))  # fmt: skip
    menu.addSeparator()
    if not song.parts[part].is_drums:
        _instruments(session, menu, part)
    roles = menu.addMenu(menu.tr("It plays the"))
    assert roles is not None
    for role in Role:
        action = _add(roles, str(role).capitalize(),
                      lambda role=role: _edit(session, menu.tr("Change role"), editing.with_role, part, role))  # fmt: skip
        action.setCheckable(True)
        action.setChecked(song.parts[part].role is role)
    return menu


def _instruments(session: Session, menu: QMenu, part: int) -> None:
    """General MIDI by families; a part with an instrument of its own gets the SoundFont's."""
    instruments = menu.addMenu(menu.tr("Instrument"))
    assert instruments is not None
    for number, family in enumerate(FAMILIES):
        names = instruments.addMenu(family)
        assert names is not None
        for program in range(number * 8, number * 8 + 8):
            action = _add(names, INSTRUMENTS[program],
                          lambda program=program: _edit(session, menu.tr("Change instrument"), _played_by, part, program))  # fmt: skip
            action.setCheckable(True)
            action.setChecked(session.song.parts[part].program == program)


def _played_by(song: Song, part: int, program: int) -> Song:
    return editing.with_instrument(editing.with_program(song, part, program), part, None)


def _new(session: Session, role: Role, name: str, program: int) -> None:
    _edit(session, "Add part", lambda song: editing.add_part(song, Part(name, role, program)))
    session.current_part = len(session.song.parts) - 1


def _edit(session: Session, label: str, change: Callable[..., Song], *arguments: object) -> None:
    try:
        session.edit(label, change(session.song, *arguments))
    except CocomposerError as error:
        session.problem.emit(str(error))


def _add(menu: QMenu, text: str, does: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    assert action is not None
    action.triggered.connect(lambda: does())
    return action
