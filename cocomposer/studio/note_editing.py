"""Changes to the notes of one part: what a piano roll does."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from cocomposer.errors import RequestError
from cocomposer.music import Note, Part, Song, without_overlaps
from cocomposer.music.authorship import edited
from cocomposer.music.song import HIGHEST_PITCH, LOWEST_PITCH


def add_note(song: Song, part: int, note: Note) -> Song:
    """With one more note; what sounded on its pitch makes room.  The song grows where the note goes beyond its end."""
    return add_notes(song, part, (note,))


def add_notes(song: Song, part: int, notes: Iterable[Note]) -> Song:
    return replace_notes(song, part, (), notes)


def remove_notes(song: Song, part: int, notes: Iterable[Note]) -> Song:
    return replace_notes(song, part, notes, ())


def replace_notes(song: Song, part: int, old: Iterable[Note], new: Iterable[Note]) -> Song:
    """With the notes `new` in the place of `old`: moved, resized, louder.

    Notes that stay give way where a new one begins or sounds on their pitch: they are cut there, and those that begin
    under it go.  What somebody else wrote and is not as it was counts as edited by the artist.  Raises RequestError
    where there is no such part, and for `old` notes that are not in it.
    """
    owner = part_at(song, part)
    old = list(old)
    untouched = set(old)
    fresh = without_overlaps(note if note in untouched else edited(note) for note in new)
    kept = _without(owner.notes, old)
    return _grown(with_part(song, part, replace(owner, notes=(*beside(kept, fresh), *fresh))))


def transpose(song: Song, part: int, notes: Iterable[Note], semitones: int) -> Song:
    """With these notes higher or, for negative `semitones`, lower.  Raises RequestError beyond MIDI's range."""
    return move_notes(song, part, notes, 0, semitones)


def move_notes(song: Song, part: int, notes: Iterable[Note], ticks: int, semitones: int = 0) -> Song:
    """With these notes later and higher by so much; none is moved before the beginning of the song.

    Raises RequestError where one would leave the range of MIDI.
    """
    chosen = list(notes)
    ticks = max(ticks, -min((note.start for note in chosen), default=0))
    if any(not LOWEST_PITCH <= note.pitch + semitones <= HIGHEST_PITCH for note in chosen):
        raise RequestError(f"Moved by {semitones} semitones, some notes would be beyond the range of MIDI.")
    return _each(song, part, chosen, lambda note: replace(note, start=note.start + ticks, pitch=note.pitch + semitones))


def resize_notes(song: Song, part: int, notes: Iterable[Note], ticks: int) -> Song:
    """With these notes longer by `ticks`, each at least one tick long."""
    return _each(song, part, notes, lambda note: replace(note, duration=max(1, note.duration + ticks)))


def set_velocity(song: Song, part: int, notes: Iterable[Note], velocity: int) -> Song:
    """With one velocity for these notes, kept within 1..127."""
    return _each(song, part, notes, lambda note: replace(note, velocity=_velocity(velocity)))


def change_velocity(song: Song, part: int, notes: Iterable[Note], by: int) -> Song:
    """With these notes louder by so much, each kept within 1..127."""
    return _each(song, part, notes, lambda note: replace(note, velocity=_velocity(note.velocity + by)))


def quantise(song: Song, part: int, notes: Iterable[Note], grid: int, strength: float = 1.0) -> Song:
    """With the beginnings of these notes drawn to a grid of so many ticks, counted from each bar line.

    `strength` 1 puts them right on it, 0.5 halves the distance, 0 leaves them.  Lengths stay.
    """
    if grid < 1 or not 0.0 <= strength <= 1.0:
        raise RequestError("A grid has at least one tick, and the strength of quantising lies between 0 and 1.")
    meters = song.meters

    def drawn(note: Note) -> Note:
        bar = meters.bar_at(note.start)
        line, following = meters.bar_start(bar), meters.bar_start(bar + 1)
        steps = (note.start - line + grid // 2) // grid
        nearest = min((line + steps * grid, following), key=lambda tick: abs(tick - note.start))
        return replace(note, start=round(note.start + strength * (nearest - note.start)))

    return _each(song, part, notes, drawn)


def split_notes(song: Song, part: int, notes: Iterable[Note], tick: int) -> Song:
    """With those of these notes that sound at `tick` cut in two there."""
    owner = part_at(song, part)
    cut = [note for note in notes if note.start < tick < note.end]
    halves = [
        edited(half)
        for note in cut
        for half in (replace(note, duration=tick - note.start), replace(note, start=tick, duration=note.end - tick))
    ]
    return with_part(song, part, replace(owner, notes=(*_without(owner.notes, cut), *halves)))


def clear(song: Song, parts: Iterable[int], start: int, end: int) -> Song:
    """Without the notes of these parts that begin from tick `start` up to `end`."""
    for part in parts:
        owner = part_at(song, part)
        left = tuple(note for note in owner.notes if not start <= note.start < end)
        song = with_part(song, part, replace(owner, notes=left))
    return song


def part_at(song: Song, part: int) -> Part:
    """The part at that place.  Raises RequestError where there is none."""
    if not 0 <= part < len(song.parts):
        raise RequestError("That part is not in the song any more.")
    return song.parts[part]


def with_part(song: Song, place: int, part: Part) -> Song:
    """With `part` in the place of the one there."""
    return replace(song, parts=(*song.parts[:place], part, *song.parts[place + 1 :]))


def beside(kept: Iterable[Note], fresh: Sequence[Note]) -> list[Note]:
    """The kept notes as far as they do not sound into `fresh` ones of their pitch, which are sorted and apart."""
    spans: dict[int, list[Note]] = defaultdict(list)
    for note in fresh:
        spans[note.pitch].append(note)
    starts = {pitch: [note.start for note in line] for pitch, line in spans.items()}
    left = []
    for note in kept:
        line = spans.get(note.pitch, [])
        following = bisect_right(starts.get(note.pitch, []), note.start)
        if following and line[following - 1].end > note.start:
            continue
        if following < len(line) and line[following].start < note.end:
            note = replace(note, duration=line[following].start - note.start)
        left.append(note)
    return left


def _each(song: Song, part: int, notes: Iterable[Note], change: Callable[[Note], Note]) -> Song:
    chosen = list(notes)
    return replace_notes(song, part, chosen, [change(note) for note in chosen])


def _without(notes: Iterable[Note], old: Iterable[Note]) -> list[Note]:
    """The notes without as many of each as `old` has."""
    leaving = Counter(old)
    if not leaving:
        return list(notes)
    left = []
    for note in notes:
        if leaving.get(note, 0):
            leaving[note] -= 1
        else:
            left.append(note)
    if leaving.total():
        raise RequestError("Some of these notes are not in the part any more.")
    return left


def _grown(song: Song) -> Song:
    """The song made longer by whole bars where its notes go beyond its end."""
    end = max((part.end for part in song.parts), default=0)
    if end <= song.length:
        return song
    return replace(song, length=song.meters.bar_start(song.meters.bar_at(end - 1) + 1))


def _velocity(value: int) -> int:
    return min(127, max(1, value))
