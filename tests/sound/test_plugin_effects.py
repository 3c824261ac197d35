"""Real plugin effects on the strips of the console: heard, bypassed, blended, aligned, automated; and broken ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from consoles import PLAIN, RATE, Audio, difference_db, noise, run, song, tone
from faulty_plugins import build_faulty_plugins, needs_gcc
from test_hosts import hosts_of

from cocomposer.music import Bus, Effect, Lane, Mix, Point, Strip
from cocomposer.sound.console import Console
from cocomposer.sound.supervisor import Hosts

VST2, VST3, DRAGONFLY = Path("/usr/lib/vst"), Path("/usr/lib/vst3"), Path("/usr/lib/lxvst")
EFFECTS: dict[Path, tuple[tuple[str, float], ...]] = {
    VST2 / "ZamDelay-vst.so": (),
    VST3 / "ZamDelay.vst3": (),
    VST2 / "ZamCompX2-vst.so": (("Threshold", 0.3),),
    VST3 / "ZamCompX2.vst3": (("Threshold", 0.3),),
    VST2 / "MVerb-vst.so": (),
    DRAGONFLY / "DragonflyHallReverb-vst.so": (),
}
LIMITERS = (VST2 / "ZaMaximX2-vst.so", VST3 / "ZaMaximX2.vst3")
SOUND = noise(0.5)


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    with Hosts() as hosts:
        yield hosts


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    names = ["effect-play-crash", "effect-play-hang", "effect-play-nan", "effect-sound"]
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"), names)


def insert(path: Path, *parameters: tuple[str, float], **fields: object) -> Effect:
    if not path.exists():
        pytest.skip(f"{path} is not installed")
    return Effect("plugin", parameters, plugin=str(path), **fields)  # type: ignore[arg-type]


def strip(*inserts: Effect, **fields: object) -> Strip:
    return Strip(trim_db=0.0, inserts=inserts, **fields)  # type: ignore[arg-type]


def heard(hosts: Hosts, *strips: Strip, sound: Audio = SOUND, block: int = 1024) -> Audio:
    """Every part plays `sound`."""
    console = Console(song(*strips), RATE, hosts.effect)
    try:
        output = run(console, [sound] * len(strips), block)
        assert console.problems == ()
    finally:
        console.close()
    return output


@pytest.mark.parametrize("path", EFFECTS, ids=lambda path: path.name)
def test_an_insert_is_heard_as_far_as_it_is_turned_up(hosts: Hosts, path: Path) -> None:
    full, half, bypassed = (
        heard(hosts, strip(each))
        for each in (
            insert(path, *EFFECTS[path], wet=1.0),
            insert(path, *EFFECTS[path], wet=0.5),
            insert(path, bypassed=True),
        )
    )
    assert np.array_equal(bypassed, heard(hosts, PLAIN))
    assert difference_db(full, bypassed) > -40
    assert np.abs(half - (full + bypassed) / 2).max() < 1e-6


@pytest.mark.parametrize("path", LIMITERS, ids=lambda path: path.name)
@pytest.mark.parametrize("place", ["part", "bus", "master"])
def test_a_click_through_a_limiter_that_looks_ahead_meets_the_one_past_it(hosts: Hosts, path: Path, place: str) -> None:
    click = np.zeros((2, 8192), np.float32)
    click[:, 1000] = 0.1
    limiting = strip(insert(path))
    mix = Mix((Bus("Slow", limiting if place == "bus" else PLAIN),), (), limiting if place == "master" else PLAIN)
    through = strip(*(limiting.inserts if place == "part" else ()), output="Slow")
    console = Console(song(through, PLAIN, mix=mix), RATE, hosts.effect)
    try:
        assert console.latency > 0
        for inputs in ([click, None], [None, click], [click, click]):
            console.reset()
            output = np.abs(run(console, inputs)[0])
            assert np.flatnonzero(output > 0.03).tolist() == [1000 + console.latency]
    finally:
        console.close()


@pytest.mark.parametrize("path", LIMITERS, ids=lambda path: path.name)
def test_a_lane_turns_a_parameter_of_a_plugin_where_the_music_is(hosts: Hosts, path: Path) -> None:
    lane = Lane("insert:0:Threshold", (Point(0, 1.0), Point(479, 1.0), Point(480, 0.4)))
    moved = heard(hosts, strip(insert(path, ("Threshold", 1.0)), lanes=(lane,)), sound=tone(200, 1.0, 0.05))
    still, low = (
        heard(hosts, strip(insert(path, ("Threshold", value))), sound=tone(200, 1.0, 0.05)) for value in (1.0, 0.4)
    )
    middle = RATE // 2  # tick 480
    assert difference_db(moved[:, : middle - 256], still[:, : middle - 256]) < -100
    late = slice(-RATE // 8, None)
    assert difference_db(still[:, late], low[:, late]) > -50  # it does something
    assert np.sqrt(np.mean(moved[:, late] ** 2)) == pytest.approx(np.sqrt(np.mean(low[:, late] ** 2)), rel=0.05)


@needs_gcc
@pytest.mark.parametrize(("name", "words"), [
    ("effect-play-crash", "crashed while processing"),
    ("effect-play-hang", "did not answer while processing"),
    ("effect-play-nan", "not numbers"),
])  # fmt: skip
def test_a_plugin_that_fails_lets_the_music_through_and_comes_back(
    broken: dict[str, Path], name: str, words: str
) -> None:
    good = strip(insert(broken["effect-sound"]))
    positive = np.full((2, 4096), 0.1, np.float32)  # at which it fails
    positive[:, ::2] = -0.1
    negative = -np.abs(positive)
    with Hosts() as hosts:
        console = Console(song(strip(insert(broken[name])), good), RATE, hosts.effect)
        try:
            assert difference_db(run(console, [negative, None]), negative / 2) < -120
            assert difference_db(run(console, [positive, positive]), 1.5 * positive) < -120  # dry, and half
            (problem,) = console.problems
            assert problem.startswith(f"Part 1 plays without {broken[name].name}: it")
            assert words in problem
            assert difference_db(run(console, [negative, None]), negative) < -120
            console.retry()
            assert console.problems != ()  # until it plays
            again = run(console, [negative, None])
            assert console.problems == ()
            assert np.abs(np.diff(again[0])).max() < 0.001  # it fades in
            assert difference_db(again[:, 512:], negative[:, 512:] / 2) < -120
        finally:
            console.close()


@needs_gcc
def test_a_plugin_that_crashes_does_not_interrupt_another(broken: dict[str, Path]) -> None:
    """Its echo would be gone if its process had been replaced."""
    echo = strip(insert(VST2 / "ZamDelay-vst.so"))
    loud = np.abs(noise(0.25))
    with Hosts() as hosts:
        alone = Console(song(echo), RATE, hosts.effect)
        both = Console(song(echo, strip(insert(broken["effect-play-crash"]))), RATE, hosts.effect)
        try:
            silence = np.zeros((2, RATE // 4), np.float32)
            expected = np.concatenate([run(alone, [loud]), run(alone, [silence])], axis=1)
            first = run(both, [loud, None])
            crash = run(both, [silence[:, :1024], loud[:, :1024]], block=1024) - loud[:, :1024]
            rest = run(both, [silence[:, 1024:], None])
            output = np.concatenate([first, crash, rest], axis=1)
            assert len(both.problems) == 1
        finally:
            alone.close()
            both.close()
    assert np.abs(expected[:, -RATE // 8 :]).max() > 0.01
    assert difference_db(output, expected) < -100


def test_a_plugin_that_is_not_there_comes_back(tmp_path: Path) -> None:
    source = VST2 / "ZamDelay-vst.so"
    present = insert(source)
    moved = tmp_path / source.name
    with Hosts() as hosts:
        console = Console(song(strip(Effect("plugin", plugin=str(moved)))), RATE, hosts.effect)
        try:
            assert np.array_equal(run(console, [SOUND]), SOUND)
            assert console.problems == (f"Part 1 plays without {moved.name}: it is not there.",)
            moved.symlink_to(source)
            console.retry()
            assert np.array_equal(run(console, [SOUND]), SOUND)
            console.retry(missing=True)
            run(console, [SOUND])
            assert console.problems == ()
            console.reset()
            back = run(console, [SOUND], block=1024)
        finally:
            console.close()
        assert difference_db(back, heard(hosts, strip(present))) < -100


def test_the_processes_of_effects_end_with_the_last_of_them(hosts: Hosts) -> None:
    delay = insert(next(iter(EFFECTS)))
    first, second = (hosts.effect(delay, RATE) for _ in range(2))
    processes = hosts_of(os.getpid())
    first.close()
    assert hosts_of(os.getpid()) == processes
    second.close()
    assert len(hosts_of(os.getpid())) == len(processes) - 1
