"""Chords that were typed, copied or dragged as text, put into a song at some bar."""

from __future__ import annotations

import re
from dataclasses import replace

from cocomposer.errors import RequestError
from cocomposer.formats import chord_text
from cocomposer.music import Song
from cocomposer.music.song import MAX_TICKS
from cocomposer.studio.chord_editing import going_on

_SAYS_KEY, _SAYS_METER = (
    re.compile(rf"^\s*(?:{words})\s*[:=]", re.MULTILINE | re.IGNORECASE) for words in ("key", "meter|metre|time")
)


def with_chord_text(song: Song, tick: int, text: str) -> Song:
    """The song with the chords of a chord text from `tick` on; behind them sounds what sounded there before.

    Roman numerals are read in the song's key and metre at `tick` unless the text says others.  A song that is too
    short grows by whole bars.  Raises FormatError for text that cannot be read, and RequestError for a song too long.
    """
    heading = ""
    key = song.key_at(tick)
    if key is not None and not _SAYS_KEY.search(text):
        heading += f"key: {key}\n"
    if not _SAYS_METER.search(text):
        heading += f"meter: {song.meters.meter_at(tick)}\n"
    progression = chord_text.read((heading + text).encode())
    end = tick + progression.length
    if end > MAX_TICKS:
        raise RequestError("With these chords the song would be too long: put them nearer to its beginning.")
    changes = {change.tick: change for change in song.chords if not tick <= change.tick < end}
    changes |= {tick + change.tick: replace(change, tick=tick + change.tick) for change in progression.chords}
    if end < song.length:
        changes.setdefault(end, going_on(song, end))
    length = max(song.length, song.meters.bar_start(song.meters.bar_at(end - 1) + 1))
    return replace(song, length=length, chords=tuple(changes[at] for at in sorted(changes)))
