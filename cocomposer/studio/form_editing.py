"""Changes to the form: bars, sections, metres, length.  Whatever stands in bars that move, moves with them."""

from __future__ import annotations

from dataclasses import replace

from cocomposer.errors import RequestError
from cocomposer.music import Meter, MeterChange, MeterMap, Section, Song
from cocomposer.studio.splicing import Piece, spliced


def insert_bars(song: Song, bar: int, count: int = 1) -> Song:
    """With `count` empty bars before the one of that index, in its metre and tempo; at the end after the last."""
    if count < 1:
        raise RequestError("At least one bar is put in.")
    if bar >= len(song.bars):
        return with_length(song, len(song.bars) + count)
    start, end = _ticks(song, bar, bar)
    gap = [Piece(start, end, silent=True)] * count
    return spliced(song, [*_pieces((0, start)), *gap, *_pieces((start, _end(song)))])


def delete_bars(song: Song, first: int, last: int) -> Song:
    """Without these bars, counted from 0, both included."""
    start, end = _ticks(song, first, last)
    return spliced(song, _pieces((0, start), (end, _end(song))))


def repeat_bars(song: Song, first: int, last: int) -> Song:
    """With these bars played once more after themselves."""
    start, end = _ticks(song, first, last)
    return spliced(song, _pieces((0, end), (start, end), (end, _end(song))))


def move_bars(song: Song, first: int, last: int, to: int) -> Song:
    """With these bars before the bar of index `to` as counted now; its number of bars puts them at the end."""
    start, end = _ticks(song, first, last)
    if first <= to <= last + 1:
        return song
    target = _end(song) if to >= len(song.bars) else _ticks(song, to, to)[0]
    if target < start:
        return spliced(song, _pieces((0, target), (start, end), (target, start), (end, _end(song))))
    return spliced(song, _pieces((0, start), (end, target), (start, end), (target, _end(song))))


def add_section(song: Song, bar: int, name: str) -> Song:
    """With a section that begins at the bar of that index and takes the rest of the one it stands in."""
    tick = _ticks(song, bar, bar)[0]
    sections = {section.tick: section for section in song.sections} | {tick: Section(tick, _named(name))}
    return replace(song, sections=tuple(sections[at] for at in sorted(sections)))


def rename_section(song: Song, section: int, name: str) -> Song:
    _section(song, section)
    return replace(
        song,
        sections=tuple(
            replace(each, name=_named(name)) if index == section else each for index, each in enumerate(song.sections)
        ),
    )


def remove_section(song: Song, section: int) -> Song:
    """Without this division: its bars stay and belong to the section before."""
    _section(song, section)
    return replace(song, sections=(*song.sections[:section], *song.sections[section + 1 :]))


def delete_section(song: Song, section: int) -> Song:
    """Without this section and all that is in it."""
    return delete_bars(song, *section_bars(song, section))


def repeat_section(song: Song, section: int) -> Song:
    """With this section once more after itself."""
    return repeat_bars(song, *section_bars(song, section))


def move_section(song: Song, section: int, to: int) -> Song:
    """With this section at place `to` of the order of sections."""
    first, last = section_bars(song, section)
    to = max(0, min(to, len(song.sections) - 1))
    if to == section:
        return song
    beside_first, beside_last = section_bars(song, to)
    return move_bars(song, first, last, beside_first if to < section else beside_last + 1)


def section_bars(song: Song, section: int) -> tuple[int, int]:
    """First and last bar of a section, counted from 0.  Raises RequestError where it has none."""
    start = _section(song, section).tick
    after = song.sections[section + 1].tick if section + 1 < len(song.sections) else song.length
    first, last = song.meters.bar_at(start), song.meters.bar_at(max(start, after - 1))
    if start >= song.length:
        raise RequestError("This section lies beyond the end of the song.")
    return first, last


def set_meter(song: Song, bar: int, meter: Meter) -> Song:
    """With this metre from that bar on, up to the next change.  Notes stay at their time; bar lines move.

    A song grows to whole bars of the new metre.
    """
    tick = song.meters.bar_start(bar)
    changes = {change.tick: change for change in song.meters.changes} | {tick: MeterChange(tick, meter)}
    meters = MeterMap(tuple(changes[at] for at in sorted(changes)))
    length = meters.bar_start(meters.bar_at(song.length - 1) + 1) if song.length else 0
    return replace(song, meters=meters, length=length)


def with_length(song: Song, bars: int) -> Song:
    """With so many bars: empty ones at the end, or without those beyond."""
    if bars < 1:
        raise RequestError("A song has at least one bar.")
    if bars < len(song.bars):
        return delete_bars(song, bars, len(song.bars) - 1)
    return replace(song, length=song.meters.bar_start(bars))


def _ticks(song: Song, first: int, last: int) -> tuple[int, int]:
    """Where bars begin and end.  Raises RequestError for bars that are not in the song."""
    if not 0 <= first <= last < len(song.bars):
        raise RequestError(f"Bars {first + 1}-{last + 1} are not all in the song, which has {len(song.bars)} bars.")
    return song.bars[first].start, song.bars[last].end


def _end(song: Song) -> int:
    return song.bars[-1].end if song.bars else 0


def _pieces(*spans: tuple[int, int]) -> list[Piece]:
    return [Piece(start, end) for start, end in spans if end > start]


def _section(song: Song, section: int) -> Section:
    if not 0 <= section < len(song.sections):
        raise RequestError("That section is not in the song any more.")
    return song.sections[section]


def _named(name: str) -> str:
    if not name.strip():
        raise RequestError("A section needs a name.")
    return name.strip()
