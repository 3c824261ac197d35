"""Playing a SoundFont with tinysoundfont, in a host process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cocomposer.sound.protocol import BEND, CONTROL, NOTE_OFF, NOTE_ON, MidiEvent, Performance
from cocomposer.sound.shared_block import FRAME_BYTES

GRID = 64
"""Frames after which tinysoundfont moves its envelopes and vibratos, counted from where it was last asked for sound."""

SILENCE = 1e-5
"""An instrument has rung out when a quarter of a second stays below -100 dBFS."""


class PlayingError(Exception):
    """The instrument cannot play; the text finishes the sentence "The instrument X ..."."""


class SoundFontPlayer:
    """A SoundFont in memory at one sample rate.  Each part gets a channel whose controllers nobody has touched.

    Events are played on the grid of the synthesizer, up to 1.5 ms early at 44.1 kHz: one in between would shift the
    grid for all that sounds, and a note would not sound the same beside another.
    """

    def __init__(self, path: str, sample_rate: int) -> None:
        """Load it.  Raises PlayingError."""
        self._path, self._sample_rate = path, sample_rate
        self._load()

    def _load(self) -> None:
        import tinysoundfont

        self._synth: Any = tinysoundfont.Synth(samplerate=self._sample_rate)
        try:
            self._synth.sfload(self._path)
        except tinysoundfont.SoundFontException as error:
            raise PlayingError("is damaged or not a SoundFont") from error
        self._channels = list(range(16))

    def play(self, performance: Performance) -> Iterator[memoryview]:
        """The part until it has rung out, in pieces of interleaved stereo float32.  Raises PlayingError."""
        if not self._channels:
            self._load()
        synth, channel = self._synth, self._channels.pop()
        if not _choose_program(synth, channel, performance):
            raise PlayingError(f"has no program {performance.program + 1}")
        frames, position, step = performance.frames, 0, self._sample_rate // 4 // GRID * GRID
        scratch = memoryview(bytearray(step * FRAME_BYTES))
        for event in performance.events:
            until = min(frames, round(event[0] * self._sample_rate) // GRID * GRID)
            while position < until:
                piece = scratch[: min(step, until - position) * FRAME_BYTES]
                yield memoryview(synth.generate_simple(len(piece) // FRAME_BYTES, piece))
                position += len(piece) // FRAME_BYTES
            send(synth, channel, event)
        ringing = True
        while ringing and position < frames:
            piece = scratch[: min(step, frames - position) * FRAME_BYTES]
            yield memoryview(synth.generate_simple(len(piece) // FRAME_BYTES, piece))
            position += len(piece) // FRAME_BYTES
            samples = piece.cast("f").tolist()
            ringing = max(samples) >= SILENCE or min(samples) <= -SILENCE
        self._quieten()

    def _quieten(self) -> None:
        """Let every voice end, so that the next part finds the player as if it had just been loaded."""
        self._synth.sounds_off()
        for _ in range(8):
            rest = memoryview(self._synth.generate_simple(self._sample_rate // 4)).cast("f").tolist()
            if not any(rest):
                break


def _choose_program(synth: Any, channel: int, performance: Performance) -> bool:
    """Take the program, or the nearest that most SoundFonts have: the standard kit, the family's first, the piano."""
    bank, wanted = 128 if performance.drums else 0, performance.program
    for program in (wanted, 0 if performance.drums else wanted // 8 * 8, 0):
        if synth.sfpreset_name(0, bank, program) is not None:
            synth.program_change(channel, program, performance.drums)
            return True
    return False


def send(synth: Any, channel: int, event: MidiEvent) -> None:
    """Give an event to a synthesizer of tinysoundfont."""
    _, status, first, second = event
    if status == NOTE_ON:
        # This player is linear in velocity where the SoundFont standard (2.04, 8.4.1) has nearly its square;
        # an exponent between keeps ghost notes quiet without choosing the wrong layer of a layered sample.
        synth.noteon(channel, first, max(1, round(127 * (second / 127) ** 1.5)))
    elif status == NOTE_OFF:
        synth.noteoff(channel, first)
    elif status == CONTROL:
        synth.control_change(channel, first, second)
    elif status == BEND:
        synth.pitchbend(channel, first | second << 7)
