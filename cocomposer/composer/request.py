"""What is asked of a composer, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cocomposer.errors import RequestError
from cocomposer.music import Song

MAX_PROPOSALS = 16


@dataclass(frozen=True)
class Request:
    """A sketch and what is wanted of it.

    `style` is a style's id or name, or "auto".  `bars` limits the answer to a stretch, first and last bar counted
    from 0, both included.  The same request gives the same notes.

    Raises RequestError for a count outside 1..16 or bars outside the song.
    """

    sketch: Song
    count: int = 4
    seed: int = 0
    style: str = "auto"
    bars: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MAX_PROPOSALS:
            raise RequestError(f"Ask for 1 to {MAX_PROPOSALS} proposals, not {self.count}.")
        if self.bars is not None:
            first, last = self.bars
            if not 0 <= first <= last < len(self.sketch.bars):
                raise RequestError(
                    f"Bars {first + 1}-{last + 1} are not all in the sketch, which has {len(self.sketch.bars)} bars."
                )


@dataclass(frozen=True)
class Proposal:
    """One answer: a whole song, the artist's tune in it untouched, with where it comes from and why it is so.

    `score` (0..1) is what the composer thinks of it, `seconds` what it took to write, `instruments` maps part
    names to plugins that the style asks for, `features` are figures for ranking and display.
    """

    song: Song
    title: str
    style: str
    seed: int
    seconds: float
    reasons: tuple[str, ...]
    score: float
    features: Mapping[str, float] = field(default_factory=dict)
    instruments: Mapping[str, str] = field(default_factory=dict)


class Composer(Protocol):
    """Anything that answers requests.  Proposals come as soon as each is ready, best guess first."""

    name: str

    def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
        """Stream up to `request.count` proposals.

        Raises RequestError for a sketch with neither tune nor chords, StyleError for an unknown style, and
        Cancelled soon after `cancelled()` turns true.
        """
        ...
