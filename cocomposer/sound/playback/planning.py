"""The thread that turns songs into what is mixed, and says what is to be rendered first."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cocomposer.music import Instrument, Song
from cocomposer.sound.console import Console
from cocomposer.sound.playback.audition import Audition
from cocomposer.sound.playback.deck import Deck
from cocomposer.sound.playback.levels import Level, level_of, trims_of
from cocomposer.sound.playback.mixing import Mixing
from cocomposer.sound.playback.rendering import Rendering
from cocomposer.sound.playback.score import Score
from cocomposer.sound.playback.segments import AT_HAND, Phrase, Segment

if TYPE_CHECKING:
    from cocomposer.sound.effects import PluginEffects

_URGENT_PHRASES = 12
"""How many of the song's phrases come before the notes of an audition."""

_TRIES = 5
"""How often the same failure of an effect is told, and the effect started again."""

_RING_SECONDS = 2
"""How long instruments usually ring on, for an estimate of memory."""


@dataclass
class _Known:
    """A song that is, or may soon be, played: its deck, the score it was given last, the levels of its parts.

    Each level stands beside the track that it was measured on.
    """

    deck: Deck
    score: Score
    levels: dict[int, tuple[Level, tuple[Segment, ...]]] = field(default_factory=dict)

    def forget_replaced_instruments(self, score: Score) -> None:
        """Drop the levels of parts that something else plays in `score`."""
        if self.score.soundfont != score.soundfont:
            self.levels.clear()
        for index, (old, new) in enumerate(zip(self.score.song.parts, score.song.parts, strict=True)):
            if (old.instrument, old.program) != (new.instrument, new.program):
                self.levels.pop(index, None)


