"""The thread that turns songs into what is mixed, and says what is to be rendered first."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cocomposer.music import Song
from cocomposer.sound.playback.audition import Audition
from cocomposer.sound.playback.deck import Deck
from cocomposer.sound.playback.interim_console import Console
from cocomposer.sound.playback.mixing import Mixing
from cocomposer.sound.playback.rendering import Instruments, Rendering
from cocomposer.sound.playback.score import Score
from cocomposer.sound.playback.segments import Phrase
from cocomposer.sound.playback.takes import Takes

_URGENT_SECONDS = 8
"""What is played within this time is rendered before the notes of an audition."""

_RING_SECONDS = 2
"""How long instruments usually ring on, for an estimate of memory."""


class Planning:
    """Holds the song and the one it is compared with; cuts them, has them rendered, and hands decks to `mixing`."""

    def __init__(self, instruments: Instruments, mixing: Mixing, sample_rate: int, memory: int,
                 position: Callable[[], int], problem: Callable[[str], None]) -> None:  # fmt: skip
        self.takes = Takes(memory)
        self.audition: Audition | None = None
        self._rendering = Rendering(instruments, self.takes, mixing.wake, problem)
        self._mixing = mixing
        self._rate = sample_rate
        self._position = position
        self._song: Song | None = None
        self._other: Song | None = None
        self._decks: dict[str, tuple[Deck, Score]] = {}
        self._changed = threading.Condition()
        self._woken = True
        self._busy = self._closed = False
        self._thread = threading.Thread(target=self._run, name="planning")
        self._thread.start()

    @property
    def outstanding(self) -> int:
        return self._rendering.outstanding

    @property
    def idle(self) -> bool:
        """Whether everything asked for is planned and rendered."""
        with self._changed:
            return not self._woken and not self._busy and not self.outstanding

    def set_song(self, song: Song) -> None:
        self._song = song
        self.wake()

    def compare(self, song: Song | None) -> None:
        self._other = song
        self.wake()

    def wake(self) -> None:
        """Look anew at what is to be played, and where."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def close(self) -> None:
        """End this thread and those that render."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._rendering.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.wait_for(lambda: self._woken or self._closed)
                if self._closed:
                    return
                self._woken, self._busy = False, True
            self._follow("song", self._song)
            self._follow("other", self._other)
            self._change_decks()
            self._order()

    def _follow(self, name: str, song: Song | None) -> None:
        """Bring the deck of that name to `song`."""
        known = self._decks.get(name)
        if song is None:
            self._decks.pop(name, None)
            return
        if known is not None and known[1].song is song:
            return
        score = Score.of(song, self._rate)
        if known is not None and known[1].same_time_line(score):
            deck = known[0]
            self._mixing.post(lambda: deck.update(score))
        else:
            reference = self._decks["song"][0] if name == "other" and "song" in self._decks else None
            deck = Deck(score, Console(song, self._rate), self.takes, reference)
        self._decks[name] = (deck, score)

    def _change_decks(self) -> None:
        """Have the deck played that should be."""
        wanted = self._decks.get("other") or self._decks.get("song")
        if wanted is not None:
            deck, position = wanted[0], self._position()
            self._mixing.post(lambda: self._mixing.change_to(deck, position))

    def _order(self) -> None:
        """Have all phrases rendered in the order of need, as far as memory reaches."""
        tick = self._position()
        phrases: list[Phrase] = []
        for _, score in reversed(self._decks.values()):
            frame = score.frame_at(tick)
            loop = self._mixing.loop
            phrases += score.by_need(frame, loop and (score.frame_at(loop[0]), score.frame_at(loop[1])))
        if self.audition is not None:
            notes = self.audition.wanted()
            urgent = 6 * len(self._decks)
            phrases[urgent:urgent] = notes
        room = self.takes.memory * 0.9
        kept: dict[str, Phrase] = {}
        for phrase in phrases:
            room -= (phrase.seconds + _RING_SECONDS) * self._rate * 8
            if room < 0:
                break
            kept.setdefault(phrase.key, phrase)
        for key in reversed(kept):
            self.takes.get(key)  # so that what is needed last is forgotten first
        self._rendering.want(list(kept.values()))
