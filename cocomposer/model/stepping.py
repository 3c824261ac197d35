"""Running the transformer one element at a time, with the keys and values of everything before it kept."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (what everybody calls it)

from cocomposer.model.network import Block, Network, visible

_ROOM = 256
"""Elements for which memory is taken at a time."""


class Memory:
    """Keys and values of the elements read so far, for a batch of windows of different lengths."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.blocks: list[Block] = [block for block in network.blocks if isinstance(block, Block)]
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        self.length = torch.zeros(0, dtype=torch.int64)

    def read(self, x: Tensor, step: Tensor, given: Tensor, length: Tensor) -> Tensor:
        """Read whole windows x (B, N, D) at times `step` (B, N), of which the first `given` see each other and `length`
        are there; the state after the last of each, (B, D)."""
        turn = self.network.turn(step)
        mask = visible(given, length, x.shape[1]).unsqueeze(1)
        self.keys, self.values, self.length = [], [], length.clone()
        for block in self.blocks:
            q, k, v = block.project(x, turn)
            self.keys.append(F.pad(k, (0, 0, 0, _ROOM)))
            self.values.append(F.pad(v, (0, 0, 0, _ROOM)))
            x = block.feed(x, F.scaled_dot_product_attention(q, k, v, attn_mask=mask))
        last = x[torch.arange(len(x)), length - 1]
        state: Tensor = self.network.norm(last)
        return state

    def step(self, x: Tensor, step: Tensor, active: Tensor) -> Tensor:
        """Read one more element x (B, D) at time `step` (B,) where `active` (B,); the states after it (B, D)."""
        size = int(self.length.max()) + 1
        if size > self.keys[0].shape[2]:
            self.keys = [F.pad(k, (0, 0, 0, _ROOM)) for k in self.keys]
            self.values = [F.pad(v, (0, 0, 0, _ROOM)) for v in self.values]
        turn = self.network.turn(step[:, None])
        rows = torch.arange(len(x))
        mask = (torch.arange(size)[None, :] <= self.length[:, None])[:, None, None, :]
        stream = x[:, None]
        for index, block in enumerate(self.blocks):
            q, k, v = block.project(stream, turn)
            keys, values = self.keys[index], self.values[index]
            keys[rows, :, self.length] = k[:, :, 0]
            values[rows, :, self.length] = v[:, :, 0]
            mixed = F.scaled_dot_product_attention(q, keys[:, :, :size], values[:, :, :size], attn_mask=mask)
            stream = block.feed(stream, mixed)
        self.length = self.length + active
        state: Tensor = self.network.norm(stream[:, 0])
        return state
