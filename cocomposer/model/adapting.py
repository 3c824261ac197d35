"""Learning an adapter: some hundred small steps on one artist's songs, the best of them by songs kept aside.

Songs kept aside say when to stop: what is learned by heart helps nobody.  Meanwhile the network is held to what it
would have answered before on other music (Li and Hoiem 2017, learning without forgetting), so that it learns the artist
and forgets nobody else.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (what everybody calls it)

from cocomposer.errors import Cancelled, RequestError
from cocomposer.model import grid
from cocomposer.model.adapters import Adapter, adapter_of, with_factors
from cocomposer.model.batch import batch_of
from cocomposer.model.course import USUAL, Course
from cocomposer.model.network import Batch, Network
from cocomposer.model.practice import Prepared, by_length, stream, validate

_KINDS = ("", "band", "pop", "game", "standard")
"""What the composer may ask for (`grid.SOURCES`): the artist's music is taken for each of them."""
FEWEST_SONGS = 3
"""Songs that say something of an artist; one of them is kept aside."""
_PATIENCE = 3
"""Looks at the songs kept aside, none better than the best before, after which nothing more is to be learned."""
_WARM_UP = 15
_MICRO = 0.2
"""Weight of micro-timing beside all else, as in `Losses.total`."""


@dataclass(frozen=True)
class Learned:
    """An adapter with how it came about: `steps` taken and `seconds`, names of the songs `learned_from` and of those
    `kept_aside`, and nats a note on the latter `before` and `after`."""

    adapter: Adapter
    steps: int
    seconds: float
    learned_from: tuple[str, ...]
    kept_aside: tuple[str, ...]
    before: float
    after: float


@dataclass(frozen=True)
class _Reminder:
    """A batch of other music, and the logarithms of what the network gave each choice in it, by attribute."""

    batch: Batch
    before: dict[str, Tensor]


def learn(
    network: Network, base: str, songs: Sequence[Prepared], others: Sequence[Prepared] = (),
    course: Course = USUAL, progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Learned:  # fmt: skip
    """An adapter to `network`, the hash of whose weights is `base`, from an artist's `songs`.  `network` itself
    stays as it is, and on `others` it is to stay as it is with the adapter as well.

    Raises RequestError where there are too few songs, and Cancelled.
    """
    if (count := len({song.name for song in songs})) < FEWEST_SONGS:
        raise RequestError(f"To learn from your music takes at least {FEWEST_SONGS} songs, and there are {count}.")
    began = time.monotonic()
    torch.manual_seed(course.seed)
    aside, heard = _split(songs, course)
    looks = [
        batch_of(windows)
        for windows in islice(by_length(stream(aside, {}, course.seed), course.elements), course.batches)
    ]
    reminders = cycle(_reminders(network, others, course)) if others and course.others else None
    learner = copy.deepcopy(network)
    factors = with_factors(learner, course.rank)
    parameters = [parameter for each in factors.values() for parameter in each.parameters()]
    tool = torch.optim.AdamW(parameters, lr=course.rate, betas=(0.9, 0.98), weight_decay=0.01)
    batches = _batches([replace(song, source=kind) for kind in _sources() for song in heard], course)
    before = best = validate(network, looks)["per_note"]
    adapter, taken, since = adapter_of(factors, base), 0, 0
    step, share = 0, 0.0
    while share < 1 and since < _PATIENCE:
        if cancelled():
            raise Cancelled("Stopped; nothing was learned.")
        for group in tool.param_groups:
            group["lr"] = (
                course.rate * min(1.0, (step + 1) / _WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / course.steps))
            )
        _step(learner, next(batches), next(reminders) if reminders is not None else None, course.others)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        tool.step()
        tool.zero_grad(set_to_none=True)
        step += 1
        share = min(1.0, max(step / course.steps, (time.monotonic() - began) / 60 / course.minutes))
        if step % course.between == 0 or share == 1:
            nats = validate(learner, looks)["per_note"]
            since = 0 if nats < best else since + 1
            if nats < best:
                best, taken, adapter = nats, step, adapter_of(factors, base)
        progress(share)
    names = tuple(each.name for each in heard), tuple(each.name for each in aside)
    return Learned(adapter, taken, time.monotonic() - began, *names, before, best)


def _rate(step: int, course: Course) -> float:
    """The learning rate: a short way up, then a cosine down over all steps."""
    return course.rate * min(1.0, (step + 1) / _WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / course.steps))


def _step(learner: Network, batch: Batch, reminder: _Reminder | None, others: float) -> None:
    """Add the gradients of a step, one batch after the other, which takes less memory than both at once."""
    learner(batch).total().backward()
    if reminder is not None:
        (others * _strayed(learner, reminder)).backward()  # type: ignore[no-untyped-call]


def _split(songs: Sequence[Prepared], course: Course) -> tuple[list[Prepared], list[Prepared]]:
    """The songs kept aside and those to learn from; songs of one name, which may be much alike, stay together."""
    names = list(dict.fromkeys(song.name for song in songs))
    order = np.random.default_rng(course.seed).permutation(len(names))
    aside = {names[index] for index in order[: max(1, round(course.kept_aside * len(names)))]}
    return [song for song in songs if song.name in aside], [song for song in songs if song.name not in aside]


def _sources() -> tuple[int, ...]:
    return tuple(grid.SOURCES.index(kind) for kind in _KINDS)


def _batches(songs: Sequence[Prepared], course: Course) -> Iterator[Batch]:
    """Batches without end of windows of songs, in all keys."""
    return (batch_of(each) for each in by_length(stream(songs, {}, course.seed), course.elements))


@torch.no_grad()
def _reminders(network: Network, others: Sequence[Prepared], course: Course) -> list[_Reminder]:
    """What the network answers to other music before anything is learned."""
    found = []
    for batch in islice(_batches(others, course), course.reminders):
        choices = network.choices(batch)
        found.append(_Reminder(batch, {name: F.log_softmax(scores, 1) for name, (scores, _) in choices.items()}))
    return found


def _strayed(learner: Network, reminder: _Reminder) -> Tensor:
    """How far the answers are from those of before: the Kullback-Leibler divergence in nats a stroke, with micro-timing
    weighed as in learning."""
    strokes = max(1, len(reminder.batch.stroke))
    total = torch.zeros(())
    for name, (scores, _) in learner.choices(reminder.batch).items():
        if len(scores):
            apart = F.kl_div(F.log_softmax(scores, 1), reminder.before[name], reduction="sum", log_target=True)
            total = total + (_MICRO * apart / len(scores) if name == "micro" else apart / strokes)
    return total
