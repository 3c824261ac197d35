"""Brings the sound in once the window is there: hosts and player are made on another thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import SoundError
from cocomposer.music import Instrument
from cocomposer.sound.soundfonts import check_soundfont
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
        follow_settings(session, player, settings)
        session.selection_changed.connect(lambda: setattr(player.audition, "part", session.current_part))

    session.jobs.run(lambda *_: _sound(settings, problem), on_done=made, on_error=session.problem.emit)


def follow_settings(session: Session, player: Player, known: Settings) -> None:
    """Have the player do what is set from now on; it was made as `known` says."""

    def follow() -> None:
        nonlocal known
        before, known = known, session.settings
        if (known.audio_device, known.buffer) != (before.audio_device, before.buffer):
            player.set_device(known.audio_device, known.buffer)
        if known.soundfont != before.soundfont:
            player.soundfont = _soundfont(known.soundfont, session.problem.emit)

    session.settings_changed.connect(follow)
    follow()


def _soundfont(path: str, problem: Callable[[str], None]) -> Instrument:
    """The SoundFont that is set, the one at hand where it cannot be used."""
    try:
        return Instrument(name=str(check_soundfont(Path(path)))) if path else Instrument()
    except SoundError as error:
        problem(str(error))
        return Instrument()


def _sound(settings: Settings, problem: Callable[[str], None]) -> tuple[Player, Hosts]:
    from cocomposer.sound.playback.player import Player
    from cocomposer.studio.plugins import open_hosts

    hosts = open_hosts()
    player = Player(
        hosts, settings.audio_device, settings.buffer, settings.sample_rate, problem=problem,
        plugin_effects=hosts.live_effect,
    )  # fmt: skip
    player.soundfont = _soundfont(settings.soundfont, problem)
    return player, hosts
