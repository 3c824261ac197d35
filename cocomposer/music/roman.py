"""Writing chords as roman numerals, the way `chord_symbols.parse_roman` reads them."""

from __future__ import annotations

import re

from cocomposer.errors import MusicError
from cocomposer.music.chord import Chord
from cocomposer.music.chord_symbols import parse_roman
from cocomposer.music.key import Key

_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
_ROOT = re.compile(r"[A-G][#b]*")


def roman(chord: Chord, key: Key) -> str:
    """`chord` as a numeral in `key`, such as "ii7" or "bVII", which reads as the same chord.

    Raises MusicError for what has no numeral: no chord, a chord over another bass.
    """
    quality = _ROOT.sub("", chord.spell(), count=1)
    for sign in ("", "b", "#"):
        for numeral in _NUMERALS:
            small, large = sign + numeral.lower() + re.sub(r"^m(?!aj)", "", quality), sign + numeral + quality
            for text in (small, large) if chord.is_minor else (large, small):
                try:
                    if parse_roman(text, key) == chord:
                        return text
                except MusicError:
                    continue
    raise MusicError(f"{chord} has no roman numeral in {key}.")
