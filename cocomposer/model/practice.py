"""What the network practises on: windows of prepared songs with cells to write, chosen at random."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.random import Generator

from cocomposer.model.features import CONTROLS, Cell, Lane, buckets, cell_of, figures, lane_of
from cocomposer.model.form import likeness, returning_bars
from cocomposer.model.grid import IntArray
from cocomposer.model.network import Batch, Network
from cocomposer.model.sheet import SILENT, Sheet
from cocomposer.model.window import SLOTS, WINDOW_BARS, WRITING_ORDER, Example, Plan, example_of
from cocomposer.music import Role

LONGEST = 448
"""Elements of a window at most."""
WINDOWS_PER_VISIT = 3
"""Windows taken from a song each time it is moved to another key."""


@dataclass(frozen=True)
class Prepared:
    """A sheet with what is known of it: `source` and `genre` index the grid's tables, `felt` says that its timing was
    played."""

    name: str
    sheet: Sheet
    source: int
    genre: int
    felt: bool


def transposed(sheet: Sheet, semitones: int) -> Sheet:
    """The sheet in another key; drums stay, and a part that would leave the keyboard moves by an octave less."""
    if not semitones:
        return sheet

    def moved(classes: IntArray) -> IntArray:
        return np.where(classes >= 0, (classes + semitones) % 12, classes)

    parts = []
    for part in sheet.parts:
        if not part.is_drums and len(part.pitch):
            shift = semitones
            if not 0 <= part.pitch.min() + shift <= part.pitch.max() + shift <= 127:
                shift += 12 if shift < 0 else -12
            if not 0 <= part.pitch.min() + shift <= part.pitch.max() + shift <= 127:
                continue
            part = replace(part, pitch=part.pitch + shift)
        parts.append(part)
    return replace(
        sheet, tonic=moved(sheet.tonic), root=moved(sheet.root), bass=moved(sheet.bass),
        tones=np.roll(sheet.tones, semitones, axis=1),
        melody=np.where(sheet.melody >= 0, np.clip(sheet.melody + semitones, 0, 127), SILENT), parts=tuple(parts),
    )  # fmt: skip


def visit(piece: Prepared, random: Generator, longest: int = LONGEST) -> Iterator[Example]:
    """A few windows of a song in a random key."""
    sheet = transposed(piece.sheet, int(random.integers(-6, 6)))
    if not sheet.parts or not sheet.bars:
        return
    returning = returning_bars(sheet, likeness(sheet))
    tune_known = random.random() < 0.8
    lane = lane_of(sheet, bool(random.random() < 0.95), tune_known)
    for _ in range(WINDOWS_PER_VISIT):
        example = _window(piece, sheet, lane, returning, tune_known, random, longest)
        if example is not None and len(example.asked) > 1:
            yield example


def _window(
    piece: Prepared, sheet: Sheet, lane: Lane, returning: IntArray, tune_known: bool, random: Generator, longest: int
) -> Example | None:
    first = int(random.integers(sheet.bars))
    counts = np.stack(
        [np.bincount(part.bar, minlength=sheet.bars)[first : first + WINDOW_BARS] for part in sheet.parts]
    )
    present = np.flatnonzero(counts[:, :8].sum(axis=1) > 0).tolist()
    if not present:
        return None
    tacet = [index for index in range(len(sheet.parts)) if index not in present and random.random() < 0.3]
    chosen = [int(index) for index in random.permutation([*present, *tacet])][:SLOTS]
    while True:
        sizes = np.cumsum(counts[chosen].sum(axis=0) + len(chosen)) + len(chosen)
        bars = int(np.searchsorted(sizes, longest, side="right"))
        if bars >= 4 or len(chosen) == 1 or bars == counts.shape[1]:
            break
        chosen.pop()
    if not bars:
        return None
    order = _order(chosen, sheet, random)
    written = _written(sheet, order, bars, tune_known, random)
    if not written.any():
        return None
    references = _references(sheet, lane, returning, random)
    controls = _controls(sheet, lane, order, first, written, references, random)
    plan = Plan(
        first, first + bars, order, written, controls,
        source=piece.source if random.random() < 0.75 else 0,
        genre=piece.genre if random.random() < 0.75 else 0,
        roles_known=bool(random.random() < 0.75), tune_known=tune_known,
    )  # fmt: skip
    return example_of(sheet, plan, lambda part, bar: references.get((part, bar)), piece.felt, lane)


def _order(chosen: Sequence[int], sheet: Sheet, random: Generator) -> tuple[int, ...]:
    if random.random() < 0.3:
        return tuple(chosen)
    return tuple(sorted(chosen, key=lambda index: WRITING_ORDER.index(sheet.parts[index].role)))


def _written(sheet: Sheet, order: Sequence[int], bars: int, tune_known: bool, random: Generator) -> np.ndarray:
    """Which cells are to be written, shape (parts of the sheet, bars)."""
    written = np.zeros((len(sheet.parts), bars), bool)
    band = [index for index in order if sheet.parts[index].role is not Role.MELODY or not tune_known]
    kind = random.random()
    if kind < 0.55:  # a whole band under the tune
        written[band] = True
        if random.random() < 0.25 and len(band) > 1:
            written[int(random.choice(band))] = False
    elif kind < 0.75:  # some parts beside others
        count = int(random.integers(1, len(order) + 1))
        written[random.permutation(np.array(order))[:count]] = True
    else:  # a gap in the middle
        begin = int(random.integers(bars))
        end = int(random.integers(begin + 1, bars + 1))
        count = int(random.integers(1, len(order) + 1))
        written[random.permutation(np.array(order))[:count], begin:end] = True
    return written


class _references(Mapping[tuple[int, int], Cell]):  # noqa: N801 (read as a table)
    """References by part and bar, made when first asked for: mostly the bar that returns, sometimes any other."""

    def __init__(self, sheet: Sheet, lane: Lane, returning: IntArray, random: Generator) -> None:
        self._sheet, self._lane = sheet, lane
        kind = random.random()
        self._source = np.full(sheet.bars, -1)
        if kind < 0.65:
            self._source = np.where(random.random(sheet.bars) < 0.9, returning, -1)
        elif kind < 0.8:
            self._source = random.integers(sheet.bars, size=sheet.bars)
            self._source[self._source == np.arange(sheet.bars)] = -1

    def __getitem__(self, key: tuple[int, int]) -> Cell:
        part, bar = key
        source = int(self._source[bar])
        if source < 0:
            raise KeyError(key)
        return cell_of(self._sheet.parts[part], source, self._lane)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((part, int(bar)) for part in range(len(self._sheet.parts)) for bar in np.flatnonzero(self._source >= 0))

    def __len__(self) -> int:
        return len(self._sheet.parts) * int((self._source >= 0).sum())


def _controls(
    sheet: Sheet, lane: Lane, order: Sequence[int], first: int, written: np.ndarray,
    references: Mapping[tuple[int, int], Cell], random: Generator,
) -> IntArray:  # fmt: skip
    """Buckets of what the cells really are, of which the network is told some."""
    controls = np.zeros((*written.shape, len(CONTROLS)), np.int64)
    for index in order:
        part = sheet.parts[index]
        told = (random.random(len(CONTROLS)) < 0.35) & (random.random() < 0.6)
        told[-2:] = random.random() < 0.5
        if not told.any():
            continue
        for bar in np.flatnonzero(written[index]).tolist():
            cell = cell_of(part, first + bar, lane)
            values = figures(
                cell, lane, sheet.bar_length(first + bar), references.get((index, first + bar)), part.is_drums
            )
            controls[index, bar] = np.where(told & (random.random(len(CONTROLS)) < 0.9), buckets(values), 0)
    return controls


def stream(
    pieces: Sequence[Prepared], shares: Mapping[int, float], seed: int, longest: int = LONGEST
) -> Iterator[Example]:
    """Windows without end: a corpus by its share (by source), a song of it by its size, windows of the song."""
    random = np.random.default_rng(seed)
    groups: dict[int, list[Prepared]] = {}
    for piece in pieces:
        groups.setdefault(piece.source, []).append(piece)
    sources = sorted(groups)
    weights = np.array([shares.get(source, 1.0) for source in sources])
    sizes = {source: np.sqrt([1 + sum(map(len, piece.sheet.parts)) for piece in groups[source]]) for source in sources}
    pool: list[Example] = []
    while True:
        source = sources[int(random.choice(len(sources), p=weights / weights.sum()))]
        piece = groups[source][int(random.choice(len(groups[source]), p=sizes[source] / sizes[source].sum()))]
        pool.extend(visit(piece, random, longest))
        while len(pool) > 48:
            yield pool.pop(int(random.integers(len(pool))))


def by_length(examples: Iterator[Example], elements: int) -> Iterator[list[Example]]:
    """Batches of examples of like length, of about so many elements with padding."""
    shelf: list[Example] = []
    for example in examples:
        shelf.append(example)
        if sum(len(each.elements) for each in shelf) >= 4 * elements:
            shelf.sort(key=lambda each: len(each.elements))
            batch: list[Example] = []
            for each in shelf:
                if batch and (len(batch) + 1) * len(each.elements) > elements:
                    yield batch
                    batch = []
                batch.append(each)
            shelf = batch


@torch.no_grad()
def summed(network: Network, batches: Iterable[Batch]) -> tuple[dict[str, float], dict[str, int]]:
    """Negative log-likelihoods in nats by attribute, summed, and how many choices (of strokes: strokes) there are."""
    training = network.training
    network.eval()
    sums: dict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    for batch in batches:
        with torch.autocast(batch.elements.device.type, torch.bfloat16):
            losses = network(batch)
        counts.update(losses.counts)
        for name in losses.counts:
            if name != "stroke":
                sums[name] += float(getattr(losses, name))
    network.train(training)
    return sums, counts


def validate(network: Network, batches: Sequence[Batch]) -> dict[str, float]:
    """Mean negative log-likelihood in nats per choice of each attribute, and per stroke and note in all."""
    sums, counts = summed(network, batches)
    whole = sum(sums[name] for name in ("position", "pitch", "duration", "velocity"))
    means = {name: value / max(1, counts[name]) for name, value in sums.items()}
    return means | {"per_stroke": whole / max(1, counts["stroke"]), "per_note": whole / max(1, counts["pitch"])}
