"""Notes on the clipboard, as JSON that any window of the program reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from PyQt6.QtCore import QByteArray, QMimeData

from cocomposer.errors import FormatError, MusicError
from cocomposer.formats.origin_json import origins_from, origins_to
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.music import Note
from cocomposer.music.song import MAX_TICKS

MIME = "application/x-cocomposer-notes"
MAX_NOTES, MAX_BYTES = 100_000, 8_000_000
_NAMES = ("start", "pitch", "duration", "velocity")


def notes_mime(notes: Iterable[Note]) -> QMimeData:
    """The notes, counted from the first of them."""
    ordered = sorted(notes)
    first = ordered[0].start if ordered else 0
    rows = [[note.start - first, note.pitch, note.duration, note.velocity] for note in ordered]
    value = {"notes": rows, **origins_to(ordered)}
    data = QMimeData()
    data.setData(MIME, QByteArray(json.dumps(value).encode()))
    return data


def notes_from(data: QMimeData | None, at: int = 0) -> tuple[Note, ...]:
    """The notes on the clipboard, the first of them at tick `at`; none where there are no notes that can be read."""
    if data is None or not data.hasFormat(MIME):
        return ()
    raw = data.data(MIME).data()
    if len(raw) > MAX_BYTES:
        return ()
    try:
        fields = Fields(parsed(raw), "The clipboard")
        rows = fields.items("notes", MAX_NOTES, lambda value, where: Fields.of_row(value, _NAMES, where))
        origins = origins_from(fields, len(rows))
        notes = [
            Note(
                row.tick("start"),
                row.integer("pitch", 0, 127),
                row.tick("duration"),
                row.integer("velocity", 1, 127),
                origin,
            )
            for row, origin in zip(rows, origins, strict=True)
        ]
    except (FormatError, MusicError):
        return ()
    return tuple(replace(note, start=note.start + at) for note in notes if note.end + at <= MAX_TICKS)
