"""Something that does not play as the artist wants it, told in a sentence until it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """`plugin` is the path, or the name, of what failed; "" where it is the sound itself that a strip was muted for."""

    sentence: str
    plugin: str = ""
