"""SoundFont players: one that is reused sounds like a fresh one, large SoundFonts, the second-choice player."""

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cocomposer
from cocomposer.errors import SoundError
from cocomposer.music import Control, PitchBend, Role, Song
from cocomposer.sound import supervisor
from cocomposer.sound.effects import BuiltInEffect, known_parameters
from cocomposer.sound.host import Host
from cocomposer.sound.instruments import PartJob, Players, Recording, assign_instruments, part_jobs
from cocomposer.sound.loudness import hiss, spans
from cocomposer.sound.plain_soundfont import PlainSoundFontPlayer
from cocomposer.sound.protocol import Performance
from cocomposer.sound.racks import load_racks
from cocomposer.sound.render import RenderSettings, render
from cocomposer.sound.soundfonts import check_soundfont, default_soundfont, packaged_soundfont


def jobs_of(song: Song) -> tuple[PartJob, ...]:
    soundfont = packaged_soundfont()
    return part_jobs(song, assign_instruments(song, {}, soundfont), soundfont, 44100, 10)


def recorded(players: Players, job: PartJob, index: int) -> bytes:
    recording, warning = players.play(job, index)
    assert warning == ""
    return recording.read(0, recording.frames).tobytes()


def test_a_reused_player_sounds_like_a_fresh_one(band_song: Song, tmp_path: Path) -> None:
    bent = dataclasses.replace(
        band_song.parts[0], bends=(PitchBend(0, 8191),), controls=(Control(0, 101, 0), Control(0, 6, 12))
    )
    song = dataclasses.replace(band_song, parts=(bent, *band_song.parts[1:]))
    jobs = jobs_of(song)
    fresh = []
    for index, job in enumerate(jobs):
        with supervisor.Hosts() as hosts:
            fresh.append(recorded(Players(tmp_path, hosts, lambda: False), job, index))
    order = [*range(len(jobs)), *reversed(range(len(jobs))), *range(len(jobs)), *range(len(jobs))]  # beyond 16 channels
    with supervisor.Hosts() as hosts:
        players = Players(tmp_path, hosts, lambda: False)
        for index in order:
            assert recorded(players, jobs[index], index) == fresh[index], jobs[index].part.name


def test_what_memory_has_no_room_for_is_read_from_a_file(band_song: Song, tmp_path: Path) -> None:
    job = jobs_of(band_song)[0]
    with supervisor.Hosts() as hosts:
        kept, filed = (Players(tmp_path, hosts, lambda: False, room).play(job, 0)[0] for room in (1 << 30, 1000))
    assert filed.kept == tmp_path / "part-0.raw"
    assert not isinstance(kept.kept, Path)
    beyond = slice(kept.frames - 1000, kept.frames + 1000)
    assert np.array_equal(kept.block(slice(0, 5000)), filed.block(slice(0, 5000)))
    assert np.array_equal(kept.block(beyond), filed.block(beyond))
    for recording in (kept, filed):
        recording.write(2000, np.array([[0.25], [0.5]], dtype=np.float32).repeat(10, axis=1))
    assert np.array_equal(kept.read(0, kept.frames), filed.read(0, filed.frames))
    assert filed.read(2009, 2010).tolist() == [[0.25], [0.5]]


