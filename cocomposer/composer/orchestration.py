"""Textures: which of a style's players take part, and how hard they play.

Four proposals should differ in what one hears first: how many play, and how densely.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cocomposer.music import Role
from cocomposer.styles import Orchestration, Style
from cocomposer.styles.style import PartStyle

_CHORDAL = (Role.KEYS, Role.GUITAR, Role.ARPEGGIO, Role.PAD)


@dataclass(frozen=True)
class Texture:
    """How it is called in a title ("" for the style as it is), what it means, and how it is made: roles that stay out,
    how much the intensity moves, and how many chord instruments play at most (two hands on one count once)."""

    name: str
    description: str
    shift: int = 0
    without: frozenset[Role] = frozenset()
    chordal: int = 9


TEXTURES = (
    Texture("", "Everyone plays"),
    Texture("intimate", "Few players, close and quiet", -1, frozenset({Role.DRUMS}), chordal=2),
    Texture("big", "Everyone in, one step louder throughout", 1),
    Texture("groove", "Rhythm section only, with room on top", 0, frozenset({Role.PAD, Role.COUNTER}), chordal=2),
)

SMALL_BAND = 4
"""Styles with fewer players than this cannot leave anybody out; they play more or less instead."""

SMALL_TEXTURES = (
    TEXTURES[0],
    Texture("sparse", "Fewer notes and more air", -1),
    Texture("rich", "Denser and louder throughout", 1),
)


def textures(style: Style, asked: Collection[Role] = ()) -> list[Texture]:
    """The textures that make a difference to `style`, the plainest first: without drums there is no groove alone.

    Where certain roles are `asked` for none may be left out, so they play more or less instead.
    """
    if asked or len(style.parts) < SMALL_BAND:
        return list(SMALL_TEXTURES)
    has_drums = any(part.role is Role.DRUMS for part in style.parts)
    return [texture for texture in TEXTURES if has_drums or texture.name != "groove"]


def orchestrate(
    style: Style, texture: Texture, taken: Collection[Role] = (), asked: Collection[Role] = ()
) -> Orchestration:
    """The parts of `style` that play in `texture`, without roles that the artist's own parts have `taken`; or all of
    those whose roles are `asked` for, and no others.

    Something always plays: where everybody would be left out, a role is rather played twice.
    """
    if asked:
        return Orchestration(frozenset(part.id for part in style.parts if part.role in asked), texture.shift)
    return Orchestration(_chosen(style, texture, taken) or _chosen(style, TEXTURES[0], ()), texture.shift)


def _chosen(style: Style, texture: Texture, taken: Collection[Role]) -> frozenset[str]:
    chosen: list[PartStyle] = []
    chordal: set[int] = set()
    for part in style.parts:
        if part.role in texture.without or part.role in taken:
            continue
        if part.role in _CHORDAL:
            if part.program not in chordal and len(chordal) == texture.chordal:
                continue
            chordal.add(part.program)
        chosen.append(part)
    return frozenset(part.id for part in chosen)
