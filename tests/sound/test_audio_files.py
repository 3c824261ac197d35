"""Audio files are written whole, in four formats, and read back as what was written."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from pedalboard.io import AudioFile

from cocomposer.errors import SoundError
from cocomposer.sound.audio_files import FORMATS, write_audio

RATE = 44100


@pytest.fixture(scope="module")
def chord() -> np.ndarray:
    at = np.arange(RATE * 2) / RATE
    return np.stack([0.4 * np.sin(2 * np.pi * f * at) for f in (440, 660)]).astype(np.float32)


@pytest.mark.parametrize("kind", FORMATS)
def test_written_audio_reads_back(tmp_path: Path, chord: np.ndarray, kind: str) -> None:
    path = write_audio(tmp_path / f"chord.{kind}", chord, RATE)
    with AudioFile(str(path)) as file:
        assert file.samplerate == RATE
        assert file.num_channels == 2
        back = file.read(file.frames)
    assert abs(back.shape[1] - chord.shape[1]) < 0.1 * RATE
    if kind in ("wav", "flac"):
        assert np.abs(back - chord).max() < 2**-22
    for channel, frequency in zip(back, (440, 660), strict=True):
        spectrum = np.abs(np.fft.rfft(channel[:RATE]))
        assert spectrum.argmax() * RATE / len(channel[:RATE]) == pytest.approx(frequency, abs=1.5)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_refuses_other_suffixes_and_depths(tmp_path: Path, chord: np.ndarray) -> None:
    with pytest.raises(SoundError, match="wav, flac, mp3, ogg"):
        write_audio(tmp_path / "chord.aac", chord, RATE)
    with pytest.raises(SoundError, match="bits"):
        write_audio(tmp_path / "chord.flac", chord, RATE, bit_depth=12)


def test_failure_leaves_the_old_file(tmp_path: Path, chord: np.ndarray) -> None:
    path = write_audio(tmp_path / "chord.wav", chord, RATE)
    before = path.read_bytes()

    class Broken:
        shape = chord.shape

        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: object) -> object:
            raise OSError("the disk is full")

    with pytest.raises(SoundError, match="disk is full"):
        write_audio(path, Broken(), RATE)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["chord.wav"]
    with pytest.raises(SoundError, match="could not be written"):
        write_audio(tmp_path / "nowhere" / "chord.wav", chord, RATE)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("kind", FORMATS)
def test_a_full_disk_is_said_with_place_and_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 5 * RATE)).astype(np.float32)

    def fill() -> None:
        (tmp_path / f".chord.{os.getpid()}.partial.{kind}").symlink_to("/dev/full")

    fill()
    with pytest.raises(SoundError, match=rf"chord.{kind} could not be written .*MB free and about") as first:
        write_audio(tmp_path / f"chord.{kind}", noise, RATE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 100_000))
    fill()
    with pytest.raises(SoundError, match=r"the disk is full: .* has 0.1 MB free and about \d") as second:
        write_audio(tmp_path / f"chord.{kind}", noise, RATE)
    assert all(str(tmp_path) in str(each.value) for each in (first, second))
    assert not list(tmp_path.iterdir())
