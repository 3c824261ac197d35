"""The words of the command line: every mistake is one sentence, a suggestion and exit code 2."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cocomposer import formats
from cocomposer.cli import main
from cocomposer.commands.arguments import controls
from cocomposer.composer import Controls, Task
from cocomposer.composer.controls import LIMITS
from cocomposer.resources import assets_folder
from cocomposer.studio.propose import Made, Wish

SKETCH = assets_folder() / "sketches" / "first_light.mid"
SKETCHES = sorted(path for path in SKETCH.parent.iterdir() if path.suffix in (".mid", ".txt", ".musicxml"))


def complaint(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said on stderr about words that are wrong; checks the manner of it."""
    code = main(words)
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.startswith("cocomposer: ")
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize("words", [["--help"], ["propose", "--help"]], ids=" ".join)
def test_help_is_quick_because_it_loads_nothing(words: list[str]) -> None:
    script = (
        "import sys, contextlib; from cocomposer.cli import main\n"
        f"with contextlib.suppress(SystemExit): main({words})\n"
        "heavy = {'torch', 'numpy', 'rich', 'mido', 'music21', 'pedalboard', 'dawdreamer', 'symusic', 'scipy'}; "
        "print('loaded:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "loaded: []" in done.stdout
    assert "propose" in done.stdout


def test_help_names_every_task_and_control(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["propose", "--help"])
    words = set(re.findall(r"\w+", capsys.readouterr().out))
    assert words >= {*Task, *LIMITS}


@pytest.mark.parametrize("command", ["propose", "render", "info", "styles"])
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"cocomposer {command}" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("cocomposer ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["propse", "a.mid"], "did you mean propose?"),
        (["--verson"], "did you mean --version?"),
        (["song.mid"], "cocomposer propose song.mid"),
        (["propose"], "SKETCH"),
        (["propose", "{sketch}", "--stile", "pop"], "did you mean --style?"),
        (["propose", "{sketch}", "--style", "bosa-nova"], "did you mean bossa-nova?"),
        (["propose", "{sketch}", "--composer", "stlye"], "did you mean style?"),
        (["propose", "{sketch}", "--count", "0"], "from 1 to 16"),
        (["propose", "{sketch}", "--count", "1000"], "from 1 to 16"),
        (["propose", "{sketch}", "--count", "four"], "whole number"),
        (["propose", "{sketch}", "--count"], "--count: a value is missing"),
        (["propose", "{sketch}", "--seed", "-1"], "whole number"),
        (["propose", "{sketch}", "--seed", "1" * 5000], "whole number"),
        (["propose", "{sketch}", "--bars", "5to8"], "like 5-12"),
        (["propose", "{sketch}", "--bars", "8-5"], "goes forward"),
        (["propose", "{sketch}", "--bars", "0-4"], "counts from 1"),
        (["propose", "{sketch}", "--bars", "10-99", "--audio", "none"], "16 bars"),
        (["propose", "{sketch}", "--task", "vry"], "did you mean vary?"),
        (["propose", "{sketch}", "--task", "harmonize"], "did you mean harmonise?"),
        (["propose", "{sketch}", "--task", "infill"], "some bars, some parts, or both"),
        (["propose", "{sketch}", "--task", "infill", "--parts", "melodie"], "did you mean Melody?"),
        (["propose", "{sketch}", "--task", "continue", "--length", "257"], "from 1 to 256"),
        (["propose", "{sketch}", "--length", "4"], "say --task continue"),
        (["propose", "{sketch}", "--parts", "bass,,drums"], "with commas between them"),
        (["propose", "{sketch}", "--band", "Electric Pino 1"], "did you mean Electric Piano 1?"),
        (["propose", "{sketch}", "--control", "densty=0.3"], "did you mean density?"),
        (["propose", "{sketch}", "--control", "bass.regster=0.3"], "did you mean register?"),
        (["propose", "{sketch}", "--control", "bas.register=0.3"], "did you mean bass?"),
        (["propose", "{sketch}", "--control", "density"], "like density=0.7 or bass.register=0.3"),
        (["propose", "{sketch}", "--control", "density=much"], "a number from 0 to 1"),
        (["propose", "{sketch}", "--control", "valence=-1.5"], "a number from -1 to 1"),
        (["propose", "{sketch}", "--control", "velocity_min=3.5"], "a whole number from 1 to 127"),
        (["propose", "{sketch}", "--control", "density=1", "--control", "density=0"], "says density twice"),
        (["propose", "{sketch}", "--task", "vary", "--similarity", "nan"], "a number from 0 to 1"),
        (["propose", "{sketch}", "--task", "vary", "--keep", "rythm"], "did you mean rhythm?"),
        (["propose", "{sketch}", "--keep", "rhythm"], "and not arrange"),
        (["propose", "{sketch}", "--adventurous", "2"], "a number from 0 to 1"),
        (["propose", "{sketch}", "--reference", "{folder}/first_lihgt.mid"], "did you mean first_light.mid?"),
        (["propose", "{sketch}", "--composer", "style", "--task", "melody"], "--composer model"),
        (["propose", "{sketch}", "--audio", "wave"], "did you mean wav?"),
        (["propose", "{sketch}", "--audio", "none", "--stems"], "--stems"),
        (["propose", "{sketch}", "--instrument", "bass"], "a role and a plugin"),
        (["propose", "{sketch}", "--instrument", "base={sketch}"], "did you mean bass?"),
        (["propose", "{sketch}", "--instrument", "bass=/nowhere/synth.so"], "no folder"),
        (["propose", "{sketch}", "--instrument", "bass={sketch}"], "not an instrument"),
        (["propose", "{folder}/first_lihgt.mid"], "did you mean first_light.mid?"),
        (["propose", "{folder}"], "is a folder"),
        (["propose", "/nowhere/at/all.mid"], "no folder"),
        (["propose", "{sketch}", "--out", "{sketch}"], "is a file"),
        (["propose", "{sketch}", "--out", "{sketch}/deeper"], "is a file"),
        (["propose", "{sketch}", "--out", "x" * 5000], "Nothing can be written"),
        (["propose", "{sketch}", "{sketch}2", "--out", "o"], "did you mean first_light.mid?"),
        (["render", "{sketch}", "--out", "song.wave"], "did you mean wav?"),
        (["render", "{sketch}", "--out", "song.flac", "--audio", "mp3"], "make them agree"),
        (["render", "{sketch}", "--audio", "none"], "There is no kind of audio"),
        (["render", "{folder}/nothing.mid"], "There is no file"),
        (["render", "{sketch}", "--rate", "44000"], "There is no sample rate"),
        (["render", "{sketch}", "--bits", "8"], "There is no number of bits"),
        (["render", "{sketch}", "--jobs", "0"], "--jobs takes a whole number from 1 to 64"),
        (["render", "{sketch}", "--bits", "32", "--audio", "flac"], "Only wav files have 32 bits"),
        (["render", "{sketch}", "{sketch}", "--out", "{sketch}"], "is a file"),
        (["info", "{folder}/winter_coat.tx"], "did you mean winter_coat.txt?"),
        (["info", "{sketch}", "{sketch}"], "nothing to do with"),
        (["styles", "swign"], "did you mean swing?"),
        (["styles", "--jsno"], "did you mean --json?"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    filled = [word.replace("{sketch}", str(SKETCH)).replace("{folder}", str(SKETCH.parent)) for word in words]
    assert sentence in complaint(filled, capsys)
    assert not list(tmp_path.rglob("*.mid"))


def test_without_the_neural_composer_it_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cocomposer.composer.model_composer.find_spec", lambda _: None)
    words = ["propose", str(SKETCH), "--out", str(tmp_path)]
    assert "pip install 'cocomposer[model]'" in complaint([*words, "--composer", "model"], capsys)
    assert "needed for the task continue" in complaint([*words, "--task", "continue"], capsys)


def test_every_word_of_a_wish_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Wish] = []

    def hear(sketch: Path, folder: Path, wish: Wish, **_: object) -> Iterator[Made]:
        heard.append(wish)
        return iter(())

    monkeypatch.setattr("cocomposer.studio.propose.propose", hear)
    words = (
        "--composer model --task Vary --bars 3-4 --parts bass,Drums --control density=0.7 --control bass.valence=-1 "
        "--similarity 0.25 --keep Pitch --adventurous 1 --count 2 --seed 9 --audio none"
    )
    assert main(["propose", str(SKETCH), "--out", str(tmp_path), "--reference", str(SKETCH), *words.split()]) == 0
    assert main(["propose", str(SKETCH), "--out", str(tmp_path), "--task", "continue", "--length", "16"]) == 0
    assert heard == [
        Wish(
            composer="model", count=2, seed=9, bars=(2, 3), audio=None, task=Task.VARY, parts=("bass", "Drums"),
            reference=SKETCH, controls=Controls(density=0.7), part_controls={"bass": Controls(valence=-1)},
            similarity=0.25, keep="pitch", adventurous=1,
        ),
        Wish(task=Task.CONTINUE, length=16),
    ]  # fmt: skip


def test_controls_are_read_for_everybody_and_for_parts() -> None:
    for_all, for_parts = controls(["Density=.7", "velocity_min=40", "bass.register=0", "Mr. Low.valence=-1"])
    assert for_all.asked() == {"density": 0.7, "velocity_min": 40}
    assert {part: each.asked() for part, each in for_parts.items()} == {
        "bass": {"register": 0.0},
        "mr. low": {"valence": -1.0},
    }
    assert controls(["bass.density=1"])[0].asked() == {}


def test_a_broken_file_is_an_error_of_the_work(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"MThd" + bytes(20))
    assert main(["propose", str(broken), "--out", str(tmp_path), "--audio", "none"]) == 1
    assert "broken.mid" in capsys.readouterr().err


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cocomposer", "info", str(tmp_path / "no.mid"), "--debug"],
        capture_output=True,
        text=True,
    )
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("sketch", SKETCHES, ids=lambda path: path.name)
def test_info_knows_what_is_in_a_shipped_sketch(sketch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(sketch), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["title"]
    assert facts["bars"] >= 16
    assert facts["key"]
    assert facts["chords"]
    assert facts["tempo"] > 40


def test_there_are_sketches_of_every_kind() -> None:
    assert len(SKETCHES) >= 6
    songs = [formats.read(path) for path in SKETCHES]
    assert any(song.parts and song.chords for song in songs)
    assert any(song.parts and not song.chords for song in songs)
    assert any(song.chords and not song.parts for song in songs)
    assert {str(song.meters.changes[0].meter) for song in songs} >= {"4/4", "3/4", "6/8"}


def test_info_counts_bars_from_one_and_names_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(SKETCH), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["key"] == "G major"
    assert facts["meter"] == "4/4"
    assert facts["tempo"] == 96
    assert facts["sections"][1] == {"name": "Chorus", "first_bar": 9, "bars": 8}
    assert facts["chords"][1] == {"bar": 2, "chords": ["D/F#"]}
    assert facts["range"]["names"] == "F#4-G5"
    assert facts["found"] == []
    assert main(["info", str(SKETCH)]) == 0
    assert "G | D/F# | Em7 | C |" in capsys.readouterr().out


def test_styles_as_text_and_as_json_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["styles", "--json"]) == 0
    styles = json.loads(capsys.readouterr().out)
    assert main(["styles"]) == 0
    text = capsys.readouterr().out
    assert all(style["id"] in text for style in styles)
    assert main(["styles", styles[0]["name"].upper(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == styles[0]


@pytest.mark.parametrize(
    ("words", "files"), [([], []), (["song.mid"], ["song.mid"]), (["a.cocomposer"], ["a.cocomposer"])]
)
def test_where_there_is_a_display_the_window_opens(
    words: list[str], files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[list[str]] = []
    monkeypatch.setattr("cocomposer.cli.window_can_open", lambda: True)
    monkeypatch.setattr("cocomposer.cli._open_window", lambda given: opened.append(given) or 0)
    assert main(words) == 0
    assert opened == [files]


def test_without_a_display_there_is_help(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("usage: cocomposer")
    assert "Say what to do with song.mid" in complaint(["song.mid"], capsys)
