"""What a rendering promises: loudness, true peak, silence limits, stems, timing, cancelling."""

import dataclasses
import time
from pathlib import Path

import numpy as np
import pytest
from consoles import noise
from consoles import song as song_of_strips
from scipy.signal import resample_poly

from cocomposer.errors import Cancelled, SoundError
from cocomposer.music import (
    Bus,
    Control,
    Effect,
    Instrument,
    InstrumentKind,
    Lane,
    Mix,
    Note,
    Part,
    PitchBend,
    Point,
    Role,
    Song,
    Strip,
    TempoChange,
    TempoMap,
)
from cocomposer.sound import render as render_module
from cocomposer.sound import takes as takes_module
from cocomposer.sound.console import Console
from cocomposer.sound.instruments import Recording
from cocomposer.sound.lines import Line
from cocomposer.sound.loudness import integrated_loudness, spans
from cocomposer.sound.render import Rendering, RenderSettings, render
from cocomposer.sound.soundfonts import packaged_soundfont

FADE = Lane("gain", (Point(0, -20.0), Point(1900, 0.0)))


@pytest.fixture(scope="module")
def with_stems(band_song: Song) -> Rendering:
    return render(band_song, RenderSettings(stems=True))


def pyloudnorm_lufs(rendering: Rendering) -> float:
    import pyloudnorm

    return pyloudnorm.Meter(rendering.sample_rate).integrated_loudness(rendering.mix.T)


def oversampled_peak_db(audio: np.ndarray) -> float:
    return 20 * np.log10(np.abs(resample_poly(audio.astype(np.float64), 8, 1, axis=1)).max())


def solo(*notes: Note, role: Role = Role.KEYS, program: int = 0, **fields: object) -> Song:
    return Song(length=1920, parts=(Part("Solo", role, program, notes, **fields),))


def test_mix_is_as_loud_as_asked_and_under_the_ceiling(
    with_stems: Rendering, standing_warnings: tuple[str, ...]
) -> None:
    assert with_stems.mix.dtype == np.float32
    assert with_stems.mix.shape[0] == 2
    assert pyloudnorm_lufs(with_stems) == pytest.approx(-14.0, abs=0.2)
    assert with_stems.loudness == pytest.approx(pyloudnorm_lufs(with_stems), abs=0.02)
    assert oversampled_peak_db(with_stems.mix) <= -1.0
    assert with_stems.true_peak <= -1.0
    assert np.abs(with_stems.mix).max() < 1.0
    assert with_stems.warnings == standing_warnings


@pytest.mark.parametrize(("lufs", "ceiling"), [(-23.0, -1.0), (-9.0, -2.0)])
def test_other_targets(band_song: Song, lufs: float, ceiling: float) -> None:
    rendering = render(band_song, RenderSettings(target_lufs=lufs, ceiling_dbtp=ceiling, sample_rate=48000))
    assert pyloudnorm_lufs(rendering) == pytest.approx(lufs, abs=0.3)
    assert oversampled_peak_db(rendering.mix) <= ceiling


def test_lowest_sample_rate(band_song: Song) -> None:
    guitar = dataclasses.replace(band_song.parts[3], name="Guitar", role=Role.GUITAR, program=25)
    song = dataclasses.replace(band_song, parts=(*band_song.parts, guitar))
    rendering = render(song, RenderSettings(sample_rate=22050))
    assert pyloudnorm_lufs(rendering) == pytest.approx(-14.0, abs=0.2)
    assert oversampled_peak_db(rendering.mix) <= -1.0


def test_stems_add_up_to_the_mix_before_the_master(with_stems: Rendering) -> None:
    assert set(with_stems.stems) == {"Melody", "Drums", "Bass", "Keys", "Pad"}
    total = np.sum(list(with_stems.stems.values()), axis=0)
    error = np.sqrt(np.mean((total - with_stems.before_master) ** 2) / np.mean(with_stems.before_master**2))
    assert 20 * np.log10(error) < -90
    # The pad's reverb is in its stem: it rings on after the dry parts' last note.
    assert all(np.abs(stem).max() > 1e-3 for stem in with_stems.stems.values())


def test_stems_do_not_change_the_mix(band_song: Song, with_stems: Rendering) -> None:
    plain = render(band_song)
    assert plain.stems == {}
    assert plain.before_master is None
    assert np.abs(plain.mix - with_stems.mix).max() < 1e-3


