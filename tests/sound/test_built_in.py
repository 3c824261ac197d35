"""The built-in instruments: in tune, at level, by velocity, with an end; and wrong descriptions are explained."""

import contextlib
import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import faust_bench
import numpy as np
import pytest
from faust_bench import RATE, notes
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cocomposer.errors import SoundError
from cocomposer.music import Role
from cocomposer.sound.built_in import BuiltIn, built_in, built_in_for, built_in_instruments, read_built_in
from cocomposer.sound.protocol import BEND, NOTE_OFF, NOTE_ON
from cocomposer.sound.voices import RING_OUT, SHORTEST, sounding

Audio = NDArray[np.float32]
Play = Callable[..., Audio]

TUNED = [instrument.id for instrument in built_in_instruments() if not instrument.is_kit]
ALL = [instrument.id for instrument in built_in_instruments()]
STEADY = ("detune", "vibrato", "throw", "chorus", "rosin", "ensemble", "breath", "air", "hammer")
"""Parameters that spread or cover the pitch: set to 0 where it is measured."""


@pytest.fixture(scope="module")
def child() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def play(child: ProcessPoolExecutor) -> Play:
    def played(*arguments: Any, **named: Any) -> Audio:
        audio: Audio = child.submit(faust_bench.play, *arguments, **named).result()
        return audio

    return played


def centre(name: str) -> int:
    return 40 if built_in(name).roles[0] is Role.BASS else 64


def steady(name: str) -> tuple[tuple[str, float], ...]:
    return tuple((parameter.name, 0.0) for parameter in built_in(name).parameters if parameter.name in STEADY)


def decibels(audio: Audio) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(audio, dtype=np.float64))) + 1e-12))


def peak(audio: Audio) -> float:
    return float(20 * np.log10(np.abs(audio).max() + 1e-12))


def centroid(audio: Audio) -> float:
    power = np.abs(np.fft.rfft(audio.mean(axis=0))) ** 2
    return float(power @ np.fft.rfftfreq(audio.shape[1], 1 / RATE) / power.sum())


def cents_off(audio: Audio, pitch: int) -> float:
    """How far the strongest of the first three partials lies from where it belongs."""
    tone, f0 = audio.mean(axis=0), 440 * 2 ** ((pitch - 69) / 12)
    size = 1 << 19
    spectrum = np.abs(np.fft.rfft(tone * np.blackman(len(tone)), size))
    found = []
    for partial in (1, 2, 3):
        low, high = (round(partial * f0 * 2 ** (side / 12) * size / RATE) for side in (-0.7, 0.7))
        at = low + int(spectrum[low : high + 1].argmax())
        found.append((spectrum[at], 1200 * np.log2(at * RATE / size / (partial * f0))))
    return float(max(found)[1])


def test_there_is_an_instrument_for_every_role() -> None:
    assert len(ALL) >= 10
    assert {role for instrument in built_in_instruments() for role in instrument.roles} == set(Role)
    for instrument in built_in_instruments():
        assert instrument.path.is_file()
        assert 2 <= len(instrument.macros) <= 4
        assert len(instrument.presets) >= 2
        assert all(parameter.about for parameter in instrument.parameters)
        assert built_in(instrument.id) == instrument
        for preset in instrument.presets:
            instrument.settings(preset.values)
    with pytest.raises(SoundError, match="did you mean 'guitar'"):
        built_in("guitars")


def test_each_role_has_the_instrument_that_names_it_first() -> None:
    names = {role: built_in_for(role).id for role in Role}
    assert (names[Role.KEYS], names[Role.BASS], names[Role.PAD]) == ("electric-piano", "acoustic-bass", "pad")
    assert (names[Role.GUITAR], names[Role.DRUMS]) == ("guitar", "drum-kit")


@pytest.mark.parametrize("name", TUNED)
def test_plays_in_tune_and_level_over_its_range(play: Play, name: str) -> None:
    levels = []
    for pitch in (centre(name) - 12, centre(name), centre(name) + 12):
        audio = play(name, notes((0.0, 1.1, pitch, 90)), 1.1, steady(name))
        assert abs(cents_off(audio[:, round(0.4 * RATE) :], pitch)) < 3
        levels.append(decibels(audio))
    assert np.abs(np.diff(levels)).max() < 6


