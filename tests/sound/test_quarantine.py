"""Quarantine outlives the session, until it is lifted or the plugin is replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc
from test_hosts import play, plugin

from cocomposer.cli import main
from cocomposer.sound.host import InstrumentError
from cocomposer.sound.quarantine_file import QuarantineFile
from cocomposer.studio.plugins import open_hosts, quarantined


@pytest.fixture
def bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin that crashes, and a cache of our own."""
    monkeypatch.setenv("COCOMPOSER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("cocomposer.studio.plugins.usual_folders", lambda: ())
    return build_faulty_plugins(tmp_path, ["play-crash"])["play-crash"]


def crash(bad: Path, times: int, words: str = "crashed while playing") -> None:
    with open_hosts() as hosts:
        for _ in range(times):
            with pytest.raises(InstrumentError, match=words):
                play(hosts, plugin(bad))


@needs_gcc
def test_it_lasts_for_the_next_session_and_is_lifted(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["plugins", "scan", str(tmp_path)])
    crash(bad, 1)
    assert quarantined() == {}
    crash(bad, 2)
    assert quarantined() == {str(bad): "crashed while playing"}
    crash(bad, 1, "is in quarantine: it crashed while playing")
    capsys.readouterr()
    assert main(["plugins", "list"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "play-crash.so is in quarantine: it crashed while playing" in shown
    assert main(["plugins", "list", "--json"]) == 0
    assert [each["quarantined"] for each in json.loads(capsys.readouterr().out)] == ["crashed while playing"]
    assert main(["plugins", "lift", "PLAY-crash"]) == 0
    assert quarantined() == {}
    crash(bad, 1)
    assert main(["plugins", "lift", "play-crash"]) == 1
    assert "No plugin 'play-crash' is in quarantine" in capsys.readouterr().err


@needs_gcc
def test_a_running_program_lifts_it_for_good(bad: Path) -> None:
    crash(bad, 2)
    with open_hosts() as hosts:
        assert list(hosts.quarantined) == [str(bad)]
        hosts.lift(str(bad))
    assert quarantined() == {}


def test_a_plugin_that_was_replaced_gets_another_chance(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.so", tmp_path / "other.so"
    mine.write_bytes(b"1")
    other.write_bytes(b"1")
    file = QuarantineFile(tmp_path / "quarantine.json")
    file.add(str(mine), "crashed")
    file.add(str(other), "hung")
    assert file.reasons() == {str(mine): "crashed", str(other): "hung"}
    mine.write_bytes(b"22")
    assert file.reasons() == {str(other): "hung"}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"version": 2, "plugins": []}', '{"version": 1, "plugins": 7}', "[" * 100_000,
     '{"version": 1, "plugins": [{"path": 1, "reason": "x", "stamp": []}]}',
     '{"version": 1, "plugins": [{"path": "a\\u0000b", "reason": "x", "stamp": []}]}'],
)  # fmt: skip
def test_a_damaged_file_is_an_empty_one_and_is_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "quarantine.json"
    path.write_text(text)
    file = QuarantineFile(path)
    assert file.reasons() == {}
    mine = tmp_path / "mine.so"
    mine.write_bytes(b"1")
    file.add(str(mine), "crashed")
    assert file.reasons() == {str(mine): "crashed"}
