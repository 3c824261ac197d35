"""A tiny network learns, can be stopped and taken up again, and what is said of it is measured."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from cocomposer.errors import ModelError
from cocomposer.model.batch import batch_of
from cocomposer.model.network import Network, NetworkConfig
from cocomposer.model.weights import load_weights
from cocomposer.training import train as training
from cocomposer.training.card import LIKELIHOOD, write_card
from cocomposer.training.checkpoint import Trainee, mean_network
from cocomposer.training.export import VERSION, export
from cocomposer.training.likelihood import Baselines, Choices, all_choices, as_json, measure
from cocomposer.training.train import TrainingConfig, load_songs, read_log, train, windows_of

SIZE = NetworkConfig(width=32, layers=2, heads=2, inner=64, head_width=32)
CONFIG = TrainingConfig(
    minutes=600,
    steps=10,
    elements=512,
    rate=2e-2,
    warm_up=3,
    longest=96,
    average=0.8,
    held_back=0,
    threads=1,
    workers=0,
)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def run(prepared_songs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training that is over."""
    folder = tmp_path_factory.mktemp("run")
    train(prepared_songs, folder, CONFIG, SIZE, report=lambda _: None)
    return folder


def weights(network: Network) -> dict[str, torch.Tensor]:
    return dict(network.state_dict())


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_it_learns(run: Path, prepared_songs: Path) -> None:
    made = measure(mean_network(run), prepared_songs, "tiny", count=2, fitted_on=2, elements=512)
    assert made is not None
    assert made.songs == 1
    assert made.notes > 100
    assert made.nats["network"]["all"] < 0.7 * made.nats["unigram"]["all"]
    assert made.nats["bar repeat"]["all"] < 0.7 * made.nats["unigram"]["all"]
    torch.manual_seed(0)
    fresh = measure(Network(SIZE), prepared_songs, "tiny", count=2, fitted_on=2, elements=512)
    assert fresh is not None
    assert fresh.nats["network"]["all"] > made.nats["unigram"]["all"]


def test_a_finished_run_is_left_as_it_is(run: Path, prepared_songs: Path) -> None:
    before = (run / "checkpoint.safetensors").read_bytes()
    again = train(prepared_songs, run, CONFIG, SIZE, report=lambda _: None)
    assert equal(weights(again), weights(mean_network(run)))
    assert (run / "checkpoint.safetensors").read_bytes() == before


def test_a_run_goes_on_where_it_was(run: Path, prepared_songs: Path, tmp_path: Path) -> None:
    longer = TrainingConfig(**{**vars(CONFIG), "steps": 12})
    shutil.copytree(run, tmp_path / "run")
    said: list[str] = []
    train(prepared_songs, tmp_path / "run", longer, SIZE, report=said.append)
    assert "step 10," in said[0]
    trainee = Trainee(SIZE, 1e-2)
    trainee.load(tmp_path / "run")
    assert trainee.step == 12
    assert not equal(weights(mean_network(run)), weights(mean_network(tmp_path / "run")))


def test_stopping_writes_a_checkpoint(prepared_songs: Path, tmp_path: Path) -> None:
    train(prepared_songs, tmp_path, CONFIG, SIZE, report=lambda _: None, stop=lambda: True)
    trainee = Trainee(SIZE, 1e-2)
    trainee.load(tmp_path)
    assert trainee.step == 1
    assert trainee.spent > 0


def test_a_checkpoint_holds_everything(prepared_songs: Path, tmp_path: Path) -> None:
    songs = load_songs(prepared_songs, validation=False)
    first, second = (batch_of(examples) for examples in windows_of(songs, 2, 256, 0))
    torch.manual_seed(1)
    straight = Trainee(SIZE, 1e-2)
    straight.learn(first, 1e-2, 0.9)
    straight.spent = 7.5
    straight.save(tmp_path)
    resumed = Trainee(SIZE, 1e-2)
    assert not equal(weights(resumed.network), weights(straight.network))
    resumed.load(tmp_path)
    assert (resumed.step, resumed.spent) == (1, 7.5)
    assert equal(weights(resumed.network), weights(straight.network))
    for trainee in (straight, resumed):
        trainee.learn(second, 1e-2, 0.9)
    assert equal(weights(resumed.network), weights(straight.network)), "the optimisers remember as well"
    assert equal(resumed.mean, straight.mean)


