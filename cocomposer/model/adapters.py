"""Adapters: what a network learned of one artist, as small matrices beside its own (Hu et al. 2021, LoRA).

Every linear layer may get two factors, `down` (rank, inputs) and `up` (outputs, rank), whose product is added to its
weight.  While it is learned they stand beside the layer; to write with an adapter it is added once, as a share of 0 to
1, so that writing takes no longer than without.  A share of 0 adds nothing at all.  An adapter holds only for the
weights that it was learned on, whose hash it carries.
"""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (what everybody calls it)

from cocomposer.errors import ModelError
from cocomposer.model.network import Network
from cocomposer.model.weights import load_weights, packed

KIND = "adapter"
MAX_BYTES = 3_000_000
"""Largest file of an adapter."""
_LARGEST_CHANGE = 10.0
"""Of one weight; what is learned changes it by a small part of 1, and more would only make noise."""
_DOWN, _UP = ".down", ".up"
_WAY_OUT = "learn it again with `cocomposer adapt`, or leave it away"


class LowRank(nn.Module):
    """Two thin matrices beside a layer; they add nothing at first, for `up` begins with zeros."""

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        outputs, inputs = layer.weight.shape
        rank = min(rank, outputs, inputs)
        self.down = nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, layer: nn.Module, given: tuple[Tensor], answer: Tensor) -> Tensor:
        """What the layer answers with the factors in its weight."""
        return answer + F.linear(F.linear(given[0], self.down), self.up)


@dataclass(frozen=True)
class Adapter:
    """The factors of each adapted layer by its name, (`down`, `up`); `base` is the SHA-256 of the weights file."""

    base: str
    factors: Mapping[str, tuple[Tensor, Tensor]]


def adaptable(network: Network) -> dict[str, nn.Linear]:
    """The layers that an adapter may change, by name."""
    return {name: layer for name, layer in network.named_modules() if isinstance(layer, nn.Linear)}


def with_factors(network: Network, rank: int) -> dict[str, LowRank]:
    """Put factors that can learn beside every adaptable layer of `network`, and have everything else stay as it is."""
    network.requires_grad_(False)
    factors = {name: LowRank(layer, rank) for name, layer in adaptable(network).items()}
    for name, layer in adaptable(network).items():
        layer.register_forward_hook(factors[name])
    return factors


def adapter_of(factors: Mapping[str, LowRank], base: str) -> Adapter:
    """What the factors have come to."""
    return Adapter(base, {name: (f.down.detach().clone(), f.up.detach().clone()) for name, f in factors.items()})


def adapted(network: Network, adapter: Adapter, share: float) -> Network:
    """`network` with a share (0..1) of the adapter in its weights; with none of it, `network` itself.

    Raises ModelError where the adapter does not fit the network, whatever the share.
    """
    layers = adaptable(network)
    changes = {}
    for name, (down, up) in adapter.factors.items():
        layer = layers.get(name)
        if layer is None or down.shape[0] != up.shape[1] or layer.weight.shape != (up.shape[0], down.shape[1]):
            raise ModelError(f"The adapter belongs to another version of the network: {_WAY_OUT}.")
        changes[name] = up @ down
        if not float(changes[name].abs().max()) <= _LARGEST_CHANGE:
            raise ModelError(f"The adapter is damaged: {_WAY_OUT}.")
    if not share:
        return network
    made = copy.deepcopy(network)
    layers = adaptable(made)
    with torch.no_grad():
        for name, change in changes.items():
            layers[name].weight += share * change
    return made.eval()


def adapter_bytes(adapter: Adapter) -> bytes:
    """The adapter as a file, in half precision.  Raises ValueError where a value does not fit."""
    tensors = {name + _DOWN: down for name, (down, _) in adapter.factors.items()}
    tensors |= {name + _UP: up for name, (_, up) in adapter.factors.items()}
    return packed(tensors, {"kind": KIND, "base": adapter.base})


def load_adapter(path: Path, base: str) -> Adapter:
    """The adapter at `path`, made for weights whose hash is `base`.

    Raises ModelError where it is missing, damaged, no adapter, or made for other weights.
    """
    name = path.parent.name
    try:
        tensors, config = load_weights(path, MAX_BYTES)
    except ModelError as error:
        raise ModelError(f"The adapter {name} is missing or damaged: {_WAY_OUT}.") from error
    if config.get("kind") != KIND:
        raise ModelError(f"{name} is no adapter: {_WAY_OUT}.")
    if config.get("base") != base:
        raise ModelError(f"The adapter {name} was learned on another version of the network: {_WAY_OUT}.")
    layers = {key.removesuffix(_DOWN) for key in tensors if key.endswith(_DOWN)}
    if {layer + end for layer in layers for end in (_DOWN, _UP)} != set(tensors) or not all(
        tensor.ndim == 2 and tensor.numel() and tensor.is_floating_point() for tensor in tensors.values()
    ):
        raise ModelError(f"The adapter {name} is damaged: {_WAY_OUT}.")
    return Adapter(base, {layer: (tensors[layer + _DOWN], tensors[layer + _UP]) for layer in sorted(layers)})


def hash_of(path: Path) -> str:
    """SHA-256 of the weights file at `path`.  Raises ModelError where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path.name} is missing or cannot be opened.") from error
