"""Notes on the clipboard, as JSON that any window of the program reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from PyQt6.QtCore import QByteArray, QMimeData

from cocomposer.errors import MusicError
from cocomposer.music import Note
from cocomposer.music.song import MAX_TICKS

MIME = "application/x-cocomposer-notes"
MAX_NOTES, MAX_BYTES = 100_000, 8_000_000


def notes_mime(notes: Iterable[Note]) -> QMimeData:
    """The notes, counted from the first of them."""
    ordered = sorted(notes)
    first = ordered[0].start if ordered else 0
    rows = [[note.start - first, note.pitch, note.duration, note.velocity] for note in ordered]
    data = QMimeData()
    data.setData(MIME, QByteArray(json.dumps(rows).encode()))
    return data


def notes_from(data: QMimeData | None, at: int = 0) -> tuple[Note, ...]:
    """The notes on the clipboard, the first of them at tick `at`; none where there are no notes that can be read."""
    if data is None or not data.hasFormat(MIME):
        return ()
    raw = data.data(MIME).data()
    if len(raw) > MAX_BYTES:
        return ()
    try:
        rows = json.loads(raw)
        if not isinstance(rows, list) or len(rows) > MAX_NOTES:
            return ()
        notes = [Note(*(_whole(value) for value in row)) for row in rows if len(row) == 4]
    except (ValueError, TypeError, RecursionError, MusicError):
        return ()
    return tuple(replace(note, start=note.start + at) for note in notes if note.end + at <= MAX_TICKS)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("A note is made of whole numbers.")
    return value