class Planning:
    """Holds the song and the one it is compared with; cuts them, has them rendered, and hands decks to `mixing`."""

    def __init__(self, rendering: Rendering, mixing: Mixing, sample_rate: int, plugin_effects: PluginEffects | None,
                 position: Callable[[], int], problem: Callable[[str], None]) -> None:  # fmt: skip
        self.audition: Audition | None = None
        self._rendering = rendering
        self._takes = rendering.takes
        self._mixing = mixing
        self._rate = sample_rate
        self._plugin_effects = plugin_effects
        self._position = position
        self._problem = problem
        self._told: Counter[str] = Counter()
        self._standing: set[str] = set()
        self._soundfont = AT_HAND
        self._asked: dict[str, Song | None] = {"song": None, "other": None}
        self._known: dict[str, _Known] = {}
        self._retired: list[Deck] = []
        self._changed = threading.Condition()
        self._woken = self._reorder = True
        self._busy = self._closed = self._retrying = False
        self._thread = threading.Thread(target=self._run, name="planning")
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether everything asked for is planned and rendered."""
        with self._changed:
            return not self._woken and not self._busy and not self._rendering.outstanding

    def set_song(self, song: Song) -> None:
        self._asked["song"] = song
        self.wake()

    def compare(self, song: Song | None) -> None:
        self._asked["other"] = song
        self.wake()

    def use_soundfont(self, soundfont: Instrument) -> None:
        """Have it play what has no instrument of its own."""
        self._soundfont = soundfont
        self.wake()

    def wake(self) -> None:
        """Look anew at what is to be played, and where."""
        with self._changed:
            self._woken = self._reorder = True
            self._changed.notify()

    def retry(self) -> None:
        """Start plugin effects that failed, or were not there, once more."""
        self._retrying = True
        self.wake()

    def arrived(self) -> None:
        """Look at what has been rendered."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def close(self) -> None:
        """End the thread; the decks must not be played any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        for deck in (*self._retired, *(known.deck for known in self._known.values())):
            deck.console.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.wait_for(lambda: self._woken or self._closed)
                if self._closed:
                    return
                reorder, self._woken, self._reorder, self._busy = self._reorder, False, False, True
            for name, song in self._asked.items():
                self._follow(name, song)
            if reorder:
                self._change_decks()
                self._order()
                self._look_after()
            if self._retrying:
                self._retry()
            for known in self._known.values():
                self._level(known)

    def _follow(self, name: str, song: Song | None) -> None:
        """Bring the deck of that name to `song`."""
        known, soundfont = self._known.get(name), self._soundfont
        if song is None:
            if known is not None:
                self._retired.append(self._known.pop(name).deck)
            return
        if known is not None and known.score.song is song and known.score.soundfont == soundfont:
            return
        like = known or self._known.get("song")
        score = Score.of(song, self._rate, like.score if like else None, soundfont)
        if known is not None and known.score.same_time_line(score):
            known.forget_replaced_instruments(score)
            deck, known.score = known.deck, score
            deck.console.update(song)
            self._mixing.post(lambda: deck.update(score))
            return
        if known is not None:
            self._retired.append(known.deck)
        reference = self._known["song"].deck if name == "other" and "song" in self._known else None
        console = Console(song, self._rate, self._plugin_effects)
        self._known[name] = _Known(Deck(score, console, self._takes, reference), score)

    def _level(self, known: _Known) -> None:
        """Measure the parts that have changed, as soon as something of them is rendered and when all of them is."""
        changed = False
        for index, track in enumerate(known.score.tracks):
            level, measured = known.levels.get(index, (None, ()))
            if level is not None and measured is track and level.complete:
                continue
            if level is None or all(segment.phrase.key in self._takes for segment in track):
                level = level_of(track, self._takes, self._rate)
                if level is not None:
                    known.levels[index] = (level, track)
                    changed = True
        if changed:
            trims = trims_of(known.score, {index: level for index, (level, _) in known.levels.items()})
            known.deck.console.update(known.score.song, trims)
            self._mixing.post(lambda: known.deck.level(trims))

    def _change_decks(self) -> None:
        """Have the deck played that should be."""
        wanted = self._known.get("other") or self._known.get("song")
        if wanted is not None:
            position = self._position()
            self._mixing.post(lambda: self._mixing.change_to(wanted.deck, position))

    def _order(self) -> None:
        """Have all phrases rendered in the order of need, as far as memory reaches."""
        tick, loop = self._position(), self._mixing.loop
        phrases: list[Phrase] = []
        for known in reversed(self._known.values()):
            score = known.score
            phrases += score.by_need(score.frame_at(tick), loop and (score.frame_at(loop[0]), score.frame_at(loop[1])))
        if self.audition is not None:
            phrases[_URGENT_PHRASES:_URGENT_PHRASES] = self.audition.wanted()
        room = self._takes.memory * 0.9
        kept: dict[str, Phrase] = {}
        for phrase in phrases:
            if phrase.key in kept:
                continue
            room -= (phrase.seconds + _RING_SECONDS) * self._rate * 8
            if room < 0:
                break
            kept[phrase.key] = phrase
        for key in reversed(kept):
            self._takes.get(key)  # so that what is needed last is forgotten first
        self._rendering.want(list(kept.values()))

    def _look_after(self) -> None:
        """Tell what the consoles have to say, and let go of decks that are played no more.

        An effect that failed is started again, a few times at most: one may have been slow for once.
        """
        standing: set[str] = set()
        for known in self._known.values():
            problems = known.deck.console.problems
            new = [each for each in problems if each not in self._standing and self._told[each] < _TRIES]
            standing.update(problems)
            for sentence in new:
                self._told[sentence] += 1
                self._problem(sentence)
            if new:
                known.deck.console.retry()
        self._standing = standing
        for deck in [deck for deck in self._retired if not self._mixing.uses(deck)]:
            self._retired.remove(deck)
            deck.console.close()

    def _retry(self) -> None:
        self._retrying = False
        self._told.clear()
        self._standing.clear()
        for known in self._known.values():
            known.deck.console.retry(missing=True)
