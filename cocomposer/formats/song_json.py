"""A song as JSON and back, nothing left out: for project files, and for talking to other processes.

Notes and other frequent events stand in flat lists of whole numbers, rarer ones in a row each; ticks are those of
`music`, and authors stand beside what they wrote (`origin_json`).  Where parts and what plugins saved of themselves go
is the caller's business (`Store`): by default they stand in place, the bytes as base64.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import Any

from cocomposer.errors import FormatError, MusicError
from cocomposer.formats.mix_json import instrument_from, instrument_to, mix_from, mix_to, strip_from, strip_to
from cocomposer.formats.origin_json import origins_from, origins_to
from cocomposer.formats.strict_json import LAST_TICK, Fields
from cocomposer.music import (
    Chord,
    ChordChange,
    Control,
    Key,
    KeyChange,
    Lyric,
    Meter,
    MeterChange,
    MeterMap,
    Mode,
    Note,
    Part,
    PitchBend,
    Role,
    Section,
    Song,
    TempoChange,
    TempoMap,
)
from cocomposer.music.song import MAX_TICKS

MAX_PARTS = 10_000
MAX_NOTES = 1_000_000
"""Most notes, or events of another kind, in a part."""
MAX_CHANGES = 100_000
"""Most chords, keys, metres, tempi or sections."""


class Store:
    """Where the larger things of a song go: in place here, elsewhere in classes made from it."""

    def state_to(self, state: bytes) -> str:
        return base64.b64encode(state).decode("ascii")

    def state_from(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error) as error:
            raise FormatError("The state of a plugin is damaged.") from error

    def part_to(self, part: Part) -> Any:
        return part_to(part, self)

    def part_from(self, value: Any, where: str) -> Part:
        return part_from(Fields(value, where), self)


def song_to(song: Song, store: Store | None = None) -> dict[str, Any]:
    """`song` as values that JSON can hold."""
    store = store or Store()
    return {
        "title": song.title,
        "length": song.length,
        "meters": [[each.tick, each.meter.numerator, each.meter.denominator] for each in song.meters.changes],
        "tempos": [[each.tick, each.microseconds_per_quarter] for each in song.tempos.changes],
        "keys": [[each.tick, each.key.tonic, str(each.key.mode)] for each in song.keys],
        "chords": [[each.tick, *_chord_to(each.chord)] for each in song.chords],
        **origins_to(song.chords),
        "sections": [[each.tick, each.name] for each in song.sections],
        "parts": [store.part_to(part) for part in song.parts],
        "mix": None if song.mix is None else mix_to(song.mix, store.state_to),
    }


def song_from(value: Any, store: Store | None = None, where: str = "The song") -> Song:
    """The song that `song_to` wrote.  Raises FormatError for anything else and for values beyond the limits."""
    store = store or Store()
    fields = Fields(value, where)
    try:
        return Song(
            title=fields.text("title"),
            length=fields.integer("length", 0, MAX_TICKS),
            meters=MeterMap(fields.items("meters", MAX_CHANGES, _meter_from)),
            tempos=TempoMap(fields.items("tempos", MAX_CHANGES, _tempo_from)),
            keys=fields.items("keys", MAX_CHANGES, _key_from),
            chords=_chords_from(fields),
            sections=fields.items("sections", MAX_CHANGES, _section_from),
            parts=fields.items("parts", MAX_PARTS, store.part_from),
            mix=mix_from(fields.object("mix"), store.state_from) if fields.has("mix") else None,
        )
    except MusicError as error:
        raise FormatError(f"{where} is damaged: {error}") from error


def part_to(part: Part, store: Store) -> dict[str, Any]:
    return {
        "name": part.name,
        "role": str(part.role),
        "program": part.program,
        "volume": part.volume,
        "pan": part.pan,
        "notes": _flat(part.notes, "start", "pitch", "duration", "velocity"),
        **origins_to(part.notes),
        "controls": _flat(part.controls, "tick", "number", "value"),
        "bends": _flat(part.bends, "tick", "value"),
        "lyrics": [[each.tick, each.text] for each in part.lyrics],
        "instrument": None if part.instrument is None else instrument_to(part.instrument, store.state_to),
        "strip": None if part.strip is None else strip_to(part.strip, store.state_to),
    }


def part_from(fields: Fields, store: Store) -> Part:
    """The part that `part_to` wrote.  Raises FormatError."""
    try:
        return Part(
            name=fields.text("name"),
            role=fields.choice("role", Role),
            program=fields.integer("program", 0, 127),
            notes=_notes_from(fields),
            volume=fields.integer("volume", 0, 127),
            pan=fields.integer("pan", 0, 127),
            controls=tuple(Control(*row) for row in _events(fields, "controls", 3, (0, 127))),
            bends=tuple(PitchBend(*row) for row in _events(fields, "bends", 2, (-8192, 8191))),
            lyrics=fields.items("lyrics", MAX_NOTES, _lyric_from),
            instrument=instrument_from(fields.object("instrument"), store.state_from)
            if fields.has("instrument")
            else None,
            strip=strip_from(fields.object("strip"), store.state_from) if fields.has("strip") else None,
        )
    except MusicError as error:
        raise FormatError(f"{fields.where} is damaged: {error}") from error


def _flat(events: Iterable[object], *names: str) -> list[int]:
    """These values of every event, one after another."""
    return list(chain.from_iterable(map(attrgetter(*names), events)))


def _events(
    fields: Fields, name: str, width: int, limits: tuple[int, int] = (0, LAST_TICK)
) -> tuple[tuple[int, ...], ...]:
    """Rows of a tick and values within `limits`."""
    rows = fields.rows(name, width, MAX_NOTES)
    low, high = limits
    if any(not 0 <= row[0] <= LAST_TICK or min(row[1:]) < low or max(row[1:]) > high for row in rows):
        raise fields.wrong(name, "holds values beyond their range")
    return rows


def _notes_from(fields: Fields) -> tuple[Note, ...]:
    rows = _events(fields, "notes", 4)
    origins = origins_from(fields, len(rows))
    return tuple(
        Note(start, pitch, duration, velocity, origin)
        for (start, pitch, duration, velocity), origin in zip(rows, origins, strict=True)
    )


def _chords_from(fields: Fields) -> tuple[ChordChange, ...]:
    chords = fields.items("chords", MAX_CHANGES, _chord_from)
    origins = origins_from(fields, len(chords))
    return tuple(ChordChange(*chord, origin) for chord, origin in zip(chords, origins, strict=True))


def _chord_to(chord: Chord) -> list[Any]:
    return [chord.root, list(chord.intervals), chord.bass, chord.symbol]


def _chord_from(value: Any, where: str) -> tuple[int, Chord]:
    row = Fields.of_row(value, ("tick", "root", "intervals", "bass", "symbol"), where)
    chord = Chord(
        root=row.integer("root", 0, 11),
        intervals=tuple(step for (step,) in row.rows("intervals", 1, 100)),
        bass=row.integer("bass", 0, 11) if row.has("bass") else None,
        symbol=row.text("symbol"),
    )
    return row.tick("tick"), chord


def _meter_from(value: Any, where: str) -> MeterChange:
    row = Fields.of_row(value, ("tick", "numerator", "denominator"), where)
    return MeterChange(row.tick("tick"), Meter(row.integer("numerator", 1, 32), row.integer("denominator", 1, 32)))


def _tempo_from(value: Any, where: str) -> TempoChange:
    row = Fields.of_row(value, ("tick", "tempo"), where)
    return TempoChange(row.tick("tick"), row.integer("tempo", 1, 0xFFFFFF))


def _key_from(value: Any, where: str) -> KeyChange:
    row = Fields.of_row(value, ("tick", "tonic", "mode"), where)
    return KeyChange(row.tick("tick"), Key(row.integer("tonic", 0, 11), row.choice("mode", Mode)))


def _section_from(value: Any, where: str) -> Section:
    row = Fields.of_row(value, ("tick", "name"), where)
    return Section(row.tick("tick"), row.text("name"))


def _lyric_from(value: Any, where: str) -> Lyric:
    row = Fields.of_row(value, ("tick", "text"), where)
    return Lyric(row.tick("tick"), row.text("text"))
