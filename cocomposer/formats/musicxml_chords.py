"""From MusicXML's chord symbols, as music21 reads them, to ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cocomposer.errors import MusicError
from cocomposer.music import NO_CHORD, Chord
from cocomposer.music.chord_symbols import parse_chord

if TYPE_CHECKING:
    from music21.harmony import ChordSymbol
    from music21.pitch import Pitch

# How the kinds of MusicXML 4.0 (kind-value), under music21's names for them, are written after the root.
_KINDS = {
    "major": "", "minor": "m", "augmented": "aug", "diminished": "dim", "power": "5",
    "dominant-seventh": "7", "major-seventh": "maj7", "minor-seventh": "m7", "diminished-seventh": "dim7",
    "augmented-seventh": "aug7", "half-diminished-seventh": "m7b5", "half-diminished": "m7b5",
    "minor-major-seventh": "m(maj7)", "major-minor": "m(maj7)", "augmented-major-seventh": "maj7#5",
    "suspended-second": "sus2",
    "suspended-fourth": "sus4", "suspended-fourth-seventh": "7sus4", "major-sixth": "6", "minor-sixth": "m6",
    "dominant-ninth": "9", "major-ninth": "maj9", "minor-ninth": "m9", "minor-major-ninth": "m(maj9)",
    "augmented-dominant-ninth": "9#5", "augmented-ninth": "9#5", "half-diminished-ninth": "m9b5",
    "diminished-ninth": "dim7(add9)",
    "dominant-11th": "11", "major-11th": "maj11", "minor-11th": "m11",
    "dominant-13th": "13", "major-13th": "maj13", "minor-13th": "m13", "maj69": "6/9",
}  # fmt: skip
_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


def chord_of(symbol: ChordSymbol) -> Chord | None:
    """The chord of a symbol; None where it cannot be told, as for bare function symbols.

    What the score shows above the staff is taken where it reads as a chord and its alterations are in it;
    else the chord is built from the kind and the alterations that the file states for machines.
    """
    kind, shown = symbol.chordKind or "", symbol.chordKindStr or ""
    if kind == "none":
        return NO_CHORD
    root = symbol.root()
    if root is None:
        return None
    bass = symbol.bass()
    slash = "" if bass is None or bass.pitchClass == root.pitchClass else f"/{_name(bass)}"
    degrees = "".join(f"({each})" for each in _degrees(symbol))
    plain = _KINDS.get(kind)
    stated = None if plain is None else _parsed(f"{_name(root)}{plain}{degrees}{slash}")
    if not shown:
        return stated
    seen = _parsed(f"{_name(root)}{shown}{slash}")
    without_degrees = None if plain is None else _parsed(f"{_name(root)}{plain}{slash}")
    if seen is None or (degrees and stated is not None and seen == without_degrees):
        return stated
    return seen


def _degrees(symbol: ChordSymbol) -> list[str]:
    """The added, altered and left-out notes as they are written: add9, b5, no3."""
    words = []
    for each in symbol.chordStepModifications:
        alteration = round(each.interval.semitones) if each.interval is not None else 0
        sign = _SIGNS.get(alteration, "")
        if each.modType == "subtract":
            words.append(f"no{each.degree}")
        elif each.modType == "add" and not sign:
            words.append(f"add{each.degree}")
        else:
            words.append(f"{sign}{each.degree}")
    return words


def _name(pitch: Pitch) -> str:
    alteration = round(pitch.alter)
    return f"{pitch.step}{_SIGNS.get(alteration, '')}"


def _parsed(text: str) -> Chord | None:
    try:
        return parse_chord(text)
    except MusicError:
        return None
