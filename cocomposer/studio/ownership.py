"""Is this music the artist's own?  Signs in a file that it may be somebody else's.

Nothing here can know; whoever learns from a file with such a sign is asked first.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from cocomposer.errors import RequestError
from cocomposer.formats.midi_notices import notices
from cocomposer.music import Song
from cocomposer.resources import assets_folder


class OwnershipError(RequestError):
    """Somebody has to confirm first that this music may be used."""


_FAMOUS = (
    "albeniz", "bach", "bartok", "beatles", "beethoven", "brahms", "chopin", "coldplay", "debussy", "dvorak", "eagles",
    "elgar", "gershwin", "grieg", "handel", "haydn", "joplin", "liszt", "madonna", "mahler", "mendelssohn", "metallica",
    "mozart", "mussorgsky", "nirvana", "pachelbel", "prokofiev", "puccini", "purcell", "rachmaninoff", "ravel",
    "rossini", "satie", "scarlatti", "schubert", "schumann", "scriabin", "shostakovich", "sibelius", "strauss",
    "stravinsky", "tchaikovsky", "telemann", "verdi", "vivaldi", "wagner", "zeppelin",
)  # fmt: skip
_CATALOGUE = re.compile(r"(?<![a-z])(?:bwv|kv|hwv|rv|d|op|lc)[ _.]{0,2}\d{1,8}(?!\d)", re.IGNORECASE)
_SURNAME_FIRST = re.compile(r"^[^\W\d_]{2,},[ _][^\W\d_]{2,}")
_DATA_SETS = re.compile(r"track\d{5}|pop909|lakh|maestro|slakh|[0-9a-f]{32}", re.IGNORECASE)
_CREDIT = re.compile(
    r"©|\(c\)|copyright|all rights reserved|(?:sequenced|transcribed|words and music) by", re.IGNORECASE
)


def doubts(path: Path, data: bytes, song: Song, artist: str = "") -> tuple[str, ...]:
    """Why the file at `path` with these bytes may not be music of `artist`, in words that follow its name; none is no
    proof.  What names the artist is no reason for doubt."""
    found = []
    stem = path.stem
    if hashlib.sha256(data).hexdigest() in _shipped():
        found.append("is a sketch that comes with Cocomposer")
    if not _names(stem, artist):
        words = set(re.findall(r"[a-z]+", stem.casefold()))
        if names := sorted(words.intersection(_FAMOUS)):
            found.append(f"is named after {names[0].title()}")
        elif _SURNAME_FIRST.match(stem):
            found.append(f"is filed under a composer's name, {stem.split('_')[0].rstrip(',')}")
        if _CATALOGUE.search(stem):
            found.append("has a number of a catalogue of works")
        if _DATA_SETS.search(stem):
            found.append("is named as in a collection for research")
    told = (
        *notices(data),
        *(text for text in (song.title, *(part.name for part in song.parts)) if _CREDIT.search(text)),
    )
    found += [f"says {text[:80]!r}" for text in dict.fromkeys(told) if not _names(text, artist)]
    return tuple(found)


def _names(text: str, artist: str) -> bool:
    return bool(artist.strip()) and artist.strip().casefold() in text.replace("_", " ").casefold()


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    """SHA-256 of the sketches that come with the program."""
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in (assets_folder() / "sketches").iterdir())
