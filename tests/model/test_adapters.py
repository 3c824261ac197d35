"""Adapters on a tiny network: they learn, they hold to what was there, they blend, and bad files are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from songs import band_song

torch = pytest.importorskip("torch")

from safetensors.torch import load, save  # noqa: E402
from torch import Tensor  # noqa: E402

from cocomposer.errors import Cancelled, ModelError, RequestError  # noqa: E402
from cocomposer.model.adapters import (  # noqa: E402
    MAX_BYTES,
    Adapter,
    LowRank,
    adaptable,
    adapted,
    adapter_bytes,
    adapter_of,
    load_adapter,
    with_factors,
)
from cocomposer.model.adapting import Learned, learn  # noqa: E402
from cocomposer.model.batch import batch_of  # noqa: E402
from cocomposer.model.course import Course  # noqa: E402
from cocomposer.model.network import Batch, Network, NetworkConfig  # noqa: E402
from cocomposer.model.practice import Prepared, by_length, stream, validate  # noqa: E402
from cocomposer.model.sheet import sheet_of  # noqa: E402
from cocomposer.model.weights import write_weights  # noqa: E402

BASE = "0" * 64
COURSE = Course(rank=4, steps=12, elements=300, rate=2e-2, others=0, between=4, batches=2)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def prepared(numbers: range, transpose: int = 0) -> list[Prepared]:
    found = []
    for number in numbers:
        song = band_song(number)
        parts = [replace(part, notes=tuple(replace(note, pitch=note.pitch + transpose) for note in part.notes))
                 if not part.is_drums else part for part in song.parts]  # fmt: skip
        found.append(Prepared(f"song {number}", sheet_of(replace(song, parts=tuple(parts))), 0, 0, False))
    return found


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(3)
    return Network(NetworkConfig(width=32, layers=2, heads=2, inner=64, head_width=32)).eval()


@pytest.fixture(scope="module")
def learned(network: Network) -> Learned:
    return learn(network, BASE, prepared(range(4)), course=COURSE)


@pytest.fixture(scope="module")
def batch() -> Batch:
    return batch_of(next(by_length(stream(prepared(range(4, 8)), {}, 9), 600)))


def answers(network: Network, batch: Batch) -> dict[str, Tensor]:
    with torch.no_grad():
        return {name: scores for name, (scores, _) in network.choices(batch).items()}


def test_songs_that_were_not_heard_are_foretold_better(network: Network, learned: Learned, batch: Batch) -> None:
    assert learned.after < 0.95 * learned.before
    assert (
        validate(adapted(network, learned.adapter, 1.0), [batch])["per_note"]
        < 0.95 * validate(network, [batch])["per_note"]
    )
    assert 0 < learned.steps <= COURSE.steps
    assert len(learned.kept_aside) == 1
    assert sorted((*learned.kept_aside, *learned.learned_from)) == [f"song {number}" for number in range(4)]


def test_learning_leaves_the_network_alone_and_follows_its_seed(network: Network, learned: Learned) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    again = learn(network, BASE, prepared(range(4)), course=COURSE)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert adapter_bytes(again.adapter) == adapter_bytes(learned.adapter)
    other = learn(network, BASE, prepared(range(4)), course=replace(COURSE, seed=1, steps=4))
    assert adapter_bytes(other.adapter) != adapter_bytes(learned.adapter)


def test_what_stands_beside_a_layer_is_what_is_added_to_its_weight(network: Network, batch: Batch) -> None:
    import copy

    learner = copy.deepcopy(network)
    factors = with_factors(learner, 4)
    for each in factors.values():
        torch.nn.init.normal_(each.up)
    beside = answers(learner, batch)
    added = answers(adapted(network, adapter_of(factors, BASE), 1.0), batch)
    plain = answers(network, batch)
    for name, scores in beside.items():
        torch.testing.assert_close(scores, added[name], rtol=1e-3, atol=1e-4)
    assert float((beside["velocity"] - plain["velocity"]).abs().max()) > 0.01


def test_a_share_adds_so_much_and_none_adds_nothing(network: Network, learned: Learned, batch: Batch) -> None:
    assert adapted(network, learned.adapter, 0.0) is network
    whole, half = adapted(network, learned.adapter, 1.0), adapted(network, learned.adapter, 0.5)
    for name, layer in adaptable(network).items():
        middle = (layer.weight + adaptable(whole)[name].weight) / 2
        torch.testing.assert_close(adaptable(half)[name].weight, middle)
    nats = [validate(each, [batch])["per_note"] for each in (network, half, whole)]
    assert nats == sorted(nats, reverse=True)


def test_other_music_is_held_to_what_it_was(network: Network) -> None:
    """What the network answers to music of others strays less where it was reminded of it."""
    others = prepared(range(8, 12), transpose=5)
    reminded = batch_of(next(by_length(stream(others, {}, 5), 600)))
    before = answers(network, reminded)

    def strayed(weight: float) -> float:
        course = replace(COURSE, others=weight, reminders=2, steps=8)
        made = learn(network, BASE, prepared(range(4)), others, course)
        after = answers(adapted(network, made.adapter, 1.0), reminded)
        return sum(float((after[name] - before[name]).abs().mean()) for name in ("position", "duration", "velocity"))

    assert strayed(20.0) < 0.7 * strayed(0.0)


def test_learning_stops_when_it_is_told_to(network: Network) -> None:
    told: list[float] = []
    with pytest.raises(Cancelled):
        learn(network, BASE, prepared(range(3)), course=COURSE, progress=told.append, cancelled=lambda: len(told) > 2)
    assert told == pytest.approx([1 / 12, 2 / 12, 3 / 12])


def test_two_songs_say_nothing_of_an_artist(network: Network) -> None:
    songs = [*prepared(range(2)), *prepared(range(1))]
    with pytest.raises(RequestError, match="at least 3 songs, and there are 2"):
        learn(network, BASE, songs, course=COURSE)


def kept(adapter: Adapter, folder: Path) -> Path:
    path = folder / "mine" / "adapter.safetensors"
    write_weights(path, adapter_bytes(adapter))
    return path


def test_an_adapter_comes_back_from_its_file(network: Network, learned: Learned, batch: Batch, tmp_path: Path) -> None:
    again = load_adapter(kept(learned.adapter, tmp_path), BASE)
    assert again.factors.keys() == learned.adapter.factors.keys() == adaptable(network).keys()
    nats = [validate(adapted(network, each, 1.0), [batch])["per_note"] for each in (again, learned.adapter)]
    assert nats[0] == pytest.approx(nats[1], rel=1e-2)


def config(adapter: Adapter) -> str:
    data = adapter_bytes(adapter)
    import json

    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return str(header["__metadata__"]["config"])


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda t: t | {"norm.down": torch.ones(2, 3).half()}, "damaged"),
        (lambda t: t | {"stop.down": torch.full_like(t["stop.down"], float("nan"))}, "damaged"),
        (lambda t: t | {"stop.up": torch.full_like(t["stop.up"], float("inf"))}, "damaged"),
        (lambda t: t | {"stop.up": t["stop.up"][0]}, "damaged"),
        (lambda t: t | {"stop.up": t["stop.up"].int()}, "damaged"),
        (lambda t: t | {"stop.down": torch.zeros(0, 32).half(), "stop.up": torch.zeros(1, 0).half()}, "damaged"),
        (lambda t: t | {"stop.down": torch.zeros(4, 33).half()}, "another version"),
        (lambda t: t | {"ghost.down": torch.ones(2, 3).half(), "ghost.up": torch.ones(3, 2).half()}, "another version"),
        (lambda t: t | {name: torch.full_like(t[name], 6e4) for name in ("stop.down", "stop.up")}, "damaged"),
        (lambda t: t | {"stop.down": torch.zeros(MAX_BYTES // 2, 1).half()}, "damaged"),
    ],
)
def test_a_hostile_adapter_is_refused(
    spoil: object, why: str, network: Network, learned: Learned, tmp_path: Path
) -> None:
    """Its hash is right: whoever shares one can write that too."""
    path = tmp_path / "bad" / "adapter.safetensors"
    tensors = spoil(load(adapter_bytes(learned.adapter)))  # type: ignore[operator]
    write_weights(path, save(tensors, metadata={"config": config(learned.adapter)}))
    with pytest.raises(ModelError, match=why):
        adapted(network, load_adapter(path, BASE), 1.0)


def test_an_adapter_of_other_weights_or_with_a_wrong_byte_is_refused(learned: Learned, tmp_path: Path) -> None:
    path = kept(learned.adapter, tmp_path)
    with pytest.raises(ModelError, match="another version"):
        load_adapter(path, "1" * 64)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        load_adapter(path, BASE)
    with pytest.raises(ModelError, match="missing"):
        load_adapter(tmp_path / "none" / "adapter.safetensors", BASE)


def test_factors_add_nothing_before_they_learned() -> None:
    layer = torch.nn.Linear(8, 3)
    low = LowRank(layer, 16)
    given = torch.from_numpy(np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32))
    assert low.down.shape == (3, 8)
    assert torch.equal(low(layer, (given,), layer(given)), layer(given))