def test_a_network_of_another_size_does_not_go_on(run: Path, prepared_songs: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="2 layers of width 32"):
        train(prepared_songs, run, CONFIG, NetworkConfig(width=64, layers=2), report=lambda _: None)
    with pytest.raises(ModelError, match="no checkpoint"):
        mean_network(tmp_path)


def test_baselines_are_what_they_say() -> None:
    def choices(answer: list[int], repeat: list[int]) -> dict[str, Choices]:
        return {"velocity": Choices(np.array(answer), np.array(repeat), np.zeros(len(answer), bool))}

    # Three of four repeats are right; the sixteen answers are equally frequent.
    fitted = Baselines.fitted(choices([*range(16)] * 4, [*range(16)] * 3 + [15 - each for each in range(16)]))
    heard = choices([3, 3, 3], [3, 4, -1])["velocity"]
    assert fitted.unigram("velocity", heard) == pytest.approx(3 * math.log(16))
    share = fitted.repeated["velocity"][0]
    assert share == pytest.approx((0.75 - 1 / 16) / (15 / 16), abs=1e-3)
    assert fitted.bar_repeat("velocity", heard) == pytest.approx(
        -math.log(share + (1 - share) / 16) - math.log((1 - share) / 16) + math.log(16)
    )


def test_a_drummer_who_repeats_himself_is_foretold(prepared_songs: Path) -> None:
    windows = list(windows_of(load_songs(prepared_songs, validation=False), 4, 512, 3))
    choices = all_choices(windows)
    for name in ("position", "pitch"):
        drums = choices[name].drums & (choices[name].repeat >= 0)
        right = choices[name].repeat[drums] == choices[name].answer[drums]
        assert right.mean() > 0.85, "all but a song's first bar"
        assert drums.sum() > 100
    assert (choices["pitch"].repeat == choices["pitch"].answer)[~choices["pitch"].drums].mean() < 0.6
    assert len(choices["micro"].answer) == 0, "nobody played these"


def test_weights_are_written_in_half_precision(run: Path, tmp_path: Path) -> None:
    path = export(run, tmp_path)
    tensors, config = load_weights(path)
    assert config == {**vars(SIZE), "kind": "composer", "version": VERSION}
    mean = weights(mean_network(run))
    assert equal(tensors, {name: value.half().float() for name, value in mean.items()})
    assert path.stat().st_size < 2.2 * sum(value.numel() for value in mean.values()) + 10_000


def test_the_card_says_what_the_run_left_behind(run: Path, prepared_songs: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    made = measure(mean_network(run), prepared_songs, "tiny", count=1, fitted_on=1, elements=256)
    assert made is not None
    (tmp_path / "run" / LIKELIHOOD).write_text(json.dumps(as_json([made])))
    (tmp_path / "run" / "listening_test.json").write_text('{"answers": 20, "share": {"ours": 0.625}}')
    card = write_card(tmp_path / "run", tmp_path / "small")
    text = card.read_text(encoding="utf-8")
    parameters = sum(value.numel() for value in weights(mean_network(run)).values())
    assert f"{parameters:,} parameters" in text
    assert "10 steps" in text
    assert f"{made.nats['network']['all']:.3f}" in text
    assert "| share ours | 0.625 |" in text
    assert "Latin percussion" in text
    assert (tmp_path / "small" / "pictures" / "training.png").read_bytes().startswith(b"\x89PNG")
    assert write_card(tmp_path / "run", tmp_path / "small").read_text(encoding="utf-8") == text


def test_a_log_that_is_being_written_can_be_read(tmp_path: Path) -> None:
    (tmp_path / training.LOG).write_text('{"step": 50, "loss": 1.0}\n{"step": 100, "lo')
    assert read_log(tmp_path) == [{"step": 50, "loss": 1.0}]
    assert read_log(tmp_path / "none") == []
