"""Training: batches from a process of their own, Muon for the matrices of the transformer and AdamW for the rest,
checkpoints that can be resumed, a running mean of the weights as the result."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from cocomposer.model import grid
from cocomposer.model.batch import batch_of
from cocomposer.model.network import Batch, Losses, Network, NetworkConfig
from cocomposer.training import store
from cocomposer.training.corpora import CORPORA
from cocomposer.training.prepare import is_validation
from cocomposer.training.windows import by_length, stream

SHARES: Mapping[int, float] = {grid.SOURCES.index(corpus.source): corpus.share for corpus in CORPORA}


@dataclass(frozen=True)
class TrainingConfig:
    """`minutes` of training in all (over resumed runs), elements in a batch, learning rate at its peak and end,
    windows' longest, seed, minutes between checkpoints and validations."""

    minutes: float = 120.0
    elements: int = 6144
    rate: float = 2e-3
    last_rate: float = 5e-5
    warm_up: int = 150
    longest: int = 448
    seed: int = 0
    every: float = 6.0
    average: float = 0.999
    threads: int = 0


def load_songs(folder: Path, validation: bool) -> list[store.Prepared]:
    """The prepared songs of one side of the split."""
    return [
        piece
        for path in sorted(folder.glob("*.npz"))
        for piece in store.load(path)
        if is_validation(path.stem, piece.name) == validation
    ]


class _Windows(IterableDataset[Batch]):
    """Batches without end, made in the loader's own process."""

    def __init__(self, folder: Path, config: TrainingConfig, seed: int) -> None:
        self.folder, self.config, self.seed = folder, config, seed

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        os.nice(1)
        songs = load_songs(self.folder, validation=False)
        examples = stream(songs, SHARES, self.seed, self.config.longest)
        return (batch_of(chosen) for chosen in by_length(examples, self.config.elements))


def _as_it_is(batch: Batch) -> Batch:
    return batch


def validation_batches(folder: Path, count: int = 12, elements: int = 4096, seed: int = 12345) -> list[Batch]:
    """The same batches of the songs kept aside every time."""
    songs = load_songs(folder, validation=True)
    batches = by_length(stream(songs, SHARES, seed), elements)
    return [batch_of(next(batches)) for _ in range(count)]


def optimisers(network: Network, rate: float) -> list[torch.optim.Optimizer]:
    """Muon (Jordan et al. 2024) for the matrices of the blocks, AdamW for embeddings, heads and vectors."""
    matrices = [p for p in network.blocks.parameters() if p.ndim == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in network.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.01),
    ]


def rate_at(progress: float, step: int, config: TrainingConfig) -> float:
    """Linear warm-up over steps, then a cosine over the time there is (progress 0..1)."""
    wave = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return min(1.0, (step + 1) / config.warm_up) * (config.last_rate + (config.rate - config.last_rate) * wave)


@torch.no_grad()
def validate(network: Network, batches: Sequence[Batch]) -> dict[str, float]:
    """Mean negative log-likelihood in nats per choice of each attribute, and per stroke in all."""
    network.eval()
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for batch in batches:
        with torch.autocast(batch.elements.device.type, torch.bfloat16):
            losses = network(batch)
        for name, count in losses.counts.items():
            counts[name] = counts.get(name, 0) + count
            if name != "stroke":
                sums[name] = sums.get(name, 0.0) + float(getattr(losses, name))
    network.train()
    means = {name: sums[name] / max(1, counts[name]) for name in sums}
    whole = sum(sums[name] for name in ("position", "pitch", "duration", "velocity"))
    return means | {"per_stroke": whole / max(1, counts["stroke"]), "per_note": whole / max(1, counts["pitch"])}


