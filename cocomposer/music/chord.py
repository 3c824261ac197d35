"""Chords: the value and what it sounds like.  Reading chord symbols is in `chord_symbols`."""

from __future__ import annotations

from dataclasses import dataclass

from cocomposer.errors import MusicError
from cocomposer.music.key import FLAT_NAMES, LETTERS, SHARP_NAMES


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
        """A symbol for the chord: flats or sharps as asked, by default the usual name of the root (Eb, but C#m)."""
        if self.is_silent:
            return "N.C."
        if flats is None:
            flats = self.root in ((3, 5, 10, 0, 2, 7) if self.is_minor else (1, 3, 5, 8, 10))
        root = (FLAT_NAMES if flats else SHARP_NAMES)[self.root]
        slash = "" if self.bass is None or self.bass == self.root else f"/{_bass_name(root, self.bass, flats)}"
        return root + quality_symbol(self.intervals) + slash


def _bass_name(root: str, bass: int, flats: bool) -> str:
    """The bass by its place above the root: Bb in C/Bb, C# in A/C#; B rather than Cb where that would be odd."""
    above = (bass - LETTERS[root[0]] - root.count("#") + root.count("b")) % 12
    letter = "CDEFGAB"[("CDEFGAB".index(root[0]) + (0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)[above]) % 7]
    names = (FLAT_NAMES[bass], SHARP_NAMES[bass])
    return next((name for name in names if name[0] == letter), names[0] if flats else names[1])


NO_CHORD = Chord(0, (), symbol="N.C.")

ALTERED = (0, 4, 10, 13, 15, 20)
"""What 7alt means here: both altered ninths and the flat thirteenth, which stands for the raised fifth."""

# Chords that have a name of their own; all others are put together from the parts of the name.
_NAMED = {
    (0, 7): "5", (0, 3, 6): "dim", (0, 4, 8): "aug", (0, 3, 6, 9): "dim7", (0, 3, 6, 11): "dim(maj7)",
    ALTERED: "7alt",
}  # fmt: skip
_ALTERED_TENSIONS = {13: "b9", 15: "#9", 18: "#11", 20: "b13"}
_PLAIN_TENSIONS = {14: "9", 17: "11", 21: "13"}
_THIRDS = {(4,): "", (3,): "", (5,): "sus4", (2,): "sus2", (2, 5): "sus24", (): "no3"}
_FIFTHS = {(7,): "", (6,): "b5", (8,): "#5", (6, 8): "b5,#5", (): "no5"}


def quality_symbol(intervals: tuple[int, ...]) -> str:
    """What stands after the root: "", "m7", "maj9", "7(b9,b13)".  `chord_symbols.parse_chord` reads it back.

    Any chord gets a symbol; one that has no name in use lists its intervals, as in "(+0,+1,+6)".
    """
    if intervals in _NAMED:
        return _NAMED[intervals]
    thirds, fifths, sevenths, tensions = (
        tuple(step for step in intervals if low <= step <= high) for low, high in ((2, 5), (6, 8), (9, 11), (12, 21))
    )
    in_order = (0, *thirds, *fifths, *sevenths, *tensions) == intervals and len(set(intervals)) == len(intervals)
    known = {*_ALTERED_TENSIONS, *_PLAIN_TENSIONS}
    if not in_order or thirds not in _THIRDS or fifths not in _FIFTHS or len(sevenths) > 1 or not known >= {*tensions}:
        return "(" + ",".join(f"+{step}" for step in intervals) + ")"
    left = set(tensions)
    stem = "m" * (thirds == (3,)) + _number(sevenths, left, minor=thirds == (3,))
    if thirds not in ((3,), (4,), ()):
        stem += _THIRDS[thirds]
    changes = [each for each in (_FIFTHS[fifths], "" if thirds else "no3") if each]
    for step in sorted(left):
        name = _ALTERED_TENSIONS.get(step) or _PLAIN_TENSIONS[step]
        changes.append(name if sevenths else f"add{name}")
    joined = ",".join(changes)
    attaches = stem[-1:].isdigit() and not stem.endswith(("sus2", "sus4", "sus24"))
    if stem.startswith("mmaj"):
        stem = f"m({stem[1:]})"
    if joined.startswith("add") and "," not in joined and not stem:
        return joined
    if attaches and len(changes) == 1 and joined[0] in "b#":
        return stem + joined
    return f"{stem}({joined})" if joined else stem


def _number(sevenths: tuple[int, ...], tensions: set[int], minor: bool) -> str:
    """The figure of the chord ("7", "maj9", "13", "6/9"); takes the tensions it stands for out of `tensions`."""
    if not sevenths:
        return ""
    if sevenths == (9,):
        if 14 in tensions:
            tensions.discard(14)
            return "6/9"
        return "6"
    prefix = "maj" if sevenths == (11,) else ""
    if 21 in tensions and (14 in tensions or tensions & {13, 15}):
        tensions -= {21, 14} if not tensions & {13, 15} else {21}
        return prefix + "13"
    if 14 in tensions and not tensions & {13, 15}:
        tensions.discard(14)
        if minor and 17 in tensions and 18 not in tensions:
            tensions.discard(17)
            return prefix + "11"
        return prefix + "9"
    return prefix + "7"
