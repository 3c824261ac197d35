"""The supervisor: whatever a plugin does to its process, the program, the other parts and the machine stay whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc

from cocomposer.errors import Cancelled
from cocomposer.music import Effect, Instrument, InstrumentKind
from cocomposer.sound import host
from cocomposer.sound.host import HostError, InstrumentError
from cocomposer.sound.supervisor import MOST_LOADED, Hosts

pytestmark = [needs_gcc, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

NOTE = ((0.0, 0x90, 60, 100), (0.2, 0x80, 60, 0))
MEMORY = 600_000_000
CRASHES = (
    "load-crash",
    "load-exit",
    "load-hang",
    "load-memory",
    "play-crash",
    "play-exit",
    "play-hang",
    "play-memory",
    "unload-crash",
)  # JUCE, which DawDreamer is made of, unloads a plugin once while it loads it
EFFECT_CRASHES = ("effect-play-crash", "effect-play-exit", "effect-play-hang", "effect-play-memory",
                  "effect-load-crash", "effect-unload-crash")  # fmt: skip
RUBBISH = ("play-nan", "runaway")


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    names = [*CRASHES, *RUBBISH, *EFFECT_CRASHES, "sound", "effect-sound", "effect-play-nan"]
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"), names)


@pytest.fixture
def hosts(request: pytest.FixtureRequest) -> Iterator[Hosts]:
    before = what_is_open()
    with Hosts(plugin_seconds=1.5 if "hang" in request.node.name else 20.0, processes=1, memory=MEMORY) as hosts:
        yield hosts
    assert what_is_open() == before


def hosts_of(parent: int) -> list[int]:
    """Living host processes that were started by `parent`."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"cocomposer.sound.host_process" in words and str(parent).encode() in words:
            found.append(int(folder.name))
    return found


def what_is_open() -> tuple[list[int], int, list[str], int]:
    """Host processes of this one, its file descriptors, what lies in shared memory, its threads."""
    # Semaphores are those of other tests that run beside this one: hosts have none.
    shared = [path.name for path in Path("/dev/shm").glob("*") if "jack" not in path.name and path.name[:4] != "sem."]
    return hosts_of(os.getpid()), len(list(Path("/proc/self/fd").iterdir())), shared, threading.active_count()


def plugin(path: Path, **settings: float) -> Instrument:
    return Instrument(InstrumentKind.PLUGIN, str(path), tuple(settings.items()))


def play(hosts: Hosts, instrument: Instrument | None = None) -> np.ndarray:
    return hosts.play(instrument or Instrument(), 0, False, NOTE, 0.2, tail=0.5)


def test_an_instrument_stays_loaded_in_its_process(hosts: Hosts, plugins: dict[str, Path]) -> None:
    first = play(hosts, plugin(plugins["sound"]))
    (process,) = what_is_open()[0]
    played = hosts.state(plugin(plugins["sound"]))
    assert int.from_bytes(played[-4:], "little") == 1  # notes that it was sent, ever
    assert np.array_equal(play(hosts, plugin(plugins["sound"])), first)
    assert int.from_bytes(hosts.state(plugin(plugins["sound"]))[-4:], "little") == 2
    assert what_is_open()[0] == [process]


def test_parameters_are_turned_read_and_told_in_words(hosts: Hosts, plugins: dict[str, Path]) -> None:
    loud, soft = plugin(plugins["sound"], Volume=1.0), plugin(plugins["sound"], Volume=0.25)
    assert np.allclose(play(hosts, soft), play(hosts, loud) / 4)
    (volume,) = hosts.parameters(soft)
    assert (volume.name, volume.value, volume.text) == ("Volume", 0.25, "0.25")
    assert np.array_equal(play(hosts, plugin(plugins["sound"])), play(hosts, loud))


def test_parameters_move_over_time(hosts: Hosts, plugins: dict[str, Path]) -> None:
    still = play(hosts, plugin(plugins["sound"]))
    curve = ((0.0, 0.0), (0.2, 1.0))
    moved = hosts.play(plugin(plugins["sound"]), 0, False, NOTE, 0.2, tail=0.5, automation=(("Volume", curve),))
    ratio = np.abs(moved[0, 600:8000]) / np.abs(still[0, 600:8000])
    expected = np.arange(600, 8000) / 44100 / 0.2
    assert np.abs(ratio - expected).max() < 0.1
    assert np.array_equal(play(hosts, plugin(plugins["sound"])), still)


def test_a_state_is_restored_in_a_new_process(plugins: dict[str, Path]) -> None:
    with Hosts(processes=1) as hosts:
        turned = plugin(plugins["sound"], Volume=0.375)
        play(hosts, turned)
        state = hosts.state(turned)
    with Hosts(processes=1) as hosts:
        again = Instrument(InstrumentKind.PLUGIN, str(plugins["sound"]), state=state)
        assert hosts.state(again) == state
        assert hosts.parameters(again)[0].value == 0.375


