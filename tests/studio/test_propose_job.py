"""The main job without a face: streaming, cancelling, instruments, and what it reports."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from cocomposer import formats
from cocomposer.composer import Controls, Proposal, Request, StyleComposer, Task
from cocomposer.errors import Cancelled, RequestError
from cocomposer.music import (
    Key,
    KeyChange,
    Meter,
    MeterChange,
    MeterMap,
    Note,
    Part,
    Role,
    Section,
    Song,
    TempoChange,
    TempoMap,
)
from cocomposer.resources import assets_folder
from cocomposer.studio.describe import describe
from cocomposer.studio.propose import Progress, Wish, composer_named, instruments_for, propose

SKETCH = assets_folder() / "sketches" / "salt_road.mid"
SILENT = Wish(composer="style", audio=None)
MODEL = "cocomposer.composer.model_composer"


def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the neural composer's libraries."""
    monkeypatch.setattr(f"{MODEL}.find_spec", lambda _: None)


def no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine with its libraries alone."""
    monkeypatch.setattr(f"{MODEL}.find_spec", lambda _: True)
    monkeypatch.setattr(f"{MODEL}.weights_path", lambda: Path("nowhere"))


def model_that_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A neural composer that gives the sketch back, in place of the real one."""

    class ModelComposer:
        name = "model"

        def __init__(self, listener: object = None, adapters: object = None) -> None:
            self.listener = listener

        def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
            yield Proposal(request.sketch, "Echo", "", 7, 0.0, (), 0.5, composer="model", model="echo 1")

    module = ModuleType(MODEL)
    module.__dict__.update(ModelComposer=ModelComposer, why_unavailable=str)
    monkeypatch.setitem(sys.modules, MODEL, module)


def test_proposals_stream_as_they_are_written(tmp_path: Path) -> None:
    seen: list[Progress] = []
    stream = propose(SKETCH, tmp_path / "new" / "folder", replace(SILENT, count=3), progress=seen.append)
    first = next(stream)
    assert first.midi.is_file()
    assert not (tmp_path / "new" / "folder" / "proposals.json").exists()
    rest = list(stream)
    assert sorted(made.number for made in (first, *rest)) == [1, 2, 3]
    assert (tmp_path / "new" / "folder" / "proposals.json").is_file()
    assert seen[-1] == Progress(composed=3, rendered=3.0, count=3)
    assert all(earlier.rendered <= later.rendered for earlier, later in itertools.pairwise(seen))


def test_what_is_on_disk_is_what_was_proposed(tmp_path: Path) -> None:
    for made in propose(SKETCH, tmp_path, replace(SILENT, count=2, seed=3)):
        assert [part.notes for part in formats.read(made.midi).parts] == [
            part.notes for part in formats.midi_canon.canonical(made.proposal.song).parts
        ]


def test_cancelling_stops_before_the_report(tmp_path: Path) -> None:
    stop: list[bool] = []
    stream = propose(SKETCH, tmp_path, SILENT, cancelled=lambda: bool(stop))
    assert next(stream).midi.is_file()
    stop.append(True)
    with pytest.raises(Cancelled):
        list(stream)
    assert not (tmp_path / "proposals.json").exists()


def test_cancelling_stops_the_rendering(tmp_path: Path) -> None:
    """Only whole files are left when rendering is stopped in the middle."""
    begun: list[Progress] = []

    def late() -> bool:
        return any(each.rendered > 0 for each in begun)

    with pytest.raises(Cancelled):
        list(propose(SKETCH, tmp_path, Wish(composer="style", count=1), progress=begun.append, cancelled=late))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["proposal-1.mid", "proposal-1.provenance.json"]


def test_leaving_the_stream_stops_the_work(tmp_path: Path) -> None:
    stream = propose(SKETCH, tmp_path, SILENT)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert not (tmp_path / "proposals.json").exists()


