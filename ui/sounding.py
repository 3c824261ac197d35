"""Brings the sound in once the window is there: hosts and player are made on another thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cocomposer.studio.settings import Settings

from .session import Session

if TYPE_CHECKING:
    from cocomposer.sound.playback.player import Player
    from cocomposer.sound.supervisor import Hosts


def start_playing(session: Session) -> None:
    """Make the player in the background and give it to the session."""
    settings = session.settings

    def problem(sentence: str) -> None:
        session.deliver(lambda: session.problem.emit(sentence))

    def made(sound: tuple[Player, Hosts]) -> None:
        player, hosts = sound
        session.attach(player, hosts)
        session.selection_changed.connect(lambda: setattr(player.audition, "part", session.current_part))

    session.jobs.run(lambda *_: _sound(settings, problem), on_done=made, on_error=session.problem.emit)


def _sound(settings: Settings, problem: Callable[[str], None]) -> tuple[Player, Hosts]:
    from cocomposer.sound.playback.player import Player
    from cocomposer.studio.plugins import open_hosts

    hosts = open_hosts()
    player = Player(
        hosts, settings.audio_device, settings.buffer, settings.sample_rate, problem=problem,
        plugin_effects=hosts.effect,
    )  # fmt: skip
    return player, hosts
