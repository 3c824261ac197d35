"""What is different between two states of a project, so that views refresh only what they must."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from cocomposer.music import ChordChange, Part, Song
from cocomposer.studio.project import Project


@dataclass(frozen=True)
class Change:
    """What changed.  False in a condition where nothing did.

    `parts` are the places of parts whose notes, controllers, bends or lyrics changed, or where another part stands
    now; `band` is true when parts were added, removed, moved, renamed or got another role or program; `form` for
    sections, length and metre; `mix` for instruments, strips, volumes, pans, buses and master; `generations` for
    questions, answers and what the artist thinks of them; `saved` when the file on disk became the project.
    """

    parts: frozenset[int] = frozenset()
    band: bool = False
    chords: bool = False
    key: bool = False
    form: bool = False
    tempo: bool = False
    mix: bool = False
    title: bool = False
    generations: bool = False
    saved: bool = False

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    @property
    def of_song(self) -> bool:
        """Whether anything of the song itself changed, beside what was asked about it and where it is saved."""
        return bool(replace(self, generations=False, saved=False))

    @classmethod
    def between(cls, before: Project, after: Project) -> Change:
        """What a view that shows `before` has to do to show `after`."""
        old, new = before.song, after.song
        pairs = list(zip(old.parts, new.parts, strict=False))
        return cls(
            parts=_changed_places(old, new),
            band=len(old.parts) != len(new.parts) or any(_player(one) != _player(other) for one, other in pairs),
            chords=_spelt(old.chords) != _spelt(new.chords),
            key=old.keys != new.keys,
            form=(old.sections, old.length, old.meters) != (new.sections, new.length, new.meters),
            tempo=old.tempos != new.tempos,
            mix=old.mix != new.mix or any(_channel(one) != _channel(other) for one, other in pairs),
            title=old.title != new.title,
            generations=before.generations is not after.generations and before.generations != after.generations,
        )


def _changed_places(old: Song, new: Song) -> frozenset[int]:
    beyond = range(min(len(old.parts), len(new.parts)), max(len(old.parts), len(new.parts)))
    pairs = enumerate(zip(old.parts, new.parts, strict=False))
    return frozenset(beyond) | {place for place, (one, other) in pairs if _music(one) != _music(other)}


def _music(part: Part) -> tuple[object, ...]:
    return part.notes, part.controls, part.bends, part.lyrics


def _player(part: Part) -> tuple[object, ...]:
    return part.name, part.role, part.program


def _channel(part: Part) -> tuple[object, ...]:
    return part.instrument, part.strip, part.volume, part.pan


def _spelt(chords: tuple[ChordChange, ...]) -> tuple[tuple[ChordChange, str], ...]:
    """The chords with how they are written, which their own comparison leaves out."""
    return tuple((change, change.chord.symbol) for change in chords)
