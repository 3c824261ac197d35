"""The shipped racks are valid; wrong ones are refused with what is wrong and what was probably meant."""

import contextlib
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.errors import SoundError
from cocomposer.music import Effect, Lane, Point, Role, Strip
from cocomposer.sound.effects import BuiltInEffect, known_parameters
from cocomposer.sound.racks import EFFECTS, Rack, load_racks, rack_from_strip, read_rack, save_rack
from cocomposer.sound.render import SAMPLE_RATES


def inserts(rack: Rack, sample_rate: int = 44100) -> list[BuiltInEffect]:
    return [BuiltInEffect(each.kind, known_parameters(each, 120), sample_rate) for each in rack.strip.inserts]


def test_every_role_has_a_rack_that_builds() -> None:
    racks = load_racks()
    assert set(racks.roles) == set(Role)
    for rack in (*racks.roles.values(), racks.room, racks.echo, racks.master):
        assert len(inserts(rack)) > 0
    for kind, ranges in EFFECTS.items():
        effect = BuiltInEffect(kind, {}, 44100)
        for name, (low, high) in ranges.items():
            if name != "delay_beats":
                middle = (low + min(high, 10_000)) / 2
                effect.set_parameter(name, middle)
                assert effect.parameter(name) == pytest.approx(middle, rel=1e-3), (kind, name)


def test_an_echo_in_beats_follows_the_tempo() -> None:
    echo = load_racks().echo.strip.inserts[0]
    assert known_parameters(echo, 120)["delay_seconds"] == pytest.approx(0.375)
    assert known_parameters(echo, 90)["delay_seconds"] == pytest.approx(0.5)
    assert known_parameters(echo, 10)["delay_seconds"] == pytest.approx(4.5 / 4)  # halved until no longer than 2 s


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_every_effect_is_stable_at_every_sample_rate(rate: int) -> None:
    random = np.random.default_rng(0)
    noise = (0.1 * random.standard_normal((2, rate // 2))).astype(np.float32)
    for kind, ranges in EFFECTS.items():
        high = {name: bounds[1] for name, bounds in ranges.items() if name.endswith("_hz")}
        answer = BuiltInEffect(kind, high, rate).process(noise)
        assert np.abs(answer).max() < 10, kind


def test_only_drums_and_bass_keep_their_low_end() -> None:
    for role, rack in load_racks().roles.items():
        cut = max(dict(e.parameters)["cutoff_frequency_hz"] for e in rack.strip.inserts if e.kind == "HighpassFilter")
        assert (cut < 50) == (role in (Role.DRUMS, Role.BASS))


def write(folder: Path, text: str, name: str = "keys.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_what_is_written(tmp_path: Path) -> None:
    text = 'name = "K"\ngain = -3\npan = 0.5\nbus = "Keys"\nsends.Room = -9\n[[effect]]\ntype = "Gain"\ngain_db = 2\n'
    rack = read_rack(write(tmp_path, text))
    gain = Effect("Gain", (("gain_db", 2.0),))
    assert rack == Rack("K", Strip(-3.0, pan=0.5, output="Keys", sends=(("Room", -9.0),), inserts=(gain,)))


NAMES = st.text(max_size=12)
NUMBERS = st.floats(0, 1)


@st.composite
def effects(draw: st.DrawFn) -> Effect:
    kind = draw(st.sampled_from([*EFFECTS, "plugin"]))
    wet, bypassed = draw(NUMBERS), draw(st.booleans())
    if kind == "plugin":
        parameters = tuple(draw(st.dictionaries(NAMES, NUMBERS, max_size=4)).items())
        return Effect(kind, parameters, draw(st.text(min_size=1)), draw(st.binary(max_size=40)), bypassed, wet)
    chosen = draw(st.lists(st.sampled_from(list(EFFECTS[kind])), unique=True))
    return Effect(kind, tuple((name, draw(st.floats(*EFFECTS[kind][name]))) for name in chosen), "", b"", bypassed, wet)


STRIPS = st.builds(
    Strip,
    gain_db=st.floats(-96, 24),
    trim_db=st.none() | st.floats(-96, 24),
    pan=st.floats(-1, 1),
    width=st.floats(0, 1.5),
    muted=st.booleans(),
    inserts=st.lists(effects(), max_size=4).map(tuple),
    sends=st.dictionaries(NAMES, st.floats(-96, 24), max_size=4).map(lambda sends: tuple(sends.items())),
    output=NAMES,
    lanes=st.just((Lane("gain", (Point(0, -3.0),)),)),
)


@given(STRIPS, NAMES, NAMES)
def test_a_strip_saved_as_a_rack_comes_back(
    tmp_path_factory: pytest.TempPathFactory, strip: Strip, name: str, about: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "saved.toml"
    save_rack(rack_from_strip(strip, name, about), path)
    kept = dataclasses.replace(strip, muted=False, soloed=False, lanes=())
    assert read_rack(path) == Rack(name, kept, about)


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
        ("#" * 1_000_001, "1,000,000 bytes"),
        ("sends = 3", "sends are a table"),
        ("sends.Room = 99", "between -96 and 24"),
        ('[[effect]]\ntype = "plugin"', "a plugin with a path"),
        ('[[effect]]\ntype = "plugin"\nplugin = "a.vst3"\nstate = "?"', "base 64"),
        ('[[effect]]\ntype = "Gain"\nwet = 2', "between 0 and 1"),
        ('[[effect]]\ntype = "Gain"\nbypassed = 1', "true or false"),
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
    write(tmp_path, "gain = 3.5")
    racks = load_racks(tmp_path)
    assert racks.of(Role.KEYS).strip.gain_db == 3.5
    assert racks.of(Role.BASS) == load_racks().of(Role.BASS)
    with pytest.raises(SoundError, match="does not exist"):
        load_racks(tmp_path / "nowhere")


def test_the_shared_room_stays_linear(tmp_path: Path) -> None:
    write(tmp_path, '[[effect]]\ntype = "Distortion"', "room.toml")
    with pytest.raises(SoundError, match="cannot use Distortion"):
        load_racks(tmp_path)
