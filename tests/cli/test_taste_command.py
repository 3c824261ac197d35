"""`cocomposer taste` shows, corrects, exports and forgets what was learned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cocomposer.cli import main
from cocomposer.resources import assets_folder
from cocomposer.studio.taste import taste_path
from cocomposer.taste import Journal, Remark, Verdict


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "SETTINGS"):
        monkeypatch.setenv(f"COCOMPOSER_{name}", str(tmp_path / name.casefold()))


def _learn() -> None:
    journal = Journal(taste_path())
    for number in range(20):
        liked, walks = (Verdict.KEPT, 0.8) if number % 2 else (Verdict.REJECTED, -0.8)
        journal.add(Remark(liked, {"walking bass": walks}, str(number)))


def test_what_was_learned_is_shown_corrected_and_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taste", "show"]) == 0
    assert "Nothing is learned yet" in capsys.readouterr().out
    _learn()
    main(["taste", "show"])
    assert "You keep a walking bass 21 times as often" in capsys.readouterr().out
    assert main(["taste", "dislike", "walking bass"]) == 0
    capsys.readouterr()
    main(["taste", "show", "--json"])
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    assert line["corrected"]
    assert line["weight"] < -1
    assert main(["taste", "forget"]) == 0
    assert not taste_path().exists()


def test_it_is_exported_and_drawn(tmp_path: Path) -> None:
    _learn()
    assert main(["taste", "export", str(tmp_path / "taste.json")]) == 0
    assert len(json.loads((tmp_path / "taste.json").read_text())["remarks"]) == 20
    assert main(["taste", "picture", str(tmp_path / "taste.svg")]) == 0
    assert "walking bass" in (tmp_path / "taste.svg").read_text()


def test_the_switch_is_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    for word, learning in (("off", False), ("on", True)):
        assert main(["taste", word]) == 0
        capsys.readouterr()
        main(["taste", "show", "--json"])
        assert json.loads(capsys.readouterr().out)["learning"] is learning


def test_an_unknown_trait_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taste", "like", "colour"]) == 1
    assert "There is no trait 'colour'" in capsys.readouterr().err
    assert main(["taste", "like"]) == 2


def _reasons(folder: Path, *words: str) -> list[list[str]]:
    sketch = assets_folder() / "sketches" / "first_light.mid"
    told = ["--composer", "style", "--audio", "none", "--count", "2", "--out", str(folder), *words]
    assert main(["propose", str(sketch), *told]) == 0
    return [each["reasons"] for each in json.loads((folder / "proposals.json").read_text())["proposals"]]


def test_what_is_proposed_is_chosen_by_the_taste_and_says_so(tmp_path: Path) -> None:
    assert not any("Chosen" in reason for each in _reasons(tmp_path / "a") for reason in each)
    assert not taste_path().exists()
    _learn()
    assert all(each[-1].startswith("Chosen out of 24 ") for each in _reasons(tmp_path / "b"))
    stranger = _reasons(tmp_path / "c", "--no-taste")
    assert not any("Chosen" in reason for each in stranger for reason in each)
    main(["taste", "off"])
    assert _reasons(tmp_path / "d") == stranger
