"""Music that stands for all other music while the model learns from one artist: the program's own sketches, played in
the program's own styles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cocomposer import formats
from cocomposer.composer import Request, StyleComposer
from cocomposer.composer.sketch import understand
from cocomposer.model import grid
from cocomposer.model.sheet import sheet_of
from cocomposer.resources import assets_folder

if TYPE_CHECKING:
    from cocomposer.model.practice import Prepared

_STYLES = 6
"""Styles that each sketch is played in."""
_KINDS = ("band", "band", "band", "pop", "pop", "chart", "game")
"""What the music is taken for (`grid.SOURCES`), about as often as the network heard such music."""


def rehearsal(cancelled: Callable[[], bool] = lambda: False) -> Iterator[Prepared]:
    """The same songs every time, some 50 of them once for each kind.  Raises Cancelled."""
    from cocomposer.model.practice import Prepared

    sketches = [path for path in sorted((assets_folder() / "sketches").iterdir()) if path.suffix != ".md"]
    for number, path in enumerate(sketches):
        request = Request(formats.read(path), count=_STYLES, seed=number)
        for proposal in StyleComposer().propose(request, cancelled):
            sheet = sheet_of(understand(proposal.song))
            for kind in _KINDS:
                yield Prepared(f"{path.stem} {proposal.style}", sheet, grid.SOURCES.index(kind), 0, True)
