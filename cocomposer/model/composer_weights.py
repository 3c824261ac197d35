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