def test_rendering_is_repeatable_with_any_number_of_threads(band_song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    mixes = []
    for threads in (1, 2, 3):
        for module in (takes_module, render_module):
            monkeypatch.setattr(module, "workers", lambda threads=threads: threads)
        mixes.append(render(band_song).mix)
    assert np.array_equal(mixes[0], mixes[1])
    assert np.array_equal(mixes[0], mixes[2])


@pytest.mark.parametrize("filed", [False, True], ids=["in memory", "in a file"])
def test_a_part_prepared_in_advance_is_the_part_taken_along_with_the_others(filed: bool, tmp_path: Path) -> None:
    echo = Effect("Delay", (("delay_seconds", 0.7), ("feedback", 0.5), ("mix", 0.5)))
    played = noise(4.3)
    part = song_of_strips(Strip(trim_db=-3.0, pan=0.3, inserts=(echo, Effect("Compressor")), lanes=(FADE,)))
    kept: np.ndarray | Path = played.copy()
    if filed:
        kept = tmp_path / "part.raw"
        played.tofile(kept)
    line = Line(Console(part, 44100), 0, Recording(kept, played.shape[1], peak=1.0, loudness=-20.0))
    line.prepare(lambda: False)
    in_advance = np.concatenate([line.read(span) for span in spans(10 * 44100, 44100)], axis=1)
    whole = Console(part, 44100).strip(0, np.pad(played, ((0, 0), (0, 10 * 44100 - played.shape[1]))), 0)
    assert np.array_equal(in_advance, whole)
    assert np.abs(whole[:, 6 * 44100 :]).max() > 1e-3  # the echo of what was prepared goes on


@pytest.mark.parametrize(("name", "below"), [("Drums", 1), ("Bass", 3), ("Keys", 5), ("Pad", 8)])
def test_parts_stand_at_the_loudness_of_their_roles(with_stems: Rendering, name: str, below: float) -> None:
    part, melody = (integrated_loudness(with_stems.stems[each], 44100) for each in (name, "Melody"))
    assert melody - part == pytest.approx(below, abs=2)


def test_long_rests_around_the_music_are_cut() -> None:
    song = solo(Note(480 * 20, 60, 480))
    rendering = render(dataclasses.replace(song, length=480 * 80))
    level = np.abs(rendering.mix).max(axis=0)
    first = np.flatnonzero(level > 1e-3)[0] / 44100
    assert 0.3 < first <= 0.5
    assert rendering.start + first == pytest.approx(10.0, abs=0.05)
    assert rendering.seconds < 0.5 + 0.5 + 5
    assert level[-1] < 1e-3


def test_tail_rings_out_and_does_not_click() -> None:
    rendering = render(solo(Note(0, 48, 960, 100), role=Role.PAD, program=48))
    assert rendering.seconds > 1.5  # the note lasts one second
    assert np.abs(rendering.mix[:, -50:]).max() < 1e-3


@pytest.mark.parametrize("velocity", [1, 127])
def test_shortest_and_quietest_songs(velocity: int) -> None:
    rendering = render(solo(Note(0, 60, 1, velocity)))
    assert np.isfinite(rendering.mix).all()
    assert np.abs(rendering.mix).max() > 0.05
    assert rendering.true_peak <= -1.0


def test_single_drum_hit_does_not_break_the_ceiling() -> None:
    rendering = render(solo(Note(0, 37, 10, 100), role=Role.DRUMS))
    assert oversampled_peak_db(rendering.mix) <= -1.0


def test_notes_no_instrument_plays_are_silence_not_failure() -> None:
    rendering = render(solo(Note(0, 2, 480), role=Role.DRUMS))  # the kit has nothing on this key
    assert rendering.loudness == float("-inf")
    assert not rendering.mix.any()


def test_song_without_notes_is_refused() -> None:
    with pytest.raises(SoundError, match="no notes"):
        render(Song(length=1920, parts=(Part("Empty"),)))


def onset_seconds(rendering: Rendering) -> list[float]:
    level = np.abs(rendering.mix).max(axis=0)
    blocks = level[: len(level) // 441 * 441].reshape(-1, 441).max(axis=1)
    rises = [i for i in range(2, len(blocks)) if blocks[i] > 0.1 and blocks[i] > 4 * blocks[i - 2 : i].min()]
    return [rises[i] / 100 for i in range(len(rises)) if i == 0 or rises[i] - rises[i - 1] > 5]


def test_tempo_changes_are_heard() -> None:
    tempos = TempoMap((TempoChange.at_bpm(0, 120), TempoChange.at_bpm(960, 60)))
    clicks = tuple(Note(tick, 37, 60, 110) for tick in (0, 480, 960, 1440))
    song = dataclasses.replace(solo(*clicks, role=Role.DRUMS), tempos=tempos)
    onsets = np.array(onset_seconds(render(song)))
    # A first hit at the very start has nothing before it to rise from.
    assert np.allclose(onsets[-3:], [0.5, 1.0, 2.0], atol=0.03)


def pitch_at(rendering: Rendering, seconds: float) -> float:
    frames = rendering.mix[0, int(seconds * 44100) : int((seconds + 0.25) * 44100)]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(len(frames)), 1 << 16))
    return float(spectrum.argmax() * 44100 / (1 << 16))


