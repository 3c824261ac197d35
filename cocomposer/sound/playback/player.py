"""Playback: what a window's transport does, each call returning at once."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.errors import SoundError
from cocomposer.music import Instrument, Song
from cocomposer.sound.playback.audition import Audition
from cocomposer.sound.playback.clip import Clip
from cocomposer.sound.playback.devices import SoundCard, device_names
from cocomposer.sound.playback.mixing import Mixing
from cocomposer.sound.playback.output import OpenDevice, Output
from cocomposer.sound.playback.planning import Planning
from cocomposer.sound.playback.priority import SWITCH_SECONDS
from cocomposer.sound.playback.rendering import Instruments, Rendering
from cocomposer.sound.playback.ring import Place, Ring
from cocomposer.sound.playback.takes import MEMORY, Takes, keep_memory_flat

if TYPE_CHECKING:
    from cocomposer.sound.effects import PluginEffects
    from cocomposer.sound.loudness import Audio
    from cocomposer.sound.metering import Levels
    from cocomposer.sound.trouble import Trouble

_TRAIL = 500
"""Blocks that are remembered after they were given to the device: some seconds."""


@dataclass(frozen=True)
class _Heard:
    """A stretch of audio that the device took: heard from `at` on, in seconds, for `seconds`."""

    at: float
    seconds: float
    place: Place


class Player:
    """Plays a song while it is worked on.

    `device` "" is the system's own; where there is none, a silent one keeps time.  `buffer` is in frames.  `problem`
    receives sentences for the artist, on any thread.  `close` ends every thread; leaving `with` does so.
    """

    def __init__(
        self,
        instruments: Instruments,
        device: str = "",
        buffer: int = 512,
        sample_rate: int = 44100,
        *,
        plugin_effects: PluginEffects | None = None,
        problem: Callable[[str], None] = lambda sentence: None,
        memory: int = MEMORY,
        open_device: OpenDevice = SoundCard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sample_rate = sample_rate
        self._dry = 0
        self.problems: deque[str] = deque(maxlen=100)
        self._tell_problem = problem
        self._clock = clock
        self._lock = threading.Lock()
        self._playing = False
        self._parked = 0
        self._began = 0
        self._run = 0
        self._loop: tuple[int, int] | None = None
        self._trail: deque[_Heard] = deque(maxlen=_TRAIL)
        keep_memory_flat()
        self._switch_seconds = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        self._ring = Ring(sample_rate)
        self.mixing = Mixing(self._ring, sample_rate, self._ended, lambda: self.planning.wake())
        self.rendering = Rendering(instruments, Takes(memory), self._arrived, self._problem)
        self.planning = Planning(
            self.rendering, self.mixing, sample_rate, plugin_effects, lambda: self.position, self._problem
        )
        self.audition = Audition(self.rendering.takes, self._strength, self.planning.wake, sample_rate)
        self.planning.audition = self.audition
        self._clip = Clip(sample_rate)
        self._output = Output(self._fill, sample_rate, self._problem, open_device)
        self._output.choose(device, buffer)

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The song.

    def set_song(self, song: Song) -> None:
        """Play this song from now on; what sounds the same as before is not rendered again."""
        self.audition.song = song
        self.planning.set_song(song)

    def compare(self, song: Song | None) -> None:
        """Hear another song in this one's place, as loud and at the same tick; None goes back."""
        self.planning.compare(song)

    @property
    def soundfont(self) -> Instrument:
        """What plays the parts that have no instrument of their own."""
        return self.audition.soundfont

    @soundfont.setter
    def soundfont(self, soundfont: Instrument) -> None:
        self.audition.soundfont = soundfont
        self.planning.use_soundfont(soundfont)

    def retry(self) -> None:
        """Ask instruments and effects that failed once more: a plugin is back, or was let out of quarantine."""
        self.rendering.retry()
        self.planning.retry()

    # The transport.

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def position(self) -> int:
        """The tick that is heard now; during a count-in the one that it leads to."""
        now = self._clock()
        with self._lock:
            place = self._heard(now)
            if place is not None:
                self._parked = self._began if place.counted else max(0, round(place.tick))
            return self._parked

    def tick_heard(self, at: float) -> float | None:
        """The tick that was heard at a moment of `time.monotonic`, up to some seconds ago; a count-in leads up to its
        first tick, below 0 if need be.  None when nothing was playing.  It is what a player who listens has in mind.
        """
        with self._lock:
            place = self._heard(at)
            return None if place is None else place.tick

    def _heard(self, at: float) -> Place | None:
        """What was heard at a moment."""
        if not self._playing:
            return None
        for heard in reversed(self._trail):
            if heard.at <= at:
                return heard.place.later(min(at - heard.at, heard.seconds) * self.sample_rate)
        return None

    def play(self, tick: int | None = None) -> None:
        """Play from `tick`, or from where playback stands."""
        self._clip.hear(None, self.sample_rate)
        self._start(self.position if tick is None else max(0, tick), counted=True)

    def _start(self, tick: int, counted: bool) -> None:
        with self._lock:
            self._playing, self._parked, self._began = True, tick, tick
            self._run += 1
            run = self._run
            self._trail.clear()
        self.mixing.post(lambda: self.mixing.start(tick, run, counted))
        self.planning.wake()

    def pause(self) -> None:
        """Be silent, and stay where the music was."""
        self._halt(self.position)

    def stop(self) -> None:
        """Be silent, and go back to where playing began; to the song's beginning when nothing is played."""
        self._halt(self._began if self._playing else 0)

    def seek(self, tick: int) -> None:
        """Go to `tick`, playing or not."""
        if self._playing:
            self._start(max(0, tick), counted=False)
        else:
            self._halt(max(0, tick))

    def _halt(self, tick: int) -> None:
        with self._lock:
            self._playing, self._parked = False, tick
            self._trail.clear()
        self.mixing.post(self.mixing.halt)
        self.mixing.post(lambda: self.mixing.locate(tick))
        self.planning.wake()

    def _ended(self, run: int) -> None:
        """The song is over, unless playing was begun anew: on the mixing thread."""
        with self._lock:
            if run == self._run:
                self._playing, self._parked = False, self._began
                self._trail.clear()

    @property
    def loop(self) -> tuple[int, int] | None:
        """First tick and the tick after the last of what is played round and round."""
        return self._loop

    @loop.setter
    def loop(self, ticks: tuple[int, int] | None) -> None:
        if ticks is not None and not 0 <= ticks[0] < ticks[1]:
            raise SoundError("A loop ends after it begins.")
        self._loop = ticks
        self.mixing.post(lambda: setattr(self.mixing, "loop", ticks))
        self.planning.wake()

    @property
    def metronome(self) -> bool:
        return self.mixing.metronome

    @metronome.setter
    def metronome(self, on: bool) -> None:
        self.mixing.metronome = on

    @property
    def count_in(self) -> int:
        """Bars that are counted before the music begins."""
        return self.mixing.count_in

    @count_in.setter
    def count_in(self, bars: int) -> None:
        self.mixing.count_in = max(0, bars)

    # Single notes.

    def note_on(self, part: int, pitch: int, velocity: int) -> None:
        """Sound a note of a part's own instrument until `note_off`."""
        self.audition.note_on(part, pitch, velocity)

    def note_off(self, part: int, pitch: int) -> None:
        self.audition.note_off(part, pitch)

    def hear(self, audio: Audio | None, sample_rate: int) -> None:
        """Play a piece of audio, (2, n) at that rate, once beside the song; None ends it, and so does `play`."""
        self._clip.hear(audio, sample_rate)

    # What is known of it all.

    @property
    def waiting(self) -> bool:
        """Whether something that should be heard now is still being rendered."""
        return self.mixing.missing

    @property
    def to_render(self) -> int:
        """How many segments are still to be rendered."""
        return self.rendering.outstanding

    def levels(self) -> Levels | None:
        """The meters of the mixer for what was mixed last; None while there is no song."""
        deck = self.mixing.deck
        return deck.console.levels if deck is not None else None

    def troubles(self) -> tuple[Trouble, ...]:
        """What does not play now as it should; `retry` gives it another chance."""
        deck = self.mixing.deck
        return (*self.rendering.troubles.values(), *(deck.console.troubles if deck is not None else ()))

    @property
    def underruns(self) -> int:
        """How often there was nothing to give to the device, or it was given too late."""
        device = self._output.device
        return self._dry + (device.underruns if device is not None else 0)

    @property
    def load(self) -> float:
        """The share of its time that the mixing thread is busy, 0..1."""
        return self.mixing.load

    def devices(self) -> tuple[str, ...]:
        return device_names()

    def set_device(self, name: str, buffer: int = 512) -> None:
        """Play through another device, `buffer` frames at a time; it is opened in the background."""
        self._output.choose(name, buffer)

    def close(self) -> None:
        self._output.close()
        self.mixing.close()
        self.rendering.close()
        self.planning.close()
        sys.setswitchinterval(self._switch_seconds)

    def _strength(self, part: int) -> float:
        deck = self.mixing.deck
        return deck.strength(part) if deck is not None else 1.0

    def _arrived(self) -> None:
        """Something is rendered: on a rendering thread."""
        self.mixing.wake()
        self.planning.arrived()

    def _problem(self, sentence: str) -> None:
        self.problems.append(sentence)
        self._tell_problem(sentence)

    def _fill(self, frames: int, at: float) -> Audio:
        """What the device asks for, on its thread."""
        blocks = self._ring.pull(frames)
        filled = sum(block.frames for block in blocks)
        if filled < frames and self.mixing.flowing:
            self._dry += 1
        self.mixing.wake()
        audio = np.zeros((2, frames), dtype=np.float32)
        begin = 0
        for block in blocks:
            audio[:, begin : begin + block.frames] = block.audio
            if block.place is not None:
                self._remember(_Heard(at + begin / self.sample_rate, block.frames / self.sample_rate, block.place))
            begin += block.frames
        self.audition.add_to(audio)
        self._clip.add_to(audio)
        return audio

    def _remember(self, heard: _Heard) -> None:
        with self._lock:
            if self._playing and heard.place.run == self._run:
                self._trail.append(heard)
