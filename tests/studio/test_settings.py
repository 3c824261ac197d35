"""Settings are kept, and what is wrong with one leaves the others alone."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from cocomposer.studio.settings import Settings, SettingsError, load_settings, save_settings, settings_path

MINE = Settings(
    audio_device="USB",
    buffer=128,
    midi_inputs=("Keys",),
    plugin_folders=("/plugins",),
    theme="light",
    scale=1.5,
    language="de",
    recent=("/a.cocomposer",),
)


def test_settings_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCOMPOSER_SETTINGS", str(tmp_path / "new" / "folder"))
    assert load_settings() == (Settings(), ())
    save_settings(MINE)
    assert settings_path().is_file()
    assert load_settings() == (MINE, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("buffer", 100), ("buffer", True), ("buffer", "512"), ("theme", "pink"), ("theme", None), ("scale", 9),
        ("scale", 1e999), ("recent", "a"), ("recent", [1]), ("threads", -1), ("keep_history", 1), ("composer", "bach"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_the_rest_holds(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({**asdict(MINE), name: value, "of_a_later_version": 1}), encoding="utf-8")
    settings, problems = load_settings(path)
    if value == float("inf"):  # no JSON at all
        assert settings == Settings()
        assert "cannot be read" in problems[0]
        return
    assert settings == replace(MINE, **{name: getattr(Settings(), name)})
    assert len(problems) == 1
    assert name.replace("_", " ") in problems[0]


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 100_000, b" " * 2_000_000])
def test_a_damaged_file_gives_the_usual_settings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(data)
    settings, problems = load_settings(path)
    assert settings == Settings()
    assert len(problems) == 1


def test_recent_projects_are_few_distinct_and_forgotten_on_request(tmp_path: Path) -> None:
    settings = Settings()
    for number in (*range(20), 15):
        settings = settings.with_recent(tmp_path / f"{number}.cocomposer")
    names = [Path(each).stem for each in settings.recent]
    assert names[:3] == ["15", "19", "18"]
    assert len(names) == len(set(names)) == 12
    assert replace(settings, keep_history=False).recent == ()


def test_what_does_not_exist_cannot_be_set() -> None:
    with pytest.raises(SettingsError, match="buffer is one of 64"):
        Settings(buffer=1)
