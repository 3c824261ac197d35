"""What an artist said of proposals, kept in one SQLite file on this computer, and nowhere else."""

from __future__ import annotations

import glob
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from cocomposer.errors import CocomposerError, FormatError
from cocomposer.formats.strict_json import Fields, parsed

VERSION = 1
MOST_REMARKS = 600
"""Remarks that are looked back on; older ones have faded."""
_MOST_TRAITS = 200
_APPLICATION = 0x434F5441  # "COTA"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS remark (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, verdict TEXT NOT NULL, answer TEXT NOT NULL, project TEXT NOT NULL,
    genre TEXT NOT NULL, share REAL NOT NULL, traits TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS correction (trait TEXT PRIMARY KEY, direction REAL, after INTEGER NOT NULL);
"""


class TasteError(CocomposerError):
    """What is known of a taste cannot be read, written or found."""


class Verdict(StrEnum):
    """What was done with a proposal."""

    KEPT = "kept"
    PARTLY = "partly kept"
    EDITED = "edited"
    MORE = "more like this"
    LESS = "less like this"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Remark:
    """One thing said of a proposal.

    `traits` are those of the proposal, -1..1 each; of what was PARTLY kept those of what was kept; of what was EDITED
    what the changes did to them, -2..2.  `share`, 0..1, is how much of it was kept.  `answer` names the proposal;
    `project` and `genre` are where it was said.  WITHDRAWN takes back what was said of it before.  `number` is given by
    the journal.
    """

    verdict: Verdict
    traits: Mapping[str, float]
    answer: str
    project: str = ""
    genre: str = ""
    share: float = 1.0
    at: str = ""
    number: int = 0


@dataclass(frozen=True)
class Correction:
    """What the artist said of a trait itself: how much it is liked, from 1 over 0 (of no account) to -1 (disliked), or
    (None) nothing but that everything learned of it up to the remark `after` is to be forgotten."""

    trait: str
    direction: float | None
    after: int


@dataclass(frozen=True)
class Journal:
    """The file at `path`, made when something is first written to it.

    Raises TasteError where the disk says no.  A file that is damaged or no journal is set aside under another name;
    the next journal begins empty, and `problems` holds a sentence about it.
    """

    path: Path
    problems: list[str] = field(default_factory=list)

    def add(self, remark: Remark) -> None:
        with self._open() as database:
            database.execute(
                "INSERT INTO remark (at, verdict, answer, project, genre, share, traits) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (remark.at, remark.verdict, remark.answer, remark.project, remark.genre, remark.share,
                 json.dumps(dict(remark.traits))),
            )  # fmt: skip

    def remarks(self, most: int = MOST_REMARKS) -> tuple[Remark, ...]:
        """The last remarks, oldest first; -1 gives all.  Those that are damaged are left out."""
        if not self.path.exists():
            return ()
        columns = ("id", "at", "verdict", "answer", "project", "genre", "share", "traits")
        with self._open() as database:
            rows = database.execute(
                f"SELECT {', '.join(columns)} FROM remark ORDER BY id DESC LIMIT ?", (most,)
            ).fetchall()
        found = []
        for row in reversed(rows):
            try:
                found.append(_remark(Fields.of_row(list(row), columns, "A remark")))
            except FormatError:
                continue
        return tuple(found)

    def correct(self, trait: str, direction: float | None) -> None:
        """Note a correction; the last one of a trait holds."""
        with self._open() as database:
            after = database.execute("SELECT coalesce(max(id), 0) FROM remark").fetchone()[0]
            database.execute("INSERT OR REPLACE INTO correction VALUES (?, ?, ?)", (trait, direction, after))

    def corrections(self) -> tuple[Correction, ...]:
        if not self.path.exists():
            return ()
        with self._open() as database:
            rows = database.execute("SELECT trait, direction, after FROM correction ORDER BY trait").fetchall()
        return tuple(
            Correction(trait, direction, after)
            for trait, direction, after in rows
            if isinstance(trait, str) and _is_direction(direction) and isinstance(after, int)
        )

    def export(self) -> dict[str, Any]:
        """Everything in it, as JSON values."""
        return {
            "cocomposer taste": VERSION,
            "remarks": [
                {"verdict": str(each.verdict), "at": each.at, "answer": each.answer, "project": each.project,
                 "genre": each.genre, "share": each.share, "traits": dict(each.traits)}
                for each in self.remarks(-1)
            ],
            "corrections": [{"trait": each.trait, "direction": each.direction} for each in self.corrections()],
        }  # fmt: skip

    def delete(self) -> None:
        """Forget everything, on the disk too, with what was set aside as damaged."""
        beside = self.path.parent.glob(f"{glob.escape(self.path.stem)}-damaged-*{glob.escape(self.path.suffix)}")
        try:
            for path in (self.path, self.path.with_name(f"{self.path.name}-journal"), *beside):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise TasteError(f"{self.path} cannot be deleted: {error.strerror}.") from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database in one transaction; what is damaged is set aside, and an empty one takes its place."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and not _is_sound(self.path):
                self._set_aside()
            with closing(sqlite3.connect(self.path, timeout=5)) as database, database:
                if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                    database.executescript(  # all at once: another may open it meanwhile
                        f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {_APPLICATION}; "
                        f"PRAGMA user_version = {VERSION}; COMMIT;"
                    )
                yield database
        except (sqlite3.Error, OSError) as error:
            raise TasteError(f"What is known of your taste in {self.path} cannot be reached: {error}.") from error

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.stem}-damaged-{number}{self.path.suffix}")).exists():
            number += 1
        self.path.replace(aside)
        self.problems.append(
            f"What was known of your taste is damaged or of a later version; it lies in {aside}, and a new one begins."
        )


def _is_sound(path: Path) -> bool:
    """Whether the file is a journal of this version, with the tables that it should have."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            database.execute("BEGIN")  # what is read is of one moment
            if database.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
                return database.execute("SELECT 1 FROM sqlite_schema").fetchone() is None  # about to be made
            if database.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                return False
            if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return False
            database.execute("SELECT id, at, verdict, answer, project, genre, share, traits FROM remark LIMIT 1")
            database.execute("SELECT trait, direction, after FROM correction LIMIT 1")
            kinds = database.execute("SELECT DISTINCT type FROM sqlite_schema").fetchall()
            return {kind for (kind,) in kinds} <= {"table", "index"}  # no triggers or views of a stranger
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise
        return False
    except sqlite3.Error:
        return False


def _is_direction(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and -1 <= value <= 1)


def _remark(fields: Fields) -> Remark:
    """A row, checked.  Raises FormatError for anything that could not have been written here."""
    traits = Fields({"traits": parsed(fields.text("traits"))}, "A remark").object("traits")
    if len(traits.names()) > _MOST_TRAITS:
        raise fields.wrong("traits", "are too many")
    return Remark(
        verdict=fields.choice("verdict", Verdict),
        traits={name: traits.number(name, -2, 2) for name in traits.names()},
        answer=fields.text("answer", 200),
        project=fields.text("project", 1_000),
        genre=fields.text("genre", 1_000),
        share=fields.number("share", 0, 1),
        at=fields.text("at", 100),
        number=fields.integer("id", 1, 2**62),
    )
