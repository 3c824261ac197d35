"""Changes to who plays and how it is mixed: parts, instruments, strips, buses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cocomposer.errors import RequestError
from cocomposer.music import Instrument, Mix, Part, Role, Song, Strip
from cocomposer.studio.note_editing import part_at, with_part

MAX_PARTS = 256
"""Most parts of a song, as of a MIDI file."""


def add_part(song: Song, part: Part, place: int | None = None) -> Song:
    """With one more part, before the one at `place` or at the end, under a name that no other has."""
    if len(song.parts) >= MAX_PARTS:
        raise RequestError(f"A song has up to {MAX_PARTS} parts.")
    at = len(song.parts) if place is None else max(0, min(place, len(song.parts)))
    named = replace(part, name=_free_name(song.parts, part.name))
    return replace(song, parts=(*song.parts[:at], named, *song.parts[at:]))


def remove_part(song: Song, part: int) -> Song:
    part_at(song, part)
    return replace(song, parts=(*song.parts[:part], *song.parts[part + 1 :]))


def duplicate_part(song: Song, part: int) -> Song:
    """With a copy of the part after it."""
    return add_part(song, part_at(song, part), part + 1)


def rename_part(song: Song, part: int, name: str) -> Song:
    """With another name for the part, numbered where another part has it.  Raises RequestError for an empty one."""
    if not name.strip():
        raise RequestError("A part needs a name.")
    others = (*song.parts[:part], *song.parts[part + 1 :])
    return with_part(song, part, replace(part_at(song, part), name=_free_name(others, name.strip())))


def move_part(song: Song, part: int, to: int) -> Song:
    """With the part at place `to` of the order."""
    moved, others = part_at(song, part), [*song.parts[:part], *song.parts[part + 1 :]]
    others.insert(max(0, min(to, len(others))), moved)
    return replace(song, parts=tuple(others))


def with_role(song: Song, part: int, role: Role) -> Song:
    return with_part(song, part, replace(part_at(song, part), role=role))


def with_program(song: Song, part: int, program: int) -> Song:
    """With another General MIDI program, 0..127, for the part."""
    return with_part(song, part, replace(part_at(song, part), program=program))


def with_instrument(song: Song, part: int, instrument: Instrument | None) -> Song:
    """With an instrument of its own for the part, or with None the SoundFont at hand."""
    return with_part(song, part, replace(part_at(song, part), instrument=instrument))


def with_strip(song: Song, part: int, strip: Strip | None) -> Song:
    """With a channel of its own for the part, or with None that of its role."""
    return with_part(song, part, replace(part_at(song, part), strip=strip))


def with_mix(song: Song, mix: Mix | None) -> Song:
    """With these buses and master, or with None the program's own."""
    return replace(song, mix=mix)


def rename_song(song: Song, title: str) -> Song:
    return replace(song, title=title.strip())


def _free_name(parts: Iterable[Part], name: str) -> str:
    taken = {part.name.casefold() for part in parts}
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name} {number}"
    return free
