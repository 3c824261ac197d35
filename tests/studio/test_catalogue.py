"""Everything there is to use: found by words, and heard before it is taken."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from cocomposer import formats
from cocomposer.errors import FormatError
from cocomposer.music import Key, Meter, Song
from cocomposer.resources import assets_folder
from cocomposer.studio import progressions
from cocomposer.studio.catalogue import Entry, Kind, catalogue, matching
from cocomposer.studio.previews import preview_of
from cocomposer.studio.progressions import load_progressions

SKETCH = formats.read(assets_folder() / "sketches" / "first_light.mid")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PLUGIN])
def test_there_is_something_of_every_kind_under_names_of_its_own(kind: Kind) -> None:
    entries = catalogue(kind)
    assert len(entries) >= 8
    assert len({entry.id for entry in entries}) == len(entries)
    assert all(entry.kind is kind and entry.name and entry.tags for entry in entries)


def test_words_find_by_their_beginnings_and_names_come_first() -> None:
    found = matching(catalogue(Kind.STYLE), "waltz")
    assert len(found) >= 3
    names = ["waltz" in entry.name.casefold() for entry in found]
    assert names == sorted(names, reverse=True)
    assert matching(catalogue(Kind.INSTRUMENT), "elec pia")[0].name.casefold().startswith("electric piano")
    assert matching(catalogue(Kind.INSTRUMENT), "no such thing") == []


def test_every_progression_can_be_laid_in_every_key() -> None:
    for progression in load_progressions():
        for tonic in range(12):
            spans = progression.chords(Key(tonic), Meter(3, 4))
            assert spans[0].start == 0
            assert all(one.end == other.start for one, other in itertools.pairwise(spans))


def test_a_minor_progression_in_a_major_song_stands_in_the_relative_key() -> None:
    lament = next(each for each in load_progressions() if each.name == "Lament")
    assert str(lament.chords(Key.parse("C major"), Meter())[0].chord) == "Am"
    assert str(lament.chords(Key.parse("C minor"), Meter())[0].chord) == "Cm"


def test_a_damaged_collection_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:

    folder = tmp_path
    (folder / "progressions.toml").write_text('[[progression]]\nname = "Half"\n')
    monkeypatch.setattr(progressions, "presets_folder", lambda: folder)
    load_progressions.cache_clear()
    with pytest.raises(FormatError, match=r"progressions\.toml"):
        load_progressions()
    load_progressions.cache_clear()


@pytest.mark.parametrize("song", [SKETCH, Song()], ids=["sketch", "empty"])
@pytest.mark.parametrize(
    "entry",
    [
        Entry(Kind.STYLE, "bossa-nova", "Bossa Nova"),
        Entry(Kind.PROGRESSION, "Two-five-one", "Two-five-one"),
        Entry(Kind.INSTRUMENT, "program:32", "Acoustic Bass"),
        Entry(Kind.INSTRUMENT, "built-in:flute", "Flute"),
        Entry(Kind.PLUGIN, "/synth.so", "Synth", tags=("instrument",)),
    ],
    ids=lambda entry: entry.id if isinstance(entry, Entry) else "",
)
def test_an_entry_is_heard_by_a_few_bars(entry: Entry, song: Song) -> None:
    preview = preview_of(entry, song)
    assert preview is not None
    assert any(part.notes for part in preview.parts)
    assert 2 < preview.seconds < 40


def test_a_preview_stays_within_what_an_instrument_reaches() -> None:
    for program, low, high in ((32, 28, 62), (72, 74, 108), (73, 60, 96)):
        preview = preview_of(Entry(Kind.INSTRUMENT, f"program:{program}", ""), Song())
        assert preview is not None
        assert all(low <= note.pitch <= high for note in preview.parts[0].notes)


def test_what_has_no_sound_of_its_own_has_no_preview() -> None:
    assert preview_of(Entry(Kind.RACK, "melody", "Melody"), SKETCH) is None
    assert preview_of(Entry(Kind.PLUGIN, "/reverb.so", "Reverb", tags=("effect",)), SKETCH) is None
