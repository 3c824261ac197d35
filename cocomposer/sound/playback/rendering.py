"""Renders phrases on threads of its own, the most urgent first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cocomposer.errors import Cancelled, SoundError
from cocomposer.music import Instrument
from cocomposer.sound.playback.segments import TAIL_SECONDS, Phrase
from cocomposer.sound.playback.takes import Take, Takes
from cocomposer.sound.protocol import Curve, MidiEvent
from cocomposer.sound.trouble import Trouble

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

WORKERS = 2


class Instruments(Protocol):
    """Whoever plays instruments: the supervised hosts."""

    def play(
        self,
        instrument: Instrument,
        program: int,
        drums: bool,
        events: tuple[MidiEvent, ...],
        seconds: float,
        *,
        tail: float = 8.0,
        sample_rate: int = 44100,
        bpm: float = 120.0,
        automation: tuple[tuple[str, Curve], ...] = (),
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Audio: ...


class Rendering:
    """Keeps `takes` filled with what is wanted.

    `arrived` is called, on a rendering thread, after each take; `problem` with a sentence for the artist when an
    instrument failed: its phrase is then played by the SoundFont at hand, or is silent when that fails too.
    """

    def __init__(
        self, instruments: Instruments, takes: Takes, arrived: Callable[[], None], problem: Callable[[str], None]
    ) -> None:
        self._instruments = instruments
        self.takes = takes
        self._arrived = arrived
        self._problem = problem
        self._changed = threading.Condition()
        self._wanted: dict[str, Phrase] = {}
        self._running: dict[str, Phrase] = {}
        self._failed: set[str] = set()
        self.troubles: dict[str, Trouble] = {}
        """Which instruments a substitute plays for, and why, by the sentence."""
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"rendering {n}") for n in range(WORKERS)]
        for thread in self._threads:
            thread.start()

    def want(self, phrases: Sequence[Phrase]) -> None:
        """Render these, the first first; what was wanted before and is not among them is dropped, even half-done."""
        with self._changed:
            self._wanted = {phrase.key: phrase for phrase in phrases if phrase.key not in self.takes}
            self._changed.notify_all()

    @property
    def outstanding(self) -> int:
        """How many of the wanted phrases are still to come."""
        return len(self._wanted)

    def retry(self) -> None:
        """Forget what the substitute played, so that instruments which are back are asked again when next wanted."""
        with self._changed:
            for key in self._failed:
                self.takes.forget(key)
            self._failed.clear()
            self.troubles = {}

    def close(self) -> None:
        """End the threads; a phrase under way is given up."""
        with self._changed:
            self._closed = True
            self._wanted = {}
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (phrase := self._next()) is not None:
            try:
                take = self._play(phrase)
            except Cancelled:
                take = None
            with self._changed:
                del self._running[phrase.key]
                if take is not None:
                    self.takes.put(phrase.key, take)
                    self._wanted.pop(phrase.key, None)
            if take is not None:
                self._arrived()

    def _next(self) -> Phrase | None:
        """Wait for the most urgent phrase that nobody renders yet; None when all is over."""
        with self._changed:
            while not self._closed:
                for key, phrase in self._wanted.items():
                    if key not in self._running:
                        self._running[key] = phrase
                        return phrase
                self._changed.wait()
        return None

    def _play(self, phrase: Phrase) -> Take:
        """Played by its instrument, or by the substitute."""

        def cancelled() -> bool:
            return phrase.key not in self._wanted

        try:
            return played(self._instruments, phrase, phrase.instrument, cancelled)
        except SoundError as failure:
            self._tell(phrase.instrument, failure)
        self._failed.add(phrase.key)
        try:
            return played(self._instruments, phrase, Instrument(), cancelled)
        except SoundError:
            return Take.measured(np.zeros((2, 1), dtype=np.float32), phrase.sample_rate)

    def _tell(self, instrument: Instrument, failure: SoundError) -> None:
        """Say, once, that an instrument fails."""
        what = f"The instrument {Path(instrument.name).name or 'SoundFont'} {failure}".rstrip(".")
        sentence = f"{what}; the SoundFont at hand plays in its place."
        with self._changed:
            known = sentence in self.troubles
            self.troubles = {**self.troubles, sentence: Trouble(sentence, instrument.name)}
        if not known:
            self._problem(sentence)


def played(
    instruments: Instruments, phrase: Phrase, instrument: Instrument, cancelled: Callable[[], bool] = lambda: False
) -> Take:
    """The phrase as `instrument` plays it: the one place where the sound of a segment is made."""

    def play(events: tuple[MidiEvent, ...]) -> Audio:
        return instruments.play(
            instrument,
            phrase.program,
            phrase.drums,
            events,
            max(event[0] for event in events),
            tail=TAIL_SECONDS,
            sample_rate=phrase.sample_rate,
            bpm=phrase.bpm,
            automation=phrase.automation,
            cancelled=cancelled,
        )

    audio = play((*phrase.events, *phrase.choking))
    if phrase.choking:
        choking = play(phrase.choking)
        together = min(audio.shape[1], choking.shape[1])
        audio[:, :together] -= choking[:, :together]
    return Take.measured(audio, phrase.sample_rate)
