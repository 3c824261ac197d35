"""The window lives on while it composes, plays and looks for plugins: what it works at a time is little.

Beats of the event loop are measured by the time that its own thread computed between them, and against a piece of work
timed in the same run: what else the machine does counts for neither.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cocomposer.ui import app as shell
from cocomposer.ui.memory import Memory
from cocomposer.ui.window import Window
from faulty_plugins import build_faulty_plugins, needs_gcc
from loop_watch import Watched, watch
from PyQt6 import sip
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from cocomposer.composer.request import Terms
from cocomposer.resources import assets_folder
from cocomposer.sound.playback.devices import SilentDevice
from cocomposer.sound.playback.player import Player
from cocomposer.sound.supervisor import Hosts
from cocomposer.studio.settings import Settings

USUAL, ONCE = 2.0, 10.0
"""How often the time of that piece of work 99 of 100 beats, and all of them, may take."""
BEATS = 200


@pytest.fixture
def living(qapp: QApplication, tmp_path: Path) -> Iterator[Window]:
    """The window with everything that is real but the sound card, its work done on other threads."""
    window = shell.open_window(
        assets_folder() / "sketches" / shell.DEMO, Settings(language="en"), Memory(tmp_path / "window.ini")
    )
    window.resize(1440, 900)
    window.show()
    QTest.qWaitForWindowExposed(window)
    hosts = Hosts()
    window.session.attach(
        Player(hosts, open_device=lambda fill, _, buffer, rate: SilentDevice(fill, buffer, rate)), hosts
    )
    QTest.qWait(300)
    yield window
    window.files.discard()
    window.close()
    sip.delete(window)


def unit() -> float:
    """Milliseconds of this thread for a fixed piece of Python, 5 to 10 on a computer of today: the best of five."""
    times = []
    for _ in range(5):
        began = time.thread_time()
        sum(number % 7 for number in range(200_000))
        times.append((time.thread_time() - began) * 1000)
    return min(times)


def assert_lively(watched: Watched) -> None:
    worked, one = sorted(watched.worked), unit()
    assert worked[int(len(worked) * 0.99)] < USUAL * one, str(watched)
    assert worked[-1] < ONCE * one, str(watched)


def test_while_it_proposes(living: Window) -> None:
    proposals = living.session.proposals
    watched = watch(lambda: proposals.propose(Terms(seed=3), "style"), lambda: not proposals.under_way, beats=BEATS)
    assert len(living.session.document.project.generations[-1].answers) == 4
    assert_lively(watched)


def test_while_it_plays(living: Window) -> None:
    session = living.session
    watched = watch(session.play, lambda: session.position > 480, beats=BEATS)
    assert session.playing
    assert_lively(watched)


@needs_gcc
def test_while_it_looks_for_plugins(living: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_faulty_plugins(tmp_path, ("sound", "load-crash"))
    monkeypatch.setattr("cocomposer.studio.plugins.usual_folders", lambda: (tmp_path,))
    watched = watch(
        living.scan_plugins, lambda: "1 of 2 plugins can be used" in living.status.message.text(), beats=BEATS
    )
    assert_lively(watched)


def test_the_watch_sees_a_loop_that_stands_still(living: Window) -> None:
    def idle() -> None:
        sum(number % 7 for number in range(4_000_000))

    with pytest.raises(AssertionError):
        assert_lively(watch(idle, lambda: True, beats=BEATS))
