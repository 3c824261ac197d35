"""From a run to the weights that are shipped."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from cocomposer.model.weights import save_weights
from cocomposer.resources import assets_folder
from cocomposer.training.checkpoint import mean_network

KIND = "composer"
VERSION = 2
"""Counts up when weights of before can no longer be read by the network's code."""


def model_folder(name: str) -> Path:
    """Where the files of a model lie."""
    return assets_folder() / "models" / name


def export(run: Path, folder: Path) -> Path:
    """Write the mean weights of a run into `folder`, in half precision with their hash; returns the file."""
    network = mean_network(run)
    path = folder / f"{KIND}.safetensors"
    save_weights(path, network.state_dict(), asdict(network.config) | {"kind": KIND, "version": VERSION})
    return path
