"""The meters read what the standards and plain arithmetic say."""

import dataclasses

import numpy as np
import pytest
from consoles import PLAIN, RATE, noise, run, song, tone

from cocomposer.music import Bus, Mix
from cocomposer.sound.console import Console
from cocomposer.sound.loudness import integrated_loudness
from cocomposer.sound.metering import MOMENTARY_HOPS, SHORT_TERM_HOPS, LoudnessMeter


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
@pytest.mark.parametrize("block", [100, 512, 7777])
def test_loudness_as_ebu_tech_3341_has_it(rate: int, block: int) -> None:
    at = np.arange(4 * rate) / rate
    audio = np.tile(10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * at), (2, 1)).astype(np.float32)
    meter = LoudnessMeter(rate)
    for begin in range(0, audio.shape[1], block):
        meter.feed(audio[:, begin : begin + block])
    assert meter.loudness(MOMENTARY_HOPS) == pytest.approx(-23, abs=0.1)
    assert meter.loudness(SHORT_TERM_HOPS) == pytest.approx(-23, abs=0.1)
    silence = np.zeros((2, rate), dtype=np.float32)
    meter.feed(silence)
    assert meter.loudness(MOMENTARY_HOPS) < -70
    assert meter.loudness(SHORT_TERM_HOPS) == pytest.approx(-23 + 10 * np.log10(2 / 3), abs=0.1)


def test_steady_noise_measures_the_same_as_a_whole() -> None:
    audio = noise(3.0)
    console = Console(song(PLAIN), RATE)
    run(console, [audio])
    assert console.levels.short_term == pytest.approx(integrated_loudness(audio, RATE), abs=0.1)


def test_peak_and_rms_of_every_strip() -> None:
    mix = Mix((Bus("Band", dataclasses.replace(PLAIN, gain_db=-6.0)),), (Bus("Room", PLAIN),), PLAIN)
    strip = dataclasses.replace(PLAIN, output="Band", sends=(("Room", -12.0),))
    console = Console(song(strip, PLAIN, mix=mix), RATE)
    run(console, [tone(441, level=0.4), None], block=4410)
    levels = console.levels
    half, quarter = 10 ** (-6 / 20), 10 ** (-12 / 20)
    assert (levels.parts[0].peak, levels.parts[0].rms) == pytest.approx((0.4, 0.4 / 2**0.5), rel=1e-3)
    assert levels.parts[1].peak < 1e-14
    assert levels.buses["Band"].peak == pytest.approx(0.4 * half, rel=1e-3)
    assert levels.sends["Room"].rms == pytest.approx(0.4 * quarter / 2**0.5, rel=1e-3)
    assert levels.master.peak == pytest.approx(0.4 * (half + quarter), rel=1e-3)
    console.reset()
    assert console.levels.momentary == -np.inf
