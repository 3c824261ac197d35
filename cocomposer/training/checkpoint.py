"""A network in training: its weights, their running mean, its optimisers, and how all of it is kept on disk.

A checkpoint is one safetensors file: `network.*`, `mean.*` and `tool.<optimiser>.<parameter>.*` are its tensors; step,
seconds spent and the network's configuration are its metadata.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from cocomposer.errors import ModelError
from cocomposer.model.network import Batch, Losses, Network, NetworkConfig
from cocomposer.whole_files import written_whole

CHECKPOINT = "checkpoint.safetensors"


def optimisers(network: Network, rate: float) -> list[torch.optim.Optimizer]:
    """Muon (Jordan et al. 2024) for the matrices of the blocks, AdamW for embeddings, heads and vectors."""
    matrices = [p for p in network.blocks.parameters() if p.ndim == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in network.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.01),
    ]


class Trainee:
    """A network in training on `device`; `mean` is the running mean of its weights, `step` counts the batches it has
    learned from and `spent` the seconds that took."""

    def __init__(self, size: NetworkConfig, rate: float, device: str = "cpu") -> None:
        self.network = Network(size).to(device)
        self.tools = optimisers(self.network, rate)
        self.mean = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.device = device
        self.step, self.spent = 0, 0.0

    def learn(self, batch: Batch, rate: float, average: float) -> tuple[Losses, float]:
        """One step on a batch; the losses before it and the norm of the gradient.

        `average` is the share of the old mean that is kept; early steps keep less.
        """
        with torch.autocast(self.device, torch.bfloat16):
            losses: Losses = self.network(batch)
        losses.total().backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for tool in self.tools:
            for group in tool.param_groups:
                group["lr"] = rate
            tool.step()
            tool.zero_grad(set_to_none=True)
        keep = min(average, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                self.mean[name].lerp_(value, 1 - keep)
        self.step += 1
        return losses, float(norm)

    def averaged(self) -> Network:
        """A network with the mean weights."""
        network = Network(self.network.config).to(self.device)
        network.load_state_dict(self.mean)
        return network

    def save(self, run: Path) -> None:
        """Write everything that going on needs, beside its place in the folder `run` and then into it."""
        tensors = {f"network.{name}": value.contiguous() for name, value in self.network.state_dict().items()}
        tensors |= {f"mean.{name}": value.contiguous() for name, value in self.mean.items()}
        for number, tool in enumerate(self.tools):
            for index, state in tool.state_dict()["state"].items():
                tensors |= {
                    f"tool.{number}.{index}.{key}": torch.as_tensor(value).contiguous() for key, value in state.items()
                }
        info = {"step": str(self.step), "spent": str(self.spent), "config": json.dumps(asdict(self.network.config))}
        with written_whole(run / CHECKPOINT) as part:
            save_file(tensors, part, info)

    def load(self, run: Path) -> None:
        """Go on from the checkpoint in `run`.  Raises ModelError where it is of a network of another size."""
        info = read_info(run)
        config = NetworkConfig(**json.loads(info["config"]))
        if config != self.network.config:
            raise ModelError(
                f"{run.name} trains a network of {config.layers} layers of width {config.width}: ask for the same "
                "size, or train into another folder."
            )
        tensors = load_file(run / CHECKPOINT)
        try:
            self.network.load_state_dict(_named(tensors, "network."))
        except RuntimeError as error:
            raise ModelError(f"{run.name} trains another version of the network: train into another folder.") from error
        for name, value in _named(tensors, "mean.").items():
            self.mean[name].copy_(value)
        for number, tool in enumerate(self.tools):
            state: dict[int, dict[str, Tensor]] = {}
            for name, value in _named(tensors, f"tool.{number}.").items():
                index, key = name.split(".")
                state.setdefault(int(index), {})[key] = value
            tool.load_state_dict({"state": state, "param_groups": tool.state_dict()["param_groups"]})
        self.step, self.spent = int(info["step"]), float(info["spent"])


def read_info(run: Path) -> dict[str, Any]:
    """The text beside the tensors of a checkpoint: step, seconds spent, configuration."""
    try:
        with safe_open(run / CHECKPOINT, "pt") as file:
            info = dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise ModelError(f"There is no checkpoint in {run.name} that can be read: train into it first.") from error
    return info


def mean_network(run: Path, device: str = "cpu") -> Network:
    """The network that a run has come to: the mean weights of its checkpoint, ready to be asked."""
    network = Network(NetworkConfig(**json.loads(read_info(run)["config"]))).to(device)
    network.load_state_dict(_named(load_file(run / CHECKPOINT, device), "mean."))
    return network.eval()


def _named(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
