"""Long work in the background: with progress, with cancel, and with results where they are wanted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from cocomposer.errors import Cancelled, CocomposerError

T = TypeVar("T")
Tell = Callable[[float], None]
"""Takes the share done, 0..1."""
Work = Callable[[Tell, Callable[[], bool]], T]
"""Is given where to tell its progress, and a question whether it shall stop."""
Deliver = Callable[[Callable[[], None]], None]
"""Has a call made where results belong, such as on the thread of the window."""

WORKERS = 4
_log = logging.getLogger(__name__)


class Job(Generic[T]):
    """Work that was asked for.  `done` turns true when it has ended, however it did."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._tell_ended = ended
        self._future: Future[None] | None = None

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    def cancel(self) -> None:
        """Stop the work soon.  From now on nothing is delivered but that it was cancelled."""
        if not self._stop.is_set():
            self._stop.set()
            if self._future is not None and self._future.cancel():  # it has not begun, and so would not tell
                self._tell_ended()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the work has ended; tells whether it has."""
        return self._ended.wait(seconds)


class Jobs:
    """Runs work on threads and has `deliver` bring every result, error and share of progress home.

    With `inline` all happens within `run`, for tests and for programs without a window.
    """

    def __init__(self, deliver: Deliver | None = None, *, inline: bool = False) -> None:
        self._deliver: Deliver = deliver or (lambda call: call())
        self._pool: Executor = _Inline() if inline else ThreadPoolExecutor(WORKERS, thread_name_prefix="job")
        self._running: set[Job[Any]] = set()
        self._lock = threading.Lock()

    def run(
        self,
        work: Work[T],
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[str], None] | None = None,
        on_progress: Tell | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> Job[T]:
        """Start `work`, which may raise Cancelled, and tell what comes of it.

        `on_error` is given a sentence.  Of shares of progress that come faster than they are delivered only the latest
        is told.
        """

        def home(call: Callable[[], None]) -> None:
            """Deliver the end of the job, or that it was cancelled meanwhile."""
            with self._lock:
                self._running.discard(job)
            job._ended.set()
            self._deliver(lambda: call() if not job.cancelled else on_cancelled() if on_cancelled else None)

        job: Job[T] = Job(lambda: home(lambda: None))
        progress = _Progress(job, self._deliver, on_progress)

        def fail(sentence: str) -> None:
            home(lambda: on_error(sentence) if on_error else None)

        def do() -> None:
            try:
                result = work(progress.tell, lambda: job.cancelled)
            except Cancelled:
                job._stop.set()
                home(lambda: None)
            except CocomposerError as error:
                fail(str(error))
            except Exception:
                _log.exception("a job failed")
                fail("Something unexpected went wrong; the log has the details.")
            else:
                home(lambda: on_done(result) if on_done else None)

        with self._lock:
            self._running.add(job)
        job._future = self._pool.submit(do)
        return job

    def cancel_all(self) -> None:
        with self._lock:
            running = tuple(self._running)
        for job in running:
            job.cancel()

    def close(self) -> None:
        """Cancel whatever runs, and wait for it to end."""
        self.cancel_all()
        self._pool.shutdown(wait=True, cancel_futures=True)


class _Progress:
    """Shares of progress on their way; never more than one at a time."""

    def __init__(self, job: Job[Any], deliver: Deliver, on_progress: Tell | None) -> None:
        self._job, self._deliver, self._on_progress = job, deliver, on_progress
        self._lock = threading.Lock()
        self._latest: float | None = None

    def tell(self, share: float) -> None:
        if self._on_progress is None:
            return
        with self._lock:
            under_way = self._latest is not None
            self._latest = share
        if not under_way:
            self._deliver(self._arrive)

    def _arrive(self) -> None:
        with self._lock:
            share, self._latest = self._latest, None
        if share is not None and self._on_progress is not None and not self._job.cancelled:
            self._on_progress(share)


class _Inline(Executor):
    """Does what it is given at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future