@pytest.mark.parametrize("name", CRASHES)
def test_a_plugin_that_takes_its_process_down(hosts: Hosts, plugins: dict[str, Path], name: str) -> None:
    before = play(hosts)
    bad = plugin(plugins[name])
    for _ in range(2):
        with pytest.raises(InstrumentError, match=r"crashed|did not answer"):
            play(hosts, bad)
        assert np.array_equal(play(hosts), before)
    assert list(hosts.quarantined) == [str(plugins[name])]
    processes = what_is_open()[0]
    with pytest.raises(InstrumentError, match="quarantine"):
        play(hosts, bad)
    assert what_is_open()[0] == processes
    hosts.lift(str(plugins[name]))
    assert not hosts.quarantined
    with pytest.raises(InstrumentError, match=r"crashed|did not answer"):
        play(hosts, bad)
    assert list(hosts.quarantined) == [str(plugins[name])]


@pytest.mark.parametrize("name", RUBBISH)
def test_what_nobody_can_hear_is_no_crash(hosts: Hosts, plugins: dict[str, Path], name: str) -> None:
    for _ in range(3):
        with pytest.raises(InstrumentError, match=r"not numbers|ran away"):
            play(hosts, plugin(plugins[name]))
    assert not hosts.quarantined


def test_after_its_first_crash_a_plugin_has_its_own_process(hosts: Hosts, plugins: dict[str, Path]) -> None:
    bad = plugin(plugins["play-crash"])
    with pytest.raises(InstrumentError):
        play(hosts, bad)
    play(hosts, plugin(plugins["sound"]))
    shared = what_is_open()[0]
    hosts.parameters(bad)
    own = set(what_is_open()[0]) - set(shared)
    assert len(own) == 1
    with pytest.raises(InstrumentError):
        play(hosts, bad)
    assert set(shared) <= set(what_is_open()[0])
    assert not own & set(what_is_open()[0])


