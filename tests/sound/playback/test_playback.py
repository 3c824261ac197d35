"""The transport, heard: a player pulled by hand, so that every sample and every position can be told in advance."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playback_by_hand import PLAIN, RATE, HandDevice, Sines, tune

from cocomposer.errors import SoundError
from cocomposer.music import Instrument, Mix, Note, Part, Role, Song, TempoMap
from cocomposer.sound.playback import mixing
from cocomposer.sound.playback.player import Player
from cocomposer.sound.playback.rendering import played
from cocomposer.sound.playback.segments import segments_of

BLOCK = 256 / RATE
TICK = 0.5 / 480  # seconds at 120 quarters a minute


@pytest.fixture
def sines() -> Sines:
    return Sines()


@pytest.fixture
def hand() -> HandDevice:
    return HandDevice()


@pytest.fixture
def player(sines: Sines, hand: HandDevice) -> Iterator[Player]:
    with Player(sines, open_device=hand.open, clock=lambda: hand.time) as made:
        hand.player = made
        yield made
        sines.release.set()


def whole(song: Song) -> Any:
    """What the parts add up to, played in one go."""
    total = np.zeros((2, 60 * RATE), dtype=np.float32)
    for part in song.parts:
        for segment in segments_of(part, song.meters, song.tempos, RATE):
            audio = played(Sines(), segment.phrase, Instrument()).audio
            total[:, segment.frame : segment.frame + audio.shape[1]] += audio
    return total


def begin(audio: Any) -> int:
    """The first frame that sounds."""
    return int(np.flatnonzero(np.abs(audio).max(axis=0) > 1e-4)[0])


def test_what_is_heard_is_the_song(player: Player, hand: HandDevice) -> None:
    song = tune([60, 64, 67, 72, 71, 69, 65, 62, 60, 64])
    player.set_song(song)
    hand.settle()
    player.play(0)
    heard = hand.pull(4.0)
    assert np.abs(heard - whole(song)[:, : heard.shape[1]]).max() < 1e-6
    assert player.underruns == 0


def test_it_begins_at_the_tick_asked_for_and_knows_where_it_is(player: Player, hand: HandDevice) -> None:
    song = tune([60, 64, 67, 72, 71, 69])
    player.set_song(song)
    hand.settle()
    player.play(960)
    heard = hand.pull(1.0)
    lead = round(0.003 * RATE)  # it fades in over what leads up to the tick
    expected = whole(song)[:, RATE - lead : RATE - lead + heard.shape[1]]
    assert np.abs(heard - expected)[:, lead:].max() < 1e-6
    assert player.playing
    for _ in range(20):
        hand.pull(BLOCK)
        seconds_on = hand.time - lead / RATE
        assert abs(player.position * TICK - (1.0 + seconds_on)) < 0.001
    at = player.position
    player.pause()
    assert not player.playing
    assert np.abs(hand.pull(0.2)[:, RATE // 50 :]).max() < 1e-6
    assert player.position == at
    player.play()
    hand.pull(0.1)
    assert 0 < player.position - at < 110
    player.stop()
    assert player.position == at  # where playing began
    player.stop()
    assert player.position == 0


def test_seeking_is_heard_at_once_and_without_a_click(player: Player, hand: HandDevice) -> None:
    player.set_song(tune([57] * 16))
    hand.settle()
    player.play(0)
    hand.pull(0.7)
    player.seek(2400)
    assert player.position == 2400
    heard = hand.pull(0.2)
    assert abs(player.position - 2400 - 0.2 / TICK) < 0.02 / TICK  # what was there first fades out
    steepest = 2 * np.pi * 220 / RATE * 0.1
    assert np.abs(np.diff(heard)).max() < 2 * steepest


def test_a_loop_goes_round_to_the_sample(player: Player, hand: HandDevice) -> None:
    song = tune([60, 64, 67, 72, 71, 69])
    player.set_song(song)
    player.loop = (480, 1440)
    hand.settle()
    player.play(480)
    heard = hand.pull(3.5)
    lead = round(0.003 * RATE)
    turn = RATE  # two quarters
    first = heard[:, lead + 2000 : lead + turn - lead]
    for around in (1, 2):
        again = heard[:, around * turn + lead + 2000 : (around + 1) * turn]
        assert np.abs(first - again).max() < 1e-6
    # The first note of the loop is whole each time: its attack begins on the very sample.
    attack = whole(tune([64]))[:, :400] * (heard[:, lead + turn : lead + turn + 400] != 0)
    assert np.abs(heard[:, lead + turn : lead + turn + 400] - attack).max() < 1e-6
    assert 480 <= player.position < 1440
    with pytest.raises(SoundError, match="ends after"):
        player.loop = (480, 480)


def test_a_loop_that_cuts_through_notes_does_not_click(player: Player, hand: HandDevice) -> None:
    player.set_song(tune([45] * 8))
    player.loop = (720, 1703)
    hand.settle()
    player.play(720)
    heard = hand.pull(3.5)
    steepest = 2 * np.pi * 110 / RATE * 0.1  # of the sine itself; a fade over 3 ms adds as much again
    assert np.abs(np.diff(heard)).max() < 2.5 * steepest


def test_what_is_left_of_before_is_not_taken_for_now(player: Player, hand: HandDevice) -> None:
    player.set_song(tune([60] * 16))
    hand.settle()
    player.play(0)
    hand.pull(0.3)
    stuck, go = threading.Event(), threading.Event()
    player.mixing.post(lambda: (stuck.set(), go.wait(5)))
    stuck.wait(5)
    player.play(3840)
    hand.pull(0.03, settled=False)  # still what was mixed before
    assert player.position == 3840
    go.set()
    hand.pull(0.1)
    assert 3840 < player.position < 3960


def test_the_song_ends_by_itself(player: Player, hand: HandDevice) -> None:
    player.set_song(tune([60, 62]))
    hand.settle()
    player.play(0)
    hand.pull(5.5)
    hand.settle()
    assert not player.playing
    assert player.position == 0
    assert player.underruns == 0


def test_a_new_tempo_keeps_the_place(player: Player, hand: HandDevice) -> None:
    pitches = [60, 64, 67, 72, 71, 69, 65, 62]
    player.set_song(tune(pitches))
    hand.settle()
    player.play(0)
    hand.pull(1.0)
    at = player.position
    player.set_song(tune(pitches, bpm=60.0))
    hand.settle()
    heard = hand.pull(0.2)
    gone = player.position - at
    assert 0.2 / TICK / 2 <= gone < 0.2 / TICK  # what was mixed already in the old tempo, then the new
    hand.pull(1.0)
    assert abs(player.position - at - gone - 480) < 2
    assert np.abs(np.diff(heard)).max() < 0.05
    assert player.underruns == 0


def test_an_edit_renders_its_segment_alone_and_fades_in(player: Player, sines: Sines, hand: HandDevice) -> None:
    song = tune([60, 64, 67, 72] * 12)
    player.set_song(song)
    hand.settle()
    player.play(0)
    hand.pull(0.6)
    sines.played.clear()
    part = song.parts[0]
    notes = (*part.notes[:1], replace(part.notes[1], pitch=76), *part.notes[2:])
    edited = replace(song, parts=(replace(part, notes=notes),))
    player.set_song(edited)
    hand.settle()
    assert [notes for notes in sines.played if len(notes) > 1] == [(60, 76, 67, 72, 60, 64, 67, 72)]
    heard = hand.pull(0.25)
    frame = round(0.6 * RATE / 256) * 256
    old, new = (whole(each)[:, frame : frame + heard.shape[1]] for each in (song, edited))
    queued = round(mixing.AHEAD_SECONDS * RATE) + mixing.BLOCK
    assert np.abs(heard - old)[:, : queued - 2 * mixing.BLOCK].max() < 1e-6
    faded = queued + round(0.02 * RATE)
    assert np.abs(heard - new)[:, faded : faded + 2000].max() < 1e-6
    assert np.abs(np.diff(heard)).max() < 0.02


def test_what_is_not_rendered_yet_fades_in_when_it_comes(
    player: Player, sines: Sines, hand: HandDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mixing, "PATIENCE_SECONDS", 0.0)
    low = replace(tune([40] * 8, name="Low").parts[0])
    song = tune([72] * 8)
    song = replace(song, parts=(*song.parts, low))
    sines.held_back = {40}
    player.set_song(song)
    while player.to_render != 1:
        threading.Event().wait(0.001)
    player.play(0)
    while not player.mixing.flowing:
        threading.Event().wait(0.001)
    first = hand.pull(0.02, settled=False)
    assert player.waiting
    high_only = whole(tune([72] * 8))[:, : first.shape[1]]
    assert np.abs(first - high_only).max() < 1e-6
    sines.release.set()
    heard = hand.pull(0.4)
    assert not player.waiting
    frame = first.shape[1]
    expected = whole(song)[:, frame : frame + heard.shape[1]]
    assert np.abs(heard - expected)[:, -2000:].max() < 1e-6
    assert np.abs(np.diff(heard)).max() < 0.05
    assert player.underruns == 0


def test_muting_is_heard_within_the_ring(player: Player, sines: Sines, hand: HandDevice) -> None:
    song = tune([60] * 8)
    player.set_song(song)
    hand.settle()
    player.play(0)
    hand.pull(0.3)
    sines.played.clear()
    player.set_song(replace(song, parts=(replace(song.parts[0], strip=replace(PLAIN, muted=True)),)))
    hand.settle()
    heard = hand.pull(0.2)
    queued = round((mixing.AHEAD_SECONDS + 0.01) * RATE) + mixing.BLOCK + 256
    assert np.abs(heard[:, queued:]).max() < 1e-4
    assert not sines.played


def test_another_song_is_heard_as_loud_at_the_same_place(player: Player, sines: Sines, hand: HandDevice) -> None:
    song = tune([60, 64, 67, 72] * 4)
    shared = replace(tune([48] * 16, name="Bass").parts[0])
    song = replace(song, parts=(*song.parts, shared))
    soft = [replace(part, notes=tuple(replace(note, velocity=50) for note in part.notes)) for part in song.parts]
    softer = replace(song, parts=tuple(soft))
    player.set_song(song)
    hand.settle()
    player.play(0)
    before = hand.pull(1.0)
    player.compare(softer)
    hand.settle()
    turn = hand.pull(0.5)
    after = hand.pull(0.5)
    assert abs(player.position * TICK - 2.0) < 0.01
    assert abs(np.std(after) / np.std(before) - 1) < 0.1
    assert np.abs(np.diff(turn)).max() < 0.05
    sines.played.clear()
    player.compare(None)
    hand.settle()
    hand.pull(0.2)
    back = hand.pull(0.5)
    frame = round(2.2 * RATE / 256) * 256
    assert not sines.played
    assert (
        np.abs(back - whole(song)[:, frame - 256 : frame + 256 + back.shape[1]][:, 256 : 256 + back.shape[1]]).max()
        < 0.3
    )


def test_a_count_in_leads_to_the_tick(player: Player, hand: HandDevice) -> None:
    player.set_song(tune([60, 64, 67, 72]))
    player.count_in = 1
    hand.settle()
    player.play(480)
    count = hand.pull(2.0)
    assert player.position == 480
    onsets = [begin(count[:, beat * RATE // 2 :]) for beat in range(4)]
    assert max(onsets) < 40
    accents = [np.abs(count[:, beat * RATE // 2 : beat * RATE // 2 + 1000]).max() for beat in range(4)]
    assert accents.index(max(accents)) == 3  # the bar line lies a quarter before the tick
    heard = player.tick_heard(hand.time - 0.25)
    assert heard is not None
    assert abs(heard - 240) < 3
    hand.pull(0.25)
    assert abs(player.position - 480 - 240) < 6


def test_the_metronome_clicks_on_the_beats(player: Player, hand: HandDevice) -> None:
    silent = Song("Rests", 8 * 480, parts=(Part("Tune", Role.OTHER),), mix=Mix(master=PLAIN))
    player.set_song(silent)
    player.metronome = True
    hand.settle()
    player.play(0)
    heard = hand.pull(2.6)
    peaks = [np.abs(heard[:, beat * RATE // 2 : beat * RATE // 2 + 2000]).max() for beat in range(5)]
    assert peaks[0] == pytest.approx(peaks[4])
    assert peaks[0] > 1.3 * max(peaks[1:4])
    assert np.abs(heard[:, RATE // 4 : RATE // 2 - 10]).max() < 1e-6


def test_a_ring_that_runs_dry_is_counted(player: Player, hand: HandDevice) -> None:
    player.set_song(tune([60] * 8))
    hand.settle()
    player.play(0)
    hand.pull(0.2)
    stuck, go = threading.Event(), threading.Event()
    player.mixing.post(lambda: (stuck.set(), go.wait(5)))
    stuck.wait(5)
    hand.pull(0.2, settled=False)
    assert player.underruns > 0
    go.set()


def test_an_instrument_that_fails_is_told_and_replaced(player: Player, sines: Sines, hand: HandDevice) -> None:
    song = tune([60, 64])
    player.set_song(replace(song, parts=(replace(song.parts[0], instrument=Instrument(name="broken")),)))
    hand.settle()
    assert list(player.problems) == [
        "The instrument broken crashed while playing; the SoundFont at hand plays in its place."
    ]
    player.play(0)
    heard = hand.pull(0.5)
    assert np.abs(heard - whole(song)[:, : heard.shape[1]]).max() < 1e-6


def test_playing_may_be_asked_for_before_there_is_a_song(player: Player, hand: HandDevice) -> None:
    player.play(0)
    assert np.abs(hand.pull(0.1)).max() < 1e-6
    player.set_song(tune([60, 64]))
    assert np.abs(hand.pull(0.2)).max() > 0.01


def test_nothing_is_left_when_it_is_closed(sines: Sines, hand: HandDevice) -> None:
    before = set(threading.enumerate())
    player = Player(sines, open_device=hand.open, clock=lambda: hand.time)
    hand.player = player
    player.set_song(tune([60] * 64))
    hand.settle()
    player.play(0)
    hand.pull(0.1)
    assert len(threading.enumerate()) > len(before)
    player.close()
    assert set(threading.enumerate()) == before


def test_tempo_and_notes_may_change_together_while_it_plays(player: Player, hand: HandDevice) -> None:
    song = replace(tune([60, 64, 67, 72] * 4), tempos=TempoMap.constant(100))
    player.set_song(song)
    hand.settle()
    player.play(0)
    hand.pull(0.5)
    part = song.parts[0]
    player.set_song(replace(song, tempos=TempoMap.constant(140), parts=(part, replace(part, name="Double"))))
    hand.pull(0.5)
    assert player.playing
    assert len(player.mixing.deck.score.tracks) == 2 if player.mixing.deck else False
    assert player.underruns == 0
    player.set_song(replace(song, parts=(replace(part, notes=(Note(0, 60, 100),)),)))
    hand.pull(0.3)
    assert player.playing
