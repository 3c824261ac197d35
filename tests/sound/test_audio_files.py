"""Audio files are written whole, in four formats, and read back as what was written."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from pedalboard.io import AudioFile

from cocomposer.errors import Cancelled, SoundError
from cocomposer.sound.audio_files import FORMATS, Tags, write_audio

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


@pytest.mark.parametrize("depth", [16, 24])
@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_dither_turns_what_is_lost_into_hiss(tmp_path: Path, kind: str, depth: int) -> None:
    step = 2.0 ** (1 - depth)
    at = np.arange(RATE * 2) / RATE
    faint = np.tile(0.4 * step * np.sin(2 * np.pi * 440 * at), (2, 1)).astype(np.float32)
    with AudioFile(str(write_audio(tmp_path / f"faint.{kind}", faint, RATE, depth))) as file:
        back = file.read(file.frames)
    assert np.abs(back / step - np.rint(back / step)).max() < 1e-3
    spectrum = np.abs(np.fft.rfft(back[0])) / RATE  # below half a step rounding alone leaves nothing of the tone
    assert spectrum[880] == pytest.approx(0.4 * step, rel=0.05)
    error = back - faint
    assert np.sqrt(np.mean(error**2)) == pytest.approx(step / 2, rel=0.03)  # three twelfths of a step, squared
    spectrum = np.abs(np.fft.rfft(error[0])) / RATE
    assert spectrum[[1760, 2640, 3520]].max() < 0.03 * step  # and no distortion


@pytest.mark.parametrize("depth", [16, 24])
def test_dither_is_flat_and_keeps_a_faint_tone_whole(tmp_path: Path, depth: int) -> None:
    """Of a tone at -90 dBFS no harmonic is left above the hiss, which is as strong in every octave as it should be."""
    step, segment = 2.0 ** (1 - depth), 8192
    cycles = 93  # whole in a segment, so that a tone lies in one bin of the spectrum
    at = np.arange(60 * segment)
    tone = np.tile(10 ** (-90 / 20) * np.sin(2 * np.pi * cycles * at / segment), (2, 1)).astype(np.float32)
    with AudioFile(str(write_audio(tmp_path / "tone.wav", tone, RATE, depth))) as file:
        back = file.read(file.frames)[0]

    def power(signal: np.ndarray) -> np.ndarray:
        """Mean square in each bin."""
        spectra = np.fft.rfft(signal.reshape(-1, segment)) / segment
        return 2 * np.mean(np.abs(spectra) ** 2, axis=0)

    found = power(back.astype(float))
    assert 10 * np.log10(2 * found[cycles]) == pytest.approx(-90, abs=0.1)
    hiss = step**2 / 4 / (segment / 2)  # of a bin: triangular dither and rounding are three twelfths of a step squared
    assert all(found[cycles * times] < 3 * hiss for times in range(2, 20))
    error = power(back.astype(float) - tone[0])
    for octave in range(5, 12):
        assert 10 * np.log10(error[2**octave : 2 ** (octave + 1)].mean() / hiss) == pytest.approx(0, abs=0.5)


def test_being_stopped_leaves_nothing_and_the_old_file(tmp_path: Path, chord: np.ndarray) -> None:
    path = write_audio(tmp_path / "chord.wav", chord, RATE)
    before, asked = path.read_bytes(), []

    def cancelled() -> bool:
        asked.append(len(list(tmp_path.iterdir())))
        return len(asked) == 3

    with pytest.raises(Cancelled):
        write_audio(path, np.tile(chord, 10), RATE, cancelled=cancelled)
    assert asked == [2, 2, 2]  # it was being written
    assert [each.name for each in tmp_path.iterdir()] == ["chord.wav"]
    assert path.read_bytes() == before


def test_full_scale_is_not_wrapped_around(tmp_path: Path) -> None:
    loud = np.tile(np.array([1.0, -1.0, 1.2, -1.2], dtype=np.float32), (2, RATE // 4))
    with AudioFile(str(write_audio(tmp_path / "loud.wav", loud, RATE, 16))) as file:
        back = file.read(file.frames)
    assert np.abs(back - np.clip(loud, -1, 1)).max() < 3 * 2**-15


def test_floating_point_is_kept_as_it_is(tmp_path: Path, chord: np.ndarray) -> None:
    with AudioFile(str(write_audio(tmp_path / "chord.wav", chord, 192_000, 32))) as file:
        assert file.samplerate == 192_000
        assert np.array_equal(file.read(file.frames), chord)


@pytest.mark.parametrize("kind", FORMATS)
def test_tags_are_there(tmp_path: Path, chord: np.ndarray, kind: str) -> None:
    import mutagen

    tags = Tags("Lied, ohne Worte", "Fanny H.", 92.4, "F# minor", "Made with Cocomposer")
    path = write_audio(tmp_path / f"chord.{kind}", chord, RATE, tags=tags)
    found = mutagen.File(path).tags
    names = ("TIT2", "TPE1", "TBPM", "TKEY", "COMM::XXX") if kind in ("wav", "mp3") else (
        "title", "artist", "bpm", "key", "comment")  # fmt: skip
    assert [str(found[name][0] if isinstance(found[name], list) else found[name]) for name in names] == [
        tags.title, tags.artist, "92", tags.key, tags.comment]  # fmt: skip
    with AudioFile(str(path)) as file:
        assert abs(file.frames - chord.shape[1]) < 0.1 * RATE


def test_mp3_has_no_high_rates(tmp_path: Path, chord: np.ndarray) -> None:
    with pytest.raises(SoundError, match="96000 Hz"):
        write_audio(tmp_path / "chord.mp3", chord, 96_000)
