"""Long work in the background: what comes of it comes home, and nothing does once it was cancelled."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from cocomposer.errors import Cancelled, SoundError
from cocomposer.studio.jobs import Jobs

SECONDS = 10.0


class Window:
    """Stands for the thread of a window: calls wait until it takes them."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Callable[[], None]] = queue.Queue()
        self.said: list[object] = []

    def take(self) -> None:
        self.calls.get(timeout=SECONDS)()


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def jobs(window: Window) -> Iterator[Jobs]:
    jobs = Jobs(window.calls.put)
    yield jobs
    jobs.close()


def test_a_result_arrives_where_it_is_taken(jobs: Jobs, window: Window) -> None:
    threads: list[int] = []

    def work(tell: object, cancelled: object) -> int:
        threads.append(threading.get_ident())
        return 42

    job = jobs.run(work, window.said.append)
    assert job.wait(SECONDS)
    assert window.said == []  # not before the window takes it
    window.take()
    assert window.said == [42]
    assert threads != [threading.get_ident()]


def test_only_the_latest_progress_is_told(jobs: Jobs, window: Window) -> None:
    def work(tell: Callable[[float], None], cancelled: object) -> None:
        for step in range(100):
            tell(step / 100)

    job = jobs.run(work, on_progress=window.said.append)
    assert job.wait(SECONDS)
    window.take()
    assert window.said == [0.99]
    window.take()  # that it is done
    assert window.calls.empty()


def test_nothing_comes_of_what_was_cancelled(jobs: Jobs, window: Window) -> None:
    went_on = threading.Event()

    def work(tell: Callable[[float], None], cancelled: Callable[[], bool]) -> str:
        tell(0.5)
        went_on.wait(SECONDS)
        if cancelled():
            raise Cancelled("Stopped.")
        return "done"

    job = jobs.run(work, window.said.append, window.said.append, window.said.append, lambda: window.said.append("off"))
    job.cancel()
    went_on.set()
    assert job.wait(SECONDS)
    window.take()
    window.take()
    assert window.said == ["off"]


def test_a_result_that_waits_when_its_job_is_cancelled_is_dropped(jobs: Jobs, window: Window) -> None:
    job = jobs.run(lambda tell, cancelled: "late", window.said.append)
    assert job.wait(SECONDS)
    job.cancel()
    window.take()
    assert window.said == []


def test_failures_are_sentences(jobs: Jobs, window: Window, caplog: pytest.LogCaptureFixture) -> None:
    def known(tell: object, cancelled: object) -> None:
        raise SoundError("There is no card.")

    def unknown(tell: object, cancelled: object) -> None:
        raise KeyError("x")

    jobs.run(known, on_error=window.said.append)
    window.take()
    with caplog.at_level(logging.ERROR):
        jobs.run(unknown, on_error=window.said.append)
        window.take()
    assert window.said == ["There is no card.", "Something unexpected went wrong; the log has the details."]
    assert "KeyError: 'x'" in caplog.text


def test_closing_stops_what_runs_and_what_waits(window: Window) -> None:
    jobs = Jobs(window.calls.put)
    begun, ran = threading.Semaphore(0), list[int]()

    def work(tell: object, cancelled: Callable[[], bool]) -> None:
        ran.append(1)
        begun.release()
        while not cancelled():
            threading.Event().wait(0.001)

    running = [jobs.run(work, on_cancelled=lambda: window.said.append("off")) for _ in range(20)]
    assert begun.acquire(timeout=SECONDS)
    jobs.close()
    for _ in running:
        window.take()
    assert window.said == ["off"] * 20
    assert all(job.done for job in running)
    assert len(ran) < 20


def test_inline_jobs_are_done_when_they_were_asked_for() -> None:
    jobs, said = Jobs(inline=True), list[object]()
    job = jobs.run(lambda tell, cancelled: tell(0.5) or "done", said.append, on_progress=said.append)
    assert said == [0.5, "done"]
    assert job.done
