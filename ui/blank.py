"""What a new song is before anything is in it."""

from __future__ import annotations

from cocomposer.music import Key, KeyChange, Part, Role, Section, Song, TempoMap

BARS, BPM = 8, 100.0


def blank_song() -> Song:
    """Eight bars of 4/4 in C major with an empty melody part, ready to be drawn in."""
    song = Song(tempos=TempoMap.constant(BPM))
    length = song.meters.bar_start(BARS)
    return Song(
        length=length,
        tempos=song.tempos,
        keys=(KeyChange(0, Key()),),
        sections=(Section(0, "Verse"),),
        parts=(Part("Melody", Role.MELODY),),
    )
