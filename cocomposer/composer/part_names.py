"""Parts as an artist calls them: those of a sketch by name or role, players to be added by role or instrument."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from cocomposer.composer.sketch import with_tune
from cocomposer.errors import RequestError
from cocomposer.music import Role, Song
from cocomposer.music.general_midi import INSTRUMENTS


@dataclass(frozen=True)
class PartNames:
    """What the parts of `sketch` are called, and what each does: heard from its notes where the file does not say."""

    sketch: Song

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        return tuple(part.role for part in with_tune(self.sketch).parts)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.sketch.parts)

    def places(self, name: str) -> tuple[int, ...]:
        """Indices of the parts of that name, else of that role, in whatever case; none where there is no such part."""
        wanted = name.casefold()
        named = [index for index, own in enumerate(self.names) if own.casefold() == wanted]
        return tuple(named or [index for index, role in enumerate(self.roles) if role == wanted])

    def spelt(self, name: str) -> str:
        """`name`, of a part or a role in the sketch, as it is really spelt.  Raises RequestError for another."""
        places = self.places(name)
        if not places:
            raise RequestError(f"There is no part {name!r}{_nearest(name, (*self.names, *self.roles))} {self}")
        own = self.names[places[0]]
        return own if own.casefold() == name.casefold() else str(self.roles[places[0]])

    def check_controlled(self, name: str, players: Collection[str]) -> None:
        """Raise RequestError unless `name` is a part of the sketch, any role, or one of the `players` asked for."""
        known = (*self.names, *Role, *players)
        if name.casefold() not in {each.casefold() for each in known}:
            raise RequestError(f"There is no part {name!r} to control{_nearest(name, known)} {self}")

    def __str__(self) -> str:
        """A sentence for the artist."""
        if not self.names:
            return "The sketch has chords only."
        parts = [f"{name} ({role})" for name, role in zip(self.names, self.roles, strict=True)]
        return f"The sketch has {listed(parts)}."


def player_spelt(name: str, roles: Collection[Role]) -> str:
    """`name` as one of `roles` or a General MIDI instrument, whatever its case.  Raises RequestError for another."""
    known = (*roles, *INSTRUMENTS)
    for player in known:
        if player.casefold() == name.casefold():
            return str(player)
    raise RequestError(
        f"There is no player {name!r}{_nearest(name, known)} There are {listed(roles)}, and the General MIDI "
        "instruments such as Electric Piano 1."
    )


def listed(names: Iterable[str], word: str = "and") -> str:
    """ "", "a", "a and b", "a, b and c"."""
    words = list(names)
    return f"{', '.join(words[:-1])} {word} {words[-1]}" if len(words) > 1 else "".join(words)


def _nearest(name: str, choices: Sequence[str]) -> str:
    """What follows "There is no X": "; did you mean Y?" where something is near, else a full stop."""
    by_folded = {choice.casefold(): choice for choice in reversed(choices)}  # of two spellings the first one
    near = get_close_matches(name.casefold(), by_folded, n=1)
    return f"; did you mean {by_folded[near[0]]}?" if near else "."
