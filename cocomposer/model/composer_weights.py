"""The shipped network of the composer: where it lies, and loading it once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.resources import assets_folder

if TYPE_CHECKING:
    from cocomposer.model.network import Network

_MOST_LAYERS = 48
NAME = "band"
"""The model that is used unless another is named."""


def weights_path(name: str = NAME) -> Path:
    """Where the weights of a model lie, whether they are there or not."""
    return assets_folder() / "models" / name / "composer.safetensors"


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

    def make() -> Network:
        size = NetworkConfig(**{name: int(value) for name, value in config.items()})
        if not (1 <= size.layers <= _MOST_LAYERS and size.heads >= 1 and size.width >= 1):
            raise ValueError("no network")
        return Network(size)

    return built(make, tensors, path), version
