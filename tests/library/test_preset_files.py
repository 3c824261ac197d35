"""Preset files: the family of schemas, its limits, its versions, and what is shipped."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cocomposer.composer import Controls
from cocomposer.composer.controls import LIMITS
from cocomposer.errors import PresetError
from cocomposer.library.preset import KINDS, ControlValues, Preset, StylePreset, parse
from cocomposer.library.reading import factory_folders, preset_files, read_preset, read_presets, save_preset, table_of
from cocomposer.library.substitutes import at_hand_instrument, at_hand_strip
from cocomposer.music import Effect, Instrument, InstrumentKind, Lane, Point, Role, Song, Strip
from cocomposer.resources import presets_folder
from cocomposer.sound.built_in import built_in_for
from cocomposer.styles.loading import load_style, parse_style

FACTORY = [
    preset for folder in factory_folders() for file in preset_files(folder) for preset in read_presets(Path(file.path))
]
MOOD = {"schema": 2, "kind": "mood", "name": "Dusk", "mood": {"valence": -0.2, "arousal": -0.5}}


def of_kind(kind: str) -> list[Preset]:
    return [preset for preset in FACTORY if preset.kind_name == kind]


def test_every_kind_is_shipped_and_forty_beside_the_styles() -> None:
    assert {preset.kind_name for preset in FACTORY} == set(KINDS) - {"adapter"}
    assert len(list(preset_files(presets_folder() / "library"))) >= 40
    assert all(preset.licence == "CC0-1.0" and preset.author for preset in FACTORY)
    assert len({preset.hash for preset in FACTORY}) == len(FACTORY)


def test_what_is_written_is_read_the_same(tmp_path: Path) -> None:
    for preset in FACTORY:
        again = read_preset(save_preset(preset, tmp_path / "preset.toml"))
        assert again == preset
        assert again.hash == preset.hash


def test_a_style_file_comes_back_out_of_its_preset() -> None:
    for preset in of_kind("style"):
        assert isinstance(preset, StylePreset)
        style = load_style(preset.name)
        assert parse_style(tomllib.loads(preset.style_file()), style.id) == style


def test_templates_give_their_form_and_band() -> None:
    song = next(preset for preset in of_kind("template") if preset.name == "Waltz for two").value()
    assert isinstance(song, Song)
    assert (song.parts[0].name, song.parts[0].role) == ("Flute", Role.MELODY)
    assert len(song.bars) == 24
    assert [section.name for section in song.sections] == ["First", "Turn", "First"]
    assert {preset.template.style for preset in of_kind("template")} <= {  # type: ignore[attr-defined]
        path.stem for path in (presets_folder() / "styles").glob("*.toml")
    }


def test_name_and_words_do_not_make_another_preset_but_content_does() -> None:
    renamed = parse({**MOOD, "name": "Nightfall", "author": "Ada", "tags": ["dark"]})
    assert renamed.hash == parse(MOOD).hash
    assert parse({**MOOD, "mood": {"valence": -0.21, "arousal": -0.5}}).hash != parse(MOOD).hash


def test_controls_have_the_limits_of_the_composer() -> None:
    for name, (low, high) in LIMITS.items():
        for value in (low, high):
            asked = ControlValues.model_validate({name: value}).asked()
            assert asked == {name: value}
            assert Controls(**asked).asked() == {name: value}  # type: ignore[arg-type]
        for value in (low - 1, high + 1):
            with pytest.raises(ValueError, match=r"less than|greater than"):
                ControlValues.model_validate({name: value})


def test_files_of_the_first_version_are_brought_up_to_date(tmp_path: Path) -> None:
    style = presets_folder() / "styles" / "tango.toml"
    assert "kind" not in tomllib.loads(style.read_text(encoding="utf-8"))
    assert read_preset(style).kind_name == "style"
    rack = read_preset(presets_folder() / "racks" / "bass.toml")
    assert (rack.kind_name, rack.name) == ("rack", "Bass")
    assert rack.table()["schema"] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 3}, "newer Cocomposer"), ({"schema": "2"}, "version number"), ({"kind": "song"}, "kind"),
        ({"name": " x"}, "name"), ({"name": "a\u202eb"}, "cannot be seen"), ({"run": "x"}, "run"),
        ({"mood": {"valence": 2.0, "arousal": 0.0}}, "valence"), ({"mood": {"valence": 0.0}}, "arousal"),
        ({"mood": {"valence": float("nan"), "arousal": 0.0}}, "valence"), ({"tags": ["x"] * 21}, "tags"),
        ({"schema": 1}, "schema = 2"), ({"needs": {"plugins": ["a\0"]}}, "plugins"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(change: dict[str, object], said: str) -> None:
    assert parse(MOOD).name == "Dusk"
    with pytest.raises(PresetError, match=said):
        parse({**MOOD, **change})


def test_files_that_are_no_text_or_too_large_are_refused() -> None:
    for data, said in ((b"\xff", "not TOML"), (b"a = [" + b"[" * 50_000, "not TOML"), (b"#" * 1_000_001, "too large")):
        with pytest.raises(PresetError, match=said):
            table_of(data, "x.toml")


def test_a_missing_plugin_is_played_by_the_programs_own_and_said() -> None:
    wanted = Instrument(InstrumentKind.PLUGIN, "Massive Strings.vst3", (("bow", 0.5),), b"state")
    instrument, said = at_hand_instrument(wanted, Role.PAD, lambda name: None)
    assert instrument == Instrument(InstrumentKind.BUILT_IN, built_in_for(Role.PAD).id)
    assert "Massive Strings.vst3" in said
    here, said = at_hand_instrument(wanted, Role.PAD, lambda name: f"/plugins/{name}")
    assert (here.name, here.state, said) == ("/plugins/Massive Strings.vst3", b"state", "")
    soundfont, said = at_hand_instrument(Instrument(name="Grand.sf2"), Role.KEYS, lambda name: None)
    assert (soundfont.kind, "SoundFont Grand.sf2" in said) == (InstrumentKind.BUILT_IN, True)
    assert at_hand_instrument(Instrument(), Role.KEYS, lambda name: None) == (Instrument(), "")


def test_a_missing_effect_is_replaced_by_one_like_it_or_left_out() -> None:
    names = ("ValhallaRoom.vst3", "SuperComp.vst3", "Quux.vst3")
    inserts = (*(Effect("plugin", plugin=name, wet=0.4) for name in names), Effect("Gain"))
    lane = Lane("insert:0:mix", (Point(0, 0.5),))
    strip, told = at_hand_strip(Strip(inserts=inserts, lanes=(lane,)), lambda name: None)
    assert [(effect.kind, effect.wet) for effect in strip.inserts] == [
        ("Reverb", 0.4),
        ("Compressor", 0.4),
        ("Gain", 1),
    ]
    assert len(told) == 3
    assert strip.lanes == ()
    assert at_hand_strip(Strip(inserts=inserts), lambda name: name) == (Strip(inserts=inserts), ())
