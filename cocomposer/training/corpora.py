"""The corpora: what each is, how its files become Songs with roles, chords and keys, and how much of it is heard.

Licences and origins are those of the data's own README; `training.card` copies them into the model card.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cocomposer import formats
from cocomposer.composer.sketch import joined_staves, understand
from cocomposer.errors import CocomposerError
from cocomposer.music import Meter, MeterChange, MeterMap, Note, Part, Role, Song
from cocomposer.music.analysis.chords import find_chords
from cocomposer.music.analysis.form import find_sections
from cocomposer.music.analysis.keys import find_keys
from cocomposer.music.analysis.melody import melody_line
from cocomposer.music.analysis.roles import guess_roles


@dataclass(frozen=True)
class Piece:
    """A song of a corpus: its `name` (by which it is split), source and genre (words of grid.SOURCES and
    grid.GENRES), whether its tempo means anything and whether its timing was played."""

    name: str
    song: Song
    source: str
    genre: str = ""
    tempo_known: bool = False
    felt: bool = False


Load = Callable[[], Piece]
"""Reads one piece; raises CocomposerError where its file is no music."""


@dataclass(frozen=True)
class Corpus:
    """A corpus: `share` is how much of what is heard comes from it, `read` finds its pieces in its folder."""

    name: str
    source: str
    share: float
    licence: str
    origin: str
    read: Callable[[Path], Iterator[Load]]


_GENRE_WORDS = (
    ("bossa", "bossa"), ("samba", "samba"), ("reggae", "reggae"), ("ska", "reggae"), ("hiphop", "hiphop"),
    ("funk", "funk"), ("soul", "soul"), ("rb", "soul"), ("spiritual", "gospel"), ("gospel", "gospel"),
    ("hymn", "gospel"), ("swing", "swing"), ("bigband", "swing"), ("quickstep", "swing"), ("foxtrot", "swing"),
    ("charleston", "jazz"), ("dixie", "jazz"), ("ragtime", "jazz"), ("jazz", "jazz"), ("bebop", "jazz"),
    ("evansish", "jazz"), ("waltz", "waltz"), ("tango", "tango"), ("march", "march"), ("polka", "march"),
    ("blues", "blues"), ("boggie", "blues"), ("country", "country"), ("bluegrass", "country"), ("folk", "folk"),
    ("zydeco", "folk"), ("afro", "afro"), ("trance", "electronic"), ("boneym", "electronic"), ("metal", "metal"),
    ("punk", "rock"), ("twist", "rock"), ("8beat", "pop"), ("pop", "pop"), ("ballad", "ballad"),
    ("lullaby", "ballad"), ("rock", "rock"), ("latin", "latin"), ("rhumba", "latin"), ("mambo", "latin"),
    ("merengue", "latin"), ("bolero", "latin"), ("calypso", "latin"), ("son", "latin"), ("chacha", "latin"),
    ("beguine", "latin"), ("cuban", "latin"), ("showtune", "pop"), ("broadway", "pop"),
)  # fmt: skip


def genre_of(words: str) -> str:
    """The genre that a style's name speaks of, "" for none."""
    words = words.lower()
    return next((genre for word, genre in _GENRE_WORDS if word in words), "")


def _midi_song(path: Path, source: str, genre: str = "", tempo_known: bool = False) -> Piece:
    return Piece(path.stem, understand(joined_staves(formats.read(path))), source, genre, tempo_known)


def _midi_songs(folder: Path, source: str, genre: str = "", tempo_known: bool = False) -> Iterator[Load]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".mid", ".midi"):
            yield partial(_midi_song, path, source, genre, tempo_known)


def _pop(folder: Path) -> Iterator[Load]:
    for path in sorted((folder / "quantised").glob("*.mid")):
        yield partial(_pop_song, path)


def _pop_song(path: Path) -> Piece:
    song = formats.read(path)
    chart = [part for part in song.parts if part.name == "CHORDS"]
    roles = {"MELODY": Role.MELODY, "BRIDGE": Role.COUNTER, "PIANO": Role.KEYS}
    parts = tuple(replace(part, role=roles[part.name]) for part in song.parts if part.name in roles)
    song = _completed(replace(song, parts=parts, chords=find_chords(song, chart or parts)))
    return Piece(path.stem, song, "pop", "pop", tempo_known=True)


def _charts(folder: Path) -> Iterator[Load]:
    """Every third of them: they are made by rule and much alike."""
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    for row in rows[::3]:
        yield partial(_chart_song, folder / row["file"], row)


def _chart_song(path: Path, row: dict[str, str]) -> Piece:
    song = guess_roles(formats.read(path))
    parts = tuple(replace(part, role=Role.COUNTER) if part.role is Role.MELODY else part for part in song.parts)
    song = replace(song, parts=parts, chords=find_chords(song, [part for part in parts if not part.is_drums]))
    # The songs share charts: those of one chart stay together when they are split.
    return Piece(f"chart {row['chart_source']}", _completed(song), "chart", genre_of(row["style"]), tempo_known=True)


