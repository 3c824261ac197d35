"""Making use of a taste while composing: more is written than is shown, and the artist sees what they may like best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cocomposer.composer import MAX_PROPOSALS, Composer, Proposal, Request, StyleComposer, Task
from cocomposer.formats.strict_json import Fields
from cocomposer.music import Song
from cocomposer.studio.keeping import written_parts
from cocomposer.styles import load_styles
from cocomposer.taste import WIDE, best, praised, traits

_MOST_PICKS, _MOST_SENTENCES, _MOST_TRAITS = 100, 20, 1_000


@dataclass(frozen=True)
class Liking:
    """What a taste says about one question; empty where nothing is learned.

    `picks` holds for each answer that is shown what the artist may like: a weight, in nats, by trait.  `told` are
    sentences about what is asked for because of the taste.
    """

    picks: tuple[Mapping[str, float], ...] = ()
    told: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"picks": [dict(each) for each in self.picks], "told": list(self.told)}

    @classmethod
    def from_json(cls, fields: Fields) -> Liking:
        """Raises FormatError for anything that `to_json` did not write."""
        return cls(
            fields.items(
                "picks",
                _MOST_PICKS,
                lambda value, where: Fields({"weights": value}, where).numbers("weights", _MOST_TRAITS),
            ),
            fields.items(
                "told", _MOST_SENTENCES, lambda value, where: Fields({"text": value}, where).text("text", 1_000)
            ),
        )


class ChoosingComposer:
    """Another composer's answers, with a liking heeded.

    The style composer writes forty in a second: it is asked for `WIDE` times as many, of which the best are given.
    Others are heard as they come; what they were asked for is in the request's leaning already.
    """

    def __init__(self, composer: Composer, liking: Liking) -> None:
        self.name, self._composer, self._liking = composer.name, composer, liking

    def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
        """Stream `request.count` proposals; raises what the composer does."""
        if isinstance(self._composer, StyleComposer) and self._liking.picks:
            yield from self._chosen(request, cancelled)
            return
        for proposal in self._composer.propose(request, cancelled):
            yield replace(proposal, reasons=(*proposal.reasons, *self._liking.told))

    def _chosen(self, request: Request, cancelled: Callable[[], bool] | None) -> Iterator[Proposal]:
        wide = replace(request, count=min(MAX_PROPOSALS, WIDE * request.count))
        written = list(self._composer.propose(wide, cancelled))
        measured = [traits_of_proposal(request, each) for each in written]
        picks = self._liking.picks
        places = best(measured, [picks[number % len(picks)] for number in range(min(request.count, len(written)))])
        for place, weights in zip(places, picks * (len(places) // len(picks) + 1), strict=False):
            why = praised(measured[place], weights)
            told = f"Chosen out of {len(written)}" + (f" for what you often keep: {why}." if why else " by your taste.")
            yield replace(written[place], reasons=(*written[place].reasons, told))


def traits_of_proposal(request: Request, proposal: Proposal) -> dict[str, float]:
    """The traits of what a proposal wrote."""
    song = request.sketch
    start, end = (0, song.length) if request.bars is None else _ticks(song, request.bars)
    return traits_written(song, proposal.song, request.task, (start, end), proposal.style, proposal.score)


def traits_written(
    sketch: Song, song: Song, task: Task, asked: tuple[int, int], style: str, score: float
) -> dict[str, float]:
    """The traits of what was written into `song` in answer to a task on `sketch`, between the ticks `asked`."""
    first, last = asked
    if task is Task.CONTINUE or last <= first:
        first, last = (sketch.length if last > first else 0), song.length
    return traits(song, written_parts(sketch, song), first, last, load_styles().get(style), score)


def _ticks(song: Song, bars: tuple[int, int]) -> tuple[int, int]:
    return song.bars[bars[0]].start, min(song.bars[bars[1]].end, song.length)
