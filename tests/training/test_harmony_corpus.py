"""Songs become lead sheets, are parsed once only, stay in their split, and can be measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

from songs import lead_sheet

from cocomposer import formats
from cocomposer.model.harmony_grid import Idiom
from cocomposer.model.harmony_network import HarmonyNetwork
from cocomposer.music import Key, KeyChange, Mode, Note, Part, Song
from cocomposer.training.harmony_corpus import LeadSheet, prepare
from cocomposer.training.harmony_evaluation import evaluate


@pytest.fixture
def sheets(tmp_path: Path) -> list[LeadSheet]:
    """Two songs as POP909 has them, and one that lacks its chords."""
    song = lead_sheet()
    blocks = tuple(
        Note(span.start, 48 + span.chord.root + step, span.end - span.start)
        for span in song.chord_spans
        for step in span.chord.intervals
    )
    tune = replace(song.parts[0], name="MELODY")
    whole = replace(song, chords=(), parts=(tune, Part("CHORDS", notes=blocks)))
    (tmp_path / "pop").mkdir()
    formats.write(whole, tmp_path / "pop" / "001.mid")
    formats.write(replace(whole, keys=(KeyChange(0, Key(9, Mode.MINOR)),)), tmp_path / "pop" / "002.mid")
    formats.write(replace(whole, parts=(tune,)), tmp_path / "pop" / "003.mid")
    (tmp_path / "pop" / "004.mid").write_bytes(b"no song")
    return prepare(tmp_path / "none", tmp_path / "pop", tmp_path / "cache")


def test_what_is_usable_is_read(sheets: list[LeadSheet]) -> None:
    assert [sheet.name for sheet in sheets] == ["pop909 001", "pop909 002"]
    assert [sheet.key for sheet in sheets] == [Key(), Key(9, Mode.MINOR)]
    assert len(sheets[0].song.chords) > 10
    assert sheets[0].melody


def test_the_cache_holds_the_same_songs(sheets: list[LeadSheet], tmp_path: Path) -> None:
    again = prepare(tmp_path / "none", tmp_path / "gone", tmp_path / "cache")
    assert [sheet.song for sheet in again] == [sheet.song for sheet in sheets]
    assert [[(note.start, note.pitch, note.duration) for note in sheet.melody] for sheet in again] == [
        [(note.start, note.pitch, note.duration) for note in sheet.melody] for sheet in sheets
    ]


def test_songs_are_split_by_name_alone() -> None:
    names = [f"song {number}" for number in range(1000)]
    splits = [LeadSheet(name, Idiom.POP, Song(), (), True).split for name in names]
    assert splits == [LeadSheet(name, Idiom.SONGBOOK, Song(length=1), (), False).split for name in names]
    assert 0.12 < splits.count("validation") / len(splits) < 0.18
    assert 0.07 < splits.count("development") / len(splits) < 0.13


def test_people_are_measured_beside_network_and_rules(sheets: list[LeadSheet]) -> None:
    network = HarmonyNetwork(width=4, decoder_width=4, embedding=4).eval()
    found = evaluate(sheets, network=network, split=sheets[0].split, idiom=Idiom.POP)
    assert found.songs >= 1
    assert set(found.triads) == {"human", "network", "rules"}
    assert found.whole["human"].chord_coverage > found.triads["human"].chord_coverage > 4
    assert found.whole["human"].chord_tone_ratio > 0.5
    assert 0.0 <= found.keys <= found.relative <= 1.0
    assert "chord_coverage" in found.table()
    assert evaluate(sheets, network=network, split="none").songs == 0
