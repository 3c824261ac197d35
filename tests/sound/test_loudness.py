"""The meters agree with pyloudnorm and with a finer oversampling; the limiter keeps its promises on noise too."""

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from cocomposer.sound.limiter import audible_span, limit_to_loudness
from cocomposer.sound.loudness import integrated_loudness, peak_blocks, true_peak


def noise(rate: int, seconds: float = 6.0, seed: int = 0) -> np.ndarray:
    """Two channels that differ, with a quiet stretch the gate must leave out and a low tone."""
    random = np.random.default_rng(seed)
    audio = random.standard_normal((2, round(rate * seconds))) * [[0.1], [0.05]]
    audio[:, rate : 3 * rate] *= 0.003
    audio[:, :rate] += 0.3 * np.sin(2 * np.pi * 50 * np.arange(rate) / rate)
    return audio.astype(np.float32)


@pytest.mark.parametrize("rate", [22050, 32000, 44100, 48000, 88200, 96000])
def test_loudness_agrees_with_pyloudnorm(rate: int) -> None:
    audio = noise(rate)
    expected = pyloudnorm.Meter(rate).integrated_loudness(audio.T)
    assert integrated_loudness(audio, rate) == pytest.approx(expected, abs=0.01)


def test_loudness_of_silence_and_of_the_very_short() -> None:
    assert integrated_loudness(np.zeros((2, 44100), dtype=np.float32), 44100) == float("-inf")
    assert integrated_loudness(np.zeros((2, 0), dtype=np.float32), 44100) == float("-inf")
    click = np.full((2, 4410), 0.5, dtype=np.float32)
    assert -30 < integrated_loudness(click, 44100) < -5


def test_true_peak_sees_between_the_samples() -> None:
    frames = np.arange(44100)
    # A quarter of the sample rate at 45 degrees: every sample is 3 dB below the crest.
    tone = (np.hanning(44100) * np.sin(np.pi / 2 * frames + np.pi / 4)).astype(np.float32)[None]
    assert 20 * np.log10(np.abs(tone).max()) < -3
    assert true_peak(tone, 44100) == pytest.approx(0.0, abs=0.02)
    assert true_peak(np.zeros((2, 100), dtype=np.float32), 44100) == float("-inf")


def test_leaving_out_quiet_blocks_does_not_change_the_peaks_that_matter() -> None:
    audio = noise(44100)
    everything, hot = peak_blocks(audio, 44100), peak_blocks(audio, 44100, above=0.4)
    assert np.array_equal(everything[everything > 0.4], hot[everything > 0.4])


# The example meter of BS.1770-4, annex 2: four phases of a 48-tap interpolator at four times 48 kHz.  The second half
# of the phases mirrors the first.
ANNEX_2 = [
    [0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
     0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500],
    [-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
     0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375],
]  # fmt: skip


def annex_2_peak(audio: np.ndarray) -> float:
    phases = ANNEX_2 + [taps[::-1] for taps in ANNEX_2]
    return 20 * np.log10(max(np.abs(np.convolve(channel, taps)).max() for channel in audio for taps in phases))


@pytest.mark.parametrize(("lufs", "rate"), [(-10.0, 48000), (-6.0, 48000), (-6.0, 44100)])
def test_limiter_holds_the_ceiling_on_full_band_noise(lufs: float, rate: int) -> None:
    audio = np.random.default_rng(1).standard_normal((2, 5 * rate)).astype(np.float32)
    audio[:, : 4 * rate] *= np.repeat([0.02, 1, 0.1, 0.5], rate).astype(np.float32)
    limit_to_loudness(audio, rate, lufs, -1.0)
    assert integrated_loudness(audio, rate) > lufs - 1.0
    assert annex_2_peak(audio) <= -1.0
    assert true_peak(audio, rate) <= -1.0
    assert 20 * np.log10(np.abs(resample_poly(audio.astype(np.float64), 4, 1, axis=1)).max()) <= -1.0


@given(seed=st.integers(0, 999), lufs=st.floats(-24, -12), spikes=st.integers(0, 40))
@settings(max_examples=8, deadline=None)
def test_limiter_reaches_loudness_under_the_ceiling(seed: int, lufs: float, spikes: int) -> None:
    audio = noise(44100, 4, seed)[:, :100_000]
    audio[:, 1:] = (audio[:, 1:] + audio[:, :-1]) / 2  # like music, it has little at the very top
    random = np.random.default_rng(seed)
    audio[:, random.integers(0, audio.shape[1], spikes)] *= 20
    limit_to_loudness(audio, 44100, lufs, -1.0)
    assert 20 * np.log10(np.abs(resample_poly(audio.astype(np.float64), 8, 1, axis=1)).max()) <= -1.0
    assert pyloudnorm.Meter(44100).integrated_loudness(audio.T) == pytest.approx(lufs, abs=0.3)


def test_audible_span() -> None:
    audio = np.zeros((2, 44100), dtype=np.float32)
    assert audible_span(audio, 44100) == (0, 0)
    audio[1, 10_000:20_000] = 0.5
    first, last = audible_span(audio, 44100)
    assert 10_000 - 441 < first <= 10_000
    assert 20_000 <= last < 20_000 + 441