@pytest.mark.parametrize("name", ALL)
def test_velocity_counts_and_notes_end(play: Play, name: str) -> None:
    pitch = 38 if built_in(name).is_kit else centre(name)
    soft, loud, again = (play(name, notes((0.0, 0.5, pitch, velocity)), 4.0) for velocity in (30, 110, 110))
    assert np.array_equal(loud, again)
    assert 10 < decibels(loud) - decibels(soft) < 25
    assert centroid(loud[:, : RATE // 4]) > 0.98 * centroid(soft[:, : RATE // 4])
    assert peak(loud[:, 3 * RATE :]) < peak(loud) - 60
    assert abs(float(loud.mean())) < 1e-3


@pytest.mark.parametrize("name", TUNED)
def test_chords_stay_below_full_scale(play: Play, name: str) -> None:
    chord = [(0.0, 0.8, centre(name) + step, 100) for step in (0, 4, 7, 12)]
    assert -26 < peak(play(name, notes(*chord), 0.9)) < -3
    below = [(0.0, 0.8, centre(name) + step, 100) for step in (-12, -5, 16, 19)]
    eight = play(name, notes(*chord, *below), 0.9)
    assert np.isfinite(eight).all()
    assert peak(eight) < 0.5


@pytest.mark.parametrize("name", ALL)
def test_every_corner_of_the_parameters_is_sound(play: Play, name: str) -> None:
    pitches = (0, 24, 36, 60, 96, 108, 127)
    run = notes(*((0.06 * i, 0.06 * i + 0.05, pitch, (1, 127)[i % 2]) for i, pitch in enumerate(pitches)))
    for end in ("low", "high"):
        audio = play(name, run, 0.7, tuple((each.name, getattr(each, end)) for each in built_in(name).parameters))
        assert np.isfinite(audio).all()
        assert peak(audio) < 6
    assert peak(audio) > -40


@pytest.mark.parametrize("name", ALL)
def test_bright_is_bright(play: Play, name: str) -> None:
    played = [(0.0, 0.6, centre(name), 100)]
    if built_in(name).is_kit:
        played = [(0.0, 0.1, key, 100) for key in (36, 38, 46)]
    dark, bright = (play(name, notes(*played), 0.8, (("bright", amount),)) for amount in (0.0, 1.0))
    assert centroid(bright) > 1.1 * centroid(dark)


def test_every_key_of_the_kit_sounds_like_its_piece(play: Play) -> None:
    heard = {key: play("drum-kit", notes((0.0, 0.05, key, 100)), 0.3) for key in range(128)}
    assert min(peak(audio) for audio in heard.values()) > -40
    assert centroid(heard[36]) < centroid(heard[41]) < centroid(heard[50]) < centroid(heard[38]) < centroid(heard[42])


def test_the_closed_hat_ends_the_open_one(play: Play) -> None:
    ringing = play("drum-kit", notes((0.0, 0.05, 46, 100)), 0.8)
    choked = play("drum-kit", notes((0.0, 0.05, 46, 100), (0.3, 0.35, 44, 1)), 0.8)
    late = slice(round(0.5 * RATE), None)
    assert np.array_equal(ringing[:, : round(0.29 * RATE)], choked[:, : round(0.29 * RATE)])
    assert decibels(ringing[:, late]) > decibels(choked[:, late]) + 20


def test_a_busy_kit_never_runs_out_of_voices(play: Play) -> None:
    step = 1 / 15
    hits = [(i * step, i * step + 0.02, key, 100) for i in range(60) for key in (36, 42, 49)]
    audio = play("drum-kit", notes(*hits), 61 * step)
    size = round(step * RATE)
    kicks = [decibels(lowest(audio[:, size * i : size * (i + 1)])) for i in (1, 59)]
    assert abs(kicks[1] - kicks[0]) < 2


def lowest(audio: Audio) -> Audio:
    """What lies below 150 Hz."""
    spectrum = np.fft.rfft(audio)
    spectrum[:, round(150 * audio.shape[1] / RATE) :] = 0
    return np.fft.irfft(spectrum).astype(np.float32)


@pytest.mark.parametrize("name", ["flute", "lead", "organ", "pad", "strings", "synth-bass"])
def test_high_notes_do_not_fold_back(play: Play, name: str) -> None:
    pitch = centre(name) + 24
    audio = play(name, notes((0.0, 1.2, pitch, 110)), 1.2, steady(name))[:, RATE // 2 :]
    power = np.abs(np.fft.rfft(audio.mean(axis=0) * np.blackman(audio.shape[1]))) ** 2
    frequency = np.fft.rfftfreq(audio.shape[1], 1 / RATE)
    octave_below = 440 * 2 ** ((pitch - 81) / 12)
    nearest = np.round(frequency / octave_below) * octave_below
    strange = np.abs(frequency - nearest) > 12 + 0.012 * frequency
    assert 10 * np.log10(power[strange & (frequency > 60)].sum() / power.sum()) < -40


def test_the_wheel_bends_by_two_semitones(play: Play) -> None:
    up = (0.5, BEND, 127, 127)
    events = tuple(sorted((*notes((0.0, 1.6, 69, 100)), up)))
    audio = play("organ", events, 1.6, steady("organ"))
    assert abs(cents_off(audio[:, : RATE // 2], 69)) < 3
    assert abs(cents_off(audio[:, round(0.7 * RATE) :], 71)) < 3


def test_automation_moves_a_parameter_and_a_macro(play: Play) -> None:
    held = notes((0.0, 2.0, 64, 100))
    opening = np.linspace(0, 1, 2 * RATE, dtype=np.float32)
    for name, values in (("cutoff", 300 + 4000 * opening), ("bright", opening)):
        audio = play("pad", held, 2.0, (("attack", 0.01),), ((name, values),))
        assert centroid(audio[:, -RATE // 2 :]) > 1.1 * centroid(audio[:, RATE // 4 : 3 * RATE // 4])


def test_settings_are_defaults_then_macros_then_what_was_turned_by_hand() -> None:
    piano = built_in("electric-piano")
    defaults = {parameter.name: parameter.default for parameter in piano.parameters}
    assert piano.settings() == defaults
    moved = piano.settings([("bell", 0.3), ("bright", 1.0)])
    assert moved == {**defaults, "brightness": 1.0, "bell": 0.3}
    assert piano.settings([("sustain", 99.0)])["sustain"] == 20.0
    with pytest.raises(SoundError, match="did you mean 'sustain'"):
        piano.settings([("sustian", 1.0)])


def test_keys_are_paired_and_drums_ring_out() -> None:
    events = ((0.0, NOTE_ON, 46, 90), (0.1, NOTE_OFF, 46, 0), (1.0, NOTE_ON, 42, 80), (2.0, NOTE_ON, 36, 70))
    assert sounding(events, 3.0, built_in("organ")) == [(0.0, 0.1, 46, 90), (1.0, 3.0, 42, 80), (2.0, 3.0, 36, 70)]
    assert sounding(events, 3.0, built_in("drum-kit")) == [
        (0.0, 1.0, 46, 90),
        (1.0, 1.0 + RING_OUT, 42, 80),
        (2.0, 2.0 + SHORTEST, 36, 70),
    ]


def described(folder: Path, text: str, program: str = "") -> Path:
    (folder / "whistle.dsp").write_text(program, encoding="utf-8")
    path = folder / "whistle.toml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = """schema = 1
name = "Whistle"
description = "Thin."
roles = ["melody", "counter"]
voices = 4
[parameters]
air = { low = 0, high = 1, default = 0.5 }
tone = { low = 20, high = 200, default = 40, unit = "Hz", about = "Where it sits." }
[macros.wind]
moves = { air = [0, 1], tone = [40, 20] }
[presets]
"Old one" = { air = 1 }
"""


def test_reads_what_is_written(tmp_path: Path) -> None:
    whistle = read_built_in(described(tmp_path, GOOD))
    assert (whistle.id, whistle.name, whistle.roles, whistle.voices) == (
        "whistle", "Whistle", (Role.MELODY, Role.COUNTER), 4,
    )  # fmt: skip
    assert whistle.settings([("wind", 0.5)]) == {"air": 0.5, "tone": 30.0}
    assert whistle.presets[0].values == (("air", 1.0),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = 2", "must begin"),
        ("schema = 1", "schema = true", "must begin"),
        ("schema = 1", "schema = ", "not TOML"),
        ("schema = 1", "x = " + "[" * 5000, "not TOML"),
        ("schema = 1", "#" * 100_001, "100,000 bytes"),
        ('name = "Whistle"', "", "'name' must be text"),
        ('name = "Whistle"', f'name = "{"x" * 300}"', "up to 200"),
        ("voices = 4", "voices = 1000", "from 2 to 64"),
        ("voices = 4", "voices = 4.5", "whole number"),
        ("voices = 4", "voises = 4", "did you mean 'voices'"),
        ('"counter"', '"whistler"', "no role called"),
        ('"counter"', '"melody"', "two of the role"),
        ("low = 0", "low = 2", "low below its high"),
        ("default = 0.5", "default = 5", "between 0 and 1"),
        ("default = 0.5", "default = nan", "must be a number"),
        ("default = 0.5", "default = true", "must be a number"),
        ("air = {", "gate = {", "the notes and wheels set that"),
        ("air = {", '"Air!" = {', "small letters"),
        ("[40, 20]", "[40, 10]", "between 20 and 200"),
        ("[40, 20]", "[40]", "between two numbers"),
        (", tone = [40, 20]", "", "two parameters or more"),
        ("tone = [40", "tune = [40", "did you mean 'tone'"),
        ("macros.wind", "macros.air", "two of the parameter or macro"),
        ("{ air = 1 }", "{ hair = 1 }", "did you mean 'air'"),
        ("{ air = 1 }", "3", r"below \[presets\]"),
        ("voices = 4", "voices = 4\nchokes = [42]", "groups of keys"),
        ("voices = 4", "voices = 4\nchokes = [[42], [42]]", "two of the choked key"),
    ],
)
def test_wrong_descriptions_are_explained(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(SoundError, match=message) as caught:
        read_built_in(described(tmp_path, GOOD.replace(old, new, 1)))
    assert "whistle.toml" in str(caught.value)


def test_a_description_needs_its_program(tmp_path: Path) -> None:
    path = described(tmp_path, GOOD)
    path.with_suffix(".dsp").unlink()
    with pytest.raises(SoundError, match=r"whistle\.dsp is missing"):
        read_built_in(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_an_instrument_or_a_sound_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    with contextlib.suppress(SoundError):
        assert isinstance(read_built_in(path), BuiltIn)


def test_the_example_of_the_manual_builds(child: ProcessPoolExecutor, tmp_path: Path) -> None:
    manual = (built_in("flute").path.parent / "README.md").read_text(encoding="utf-8")
    program, description = (manual.split(f"```{kind}\n")[1].split("```")[0] for kind in ("faust", "toml"))
    shutil.copy(built_in("flute").path.with_name("voice.dsp"), tmp_path)
    whistle = read_built_in(described(tmp_path, description, program))
    assert child.submit(faust_bench.compile_error, whistle).result() == ""


def test_programs_that_cannot_be_built_are_explained(child: ProcessPoolExecutor, tmp_path: Path) -> None:
    path = described(tmp_path, GOOD, "process = 3 +;")
    assert (
        "SoundError: whistle.dsp does not compile"
        in child.submit(faust_bench.compile_error, read_built_in(path)).result()
    )
    flute = built_in("flute")
    more = replace(flute, parameters=(*flute.parameters, replace(flute.parameters[0], name="sparkle")))
    assert "flute.dsp has no parameter 'sparkle'" in child.submit(faust_bench.compile_error, more).result()
