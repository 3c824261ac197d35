"""A song in words and numbers, for people and for programs."""

from __future__ import annotations

from typing import Any

from cocomposer.music import Song
from cocomposer.music.shares import shares

NOTE_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


def describe(song: Song) -> dict[str, Any]:
    """What an artist wants to know of a song, as values that JSON can hold.

    Bars count from 1, times are in seconds, tempi in quarter notes a minute, pitches are MIDI numbers with their
    names beside them (middle C, 60, is C4).
    """
    meters, tempos = song.meters, song.tempos
    lowest = [part.pitch_range for part in song.parts if part.notes and not part.is_drums]
    ranges = [span for span in lowest if span]
    return {
        "title": song.title,
        "bars": len(song.bars),
        "seconds": round(song.seconds, 2),
        "tempo": round(tempos.changes[0].bpm, 2),
        "tempo_changes": [
            {"bar": meters.bar_at(each.tick) + 1, "tempo": round(each.bpm, 2)} for each in tempos.changes[1:]
        ],
        "meter": str(meters.changes[0].meter),
        "meter_changes": [
            {"bar": meters.bar_at(each.tick) + 1, "meter": str(each.meter)} for each in meters.changes[1:]
        ],
        "key": str(song.keys[0].key) if song.keys else None,
        "key_changes": [{"bar": meters.bar_at(each.tick) + 1, "key": str(each.key)} for each in song.keys[1:]],
        "range": _range(min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None,
        "sections": _sections(song),
        "chords": _chords(song),
        "parts": describe_parts(song),
    }


def describe_parts(song: Song) -> list[dict[str, Any]]:
    """Name, role, General MIDI program (from 0), number of notes and range of each part."""
    return [
        {
            "name": part.name,
            "role": str(part.role),
            "program": part.program,
            "notes": len(part.notes),
            "range": _range(*part.pitch_range) if part.pitch_range and not part.is_drums else None,
        }
        for part in song.parts
    ]


def describe_authors(song: Song) -> dict[str, Any]:
    """How many notes are by whom: in the whole song, in each part and in each section."""
    found = shares(song)
    return {
        "whole": dict(found.whole.notes),
        "parts": [{"name": each.name, "notes": dict(each.notes)} for each in found.parts],
        "sections": [{"name": each.name, "notes": dict(each.notes)} for each in found.sections],
    }


def pitch_name(pitch: int) -> str:
    return f"{NOTE_NAMES[pitch % 12]}{pitch // 12 - 1}"


def _range(low: int, high: int) -> dict[str, Any]:
    return {"lowest": low, "highest": high, "names": f"{pitch_name(low)}-{pitch_name(high)}"}


def _sections(song: Song) -> list[dict[str, Any]]:
    starts = [song.meters.bar_at(section.tick) for section in song.sections]
    ends = [*starts[1:], len(song.bars)]
    return [
        {"name": section.name, "first_bar": start + 1, "bars": end - start}
        for section, start, end in zip(song.sections, starts, ends, strict=True)
    ]


def _chords(song: Song) -> list[dict[str, Any]]:
    """One row a bar: the chords that begin in it, with the one that still sounds at the bar line first."""
    rows = []
    spans = song.chord_spans
    index = 0
    for bar in song.bars:
        while index < len(spans) and spans[index].end <= bar.start:
            index += 1
        here = []
        position = index
        while position < len(spans) and spans[position].start < bar.end:
            here.append(str(spans[position].chord))
            position += 1
        rows.append({"bar": bar.index + 1, "chords": here})
    return rows if spans else []
