"""How long a plugin is listened to: as long as it rings, and no longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cocomposer.sound.dawdreamer_plugin import DawDreamerPlugin
from cocomposer.sound.protocol import Performance

AMSYNTH = Path("/usr/lib/vst/amsynth_vst.so")
RATE = 44100
NOTE = ((0.0, 0x90, 60, 100), (0.2, 0x80, 60, 0))


class Counting:
    """The plugin's engine, with the seconds that it was asked to render."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.seconds: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def render(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._engine.render(seconds)


@pytest.fixture
def plugin() -> tuple[DawDreamerPlugin, Counting]:
    if not AMSYNTH.exists():
        pytest.skip("amsynth is not installed")
    plugin = DawDreamerPlugin(str(AMSYNTH), RATE)
    plugin._engine = counting = Counting(plugin._engine)
    return plugin, counting


def play(plugin: DawDreamerPlugin, tail: float = 8.0) -> np.ndarray:
    (audio,) = plugin.play(Performance(NOTE, 0.2, tail, RATE, 0, False, 120.0, ()))
    return audio


def test_what_is_over_soon_is_not_rendered_for_long(plugin: tuple[DawDreamerPlugin, Counting]) -> None:
    audio = play(plugin[0])
    assert len(audio) < RATE
    assert plugin[1].seconds == [2.2]


def test_what_rings_on_is_heard_to_its_end_and_remembered(plugin: tuple[DawDreamerPlugin, Counting]) -> None:
    names = [each.name for each in plugin[0].parameters() if "release" in each.name.lower()]
    plugin[0].turn([(name, 0.85) for name in names])
    whole = play(plugin[0])
    assert len(whole) > 2.2 * RATE
    assert plugin[1].seconds[:2] == [2.2, 4.2]
    plugin[1].seconds.clear()
    assert len(play(plugin[0])) == len(whole)
    assert len(plugin[1].seconds) == 1
    assert len(play(plugin[0], tail=1.0)) == round(1.2 * RATE)
