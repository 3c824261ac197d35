"""A song cut at bar lines and put together anew: what inserting, deleting, moving and repeating bars have in common.

Everything follows the bars it stands in: notes, chords, keys, tempi, metres, sections, controllers, bends, lyrics and
automation.  What lasts until something else is said, such as a tempo, is said again where a cut would lose it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from cocomposer.music import (
    Control,
    KeyChange,
    Lane,
    Lyric,
    MeterChange,
    MeterMap,
    Mix,
    Note,
    Part,
    PitchBend,
    Point,
    Section,
    Song,
    Strip,
    TempoMap,
)

_AT_REST = {1: 0, 11: 127, 64: 0, 65: 0, 66: 0, 67: 0}
"""Controllers that stand here where nothing was said: wheel, expression, pedals."""


@dataclass(frozen=True)
class Piece:
    """Whole bars of a song, from tick `start` up to `end`; `silent` for as many empty bars in their metre and tempo."""

    start: int
    end: int
    silent: bool = False


@dataclass(frozen=True)
class _Placed:
    """A piece at its new place; `goes_on` where what came before it in the song comes before it here as well."""

    piece: Piece
    at: int
    goes_on: bool

    @property
    def shift(self) -> int:
        return self.at - self.piece.start

    def holds(self, tick: int) -> bool:
        return self.piece.start <= tick < self.piece.end


class _Event(Protocol):
    @property
    def tick(self) -> int: ...


E = TypeVar("E", bound=_Event)


def spliced(song: Song, pieces: Sequence[Piece]) -> Song:
    """The song made of these pieces one after another; each begins and ends on bar lines of the song.

    Raises MusicError where it grows beyond the longest song there is.
    """
    placed = list(_laid_out(pieces))
    length = placed[-1].at + pieces[-1].end - pieces[-1].start if placed else 0
    if not placed:
        return replace(song, length=0, chords=(), sections=(), parts=tuple(_emptied(part) for part in song.parts))
    return replace(
        song,
        length=length,
        meters=_meters(song.meters, placed),
        tempos=TempoMap(_lasting(song.tempos.changes, placed, lambda one, other: one.bpm == other.bpm)),
        keys=_lasting(song.keys, placed, _same_key),
        chords=_lasting(song.chords, placed, lambda one, other: one.chord == other.chord),
        sections=_sections(song.sections, placed),
        parts=tuple(_part(part, placed) for part in song.parts),
        mix=_mix(song.mix, placed),
    )


def _laid_out(pieces: Iterable[Piece]) -> Iterator[_Placed]:
    at, last = 0, 0
    for piece in pieces:
        yield _Placed(piece, at, goes_on=piece.start == last)
        # After empty bars the song goes on from where they were put in.
        at, last = at + piece.end - piece.start, piece.start if piece.silent else piece.end


def _lasting(events: Sequence[E], placed: Sequence[_Placed], same: Callable[[E, E], bool]) -> tuple[E, ...]:
    """Events that hold until the next of them, each said again at the beginning of a piece where it is lost else."""
    found: list[E] = []
    for each in placed:
        force = in_force(events, each.piece.start)
        if force is not None and not (found and same(found[-1], force)):
            found.append(moved_to(force, each.at))
        if not each.piece.silent:
            found += [
                moved_to(event, event.tick + each.shift)
                for event in events
                if each.holds(event.tick) and event.tick > each.piece.start
            ]
    return tuple(found)


def in_force(events: Sequence[E], tick: int) -> E | None:
    """The last event up to `tick`."""
    index = bisect_right([event.tick for event in events], tick)
    return events[index - 1] if index else None


def moved_to(event: E, tick: int) -> E:
    return replace(event, tick=tick)  # type: ignore[type-var]  # every event is a dataclass


def _same_key(one: KeyChange, other: KeyChange) -> bool:
    return one.key == other.key


def _meters(meters: MeterMap, placed: Sequence[_Placed]) -> MeterMap:
    changes: list[MeterChange] = []
    for each in placed:
        force = meters.meter_at(each.piece.start)
        so_far = MeterMap(tuple(changes)) if changes else None
        on_a_line = so_far is not None and so_far.bar_start(so_far.bar_at(each.at)) == each.at
        if so_far is None or so_far.meter_at(each.at) != force or not on_a_line:
            changes.append(MeterChange(each.at, force))
        changes += [
            MeterChange(change.tick + each.shift, change.meter)
            for change in meters.changes
            if each.holds(change.tick) and change.tick > each.piece.start
        ]
    return MeterMap(tuple(changes))


def _sections(sections: Sequence[Section], placed: Sequence[_Placed]) -> tuple[Section, ...]:
    found: list[Section] = []
    current: Section | None = None  # the one of the song that we are in
    for each in placed:
        force = in_force(sections, each.piece.start)
        begins = force is not None and force.tick == each.piece.start and not (each.goes_on and current is force)
        if force is not None and (begins or force is not current) and not (each.piece.silent and found):
            found.append(moved_to(force, each.at))
            current = force
        if not each.piece.silent:
            inside = [section for section in sections if each.holds(section.tick) and section.tick > each.piece.start]
            found += [moved_to(section, section.tick + each.shift) for section in inside]
            current = inside[-1] if inside else current
    return tuple(found)


def _part(part: Part, placed: Sequence[_Placed]) -> Part:
    notes: list[Note] = []
    lyrics: list[Lyric] = []
    for index, each in enumerate(placed):
        if each.piece.silent:
            continue
        follows = index + 1 < len(placed) and placed[index + 1].goes_on and not placed[index + 1].piece.silent
        for note in part.notes:
            if each.holds(note.start):
                # A note rings on into the next piece only where that is what it rang into before.
                end = note.end if follows else min(note.end, each.piece.end)
                notes.append(replace(note, start=note.start + each.shift, duration=end - note.start))
        lyrics += [moved_to(lyric, lyric.tick + each.shift) for lyric in part.lyrics if each.holds(lyric.tick)]
    return replace(
        part,
        notes=tuple(notes),
        controls=_controls(part.controls, placed),
        bends=_bends(part.bends, placed),
        lyrics=tuple(lyrics),
        strip=_strip(part.strip, placed),
    )


def _controls(controls: Sequence[Control], placed: Sequence[_Placed]) -> tuple[Control, ...]:
    found: list[Control] = []
    for number in sorted({control.number for control in controls}):
        line = [control for control in controls if control.number == number]
        rest = [Control(-1, number, _AT_REST[number])] if number in _AT_REST else []
        found += list(_lasting([*rest, *line], placed, lambda one, other: one.value == other.value))
    return tuple(sorted(found, key=lambda control: control.tick))


def _bends(bends: Sequence[PitchBend], placed: Sequence[_Placed]) -> tuple[PitchBend, ...]:
    if not bends:
        return ()
    return _lasting([PitchBend(-1, 0), *bends], placed, lambda one, other: one.value == other.value)


def _mix(mix: Mix | None, placed: Sequence[_Placed]) -> Mix | None:
    if mix is None:
        return None
    return replace(
        mix,
        buses=tuple(replace(bus, strip=_strip(bus.strip, placed)) for bus in mix.buses),
        sends=tuple(replace(bus, strip=_strip(bus.strip, placed)) for bus in mix.sends),
        master=_strip(mix.master, placed),
    )


_S = TypeVar("_S", Strip, Strip | None)


def _strip(strip: _S, placed: Sequence[_Placed]) -> _S:
    if strip is None or not strip.lanes:
        return strip
    return replace(strip, lanes=tuple(_lane(lane, placed) for lane in strip.lanes))


def _lane(lane: Lane, placed: Sequence[_Placed]) -> Lane:
    """Its points with their pieces, and what it reaches at both ends of a piece that was torn from its neighbours."""
    values: dict[int, float] = {}
    for index, each in enumerate(placed):
        piece, last = each.piece, each.piece.end - 1
        if not each.goes_on or piece.silent:
            values[each.at] = value_at(lane, piece.start)
        if not piece.silent:
            values |= {point.tick + each.shift: point.value for point in lane.points if each.holds(point.tick)}
            if index + 1 < len(placed) and not placed[index + 1].goes_on:
                values[last + each.shift] = value_at(lane, last)
    if not values:
        values[0] = value_at(lane, placed[0].piece.start)
    return replace(lane, points=tuple(Point(tick, values[tick]) for tick in sorted(values)))


def value_at(lane: Lane, tick: int) -> float:
    """What a lane says at `tick`: linear between its points, level outside them."""
    index = bisect_right([point.tick for point in lane.points], tick)
    if index == 0:
        return lane.points[0].value
    before = lane.points[index - 1]
    if index == len(lane.points):
        return before.value
    after = lane.points[index]
    return before.value + (after.value - before.value) * (tick - before.tick) / (after.tick - before.tick)


def _emptied(part: Part) -> Part:
    return replace(part, notes=(), controls=(), bends=(), lyrics=())