@pytest.mark.parametrize(
    ("stand_in", "why"), [(no_torch, "PyTorch is not installed"), (no_weights, "its weights are missing")]
)
def test_why_the_model_cannot_play_is_said_before_anything_is_written(
    stand_in: Callable[[pytest.MonkeyPatch], None], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    with pytest.raises(RequestError, match=rf"^The neural composer cannot play: {why}[^\n]*[^.]\.$"):
        list(propose(SKETCH, tmp_path / "new", Wish(composer="model")))
    assert not list(tmp_path.iterdir())


def test_auto_is_the_model_where_it_can_play(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Request(formats.read(SKETCH))
    with monkeypatch.context() as patch:
        model_that_plays(patch)
        assert composer_named("auto", plain).name == "auto"
        assert composer_named("model", plain).name == "model"
        assert composer_named("style", plain).name == "style"
    no_torch(monkeypatch)
    assert isinstance(composer_named("auto", plain), StyleComposer)
    assert isinstance(composer_named("auto", replace(plain, task=Task.REMIX)), StyleComposer)
    with pytest.raises(RequestError, match=r"needed for the task vary.*pip install"):
        composer_named("auto", replace(plain, task=Task.VARY))
    with pytest.raises(RequestError, match=r"needed for controls.*pip install"):
        composer_named("auto", replace(plain, controls=Controls(density=1)))
    with pytest.raises(RequestError, match="use style, model or auto"):
        composer_named("Model", plain)


def test_the_room_loads_no_neural_network() -> None:
    script = "import sys, cocomposer.studio.propose, cocomposer.commands.propose; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_whole_wish_reaches_the_composer_and_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Request] = []
    model_that_plays(monkeypatch)
    echo = sys.modules[MODEL].ModelComposer
    original = echo.propose
    monkeypatch.setattr(echo, "propose", lambda self, request, stop: heard.append(request) or original(self, request))
    wish = Wish(
        composer="auto",
        count=1,
        seed=3,
        bars=(0, 3),
        audio=None,
        task=Task.VARY,
        parts=("melody",),
        reference=SKETCH.with_name("first_light.mid"),
        controls=Controls(density=0.7, velocity_min=40),
        part_controls={"bass": Controls(register=0.25)},
        similarity=0.5,
        keep="rhythm",
        adventurous=0.9,
    )
    (made,) = propose(SKETCH, tmp_path, wish)
    assert made.proposal.model == "echo 1"
    (request,) = heard
    assert request == Request(
        formats.read(SKETCH), formats.read(SKETCH.with_name("first_light.mid")), count=1, seed=3, bars=(0, 3),
        task=Task.VARY, parts=("Melody",), controls=wish.controls, part_controls=wish.part_controls, similarity=0.5,
        keep="rhythm", adventurous=0.9,
    )  # fmt: skip
    report = json.loads((tmp_path / "proposals.json").read_text())
    assert (report["task"], report["seed"], report["bars"], report["parts"]) == ("vary", 3, [1, 4], ["melody"])
    assert report["controls"] == {"density": 0.7, "velocity_min": 40, "bass.register": 0.25}
    assert (report["similarity"], report["keep"], report["adventurous"]) == (0.5, "rhythm", 0.9)
    assert report["reference"].endswith("first_light.mid")
    assert report["length"] is None
    (proposal,) = report["proposals"]
    assert (proposal["composer"], proposal["model"], proposal["seed"]) == ("model", "echo 1", 7)


def test_how_far_a_song_goes_on_is_asked_and_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model_that_plays(monkeypatch)
    list(propose(SKETCH, tmp_path, Wish(audio=None, task=Task.CONTINUE, length=12)))
    assert json.loads((tmp_path / "proposals.json").read_text())["length"] == 12
    list(propose(SKETCH, tmp_path, replace(SILENT, count=1)))
    report = json.loads((tmp_path / "proposals.json").read_text())
    assert (report["length"], report["task"], report["controls"]) == (None, "arrange", {})
    assert (report["proposals"][0]["composer"], report["proposals"][0]["model"]) == ("style", None)


def test_instruments_of_the_artist_come_before_those_of_the_style(tmp_path: Path) -> None:
    there = tmp_path / "synth.so"
    there.touch()
    song = Song(parts=(Part("Warm Pad", Role.PAD), Part("Sub", Role.BASS), Part("Lead", Role.COUNTER)))
    asked = {"Warm Pad": str(there), "Sub": str(there), "Lead": str(tmp_path / "not-installed.so")}
    proposal = Proposal(song, "t", "s", 0, 0.0, (), 0.5, instruments=asked)
    instruments, warnings = instruments_for(proposal, {})
    assert instruments == {"Warm Pad": str(there), "Sub": str(there)}
    assert len(warnings) == 1
    assert "not-installed.so" in warnings[0]
    assert instruments_for(proposal, {"bass": "mine.sf2"})[0] == {"Warm Pad": str(there), "bass": "mine.sf2"}
    assert instruments_for(proposal, {"counter": "mine.sf2"})[1] == ()


def test_a_description_counts_as_artists_do() -> None:
    meters = MeterMap((MeterChange(0, Meter(3, 4)), MeterChange(2 * 1440, Meter(4, 4))))
    song = Song(
        title="Two metres",
        length=2 * 1440 + 2 * 1920,
        meters=meters,
        tempos=TempoMap((TempoChange.at_bpm(0, 120), TempoChange.at_bpm(2880, 60))),
        keys=(KeyChange(0, Key(9)), KeyChange(2880, Key(2))),
        sections=(Section(0, "A"), Section(2880, "B")),
        parts=(Part("Flute", Role.MELODY, 73, (Note(0, 60, 480), Note(480, 72, 480))), Part("Kit", Role.DRUMS)),
    )
    facts = describe(song)
    assert facts["bars"] == 4
    assert facts["seconds"] == pytest.approx(3 + 8)
    assert (facts["meter"], facts["meter_changes"]) == ("3/4", [{"bar": 3, "meter": "4/4"}])
    assert (facts["tempo"], facts["tempo_changes"]) == (120, [{"bar": 3, "tempo": 60}])
    assert (facts["key"], facts["key_changes"]) == ("A major", [{"bar": 3, "key": "D major"}])
    assert facts["sections"] == [{"name": "A", "first_bar": 1, "bars": 2}, {"name": "B", "first_bar": 3, "bars": 2}]
    assert facts["range"] == {"lowest": 60, "highest": 72, "names": "C4-C5"}
    assert [part["range"] is None for part in facts["parts"]] == [False, True]
    assert facts["chords"] == []
