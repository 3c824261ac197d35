"""Who wrote notes and chords, as JSON and back: the authors once each, and runs of events by one of them.

`[[author, name, version, seed, adapter, detail, edited], ...]` is the table; the runs are a flat list of pairs, the
author's place in the table (from 1, 0 is the artist) and how many events in a row are by it.  Nothing but the artist is
two empty lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby
from typing import Any

from cocomposer.errors import FormatError, MusicError
from cocomposer.formats.strict_json import Fields
from cocomposer.music import Author, Origin
from cocomposer.music.authorship import LAST_SEED, LONGEST_NAME, Authored

MAX_ORIGINS = 10_000
"""Most different authors of one part."""
_NAMES = ("author", "name", "version", "seed", "adapter", "detail", "edited")


def origins_to(events: Sequence[Authored]) -> dict[str, list[Any]]:
    """The table and the runs of these events, as fields "origins" and "written"."""
    places: dict[Origin | None, int] = {None: 0}
    runs = [
        (places.setdefault(origin, len(places)), sum(1 for _ in run))
        for origin, run in groupby(event.origin for event in events)
    ]
    table = [origin_to(origin) for origin in places if origin is not None]
    return {"origins": table, "written": list(chain.from_iterable(runs)) if table else []}


def origins_from(fields: Fields, count: int) -> tuple[Origin | None, ...]:
    """The origins of `count` events, as `origins_to` wrote them.  Raises FormatError for anything else."""
    table = (None, *fields.items("origins", MAX_ORIGINS, origin_from))
    runs = fields.rows("written", 2, count)
    if any(not 0 <= place < len(table) or number < 1 for place, number in runs):
        raise fields.wrong("written", "names an author that is not there")
    if runs and sum(number for _, number in runs) != count:
        raise fields.wrong("written", "does not say who wrote each of the events")
    if not runs:
        return (None,) * count
    return tuple(chain.from_iterable((table[place],) * number for place, number in runs))


def origin_to(origin: Origin) -> list[Any]:
    return [
        str(origin.author),
        origin.name,
        origin.version,
        origin.seed,
        origin.adapter,
        origin.detail,
        origin.edited,
    ]


def origin_from(value: Any, where: str) -> Origin:
    """The origin that `origin_to` wrote.  Raises FormatError."""
    row = Fields.of_row(value, _NAMES, where)
    try:
        return Origin(
            author=row.choice("author", Author),
            name=row.text("name", LONGEST_NAME),
            version=row.text("version", LONGEST_NAME),
            seed=row.integer("seed", 0, LAST_SEED),
            adapter=row.text("adapter", LONGEST_NAME),
            detail=row.text("detail", LONGEST_NAME),
            edited=row.flag("edited"),
        )
    except MusicError as error:
        raise FormatError(f"{where} is damaged: {error}") from error
