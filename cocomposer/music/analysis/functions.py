"""The chords a songwriter reaches for in each mode, and how well one follows another.

Costs are in the units of `harmonise`: 0 goes by itself, 1 is heard as a choice, 2 as a surprise.  They follow the usual
account of functional harmony (tonic to subdominant to dominant to tonic; roots that fall by a fifth move most easily)
as found, for example, in D. Kostka and D. Payne, "Tonal Harmony", with popular usage such as V-IV and VII-i allowed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cocomposer.music.key import Mode

TRIAD, MINOR, SEVENTH, HALF_DIMINISHED = (0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 3, 6, 10)


@dataclass(frozen=True)
class Function:
    """One chord of a mode: its roman numeral, the semitones of its root above the tonic, its notes, and its cost.

    `follows` gives the cost of each chord that may come next by numeral; what is not there costs `otherwise`.
    """

    numeral: str
    root: int
    intervals: tuple[int, ...]
    cost: float
    follows: dict[str, float]
    otherwise: float = 1.0

    @property
    def is_tonic(self) -> bool:
        return self.root == 0 and self.numeral in ("I", "i")

    @property
    def is_dominant(self) -> bool:
        """True for the chord that cadences go through: V, in modes without one bVII or v."""
        return self.numeral == "V"


def _applied(numeral: str, root: int, goals: tuple[str, ...], cost: float) -> Function:
    """A dominant seventh borrowed from the key of the chord it leads to; it goes nowhere else."""
    return Function(numeral, root, SEVENTH, cost, dict.fromkeys(goals, -0.35), otherwise=3.0)


_MAJOR = (
    Function("I", 0, TRIAD, 0.12, {"V": 0.1, "IV": 0.1, "vi": 0.1, "iii": 0.35, "ii": 0.3}, 0.5),
    Function("ii", 2, MINOR, 0.15, {"V": -0.3, "iii": 0.5, "IV": 0.65, "I": 0.7, "vi": 0.7}),
    Function("iii", 4, MINOR, 0.35, {"vi": -0.2, "IV": 0.05, "ii": 0.4, "V": 0.9}),
    Function("IV", 5, TRIAD, 0.0, {"V": -0.15, "I": 0.15, "iii": 0.35, "ii": 0.4, "vi": 0.6, "iv": 0.1}),
    Function("V", 7, TRIAD, 0.1, {"I": -0.1, "vi": 0.1, "IV": 0.4, "iii": 0.6, "ii": 0.95}),
    Function("vi", 9, MINOR, 0.12, {"IV": 0.0, "ii": 0.05, "V": 0.2, "iii": 0.3, "I": 0.55}),
    _applied("V/V", 2, ("V",), 0.75),
    _applied("V/vi", 4, ("vi",), 0.8),
    _applied("V/ii", 9, ("ii", "V/V"), 0.8),
    _applied("V/IV", 0, ("IV",), 0.9),
    Function("iv", 5, MINOR, 1.3, {"I": -0.1, "V": 0.3}, 1.5),
    Function("bVII", 10, TRIAD, 1.2, {"IV": 0.0, "I": 0.2, "V": 0.5}, 1.4),
)
_MINOR = (
    Function("i", 0, MINOR, 0.12, {"VI": 0.05, "iv": 0.1, "VII": 0.1, "V": 0.2, "v": 0.35, "III": 0.3}, 0.5),
    Function("iiø", 2, HALF_DIMINISHED, 0.6, {"V": -0.3}, 1.4),
    Function("III", 3, TRIAD, 0.15, {"VI": 0.1, "VII": 0.15, "iv": 0.15, "i": 0.3, "V": 0.4, "v": 0.4}),
    Function("iv", 5, MINOR, 0.05, {"VII": 0.0, "V": -0.05, "v": 0.3, "i": 0.2, "VI": 0.5, "III": 0.6, "iiø": 0.4}),
    Function("v", 7, MINOR, 0.5, {"i": -0.1, "VI": 0.15, "iv": 0.35, "VII": 0.6}),
    Function("V", 7, TRIAD, 0.2, {"i": -0.2, "VI": 0.2, "iv": 0.8}, 1.3),
    Function("VI", 8, TRIAD, 0.05, {"VII": -0.15, "III": 0.2, "iv": 0.3, "V": 0.3, "v": 0.35, "i": 0.4}),
    Function("VII", 10, TRIAD, 0.05, {"i": 0.0, "III": 0.0, "VI": 0.25, "v": 0.4, "iv": 0.7, "V": 0.8}),
    _applied("V/iv", 0, ("iv",), 0.8),
    _applied("V/III", 10, ("III",), 0.7),
)
_DORIAN = (
    Function("i", 0, MINOR, 0.0, {"IV": 0.0, "VII": 0.05, "ii": 0.3, "III": 0.2, "v": 0.25}, 0.5),
    Function("ii", 2, MINOR, 0.5, {"i": 0.2, "v": 0.2, "VII": 0.4, "IV": 0.5}),
    Function("III", 3, TRIAD, 0.3, {"IV": 0.1, "VII": 0.1, "i": 0.3, "ii": 0.4}),
    Function("IV", 5, TRIAD, 0.05, {"i": 0.0, "VII": 0.2, "v": 0.3, "III": 0.3}),
    Function("v", 7, MINOR, 0.35, {"i": -0.1, "IV": 0.2, "VII": 0.3}),
    Function("VII", 10, TRIAD, 0.1, {"i": -0.1, "IV": 0.1, "III": 0.2}),
)
_MIXOLYDIAN = (
    Function("I", 0, TRIAD, 0.0, {"bVII": 0.0, "IV": 0.0, "v": 0.2, "ii": 0.3, "vi": 0.3}, 0.5),
    Function("ii", 2, MINOR, 0.4, {"bVII": 0.2, "I": 0.4, "IV": 0.4, "v": 0.3}),
    Function("IV", 5, TRIAD, 0.05, {"I": -0.1, "bVII": 0.2, "v": 0.4, "ii": 0.4}),
    Function("v", 7, MINOR, 0.35, {"I": 0.0, "bVII": 0.2, "IV": 0.2}),
    Function("vi", 9, MINOR, 0.4, {"bVII": 0.2, "IV": 0.1, "ii": 0.2, "I": 0.5}),
    Function("bVII", 10, TRIAD, 0.1, {"I": -0.1, "IV": 0.0, "v": 0.4}),
)
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")


def functions(mode: Mode, leading_tone: bool = True) -> tuple[Function, ...]:
    """The vocabulary of a mode, the tonic first; without `leading_tone` a minor key keeps to its natural scale."""
    if mode is Mode.MINOR and not leading_tone:
        return tuple(replace(each, cost=min(each.cost, 0.2)) for each in _MINOR if "V" not in each.numeral.split("/"))
    written = {Mode.MAJOR: _MAJOR, Mode.MINOR: _MINOR, Mode.DORIAN: _DORIAN, Mode.MIXOLYDIAN: _MIXOLYDIAN}
    return written.get(mode) or _diatonic(mode)


def _diatonic(mode: Mode) -> tuple[Function, ...]:
    """Triads on every degree of a rarer mode; moves to the tonic and between neighbours of its own colour are easy."""
    scale = mode.scale
    found = []
    for degree, root in enumerate(scale):
        third, fifth = ((scale[(degree + step) % 7] - root) % 12 for step in (2, 4))
        small = third == 3
        numeral = _NUMERALS[degree].lower() if small else _NUMERALS[degree]
        if degree and fifth != 7:
            continue
        found.append(Function(numeral, root, (0, third, fifth), 0.0 if degree == 0 else 0.3, {}, 0.4))
    return tuple(found)
