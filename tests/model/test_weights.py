"""Weights come back as they were saved, and nothing that is missing, damaged or foreign is taken for them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
from safetensors.torch import save  # noqa: E402
from torch import nn  # noqa: E402

from cocomposer.errors import ModelError  # noqa: E402
from cocomposer.model import weights  # noqa: E402
from cocomposer.model.weights import built, load_weights, save_weights  # noqa: E402

CONFIG = {"width": 4, "names": ["a", "b"]}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    torch.manual_seed(1)
    path = tmp_path / "deep" / "tiny.safetensors"
    save_weights(path, nn.Linear(4, 3).state_dict(), CONFIG)
    return path


def rehash(path: Path) -> None:
    """Make the hash right again for whatever now lies at `path`."""
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    (path.parent / weights.HASHES).write_text(json.dumps(hashes))


def test_what_is_saved_comes_back(saved: Path) -> None:
    torch.manual_seed(1)
    before = nn.Linear(4, 3)
    tensors, config = load_weights(saved)
    assert config == CONFIG
    after = built(lambda: nn.Linear(4, 3), lambda: 15, tensors, saved)
    assert not after.training
    assert after.weight.dtype == torch.float32
    assert torch.allclose(before.weight, after.weight, atol=1e-3)
    assert not torch.equal(before.weight, after.weight)  # float16 is what is stored
    assert sorted(each.name for each in saved.parent.iterdir()) == ["hashes.json", "tiny.safetensors"]


def test_a_second_file_keeps_the_hash_of_the_first(saved: Path) -> None:
    save_weights(saved.with_name("other.safetensors"), {"x": torch.ones(2, dtype=torch.int64)}, {})
    assert load_weights(saved)[1] == CONFIG
    assert load_weights(saved.with_name("other.safetensors"))[0]["x"].tolist() == [1, 1]


@pytest.mark.parametrize("place", [20, -1])
def test_a_changed_byte_is_noticed(saved: Path, place: int) -> None:
    data = bytearray(saved.read_bytes())
    data[place] ^= 1
    saved.write_bytes(data)
    with pytest.raises(ModelError, match=r"checksum.*style composer"):
        load_weights(saved)


def test_a_missing_file_or_hash_is_named(saved: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.safetensors is missing"):
        load_weights(saved.with_name("none.safetensors"))
    (saved.parent / weights.HASHES).unlink()
    with pytest.raises(ModelError, match=r"hashes\.json is missing"):
        load_weights(saved)


@pytest.mark.parametrize("text", ["", "[1]", "{", "[" * 5000])
def test_damaged_hashes_are_refused(saved: Path, text: str) -> None:
    (saved.parent / weights.HASHES).write_text(text)
    with pytest.raises(ModelError, match="damaged"):
        load_weights(saved)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no tensors at all",
        b"\xff" * 64,
        save({"x": torch.ones(2)}),
        save({"x": torch.ones(2)}, metadata={"config": "{"}),
        save({"x": torch.ones(2)}, metadata={"config": "3"}),
        save({"x": torch.tensor([1.0, float("nan")])}, metadata={"config": "{}"}),
    ],
)
def test_a_file_with_the_right_hash_may_still_be_wrong(saved: Path, data: bytes) -> None:
    saved.write_bytes(data)
    rehash(saved)
    with pytest.raises(ModelError, match=r"tiny\.safetensors"):
        load_weights(saved)


def test_a_huge_file_is_not_read(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "MAX_BYTES", 100)
    with pytest.raises(ModelError, match="larger"):
        load_weights(saved)
    with pytest.raises(ValueError, match="at most 100"):
        save_weights(saved, {"x": torch.ones(1000)}, {})


def test_shapes_and_names_must_be_those_of_the_network(saved: Path) -> None:
    tensors, _ = load_weights(saved)
    others = (lambda: nn.Linear(4, 2), lambda: nn.Linear(4, 3, bias=False), lambda: nn.Sequential(nn.Linear(4, 3)))
    for other in others:
        with pytest.raises(ModelError, match="another version"):
            built(other, lambda: 1, tensors, saved)


def test_a_giant_is_refused_before_it_is_made(saved: Path) -> None:
    """Ten terabytes of weights are not asked of the machine to find out that the file has them not."""
    tensors, _ = load_weights(saved)
    with pytest.raises(ModelError, match="another version"):
        built(lambda: nn.Linear(10**6, 2_500_000), lambda: 2_500_000 * 10**6, tensors, saved)
    with pytest.raises(ModelError, match="does not know"):
        built(lambda: nn.Linear(4, 3), lambda: int(float("inf")), tensors, saved)


def test_values_beyond_float16_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="float16"):
        save_weights(tmp_path / "x.safetensors", {"x": torch.tensor([1e9])}, {})
    assert not (tmp_path / "x.safetensors").exists()
