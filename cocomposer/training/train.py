"""Training: batches from a process of their own, a rate that warms up and falls over the time there is, checkpoints
that can be resumed, the running mean of the weights as the result."""

from __future__ import annotations

import datetime
import json
import math
import os
import platform
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from cocomposer.errors import ModelError
from cocomposer.model import grid
from cocomposer.model.batch import batch_of
from cocomposer.model.network import Batch, Network, NetworkConfig
from cocomposer.model.practice import Prepared, by_length, stream, validate
from cocomposer.model.window import Example
from cocomposer.training import store
from cocomposer.training.checkpoint import CHECKPOINT, Trainee
from cocomposer.training.corpora import CORPORA
from cocomposer.training.prepare import is_validation

SHARES: Mapping[int, float] = {grid.SOURCES.index(corpus.source): corpus.share for corpus in CORPORA}
LOG = "log.jsonl"
_BETWEEN_ROWS = 50
"""Steps between two rows of the log."""


@dataclass(frozen=True)
class TrainingConfig:
    """`minutes` and `steps` (0: no limit) of training in all, over resumed runs; `elements` in a batch; learning rate
    at its peak, at its end and the steps until its peak; elements of the `longest` window; `seed`; minutes between
    checkpoints; share of the mean weights that a step keeps; batches `held_back` to validate on; threads (0: as many
    as there are) and `workers`, the processes that make batches (0: none but this)."""

    minutes: float = 120.0
    steps: int = 0
    elements: int = 4096
    rate: float = 2e-3
    last_rate: float = 5e-5
    warm_up: int = 150
    longest: int = 448
    seed: int = 0
    every: float = 6.0
    average: float = 0.999
    held_back: int = 12
    threads: int = 0
    workers: int = 1

    def progress(self, step: int, spent: float) -> float:
        """How much of the training is done, 0..1, after so many steps and seconds."""
        return min(1.0, max(spent / 60 / self.minutes, step / self.steps if self.steps else 0.0))


def load_songs(folder: Path, validation: bool, corpus: str = "*") -> list[Prepared]:
    """The prepared songs of one side of the split, of one corpus or all."""
    return [
        piece
        for path in sorted(folder.glob(f"{corpus}.npz"))
        for piece in store.load(path)
        if is_validation(path.stem, piece.name) == validation
    ]


def windows_of(songs: Sequence[Prepared], count: int, elements: int, seed: int) -> Iterator[list[Example]]:
    """So many batches of windows of songs, the same every time; none where there are no songs."""
    batches = by_length(stream(songs, SHARES, seed), elements)
    return (next(batches) for _ in range(count if songs else 0))


def validation_batches(folder: Path, count: int = 12, elements: int = 4096, seed: int = 12345) -> list[Batch]:
    """The same batches of the songs kept aside every time."""
    songs = load_songs(folder, validation=True)
    return [batch_of(examples) for examples in windows_of(songs, count, elements, seed)]


class _Windows(IterableDataset[Batch]):
    """Batches without end, made in the loader's own process where it has one."""

    def __init__(self, folder: Path, config: TrainingConfig, seed: int) -> None:
        self.folder, self.config, self.seed = folder, config, seed

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        if worker is not None:
            torch.set_num_threads(1)
            if hasattr(os, "nice"):
                os.nice(1)
            # Stopping is the business of the process that trains.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        songs = load_songs(self.folder, validation=False)
        examples = stream(songs, SHARES, self.seed + (worker.id << 32 if worker else 0), self.config.longest)
        return (batch_of(chosen) for chosen in by_length(examples, self.config.elements))


def _as_it_is(batch: Any) -> Any:
    return batch


def _loader(folder: Path, config: TrainingConfig, seed: int) -> DataLoader[Batch]:
    if not config.workers:
        return DataLoader(_Windows(folder, config, seed), None, collate_fn=_as_it_is)
    return DataLoader(
        _Windows(folder, config, seed), None, num_workers=config.workers, prefetch_factor=6, collate_fn=_as_it_is,
        multiprocessing_context="spawn",
    )  # fmt: skip