def test_a_plugin_that_is_gone_comes_back(hosts: Hosts, plugins: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "mine.so"
    with pytest.raises(InstrumentError, match="is not there"):
        play(hosts, plugin(path))
    shutil.copy(plugins["sound"], path)
    assert np.abs(play(hosts, plugin(path))).max() > 0.1


def test_a_process_that_holds_much_is_replaced(hosts: Hosts, plugins: dict[str, Path]) -> None:
    processes = set()
    for number in range(MOST_LOADED + 1):
        instrument = Instrument(InstrumentKind.PLUGIN, str(plugins["sound"]), ((f"none {number}", 0.0),))
        assert np.abs(play(hosts, instrument)).max() > 0.1
        processes |= set(what_is_open()[0])
    assert len(processes) == 2
    assert not hosts.quarantined


@pytest.mark.parametrize("name", EFFECT_CRASHES)
def test_an_effect_that_takes_its_process_down(hosts: Hosts, plugins: dict[str, Path], name: str) -> None:
    audio = np.full((2, 1024), 0.5, np.float32)
    good = hosts.effect(Effect("plugin", (("Volume", 0.5),), plugin=str(plugins["effect-sound"])), 44100)
    assert np.allclose(good.process(audio), 0.125)
    for _ in range(2):
        with contextlib.suppress(InstrumentError):  # closing never raises
            bad = hosts.effect(Effect("plugin", plugin=str(plugins[name])), 44100)
            bad.process(audio)
            bad.close()
        assert np.allclose(good.process(audio), 0.125)  # in a new process, as it was turned
    assert list(hosts.quarantined) == [str(plugins[name])]


def test_an_effect_that_gives_no_numbers_starts_afresh(hosts: Hosts, plugins: dict[str, Path]) -> None:
    effect = hosts.effect(Effect("plugin", plugin=str(plugins["effect-play-nan"])), 44100)
    quiet = np.full((2, 512), -0.5, np.float32)
    with pytest.raises(InstrumentError, match="not numbers"):
        effect.process(-quiet)
    assert np.allclose(effect.process(quiet), -0.25)


def test_being_cancelled_keeps_what_is_loaded(plugins: dict[str, Path]) -> None:
    with Hosts(processes=1) as hosts:
        play(hosts, plugin(plugins["sound"]))
        (process,) = what_is_open()[0]
        long = tuple((at / 2, status, 60, 100) for at in range(0, 2400, 2) for status in (0x90, 0x80))
        began = time.monotonic()
        with pytest.raises(Cancelled):
            hosts.play(plugin(plugins["sound"]), 0, False, long, 1200.0, cancelled=lambda: True)
        assert time.monotonic() - began < 5
        play(hosts, plugin(plugins["sound"]))
        assert what_is_open()[0] == [process]


def test_threads_share_the_hosts(plugins: dict[str, Path]) -> None:
    with Hosts(processes=2) as hosts:
        expected, failed = play(hosts), []

        def work(number: int) -> None:
            for turn in range(4):
                if number == turn == 0:
                    with pytest.raises(InstrumentError):
                        play(hosts, plugin(plugins["play-crash"]))
                if not np.array_equal(play(hosts), expected):
                    failed.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []


def test_a_process_that_ended_by_itself_is_replaced(hosts: Hosts) -> None:
    before = play(hosts)
    (process,) = what_is_open()[0]
    os.kill(process, 9)
    time.sleep(0.2)
    assert np.array_equal(play(hosts), before)
    assert what_is_open()[0] != [process]


def test_a_process_that_has_fallen_silent_is_replaced(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    before = play(hosts)
    (process,) = what_is_open()[0]
    monkeypatch.setattr(host, "SILENT_SECONDS", 1.5)
    os.kill(process, signal.SIGSTOP)
    time.sleep(2.0)
    assert np.array_equal(play(hosts), before)
    assert what_is_open()[0] != [process]


@pytest.mark.skipif(not Path("/usr/lib/vst/ZamDelay-vst.so").exists(), reason="zam-plugins is not installed")
@pytest.mark.parametrize("name", ["/usr/lib/vst/ZamDelay-vst.so", "/usr/lib/vst3/ZamDelay.vst3"])
def test_an_echo_crosses_the_blocks(name: str) -> None:
    noise = np.zeros((2, 44100), np.float32)
    noise[:, :8000] = np.random.default_rng(1).normal(0, 0.1, (2, 8000))
    if not Path(name).exists():
        pytest.skip(f"{name} is not installed")
    with Hosts() as hosts:
        whole = hosts.effect(Effect("plugin", plugin=name), 44100).process(noise)
        effect = hosts.effect(Effect("plugin", plugin=name), 44100)
        blocks = np.concatenate([effect.process(noise[:, at : at + 900]) for at in range(0, 44100, 900)], axis=1)
    assert np.abs(whole[:, 9000:]).max() > 0.01
    assert np.array_equal(blocks, whole)
    assert not np.array_equal(whole[0], whole[1])  # a mono plugin runs once a side


@pytest.mark.skipif(not Path("/usr/lib/vst/ZaMaximX2-vst.so").exists(), reason="zam-plugins is not installed")
def test_latency_is_what_the_output_lags() -> None:
    click = np.zeros((2, 4096), np.float32)
    click[:, 100] = 0.1
    with Hosts() as hosts:
        effect = hosts.effect(Effect("plugin", plugin="/usr/lib/vst/ZaMaximX2-vst.so"), 44100)
        lag = int(np.abs(effect.process(click)[0]).argmax()) - 100
        assert lag == effect.latency > 0


def test_a_window_without_a_display_is_refused_in_a_sentence(
    hosts: Hosts, plugins: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(HostError, match=r"sound\.so cannot be shown: .* no display"):
        hosts.show_editor(plugin(plugins["sound"]), lambda state: None)


PROGRAM = """
import sys
from cocomposer.music import Instrument
from cocomposer.sound.supervisor import Hosts
with Hosts() as hosts:
    hosts.play(Instrument(), 0, False, (), 0.1)
print([name for name in ("dawdreamer", "tinysoundfont", "symusic", "pedalboard") if name in sys.modules])
"""


def test_the_program_itself_loads_no_native_host() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


PARENT = """
import sys, time
from cocomposer.music import Effect, Instrument, InstrumentKind
from cocomposer.sound.supervisor import Hosts
hosts = Hosts(plugin_seconds=120)
hosts.play(Instrument(), 0, False, (), 0.1)
hosts.effect(Effect("plugin", plugin=sys.argv[1]), 44100)
print("ready", flush=True)
hosts.play(Instrument(InstrumentKind.PLUGIN, sys.argv[2]), 0, False, (), 0.1)
"""


def test_a_program_that_is_killed_leaves_nothing(plugins: dict[str, Path]) -> None:
    command = [sys.executable, "-c", PARENT, str(plugins["effect-sound"]), str(plugins["load-hang"])]
    shared = what_is_open()[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        time.sleep(0.5)  # into the hang
        children = hosts_of(program.pid)
        assert len(children) >= 2
        program.kill()
    until = time.monotonic() + 5
    while hosts_of(program.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert hosts_of(program.pid) == []
    assert what_is_open()[2] == shared


@pytest.mark.skipif(
    not all(map(shutil.which, ("xvfb-run", "xwininfo", "xdotool"))), reason="no display, and none can be made"
)
@pytest.mark.parametrize("name", ["/usr/lib/vst/ZamDelay-vst.so", "/usr/lib/vst3/ZamDelay.vst3"])
def test_a_window_opens_and_what_is_turned_there_comes_back(name: str) -> None:
    if not Path(name).exists():
        pytest.skip(f"{name} is not installed")
    expected = ["open True", "window True", "turned True", "open False"]
    command = ["xvfb-run", "-a", sys.executable, str(Path(__file__).parent / "editor_under_xvfb.py"), name]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.stdout.splitlines() == expected, ran.stderr


def test_a_built_in_instrument_is_played_and_turned(hosts: Hosts) -> None:
    pytest.importorskip("cocomposer.sound.built_in")
    dull, bright = (
        play(hosts, Instrument(InstrumentKind.BUILT_IN, "electric-piano", (("brightness", amount),)))
        for amount in (0.1, 0.9)
    )
    assert np.abs(dull).max() > 0.01
    assert not np.array_equal(dull, bright)
    with pytest.raises(InstrumentError, match="no built-in instrument called 'kazoo'"):
        play(hosts, Instrument(InstrumentKind.BUILT_IN, "kazoo"))
