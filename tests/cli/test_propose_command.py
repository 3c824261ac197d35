"""`cocomposer propose` and `cocomposer render`, run as an artist runs them: in a process, with real files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import mutagen
import pytest

from cocomposer import formats
from cocomposer.music import Note, Part, Role, Song
from cocomposer.resources import assets_folder

SKETCHES = assets_folder() / "sketches"


def run(command: str, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    composer = (
        ["--composer", "style", "--no-taste"] if command == "propose" else []
    )  # whatever is installed or known here
    command = [sys.executable, "-m", "cocomposer", command, *map(str, words), *composer]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=300)


def test_four_proposals_without_audio(tmp_path: Path) -> None:
    done = run("propose", SKETCHES / "first_light.mid", "--audio", "none", "--out", "made", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "First Light" in done.stdout
    assert str(tmp_path / "made") in done.stdout
    names = sorted(path.name for path in (tmp_path / "made").iterdir())
    ours = [f"proposal-{number}.{kind}" for number in (1, 2, 3, 4) for kind in ("mid", "provenance.json")]
    assert names == [*ours, "proposals.json"]
    sketch = formats.read(SKETCHES / "first_light.mid")
    tune = sketch.parts[0].notes
    for number in (1, 2, 3, 4):
        song = formats.read(tmp_path / "made" / f"proposal-{number}.mid")
        melody = song.part_of_role(Role.MELODY)
        assert melody is not None
        assert melody.notes == tune
        assert len(song.parts) > 2
        assert (song.tempos, song.meters, len(song.bars)) == (sketch.tempos, sketch.meters, len(sketch.bars))
    report = json.loads((tmp_path / "made" / "proposals.json").read_text())
    assert [each["midi"] for each in report["proposals"]] == names[:8:2]
    for each in report["proposals"]:
        assert each["key"] == "G major"
        assert each["tempo"] == 96
        assert each["reasons"]
        assert each["style"]
        assert each["parts"][0]["role"] == "melody"


def test_same_words_same_notes_and_another_seed_others(tmp_path: Path) -> None:
    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        words = ("--audio", "none", "--count", 1, "--style", "swing", "--seed", seed, "--out", folder)
        assert run("propose", SKETCHES / "long_shadow.mid", *words, cwd=tmp_path).returncode == 0
    first, second, third = ((tmp_path / folder / "proposal-1.mid").read_bytes() for folder in "abc")
    assert first == second
    assert first != third


def test_several_sketches_get_folders_that_do_not_collide(tmp_path: Path) -> None:
    for folder in ("050", "051"):
        (tmp_path / folder).mkdir()
        shutil.copy(SKETCHES / "first_light.mid", tmp_path / folder / "lead_sheet.mid")
    words = ("050/lead_sheet.mid", "051/lead_sheet.mid", SKETCHES / "winter_coat.txt", "--audio", "none", "--count", 1)
    done = run("propose", *words, "--out", "all", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == ["050", "051", "winter_coat"]
    reports = json.loads(done.stdout)
    assert [Path(each["folder"]).name for each in reports] == ["050", "051", "winter_coat"]
    for each in reports:
        assert (tmp_path / each["folder"] / each["proposals"][0]["midi"]).is_file()


def test_one_broken_sketch_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "broken.mid").write_bytes(b"MThd")
    words = ("broken.mid", SKETCHES / "mill_wheel.mid", "--audio", "none", "--count", 1, "--out", "all")
    done = run("propose", *words, cwd=tmp_path)
    assert done.returncode == 1
    assert "1 of 2 sketches" in done.stderr
    assert (tmp_path / "all" / "mill_wheel" / "proposal-1.mid").is_file()


def test_audio_and_stems_beside_the_midi(tmp_path: Path) -> None:
    words = ("--count", 1, "--bars", "1-4", "--audio", "flac", "--stems", "--out", ".", "--json")
    done = run("propose", SKETCHES / "harbour_light.musicxml", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)[0]["proposals"][0]
    assert made["audio"] == "proposal-1.flac"
    assert made["loudness_lufs"] == pytest.approx(-14, abs=0.5)
    assert made["true_peak_dbtp"] <= -1
    assert made["soundfont"].endswith((".sf2", ".sf3"))
    assert len(made["stems"]) == len([part for part in made["parts"] if part["notes"]])
    from pedalboard.io import AudioFile

    for name in (made["audio"], *made["stems"].values()):
        with AudioFile(str(tmp_path / name)) as file:
            assert file.frames > file.samplerate


def test_what_played_and_what_was_set_aside_is_said(tmp_path: Path) -> None:
    words = ("propose", SKETCHES / "salt_road.mid", "--count", 1, "--bars", "1-2", "--out", ".")
    first = run(*words, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    played = json.loads((tmp_path / "proposals.json").read_text())["proposals"][0]["soundfont"]
    assert first.stdout.splitlines()[-1] == f"Played with {played}."
    second = run(*words, "--audio", "none", cwd=tmp_path)
    assert "Played" not in second.stdout
    assert len(second.stderr.splitlines()) == 1
    assert "earlier-1" in second.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "earlier-1", "proposal-1.mid", "proposal-1.provenance.json", "proposals.json"]  # fmt: skip
    assert (tmp_path / "earlier-1" / "proposal-1.wav").is_file()
    third = run(*words, "--audio", "none", "--json", cwd=tmp_path)
    assert third.stderr == ""
    assert json.loads(third.stdout)[0]["earlier"] == "earlier-2"


def test_render_a_proposal_as_mp3(tmp_path: Path) -> None:
    words = ("--count", 1, "--bars", "1-2", "--audio", "none", "--out", ".")
    assert run("propose", SKETCHES / "salt_road.mid", *words, cwd=tmp_path).returncode == 0
    done = run("render", "proposal-1.mid", "--out", "song.mp3", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["audio"] == "song.mp3"
    assert made["soundfont"].endswith((".sf2", ".sf3"))
    assert (tmp_path / "song.mp3").stat().st_size > 10_000


def test_render_several_songs_at_once(tmp_path: Path) -> None:
    song = Song("Two notes", 960, parts=(Part("Piano", Role.KEYS, 0, (Note(0, 60, 480),)),))
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        formats.write(song, tmp_path / folder / "song.mid")
    options = ("--jobs", 2, "--rate", 48000, "--bits", 16, "--stems", "--out", "audio", "--json")
    done = run("render", "first/song.mid", "second/song.mid", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert [each["audio"] for each in made] == ["audio/song.wav", "audio/song-2.wav"]
    for each in made:
        assert list(each["stems"]) == ["Piano"]
        for path in (each["audio"], each["stems"]["Piano"]):
            info = mutagen.File(tmp_path / path).info
            assert (info.sample_rate, info.bits_per_sample) == (48000, 16)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing on Windows")
def test_ctrl_c_leaves_no_half_written_file(tmp_path: Path) -> None:
    words = ["propose", str(SKETCHES / "corner_table.mid"), "--composer", "style", "--out", str(tmp_path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "cocomposer", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    while not (tmp_path / "proposal-1.mid").exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and all its children
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert output == ""
    assert "Traceback" not in errors
    left = sorted(path.name for path in tmp_path.iterdir())
    assert all(name.endswith((".mid", ".wav", ".provenance.json")) and not name.startswith(".") for name in left), left
    for name in left:
        if name.endswith(".mid"):
            formats.read(tmp_path / name)


def test_asking_for_players_bars_and_a_remix(tmp_path: Path) -> None:
    words = ("--task", "remix", "--band", "Bass, drums", "--bars", "5-8", "--count", 1)
    done = run("propose", SKETCHES / "first_light.mid", *words, "--audio", "none", "--out", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "proposals.json").read_text())
    assert (report["task"], report["parts"], report["composer"]) == ("remix", ["Bass", "drums"], "style")
    assert report["proposals"][0]["composer"] == "style"
    song = formats.read(tmp_path / "proposal-1.mid")
    assert {part.role for part in song.parts} == {Role.MELODY, Role.BASS, Role.DRUMS}
    for part in song.parts:
        if part.role is not Role.MELODY:
            assert all(4 * 1920 <= note.start < 8 * 1920 for note in part.notes)