def train(
    folder: Path, out: Path, config: TrainingConfig, size: NetworkConfig, device: str = "cpu",
    report: Callable[[str], None] = print,
) -> Network:  # fmt: skip
    """Train on the prepared songs of `folder`, going on from `out` where a checkpoint lies there."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    if config.threads:
        torch.set_num_threads(config.threads)
    network = Network(size).to(device)
    tools = optimisers(network, config.rate)
    mean = {name: value.detach().clone() for name, value in network.state_dict().items()}
    step, spent = _resume(out, network, tools, mean)
    held_back = [_to(batch, device) for batch in validation_batches(folder)]
    loader = DataLoader(_Windows(folder, config, config.seed + step), None, num_workers=1, prefetch_factor=6,
                        collate_fn=_as_it_is, multiprocessing_context="spawn")  # fmt: skip
    report(f"{sum(p.numel() for p in network.parameters()):,} parameters, step {step}, {spent / 60:.1f} minutes so far")
    last, since, window, elements = time.monotonic(), 0.0, [], 0
    for batch in loader:
        batch = _to(batch, device)
        rate = rate_at(spent / 60 / config.minutes, step, config)
        with torch.autocast(device, torch.bfloat16):
            losses: Losses = network(batch)
        loss = losses.total()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for tool in tools:
            for group in tool.param_groups:
                group["lr"] = rate
            tool.step()
            tool.zero_grad(set_to_none=True)
        keep = min(config.average, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in network.state_dict().items():
                mean[name].lerp_(value, 1 - keep) if value.is_floating_point() else mean[name].copy_(value)
        step += 1
        window.append(float(loss.detach()))
        elements += int(batch.length.sum())
        now = time.monotonic()
        spent, since, last = spent + now - last, since + now - last, now
        if step % 50 == 0:
            parts = {name: float(getattr(losses, name).detach()) / max(1, count) for name, count in losses.counts.items()
                     if name != "stroke"}  # fmt: skip
            row = {"step": step, "minutes": spent / 60, "loss": sum(window) / len(window), "rate": rate,
                   "norm": float(norm), "elements": elements} | parts  # fmt: skip
            _log(out, row)
            report(f"{step} {spent / 60:.1f} min loss {row['loss']:.3f} {elements / max(1e-9, since):.0f}/s")
            window = []
        finished = spent / 60 >= config.minutes
        if since >= config.every * 60 or finished:
            _checkpoint(out, network, tools, mean, step, spent)
            averaged = Network(size).to(device)
            averaged.load_state_dict(mean)
            figures = validate(averaged, held_back)
            _log(out, {"step": step, "minutes": spent / 60, "validation": figures})
            report(" ".join(f"{name} {value:.3f}" for name, value in figures.items()))
            since, elements, last = 0.0, 0, time.monotonic()
        if finished:
            break
    network.load_state_dict(mean)
    return network


def _to(batch: Batch, device: str) -> Batch:
    return replace(batch, **{each.name: getattr(batch, each.name).to(device) for each in fields(batch)})


def _log(out: Path, row: Mapping[str, Any]) -> None:
    with (out / "log.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")


def _checkpoint(
    out: Path, network: Network, tools: Sequence[torch.optim.Optimizer], mean: Mapping[str, Tensor], step: int,
    spent: float,
) -> None:  # fmt: skip
    """Write everything that going on needs, beside its place and then into it."""
    tensors = {f"network.{name}": value.contiguous() for name, value in network.state_dict().items()}
    tensors |= {f"mean.{name}": value.contiguous() for name, value in mean.items()}
    for number, tool in enumerate(tools):
        for index, state in tool.state_dict()["state"].items():
            tensors |= {
                f"tool.{number}.{index}.{key}": torch.as_tensor(value).contiguous() for key, value in state.items()
            }
    info = {"step": str(step), "spent": str(spent), "config": json.dumps(asdict(network.config))}
    save_file(tensors, out / "checkpoint.part", info)
    (out / "checkpoint.part").replace(out / "checkpoint.safetensors")


def _resume(
    out: Path, network: Network, tools: Sequence[torch.optim.Optimizer], mean: dict[str, Tensor]
) -> tuple[int, float]:
    """Load a checkpoint if there is one; the steps made and seconds spent so far."""
    path = out / "checkpoint.safetensors"
    if not path.exists():
        return 0, 0.0
    tensors = load_file(path)
    network.load_state_dict({name[8:]: value for name, value in tensors.items() if name.startswith("network.")})
    for name, value in tensors.items():
        if name.startswith("mean."):
            mean[name[5:]].copy_(value)
    for number, tool in enumerate(tools):
        whole = tool.state_dict()
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith(f"tool.{number}."):
                _, _, index, key = name.split(".")
                state.setdefault(int(index), {})[key] = value
        tool.load_state_dict({"state": state, "param_groups": whole["param_groups"]})
    info = read_info(path)
    return int(info["step"]), float(info["spent"])


def read_info(path: Path) -> dict[str, str]:
    """The text beside the tensors of a checkpoint: step, seconds spent, configuration."""
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        return dict(file.metadata() or {})
