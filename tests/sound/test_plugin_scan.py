"""Plugins are asked in children: what one does there is told, remembered, and harms nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_plugins import OFTEN, build_faulty_plugins, needs_gcc

from cocomposer.errors import Cancelled
from cocomposer.sound.plugin_scan import PluginCache, probe, scan
from cocomposer.sound.plugins import PluginInfo, find_plugins, parameter_names

pytestmark = needs_gcc


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"), [*OFTEN, "shell", "library"])


def children() -> int:
    """Probes of this process that are alive."""
    mine = f"cocomposer.sound.plugin_probe {os.getpid()} "
    found = subprocess.run(["pgrep", "-fc", mine], capture_output=True, text=True)
    return int(found.stdout or 0)


def test_every_plugin_is_told_with_what_it_did(plugins: dict[str, Path], tmp_path: Path) -> None:
    cache = PluginCache(tmp_path / "plugins.json")
    found = {info.path.stem: info for info in scan(list(plugins.values()), cache, seconds=8.0)}
    assert found["sound"].problem == ""
    assert found["sound"].is_instrument
    assert not found["silent"].is_instrument
    assert "SIGSEGV" in found["load-crash"].problem
    assert "did not answer within 8 seconds" in found["load-hang"].problem
    assert "ended its process" in found["load-exit"].problem
    assert found["chatty"].problem == ""
    assert "several plugins in one file" in found["shell"].problem
    assert "a library that plugins beside it may use" in found["library"].problem
    assert children() == 0


def test_what_is_known_is_not_asked_again_until_it_changes(plugins: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "mine.so"
    shutil.copy(plugins["sound"], path)
    cache = PluginCache(tmp_path / "plugins.json")
    (first,) = scan([path], cache)
    cache.save()
    again = PluginCache(tmp_path / "plugins.json")
    assert again.find(path) == first
    assert again.plugins() == (first,)
    shutil.copy(plugins["load-crash"], path)
    assert again.find(path) is None
    (changed,) = scan([path], again)
    assert "SIGSEGV" in changed.problem
    assert again.find(path) == changed
    path.unlink()
    assert again.plugins() == ()


def test_a_problem_is_asked_again_only_where_that_is_wanted(plugins: dict[str, Path], tmp_path: Path) -> None:
    cache = PluginCache(tmp_path / "plugins.json")
    stale = PluginInfo(plugins["sound"], "sound", "VST2", problem="was busy")
    cache.remember(stale)
    assert list(scan([plugins["sound"]], cache)) == [stale]
    (mended,) = scan([plugins["sound"]], cache, again=True)
    assert mended.problem == ""


def test_a_scan_stops_when_it_is_told_to(plugins: dict[str, Path], tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(Cancelled):
        list(scan([plugins["load-hang"]], PluginCache(tmp_path / "c.json"), cancelled=lambda: True))
    assert time.monotonic() - began < 5.0
    assert children() == 0


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"version": 1, "plugins": [{}]}', '{"version": 9, "plugins": []}'])
def test_a_damaged_cache_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    assert PluginCache(tmp_path / "c.json").plugins() == ()


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": 3},
        {"name": 3},
        {"inputs": "x"},
        {"parameters": [{"name": "a", "unit": "", "steps": 0, "default": 7}]},
    ],
)
def test_an_answer_that_is_none_is_refused(change: dict[str, object]) -> None:
    data = PluginInfo(Path("a.so"), "a", "VST2").to_data() | {"parameters": []}
    assert PluginInfo.from_data(data).name == "a"
    with pytest.raises(ValueError, match=r"."):
        PluginInfo.from_data(data | change)


@pytest.mark.skipif(sys.platform != "linux", reason="names of plugins on Linux")
def test_bundles_are_one_plugin_and_links_are_not_followed_twice(tmp_path: Path) -> None:
    bundle = tmp_path / "A.vst3" / "Contents" / "x86_64-linux"
    bundle.mkdir(parents=True)
    (bundle / "A.so").write_bytes(b"")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.so").write_bytes(b"")
    (tmp_path / "c.so").symlink_to(tmp_path / "deep" / "b.so")
    (tmp_path / "readme.txt").write_text("")
    assert [path.name for path in find_plugins([tmp_path, tmp_path])] == ["A.vst3", "c.so"]


def test_what_is_no_plugin_says_so(tmp_path: Path) -> None:
    (tmp_path / "no.so").write_bytes(b"not a library")
    assert "cannot be loaded" in probe(tmp_path / "no.so").problem
    assert json.dumps(probe(tmp_path / "no.so").to_data())


def test_parameters_of_one_name_are_numbered() -> None:
    assert parameter_names(["Gain ", "Freq", "Gain", "Gain 2", "Gain"]) == (
        "Gain",
        "Freq",
        "Gain 2",
        "Gain 2 2",
        "Gain 3",
    )