def _standards(folder: Path) -> Iterator[Load]:
    for path in sorted(folder.rglob("*.mxl")):
        yield partial(_standard, path)


def _standard(path: Path) -> Piece:
    return Piece(path.stem, understand(formats.read(path)), "standard")


def _drums(folder: Path) -> Iterator[Load]:
    with (folder / "info.csv").open(newline="") as rows:
        for row in csv.DictReader(rows):
            path = folder / row["midi_filename"]
            if row["time_signature"] == "4-4" and path.exists():
                yield partial(_drummed, path, row)


def _drummed(path: Path, row: dict[str, str]) -> Piece:
    # A session of one drummer stays together; the corpus's own validation drummers are kept.
    name = "/".join(path.parts[-3:-1]) + f"/{row['split']}"
    return Piece(name, formats.read(path), "drums", genre_of(row["style"]), tempo_known=True, felt=True)


def _chorales(folder: Path) -> Iterator[Load]:
    data = json.loads((folder / "jsb-chorales-16th.json").read_text())
    for split, chorales in data.items():
        for index, chorale in enumerate(chorales):
            yield partial(_chorale_piece, f"{split} {index}", chorale)


def _chorale_piece(name: str, steps: list[list[int]]) -> Piece:
    return Piece(name, _completed(_chorale(steps)), "chorale", "classical")


def _chorale(steps: list[list[int]]) -> Song:
    """Four voices, a pitch for each sixteenth; equal pitches in a row are one note."""
    voices = []
    for voice, (name, role) in enumerate(
        (("Soprano", Role.MELODY), ("Alto", Role.COUNTER), ("Tenor", Role.COUNTER), ("Bass", Role.BASS))
    ):
        notes: list[Note] = []
        for index, chord in enumerate(steps):
            pitch = int(chord[voice]) if voice < len(chord) and chord[voice] == chord[voice] else -1
            if notes and notes[-1].pitch == pitch and notes[-1].end == index * 120 and index % 16:
                notes[-1] = replace(notes[-1], duration=notes[-1].duration + 120)
            elif 0 < pitch < 128:
                notes.append(Note(index * 120, pitch, 120))
        voices.append(Part(name, role, 52, tuple(notes)))
    song = Song(length=len(steps) * 120, parts=tuple(voices), meters=MeterMap((MeterChange(0, Meter()),)))
    return replace(song, chords=find_chords(song, voices))


def _completed(song: Song) -> Song:
    """The song with keys and sections, where it has chords and roles."""
    tune = song.part_of_role(Role.MELODY)
    keys = song.keys or find_keys(song, song.chords)
    melody = melody_line(tune) if tune is not None else ()
    return replace(song, keys=keys, sections=song.sections or find_sections(song, melody, song.chords))


_bands = partial(_midi_songs, source="band")
_games = partial(_midi_songs, source="game", tempo_known=True)
_songs = partial(_midi_songs, source="song", genre="classical")
_own = partial(_midi_songs, source="", tempo_known=True)

CORPORA = (
    Corpus("slakh", "band", 0.38, "CC BY 4.0", "Slakh2100 (Manilow et al. 2019), from Query-and-reArrange", _bands),
    Corpus("pop909", "pop", 0.25, "MIT", "POP909 (Wang et al. 2020), beats, keys and chords from POP909-CL", _pop),
    Corpus("mma", "chart", 0.12, "made with the GPL program MMA 21.09", "MMA over McGill Billboard charts", _charts),
    Corpus("freedoom", "game", 0.10, "BSD-like (Freedoom)", "Freedoom game music", _games),
    Corpus("groove", "drums", 0.05, "CC BY 4.0", "Groove MIDI Dataset (Gillick et al. 2019)", _drums),
    Corpus("lieder", "song", 0.06, "CC0", "OpenScore Lieder Corpus", _songs),
    Corpus("openewld", "standard", 0.03, "public domain songs, MIT", "OpenEWLD (Simonetta et al. 2018)", _standards),
    Corpus("chorales", "chorale", 0.01, "public domain", "J. S. Bach's chorales (JSB-Chorales-dataset)", _chorales),
)  # fmt: skip
OWN = Corpus("own", "", 1.0, "the artist's own", "the artist's own music", _own)
"""What any other folder of MIDI files is taken for."""


def read_piece(load: Load) -> Piece | None:
    """The piece, or None where its file cannot be read or holds nothing."""
    try:
        piece = load()
    except CocomposerError:
        return None
    return piece if any(part.notes for part in piece.song.parts) else None
