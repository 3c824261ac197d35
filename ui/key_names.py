"""Keys as they are written in the language of the window; the names of notes are the international ones everywhere."""

from __future__ import annotations

from cocomposer.music import Key
from cocomposer.music.key import Mode

from .phrases import said

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def key_name(key: Key) -> str:
    """ "F# minor" in English, "F#-Moll" in German."""
    return said(str(key))


def key_names() -> tuple[str, ...]:
    """The major and minor keys, to choose from."""
    return tuple(key_name(Key.parse(f"{tonic} {mode}")) for mode in (Mode.MAJOR, Mode.MINOR) for tonic in TONICS)


def key_named(text: str) -> Key:
    """The key that is written so, in the language of the window or in English.  Raises MusicError for anything else."""
    wanted = text.strip().casefold()
    for mode in Mode:
        for tonic in TONICS:
            key = Key.parse(f"{tonic} {mode}")
            if key_name(key).casefold() == wanted:
                return key
    return Key.parse(text)
