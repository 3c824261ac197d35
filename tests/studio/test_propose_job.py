"""The main job without a face: streaming, cancelling, instruments, and what it reports."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from cocomposer import formats
from cocomposer.composer import Proposal
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
from cocomposer.studio.propose import Progress, Wish, instruments_for, propose

SKETCH = assets_folder() / "sketches" / "salt_road.mid"
SILENT = Wish(audio=None)


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
        list(propose(SKETCH, tmp_path, Wish(count=1), progress=begun.append, cancelled=late))
    assert [path.name for path in tmp_path.iterdir()] == ["proposal-1.mid"]


def test_leaving_the_stream_stops_the_work(tmp_path: Path) -> None:
    stream = propose(SKETCH, tmp_path, SILENT)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert not (tmp_path / "proposals.json").exists()


def test_the_model_is_not_here_yet(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="neural"):
        list(propose(SKETCH, tmp_path, Wish(composer="model")))
    assert not list(tmp_path.iterdir())


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