def test_large_soundfonts_are_played_by_one_process(band_song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    small = render(band_song)
    started = []
    start = Host.__init__
    monkeypatch.setattr(supervisor, "LARGE_SOUNDFONT", 1)
    monkeypatch.setattr(Host, "__init__", lambda self, *given: (started.append(self), start(self, *given))[1])
    assert np.array_equal(render(band_song).mix, small.mix)
    assert len(started) == 1


def test_second_choice_player_keeps_time_and_velocity(band_song: Song) -> None:
    job = jobs_of(band_song)[0]
    player = PlainSoundFontPlayer(str(packaged_soundfont()), 44100)
    performance = Performance(job.events, job.seconds, tail=2.0, program=73)
    (audio,) = player.play(performance)
    assert job.seconds <= len(audio) / 44100 < job.seconds + 1
    softer = tuple((at, status, pitch, velocity // 3) for at, status, pitch, velocity in job.events)
    (soft,) = player.play(dataclasses.replace(performance, events=softer))
    assert 3 < np.abs(audio).max() / np.abs(soft).max() < 8


def test_silence_never_becomes_numbers_that_slow_the_filters(tmp_path: Path) -> None:
    knock = np.zeros((88_200, 2), dtype=np.float32)
    knock[:2000] = np.random.default_rng(0).standard_normal((2000, 2)) * 0.3
    path = tmp_path / "knock.raw"
    knock.T.tofile(path)
    smallest = np.finfo(np.float32).smallest_normal
    racks = load_racks()
    for rack in [*(racks.of(role) for role in Role), racks.room, racks.echo, racks.master]:
        chain = [BuiltInEffect(each.kind, known_parameters(each, 120), 44100) for each in rack.strip.inserts]
        recording = Recording(path, len(knock))
        for span in spans(8 * len(knock), 44100):
            audio = recording.block(span) + hiss(span.stop - span.start)  # as a strip begins
            assert np.abs(audio).min() > smallest
            for effect in chain:
                audio = effect.process(audio)
                faded = np.abs(audio)
                assert np.count_nonzero((faded > 0) & (faded < smallest)) == 0


HIDING = """
import sys
from importlib.machinery import PathFinder

class Hiding(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] == "tinysoundfont" else PathFinder.find_spec(name, path, target)

sys.meta_path[:] = [Hiding if finder is PathFinder else finder for finder in sys.meta_path]
"""
RENDERING = """
from conftest import band
from cocomposer.sound.render import render
from cocomposer.sound.takes import PLAIN_PLAYER_WARNING
rendering = render(band())
assert rendering.warnings == (PLAIN_PLAYER_WARNING,), rendering.warnings
assert abs(rendering.loudness + 14) < 0.3, rendering.loudness
"""


def test_without_the_first_player_the_second_steps_in_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDING)  # Python reads it at its start, in the child process too
    folders = os.pathsep.join([str(tmp_path), str(Path(__file__).parent), str(Path(cocomposer.__file__).parents[1])])
    subprocess.run([sys.executable, "-c", RENDERING], env={**os.environ, "PYTHONPATH": folders}, check=True)


def test_default_soundfont_is_there_and_preferred_ones_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cocomposer.sound import soundfonts

    assert default_soundfont() == packaged_soundfont()
    (tmp_path / "A piano.sf2").touch()
    monkeypatch.setattr(soundfonts, "system_folders", lambda: (tmp_path / "nowhere", tmp_path))
    assert default_soundfont() == packaged_soundfont()
    for name in ("MuseScore_General.sf3", "FluidR3_GM.sf2"):
        (tmp_path / name).touch()
        assert default_soundfont().name == name


def test_what_is_no_soundfont_is_refused_or_replaced(band_song: Song, tmp_path: Path) -> None:
    text = tmp_path / "song.sf2"
    text.write_text("no")
    with pytest.raises(SoundError, match="not a SoundFont"):
        check_soundfont(text)
    with pytest.raises(SoundError, match="cannot be opened"):
        check_soundfont(tmp_path / "missing.sf2")
    whole = packaged_soundfont().read_bytes()
    damaged = tmp_path / "damaged.sf2"
    damaged.write_bytes(whole[:4000])
    rendering = render(band_song, RenderSettings(instruments={str(Role.BASS): str(damaged)}))
    assert "damaged.sf2" in rendering.warnings[-1]
    assert np.array_equal(rendering.mix, render(band_song).mix)
    with pytest.raises(SoundError, match=r"damaged\.sf2"):
        render(band_song, RenderSettings(soundfont=damaged))


def test_the_soundfont_that_played_is_named_only_if_it_played(band_song: Song, tmp_path: Path) -> None:
    song = dataclasses.replace(band_song, parts=band_song.parts[:2])
    own = tmp_path / "mine.sf2"
    shutil.copy(packaged_soundfont(), own)
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(own.read_bytes()[:4000])

    def played_by(**instruments: Path) -> str | None:
        chosen = {role: str(path) for role, path in instruments.items()}
        return render(song, RenderSettings(instruments=chosen, soundfont=packaged_soundfont())).soundfont

    assert played_by() == played_by(melody=own) == "TimGM6mb.sf2"
    assert played_by(melody=own, drums=own) is None
    assert played_by(melody=own, drums=broken) == "TimGM6mb.sf2"
