"""Project files of earlier versions, brought to the present one step by step.

A step takes the JSON of one version and gives that of the next; it may trust nothing, and what it raises is taken for
a damaged file.  To change the file: raise VERSION, add a step, and put a file of the old version beside the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cocomposer.errors import FormatError

VERSION = 3

Document = dict[str, Any]


def migrated(document: Document, version: int) -> Document:
    """The JSON of a project of an earlier `version` as it is written today.  Raises FormatError for a damaged one."""
    try:
        for each in range(version, VERSION):
            document = _STEPS[each](document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"This project of version {version} is damaged.") from error
    return document


def _parts_in_one_table(document: Document) -> Document:
    """Version 1 had every part in place in its song, and did not keep the sketch that a question was about."""
    table: list[Any] = []
    places: dict[str, int] = {}

    def with_places(song: Mapping[str, Any]) -> Document:
        found = []
        for part in song["parts"]:
            place = places.setdefault(repr(part), len(table))
            if place == len(table):
                table.append(part)
            found.append(place)
        return {**song, "parts": found}

    song = with_places(document["song"])
    generations = [
        {
            **generation,
            "sketch": song,
            "answers": [{**answer, "song": with_places(answer["song"])} for answer in generation["answers"]],
        }
        for generation in document["generations"]
    ]
    return {**document, "song": song, "generations": generations, "parts": table}


def _authors_unknown(document: Document) -> Document:
    """Version 2 did not say who wrote a note or a chord, and guessing would be worse than not knowing."""

    def unknown(events: int) -> Document:
        origin = ["unknown", "", "", 0, "", "saved before authors were kept", False]
        return {"origins": [origin], "written": [1, events]} if events else {"origins": [], "written": []}

    def with_authors(song: Mapping[str, Any]) -> Document:
        return {**song, **unknown(len(song["chords"]))}

    return {
        **document,
        "song": with_authors(document["song"]),
        "generations": [
            {
                **generation,
                "sketch": with_authors(generation["sketch"]),
                "answers": [{**answer, "song": with_authors(answer["song"])} for answer in generation["answers"]],
            }
            for generation in document["generations"]
        ],
        "parts": [{**part, **unknown(len(part["notes"]) // 4)} for part in document["parts"]],
    }


_STEPS: Mapping[int, Callable[[Document], Document]] = {1: _parts_in_one_table, 2: _authors_unknown}
