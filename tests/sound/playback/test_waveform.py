"""The loudness of a song over its time, from what was rendered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playback_by_hand import RATE, by_hand, tune

from cocomposer.music import Note
from cocomposer.sound.playback.waveform import waveform


def test_it_is_there_once_all_is_rendered_and_follows_the_notes() -> None:
    song = tune([60])
    quiet = (Note(0, 60, 240, 30), Note(1920, 60, 240, 120))
    song = replace(song, length=3840, parts=(replace(song.parts[0], notes=quiet),))
    with by_hand() as (player, hand, _):
        takes = player.rendering.takes
        assert waveform(song, takes, RATE, 0, 3840, 8) is None
        player.set_song(song)
        hand.settle()
        found = waveform(song, takes, RATE, 0, 3840, 8)
        assert found is not None
        assert max(found) == found[4] == 1.0
        assert 0 < found[0] < 0.7
        assert found[2] < found[0] / 4
        second = waveform(song, takes, RATE, 1920, 3840, 4)
        assert second is not None
        assert second == pytest.approx(found[4:], abs=0.01)


def test_a_song_without_notes_is_silent() -> None:
    song = tune([])
    with by_hand() as (player, _, _):
        assert waveform(song, player.rendering.takes, RATE, 0, 1920, 4) == (0.0, 0.0, 0.0, 0.0)
