"""Keys and scales."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cocomposer.errors import MusicError

SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class Mode(StrEnum):
    """The seven diatonic modes; major is Ionian and minor Aeolian."""

    MAJOR = "major"
    MINOR = "minor"
    DORIAN = "dorian"
    PHRYGIAN = "phrygian"
    LYDIAN = "lydian"
    MIXOLYDIAN = "mixolydian"
    LOCRIAN = "locrian"

    @property
    def scale(self) -> tuple[int, ...]:
        """Semitones above the tonic, ascending, seven of them."""
        return _SCALES[self]

    @property
    def is_minor(self) -> bool:
        """True where the third above the tonic is minor."""
        return 3 in self.scale


_SCALES = {
    Mode.MAJOR: (0, 2, 4, 5, 7, 9, 11),
    Mode.MINOR: (0, 2, 3, 5, 7, 8, 10),
    Mode.DORIAN: (0, 2, 3, 5, 7, 9, 10),
    Mode.PHRYGIAN: (0, 1, 3, 5, 7, 8, 10),
    Mode.LYDIAN: (0, 2, 4, 6, 7, 9, 11),
    Mode.MIXOLYDIAN: (0, 2, 4, 5, 7, 9, 10),
    Mode.LOCRIAN: (0, 1, 3, 5, 6, 8, 10),
}
# Semitones from a mode's tonic up to the tonic of the major key with the same notes.
_TO_RELATIVE_MAJOR = {
    Mode.MAJOR: 0, Mode.DORIAN: 10, Mode.PHRYGIAN: 8, Mode.LYDIAN: 7,
    Mode.MIXOLYDIAN: 5, Mode.MINOR: 3, Mode.LOCRIAN: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A tonic (pitch class, C = 0) and a mode."""

    tonic: int = 0
    mode: Mode = Mode.MAJOR

    def __post_init__(self) -> None:
        if not 0 <= self.tonic <= 11:
            raise MusicError(f"A tonic is a pitch class from 0 to 11, not {self.tonic}.")

    def __str__(self) -> str:
        return f"{self.tonic_name} {self.mode}"

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes of the key, from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in self.mode.scale)

    @property
    def relative_major(self) -> int:
        """Pitch class of the tonic of the major key with the same notes."""
        return (self.tonic + _TO_RELATIVE_MAJOR[self.mode]) % 12

    @property
    def sharps(self) -> int:
        """Sharps in the key signature, negative for flats: -5 (Db) .. 6 (F# major), -6 where the mode is minor (Eb)."""
        fifths = self.relative_major * 7 % 12
        return fifths - 12 if fifths > 6 or (fifths == 6 and self.mode.is_minor) else fifths

    @property
    def tonic_name(self) -> str:
        return self.name_of(self.tonic)

    def name_of(self, pitch_class: int) -> str:
        """Spelling of a pitch class in this key: flats in flat keys, sharps in sharp ones."""
        return (FLAT_NAMES if self.sharps < 0 else SHARP_NAMES)[pitch_class % 12]

    def nearest(self, pitch: int) -> int:
        """The pitch of the key nearest to a MIDI pitch, the lower of two as near; it stays within 0..127."""
        return next(
            each
            for away in range(3)
            for each in (pitch - away, pitch + away)
            if each % 12 in self.scale and 0 <= each <= 127
        )

    def step(self, pitch: int, steps: int) -> int:
        """The pitch that many degrees of the scale above (below where negative), or the last one within 0..127.

        A pitch outside the key moves first to its neighbour in the direction asked for.
        """
        direction = 1 if steps > 0 else -1
        for _ in range(abs(steps)):
            beyond = pitch + direction
            while beyond % 12 not in self.scale:
                beyond += direction
            if not 0 <= beyond <= 127:
                break
            pitch = beyond
        return pitch

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read "C", "Am", "F# minor", "Bb major", "D dorian".  Raises MusicError for anything else."""
        words = text.strip().replace("♯", "#").replace("♭", "b").split()
        if words and words[0][:1].upper() in LETTERS:
            name = words[0][0].upper() + words[0][1:]
            tonic, rest = LETTERS[name[0]], name[1:]
            while rest[:1] in ("#", "b") and rest:
                tonic += 1 if rest[0] == "#" else -1
                rest = rest[1:]
            mode = " ".join([rest, *words[1:]]).strip()
            mode = mode.lower() if len(mode) > 1 else mode
            names = {"": Mode.MAJOR, "M": Mode.MAJOR, "maj": Mode.MAJOR, "ionian": Mode.MAJOR,
                     "m": Mode.MINOR, "min": Mode.MINOR, "-": Mode.MINOR, "aeolian": Mode.MINOR}  # fmt: skip
            names |= {str(each): each for each in Mode}
            if mode in names:
                return cls(tonic % 12, names[mode])
        raise MusicError(f"{text!r} is not a key: write it like C, Am, Bb major, F# minor or D dorian.")
