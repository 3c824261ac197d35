"""What the program and its composing process say to each other: one JSON object a line, never pickle.

To the process: `{"warm": true}`, `{"ask": n, "composer": ..., "request": ..., "liking": ...}`, `{"cancel": n}`.
Back: `{"began": n}`; `{"bars": n, "proposal": k, "song": ..., "complete": b}` while a proposal is written;
`{"answer": n, "value": ...}` for each; then `{"done": n}`, or `{"error": n, "sentence": ..., "details": ...}`.

Songs of answers name parts of the sketch by their place where they are the same.
"""

from __future__ import annotations

import json
from typing import Any

from cocomposer.composer import Request
from cocomposer.errors import FormatError
from cocomposer.formats.song_json import Store, song_from, song_to
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.music import Part, Song
from cocomposer.studio.project_json import terms_to, terms_values
from cocomposer.studio.styles import styles_at_hand

MAX_LINE = 100_000_000
"""Longest message, in characters."""


class SketchParts(Store):
    """Parts that are those of a sketch go by their place in it."""

    def __init__(self, sketch: Song) -> None:
        self._parts = sketch.parts

    def part_to(self, part: Part) -> Any:
        place = next((index for index, own in enumerate(self._parts) if own is part or own == part), None)
        return super().part_to(part) if place is None else place

    def part_from(self, value: Any, where: str) -> Part:
        if type(value) is not int:
            return super().part_from(value, where)
        if not 0 <= value < len(self._parts):
            raise FormatError(f"{where} names a part that is not in the sketch.")
        return self._parts[value]


def line_of(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":")) + "\n"


def fields_of(line: str) -> Fields:
    """The message in a line.  Raises FormatError for anything else."""
    return Fields(parsed(line), "A message")


def request_to(request: Request) -> dict[str, Any]:
    return {
        "sketch": song_to(request.sketch),
        "reference": None if request.reference is None else song_to(request.reference),
        "terms": terms_to(request),
    }


def request_from(fields: Fields) -> Request:
    """The request that `request_to` wrote, which chooses among the styles of this computer.

    Raises FormatError, and RequestError where it cannot be fulfilled.
    """
    return Request(
        song_from(fields.value("sketch")),
        song_from(fields.value("reference")) if fields.has("reference") else None,
        styles_at_hand(),
        **terms_values(fields.object("terms")),
    )
