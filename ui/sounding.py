"""Brings the sound in once the window is there: hosts and player are made on another thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cocomposer.studio.settings import Settings

from .session import Session

if TYPE_CHECKING:
    from cocomposer.sound.playback.player import Player


def start_playing(session: Session) -> None:
    """Make the player in the background and give it to the session."""
    settings = session.settings

    def problem(sentence: str) -> None:
        session.deliver(lambda: session.problem.emit(sentence))

    def made(player: Player) -> None:
        session.attach(player)
        session.selection_changed.connect(lambda: setattr(player.audition, "part", session.current_part))

    session.jobs.run(lambda *_: _player(settings, problem), on_done=made, on_error=session.problem.emit)


def _player(settings: Settings, problem: Callable[[str], None]) -> Player:
    from cocomposer.sound.playback.interim_hosts import InterimHosts
    from cocomposer.sound.playback.player import Player

    return Player(InterimHosts(), settings.audio_device, settings.buffer, settings.sample_rate, problem=problem)
