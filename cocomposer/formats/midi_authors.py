"""Who wrote what, as an event of our own in each track of a MIDI file, with a sum over what it speaks of.

Another program may move a note and leave the event as it was: then the sum is wrong, and what is known no more is said
to be unknown instead of being given to the wrong author.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from cocomposer.errors import FormatError
from cocomposer.formats.midi_canon import AUTHORS_MARK, MARK
from cocomposer.formats.origin_json import MAX_ORIGINS, origin_from, origins_from, origins_to
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.music import Author, ChordChange, Note, Origin
from cocomposer.music.authorship import LONGEST_NAME, written_by
from cocomposer.music.shares import who

E = TypeVar("E", Note, ChordChange)


def authors_of(events: Sequence[E]) -> str:
    """What a track says of the authors of its notes, or of the chords."""
    return json.dumps({**origins_to(events), "sum": _sum(events)}, separators=(",", ":"))


def speaks_of_authors(data: bytes) -> bool:
    """Do the bytes of a file hold such an event?"""
    return MARK + AUTHORS_MARK.encode() in data


def with_authors(events: Sequence[E], text: str) -> tuple[E, ...]:
    """The events with the authors that `text` gives them; "" leaves them as they are."""
    if not text:
        return tuple(events)
    try:
        fields = Fields(parsed(text), "The authors")
        if fields.value("sum") == _sum(events):
            origins = origins_from(fields, len(events))
            return tuple(replace(event, origin=origin) for event, origin in zip(events, origins, strict=True))
        before = fields.items("origins", MAX_ORIGINS, origin_from)
    except FormatError:
        before = ()
    authors = ", ".join(dict.fromkeys(map(who, before)))
    detail = f"changed by another program; before, also by {authors}" if authors else "changed by another program"
    return written_by(Origin(Author.UNKNOWN, detail=detail[:LONGEST_NAME]), events)


def _sum(events: Sequence[E]) -> int:
    rows = [
        (each.start, each.pitch, each.duration, each.velocity) if isinstance(each, Note) else (each.tick,)
        for each in events
    ]
    return zlib.crc32(repr(rows).encode())
