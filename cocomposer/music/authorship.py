"""Who wrote a note or a chord.

An origin stands in the note itself, shared by all notes that were written together, and takes no part in comparing or
sorting them: whoever moves, copies, cuts or keeps a note takes its author along without thinking of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from cocomposer.errors import MusicError

LONGEST_NAME = 200
"""Most characters in any text of an origin."""
LAST_SEED = 2**64


class Author(StrEnum):
    """The kinds of authors beside the artist at the keyboard."""

    MODEL = "model"
    STYLE = "style"
    IMPORTED = "imported"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where notes come from that the artist did not write here.

    `name` is that of the model, the style or the file (never its folder); `version`, `seed` (0..2**64) and `adapter`
    are those of the model or the style engine that wrote.  `detail` says more in words; `edited` that the artist has
    changed pitch, time or loudness since.
    """

    author: Author
    name: str = ""
    version: str = ""
    seed: int = 0
    adapter: str = ""
    detail: str = ""
    edited: bool = False

    def __post_init__(self) -> None:
        if any(len(text) > LONGEST_NAME for text in (self.name, self.version, self.adapter, self.detail)):
            raise MusicError(f"An origin is described in up to {LONGEST_NAME} characters.")
        if not 0 <= self.seed <= LAST_SEED:
            raise MusicError("The seed of an origin is a whole number from 0.")

    @property
    def by_machine(self) -> bool:
        """Did a model or a style engine write it?"""
        return self.author in (Author.MODEL, Author.STYLE)

    @property
    def unedited(self) -> Origin:
        """The same as it was before the artist touched it."""
        return replace(self, edited=False) if self.edited else self

    def __str__(self) -> str:
        """In words: "model band 1.2 with adapter mine", "imported from song.mid, edited"."""
        words = {
            Author.MODEL: f"model {self.name} {self.version}".rstrip(),
            Author.STYLE: f"style {self.name}".rstrip(),
            Author.IMPORTED: f"imported from {self.name or 'a file'}",
            Author.UNKNOWN: "unknown author",
        }[self.author]
        return words + (f" with adapter {self.adapter}" if self.adapter else "") + (", edited" if self.edited else "")


class Authored(Protocol):
    """What has an author: a Note, a ChordChange.  None is the artist."""

    @property
    def origin(self) -> Origin | None: ...


A = TypeVar("A", bound=Authored)


def written_by(origin: Origin | None, events: Iterable[A]) -> tuple[A, ...]:
    """These notes or chords as the work of `origin`."""
    return tuple(replace(event, origin=origin) for event in events)  # type: ignore[type-var]  # all are dataclasses


def claimed(origin: Origin, events: Iterable[A]) -> tuple[A, ...]:
    """Those without an origin as the work of `origin`, the others as they are."""
    return tuple(replace(each, origin=origin) if each.origin is None else each for each in events)  # type: ignore[type-var]


def edited(event: A) -> A:
    """A note or chord that the artist has just changed by hand."""
    if event.origin is None or event.origin.edited:
        return event
    return replace(event, origin=replace(event.origin, edited=True))  # type: ignore[type-var]
