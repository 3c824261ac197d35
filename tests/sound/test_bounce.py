"""Bouncing: mix and stems in files of the rate and depth asked for, with progress, cancelled without a trace."""

import dataclasses
from pathlib import Path

import mutagen
import numpy as np
import pytest
from pedalboard.io import AudioFile

from cocomposer.errors import Cancelled, SoundError
from cocomposer.music import Key, KeyChange, Mode, Note, Part, Role, Song, Strip, TempoMap
from cocomposer.sound.bounce import bounce, tags_of
from cocomposer.sound.render import RenderSettings, render


def read(path: Path) -> tuple[np.ndarray, float]:
    with AudioFile(str(path)) as file:
        return file.read(file.frames), file.samplerate


@pytest.fixture(scope="module")
def short(band_song: Song) -> Song:
    parts = tuple(
        dataclasses.replace(part, notes=tuple(note for note in part.notes if note.start < 1920))
        for part in band_song.parts[:3]
    )
    return dataclasses.replace(band_song, parts=parts, keys=(KeyChange(0, Key(9, Mode.MINOR)),))


def test_mix_and_stems_at_a_high_rate(short: Song, tmp_path: Path) -> None:
    shares: list[float] = []
    made = bounce(
        short, tmp_path / "song.wav", RenderSettings(sample_rate=96000, stems=True), bit_depth=32,
        tags=tags_of(short, "Someone"), stem_path=lambda number, name: tmp_path / "stems" / f"{number}-{name}.wav",
        progress=shares.append,
    )  # fmt: skip
    assert [path.name for path in made.stems.values()] == ["1-Melody.wav", "2-Drums.wav", "3-Bass.wav"]
    mix, rate = read(made.mix)
    assert rate == 96000
    assert mix.shape[1] / rate == pytest.approx(made.seconds, abs=1e-3)
    total = np.sum([read(path)[0] for path in made.stems.values()], axis=0)
    assert np.abs(total - render(short, RenderSettings(96000, stems=True)).before_master).max() < 1e-5
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [str(mutagen.File(made.mix).tags[name]) for name in ("TIT2", "TBPM", "TKEY")] == ["Band", "120", "A minor"]
    assert str(mutagen.File(made.stems["Bass"]).tags["TIT2"]) == "Bass"


def test_every_rate_gives_the_same_length_pitch_and_level(tmp_path: Path) -> None:
    note = Part("Tone", Role.MELODY, 73, (Note(0, 69, 960, 100),))
    song = Song("A", 960, parts=(note,), tempos=TempoMap.constant(120))
    found = {}
    for rate in (44100, 48000, 88200, 96000, 176400, 192000):
        made = bounce(song, tmp_path / f"{rate}.wav", RenderSettings(sample_rate=rate), bit_depth=32)
        audio, stands = read(made.mix)
        assert stands == rate
        held = audio[0, round(0.2 * rate) : round(0.9 * rate)]
        spectrum = np.abs(np.fft.rfft(held * np.hanning(len(held)), 4 * rate))  # a bin is a quarter of a Hertz
        found[rate] = (
            audio.shape[1] / rate,
            spectrum[: 4 * 600].argmax() / 4,
            20 * np.log10(np.sqrt(np.mean(held**2))),
        )
    length, pitch, level = found.pop(44100)
    assert pitch == pytest.approx(440, rel=0.006)
    for rate, (its_length, its_pitch, its_level) in found.items():
        assert its_length == pytest.approx(length, abs=0.1), rate  # where it fades below what is heard
        assert its_pitch == pytest.approx(pitch, rel=0.0006), rate  # a cent
        assert its_level == pytest.approx(level, abs=0.5), rate


def test_cancelled_while_writing_leaves_whole_files_only(short: Song, tmp_path: Path) -> None:
    shares: list[float] = []
    with pytest.raises(Cancelled):
        bounce(
            short, tmp_path / "song.flac", RenderSettings(stems=True),
            stem_path=lambda number, name: tmp_path / f"{number}.flac",
            progress=shares.append, cancelled=lambda: bool(shares) and shares[-1] > 0.9,
        )  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["1.flac"]
    assert read(tmp_path / "1.flac")[0].any()


def test_what_a_format_cannot_have_is_said_before_anything_is_played(short: Song, tmp_path: Path) -> None:
    shares: list[float] = []
    with pytest.raises(SoundError, match="32 bits"):
        bounce(short, tmp_path / "song.flac", RenderSettings(), bit_depth=32, progress=shares.append)
    assert shares == []


def test_muted_parts_and_those_beside_soloed_ones_are_left_out(short: Song) -> None:
    def stems(*strips: Strip | None) -> list[str]:
        parts = tuple(dataclasses.replace(part, strip=strip) for part, strip in zip(short.parts, strips, strict=True))
        return list(render(dataclasses.replace(short, parts=parts), RenderSettings(stems=True)).stems)

    assert stems(None, Strip(muted=True), None) == ["Melody", "Bass"]
    assert stems(Strip(soloed=True), None, None) == ["Melody"]
    with pytest.raises(SoundError, match="muted"):
        stems(Strip(muted=True), Strip(muted=True), Strip(muted=True))
