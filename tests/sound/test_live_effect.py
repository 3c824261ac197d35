"""An effect in music that is being heard is not waited for: it is given up, and comes back when it can."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc
from test_hosts import hosts_of

from cocomposer.music import Effect
from cocomposer.sound.host import InstrumentError
from cocomposer.sound.supervisor import Hosts

pytestmark = [needs_gcc, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

BLOCK = np.full((2, 256), 0.5, np.float32)


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"), ["effect-sound"])["effect-sound"]


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosts]:
    monkeypatch.setattr("cocomposer.sound.supervisor.PATIENCE_SECONDS", 0.3)  # for machines with much to do
    with Hosts() as hosts:
        yield hosts


def test_one_that_was_slow_for_once_goes_on_in_its_process(hosts: Hosts, plugin: Path) -> None:
    effects = [hosts.live_effect(Effect("plugin", (("Volume", 0.5),), str(plugin)), 44100) for _ in range(2)]
    (process,) = hosts_of(os.getpid())
    os.kill(process, signal.SIGSTOP)
    with pytest.raises(InstrumentError, match="did not answer while processing"):
        effects[0].process(BLOCK)
    for call in (effects[1].process, lambda _: effects[1].set_parameter("Volume", 1.0), lambda _: effects[1].reset()):
        with pytest.raises(InstrumentError, match="lost its process"):  # at once: they share the process
            call(BLOCK)
    assert hosts_of(os.getpid()) == [process]
    os.kill(process, signal.SIGCONT)
    for effect in effects:
        effect.restart()
        assert np.all(effect.process(BLOCK) == 0.125)
    assert hosts_of(os.getpid()) == [process]
    assert not hosts.quarantined


def test_one_that_hangs_for_good_is_replaced_once_and_then_left_out(hosts: Hosts, plugin: Path) -> None:
    effect = hosts.live_effect(Effect("plugin", (("Volume", 0.5),), str(plugin)), 44100)
    processes = []
    for _ in range(2):
        assert np.all(effect.process(BLOCK) == 0.125)
        (process,) = hosts_of(os.getpid())
        processes.append(process)
        os.kill(process, signal.SIGSTOP)
        with pytest.raises(InstrumentError, match="did not answer while processing"):
            effect.process(BLOCK)
        assert hosts_of(os.getpid()) == [process]  # it has its time
        effect.restart()
    assert len(set(processes)) == 2
    assert "did not answer" in hosts.quarantined[str(plugin)]
    with pytest.raises(InstrumentError, match="in quarantine"):
        effect.restart()


def test_one_whose_process_died_between_two_blocks_starts_nothing_by_itself(hosts: Hosts, plugin: Path) -> None:
    effect = hosts.live_effect(Effect("plugin", plugin=str(plugin)), 44100)
    (process,) = hosts_of(os.getpid())
    os.kill(process, signal.SIGKILL)
    with pytest.raises(InstrumentError, match=r"lost its process|crashed while processing"):
        effect.process(BLOCK)
    with pytest.raises(InstrumentError, match="lost its process"):
        effect.process(BLOCK)
    effect.restart()
    assert np.all(effect.process(BLOCK) == 0.25)
