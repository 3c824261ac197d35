"""Composing in a process of its own: it answers, stops, comes back after a crash, and never outlives the program."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from songs import CHANGES, band_song, lead_sheet

from cocomposer.child_process import child_environment
from cocomposer.composer import Controls, Request, StyleComposer, Task
from cocomposer.music import Song
from cocomposer.studio import composing as composing_module
from cocomposer.studio.composing import Asked, Composing
from cocomposer.studio.composing_messages import fields_of, line_of, request_from, request_to
from cocomposer.studio.project import Answer

SECONDS = 60.0
REQUEST = Request(lead_sheet(), count=2, seed=5)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed and halted as POSIX does")


@pytest.fixture(scope="module")
def composing() -> Iterator[Composing]:
    composing = Composing(threads=1)
    yield composing
    composing.close()


class Heard:
    """All that is told of one question, in order."""

    def __init__(self, composing: Composing, request: Request, composer: str = "style") -> None:
        self.bars: list[tuple[int, Song, int]] = []
        self.answers: list[Answer] = []
        self.ends: queue.Queue[str] = queue.Queue()
        self.asked: Asked = composing.propose(
            request,
            composer,
            on_answer=self.answers.append,
            on_bars=lambda number, song, complete: self.bars.append((number, song, complete)),
            on_done=lambda: self.ends.put("done"),
            on_error=self.ends.put,
        )

    def end(self) -> str:
        return self.ends.get(timeout=SECONDS)


def pid(composing: Composing) -> int:
    assert composing._child is not None
    return composing._child._process.pid


def busy(composing: Composing) -> bool:
    return composing._child is not None and bool(composing._child.asked)


def wait_while(condition: object) -> float:
    """Seconds until the condition no longer holds."""
    began = time.monotonic()
    while condition():  # type: ignore[operator]
        assert time.monotonic() < began + SECONDS
        time.sleep(0.002)
    return time.monotonic() - began


def is_running(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize(
    "request_made",
    [
        REQUEST,
        Request(
            band_song(),
            lead_sheet(),
            task=Task.INFILL,
            count=3,
            seed=2**40,
            style="funk",
            bars=(2, 5),
            parts=("Bass",),
            controls=Controls(density=0.25, velocity_max=90),
            part_controls={"Bass": Controls(valence=-0.5)},
            similarity=0.5,
            keep="rhythm",
            adventurous=0.75,
            length=12,
        ),
    ],
)
def test_a_request_crosses_the_pipe_whole(request_made: Request) -> None:
    line = line_of({"request": request_to(request_made)})
    assert line.count("\n") == 1
    assert request_from(fields_of(line).object("request")) == request_made


def test_the_answers_are_those_of_the_composer(composing: Composing) -> None:
    heard = Heard(composing, REQUEST)
    assert heard.end() == "done"
    expected = list(StyleComposer().propose(REQUEST))
    assert [answer.song for answer in heard.answers] == [proposal.song for proposal in expected]
    assert [answer.reasons for answer in heard.answers] == [proposal.reasons for proposal in expected]
    assert len({answer.id for answer in heard.answers}) == 2
    assert heard.answers[0].song.parts[0] is REQUEST.sketch.parts[0]  # what is the sketch's is not held twice


def test_questions_are_answered_one_after_another(composing: Composing) -> None:
    both = [Heard(composing, replace(REQUEST, seed=seed)) for seed in (1, 2)]
    assert [heard.end() for heard in both] == ["done", "done"]
    assert both[0].answers[0].seed != both[1].answers[0].seed


def test_what_cannot_be_done_is_a_sentence(composing: Composing) -> None:
    assert Heard(composing, Request(Song(length=1920))).end().endswith(".")
    assert "no composer 'bach'" in Heard(composing, REQUEST, "bach").end()
    assert Heard(composing, REQUEST).end() == "done"


def test_cancelling_silences_at_once_and_stops_soon(composing: Composing) -> None:
    Heard(composing, REQUEST).end()
    before = pid(composing)
    # So long that it is not done before the patience with it ends.
    request = Request(lead_sheet(changes=" ".join([CHANGES] * 12)), count=16)
    long, waiting = Heard(composing, request), Heard(composing, REQUEST)
    wait_while(lambda: not long.answers)
    long.asked.cancel()
    waiting.asked.cancel()
    told = len(long.answers)
    wait_while(lambda: busy(composing))
    assert len(long.answers) == told < 16
    assert waiting.answers == []
    assert long.ends.empty()
    assert Heard(composing, REQUEST).end() == "done"
    assert pid(composing) == before  # it obeyed, and is the same process


def test_a_process_that_does_not_obey_is_ended(composing: Composing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing_module, "PATIENCE", 0.05)
    heard = Heard(composing, replace(REQUEST, count=16))
    wait_while(lambda: not heard.answers)
    stubborn = pid(composing)
    os.kill(stubborn, signal.SIGSTOP)
    heard.asked.cancel()
    wait_while(lambda: is_running(stubborn))
    assert Heard(composing, REQUEST).end() == "done"
    assert pid(composing) != stubborn


def test_a_crash_is_told_and_the_next_question_answered(composing: Composing) -> None:
    heard = Heard(composing, replace(REQUEST, count=16))
    wait_while(lambda: not heard.answers)
    os.kill(pid(composing), signal.SIGKILL)
    assert heard.end() == "The composer stopped unexpectedly. Propose again: it starts anew."
    assert Heard(composing, REQUEST).end() == "done"


PARENT = """
import sys, threading, time
sys.path.insert(0, {tests!r})
from songs import lead_sheet
from cocomposer.composer import Request
from cocomposer.studio.composing import Composing

composing, answered = Composing(threads=1), threading.Event()
composing.propose(Request(lead_sheet(), count=1), "style", on_answer=lambda answer: answered.set())
assert answered.wait(60)
print(composing._child._process.pid, "torch" in sys.modules, flush=True)
time.sleep(600)
"""


def test_it_never_outlives_the_program_that_never_loads_the_network() -> None:
    code = PARENT.format(tests=str(Path(__file__).resolve().parents[1]))
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=child_environment())
    assert parent.stdout is not None
    child, has_torch = parent.stdout.readline().split()
    assert is_running(int(child))
    parent.kill()
    parent.wait()
    wait_while(lambda: is_running(int(child)))
    assert has_torch == "False"


def test_the_network_plays_in_the_process_and_is_heard_while_it_writes(composing: Composing) -> None:
    pytest.importorskip("torch")
    loaded = "torch" in sys.modules
    sketch = replace(lead_sheet(changes="C Am F G"), sections=())
    heard = Heard(composing, Request(sketch, count=1, parts=("bass",)), "model")
    assert heard.end() == "done"
    assert heard.answers[0].composer == "model"
    assert ("torch" in sys.modules) == loaded
    complete = [bars for _, _, bars in heard.bars]
    assert complete
    assert complete == sorted(complete)
    assert all(song.parts[0] is sketch.parts[0] for _, song, _ in heard.bars)


def test_what_is_said_is_json_and_no_pickle() -> None:
    message = json.loads(line_of({"ask": 1, "composer": "style", "request": request_to(REQUEST)}))
    assert sorted(message["request"]) == ["reference", "sketch", "terms"]
