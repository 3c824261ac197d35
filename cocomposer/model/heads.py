"""The network's questions and answers while several proposals are written: tensors on its side, NumPy on the rows'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cocomposer.model import grid
from cocomposer.model.batch import by_slot, piece_of
from cocomposer.model.features import pitch_features
from cocomposer.model.grammar import FloatArray
from cocomposer.model.grid import ByteArray
from cocomposer.model.network import Network
from cocomposer.model.stepping import Memory
from cocomposer.model.window import ELEMENT, padded_notes

if TYPE_CHECKING:
    from cocomposer.model.row import Row


class Heads:
    """The network's questions and answers for a batch of rows, in NumPy on the rows' side."""

    def __init__(self, network: Network, rows: Sequence[Row]) -> None:
        self.network, self.rows = network, rows
        heads = [row.window.head for row in rows]
        self.program = torch.from_numpy(np.stack([by_slot(head.program, 0) for head in heads]))
        self.role = torch.from_numpy(np.stack([by_slot(head.role, -1) for head in heads]))
        self.piece = torch.from_numpy(np.stack([piece_of(head) for head in heads]))

    def read(self, memory: Memory) -> Tensor:
        """Read the windows as they are."""
        size = max(len(row.window.elements) for row in self.rows)
        count = len(self.rows)
        elements, notes = np.zeros((count, size, ELEMENT), np.int64), np.full((count, size, grid.CHORD_NOTES), -1)
        context, base = (
            np.zeros((count, size, self.rows[0].lane.context.shape[1]), np.float32),
            np.zeros((count, size), np.int64),
        )
        controls = np.zeros((count, size, self.rows[0].window.controls[0].shape[0]), np.int64)
        for index, row in enumerate(self.rows):
            window = row.window
            n = len(window.elements)
            elements[index, :n] = window.elements
            notes[index, :n] = padded_notes(window.notes)
            steps = np.minimum(elements[index, :n, 5] + window.start, row.sheet.steps - 1)
            context[index, :n], base[index, :n] = row.lane.context[steps], row.lane.base[steps]
            controls[index, :n] = np.stack(window.controls)[elements[index, :n, 2]]
        tensor = torch.from_numpy(elements)
        slot = tensor[..., 1]
        cells = self.network.cell_vectors(torch.from_numpy(controls).flatten(0, 1)).view(count, size, -1)
        x = self.network.embed(
            tensor, torch.from_numpy(notes), torch.from_numpy(context), torch.from_numpy(base),
            self.program.gather(1, slot), self.role.gather(1, slot), self.piece, cells,
        )  # fmt: skip
        length = torch.tensor([len(row.window.elements) for row in self.rows])
        return memory.read(x, tensor[..., 5], torch.tensor([row.given for row in self.rows]), length)

    def step(self, memory: Memory, active: Sequence[bool]) -> Tensor:
        """Read the last element of every window (where nothing was added, in vain)."""
        elements = np.array([row.window.elements[-1] for row in self.rows])
        steps = np.array(
            [min(e[5] + row.window.start, row.sheet.steps - 1) for e, row in zip(elements, self.rows, strict=True)]
        )
        context = np.stack([row.lane.context[step] for row, step in zip(self.rows, steps, strict=True)]).astype(
            np.float32
        )
        base = np.array([row.lane.base[step] for row, step in zip(self.rows, steps, strict=True)])
        notes = padded_notes([row.window.notes[-1] for row in self.rows])
        controls = np.stack([row.window.controls[e[2]] for row, e in zip(self.rows, elements, strict=True)])
        tensor = torch.from_numpy(elements)[:, None]
        slot = tensor[..., 1]
        cells = self.network.cell_vectors(torch.from_numpy(controls))[:, None]
        x = self.network.embed(
            tensor, torch.from_numpy(notes)[:, None], torch.from_numpy(context)[:, None],
            torch.from_numpy(base)[:, None], self.program.gather(1, slot), self.role.gather(1, slot), self.piece, cells,
        )  # fmt: skip
        return memory.step(x[:, 0], tensor[:, 0, 5], torch.tensor(active))

    def times(self, chosen: Sequence[int], state: Tensor) -> FloatArray:
        rows = [self.rows[index] for index in chosen]
        opening = torch.tensor([not row.drafts for row in rows])
        last = torch.tensor([max(0, row.last) if row.drafts else 0 for row in rows])
        features = torch.from_numpy(np.stack([row.window.times[row.row] for row in rows]))
        scores: FloatArray = self.network.times(state[list(chosen)], opening, last, features).numpy()
        return scores

    def stroke(self, chosen: Sequence[int], state: Tensor) -> tuple[Tensor, Tensor]:
        """States of the strokes and the pointers to their candidates."""
        rows = [self.rows[index] for index in chosen]
        context = np.stack([row.lane.context[row.step] for row in rows]).astype(np.float32)
        figures = np.stack([row.figures for row in rows])
        features = np.concatenate([_features(row) for row in rows])
        position = torch.tensor([row.last for row in rows])
        stroke = self.network.stroke(
            state[list(chosen)], torch.from_numpy(context), position, torch.from_numpy(figures)
        )
        return stroke, self.network.pointers(stroke, torch.from_numpy(features))

    def notes(self, chosen: Sequence[int], state: Tensor, pointers: Tensor) -> FloatArray:
        rows = [self.rows[index] for index in chosen]
        count = torch.tensor([len(row.struck) for row in rows])
        previous = torch.tensor([_lowest(row.previous_hot) for row in rows])
        last = torch.tensor([row.struck[-1] if row.struck else -1 for row in rows])
        scores: FloatArray = self.network.notes(
            state + self.network.struck_count(count), pointers, self._base(rows), self._drums(rows), previous, last
        ).numpy()
        return scores

    def vectors(self, chosen: Sequence[int]) -> Tensor:
        """The vectors of the notes struck just now."""
        rows = [self.rows[index] for index in chosen]
        pitch = torch.tensor([row.struck[-1] for row in rows])
        return self.network.struck_vectors(pitch, self._base(rows), self._drums(rows))

    def feel(self, state: Tensor) -> tuple[FloatArray, FloatArray]:
        velocity, micro = self.network.feel(state)
        return velocity.numpy(), micro.numpy()

    def durations(self, chosen: Sequence[int], state: Tensor) -> FloatArray:
        rows = [self.rows[index] for index in chosen]
        figures = torch.from_numpy(np.stack([row.figures for row in rows]))
        limits = torch.tensor([[int(row.lane.until_change[row.step]), row.length - row.last] for row in rows])
        scores: FloatArray = self.network.durations(state, figures, limits).numpy()
        return scores

    @staticmethod
    def _base(rows: Sequence[Row]) -> Tensor:
        return torch.tensor([int(row.lane.base[row.step]) for row in rows])

    @staticmethod
    def _drums(rows: Sequence[Row]) -> Tensor:
        return torch.tensor([row.player.drums for row in rows])


def _lowest(hot: ByteArray) -> int:
    return int(hot.argmax()) if hot.any() else -1


def _features(row: Row) -> ByteArray:
    place, step = row.last, row.step
    base = int(row.lane.base[step])
    old, ref = int(row.old_base[place]), int(row.ref_base[place])
    return pitch_features(
        row.lane, np.array([step]), row.previous_hot[None], row.old_hot[place][None],
        np.array([old if old >= 0 else base]), row.ref_hot[place][None], np.array([ref if ref >= 0 else base]),
        row.window.known.sounding[step - row.window.known.first][None], row.used[None], np.array([row.player.drums]),
    )  # fmt: skip
