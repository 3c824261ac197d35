"""What presets there are, found fast: an index in SQLite with full-text search, and the artist's marks on them.

The index is a cache: it is made of the files, and where it is damaged it is made again.  The marks (favourites,
ratings, what was used when) are the artist's own; they lie in a file of their own and stick to a preset's content, so
that they survive when it is renamed, moved or installed anew.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocomposer.errors import Cancelled, PresetError

__all__ = ["Changes", "Entry", "Index"]

VERSION = 1
MOST_FOUND = 200
_BATCH = 250
"""Files that are written to the index at once; between batches others may search."""
_TABLES = """
create table files (id integer primary key, path text unique, place text, size integer, mtime integer, problem text);
create table presets (id integer primary key, file integer, position integer, kind text, name text, author text,
                      licence text, description text, tags text, hash text, copy integer default 0);
create index of_file on presets (file);
create index of_hash on presets (hash);
create index of_kind on presets (kind, name collate nocase);
create virtual table words using fts5 (name, tags, description, author, tokenize='unicode61 remove_diacritics 2',
                                       prefix='1 2 3');
"""
_MARKS = """
create table if not exists marks.marks (hash text primary key, favourite integer not null default 0,
                                        rating integer not null default 0, used real, uses integer not null default 0);
"""
_JOINED = """presets left join files on files.id = presets.file
             left join marks.marks on marks.hash = presets.hash"""
_ENTRY = f"""presets.id, kind, presets.name, presets.author, licence, presets.description, presets.tags,
            presets.hash, path, position, place,
            coalesce(favourite, 0), coalesce(rating, 0), used, coalesce(uses, 0)
            from {_JOINED}"""
_ORDERS = {
    "name": "presets.name collate nocase",
    "recent": "used desc, presets.name collate nocase",
    "rating": "coalesce(rating, 0) desc, presets.name collate nocase",
    "words": "bm25(words, 10, 4, 1, 2), presets.name collate nocase",
}


@dataclass(frozen=True)
class Entry:
    """A preset as the index knows it.

    `path` is its file, `position` its place in it; `place` is "factory", "mine" or "pack"; `rating` 0 is none, 1..5
    stars; `used` is when it was last used, in seconds since 1970.
    """

    id: int
    kind: str
    name: str
    author: str
    licence: str
    description: str
    tags: tuple[str, ...]
    hash: str
    path: Path
    position: int
    place: str
    favourite: bool
    rating: int
    used: float | None
    uses: int


@dataclass(frozen=True)
class Changes:
    """What a look at the folders found: files new or changed, files gone, files that cannot be used."""

    read: int = 0
    gone: int = 0
    damaged: int = 0

    def __bool__(self) -> bool:
        return bool(self.read or self.gone)


class Index:
    """The index of the presets in `places`, folders by place; safe to use from several threads.

    `cache` is the file of the index, `marks` that of the artist's marks.  Opening reads nothing but them: `refresh`
    looks at the folders.
    """

    def __init__(self, places: Sequence[tuple[str, Path]], cache: Path, marks: Path) -> None:
        self._places, self._cache, self._marks = tuple(places), cache, marks
        self._lock = threading.RLock()
        self._refreshing = threading.Lock()
        for path in (cache, marks):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = self._opened()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def search(
        self, query: str = "", *, kind: str = "", place: str = "", favourites: bool = False, used: bool = False,
        copies: bool = False, order: str = "", limit: int = MOST_FOUND,
    ) -> list[Entry]:  # fmt: skip
        """The presets of which each word of `query` begins a word, the best first; without a query, by name.

        `order` may instead be "name", "recent" or "rating".  Of presets that do the same only the first is found,
        unless `copies` are wanted.
        """
        words = " ".join('"{}"*'.format(word.replace('"', '""')) for word in query.replace("\0", " ").split()[:20])
        asked = {"words match ?": words, "kind = ?": kind, "place = ?": place}
        conditions = [condition for condition, value in asked.items() if value]
        conditions += ["favourite = 1"] * favourites + ["used is not null"] * used + ["copy = 0"] * (not copies)
        joined = " join words on words.rowid = presets.id" if words else ""
        where = f" where {' and '.join(conditions)}" if conditions else ""
        by = _ORDERS[order or ("words" if words else "name")]
        values = [value for value in asked.values() if value]
        # What is sorted is the numbers alone, and tables that a question does not need are not looked into.
        sql = f"select presets.id from {_JOINED}{joined}{where} order by {by} limit ?"
        found = [number for (number,) in self._rows(sql, (*values, limit))]
        marks = ", ".join("?" * len(found))
        entries = (_entry(row) for row in self._rows(f"select {_ENTRY} where presets.id in ({marks})", found))
        by_number = {entry.id: entry for entry in entries}
        return [by_number[number] for number in found if number in by_number]

    def named(self, name: str, kind: str = "") -> Entry:
        """The one preset of that name, or "kind/name".  Raises PresetError where there is none, or several."""
        if not kind and "/" in name:
            kind, name = name.split("/", 1)
        sql = f"select {_ENTRY} where presets.name = ? collate nocase and copy = 0" + (" and kind = ?" if kind else "")
        found = [_entry(row) for row in self._rows(sql, (name, kind) if kind else (name,))]
        if len(found) == 1:
            return found[0]
        if not found:
            near = ", ".join(entry.name for entry in self.search(name, kind=kind, limit=3))
            raise PresetError(f"There is no preset {name!r}" + (f"; near it are {near}." if near else "."))
        choices = ", ".join(f"{entry.kind}/{entry.name} ({entry.path.name})" for entry in found)
        raise PresetError(f"There are several presets {name!r}: {choices}. Say the kind first, or rename one.")

    def copies_of(self, hash: str) -> list[Entry]:
        """Every preset that does the same."""
        return [_entry(row) for row in self._rows(f"select {_ENTRY} where presets.hash = ? order by 1", (hash,))]

    def damaged(self) -> dict[Path, str]:
        """The files that cannot be used, and why."""
        rows = self._rows("select path, problem from files where problem != '' order by path")
        return {Path(path): problem for path, problem in rows}

    def count(self) -> int:
        return int(self._rows("select count(*) from presets")[0][0])

    def mark(self, entry: Entry, *, favourite: bool | None = None, rating: int | None = None) -> None:
        """Set what is given.  Raises PresetError for a rating beyond 0..5."""
        if rating is not None and not 0 <= rating <= 5:
            raise PresetError("A rating is 0 (none) to 5 stars.")
        for column, value in (("favourite", favourite), ("rating", rating)):
            if value is not None:
                self._rows(
                    f"insert into marks.marks (hash, {column}) values (?, ?) "
                    f"on conflict (hash) do update set {column} = excluded.{column}",
                    (entry.hash, int(value)),
                )

    def mark_used(self, entry: Entry) -> None:
        """The artist has used this preset now."""
        self._rows(
            "insert into marks.marks (hash, used, uses) values (?, ?, 1) "
            "on conflict (hash) do update set used = excluded.used, uses = uses + 1",
            (entry.hash, time.time()),
        )

    def refresh(
        self, progress: Callable[[float], None] = lambda share: None, cancelled: Callable[[], bool] = lambda: False
    ) -> Changes:
        """Look at every folder and read what is new or changed, by size and time.  Raises Cancelled."""
        from cocomposer.library.reading import preset_files

        with self._refreshing:
            known = {path: (size, mtime) for path, size, mtime in self._rows("select path, size, mtime from files")}
            seen: set[str] = set()
            new: list[tuple[str, str, int, int]] = []
            for place, folder in self._places:
                for file in preset_files(folder):
                    with contextlib.suppress(OSError):
                        status = file.stat(follow_symlinks=False)
                        seen.add(file.path)
                        if known.get(file.path) != (status.st_size, status.st_mtime_ns):
                            new.append((file.path, place, status.st_size, status.st_mtime_ns))
            damaged = 0
            for first in range(0, len(new), _BATCH):
                if cancelled():
                    raise Cancelled("Looking for presets was stopped.")
                damaged += self._read(new[first : first + _BATCH])
                progress(min(1.0, (first + _BATCH) / len(new)))
            gone = known.keys() - seen
            if new or gone:
                self._forget(gone)
            return Changes(len(new), len(gone), damaged)

    def _read(self, files: list[tuple[str, str, int, int]]) -> int:
        """Read those files into the index; tells how many are damaged."""
        from cocomposer.library.reading import read_presets

        found = []
        for path, *_ in files:
            try:
                found.append((read_presets(Path(path)), ""))
            except PresetError as error:
                found.append(((), str(error)))
        with self._writing() as connection:
            _remove(connection, [path for path, *_ in files])
            for file, (presets, problem) in zip(files, found, strict=True):
                added = connection.execute(
                    "insert into files (path, place, size, mtime, problem) values (?, ?, ?, ?, ?)", (*file, problem)
                )
                for position, preset in enumerate(presets):
                    words = (preset.name, " ".join(preset.search_words), preset.description, preset.author)
                    row = connection.execute(
                        "insert into presets (file, position, kind, name, author, licence, description, tags, hash) "
                        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (added.lastrowid, position, preset.kind_name, preset.name, preset.author, preset.licence,
                         preset.description, "\n".join(preset.tags), preset.hash),
                    )  # fmt: skip
                    connection.execute(
                        "insert into words (rowid, name, tags, description, author) values (?, ?, ?, ?, ?)",
                        (row.lastrowid, *words),
                    )
        return sum(bool(problem) for _, problem in found)

    def _forget(self, paths: Iterable[str]) -> None:
        """Remove files that are gone, and find out anew which presets are copies of others."""
        with self._writing() as connection:
            _remove(connection, paths)
            connection.execute(
                "update presets set copy = exists (select 1 from presets as other "
                "where other.hash = presets.hash and other.kind = presets.kind and other.id < presets.id)"
            )

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._writing() as connection:
            return connection.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One change, made whole or not at all; an index found damaged meanwhile is emptied, to be read again."""
        with self._lock:
            try:
                with self._connection as connection:
                    yield connection
            except sqlite3.OperationalError as error:
                raise PresetError(f"The index of presets {self._cache} cannot be used: {error}.") from error
            except sqlite3.DatabaseError as error:
                self._connection.close()
                self._connection = self._opened(again=True)
                raise PresetError("The index of presets was damaged; it is being made again: try once more.") from error

    def _opened(self, again: bool = False) -> sqlite3.Connection:
        """The index, made new where it is damaged, of another version, or to be made `again`."""
        try:
            with contextlib.closing(sqlite3.connect(self._cache)) as probe:
                fits = probe.execute("pragma user_version").fetchone()[0] == VERSION
                fits = fits and probe.execute("select count(*) from files where id < 0").fetchone()[0] == 0
        except sqlite3.DatabaseError:
            fits = False
        if again or not fits:
            for suffix in ("", "-wal", "-shm", "-journal"):
                self._cache.with_name(self._cache.name + suffix).unlink(missing_ok=True)
        connection = sqlite3.connect(self._cache, check_same_thread=False, timeout=10)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        if again or not fits:
            connection.executescript(f"begin; {_TABLES} pragma user_version = {VERSION}; commit;")
        self._attach_marks(connection)
        return connection

    def _attach_marks(self, connection: sqlite3.Connection) -> None:
        """The artist's marks; a damaged file is kept aside, and marking begins anew."""
        try:
            connection.execute("attach ? as marks", (str(self._marks),))
            connection.executescript(_MARKS)
        except sqlite3.DatabaseError:
            with contextlib.suppress(sqlite3.DatabaseError):
                connection.execute("detach marks")
            self._marks.replace(self._marks.with_suffix(".damaged"))
            connection.execute("attach ? as marks", (str(self._marks),))
            connection.executescript(_MARKS)


def _remove(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    for path in paths:
        for table, column in (("words", "rowid"), ("presets", "id")):
            connection.execute(
                f"delete from {table} where {column} in (select presets.id from presets "
                "join files on files.id = presets.file where path = ?)",
                (path,),
            )
        connection.execute("delete from files where path = ?", (path,))


def _entry(row: Sequence[Any]) -> Entry:
    id, kind, name, author, licence, description, tags, hash, path, position, place, favourite, rating, used, uses = row
    return Entry(id, kind, name, author, licence, description, tuple(tags.split("\n")) if tags else (), hash,
                 Path(path), position, place, bool(favourite), rating, used, uses)  # fmt: skip
