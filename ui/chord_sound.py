"""A chord that is touched is heard."""

from __future__ import annotations

from PyQt6.QtCore import QTimer

from cocomposer.music import Chord, Role

from .session import Session

HEARD_MS = 700
_VOICES = (Role.KEYS, Role.GUITAR, Role.PAD, Role.ARPEGGIO)
_BASS, _ROOT = 36, 48


def hear_chord(session: Session, chord: Chord) -> None:
    """Sound a chord for a moment, with a part that plays chords where there is one; not while the song plays."""
    player, parts = session.player, session.song.parts
    voices = (index for role in _VOICES for index, part in enumerate(parts) if part.role is role)
    pitched = (index for index, part in enumerate(parts) if not part.is_drums)
    voice = next(voices, next(pitched, None))
    if player is None or session.playing or chord.is_silent or voice is None:
        return
    pitches = [_BASS + chord.bass_pitch_class, *(_ROOT + chord.root + step for step in chord.intervals)]
    for pitch in pitches:
        player.note_on(voice, pitch, 84)

    def hush() -> None:
        for pitch in pitches:
            player.note_off(voice, pitch)

    QTimer.singleShot(HEARD_MS, hush)
