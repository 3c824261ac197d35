"""Melodies with the chords that people wrote to them: OpenEWLD (lead sheets) and POP909 (arranged pop songs).

F. Simonetta, F. Carnovalini, N. Orio, A. Rodà, "Symbolic Music Similarity through a Graph-based Representation",
Audio Mostly 2018 (OpenEWLD); Z. Wang et al., "POP909: A Pop-song Dataset for Music Arrangement Generation", ISMIR 2020.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cocomposer import formats
from cocomposer.errors import CocomposerError
from cocomposer.model.harmony_grid import Idiom
from cocomposer.music import (
    Chord,
    ChordChange,
    Key,
    KeyChange,
    Meter,
    MeterChange,
    MeterMap,
    Mode,
    Note,
    Part,
    Role,
    Song,
)
from cocomposer.music.analysis.chords import find_chords
from cocomposer.music.analysis.keys import find_key
from cocomposer.music.analysis.melody import melody_line
from cocomposer.whole_files import written_whole

VALIDATION, DEVELOPMENT = 0.15, 0.25
"""A song whose hash lies below the first is kept for the final measurement, below the second for early stopping."""
_CACHE = "harmony-songs.json"
_VERSION = 1
_FEWEST_NOTES, _FEWEST_CHORDS = 16, 4


@dataclass(frozen=True)
class LeadSheet:
    """A melody with the chords of a person.  `song` has metres, keys and chords but no parts.

    `certain` is False where the written key and the last chord contradict each other.
    """

    name: str
    idiom: Idiom
    song: Song
    melody: tuple[Note, ...]
    certain: bool

    @property
    def split(self) -> str:
        """validation, development or training: by the name alone, so that two versions of a song stay together."""
        place = int(hashlib.sha256(self.name.encode()).hexdigest()[:8], 16) / 2**32
        return "validation" if place < VALIDATION else "development" if place < DEVELOPMENT else "training"

    @property
    def key(self) -> Key:
        """The key that is in force the longest."""
        ends = [*(change.tick for change in self.song.keys[1:]), self.song.length]
        lengths: Counter[Key] = Counter()
        for change, end in zip(self.song.keys, ends, strict=True):
            lengths[change.key] += end - change.tick
        return max(lengths, key=lambda key: lengths[key])


def prepare(openewld: Path, pop909: Path, cache: Path) -> list[LeadSheet]:
    """Every usable song of both corpora; the parsed songs are kept in the folder `cache` for the next time."""
    path = cache / _CACHE
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["version"] == _VERSION:
            return [_from_json(each) for each in kept["sheets"]]
    sheets = [*_read_openewld(openewld), *_read_pop909(pop909)]
    cache.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"version": _VERSION, "sheets": [_to_json(sheet) for sheet in sheets]})
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")
    return sheets


def _read_openewld(folder: Path) -> Iterator[LeadSheet]:
    for path in sorted(folder.rglob("*.mxl")):
        try:
            song = formats.read(path)
        except CocomposerError:
            continue
        melody = melody_line(song.parts[0]) if song.parts else ()
        if len(melody) < _FEWEST_NOTES or len(song.chords) < _FEWEST_CHORDS:
            continue
        key, certain = _key_of_lead_sheet(song)
        bare = Song(length=song.length, meters=song.meters, keys=(KeyChange(0, key),), chords=song.chords)
        yield LeadSheet(path.stem.casefold(), Idiom.SONGBOOK, bare, melody, certain)


def _key_of_lead_sheet(song: Song) -> tuple[Key, bool]:
    """The key, and whether signature and last chord agree on it.

    OpenEWLD calls nearly every key major.  A song that ends on the tonic of its signature is in major, one that ends on
    that of the relative minor in minor; of any other the key is what its notes and chords suggest.
    """
    last = next(change.chord for change in reversed(song.chords) if not change.chord.is_silent)
    written = song.keys[0].key.relative_major if song.keys else None
    if written is not None and last.root == written and not last.is_minor:
        return Key(written), True
    if written is not None and last.root == (written + 9) % 12:
        return Key(last.root, Mode.MINOR), True
    found = find_key(song.parts, song.chords)
    return Key(found.tonic, Mode.MINOR if found.mode.is_minor else Mode.MAJOR), False


def _read_pop909(folder: Path) -> Iterator[LeadSheet]:
    for path in sorted(folder.glob("*.mid")):
        try:
            song = formats.read(path)
        except CocomposerError:
            continue
        named = {part.name: replace(part, role=Role.OTHER) for part in song.parts}
        if not {"MELODY", "CHORDS"} <= set(named) or not song.keys:
            continue
        melody = melody_line(named["MELODY"])
        chords = find_chords(song, [named["CHORDS"]])
        if len(melody) < _FEWEST_NOTES or len(chords) < _FEWEST_CHORDS:
            continue
        bare = Song(length=song.length, meters=song.meters, keys=song.keys, chords=chords)
        yield LeadSheet(f"pop909 {path.stem}", Idiom.POP, bare, melody, True)


def _to_json(sheet: LeadSheet) -> dict[str, Any]:
    song = sheet.song
    return {
        "name": sheet.name,
        "idiom": sheet.idiom.value,
        "certain": sheet.certain,
        "length": song.length,
        "meters": [(each.tick, each.meter.numerator, each.meter.denominator) for each in song.meters.changes],
        "keys": [(each.tick, each.key.tonic, each.key.mode.value) for each in song.keys],
        "chords": [(each.tick, each.chord.root, each.chord.intervals, each.chord.bass) for each in song.chords],
        "melody": [(note.start, note.pitch, note.duration) for note in sheet.melody],
    }


def _from_json(kept: dict[str, Any]) -> LeadSheet:
    song = Song(
        length=kept["length"],
        meters=MeterMap(tuple(MeterChange(tick, Meter(upper, lower)) for tick, upper, lower in kept["meters"])),
        keys=tuple(KeyChange(tick, Key(tonic, Mode(mode))) for tick, tonic, mode in kept["keys"]),
        chords=tuple(ChordChange(tick, Chord(root, tuple(steps), bass)) for tick, root, steps, bass in kept["chords"]),
    )
    melody = tuple(Note(start, pitch, duration) for start, pitch, duration in kept["melody"])
    return LeadSheet(kept["name"], Idiom(kept["idiom"]), song, melody, kept["certain"])


def as_part(sheet: LeadSheet) -> Part:
    """The melody as the only part of a song."""
    return Part("Melody", Role.MELODY, notes=sheet.melody)
