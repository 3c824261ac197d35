"""Chords: the value and what it sounds like.  Reading chord symbols is in `chord_symbols`."""

from __future__ import annotations

from dataclasses import dataclass

from cocomposer.errors import MusicError
from cocomposer.music.key import FLAT_NAMES, SHARP_NAMES


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord as a musician means it.

    `root` and `bass` are pitch classes (C = 0); a bass of None means the root.
    `intervals` are semitones above the root in the order of their names: third (or suspended fourth or
    second), fifth, sixth or seventh, then ninth (13..15), eleventh (17, 18), thirteenth (20, 21); the root
    itself, 0, is the first.  Tensions keep their octave, so that a voicing can tell a ninth from a second.
    `symbol` is how the artist wrote it and takes no part in comparison.
    The chord of silence, N.C., has no intervals.
    """

    root: int
    intervals: tuple[int, ...]
    bass: int | None = None
    symbol: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.root <= 11 or not (self.bass is None or 0 <= self.bass <= 11):
            raise MusicError("Root and bass of a chord are pitch classes from 0 to 11.")
        if self.intervals and (self.intervals[0] != 0 or not all(0 <= each <= 21 for each in self.intervals)):
            raise MusicError("The intervals of a chord begin with 0 and lie below two octaves.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Chord):
            return NotImplemented
        return (self.root, self.intervals, self.bass_pitch_class) == (
            other.root, other.intervals, other.bass_pitch_class)  # fmt: skip

    def __hash__(self) -> int:
        return hash((self.root, self.intervals, self.bass_pitch_class))

    def __str__(self) -> str:
        return self.symbol or self.spell()

    @property
    def is_silent(self) -> bool:
        """True for N.C. (no chord)."""
        return not self.intervals

    @property
    def bass_pitch_class(self) -> int:
        return self.root if self.bass is None else self.bass

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Every pitch class that sounds, the bass included."""
        if self.is_silent:
            return frozenset()
        return frozenset((self.root + step) % 12 for step in self.intervals) | {self.bass_pitch_class}

    def interval(self, *choices: int) -> int | None:
        """The first of `choices` (semitones above the root) that the chord has."""
        return next((choice for choice in choices if choice in self.intervals), None)

    @property
    def third(self) -> int | None:
        """Major or minor third above the root, else the suspended fourth or second, else None."""
        return self.interval(4, 3, 5, 2)

    @property
    def fifth(self) -> int | None:
        return self.interval(7, 6, 8)

    @property
    def seventh(self) -> int | None:
        """The seventh, or the sixth that stands in its place.  9 counts as a diminished seventh too."""
        return self.interval(10, 11, 9)

    @property
    def tensions(self) -> tuple[int, ...]:
        """Ninths, elevenths and thirteenths."""
        return tuple(step for step in self.intervals if step > 12)

    @property
    def is_minor(self) -> bool:
        return 3 in self.intervals and 4 not in self.intervals

    @property
    def is_dominant(self) -> bool:
        """True where a major third meets a minor seventh: the chord pulls a fifth down."""
        return 4 in self.intervals and 10 in self.intervals

    def transpose(self, semitones: int) -> Chord:
        bass = None if self.bass is None else (self.bass + semitones) % 12
        return Chord((self.root + semitones) % 12, self.intervals, bass)

    def spell(self, flats: bool | None = None) -> str:
        """A symbol for the chord: flats or sharps as asked, by default flats for the usual flat roots."""
        if self.is_silent:
            return "N.C."
        if flats is None:
            flats = self.root in (1, 3, 5, 8, 10)
        names = FLAT_NAMES if flats else SHARP_NAMES
        slash = f"/{names[self.bass]}" if self.bass is not None and self.bass != self.root else ""
        return names[self.root] + quality_symbol(self.intervals) + slash


NO_CHORD = Chord(0, (), symbol="N.C.")

# Symbol after the root for each chord without tensions.
_PLAIN = {
    (0,): "(root)", (0, 7): "5", (0, 4, 7): "", (0, 3, 7): "m", (0, 3, 6): "dim", (0, 4, 8): "aug",
    (0, 5, 7): "sus4", (0, 2, 7): "sus2", (0, 4, 7, 9): "6", (0, 3, 7, 9): "m6", (0, 4, 7, 10): "7",
    (0, 4, 7, 11): "maj7", (0, 3, 7, 10): "m7", (0, 3, 7, 11): "mMaj7", (0, 3, 6, 10): "m7b5",
    (0, 3, 6, 9): "dim7", (0, 3, 6, 11): "dimMaj7", (0, 4, 8, 10): "aug7", (0, 4, 8, 11): "augMaj7",
    (0, 5, 7, 10): "7sus4", (0, 5, 7, 11): "maj7sus4", (0, 2, 7, 10): "7sus2", (0, 4, 6, 10): "7b5", (0, 4, 6, 11): "maj7b5",
    (0, 4, 6): "(b5)", (0, 3, 8): "m(#5)", (0, 5, 8): "sus4(#5)", (0, 3, 8, 10): "m7#5", (0, 5, 6, 10): "7b5sus4",
    (0, 4): "(no5)", (0, 3): "m(no5)", (0, 4, 10): "7(no5)", (0, 3, 10): "m7(no5)", (0, 4, 11): "maj7(no5)",
    (0, 5, 7, 9): "6sus4", (0, 2, 5, 7): "sus2sus4",
}  # fmt: skip
_TENSION_NAMES = {13: "b9", 14: "9", 15: "#9", 17: "11", 18: "#11", 20: "b13", 21: "13"}


def quality_symbol(intervals: tuple[int, ...]) -> str:
    """What stands after the root: "", "m7", "maj7(9)", "7(b9,b13)".  `chord_symbols.parse` reads it back."""
    plain = tuple(step for step in intervals if step <= 12)
    tensions = [_TENSION_NAMES.get(step, f"add{step}") for step in intervals if step > 12]
    stem = _PLAIN.get(plain)
    if stem is None:
        stem = "(" + ",".join(f"+{step}" for step in plain) + ")"
    if not tensions:
        return stem
    has_seventh = any(step in plain for step in (9, 10, 11))
    joined = ",".join(tensions if has_seventh else [f"add{each}" for each in tensions])
    return f"{stem}({joined})"
