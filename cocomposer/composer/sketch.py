"""Understanding a sketch: which part is the tune, which key, which chords, which form.

Whatever the artist wrote down is taken as written, and only what is missing is inferred; but for the C major that
DAWs write into every file.
"""

from __future__ import annotations

from dataclasses import replace

from cocomposer.errors import RequestError
from cocomposer.music import Author, Key, KeyChange, Origin, Part, Role, Song
from cocomposer.music.analysis.chords import find_chords
from cocomposer.music.analysis.form import find_sections
from cocomposer.music.analysis.harmonise import harmonise
from cocomposer.music.analysis.keys import find_keys
from cocomposer.music.analysis.melody import chord_share, find_melody, is_chord_track, mean_pitch, melody_line
from cocomposer.music.analysis.roles import guess_roles
from cocomposer.music.authorship import written_by

AHEAD = 60
"""Ticks by which human timing and strums may reach before the bar line they belong to."""
HARMONISED = Origin(Author.STYLE, "harmonisation", detail="chords found for a tune that had none")
POLYPHONIC = 0.25
"""Share of attacks with more than one note from which a part is more than a single line."""


def understand(song: Song) -> Song:
    """The same song with one MELODY part at most, and key, chords and sections filled in where they were missing.

    Chords come from the written symbols, else from the other parts, else from the tune itself.
    Raises RequestError where there is neither a pitched note nor a chord.
    """
    if all(change.chord.is_silent for change in song.chords):
        if not any(part.notes for part in song.parts):
            raise RequestError("This sketch is empty: write a melody, some chords, or both.")
        if all(part.is_drums for part in song.parts if part.notes):
            raise RequestError("This sketch has only drums: add a melody or some chords for the band to follow.")
    song = with_tune(song)
    tune = song.part_of_role(Role.MELODY)
    chords = song.chords or find_chords(song, _harmonic_parts(song))
    keys = find_keys(song, chords)
    if song.keys and not _looks_unset(song, keys):
        keys = song.keys
    song = replace(song, keys=keys, chords=chords)
    if not chords and tune is not None:
        found = harmonise(song, melody_line(tune), keys[0].key)
        song = replace(song, chords=written_by(HARMONISED, found))
    if not song.sections:
        melody = melody_line(tune) if tune is not None else ()
        song = replace(song, sections=find_sections(song, melody, song.chords))
    return song


def joined_staves(song: Song) -> Song:
    """The song with the staves of one player (same name and program, more than one part) in one part."""
    if len({(part.name, part.program) for part in song.parts}) == len(song.parts):
        return song
    staves: dict[tuple[str, int, bool], list[Part]] = {}
    for part in song.parts:
        piano = part.program < 8 and not part.is_drums
        staves.setdefault((part.name, part.program if piano else len(staves) + 200, piano), []).append(part)
    parts = tuple(
        replace(parts[0], notes=tuple(note for part in parts for note in part.notes)) for parts in staves.values()
    )
    return replace(song, parts=parts)


def with_tune(song: Song) -> Song:
    """Mark the tune, and take away the role from any other part that claims it.

    Where no part is plainly the tune, it is the highest line of those that are more than chords or a bass: a pianist's
    right hand above the left.
    """
    song = guess_roles(song)
    index = find_melody(song)
    if index is None:
        lines = [
            (mean_pitch(melody_line(part)), place)
            for place, part in enumerate(song.parts)
            if part.notes and part.role not in (Role.DRUMS, Role.BASS) and not is_chord_track(part)
        ]
        index = max(lines)[1] if lines else None
    parts = []
    for place, part in enumerate(song.parts):
        if place == index:
            parts.append(replace(part, role=Role.MELODY))
        elif part.role is Role.MELODY:
            parts.append(replace(part, role=Role.OTHER))
        else:
            parts.append(part)
    return replace(song, parts=tuple(parts))


def _harmonic_parts(song: Song) -> list[Part]:
    """The parts that chords can be heard in: those beside the tune, or a tune that has its own chords under it."""
    tune = song.part_of_role(Role.MELODY)
    others = [part for part in song.parts if part is not tune and not part.is_drums and part.notes]
    return others or [part for part in (tune,) if part is not None and chord_share(part) > POLYPHONIC]


def chords_are_played(sketch: Song) -> bool:
    """Are there notes in the sketch that its chords, not written as symbols, can be heard in?"""
    return bool(_harmonic_parts(with_tune(sketch)))


def has_plain_tune(song: Song) -> bool:
    """Is there a part that is plainly the tune: not merely the highest of some lines, nor said to do something else?"""
    index = find_melody(guess_roles(song))
    return index is not None and song.parts[index].role in (Role.MELODY, Role.OTHER)


def kept_parts(song: Song, first: int, last: int) -> tuple[Part, ...]:
    """The artist's own parts that stay beside the tune where a band plays between ticks `first` and `last`: of block
    chords, which the band plays in its own way, what lies outside."""
    parts = []
    for part in song.parts:
        if part.role is not Role.MELODY and part.notes:
            chordal = not part.is_drums and is_chord_track(part)
            parts.append(outside(part, first, last) if chordal else part)
    return tuple(part for part in parts if part.notes)


def around(song: Song, first: int, last: int) -> tuple[Part, ...]:
    """What the parts beside the tune play outside [first, last), where another band plays."""
    parts = (outside(part, first, last) for part in song.parts if part.role is not Role.MELODY)
    return tuple(part for part in parts if part.notes)


def outside(part: Part, first: int, last: int) -> Part:
    """The part without the notes meant to begin in [first, last), and with none sounding into it.

    A player who is a little early on the first beat means it all the same, and one early at the end means the next.
    """
    notes = tuple(
        replace(note, duration=min(note.end, first) - note.start) if note.start < first else note
        for note in part.notes
        if not first <= note.start + AHEAD < last
    )
    return replace(part, notes=notes)


def _looks_unset(song: Song, heard: tuple[KeyChange, ...]) -> bool:
    """Is the key only what a DAW writes when nobody chose one: C major, while the notes are clearly elsewhere?

    Who writes chord symbols has chosen the key as well.
    """
    return not song.chords and song.keys == (KeyChange(0, Key()),) and heard[0].key.sharps != 0
