"""A few bars that let an entry of the catalogue be heard before it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from cocomposer import formats
from cocomposer.composer.request import Request
from cocomposer.music import Chord, ChordChange, ChordSpan, Key, KeyChange, Note, Part, Role, Song, TempoMap
from cocomposer.music.general_midi import playable_range
from cocomposer.music.mix import Instrument, InstrumentKind
from cocomposer.music.time import Meter
from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.form_editing import with_length
from cocomposer.studio.progressions import load_progressions
from cocomposer.studio.propose import composer_named

__all__ = ["chords_alone", "first_bars_in_style", "phrase", "preview_of"]

MIDDLE_C, BPM, BARS = 60, 100.0, 8
_PHRASE = ((0, 480), (4, 480), (7, 480), (12, 960), (7, 480), (4, 480), (0, 1440))
"""Semitones above the tonic, and lengths in ticks."""


def preview_of(entry: Entry, song: Song, cancelled: Callable[[], bool] = lambda: False) -> Song | None:
    """A short song to hear `entry` by, in the key and with the tune of `song` where it has them.

    None for what has no sound of its own: racks, and plugins that are effects.  Raises CocomposerError.
    """
    key = song.key_at(0) or Key()
    if entry.kind is Kind.SKETCH:
        return formats.read(Path(entry.id))
    if entry.kind is Kind.PROGRESSION:
        return _chords(entry.id, key, song)
    if entry.kind is Kind.STYLE:
        return first_bars_in_style(entry.id, song, cancelled)
    if entry.kind is Kind.INSTRUMENT:
        kind, _, name = entry.id.partition(":")
        if kind == "program":
            return phrase(key, Part("Preview", program=int(name)))
        return phrase(key, Part("Preview", instrument=Instrument(InstrumentKind.BUILT_IN, name)))
    if entry.kind is Kind.PLUGIN and "instrument" in entry.tags:
        return phrase(key, Part("Preview", instrument=Instrument(InstrumentKind.PLUGIN, entry.id)))
    return None


def phrase(key: Key, part: Part) -> Song:
    """A broken chord up and down, in the middle of what the instrument reaches."""
    low, high = playable_range(part.program)
    octaves = range(low - low % 12 + key.tonic, high, 12)
    tonic = min((pitch for pitch in octaves if pitch >= low), key=lambda pitch: abs(pitch + 6 - (low + high) // 2))
    notes, tick = [], 0
    for step, length in _PHRASE:
        notes.append(Note(tick, min(127, tonic + step), length, 88))
        tick += length
    return Song(
        length=tick,
        tempos=TempoMap.constant(BPM),
        keys=(KeyChange(0, key),),
        parts=(replace(part, notes=tuple(notes)),),
    )


def _chords(name: str, key: Key, song: Song) -> Song:
    """A progression in plain chords, at the tempo of the song."""
    found = next(each for each in load_progressions() if each.name == name)
    return chords_alone(found.chords(key, Meter()), song.tempos)


def chords_alone(spans: Sequence[ChordSpan], tempos: TempoMap) -> Song:
    """The chords on a piano, in close position, at the first of these tempos."""
    notes = [Note(span.start, pitch, span.end - span.start, 76) for span in spans for pitch in _close(span.chord)]
    piano = Part("Preview", Role.KEYS, notes=tuple(notes))
    return Song(length=spans[-1].end, tempos=TempoMap(tempos.changes[:1]), parts=(piano,))


def _close(chord: Chord) -> list[int]:
    """A chord in close position below middle C, over its bass."""
    root = MIDDLE_C - 12 + chord.root
    bass = MIDDLE_C - 24 + (chord.root if chord.bass is None else chord.bass)
    return sorted({bass, *(root + interval for interval in chord.intervals)}) if chord.intervals else []


def first_bars_in_style(style: str, song: Song, cancelled: Callable[[], bool]) -> Song:
    """The first bars of the song as the style plays them; of a plain progression where there is no song yet."""
    if not song.chords and not any(part.notes for part in song.parts):
        spans = load_progressions()[0].chords(Key(), Meter())
        song = Song(length=spans[-1].end, chords=tuple(ChordChange(span.start, span.chord) for span in spans))
    last = min(BARS, len(song.bars)) - 1
    request = Request(sketch=with_length(song, last + 1), style=style, count=1)
    return next(iter(composer_named("style", request).propose(request, cancelled))).song
