"""Who plays: the band of a style, or the players that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from random import Random

from cocomposer.composer.orchestration import Texture, orchestrate
from cocomposer.music import Part, Role
from cocomposer.music.general_midi import INSTRUMENTS, program_named
from cocomposer.styles import Style

_USUAL = {
    Role.DRUMS: (0, 100, 64), Role.BASS: (33, 98, 64), Role.KEYS: (0, 84, 54), Role.GUITAR: (25, 78, 82),
    Role.PAD: (48, 68, 70), Role.ARPEGGIO: (46, 70, 44), Role.COUNTER: (42, 78, 74), Role.MELODY: (73, 104, 64),
    Role.OTHER: (0, 80, 64),
}  # fmt: skip
"""Program, volume and pan of a player about whom nothing else is known."""
_FAMILY_ROLES = {
    0: Role.KEYS, 1: Role.ARPEGGIO, 2: Role.KEYS, 3: Role.GUITAR, 4: Role.BASS, 5: Role.COUNTER, 6: Role.PAD,
    7: Role.COUNTER, 8: Role.COUNTER, 9: Role.COUNTER, 10: Role.COUNTER, 11: Role.PAD, 12: Role.PAD, 13: Role.ARPEGGIO,
    14: Role.ARPEGGIO, 15: Role.PAD,
}  # fmt: skip
"""What an instrument of a General MIDI family does in a band when its name alone is given."""


def band_of(style: Style, texture: Texture, taken: Collection[Role]) -> tuple[Part, ...]:
    """The players of a style in a texture, silent as yet, without roles that the artist's own parts have taken."""
    chosen = orchestrate(style, texture, taken, frozenset()).parts
    return tuple(
        Part(part.name, part.role, part.program, (), part.volume, part.pan)
        for part in style.parts
        if chosen is None or part.id in chosen
    )


_GUESTS = (
    Part("Organ", Role.KEYS, 17, (), 70, 40), Part("Electric Piano", Role.KEYS, 4, (), 78, 76),
    Part("Clean Guitar", Role.GUITAR, 27, (), 74, 34), Part("Acoustic Guitar", Role.GUITAR, 25, (), 74, 94),
    Part("Muted Guitar", Role.GUITAR, 28, (), 70, 100), Part("Strings", Role.PAD, 48, (), 66, 58),
    Part("Synth Strings", Role.PAD, 50, (), 62, 72), Part("Warm Pad", Role.PAD, 89, (), 60, 64),
    Part("Choir", Role.PAD, 52, (), 62, 68), Part("Brass Section", Role.PAD, 61, (), 68, 52),
    Part("Violin", Role.COUNTER, 40, (), 74, 46), Part("Cello", Role.COUNTER, 42, (), 76, 82),
    Part("French Horn", Role.COUNTER, 60, (), 72, 50), Part("Alto Sax", Role.COUNTER, 65, (), 76, 78),
    Part("Flute", Role.COUNTER, 73, (), 74, 88), Part("Trumpet", Role.COUNTER, 56, (), 72, 44),
    Part("Vibraphone", Role.ARPEGGIO, 11, (), 70, 90), Part("Harp", Role.ARPEGGIO, 46, (), 68, 38),
)  # fmt: skip
_HOW_MANY = (0, 1, 1, 2)
_FULL_BAND = 9


def with_guests(band: tuple[Part, ...], random: Random, taken: Collection[Role]) -> tuple[Part, ...]:
    """The band with up to two more players, of instruments that it does not have and roles that nobody has taken."""
    there = {part.program // 8 for part in band if not part.is_drums}
    guests = [part for part in _GUESTS if part.program // 8 not in there and part.role not in taken]
    count = min(random.choice(_HOW_MANY), max(0, _FULL_BAND - len(band)))
    random.shuffle(guests)
    guests.sort(key=lambda part: part.role is not Role.COUNTER)  # those who bring a line of their own come first
    return (*band, *guests[:count])


def players(names: Collection[str], style: Style) -> tuple[Part, ...]:
    """The players asked for by role or General MIDI name; a role gets the instrument it has in `style`."""
    return tuple(_player(name, style) for name in names)


def _player(name: str, style: Style) -> Part:
    if name in INSTRUMENTS:
        program = program_named(name)
        role = _FAMILY_ROLES[program // 8]
        _, volume, pan = _USUAL[role]
        return Part(name, role, program, (), volume, pan)
    role = Role(name)
    known = next((part for part in style.parts if part.role is role), None)
    if known is not None:
        return Part(known.name, role, known.program, (), known.volume, known.pan)
    program, volume, pan = _USUAL[role]
    return Part(name.capitalize() if role is Role.DRUMS else INSTRUMENTS[program], role, program, (), volume, pan)


def with_distinct_names(players: Iterable[Part], own: Iterable[Part] = ()) -> tuple[Part, ...]:
    """The players, numbered where they would share a name with one another or with the artist's `own` parts, so that
    each track and stem can be told apart."""
    taken = {part.name.casefold() for part in own}
    named = []
    for part in players:
        name, number = part.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{part.name} {number}"
        taken.add(name.casefold())
        named.append(replace(part, name=name))
    return tuple(named)
