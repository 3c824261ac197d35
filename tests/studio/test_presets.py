"""Presets as the window will use them: heard, saved with a preview, and with what stands in for what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cocomposer.errors import PresetError
from cocomposer.music import Instrument, InstrumentKind, Part, Role, Song
from cocomposer.sound.built_in import built_in_for
from cocomposer.sound.loudness import integrated_loudness
from cocomposer.sound.render import RenderSettings, render
from cocomposer.studio.preset_making import instrument_preset, template_preset
from cocomposer.studio.preset_previews import preview_song
from cocomposer.studio.presets import Presets


@pytest.fixture(scope="module")
def presets(tmp_path_factory: pytest.TempPathFactory) -> Presets:
    folder = tmp_path_factory.mktemp("presets")
    presets = Presets(folder, folder / "cache")
    presets.index.refresh()
    return presets


@pytest.mark.parametrize("name", ["instrument/Two in the morning", "rack/Crushed kit"])
def test_a_factory_preset_sounds_and_does_not_clip(name: str, presets: Presets) -> None:
    """The bench `preset_audition.py` hears all of them; here one of each kind."""
    preset = presets.load(presets.index.named(name))
    song = preview_song(preset, presets.at_hand(preset).value, lambda: False)
    assert song is not None
    audio = render(song, RenderSettings(stems=True)).before_master
    assert audio is not None
    assert np.isfinite(audio).all()
    assert -40 < integrated_loudness(audio, 44100) < -10
    assert 0.01 < np.abs(audio).max() < 1


def test_what_is_saved_with_hosts_can_be_heard(presets: Presets) -> None:
    part = Part("Keys", Role.KEYS, instrument=Instrument(InstrumentKind.BUILT_IN, "organ", (("drive", 0.4),)))
    preset = instrument_preset(part, {"name": "My organ"})
    path = presets.save(preset)
    assert presets.render_preview(preset, path.with_suffix(".ogg")) == path.with_suffix(".ogg")
    presets.index.refresh()
    entry = presets.index.named("My organ")
    preview = presets.preview_file(entry)
    assert preview is not None
    assert preview.read_bytes().startswith(b"OggS")
    assert preview.stat().st_size < 500_000
    presets.remove(entry)
    assert not path.exists()
    assert not preview.exists()
    with pytest.raises(PresetError, match="not one of your own"):
        presets.remove(presets.index.named("Fifties"))


def test_a_template_with_a_missing_plugin_loads_with_a_stand_in(presets: Presets) -> None:
    plugin = Instrument(InstrumentKind.PLUGIN, "/home/ada/.vst3/Secret Synth.vst3", state=b"x")
    song = Song(length=1920, parts=(Part("Lead", Role.MELODY, instrument=plugin),))
    preset = template_preset(song, {"name": "Hers"})
    assert preset.needs.plugins == ["Secret Synth.vst3"]
    assert "/home/ada" not in preset.toml()
    at_hand = presets.at_hand(preset)
    assert at_hand.value.parts[0].instrument == Instrument(InstrumentKind.BUILT_IN, built_in_for(Role.MELODY).id)
    assert "Secret Synth.vst3 is not here" in at_hand.told[0]


def test_a_file_that_changed_since_it_was_found_is_not_taken_for_it(presets: Presets, tmp_path: Path) -> None:
    preset = presets.load(presets.index.named("mood/First light"))
    other = presets.load(presets.index.named("mood/Chase"))
    path = presets.save(preset.model_copy(update={"name": "Mine"}))
    presets.index.refresh()
    (entry,) = [each for each in presets.search("Mine", copies=True) if each.path == path]
    path.write_text(other.toml(), encoding="utf-8")
    with pytest.raises(PresetError, match="has changed"):
        presets.load(entry)