def test_pitch_bend_is_heard() -> None:
    pytest.importorskip("tinysoundfont", reason="the second-choice player knows no pitch bend")
    song = solo(Note(0, 69, 1920), program=80, bends=(PitchBend(960, 8191),))
    rendering = render(song)
    before, after = pitch_at(rendering, 0.6), pitch_at(rendering, 1.5)
    assert after / before == pytest.approx(2 ** (2 / 12), rel=0.01)


def test_velocity_is_heard() -> None:
    song = solo(Note(0, 60, 400, 120), Note(960, 60, 400, 30))
    stem = render(song, RenderSettings(stems=True)).stems["Solo"]
    loud, soft = np.abs(stem[:, :22050]).max(), np.abs(stem[:, 44100:66150]).max()
    assert 4 < loud / soft < 20


def test_expression_is_applied_once() -> None:
    song = solo(Note(0, 69, 1920), program=80, controls=(Control(960, 11, 64),))
    stem = render(song, RenderSettings(stems=True)).stems["Solo"]
    before, after = (np.sqrt(np.mean(stem[:, int(t * 44100) : int((t + 0.75) * 44100)] ** 2)) for t in (0.2, 1.2))
    assert 20 * np.log10(after / before) == pytest.approx(40 * np.log10(64 / 127), abs=1.5)


def test_part_volume_and_pan_count() -> None:
    notes = (Note(0, 60, 960),)

    def stem(**fields: object) -> np.ndarray:
        lead = Part("Lead", Role.MELODY, 73, notes)
        song = Song(length=1920, parts=(lead, Part("Keys", Role.KEYS, 0, notes, **fields)))
        return render(song, RenderSettings(stems=True)).stems["Keys"]

    normal, quiet, left = stem(), stem(volume=50), stem(pan=0)
    assert np.abs(quiet).max() / np.abs(normal).max() == pytest.approx(0.25, rel=0.02)
    dry_left, dry_right = np.abs(left[:, :4410]).max(axis=1)
    assert dry_left > 5 * dry_right


def test_the_songs_own_mix_strips_and_instruments_are_obeyed(band_song: Song, tmp_path: Path) -> None:
    own = tmp_path / "Own.sf2"
    own.symlink_to(packaged_soundfont())
    missing = Instrument(InstrumentKind.SOUNDFONT, str(tmp_path / "Gone.sf2"))
    melody, drums, bass = band_song.parts[:3]
    parts = (
        dataclasses.replace(melody, strip=Strip(pan=-1.0), instrument=Instrument(InstrumentKind.SOUNDFONT, str(own))),
        dataclasses.replace(drums, strip=Strip(pan=1.0, output="Loud"), instrument=missing),
        dataclasses.replace(bass, strip=Strip(muted=True)),
    )
    mix = Mix(buses=(Bus("Loud", Strip(gain_db=12.0, inserts=(Effect("Compressor"),))),))
    rendering = render(dataclasses.replace(band_song, parts=parts, mix=mix), RenderSettings(stems=True))
    assert set(rendering.stems) == {"Melody", "Drums"}
    left, right = (np.abs(rendering.stems[name]).max(axis=1) for name in ("Melody", "Drums"))
    assert left[0] > 100 * left[1]
    assert right[1] > 100 * right[0]
    gone, together = rendering.warnings[-2:]
    assert "Gone.sf2" in gone
    assert "Drums is played by" in gone
    assert together == "The stems do not quite add up to the mix: on Loud parts go through effects together."


def test_cancelling_stops_soon(band_song: Song) -> None:
    began = time.monotonic()
    with pytest.raises(Cancelled):
        render(band_song, cancelled=lambda: time.monotonic() > began + 0.05)
    assert time.monotonic() - began < 5


def test_progress_rises_to_the_end(band_song: Song) -> None:
    shares: list[float] = []
    render(band_song, progress=lambda share, words: shares.append(share))
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    ("instruments", "message"),
    [
        ({"melodi": "x.sf2"}, "Did you mean 'melody'"),
        ({"melody": "no/such.sf2"}, "cannot be opened"),
        ({"melody": "no/such.so"}, "no plugin"),
        ({"melody": "song.txt"}, "not an instrument"),
    ],
)
def test_wrong_instruments_are_named(band_song: Song, instruments: dict[str, str], message: str) -> None:
    with pytest.raises(SoundError, match=message):
        render(band_song, RenderSettings(instruments=instruments))