def rate_at(progress: float, step: int, config: TrainingConfig) -> float:
    """Linear warm-up over steps, then a cosine over the training there is (progress 0..1)."""
    wave = 0.5 * (1 + math.cos(math.pi * progress))
    return min(1.0, (step + 1) / config.warm_up) * (config.last_rate + (config.rate - config.last_rate) * wave)


def train(
    folder: Path, out: Path, config: TrainingConfig, size: NetworkConfig, device: str = "cpu",
    report: Callable[[str], None] = print, stop: Callable[[], bool] = lambda: False,
) -> Network:  # fmt: skip
    """Train on the prepared songs of `folder`, going on from `out` where a checkpoint lies there.

    Stops after the step in which `stop` says so; a checkpoint is written then as well.  The result has the mean
    weights.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    if config.threads:
        torch.set_num_threads(config.threads)
    corpora = sorted(path.stem for path in folder.glob("*.npz"))
    if not corpora:
        raise ModelError(f"There are no prepared songs in {folder.name}: run `prepare` into it first.")
    trainee = Trainee(size, config.rate, device)
    if (out / CHECKPOINT).exists():
        trainee.load(out)
    parameters = sum(p.numel() for p in trainee.network.parameters())
    report(f"{parameters:,} parameters, step {trainee.step}, {trainee.spent / 60:.1f} minutes so far")
    if config.progress(trainee.step, trainee.spent) >= 1:
        return trainee.averaged()
    _log(out, {"started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), "corpora": corpora,
               "parameters": parameters, "hardware": hardware(device), "config": asdict(config),
               "network": asdict(size)})  # fmt: skip
    held_back = [batch_on(batch, device) for batch in validation_batches(folder, config.held_back)]
    last, since, window, elements = time.monotonic(), 0.0, [], 0
    for batch in _loader(folder, config, config.seed + trainee.step):
        batch = batch_on(batch, device)
        rate = rate_at(config.progress(trainee.step, trainee.spent), trainee.step, config)
        losses, norm = trainee.learn(batch, rate, config.average)
        window.append(float(losses.total().detach()))
        elements += int(batch.length.sum())
        now = time.monotonic()
        trainee.spent, since, last = trainee.spent + now - last, since + now - last, now
        minutes = trainee.spent / 60
        if trainee.step % _BETWEEN_ROWS == 0:
            parts = {
                name: float(getattr(losses, name).detach()) / max(1, count)
                for name, count in losses.counts.items()
                if name != "stroke"
            }
            row = {"step": trainee.step, "minutes": minutes, "loss": sum(window) / len(window), "rate": rate,
                   "norm": norm, "elements": elements} | parts  # fmt: skip
            _log(out, row)
            report(f"{trainee.step} {minutes:.1f} min loss {row['loss']:.3f} {elements / max(1e-9, since):.0f}/s")
            window = []
        finished = config.progress(trainee.step, trainee.spent) >= 1 or stop()
        if since >= config.every * 60 or finished:
            trainee.save(out)
            if held_back:
                figures = validate(trainee.averaged(), held_back)
                _log(out, {"step": trainee.step, "minutes": minutes, "validation": figures})
                report(" ".join(f"{name} {value:.3f}" for name, value in figures.items()))
            since, elements, last = 0.0, 0, time.monotonic()
        if finished:
            break
    return trainee.averaged()


def hardware(device: str = "cpu") -> str:
    """What this machine is, in words."""
    card = f", {torch.cuda.get_device_name()}" if device == "cuda" else ""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{card}, torch {torch.__version__}"


def batch_on(batch: Batch, device: str) -> Batch:
    """The batch on a device."""
    return replace(batch, **{each.name: getattr(batch, each.name).to(device) for each in fields(batch)})


def _log(out: Path, row: Mapping[str, Any]) -> None:
    with (out / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def read_log(run: Path) -> list[dict[str, Any]]:
    """The rows of a run's log; a last one that is being written is left out."""
    path = run / LOG
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
