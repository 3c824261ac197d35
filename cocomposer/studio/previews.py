"""What lets an entry of the catalogue be heard before it is used: a stored preview, or a few bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer import formats
from cocomposer.composer.request import Request
from cocomposer.library.index import Entry as Found
from cocomposer.music import Chord, ChordChange, ChordSpan, Key, KeyChange, Note, Part, Role, Song, TempoMap
from cocomposer.music.general_midi import playable_range
from cocomposer.music.mix import Instrument, InstrumentKind
from cocomposer.music.time import Meter
from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.form_editing import with_length
from cocomposer.studio.progressions import load_progressions, progression_of
from cocomposer.studio.propose import composer_named
from cocomposer.styles import Style

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio
    from cocomposer.studio.presets import Presets

__all__ = ["chords_alone", "first_bars_in_style", "phrase", "preview_of"]

MIDDLE_C, BPM, BARS = 60, 100.0, 8
_PHRASE = ((0, 480), (4, 480), (7, 480), (12, 960), (7, 480), (4, 480), (0, 1440))
"""Semitones above the tonic, and lengths in ticks."""


def preview_of(
    entry: Entry, song: Song, presets: Presets, cancelled: Callable[[], bool] = lambda: False
) -> Song | Audio | None:
    """What `entry` is heard by: the preview that lies beside a preset, else a short song to be played.

    The song is in the key and with the tune of `song` where it has them.  None for what has no sound of its own, such
    as plugins that are effects.  Raises CocomposerError.
    """
    if entry.preset is not None:
        return _of_preset(presets, entry.preset, song, cancelled)
    if entry.kind is Kind.SKETCH:
        return formats.read(Path(entry.id))
    key = song.key_at(0) or Key()
    if entry.kind is Kind.INSTRUMENT:
        return phrase(key, Part("Preview", program=int(entry.id.partition(":")[2])))
    if entry.kind is Kind.PLUGIN and "instrument" in entry.tags:
        return phrase(key, Part("Preview", instrument=Instrument(InstrumentKind.PLUGIN, entry.id)))
    return None


def _of_preset(presets: Presets, found: Found, song: Song, cancelled: Callable[[], bool]) -> Song | Audio | None:
    from cocomposer.library.preset import ProgressionPreset, StylePreset
    from cocomposer.studio.preset_previews import preview_song, read_preview

    stored = presets.preview_file(found)
    if stored is not None:
        return read_preview(stored)
    preset = presets.load(found)
    value = presets.at_hand(preset).value
    if isinstance(preset, StylePreset):
        return first_bars_in_style(value, song, cancelled)
    if isinstance(preset, ProgressionPreset):
        return chords_alone(progression_of(preset).chords(song.key_at(0) or Key(), Meter()), song.tempos)
    return preview_song(preset, value, cancelled)


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


def first_bars_in_style(style: Style, song: Song, cancelled: Callable[[], bool]) -> Song:
    """The first bars of the song as the style plays them; of a plain progression where there is no song yet."""
    if not song.chords and not any(part.notes for part in song.parts):
        spans = load_progressions()[0].chords(Key(), Meter())
        song = Song(length=spans[-1].end, chords=tuple(ChordChange(span.start, span.chord) for span in spans))
    last = min(BARS, len(song.bars)) - 1
    request = Request(with_length(song, last + 1), styles={style.id: style}, style=style.id, count=1)
    return next(iter(composer_named("style", request).propose(request, cancelled))).song
