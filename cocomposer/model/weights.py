"""Weights on disk: float16 safetensors, the network's configuration in their metadata, and a hash beside them.

A safetensors file holds numbers only, so that loading one runs no code.  Every folder of weights has a `hashes.json`
that maps file names to SHA-256 digests; what does not match is refused before it is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from cocomposer.errors import ModelError
from cocomposer.whole_files import written_whole

Module = TypeVar("Module", bound=nn.Module)
MAX_BYTES = 64 * 1024 * 1024
HASHES = "hashes.json"
_MAX_HASHES_BYTES = 64 * 1024
_HEADER_SIZE = 8
"""Bytes at the start of a safetensors file that say how long its JSON header is (little-endian)."""
_WAY_OUT = "install Cocomposer again, or choose the style composer, which works without it"


def save_weights(path: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
    """Write `tensors` and the JSON-able `config` to `path`, floating-point values as float16, and note the file's hash.

    Raises ValueError where a value does not fit into float16 or the file would be too large to be loaded again.
    """
    write_weights(path, packed(tensors, config))


def packed(tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> bytes:
    """The bytes of a file of weights.  Raises ValueError as `save_weights` does."""
    halves = {name: _as_half(name, tensor.detach().cpu()) for name, tensor in tensors.items()}
    data = save(halves, metadata={"config": json.dumps(dict(config), sort_keys=True)})
    if len(data) > MAX_BYTES:
        raise ValueError(f"The weights take {len(data)} bytes; at most {MAX_BYTES} can be loaded.")
    return data


def write_weights(path: Path, data: bytes) -> None:
    """Write the bytes of a file of weights to `path`, and note their hash beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part:
        part.write_bytes(data)
    hashes = _read_hashes(path) if (path.parent / HASHES).is_file() else {}
    hashes[path.name] = hashlib.sha256(data).hexdigest()
    with written_whole(path.parent / HASHES) as part:
        part.write_text(json.dumps(hashes, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def load_weights(path: Path, most: int | None = None) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors (floating-point ones as float32) and the configuration in the file at `path`.

    Raises ModelError where the file is missing, larger than `most` bytes (MAX_BYTES), not the one its hash was taken
    of, or no such file at all.
    """
    data = _read(path, MAX_BYTES if most is None else most)
    if _read_hashes(path).get(path.name) != hashlib.sha256(data).hexdigest():
        raise _problem(path, f"is not the one that was shipped (its checksum differs from {HASHES})")
    try:
        tensors = load(data)
        length = int.from_bytes(data[:_HEADER_SIZE], "little")
        config = json.loads(json.loads(data[_HEADER_SIZE : _HEADER_SIZE + length])["__metadata__"]["config"])
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _problem(path, "is damaged") from error
    if not isinstance(config, dict):
        raise _problem(path, "does not say what network it belongs to")
    whole = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
    if not all(bool(torch.isfinite(tensor).all()) for tensor in whole.values()):
        raise _problem(path, "holds values that are no numbers")
    return whole, config


def built(make: Callable[[], Module], at_least: Callable[[], int], tensors: Mapping[str, Tensor], path: Path) -> Module:
    """The network that `make` builds, with the weights read from `path`.

    `at_least` says how many numbers it has at least, so that a file that asks for a giant is refused before one is
    made.  Raises ModelError unless it can be built and every name and shape is as expected.
    """
    try:
        if at_least() > sum(tensor.numel() for tensor in tensors.values()):
            raise _problem(path, "belongs to another version of the network")
        module = make()
    except (ArithmeticError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise _problem(path, "is of a network that this version does not know") from error
    expected = {name: tensor.shape for name, tensor in module.state_dict().items()}
    if expected != {name: tensor.shape for name, tensor in tensors.items()}:
        raise _problem(path, "belongs to another version of the network")
    module.load_state_dict(dict(tensors))
    return module.eval()


def _as_half(name: str, tensor: Tensor) -> Tensor:
    if not tensor.is_floating_point():
        return tensor.contiguous()
    half = tensor.half().contiguous()
    if not bool(torch.isfinite(half).all()):
        raise ValueError(f"{name} has values that float16 cannot hold.")
    return half


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise _problem(path, "is missing or cannot be opened") from error
    if len(data) > limit:
        raise _problem(path, "is larger than any model of this program")
    return data


def _read_hashes(path: Path) -> dict[str, str]:
    """The digests noted beside the weights at `path`."""
    try:
        hashes = json.loads(_read(path.parent / HASHES, _MAX_HASHES_BYTES))
    except (ValueError, RecursionError) as error:
        raise _problem(path.parent / HASHES, "is damaged") from error
    if not isinstance(hashes, dict):
        raise _problem(path.parent / HASHES, "is damaged")
    return {str(name): str(digest) for name, digest in hashes.items()}


def _problem(path: Path, what: str) -> ModelError:
    return ModelError(f"The model file {path.name} {what}: {_WAY_OUT}.")
