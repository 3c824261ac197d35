"""Small songs of our own that several tests play with."""

from __future__ import annotations

from dataclasses import replace

from cocomposer.music import (
    ChordChange,
    Key,
    KeyChange,
    Meter,
    MeterChange,
    MeterMap,
    Note,
    Part,
    Role,
    Section,
    Song,
    TempoMap,
)
from cocomposer.music.chord_symbols import parse_chord

CHANGES = "C Am7 Dm7 G7 Em A7 Dm/F G7sus4 F Fm6 C/E A7 Dm7 G7 C C"


def lead_sheet(meter: str = "4/4", changes: str = CHANGES, bpm: float = 104, melody: bool = True) -> Song:
    """A tune of 16 bars (one chord a bar) in two sections A and B, with long rests in every fourth bar."""
    numerator, denominator = (int(figure) for figure in meter.split("/"))
    signature = Meter(numerator, denominator)
    size = signature.ticks_per_bar
    chords = [parse_chord(symbol) for symbol in changes.split()]
    notes = []
    for bar, chord in enumerate(chords):
        if chord.is_silent:
            continue
        tones = sorted(chord.pitch_classes)
        starts = signature.beat_starts
        for index, start in enumerate(starts[:1] if bar % 4 == 3 else starts):
            pitch = 72 + (tones[(bar + index) % len(tones)] - 72) % 12
            notes.append(Note(bar * size + start, pitch, signature.beats[index] - 20, 90))
            if index % 2 and bar % 2 == 0:
                half = signature.beats[index] // 2
                notes[-1] = Note(bar * size + start, pitch, half, 90)
                notes.append(Note(bar * size + start + half, pitch + 2, half, 84))
    parts = (Part("Tune", Role.MELODY, 73, tuple(notes)),) if melody else ()
    return Song(
        title="Test piece",
        length=len(chords) * size,
        meters=MeterMap((MeterChange(0, signature),)),
        tempos=TempoMap.constant(bpm),
        keys=(KeyChange(0, Key()),),
        chords=tuple(ChordChange(bar * size, chord) for bar, chord in enumerate(chords)),
        sections=(Section(0, "A"), Section(8 * size, "B")) if len(chords) > 8 else (Section(0, "A"),),
        parts=parts,
    )


_LOOPS = ("C Am F G", "F C G Am", "Dm G C C", "Am F C G")


def band_song(number: int = 0) -> Song:
    """A tune over four chords that return, with a bass on the root and a drummer who never changes his mind."""
    song = lead_sheet(changes=" ".join([_LOOPS[number % 4]] * 4))
    bass = [
        Note(span.start + beat * 480, 36 + span.chord.root, 420, 96) for span in song.chord_spans for beat in range(4)
    ]
    drums = [
        Note(bar * 1920 + eighth * 240, pitch, 60, 104 if pitch == 42 else 112)
        for bar in range(16)
        for eighth in range(8)
        for pitch in (42, *((36,) if eighth % 4 == 0 else (38,) if eighth % 4 == 2 else ()))
    ]
    band = (Part("Bass", Role.BASS, 33, tuple(bass)), Part("Drums", Role.DRUMS, 0, tuple(drums)))
    return replace(song, parts=(*song.parts, *band))
