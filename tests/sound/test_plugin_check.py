"""`plugins check`: a plugin that comes back as it was passes, one that forgets does not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc

from cocomposer.cli import main
from cocomposer.sound.plugin_check import check, difference_db
from cocomposer.sound.plugin_scan import probe

pytestmark = needs_gcc


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    names = ["sound", "effect-sound", "forgets", "effect-random", "play-crash"]
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"), names)


@pytest.mark.parametrize("name", ["sound", "effect-sound"])
def test_a_plugin_that_remembers_passes(plugins: dict[str, Path], name: str) -> None:
    came = check(probe(plugins[name]))
    assert came.passed
    assert came.sounds
    assert came.deterministic
    assert (came.parameters, came.moved, came.changed) == (1, 1, ())
    assert came.difference_db == -np.inf


def test_a_plugin_that_forgets_fails(plugins: dict[str, Path]) -> None:
    came = check(probe(plugins["forgets"]))
    assert not came.passed
    assert came.moved == 0


def test_one_that_is_never_twice_the_same_is_told(plugins: dict[str, Path]) -> None:
    came = check(probe(plugins["effect-random"]))
    assert came.passed
    assert not came.deterministic


def test_difference_is_measured_against_the_peak() -> None:
    one = np.full((2, 10), 0.5, np.float32)
    assert difference_db(one, one) == -np.inf
    assert difference_db(one, one * np.float32(0.999)) == pytest.approx(-60, abs=0.1)
    assert difference_db(one, one[:, :5]) == pytest.approx(0)


def test_the_command_tells_and_counts(plugins: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "check", str(plugins["sound"])]) == 0
    assert "1 plugins came back as they were." in capsys.readouterr().out
    assert main(["plugins", "check", str(plugins["play-crash"]), "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["passed"] is False
    assert "crashed" in row["problem"]
    assert main(["plugins", "check"]) == 2
    assert "--all" in capsys.readouterr().err
