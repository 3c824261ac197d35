"""What is played on a keyboard while the music runs, as notes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cocomposer.music import Note, Part, without_overlaps

EARLY = 120
"""Ticks by which a note may come before the recording's first and still be meant for it."""


@dataclass
class Recorder:
    """Gathers the notes of one recording, which begins at `start`.

    Ticks are those that the player heard when the key was struck (`Player.tick_heard`), so that no latency is in them;
    they may be fractions, and go back to the beginning of a loop.  What is struck more than EARLY ticks before `start`,
    in a count-in, is not recorded.
    """

    start: int
    notes: list[Note] = field(default_factory=list)
    _held: dict[int, tuple[int, int]] = field(default_factory=dict)

    def strike(self, tick: float, pitch: int, velocity: int) -> None:
        """A key goes down."""
        self.release(tick, pitch)
        if tick >= self.start - EARLY:
            self._held[pitch] = (max(self.start, round(tick)), velocity)

    def release(self, tick: float, pitch: int, loop: tuple[int, int] | None = None) -> None:
        """A key comes up; after a jump back, in a loop, its note lasts to the loop's end."""
        if pitch not in self._held:
            return
        begun, velocity = self._held.pop(pitch)
        end = round(tick)
        if end < begun and loop is not None:
            end = loop[1]
        self.notes.append(Note(begun, pitch, max(1, end - begun), velocity))

    def finish(self, tick: float, loop: tuple[int, int] | None = None) -> tuple[Note, ...]:
        """All that was recorded; keys still held are let go at `tick`."""
        for pitch in list(self._held):
            self.release(tick, pitch, loop)
        return tuple(sorted(self.notes))


def with_recording(part: Part, notes: tuple[Note, ...], span: tuple[int, int], overdub: bool) -> Part:
    """`part` with what was recorded from tick `span[0]` to `span[1]`.

    An overdub is added to what is there; without it, the notes that began in the span make room.
    """
    kept = part.notes if overdub else tuple(note for note in part.notes if not span[0] <= note.start < span[1])
    return replace(part, notes=without_overlaps((*kept, *notes)))
