"""The shipped racks are valid; wrong ones are refused with what is wrong and what was probably meant."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.errors import SoundError
from cocomposer.music import Role
from cocomposer.sound.racks import EFFECTS, Effect, build_chain, load_racks, read_rack
from cocomposer.sound.render import SAMPLE_RATES


def test_every_role_has_a_rack_that_builds() -> None:
    import pedalboard

    racks = load_racks()
    assert set(racks.roles) == set(Role)
    for effects in [rack.effects for rack in racks.roles.values()] + [racks.room, racks.master]:
        assert len(list(build_chain(effects, 44100))) == len(effects) > 0
    assert racks.of(Role.MELODY).loudness == 0
    for kind, ranges in EFFECTS.items():
        effect = getattr(pedalboard, kind)(**{name: high for name, (_, high) in ranges.items()})
        assert all(hasattr(effect, name) for name in ranges)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_every_effect_is_stable_at_every_sample_rate(rate: int) -> None:
    random = np.random.default_rng(0)
    noise = (0.1 * random.standard_normal((2, rate))).astype(np.float32)
    for kind, ranges in EFFECTS.items():
        high = tuple((name, bounds[1]) for name, bounds in ranges.items() if name.endswith("_hz"))
        answer = build_chain([Effect(kind, high)], rate)(noise, rate)
        assert np.abs(answer).max() < 10, kind


def test_only_drums_and_bass_keep_their_low_end() -> None:
    for role, rack in load_racks().roles.items():
        cut = max(dict(e.parameters)["cutoff_frequency_hz"] for e in rack.effects if e.kind == "HighpassFilter")
        assert (cut < 50) == (role in (Role.DRUMS, Role.BASS))


def write(folder: Path, text: str, name: str = "keys.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_what_is_written(tmp_path: Path) -> None:
    text = 'name = "K"\nloudness = -3\npan = 0.5\n[[effect]]\ntype = "Gain"\ngain_db = 2\n'
    rack = read_rack(write(tmp_path, text))
    assert (rack.name, rack.loudness, rack.pan, rack.send) == ("K", -3.0, 0.5, None)
    assert rack.effects == (Effect("Gain", (("gain_db", 2.0),)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[effect]]\ntype = "Compresor"', "did you mean 'Compressor'"),
        ('[[effect]]\ntype = "compressor"', "did you mean 'Compressor'"),
        ('[[effect]]\ntype = "Compressor"\ntreshold_db = -3', "did you mean 'threshold_db'"),
        ('[[effect]]\ntype = "Compressor"\nratio = 100', "between 1 and 20"),
        ('[[effect]]\ntype = "Compressor"\nratio = "4"', "must be a number"),
        ('[[effect]]\ntype = "Compressor"\nratio = nan', "must be a number"),
        ("[[effect]]\nratio = 2", "needs a type"),
        ("effect = 3", r"\[\[effect\]\]"),
        ("volume = 3", "no setting called 'volume'"),
        ("pan = 2", "between -1 and 1"),
        ("pan = true", "must be a number"),
        ("name = 3", "must be text"),
        ("pan = ", "not TOML"),
        ("x = " + "[" * 5000, "not TOML"),
        ('[[effect]]\ntype = "Gain"\n' * 17, "up to 16"),
        ("#" * 100_001, "100,000 bytes"),
    ],
)
def test_wrong_racks_are_explained(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SoundError, match=message) as caught:
        read_rack(write(tmp_path, text))
    assert "keys.toml" in str(caught.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_rack_or_a_sound_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    with contextlib.suppress(SoundError):
        assert read_rack(path).name


def test_own_folder_overrides_single_racks(tmp_path: Path) -> None:
    write(tmp_path, "loudness = 3.5")
    racks = load_racks(tmp_path)
    assert racks.of(Role.KEYS).loudness == 3.5
    assert racks.of(Role.BASS) == load_racks().of(Role.BASS)
    with pytest.raises(SoundError, match="does not exist"):
        load_racks(tmp_path / "nowhere")


def test_the_shared_room_stays_linear(tmp_path: Path) -> None:
    write(tmp_path, '[[effect]]\ntype = "Distortion"', "room.toml")
    with pytest.raises(SoundError, match="cannot use Distortion"):
        load_racks(tmp_path)
