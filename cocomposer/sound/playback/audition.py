"""Single notes of a part's own instrument, played from memory the moment a key goes down."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music import Part, Role, Song
from cocomposer.sound.playback.segments import AT_HAND, Phrase, player_of
from cocomposer.sound.playback.takes import Take, Takes
from cocomposer.sound.protocol import NOTE_OFF, NOTE_ON

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

VELOCITIES = (56, 100)
"""Notes are rendered this loud, and brought to the velocity that is played."""

HOLD_SECONDS = 3.0
"""The longest time for which a key that is held sounds."""

_RELEASE_SECONDS = 0.15
_STILL_WANTED_SECONDS = 0.5
_MOST_PITCHES = 40
_AROUND = 7
"""Semitones above and below a part's range that are rendered ahead."""


@dataclass
class _Voice:
    """A note that was asked for: it sounds once its take is there."""

    part: int
    pitch: int
    phrase: Phrase
    gain: float
    asked: float
    take: Take | None = None
    position: int = 0
    released: int = -1
    """Frames since the key was let go; -1 while it is held."""


class Audition:
    """Plays notes by request.  `wanted` says what to render for it; `add_to` is called on the device's thread.

    `strength` gives the factor by which a part is louder in the mix than by itself; `ask` has the order of rendering
    looked at anew.
    """

    def __init__(
        self, takes: Takes, strength: Callable[[int], float], ask: Callable[[], None], sample_rate: int
    ) -> None:
        self.song = Song()
        self.soundfont = AT_HAND
        self.part = 0
        """The part whose notes are rendered ahead: the one that is worked on."""
        self._takes = takes
        self._strength = strength
        self._ask = ask
        self._rate = sample_rate
        self._release = round(_RELEASE_SECONDS * sample_rate)
        self._arriving: deque[_Voice] = deque()
        self._let_go: deque[tuple[int, int]] = deque()
        self._voices: list[_Voice] = []

    def prepare(self, part: int) -> None:
        """Render the notes of that part ahead."""
        self.part = part
        self._ask()

    def note_on(self, part: int, pitch: int, velocity: int) -> None:
        if not 0 <= part < len(self.song.parts) or not 0 <= pitch <= 127 or velocity < 1:
            return
        played = self.song.parts[part]
        layer = min(VELOCITIES, key=lambda rendered: abs(rendered - velocity))
        level = (velocity / layer) ** 1.5 * self._strength(part)
        voice = _Voice(part, pitch, self._phrase(played, pitch, layer), level, time.monotonic())
        self._arriving.append(voice)
        if voice.phrase.key not in self._takes:
            self._ask()

    def note_off(self, part: int, pitch: int) -> None:
        self._let_go.append((part, pitch))

    def wanted(self) -> list[Phrase]:
        """What is to be rendered: what was asked for, then the part in hand, from the notes that it plays most."""
        asked = [voice.phrase for voice in (*self._arriving, *self._voices) if voice.take is None]
        if not 0 <= self.part < len(self.song.parts):
            return asked
        part = self.song.parts[self.part]
        return asked + [self._phrase(part, pitch, layer) for layer in reversed(VELOCITIES) for pitch in _pitches(part)]

    def add_to(self, audio: Audio) -> None:
        """Add what sounds now to the block, (2, n), that is about to be heard."""
        while self._arriving:
            self._voices.append(self._arriving.popleft())
        while self._let_go:
            gone = self._let_go.popleft()
            for voice in self._voices:
                if (voice.part, voice.pitch) == gone and voice.released < 0:
                    voice.released = 0
        self._voices = [voice for voice in self._voices if self._sounds(voice, audio)]

    def _sounds(self, voice: _Voice, audio: Audio) -> bool:
        """Add one voice; whether it is to be heard again."""
        if voice.take is None:
            voice.take = self._takes.get(voice.phrase.key)
            if voice.take is None:
                return voice.released < 0 and time.monotonic() - voice.asked < _STILL_WANTED_SECONDS
        length = audio.shape[1]
        piece = voice.take.audio[:, voice.position : voice.position + length] * np.float32(voice.gain)
        voice.position += length
        if voice.released >= 0 and not voice.phrase.drums:
            fade = 1 - (voice.released + np.arange(piece.shape[1], dtype=np.float32)) / self._release
            piece *= np.maximum(fade, 0) ** 2
            voice.released += length
        audio[:, : piece.shape[1]] += piece
        return voice.position < voice.take.audio.shape[1] and voice.released < self._release

    def _phrase(self, part: Part, pitch: int, velocity: int) -> Phrase:
        events = ((0.0, NOTE_ON, pitch, velocity), (HOLD_SECONDS, NOTE_OFF, pitch, 0))
        return Phrase(player_of(part, self.soundfont), part.program, part.is_drums, events, 120.0, self._rate)


def _pitches(part: Part) -> list[int]:
    """The pitches to have ready: those played most often, then those around them."""
    used = [pitch for pitch, _ in Counter(note.pitch for note in part.notes).most_common()]
    middle = 38 if part.role is Role.DRUMS else 36 if part.role is Role.BASS else 64
    low, high = part.pitch_range or (middle, middle)
    near = range(max(0, low - _AROUND), min(127, high + _AROUND) + 1)
    return [*used, *(pitch for pitch in near if pitch not in used)][:_MOST_PITCHES]
