"""Progressions dropped on the chord lane: from the browser, or as chord text from anywhere."""

from __future__ import annotations

from PyQt6.QtCore import QMimeData

from cocomposer.errors import CocomposerError
from cocomposer.studio.catalogue import Kind
from cocomposer.studio.chord_text_editing import with_chord_text

from .dragging import dragged_entry, dragged_presets
from .session import Session
from .using import use

MIME = "application/x-cocomposer-progression"
"""Chord text, as a drag carries it; plain text is read the same way."""


def can_drop(data: QMimeData | None) -> bool:
    """Does a drag carry something that may be a progression?"""
    if data is None or dragged_presets(data):
        return False
    entry = dragged_entry(data)
    return entry.kind is Kind.PROGRESSION if entry is not None else data.hasFormat(MIME) or data.hasText()


def drop_progression(session: Session, data: QMimeData, tick: int) -> None:
    """Lay what a drag carries from `tick` on; what cannot be read is told."""
    entry = dragged_entry(data)
    if entry is not None:
        use(entry, session, tick=tick)
        return
    text = data.data(MIME).data().decode("utf-8", "replace") if data.hasFormat(MIME) else data.text()
    try:
        session.edit(session.tr("Drop progression"), with_chord_text(session.song, tick, text))
    except CocomposerError as error:
        session.problem.emit(str(error))
