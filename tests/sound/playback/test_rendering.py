"""What is rendered first, what is given up, what is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playback_by_hand import PLAIN, RATE, Sines, tune

from cocomposer.errors import Cancelled
from cocomposer.music import Note
from cocomposer.sound.playback.rendering import WORKERS, Rendering
from cocomposer.sound.playback.score import Score
from cocomposer.sound.playback.segments import Phrase
from cocomposer.sound.playback.takes import Take, Takes

BAR = 2 * RATE  # frames at 120 quarters a minute


def phrases(score: Score, frame: int, loop: tuple[int, int] | None = None) -> list[tuple[int, int]]:
    """Part and bar of each phrase in the order of need."""
    places = {
        segment.phrase.key: (index, round(segment.frame / BAR))
        for index, track in enumerate(score.tracks)
        for segment in track
    }
    return [places[phrase.key] for phrase in score.by_need(frame, loop)]


def two_parts(bars: int, muted: bool = False) -> Score:
    song = tune([40 + step for step in range(4 * bars)])
    other = tune([80 - step for step in range(4 * bars)], name="Other").parts[0]
    other = replace(other, strip=replace(PLAIN, muted=muted))
    return Score.of(replace(song, parts=(*song.parts, other)), RATE)


def test_what_is_played_next_is_needed_first() -> None:
    score = two_parts(8)
    assert phrases(score, 0) == [(part, bar) for bar in (0, 2, 4, 6) for part in (0, 1)]
    order = phrases(score, 5 * BAR)
    assert order[:4] == [(0, 4), (1, 4), (0, 6), (1, 6)]
    assert [bar for _, bar in order[4:]] == [0, 0, 2, 2]


def test_what_is_not_heard_comes_last_and_what_a_loop_leaves_out_after_it() -> None:
    order = phrases(two_parts(8, muted=True), 0)
    assert [part for part, _ in order] == [0] * 4 + [1] * 4
    looped = phrases(two_parts(8), 5 * BAR, (4 * BAR, 6 * BAR))
    assert looped[:2] == [(0, 4), (1, 4)]


def test_parts_that_stay_are_not_cut_again() -> None:
    score = two_parts(8)
    song = score.song
    notes = (*song.parts[0].notes, Note(0, 30, 480))
    after = Score.of(replace(song, parts=(replace(song.parts[0], notes=notes), song.parts[1])), RATE, score)
    assert after.tracks[1] is score.tracks[1]
    assert after.tracks[0][0] != score.tracks[0][0]
    assert after.tracks[0][1:] == score.tracks[0][1:]


class Slow(Sines):
    """Plays until it is told to go on, or given up."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[int] = []
        self.given_up = 0
        self.go = threading.Event()

    def play(self, *asked: Any, cancelled: Callable[[], bool] = lambda: False, **more: Any) -> Any:
        self.begun.append(asked[3][0][2])
        while not self.go.wait(0.001):
            if cancelled():
                self.given_up += 1
                raise Cancelled("given up")
        return super().play(*asked, **more)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_what_is_no_longer_wanted_is_given_up_for_what_is() -> None:
    slow, takes = Slow(), Takes()
    rendering = Rendering(slow, takes, lambda: None, pytest.fail)
    wanted: list[Phrase] = two_parts(16).by_need(0)
    rendering.want(wanted)
    until(lambda: len(slow.begun) == WORKERS)
    rendering.want(wanted[6:8])
    until(lambda: slow.given_up == WORKERS and len(slow.begun) == 2 * WORKERS)
    slow.go.set()
    until(lambda: rendering.outstanding == 0)
    assert {phrase.key in takes for phrase in wanted[6:8]} == {True}
    assert not any(phrase.key in takes for phrase in wanted[:6])
    rendering.want(wanted[6:8])
    assert rendering.outstanding == 0
    rendering.close()


def test_takes_keep_to_their_memory_and_forget_the_oldest() -> None:
    takes = Takes(memory=100_000)
    audio = np.zeros((2, 4000), dtype=np.float32)  # 32,000 bytes
    for name in "abc":
        takes.put(name, Take.measured(audio, RATE))
    assert takes.get("a") is not None
    takes.put("d", Take.measured(audio, RATE))
    assert [name for name in "abcd" if name in takes] == ["a", "c", "d"]
    takes.forget("a")
    assert takes.bytes == 64_000


def test_a_take_is_measured_like_the_whole() -> None:
    from cocomposer.sound.house_mix import measured_trim
    from cocomposer.sound.playback.levels import level_of
    from cocomposer.sound.playback.rendering import played

    score = two_parts(8)
    takes = Takes()
    total = np.zeros((2, 20 * BAR), dtype=np.float32)
    for segment in score.tracks[0]:
        take = played(Sines(), segment.phrase, segment.phrase.instrument)
        takes.put(segment.phrase.key, take)
        total[:, segment.frame : segment.frame + take.audio.shape[1]] += take.audio
    level = level_of(score.tracks[0], takes, RATE)
    assert level is not None
    assert level.complete
    assert level.trim == pytest.approx(measured_trim([total], RATE), abs=0.5)
