"""The shipped network of the composer: where it lies, and loading it once."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.resources import assets_folder

if TYPE_CHECKING:
    from cocomposer.model.network import Network

NAME = "band"
"""The model that is used unless another is named."""


def weights_path(name: str = NAME) -> Path:
    """Where the weights of a model lie, whether they are there or not."""
    return assets_folder() / "models" / name / "composer.safetensors"


def adapter_path(folder: Path, name: str) -> Path:
    """Where the adapter `name` lies in the folder of all adapters."""
    return folder / name / "adapter.safetensors"


def adapted_network(weights: Path, adapter: Path, share: float) -> Network:
    """The network at `weights` with a share (0..1) of the adapter that was learned on it.

    Raises ModelError where either is missing, damaged or the adapter was learned on other weights.
    """
    try:
        written = adapter.stat().st_mtime_ns
    except OSError:
        written = 0
    return _adapted(weights, adapter, share, written)


@lru_cache(maxsize=2)
def _adapted(weights: Path, adapter: Path, share: float, written: int) -> Network:
    """`written` is when the adapter was, so that one learned anew is loaded anew."""
    from cocomposer.model.adapters import adapted, hash_of, load_adapter

    return adapted(load_network(weights)[0], load_adapter(adapter, hash_of(weights)), share)


@lru_cache(maxsize=2)
def load_network(path: Path) -> tuple[Network, str]:
    """The network whose weights lie at `path`, and its version.

    Raises ModelError where they are missing, damaged or of another network.
    """
    from cocomposer.model.network import Network, NetworkConfig
    from cocomposer.model.weights import built, load_weights

    tensors, config = load_weights(path)
    version = str(config.pop("version", ""))
    config.pop("kind", None)

    def size() -> NetworkConfig:
        return NetworkConfig(**{name: int(value) for name, value in config.items()})

    def at_least() -> int:
        asked = size()
        if min(asdict(asked).values()) < 1:
            raise ValueError("no network")
        return asked.layers * asked.width * (4 * asked.width + 2 * asked.inner) + asked.head_width * asked.head_width

    return built(lambda: Network(size()), at_least, tensors, path), version
