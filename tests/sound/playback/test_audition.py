"""Single notes by request, at once and from memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from playback_by_hand import PLAIN, RATE, by_hand, tune

from cocomposer.music import Song
from cocomposer.sound.playback.audition import VELOCITIES


def test_a_prepared_note_sounds_in_the_next_block_and_ends_softly() -> None:
    with by_hand() as (player, hand, sines):
        player.set_song(tune([60, 64, 67]))
        hand.settle()
        sines.played.clear()
        player.note_on(0, 64, VELOCITIES[1])
        heard = hand.pull(0.1, settled=False)
        assert np.abs(heard[:, :256]).max() > 0.01
        assert not sines.played
        player.note_off(0, 64)
        after = hand.pull(0.4)
        assert np.abs(after[:, :1000]).max() > 0.01
        assert np.abs(after[:, round(0.16 * RATE) :]).max() < 1e-6
        assert np.abs(np.diff(np.concatenate([heard, after], axis=1))).max() < 0.02


def test_velocity_and_fader_make_it_louder() -> None:
    def level(song: Song, velocity: int) -> float:
        with by_hand() as (player, hand, _):
            player.set_song(song)
            hand.settle()
            player.note_on(0, 60, velocity)
            return float(np.abs(hand.pull(0.1)).max())

    song = tune([60])
    levels = [level(song, velocity) for velocity in (20, 60, 90, 127)]
    assert levels == sorted(levels)
    assert levels[0] < levels[-1] / 4
    quiet = replace(song, parts=(replace(song.parts[0], strip=replace(PLAIN, gain_db=-20.0)),))
    assert abs(level(quiet, 90) / levels[2] - 0.1) < 0.01


def test_a_note_that_nobody_foresaw_sounds_once_it_is_rendered() -> None:
    with by_hand() as (player, hand, sines):
        player.set_song(tune([60]))
        hand.settle()
        sines.held_back = {110}
        player.note_on(0, 110, 100)
        assert np.abs(hand.pull(0.05, settled=False)).max() < 1e-6
        sines.release.set()
        assert np.abs(hand.pull(0.05)).max() > 0.01


def test_what_cannot_be_played_is_passed_over() -> None:
    with by_hand() as (player, hand, _):
        player.set_song(tune([60]))
        for part, pitch, velocity in ((5, 60, 90), (-1, 60, 90), (0, 200, 90), (0, 60, 0)):
            player.note_on(part, pitch, velocity)
            player.note_off(part, pitch)
        assert np.abs(hand.pull(0.1)).max() < 1e-6


def test_notes_are_heard_over_the_music() -> None:
    with by_hand() as (playing, hand, _):
        playing.set_song(tune([60] * 8))
        hand.settle()
        playing.play(0)
        hand.pull(0.2)
        alone = hand.pull(0.2)
        playing.note_on(0, 67, 100)
        assert np.std(hand.pull(0.1)) > 1.1 * np.std(alone)
        assert playing.underruns == 0
