"""Training the harmony network, and measuring it against people and against the rules in `music.analysis.harmonise`."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cocomposer.model.harmony_grid import (
    HOLD,
    MELODY_FEATURES,
    NONE,
    Idiom,
    chords_in_slots,
    harmony_grid,
    shifted,
)
from cocomposer.model.harmony_network import HarmonyNetwork
from cocomposer.model.weights import save_weights
from cocomposer.music.analysis.grid import IntArray
from cocomposer.training.harmony_corpus import LeadSheet

_NOT_ASKED = -100
"""Target of slots before the first chord and of padding."""
_CROP = 96
"""Slots of a training example; longer songs are cut somewhere else every time."""
_BATCH = 24
_WITHOUT_TUNE, _WITHOUT_RECALL = 0.15, 0.1
"""Share of the examples that are learned as bare progressions, and of those that are not told of repeated bars."""
_LEARNING_RATE, _WEIGHT_DECAY, _CLIP = 4e-3, 1e-2, 1.0


@dataclass(frozen=True)
class Example:
    """A song as the network learns it; all of shape (slots,) but `features`, (slots, FEATURES).

    `sounding` and `held` are the chord before each slot and for how many slots it has sounded, `recalled` the chord of
    the repeated bar, `target` what comes next (HOLD where nothing does); degrees count from the tonic of the slot.
    """

    features: np.ndarray
    sounding: IntArray
    held: IntArray
    recalled: IntArray
    target: IntArray


def example_of(sheet: LeadSheet) -> Example:
    """What the network is to learn from a lead sheet."""
    grid = harmony_grid(sheet.song, sheet.melody, sheet.song.keys, sheet.idiom)
    chords = chords_in_slots(grid, sheet.song.chords)
    before = np.concatenate([[NONE], chords[:-1]])
    held = np.zeros(len(grid), dtype=np.int64)
    for slot in range(1, len(grid)):
        held[slot] = 1 if slot == 1 or chords[slot - 1] != chords[slot - 2] else held[slot - 1] + 1
    held[before == NONE] = 0
    recalled = np.where(grid.recall >= 0, shifted(chords[grid.recall], -grid.tonic[grid.recall]), NONE)
    target = np.where(chords == before, HOLD, shifted(chords, -grid.tonic))
    target[chords == NONE] = _NOT_ASKED
    return Example(grid.features, shifted(before, -grid.tonic), held, recalled, target)


def train(
    sheets: Sequence[LeadSheet],
    destination: Path,
    *,
    seed: int = 1,
    minutes: float = 10.0,
    epochs: int = 16,
    patience: int = 4,
    report: Callable[[str], None] = print,
) -> HarmonyNetwork:
    """Train on the training split until the development split gets no better, and write the best to `destination`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    training = [example_of(sheet) for sheet in sheets if sheet.split == "training"]
    # The songbook is the smaller corpus by far, in songs and in bars: it is heard twice an epoch.
    training += [
        example_of(sheet) for sheet in sheets if sheet.split == "training" and sheet.idiom is Idiom.SONGBOOK
    ]  # fmt: skip
    development = [example_of(sheet) for sheet in sheets if sheet.split == "development"]
    network = fit(
        HarmonyNetwork(), training, development, rng, minutes=minutes, epochs=epochs, patience=patience, report=report,
    )  # fmt: skip
    save_weights(destination, network.state_dict(), network.config)
    return network


def fit(
    network: HarmonyNetwork,
    training: Sequence[Example],
    development: Sequence[Example],
    rng: np.random.Generator,
    *,
    minutes: float,
    epochs: int,
    patience: int,
    rate: float = _LEARNING_RATE,
    report: Callable[[str], None] = print,
) -> HarmonyNetwork:
    """The network with the weights of the epoch that was best on `development`; `minutes` is a limit to its time."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=_WEIGHT_DECAY)
    steps = epochs * -(-len(training) // _BATCH)
    # One cycle: L. N. Smith and N. Topin, "Super-Convergence", SPIE 11006, 2019.
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps + 1, pct_start=0.15)
    began = time.monotonic()
    best, best_loss, waited = copy.deepcopy(network.state_dict()), float("inf"), 0
    for epoch in range(epochs):
        network.train()
        total = 0.0
        order = rng.permutation(len(training))
        batches = [order[start : start + _BATCH] for start in range(0, len(training), _BATCH)]
        for batch in batches:
            loss = _loss(network, [_varied(training[each], rng) for each in batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
            optimiser.step()
            schedule.step()
            total += loss.item()
        heard = mean_loss(network, development)
        report(f"epoch {epoch + 1}: training {total / len(batches):.4f}, development {heard:.4f} nats a slot")
        waited += 1
        if heard < best_loss - 1e-4:
            best, best_loss, waited = copy.deepcopy(network.state_dict()), heard, 0
        if waited >= patience or time.monotonic() - began > 60 * minutes:
            break
    network.load_state_dict(best)
    return network.eval()


def mean_loss(network: HarmonyNetwork, examples: Sequence[Example]) -> float:
    """Mean negative log-likelihood of the human chords, in nats a slot."""
    network.eval()
    total, slots = 0.0, 0
    with torch.inference_mode():
        for start in range(0, len(examples), _BATCH):
            batch = examples[start : start + _BATCH]
            asked = sum(int((each.target != _NOT_ASKED).sum()) for each in batch)
            total += float(_loss(network, batch)) * asked
            slots += asked
    return total / max(1, slots)


def _loss(network: HarmonyNetwork, examples: Sequence[Example]) -> Tensor:
    features = _padded([each.features for each in examples], 0.0)
    scores, _ = network.decode(
        network.encode(features),
        _padded([each.sounding for each in examples], NONE),
        _padded([each.held for each in examples], 0),
        _padded([each.recalled for each in examples], NONE),
    )
    target = _padded([each.target for each in examples], _NOT_ASKED)
    return nn.functional.cross_entropy(scores.flatten(0, 1), target.flatten(), ignore_index=_NOT_ASKED)


def _padded(arrays: Sequence[np.ndarray], value: float) -> Tensor:
    tensors = [torch.from_numpy(array) for array in arrays]
    return nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)


def _varied(example: Example, rng: np.random.Generator) -> Example:
    """A stretch of the example, now and then without its tune, or without what it repeats."""
    slots = len(example.target)
    start = int(rng.integers(0, max(1, slots - _CROP + 1)))
    cut = slice(start, start + _CROP)
    features, recalled = example.features[cut], example.recalled[cut]
    if rng.random() < _WITHOUT_TUNE:
        features = features.copy()
        features[:, :MELODY_FEATURES] = 0.0
        recalled = np.full_like(recalled, NONE) if rng.random() < 0.5 else recalled
    elif rng.random() < _WITHOUT_RECALL:
        recalled = np.full_like(recalled, NONE)
    return Example(features, example.sounding[cut], example.held[cut], recalled, example.target[cut])
