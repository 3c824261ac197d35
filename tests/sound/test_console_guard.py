"""What no loudspeaker should get never leaves the console; one strip falls silent, is named, and comes back."""

import dataclasses

import numpy as np
import pytest
from consoles import PLAIN, RATE, difference_db, noise, plugin, plugins, run, song, tone

from cocomposer.music import Bus, Mix, Strip
from cocomposer.sound.console import Console

NOT_NUMBERS, RUNAWAY, OFFSET = "not numbers", "ran away", "constant offset"


@pytest.mark.parametrize(
    ("sample", "words"),
    [(float("nan"), NOT_NUMBERS), (float("inf"), NOT_NUMBERS), (-float("inf"), NOT_NUMBERS), (1000.0, RUNAWAY),
     (0.4, OFFSET)],
)  # fmt: skip
def test_a_broken_instrument_falls_silent_alone(sample: float, words: str) -> None:
    good = tone(440, 4.0)
    bad = np.full_like(good, sample)
    bad[:, :RATE] = 0.1 * good[:, :RATE]
    console = Console(song(PLAIN, PLAIN), RATE)
    output = run(console, [bad, good])
    assert np.isfinite(output).all()
    assert np.abs(output).max() < 1
    assert difference_db(output[:, -RATE // 2 :], good[:, -RATE // 2 :]) < -200
    (problem,) = console.problems
    assert problem.startswith("Part 1 was muted: its instrument")
    assert words in problem


@pytest.mark.parametrize(
    ("broken", "words"), [("nan", NOT_NUMBERS), ("inf", NOT_NUMBERS), ("loud", RUNAWAY), ("offset", OFFSET)]
)
@pytest.mark.parametrize("place", ["part", "bus", "send", "master"])
def test_a_broken_effect_is_caught_wherever_it_sits(place: str, broken: str, words: str) -> None:
    faulty = Strip(trim_db=0.0, inserts=(plugin(broken),))
    strips = {name: faulty if name == place else PLAIN for name in ("part", "bus", "send", "master")}
    part = dataclasses.replace(strips["part"], output="Bus", sends=(("Send", 0.0),))
    mix = Mix((Bus("Bus", strips["bus"]),), (Bus("Send", strips["send"]),), strips["master"])
    console = Console(song(part, PLAIN, mix=mix), RATE, plugins)
    signal = tone(440, 4.0, level=0.1)
    output = run(console, [signal, signal], block=1024)
    assert np.isfinite(output).all()
    assert np.abs(output).max() < 1.5
    (problem,) = console.problems
    assert problem.split(" was")[0] == {"part": "Part 1", "bus": "Bus", "send": "Send", "master": "The master"}[place]
    assert words in problem
    # The other part plays on, but for the master, which all go through.
    assert (np.abs(output[:, -1000:]).max() > 0.09) == (place != "master")


def test_it_plays_again_after_a_reset_and_after_an_update() -> None:
    good = noise(0.5)
    bad = good.copy()
    bad[1, 4000] = np.nan
    muffled = song(Strip(trim_db=0.0, inserts=()), PLAIN)
    console = Console(muffled, RATE)
    for recover in (console.reset, lambda: console.update(muffled)):
        run(console, [bad, None])
        assert len(console.problems) == 1
        assert np.abs(run(console, [good, None])).max() < 1e-12
        recover()
        assert console.problems == ()
        assert difference_db(run(console, [good, None])[:, RATE // 10 :], good[:, RATE // 10 :]) < -200


def test_an_effect_that_crashes_lets_the_music_through() -> None:
    console = Console(song(Strip(trim_db=0.0, inserts=(plugin("crash"), plugin("missing")))), RATE, plugins)
    signal = noise()
    assert difference_db(run(console, [signal]), signal) < -200
    assert console.problems == (
        "Part 1 plays without crash: it crashed while playing.",
        "Part 1 plays without missing: it is not there.",
    )


def test_the_smallest_of_numbers_never_come_out() -> None:
    tiny = np.full((2, RATE), 1e-41, dtype=np.float32)
    output = run(Console(song(PLAIN), RATE), [tiny])
    smallest = np.finfo(np.float32).smallest_normal
    assert not ((np.abs(output) > 0) & (np.abs(output) < smallest)).any()
