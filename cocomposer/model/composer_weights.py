"""The shipped network of the composer: where it lies, and loading it once."""

from __future__ import annotations

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
    from cocomposer.errors import ModelError
    from cocomposer.model.network import Network, NetworkConfig
    from cocomposer.model.weights import load_into, load_weights

    tensors, config = load_weights(path)
    version = str(config.pop("version", ""))
    config.pop("kind", None)
    try:
        size = NetworkConfig(**{name: int(value) for name, value in config.items()})
        if not (1 <= size.layers <= 48 and 16 <= size.width <= 2048 and size.inner <= 8192 and size.head_width <= 2048):
            raise ValueError
        network = Network(size)
    except (TypeError, ValueError, RuntimeError, ZeroDivisionError) as error:
        raise ModelError(f"The weights in {path.name} are of a network that this version does not know.") from error
    load_into(network, tensors, path)
    return network.eval(), version
