"""What a Standard MIDI File can say of a song: the canonical form on which reading and writing agree.

Shared by `midi_reader` and `midi_writer`, which are two halves of one format: `read(write(song)) == canonical(song)`.
"""

from __future__ import annotations

from dataclasses import replace

from cocomposer.errors import FormatError, MusicError
from cocomposer.music import Chord, Part, Song
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.music.song import MAX_TICKS, without_overlaps

DRUM_CHANNEL = 9
"""General MIDI channel 10, counted from 0."""
PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
VOLUME, PAN = 7, 10
MARK = b"\x7dcocomposer "
"""How our own files begin sequencer-specific events, which no program shows: the manufacturer number that the standard
leaves for non-commercial use, and our name.  What MIDI has no word for follows: a part's role, a modal key, who wrote
what."""
ROLE_MARK, KEY_MARK, AUTHORS_MARK = "role=", "key=", "authors="


def canonical(song: Song) -> Song:
    """The song as a MIDI file can hold it.

    Titles and names lose outer space and unpaired surrogates; notes of one pitch in one part no longer overlap;
    events of a part are in order of time, controllers and bends outside MIDI's range are left out; and the song is at
    least as long as everything in it.  A song that already obeys this comes back equal.
    Raises FormatError when a note ends beyond the longest song the program handles.
    """
    parts = tuple(_canonical_part(part) for part in song.parts)
    length = max(song.length, last_tick(replace(song, parts=parts)))
    if length > MAX_TICKS:
        raise FormatError("The song is longer than 4,000 bars of 4/4 and cannot be written as MIDI: shorten it first.")
    return replace(
        song,
        title=clean_name(song.title),
        length=length,
        chords=tuple(replace(change, chord=parse_chord(chord_text(change.chord))) for change in song.chords),
        sections=tuple(replace(section, name=clean_name(section.name)) for section in song.sections),
        parts=parts,
    )


def last_tick(song: Song) -> int:
    """The tick of the last event, or end of a note, in the song, whatever length it claims."""
    ticks = [0]
    for changes in (song.meters.changes, song.tempos.changes, song.keys, song.chords, song.sections):
        ticks += [change.tick for change in changes]
    for part in song.parts:
        ticks.append(part.end)
        for events in (part.controls, part.bends, part.lyrics):
            ticks += [event.tick for event in events]
    return max(ticks)


def _canonical_part(part: Part) -> Part:
    controls = [each for each in part.controls if 0 <= each.number <= 127 and 0 <= each.value <= 127]
    bends = [each for each in part.bends if -8192 <= each.value <= 8191]
    return replace(
        part,
        name=clean_name(part.name),
        notes=without_overlaps(part.notes),
        controls=tuple(sorted(controls, key=lambda each: each.tick)),
        bends=tuple(sorted(bends, key=lambda each: each.tick)),
        lyrics=tuple(
            replace(each, text=writable(each.text)) for each in sorted(part.lyrics, key=lambda each: each.tick)
        ),
    )


def clean_name(text: str) -> str:
    """A title or name without the padding that programs leave around it."""
    return writable(text).strip("\0 \t\r\n\f\v")


def writable(text: str) -> str:
    """The text with whatever UTF-8 cannot hold replaced by question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def chord_text(chord: Chord) -> str:
    """The chord as the artist wrote it where that still reads as the same chord, else our own spelling of it."""
    try:
        if chord.symbol and parse_chord(chord.symbol) == chord:
            return chord.symbol.strip()
    except MusicError:
        pass
    return chord.spell()
