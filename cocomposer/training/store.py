"""Prepared songs on disk: one .npz a corpus, the arrays of all its sheets one after another.  Nothing is pickled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cocomposer.errors import FormatError
from cocomposer.model.practice import Prepared
from cocomposer.model.sheet import Sheet, Strokes
from cocomposer.music import Role
from cocomposer.whole_files import written_whole

_BAR_COLUMNS = ("bar_ticks", "tonic", "minor", "place", "left")
_STEP_COLUMNS = ("root", "bass", "until_change", "melody", "melody_onset")
_STROKE_COLUMNS = ("start", "bar", "position", "duration")
_NOTE_COLUMNS = ("pitch", "velocity", "micro")


def save(pieces: Sequence[Prepared], path: Path) -> None:
    """Write pieces to a .npz file."""
    sheets = [piece.sheet for piece in pieces]
    parts = [part for sheet in sheets for part in sheet.parts]
    index = {
        "pieces": [
            {"name": piece.name, "source": piece.source, "genre": piece.genre, "felt": piece.felt,
             "tempo": piece.sheet.tempo, "bars": piece.sheet.bars, "steps": piece.sheet.steps,
             "parts": len(piece.sheet.parts)}
            for piece in pieces
        ],
        "parts": [[part.name, str(part.role), part.program, len(part), len(part.pitch)] for part in parts],
    }  # fmt: skip
    arrays: dict[str, Any] = {"bar_starts": np.concatenate([sheet.bar_starts for sheet in sheets]).astype(np.int32)}
    arrays["tones"] = np.concatenate([sheet.tones for sheet in sheets])
    for names, owners in ((_BAR_COLUMNS + _STEP_COLUMNS, sheets), (_STROKE_COLUMNS + _NOTE_COLUMNS, parts)):
        for name in names:
            arrays[name] = np.concatenate([getattr(owner, name) for owner in owners]).astype(np.int32)
    arrays["sizes"] = np.concatenate([np.diff(part.first) for part in parts]).astype(np.uint8)
    with written_whole(path) as part, part.open("wb") as file:
        np.savez_compressed(file, index=np.frombuffer(json.dumps(index).encode(), np.uint8), **arrays)


class _Reader:
    """Hands out the next so many values of each column."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self.arrays, self.at = arrays, dict.fromkeys(arrays, 0)

    def take(self, name: str, count: int) -> NDArray[Any]:
        begin = self.at[name]
        self.at[name] += count
        if count < 0 or self.at[name] > len(self.arrays[name]):
            raise ValueError("a column is too short")
        return self.arrays[name][begin : begin + count]


def load(path: Path) -> list[Prepared]:
    """Read pieces back from a file of `save`.  Raises FormatError for any other."""
    try:
        return _load(path)
    except (OSError, BadZipFile, ValueError, KeyError, TypeError, StopIteration, RecursionError) as error:
        raise FormatError(f"{path.name} holds no prepared songs, or half of them: run `prepare` again.") from error


def _load(path: Path) -> list[Prepared]:
    with np.load(path, allow_pickle=False) as file:
        index = json.loads(file["index"].tobytes())
        reader = _Reader(
            {
                name: file[name].astype(np.uint8 if name == "tones" else np.int64)
                for name in file.files
                if name != "index"
            }
        )
    parts = iter(index["parts"])
    pieces = []
    for row in index["pieces"]:
        columns = {name: reader.take(name, row["bars"]) for name in _BAR_COLUMNS}
        columns |= {name: reader.take(name, row["steps"]) for name in _STEP_COLUMNS}
        columns["melody_onset"] = columns["melody_onset"].astype(bool)
        strokes = tuple(_strokes(reader, *next(parts)) for _ in range(row["parts"]))
        sheet = Sheet(
            bar_starts=reader.take("bar_starts", row["bars"] + 1), tones=reader.take("tones", row["steps"]),
            tempo=row["tempo"], parts=strokes, **columns,
        )  # fmt: skip
        pieces.append(Prepared(row["name"], sheet, row["source"], row["genre"], row["felt"]))
    return pieces


def _strokes(reader: _Reader, name: str, role: str, program: int, count: int, notes: int) -> Strokes:
    columns = {key: reader.take(key, count) for key in _STROKE_COLUMNS}
    columns |= {key: reader.take(key, notes) for key in _NOTE_COLUMNS}
    first = np.r_[0, np.cumsum(reader.take("sizes", count))].astype(np.int64)
    return Strokes(name=name, role=Role(role), program=program, first=first, **columns)
