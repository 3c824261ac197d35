"""Style files: good ones load, bad ones say what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cocomposer.errors import StyleError
from cocomposer.styles import load_style, load_styles, read_style

MINIMAL = """
schema = 1
name = "Small"
[parts.bass]
instrument = "Acoustic Bass"
mid = "1--- 5---"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(text)
    return path


def test_a_minimal_style_loads(tmp_path: Path) -> None:
    style = read_style(write(tmp_path, MINIMAL))
    assert (style.id, style.name, style.parts[0].program) == ("small", "Small", 32)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("schema = 1", "schema = 2", "schema = 1"),
        ("name", "nmae", "did you mean name"),
        ("Acoustic Bass", "Acoustic Bas", "Acoustic Bass"),
        ("mid", "middle", "did you mean mid"),
        ("1--- 5---", "1--- 9---", '"9"'),
        ("1--- 5---", "1--- 5--", "7 steps"),
        ('"1--- 5---"', "3", "text of steps"),
        ("[parts.bass]", "[parts.bass]\nregister = [60, 62]", "octave"),
        ("[parts.bass]", "[parts.bass]\nvoicing = 'clsoe'", "close"),
        ("[parts.bass]", "[parts.tuba]", "no role"),
        ("[parts.bass]", "[parts.melody]", "artist's own"),
        ("[parts.bass]", "tempo = [200, 100]\n[parts.bass]", "tempo"),
        ("[parts.bass]", "meter = '4/3'\n[parts.bass]", "metre"),
        ("schema = 1", "schema = ", "not valid TOML"),
    ],
)
def test_faults_are_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(StyleError, match=re.escape(words)):
        read_style(write(tmp_path, MINIMAL.replace(old, new, 1)))


def test_two_kits_cannot_share_a_channel(tmp_path: Path) -> None:
    two = (
        MINIMAL
        + """
[parts.drums]
mid = { kick = "x..." }
[parts.shaker]
role = "drums"
kit = "jazz"
mid = { shaker = "x..." }
"""
    )
    with pytest.raises(StyleError, match="one kit"):
        read_style(write(tmp_path, two))


def test_missing_huge_and_binary_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StyleError, match="cannot be read"):
        read_style(tmp_path / "none.toml")
    with pytest.raises(StyleError, match="larger"):
        read_style(write(tmp_path, "#" * 200_000))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(bytes(range(256)))
    with pytest.raises(StyleError, match="not valid TOML"):
        read_style(binary)


def test_a_misspelt_style_gets_a_suggestion() -> None:
    with pytest.raises(StyleError, match="bossa-nova"):
        load_style("bosa-nova")
    assert load_style("Bossa Nova").id == "bossa-nova"


@pytest.mark.parametrize("manual", ["README.md", "presets/styles/README.md"])
def test_the_example_in_the_manual_is_a_style(tmp_path: Path, manual: str) -> None:
    text = (Path(__file__).parents[2] / manual).read_text()
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    style = read_style(write(tmp_path, example))
    assert {part.id for part in style.parts} == {"shaker", "bass", "guitar"}


def test_there_are_many_styles_over_many_genres() -> None:
    styles = load_styles().values()
    assert len(styles) >= 24
    assert len({style.genre for style in styles}) >= 14
    assert len({style.name for style in styles}) == len(styles)
