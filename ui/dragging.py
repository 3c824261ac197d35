"""What drags carry: an entry of the browser for the chord lane, the mixer, the parts; presets for the window."""

from __future__ import annotations

import json
import re
from pathlib import Path

from PyQt6.QtCore import QMimeData

from cocomposer.studio.catalogue import Entry, Kind

PACK, TEXT = ".cocopack", ".toml"
_CODE = re.compile(r"\s*coco\d{1,3}:")
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


def is_code(text: str) -> bool:
    """Whether a text begins as a share code does."""
    return _CODE.match(text) is not None


def dragged_presets(mime: QMimeData | None) -> str:
    """The path of a pack or preset file, or the share code, that a drag carries; "" for anything else."""
    if mime is None:
        return ""
    for url in mime.urls():
        if url.isLocalFile() and Path(url.toLocalFile()).suffix.casefold() in (PACK, TEXT):
            return url.toLocalFile()
    return mime.text().strip() if mime.hasText() and not mime.hasUrls() and is_code(mime.text()) else ""
