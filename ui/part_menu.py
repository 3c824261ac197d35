"""The menu of a part: others beside it, its instrument, what it does in the music."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music import Part, Role, Song
from cocomposer.music.general_midi import FAMILIES, INSTRUMENTS
from cocomposer.studio import editing

from .session import Session

CONTEXT = "Parts"
_NEW = {
    Role.MELODY: (QT_TRANSLATE_NOOP(CONTEXT, "Melody"), 73),
    Role.KEYS: (QT_TRANSLATE_NOOP(CONTEXT, "Keys"), 4),
    Role.BASS: (QT_TRANSLATE_NOOP(CONTEXT, "Bass"), 33),
    Role.DRUMS: (QT_TRANSLATE_NOOP(CONTEXT, "Drums"), 0),
    Role.GUITAR: (QT_TRANSLATE_NOOP(CONTEXT, "Guitar"), 25),
    Role.PAD: (QT_TRANSLATE_NOOP(CONTEXT, "Pad"), 89),
    Role.ARPEGGIO: (QT_TRANSLATE_NOOP(CONTEXT, "Arpeggio"), 81),
    Role.COUNTER: (QT_TRANSLATE_NOOP(CONTEXT, "Counter"), 48),
}
"""Parts that can be added: the name of their role, and a General MIDI program."""


def add_part_menu(session: Session, parent: QWidget, menu: QMenu | None = None) -> QMenu:
    """A menu with a new part of each role."""
    menu = menu or QMenu(parent)
    for role, (name, program) in _NEW.items():
        shown = QCoreApplication.translate(CONTEXT, name)
        _add(menu, shown, partial(_new, session, role, shown, program))
    return menu


def part_menu(session: Session, part: int | None, parent: QWidget, rename: Callable[[], None] | None) -> QMenu:
    """The menu of the part at that place, or of the empty space below the parts."""
    menu = QMenu(parent)
    add_part_menu(session, parent, _sub_menu(menu, menu.tr("Add a part")))
    if part is None or rename is None:
        return menu
    place, song = part, session.song

    def change(text: str, label: str, edit: Callable[..., Song]) -> None:
        _add(menu, text, lambda: _edit(session, label, edit, place))

    _add(menu, menu.tr("Rename…") + "\tF2", rename)
    change(menu.tr("Duplicate"), menu.tr("Duplicate part"), editing.duplicate_part)
    change(menu.tr("Remove") + "\t" + menu.tr("Del"), menu.tr("Remove part"), editing.remove_part)
    menu.addSeparator()
    if not song.parts[part].is_drums:
        _instruments(session, _sub_menu(menu, menu.tr("Instrument")), part)
    roles = _sub_menu(menu, menu.tr("It plays the"))
    for role in Role:
        does = partial(_edit, session, menu.tr("Change role"), editing.with_role, part, role)
        name = _NEW[role][0] if role in _NEW else QT_TRANSLATE_NOOP(CONTEXT, "Other")
        action = _add(roles, QCoreApplication.translate(CONTEXT, name), does)
        action.setCheckable(True)
        action.setChecked(song.parts[part].role is role)
    return menu


def _instruments(session: Session, menu: QMenu, part: int) -> None:
    """General MIDI by families; a part with an instrument of its own gets the SoundFont's."""
    label = menu.tr("Change instrument")
    for number, family in enumerate(FAMILIES):
        names = _sub_menu(menu, family)
        for program in range(number * 8, number * 8 + 8):
            action = _add(names, INSTRUMENTS[program], partial(_edit, session, label, _played_by, part, program))
            action.setCheckable(True)
            action.setChecked(session.song.parts[part].program == program)


def _sub_menu(menu: QMenu, text: str) -> QMenu:
    added = menu.addMenu(text)
    assert added is not None
    return added


def _played_by(song: Song, part: int, program: int) -> Song:
    return editing.with_instrument(editing.with_program(song, part, program), part, None)


def _new(session: Session, role: Role, name: str, program: int) -> None:
    _edit(session, session.tr("Add part"), lambda song: editing.add_part(song, Part(name, role, program)))
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
