"""MusicXML, plain and compressed (.mxl), read through music21.

Of the two libraries measured on the 451 lead sheets of OpenEWLD, music21 read every file and all 18,094 chord symbols,
and partitura, faster but slower to import, 365 files and 14,278 symbols: so music21 it is.

The written repeats are played out, a pickup bar gets a metre of its own, and chord symbols become the song's chords.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from cocomposer.errors import FormatError
from cocomposer.formats.foreign_errors import reason
from cocomposer.music import Song

if TYPE_CHECKING:
    from music21.stream import Score

NAME = "MusicXML"
SUFFIXES = (".musicxml", ".mxl", ".xml")
MAX_XML_BYTES = 10_000_000
"""Largest score that is read, counted after unpacking."""
_MAX_ENTRIES = 1_000
_CONTAINER = "META-INF/container.xml"
_ENCODINGS = {"iso-8859-1": "latin-1", "latin-1": "latin-1", "windows-1252": "cp1252", "us-ascii": "latin-1"}


# The largest number that each element may hold, with room to spare; elements that are not here do no harm.
_BOUNDS = {
    "beats": 64, "beat-type": 64, "octave": 12, "fifths": 14, "divisions": 1_000_000, "duration": 10_000_000,
    "offset": 10_000_000, "staves": 8, "staff-lines": 64, "multiple-rest": 1_000, "measure-repeat": 64,
    "actual-notes": 1_000, "normal-notes": 1_000, "chromatic": 64, "diatonic": 64, "octave-change": 8,
    "alter": 8, "root-alter": 8, "bass-alter": 8, "degree-alter": 8, "degree-value": 32, "inversion": 16,
    "tuning-octave": 12, "display-octave": 12, "key-octave": 12, "capo": 64, "tremolo": 8,
}  # fmt: skip
_NUMBER = re.compile(r"\d{1,300}(?:\.\d{0,300})?(?:[eE][+-]?\d{1,5})?")


def matches(data: bytes, name: str) -> bool:
    """True for a zip archive or for XML, whatever its encoding, and for files that are called MusicXML."""
    head = data[:4_000].replace(b"\0", b"")
    return (
        head.startswith(b"PK\x03\x04")
        or b"<score-" in head
        or head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<?xml")
        or name.lower().endswith(SUFFIXES)
    )


def read(data: bytes) -> Song:
    """The song in a MusicXML file.

    Raises FormatError for what is no MusicXML, is damaged, defines XML entities, or unpacks to over MAX_XML_BYTES.
    """
    from cocomposer.formats.musicxml_score import song_of

    xml = _unpacked(data) if data.startswith(b"PK\x03\x04") else data
    if len(xml) > MAX_XML_BYTES:
        raise FormatError(f"This score is larger than {MAX_XML_BYTES // 1_000_000} MB, which is more than is read.")
    return song_of(_score(_text(xml)))


def _unpacked(data: bytes) -> bytes:
    """The score inside an .mxl archive: the one its container names, else the first XML file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > _MAX_ENTRIES:
                raise FormatError("This archive holds too many files for a score: it is refused.")
            name = _named_by_container(archive) if _CONTAINER in names else None
            if name not in names:
                scores = [each for each in names if each.lower().endswith((".xml", ".musicxml")) and each != _CONTAINER]
                name = scores[0] if scores else None
            if name is None:
                raise FormatError("This archive holds no MusicXML score.")
            return _entry(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise FormatError("This compressed MusicXML file is damaged and cannot be unpacked.") from error


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """One file of the archive, never more than is allowed, whatever size the archive claims."""
    with archive.open(name) as file:
        data = file.read(MAX_XML_BYTES + 1)
    if len(data) > MAX_XML_BYTES:
        raise FormatError(f"This score unpacks to over {MAX_XML_BYTES // 1_000_000} MB, which is more than is read.")
    return data


def _named_by_container(archive: zipfile.ZipFile) -> str | None:
    """The first score that the container lists.

    A container that is no clean XML is common (apostrophes in titles), so its path is looked for, not parsed.
    """
    match = re.search(rb'full-path\s*=\s*"([^"]+)"', _entry(archive, _CONTAINER)[:100_000])
    return match[1].decode("utf-8", "replace") if match else None


def _text(xml: bytes) -> str:
    """The XML as text, in the encoding it declares where that is a usual one, once it is known to hold no traps."""
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        declared = re.match(rb"""[^>]{0,200}encoding=["']([A-Za-z0-9-]{1,20})["']""", xml)
        name = declared[1].decode("ascii").lower() if declared else ""
        encoding = _ENCODINGS.get(name, "utf-8-sig")
    try:
        text = xml.decode(encoding)
    except UnicodeError:
        text = xml.decode("latin-1")
    if "<!ENTITY" in text:
        raise FormatError("This score defines XML entities, which no notation program writes: it is refused.")
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)


def _score(text: str) -> Score:
    """music21's score.  Its importer is called with text, since its converter guesses, caches and touches the disk."""
    from music21.musicxml.xmlObjects import MusicXMLWarning
    from music21.musicxml.xmlToM21 import MusicXMLImporter

    if "<score-timewise" in text[:4_000]:
        raise FormatError("This score is in MusicXML's rare timewise form: save it as partwise in a notation program.")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise FormatError(f"This file is not sound XML: {error}.") from error
    if root.tag != "score-partwise":
        raise FormatError("This XML file is not a MusicXML score.")
    _check_numbers(root)
    importer = MusicXMLImporter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MusicXMLWarning)
            importer.xmlRootToScore(root, importer.stream)
    except Exception as error:  # music21 raises whatever its parsing trips over
        raise FormatError(f"This MusicXML score is damaged: {reason(error)}.") from error
    return importer.stream


def _check_numbers(root: ElementTree.Element) -> None:
    """Refuse numbers that no score has: music21 would build a bar of a thousand million beats if asked to."""
    for element in root.iter():
        bound = _BOUNDS.get(element.tag)
        numbers = _NUMBER.findall(element.text) if bound is not None and element.text else []
        times = element.get("times")
        if any(float(number) > (bound or 0) for number in numbers) or (times and not re.fullmatch(r"\d{1,2}", times)):
            raise FormatError(f"This MusicXML score is damaged: it has an impossible number in <{element.tag}>.")
