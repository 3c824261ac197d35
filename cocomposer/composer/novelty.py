"""How much of what was written is new."""

from __future__ import annotations

from collections.abc import Collection

from cocomposer.music import Note, Song

_GRID = 60
"""Notes are compared on thirty-seconds: a played note is not another for being a little late."""


def share_of_new_notes(before: Song, after: Song, parts: Collection[int], first: int, last: int) -> float:
    """Share, 0..1, of the notes of `parts` (indices, the same in both) between ticks `first` and `last` of `after`
    that are not in `before`; 1 where there are none."""
    new = total = 0
    for index in parts:
        old = {_place(note) for note in before.parts[index].notes if first <= note.start < last}
        notes = [note for note in after.parts[index].notes if first <= note.start + _GRID // 2 < last]
        total += len(notes)
        new += sum(_place(note) not in old for note in notes)
    return new / total if total else 1.0


def share_of_new_bars(song: Song, parts: Collection[int], first: int, last: int) -> float:
    """Share, 0..1, of the bars of `parts` between ticks `first` and `last` that are played like no earlier bar of the
    part; bars of rest do not count, and it is 1 where there are no others."""
    new = total = 0
    for index in parts:
        bars: dict[int, set[tuple[int, int]]] = {}
        for note in song.parts[index].notes:
            bar = song.meters.bar_at(note.start + _GRID // 2)
            start = song.meters.bar_start(bar)
            bars.setdefault(bar, set()).add(((note.start - start + _GRID // 2) // _GRID, note.pitch))
        seen: list[set[tuple[int, int]]] = []
        for bar in sorted(bars):
            if first <= song.meters.bar_start(bar) < last:
                total += 1
                new += bars[bar] not in seen
            seen.append(bars[bar])
    return new / total if total else 1.0


def _place(note: Note) -> tuple[int, int]:
    return (note.start + _GRID // 2) // _GRID, note.pitch
