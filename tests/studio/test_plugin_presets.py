"""Programs and preset files of plugins become the state that they stand for, in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc

from cocomposer.errors import SoundError
from cocomposer.music import Effect, Instrument, InstrumentKind
from cocomposer.sound.supervisor import Hosts
from cocomposer.studio.plugin_presets import programs, save_preset, state_from_file, state_of_program

ZAM_COMP = Path("/usr/lib/vst3/ZamComp.vst3")


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"), ["sound", "effect-sound", "silent", "load-crash"])


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    with Hosts(processes=1) as hosts:
        yield hosts


def instrument(path: Path) -> Instrument:
    return Instrument(InstrumentKind.PLUGIN, str(path))


def value(hosts: Hosts, plugin: Instrument | Effect) -> float:
    return hosts.parameters(plugin)[0].value


@needs_gcc
def test_a_program_is_heard_in_a_new_process(hosts: Hosts, plugins: dict[str, Path]) -> None:
    effect = Effect("plugin", plugin=str(plugins["effect-sound"]))
    assert programs(hosts, effect) == ("Full", "Half", "Quiet")
    quiet = replace(effect, state=state_of_program(hosts, effect, 2))
    assert value(hosts, quiet) == 0.125
    heard = hosts.effect(quiet, 44100).process(np.full((2, 64), 0.5, np.float32))
    assert np.all(heard == 0.5 / 2 * 0.125)
    assert value(hosts, effect) == 1.0
    with pytest.raises(SoundError, match="has no program 4"):
        state_of_program(hosts, effect, 3)


@needs_gcc
def test_a_preset_is_what_was_saved(hosts: Hosts, plugins: dict[str, Path], tmp_path: Path) -> None:
    played = instrument(plugins["sound"])
    save_preset(hosts, replace(played, parameters=(("Volume", 0.375),)), tmp_path / "mine.fxp")
    assert value(hosts, replace(played, state=state_from_file(hosts, played, tmp_path / "mine.fxp"))) == 0.375
    bank = tmp_path / "bank.fxb"
    bank.write_bytes(hosts.state(replace(played, parameters=(("Volume", 0.75),))))
    assert value(hosts, replace(played, state=state_from_file(hosts, played, bank))) == 0.75


@needs_gcc
def test_what_is_no_preset_of_this_plugin_is_refused(hosts: Hosts, plugins: dict[str, Path], tmp_path: Path) -> None:
    played = instrument(plugins["sound"])
    foreign = tmp_path / "foreign.fxp"
    save_preset(hosts, instrument(plugins["silent"]), foreign)
    with pytest.raises(SoundError, match="The plugin sound has a state that another plugin saved"):
        state_from_file(hosts, played, foreign)
    with pytest.raises(SoundError, match=r"end the name in \.fxp"):
        save_preset(hosts, played, tmp_path / "mine.vstpreset")
    with pytest.raises(SoundError, match="The plugin load-crash crashed while saving"):
        save_preset(hosts, instrument(plugins["load-crash"]), tmp_path / "never.fxp")
    assert [path.name for path in tmp_path.iterdir()] == ["foreign.fxp"]


@pytest.mark.skipif(not ZAM_COMP.exists(), reason="needs zam-plugins, for a real VST3 plugin")
def test_a_vst3_preset_is_what_was_saved(hosts: Hosts, tmp_path: Path) -> None:
    effect = Effect("plugin", plugin=str(ZAM_COMP))
    turned = replace(effect, parameters=(("Ratio", 0.25), ("Knee", 0.5)))
    save_preset(hosts, turned, tmp_path / "mine.vstpreset")
    restored = replace(effect, state=state_from_file(hosts, effect, tmp_path / "mine.vstpreset"))
    assert hosts.parameters(restored) == hosts.parameters(turned) != hosts.parameters(effect)
    foreign = bytearray((tmp_path / "mine.vstpreset").read_bytes())
    foreign[8:40] = b"F" * 32
    (tmp_path / "mine.vstpreset").write_bytes(foreign)
    with pytest.raises(SoundError, match="another plugin saved"):
        state_from_file(hosts, effect, tmp_path / "mine.vstpreset")
