"""What a drag from the browser carries, for whoever takes it: the chord lane, the mixer, the list of parts."""

from __future__ import annotations

import json

from PyQt6.QtCore import QMimeData

from cocomposer.studio.catalogue import Entry, Kind

ENTRY_TYPE = "application/x-cocomposer-entry"


def entry_mime(entry: Entry) -> QMimeData:
    """A drag of that entry."""
    mime = QMimeData()
    words = {"kind": str(entry.kind), "id": entry.id, "name": entry.name, "detail": entry.detail}
    mime.setData(ENTRY_TYPE, json.dumps(words).encode())
    return mime


def dragged_entry(mime: QMimeData | None) -> Entry | None:
    """The entry that a drag carries, None for any other drag, whatever it says of itself."""
    if mime is None or not mime.hasFormat(ENTRY_TYPE):
        return None
    try:
        words = json.loads(mime.data(ENTRY_TYPE).data())
        return Entry(Kind(words["kind"]), str(words["id"]), str(words["name"]), str(words["detail"]))
    except (ValueError, KeyError, TypeError):
        return None
