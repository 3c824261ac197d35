"""Older files made into those of today, one version at a time.

Version 1 knew no family: a style file and a rack file, each with a head of its own.  They are still what lies in
`presets/styles` and `presets/racks`, and what people write by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cocomposer.errors import PresetError

SCHEMA = 2
"""The version this program writes."""


def up_to_date(table: Mapping[str, Any]) -> dict[str, Any]:
    """`table` as version SCHEMA says it.  Raises PresetError for a version of the future, and for none."""
    migrated = dict(table)
    version = migrated.get("schema", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise PresetError("its schema is no version number.")
    if version > SCHEMA:
        raise PresetError(f"it was made by a newer Cocomposer (schema {version}): update the program.")
    for migrate in _MIGRATIONS[version - 1 :]:
        migrated = migrate(migrated)
    return migrated


def _one_family(table: Mapping[str, Any]) -> dict[str, Any]:
    """Version 1 to 2: the head goes above, the rest into a table named after the kind."""
    if "kind" in table:
        raise PresetError(f'a preset with a kind begins with "schema = {SCHEMA}".')
    if "parts" in table:
        kind, head = "style", {"name": "name", "author": "author", "licence": "licence", "tags": "tags",
                               "description": "description"}  # fmt: skip
    elif {"effect", "bus", "gain", "pan", "width", "sends"} & table.keys():
        kind, head = "rack", {"name": "name", "about": "description"}
    else:
        raise PresetError("it is neither a preset nor a style or a rack.")
    said = {to: table[name] for name, to in head.items() if name in table}
    return {"schema": 2, "kind": kind, **said, kind: {k: v for k, v in table.items() if k not in (*head, "schema")}}


_MIGRATIONS: tuple[Callable[[Mapping[str, Any]], dict[str, Any]], ...] = (_one_family,)
