"""Plugins that work sound; plugins that crash, hang or play rubbish are named, replaced, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc

from cocomposer.errors import Cancelled
from cocomposer.music import Note, Part, Role, Song
from cocomposer.sound.render import Rendering, RenderSettings, render

LIMIT = 3.0


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"))


@pytest.fixture(scope="module")
def built_in(band_song: Song) -> Rendering:
    return render(band_song, RenderSettings(stems=True))


def children_of(parent: int) -> list[int]:
    """Living instrument processes that were started by `parent`."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"cocomposer.sound.host_process" in words and str(parent).encode() in words:
            found.append(int(folder.name))
    return found


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    yield
    if sys.platform == "linux":
        assert children_of(os.getpid()) == []


def with_plugin(song: Song, path: Path, limit: float = LIMIT) -> Rendering:
    return render(song, RenderSettings(instruments={"melody": str(path)}, stems=True, plugin_seconds=limit))


def assert_only_the_melody_differs(one: Rendering, other: Rendering) -> None:
    assert not np.array_equal(one.stems["Melody"], other.stems["Melody"])
    for name in ("Drums", "Bass", "Keys", "Pad"):
        length = min(one.stems[name].shape[1], other.stems[name].shape[1]) - 22050  # the ends are faded
        assert np.array_equal(one.stems[name][:, :length], other.stems[name][:, :length])


@needs_gcc
@pytest.mark.parametrize("name", ["sound", "chatty"])
def test_healthy_plugin_plays_its_part_only(
    band_song: Song, plugins: dict[str, Path], built_in: Rendering, standing_warnings: tuple[str, ...], name: str
) -> None:
    rendering = with_plugin(band_song, plugins[name], limit=30)
    assert rendering.warnings == standing_warnings
    assert_only_the_melody_differs(rendering, built_in)


@needs_gcc
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("load-crash", "crashed while loading"),
        ("load-exit", "crashed while loading"),
        ("load-hang", "did not answer while loading"),
        ("play-crash", "crashed while playing"),
        ("play-nan", "not numbers"),
        ("silent", "silent"),
    ],
)
def test_broken_plugin_is_named_and_all_else_is_identical(
    band_song: Song,
    plugins: dict[str, Path],
    built_in: Rendering,
    standing_warnings: tuple[str, ...],
    name: str,
    words: str,
) -> None:
    rendering = with_plugin(band_song, plugins[name])
    *standing, warning = rendering.warnings
    assert tuple(standing) == standing_warnings
    assert f"{name}.so" in warning
    assert words in warning
    assert "Melody" in warning
    assert "TimGM6mb.sf2" in warning
    assert np.array_equal(rendering.mix, built_in.mix)
    for part, stem in built_in.stems.items():
        assert np.array_equal(rendering.stems[part], stem)


@needs_gcc
def test_plugins_that_hang_and_crash_at_once(plugins: dict[str, Path]) -> None:
    """A plugin may take, beyond its limit, as long as the music lasts; so this song is short."""
    note = (Note(0, 60, 240),)
    song = Song(length=480, parts=(Part("Lead", Role.MELODY, 73, note), Part("Bass", Role.BASS, 33, note)))
    broken = {"Lead": str(plugins["play-hang"]), "bass": str(plugins["load-crash"])}
    rendering = render(song, RenderSettings(instruments=broken, plugin_seconds=1.5))
    hang, crash = rendering.warnings[-2:]
    assert ["play-hang.so" in hang, "load-crash.so" in crash] == [True, True]
    assert "did not answer while playing" in hang
    assert np.array_equal(rendering.mix, render(song).mix)


@needs_gcc
def test_file_that_is_no_plugin(band_song: Song, tmp_path: Path, built_in: Rendering) -> None:
    path = tmp_path / "text.so"
    path.write_text("not a library")
    rendering = with_plugin(band_song, path)
    assert "text.so" in rendering.warnings[-1]
    assert np.array_equal(rendering.mix, built_in.mix)


@needs_gcc
def test_cancelling_ends_a_hanging_plugin(band_song: Song, plugins: dict[str, Path]) -> None:
    began = time.monotonic()
    settings = RenderSettings(instruments={"melody": str(plugins["load-hang"])}, plugin_seconds=60)
    with pytest.raises(Cancelled):
        render(band_song, settings, cancelled=lambda: time.monotonic() > began + 1)
    assert time.monotonic() - began < 10


PARENT = """
import sys
from conftest import band
from cocomposer.sound.render import RenderSettings, render
render(band(), RenderSettings(instruments={"melody": sys.argv[1]}, plugin_seconds=120))
"""


@needs_gcc
def test_killing_the_program_leaves_no_child(plugins: dict[str, Path], tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(plugins["load-hang"])],
        cwd=Path(__file__).parent,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # a killed program cannot tidy up
    try:
        wait_until(lambda: bool(children_of(parent.pid)), 20)
        time.sleep(1.0)  # into the hang
        assert children_of(parent.pid)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_until(lambda: not children_of(parent.pid), 5)


def wait_until(condition: object, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["amsynth_vst.so", "ZynAddSubFX.so"])
def test_debian_synthesizers_sound(
    band_song: Song, built_in: Rendering, standing_warnings: tuple[str, ...], name: str
) -> None:
    path = Path("/usr/lib/vst") / name
    if not path.exists():
        pytest.skip(f"{name} is not installed")
    rendering = with_plugin(band_song, path, limit=30)
    assert rendering.warnings == standing_warnings
    assert_only_the_melody_differs(rendering, built_in)
    assert rendering.loudness == pytest.approx(-14, abs=0.3)
