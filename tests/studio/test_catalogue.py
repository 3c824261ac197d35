"""Everything there is to use: found by words, and heard before it is taken."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from cocomposer import formats
from cocomposer.errors import FormatError, SoundError
from cocomposer.music import Key, Meter, Song
from cocomposer.resources import assets_folder
from cocomposer.studio import progressions
from cocomposer.studio.catalogue import Entry, Kind, catalogue, matching
from cocomposer.studio.presets import Presets
from cocomposer.studio.previews import preview_of
from cocomposer.studio.progressions import load_progressions

SKETCH = formats.read(assets_folder() / "sketches" / "first_light.mid")


@pytest.fixture(scope="module")
def presets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Presets]:
    folder = tmp_path_factory.mktemp("presets")
    made = Presets(folder, folder / "cache")
    made.index.refresh()
    yield made
    made.close()


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PLUGIN])
def test_there_is_something_of_every_kind_under_names_of_its_own(kind: Kind, presets: Presets) -> None:
    entries = catalogue(presets, kind)
    assert len(entries) >= 6
    assert len({entry.id for entry in entries}) == len(entries)
    assert all(entry.kind is kind and entry.name and entry.tags for entry in entries)


def test_words_find_by_their_beginnings_and_names_come_first(presets: Presets) -> None:
    found = catalogue(presets, Kind.STYLE, "waltz")
    assert len(found) >= 3
    names = ["waltz" in entry.name.casefold() for entry in found]
    assert names == sorted(names, reverse=True)
    assert catalogue(presets, Kind.INSTRUMENT, "elec pia")[0].name.casefold().startswith("electric piano")
    assert catalogue(presets, Kind.INSTRUMENT, "no such thing") == ()
    assert [entry.name for entry in matching(catalogue(presets, Kind.SKETCH), "light first")] == ["First Light"]


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
    ("kind", "name"),
    [
        (Kind.STYLE, "Bossa Nova"),
        (Kind.PROGRESSION, "Two-five-one"),
        (Kind.INSTRUMENT, "Acoustic Bass"),
        (Kind.RACK, "Felt piano"),
        (Kind.MOOD, "First light"),
        (Kind.TEMPLATE, "Twelve bars"),
    ],
)
def test_an_entry_is_heard_by_a_few_bars(kind: Kind, name: str, song: Song, presets: Presets) -> None:
    entry = next(each for each in catalogue(presets, kind, name) if each.name == name)
    preview = preview_of(entry, song, presets)
    assert isinstance(preview, Song)
    assert any(part.notes for part in preview.parts)
    assert 2 < preview.seconds < 60


def test_a_preview_stays_within_what_an_instrument_reaches(presets: Presets) -> None:
    for program, low, high in ((32, 28, 62), (72, 74, 108), (73, 60, 96)):
        preview = preview_of(Entry(Kind.INSTRUMENT, f"program:{program}", ""), Song(), presets)
        assert isinstance(preview, Song)
        assert all(low <= note.pitch <= high for note in preview.parts[0].notes)


def test_what_has_no_sound_of_its_own_has_no_preview(presets: Presets) -> None:
    controls = catalogue(presets, Kind.CONTROL)[0]
    for entry in (controls, Entry(Kind.PLUGIN, "/reverb.so", "Reverb", tags=("effect",))):
        assert preview_of(entry, SKETCH, presets) is None


def test_a_stored_preview_is_heard_as_loud_as_a_song(presets: Presets) -> None:
    """Whatever level it was made at, and in mono."""
    import numpy as np

    from cocomposer.sound.audio_files import write_audio
    from cocomposer.sound.house_mix import MASTER_LUFS
    from cocomposer.sound.loudness import integrated_loudness

    found = next(each for each in catalogue(presets, Kind.MOOD) if each.preset is not None)
    assert found.preset is not None
    path = presets.save(presets.load(found.preset).model_copy(update={"name": "Quiet", "tags": ["quiet"]}))
    tone = 0.02 * np.sin(np.arange(2 * 22_050, dtype=np.float32) * 0.1)[None]
    write_audio(path.with_suffix(".ogg"), tone, 22_050, 16)
    presets.index.refresh()
    (mine,) = (each for each in presets.search("Quiet", copies=True) if each.place == "mine")
    audio = preview_of(Entry(Kind.MOOD, mine.hash, mine.name, preset=mine), SKETCH, presets)
    assert isinstance(audio, np.ndarray)
    assert audio.shape[0] == 2
    assert abs(audio.shape[1] - 2 * 44_100) < 4_410
    assert abs(integrated_loudness(audio, 44_100) - MASTER_LUFS) < 0.5
    path.with_suffix(".ogg").write_bytes(b"OggS and nothing more")
    with pytest.raises(SoundError, match="cannot be read"):
        preview_of(Entry(Kind.MOOD, mine.hash, mine.name, preset=mine), SKETCH, presets)
