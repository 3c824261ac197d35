"""How much of a song is by whom: shares of its notes, and a sentence about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cocomposer.music.authorship import Authored, Origin
from cocomposer.music.song import Song

ARTIST = "the artist"


@dataclass(frozen=True)
class Shares:
    """Notes by author, most first; an author is called as `who` calls it."""

    name: str
    notes: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.notes)

    def share(self, author: str) -> float:
        """The share, 0..1, of the notes that is by `author`; 0 where there are no notes."""
        return dict(self.notes).get(author, 0) / max(1, self.total)

    def __str__(self) -> str:
        return ", ".join(f"{percent(count, self.total)} {author}" for author, count in self.notes)


@dataclass(frozen=True)
class SharesOfSong:
    """The shares of the whole song, of each part, and of each section (none where it has none)."""

    whole: Shares
    parts: tuple[Shares, ...]
    sections: tuple[Shares, ...]


def percent(count: int, total: int) -> str:
    """A share in words: "97 %", and "<1 %" for the least there is."""
    share = 100 * count / total
    return f"{share:.0f} %" if share >= 0.5 else "<1 %"


def who(origin: Origin | None) -> str:
    """An author in words: "the artist", "model band 1.2", "imported from song.mid, edited"."""
    return ARTIST if origin is None else str(origin)


def shares(song: Song) -> SharesOfSong:
    """By whom the notes of a song are; a note belongs to the section that it begins in."""
    notes = [note for part in song.parts for note in part.notes]
    ends = [section.tick for section in song.sections[1:]] + [song.length]
    return SharesOfSong(
        whole=_shares(song.title, notes),
        parts=tuple(_shares(part.name or str(part.role), part.notes) for part in song.parts),
        sections=tuple(
            _shares(section.name, (note for note in notes if section.tick <= note.start < end))
            for section, end in zip(song.sections, ends, strict=False)
        ),
    )


def origins(song: Song) -> tuple[Origin, ...]:
    """Everybody beside the artist who wrote notes or chords of a song, in the order of parts and time, edits apart."""
    events: list[Authored] = [*song.chords, *(note for part in song.parts for note in part.notes)]
    return tuple(dict.fromkeys(event.origin.unedited for event in events if event.origin is not None))


def statement(song: Song) -> str:
    """By whom the notes of a song are, and its chords where they are not the artist's, in a sentence or two."""
    whole = shares(song).whole
    said = f"Notes: {whole}." if whole.total else "No notes."
    found = _shares("", song.chords)
    return said if not found.share(ARTIST) < 1 or not song.chords else f"{said} Chords: {found}."


def _shares(name: str, events: Iterable[Authored]) -> Shares:
    return Shares(name, tuple(Counter(who(event.origin) for event in events).most_common()))
