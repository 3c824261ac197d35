"""Nothing clicks: automation, faders, mutes, solos, inserts that come and go while music plays."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from consoles import PLAIN, RATE, difference_db, noise, plugin, plugins, run, song, tone
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.music import Bus, Control, Effect, Lane, Mix, Point, Strip, TempoChange, TempoMap
from cocomposer.sound.automation import Curve, Setting, lane_curve
from cocomposer.sound.console import Console

SOUND = tone(220, 1.0, level=0.5)


def click_db(audio: np.ndarray) -> float:
    """The loudest of what lies above 8 kHz in a passage of a tone of 220 Hz, in dB against the tone."""
    middle = audio[:, RATE // 8 : -RATE // 8]
    spectrum = np.fft.rfft(middle * np.hanning(middle.shape[1]))
    spectrum[:, np.fft.rfftfreq(middle.shape[1], 1 / RATE) < 8000] = 0
    return float(20 * np.log10(np.abs(np.fft.irfft(spectrum)).max() / 0.5))


def test_a_switch_that_clicks_would_be_found() -> None:
    switched = SOUND.copy()
    switched[:, RATE // 2 + 50 :] = 0
    assert click_db(switched) > -40
    assert click_db(SOUND) < -110


JUMP = (Point(479, 0.0), Point(480, -30.0))


@pytest.mark.parametrize(
    "strip",
    [
        Strip(trim_db=0.0, lanes=(Lane("gain", JUMP),)),
        Strip(trim_db=0.0, lanes=(Lane("gain", (Point(0, -20.0), Point(960, 0.0))),)),
        Strip(trim_db=0.0, lanes=(Lane("pan", (Point(479, -1.0), Point(480, 1.0))),)),
        Strip(trim_db=0.0, sends=(("Dry", -96.0),), lanes=(Lane("send:Dry", (Point(479, -96.0), Point(480, 0.0))),)),
        Strip(
            trim_db=0.0,
            inserts=(Effect("LowpassFilter", (("cutoff_frequency_hz", 300.0),)),),
            lanes=(Lane("insert:0:cutoff_frequency_hz", (Point(300, 300.0), Point(600, 3000.0))),),
        ),
        Strip(
            trim_db=0.0,
            inserts=(Effect("HighpassFilter", (("cutoff_frequency_hz", 2000.0),)),),
            lanes=(Lane("insert:0:wet", (Point(479, 0.0), Point(480, 1.0))),),
        ),
    ],
)
@pytest.mark.parametrize("block", [256, 4096])
def test_automation_does_not_click(strip: Strip, block: int) -> None:
    mix = Mix((), (Bus("Dry", PLAIN),), PLAIN)
    output = run(Console(song(strip, mix=mix), RATE), [SOUND], block)
    assert np.ptp(np.abs(output).reshape(2, -1, 441).max(axis=2), axis=1).max() > 0.05  # it does move
    assert click_db(output) < -65


def test_midi_volume_expression_and_pan_do_not_click_and_count_once() -> None:
    for number, value, after in ((7, 50, 0.25), (11, 64, (64 / 127) ** 2), (10, 0, None)):
        output = run(Console(song(PLAIN, controls=(Control(480, number, value),)), RATE), [SOUND])
        assert click_db(output) < -65
        before, later = (np.abs(output[:, at : at + 4410]).max(axis=1) for at in (10000, 30000))
        if after is None:
            assert later[1] < 1e-6 < before[1]
        else:
            assert later / before == pytest.approx([after, after], rel=1e-3)


CHANGES: dict[str, Callable[[Strip], Strip]] = {
    "fader": lambda strip: dataclasses.replace(strip, gain_db=-12.0),
    "silenced": lambda strip: dataclasses.replace(strip, gain_db=-96.0),
    "pan": lambda strip: dataclasses.replace(strip, pan=-0.9),
    "mute": lambda strip: dataclasses.replace(strip, muted=True),
    "bus": lambda strip: dataclasses.replace(strip, output="Half"),
    "send": lambda strip: dataclasses.replace(strip, sends=(("Dry", 0.0),)),
    "bypass": lambda strip: dataclasses.replace(strip, inserts=(dataclasses.replace(strip.inserts[0], bypassed=True),)),
    "knob": lambda strip: dataclasses.replace(
        strip, inserts=(dataclasses.replace(strip.inserts[0], parameters=(("cutoff_frequency_hz", 200.0),)),)
    ),
    "insert": lambda strip: dataclasses.replace(strip, inserts=(*strip.inserts, Effect("Gain", (("gain_db", -9.0),)))),
    "removed": lambda strip: dataclasses.replace(strip, inserts=()),
    "lane": lambda strip: dataclasses.replace(strip, lanes=(Lane("gain", (Point(0, -20.0), Point(1, -21.0))),)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_while_it_plays_do_not_click(change: str) -> None:
    strip = Strip(trim_db=0.0, inserts=(Effect("HighpassFilter", (("cutoff_frequency_hz", 500.0),)),))
    half = Strip(trim_db=0.0, gain_db=-6.0)
    mix = Mix((Bus("Half", half),), (Bus("Dry", PLAIN),), PLAIN)
    console = Console(song(strip, mix=mix), RATE)
    first = run(console, [SOUND[:, : RATE // 2]], 441)
    console.update(song(CHANGES[change](strip), mix=mix))
    second = run(console, [SOUND[:, RATE // 2 :]], 441, RATE // 2)
    before, after = np.abs(first[:, -2205:]).max(axis=1), np.abs(second[:, -2205:]).max(axis=1)
    assert np.abs(after / before - 1).max() > 0.2  # it does change
    assert click_db(np.concatenate([first, second], axis=1)) < -65


def test_another_part_that_is_soloed_does_not_click() -> None:
    console = Console(song(PLAIN, PLAIN), RATE)
    first = run(console, [SOUND[:, : RATE // 2], None])
    console.update(song(PLAIN, dataclasses.replace(PLAIN, soloed=True)))
    second = run(console, [SOUND[:, RATE // 2 :], None], start=RATE // 2)
    assert np.abs(second[:, RATE // 8 :]).max() < 1e-12
    assert click_db(np.concatenate([first, second], axis=1)) < -65


def test_effects_that_stay_go_on_sounding() -> None:
    echo = Effect("Delay", (("delay_seconds", 0.2), ("feedback", 0.0), ("mix", 1.0)))
    strip = Strip(trim_db=0.0, inserts=(Effect("Gain", (("gain_db", 0.0),)), echo))
    console = Console(song(strip), RATE)
    burst = noise(0.1)
    run(console, [burst])
    console.update(song(Strip(trim_db=0.0, gain_db=-6.0, inserts=(Effect("Chorus", bypassed=True), echo))))
    answer = run(console, [np.zeros((2, RATE // 2), dtype=np.float32)])
    heard = answer[:, 4410 + 441 : 8820]  # 0.2 s after the burst
    assert heard == pytest.approx(burst[:, 441:] * 10 ** (-6 / 20), abs=1e-4)


def test_a_plugin_that_is_taken_out_fades_and_is_let_go() -> None:
    made = []

    def loading(effect: Effect, rate: int) -> object:
        made.append(plugins(effect, rate))
        return made[-1]

    console = Console(song(Strip(trim_db=0.0, inserts=(plugin("limiter"),))), RATE, loading)  # type: ignore[arg-type]
    run(console, [SOUND])
    console.update(song(PLAIN))
    run(console, [SOUND])
    assert console.latency == 0
    console.update(song(PLAIN))
    assert [each.closed for each in made] == [True]


def test_a_plugin_that_looks_ahead_comes_and_goes_without_gap_or_click() -> None:
    """Both parts jump together by its latency: the second, upside down, cancels the first throughout."""
    limiting = Strip(trim_db=0.0, inserts=(plugin("limiter"),))
    sound = tone(220, 1.0, 0.2)
    for inverted, limit in ((True, -100), (False, -55)):
        console = Console(song(PLAIN, PLAIN), RATE, plugins)
        other = -sound if inverted else sound
        pieces = []
        for strip, latency in ((PLAIN, 0), (limiting, 441), (PLAIN, 0)):
            console.update(song(strip, PLAIN))
            pieces.append(run(console, [sound, other], block=300))
            assert console.latency == latency
        output = np.concatenate(pieces, axis=1)
        if inverted:
            assert difference_db(output, np.zeros_like(output)) < limit
        else:
            assert click_db(output) < limit
            windows = output[0, : output.shape[1] // 600 * 600].reshape(-1, 600)  # of three periods
            assert np.abs(windows).max(axis=1).min() > 0.1


@st.composite
def corners(draw: st.DrawFn) -> tuple[list[int], list[float]]:
    frames = sorted(draw(st.sets(st.integers(0, 5000), min_size=1, max_size=8)))
    return frames, draw(st.lists(st.floats(-60, 12), min_size=len(frames), max_size=len(frames)))


@settings(max_examples=60)
@given(corners(), st.lists(st.integers(1, 900), min_size=1, max_size=12))
def test_curves_depend_on_the_frame_alone(points: tuple[list[int], list[float]], blocks: list[int]) -> None:
    curve = Curve(*points, RATE)
    whole = np.broadcast_to(np.asarray(curve.over(0, sum(blocks)), np.float64), sum(blocks))
    start = 0
    for block in blocks:
        piece = np.broadcast_to(np.asarray(curve.over(start, block), np.float64), block)
        assert np.allclose(piece, whole[start : start + block], atol=1e-4)
        start += block
    assert whole.min() >= min(points[1]) - 1e-4
    assert whole.max() <= max(points[1]) + 1e-4


def test_lanes_follow_the_tempo() -> None:
    tempos = TempoMap((TempoChange.at_bpm(0, 120), TempoChange.at_bpm(480, 60)))
    curve = lane_curve(Lane("insert:0:gain_db", (Point(0, 0.0), Point(960, -20.0))), tempos, RATE)
    values = curve.over(0, 2 * RATE)
    assert not isinstance(values, float)
    for seconds, value in ((0.25, -5.0), (0.5, -10.0), (1.0, -15.0), (1.5, -20.0), (1.9, -20.0)):
        assert values[round(seconds * RATE)] == pytest.approx(value, abs=0.25)


def test_settings_glide_in_ten_milliseconds() -> None:
    setting = Setting(0.0, RATE)
    assert setting.over(0, 100) == 0.0
    setting.set(1.0)
    glide = np.concatenate([np.atleast_1d(setting.over(100 + at, 100)) for at in range(0, 400, 100)])
    assert np.abs(np.diff(glide)).max() == pytest.approx(np.pi / 2 / 441, rel=0.01)
    assert (setting.over(500, 100)[-1], setting.over(600, 100)) == (1.0, 1.0)  # type: ignore[index]


def test_automation_beyond_all_bounds_stays_within_them() -> None:
    wild = (Point(0, -1e9), Point(960, 1e9))
    lanes = tuple(Lane(target, wild) for target in ("gain", "pan", "insert:0:wet", "insert:0:cutoff_frequency_hz"))
    strip = Strip(trim_db=0.0, inserts=(Effect("LowpassFilter"),), lanes=(*lanes, Lane("insert:7:nothing", wild)))
    console = Console(song(strip), RATE)
    output = run(console, [tone(440, 2.0, 0.01)])
    assert console.problems == ()
    assert 0.01 < np.abs(output).max() < 0.01 * 10 ** (24 / 20) * 2**0.5 + 1e-3
