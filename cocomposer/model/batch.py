"""Putting examples together into a batch of tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from cocomposer.model.grid import ByteArray, IntArray
from cocomposer.model.network import Batch
from cocomposer.model.window import SLOTS, Example, Head


def batch_of(examples: Sequence[Example]) -> Batch:
    """Examples side by side, padded at the end to the longest."""
    size = max(len(example.elements) for example in examples)
    cells = np.cumsum([0, *(len(example.controls) for example in examples)])

    def padded(column: Callable[[Example], IntArray | ByteArray], fill: int = 0) -> torch.Tensor:
        first = column(examples[0])
        table = np.full((len(examples), size, *first.shape[1:]), fill, first.dtype)
        for row, example in enumerate(examples):
            values = column(example)
            table[row, : len(values)] = values
        return torch.from_numpy(table)

    def joined(column: Callable[[Example], IntArray | ByteArray]) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([column(example) for example in examples]))

    def moved(column: Callable[[Example], IntArray]) -> torch.Tensor:
        rows = [column(example) + row * size for row, example in enumerate(examples)]
        return torch.from_numpy(np.concatenate(rows).astype(np.int64))

    elements = padded(lambda example: example.elements)
    return Batch(
        elements=elements,
        notes=padded(lambda example: example.notes, -1),
        given=torch.tensor([example.given for example in examples]),
        length=torch.tensor([len(example.elements) for example in examples]),
        context=padded(lambda example: example.context),
        base=padded(lambda example: example.base),
        program=torch.from_numpy(np.stack([by_slot(example.head.program, 0) for example in examples])),
        role=torch.from_numpy(np.stack([by_slot(example.head.role, -1) for example in examples])),
        piece=torch.from_numpy(np.stack([piece_of(example.head) for example in examples])),
        cell=elements[..., 2] + torch.from_numpy(cells[:-1])[:, None],
        controls=joined(lambda example: example.controls),
        times=joined(lambda example: example.times),
        lengths=joined(lambda example: example.lengths),
        asked=moved(lambda example: example.asked),
        answer=joined(lambda example: example.answer),
        stroke=moved(lambda example: example.stroke),
        pitches=joined(lambda example: example.pitches),
        figures=joined(lambda example: example.figures),
        velocity=joined(lambda example: example.velocity),
        micro=joined(lambda example: example.micro),
        limits=joined(lambda example: example.limits),
    )


def by_slot(values: IntArray, fill: int) -> IntArray:
    """Values of the parts of a window, filled up to SLOTS."""
    return np.concatenate([values, np.full(SLOTS - len(values), fill)])


def piece_of(head: Head) -> IntArray:
    """Source, genre and tempo of a window."""
    return np.array([head.source, head.genre, head.tempo])
