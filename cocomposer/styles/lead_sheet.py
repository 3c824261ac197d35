"""What the players hear while they play: the tune and the chords, looked up by time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from cocomposer.music import NO_CHORD, Bar, Chord, ChordSpan, Note, Role, Song
from cocomposer.music.analysis.melody import melody_line


class LeadSheet:
    """Quick look-ups into a song's melody and harmony.  Ticks throughout; the song itself is not changed."""

    def __init__(self, song: Song) -> None:
        self.song = song
        melody = song.part_of_role(Role.MELODY)
        self.melody: tuple[Note, ...] = melody_line(melody) if melody else ()
        self.spans: tuple[ChordSpan, ...] = _merged(song.chord_spans)
        self._span_starts = [span.start for span in self.spans]
        self._note_starts = [note.start for note in self.melody]
        self._longest = max((note.duration for note in self.melody), default=0)

    def chord_at(self, tick: int) -> Chord:
        """The chord that sounds at `tick`; N.C. where there is none."""
        index = bisect_right(self._span_starts, tick) - 1
        return self.spans[index].chord if index >= 0 and tick < self.spans[index].end else NO_CHORD

    def next_change(self, tick: int) -> int:
        """First tick after `tick` at which another chord begins; the song's length if none does."""
        index = bisect_right(self._span_starts, tick)
        return self._span_starts[index] if index < len(self._span_starts) else self.song.length

    def changes_between(self, start: int, end: int) -> list[ChordSpan]:
        """The chords that begin in [start, end)."""
        return list(self.spans[bisect_left(self._span_starts, start) : bisect_left(self._span_starts, end)])

    def melody_onsets(self, start: int, end: int) -> list[Note]:
        """Melody notes that begin in [start, end)."""
        return list(self.melody[bisect_left(self._note_starts, start) : bisect_left(self._note_starts, end)])

    def melody_sounding(self, start: int, end: int) -> list[Note]:
        """Melody notes of which some part sounds in [start, end)."""
        first = bisect_left(self._note_starts, start - self._longest)
        last = bisect_left(self._note_starts, end)
        return [note for note in self.melody[first:last] if note.end > start]

    def rests(self, start: int, end: int) -> bool:
        """True where the tune is silent for most (three quarters) of [start, end)."""
        sung = sum(min(note.end, end) - max(note.start, start) for note in self.melody_sounding(start, end))
        return sung * 4 <= end - start

    def is_busy(self, bar: Bar, start: int, end: int) -> bool:
        """True where the tune moves at least twice in [start, end), a beat of `bar`."""
        return len(self.melody_onsets(start, end)) >= (3 if bar.meter.is_compound else 2)


def _merged(spans: tuple[ChordSpan, ...]) -> tuple[ChordSpan, ...]:
    """Join neighbours with the same chord, which a chart often writes once a bar."""
    merged: list[ChordSpan] = []
    for span in spans:
        if merged and merged[-1].chord == span.chord and merged[-1].end == span.start:
            merged[-1] = ChordSpan(merged[-1].start, span.end, span.chord)
        else:
            merged.append(span)
    return tuple(merged)
