"""Styles of the artist and of packs are offered wherever the shipped ones are."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cocomposer import formats
from cocomposer.composer import Request, StyleComposer
from cocomposer.errors import StyleError
from cocomposer.formats.strict_json import Fields
from cocomposer.library.pack import write_pack
from cocomposer.library.preset import Preset, parse
from cocomposer.resources import assets_folder
from cocomposer.studio.composing_messages import request_from, request_to
from cocomposer.studio.presets import Presets
from cocomposer.studio.styles import style_named, styles_at_hand
from cocomposer.styles import load_styles

SKETCH = assets_folder() / "sketches" / "first_light.mid"


def campfire(name: str = "Campfire", genre: str = "folk") -> Preset:
    body = {
        "genre": genre,
        "parts": {
            "guitar": {"instrument": "Acoustic Guitar (steel)", "low": "d------- d-------", "mid": "d---d-u- --u-d-u-",
                       "high": "d-d-D-du -ud-D-du"},
            "bass": {"instrument": "Acoustic Bass", "low": "1------- 5-------", "mid": "1---..5- 1---..a-",
                     "high": "1--1..5- 1--1..a-"},
        },
    }  # fmt: skip
    return parse({"schema": 2, "kind": "style", "name": name, "style": body})


@pytest.fixture
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Presets]:
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"COCOMPOSER_{name}", str(tmp_path / name.casefold()))
    made = Presets()
    pack = tmp_path / "camp.cocopack"
    write_pack(pack, {"name": "camp", "title": "Camp", "licence": "CC0-1.0"}, [campfire("Night Camp", "dark folk")])
    made.save(campfire())
    made.save(campfire("Bossa Nova", "odd"))
    made.bring_in(made.look_at(str(pack)))
    yield made
    made.close()


def test_styles_of_the_artist_and_of_packs_stand_beside_the_shipped_ones(presets: Presets) -> None:
    styles = styles_at_hand(presets)
    added = set(styles) - set(load_styles())
    assert {"campfire", "night-camp"} < added
    (mine,) = added - {"campfire", "night-camp"}
    assert (styles[mine].name, mine[:11]) == ("Bossa Nova", "bossa-nova-")
    assert styles["bossa-nova"] == load_styles()["bossa-nova"], "no other style takes the name of a shipped one"
    assert all(styles[id].id == id for id in added)


def test_the_style_composer_plays_and_chooses_them(presets: Presets) -> None:
    mine = next(id for id in styles_at_hand(presets) if id not in load_styles())
    sketch = formats.read(SKETCH)
    request = Request(sketch, styles=styles_at_hand(presets), style=mine, count=1)
    (answer,) = StyleComposer().propose(request)
    assert answer.style == mine
    assert {"guitar", "bass"} <= {str(part.role) for part in answer.song.parts}
    with pytest.raises(StyleError, match="There is no style"):
        list(StyleComposer().propose(Request(sketch, style=mine)))
    alone = {mine: styles_at_hand(presets)[mine]}
    assert next(iter(StyleComposer().propose(Request(sketch, styles=alone, count=1)))).style == mine


def test_the_composing_process_knows_them_too(presets: Presets) -> None:
    sent = json.loads(json.dumps(request_to(Request(formats.read(SKETCH), style="auto", count=1))))
    assert set(styles_at_hand(presets)) == set(request_from(Fields(sent, "A request")).style_choice)


def test_a_preset_of_a_style_is_taken_as_a_file_and_another_kind_is_not(presets: Presets, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(campfire("By the fire").toml(), encoding="utf-8")
    assert style_named(str(path)).id == "by-the-fire"
    mood = parse({"schema": 2, "kind": "mood", "name": "Calm", "mood": {"valence": 0.5, "arousal": -0.5}})
    path.write_text(mood.toml(), encoding="utf-8")
    with pytest.raises(StyleError, match=r"mine\.toml is a preset of another kind \(mood\)"):
        style_named(str(path))


def test_the_command_line_takes_the_name(presets: Presets, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "cocomposer", "propose", str(SKETCH), "--style", "Campfire", "--count", "1"]
    done = subprocess.run(
        [*words, "--composer", "style", "--audio", "none", "--json", "--out", str(tmp_path / "out")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out" / "proposals.json").read_text())["proposals"][0]["style"] == "campfire"
