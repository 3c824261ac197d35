"""Reading chord symbols as musicians write them, by letter (F#m7b5) and by roman numeral (V7/V).

One small grammar serves both: a root, then any run of quality words (`m`, `maj`, `dim`, `ø`, `sus4`, `add9`,
`b13`, `no3` ...), then an optional bass.  Decisions where usage differs: `C2` is Csus2 and `C4` is Csus4, `C+7` and
`C7+` are augmented sevenths, `C11` and `Cmaj11` leave out the third that clashes with the eleventh (so C11 is C9sus4),
`C7alt` has both altered ninths and the flat thirteenth.  The German H is refused because B would become ambiguous.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from functools import lru_cache

from cocomposer.errors import MusicError
from cocomposer.music.chord import ALTERED, NO_CHORD, Chord
from cocomposer.music.key import LETTERS, Key, Mode

MAX_SYMBOL_LENGTH = 100
"""Longest chord symbol that is read; what is longer is a sentence, not a chord."""

_UNICODE = str.maketrans({
    "♯": "#", "♭": "b", "𝄪": "##", "𝄫": "bb", "△": "Δ", "∆": "Δ", "Ø": "ø", "⌀": "ø", "∅": "ø", "º": "°", "˚": "°",
    "−": "-", "–": "-", "‑": "-", "—": "-", "⁵": "5", "⁶": "6", "⁷": "7", "⁹": "9",
    "[": "(", "]": ")", "{": "(", "}": ")",
    "\u00a0": " ",
})  # fmt: skip
_SILENCE = {"nc", "n.c", "n.c.", "nochord", "tacet"}
_NOTE = r"[A-G](?:##|bb|#|b)?"
_ROOT = re.compile(_NOTE)
_BASS = re.compile(rf"(.*?)/\s*({_NOTE})$")
_WORD = re.compile(
    r"(?:add|Add|ADD)(?P<add>[#b+-]?\d+)"
    r"|(?:no|omit|No|Omit)(?P<omit>[135])(?:rd|th|st)?"
    r"|(?P<major>major|maj|Major|Maj|MAJ|ma|Ma|MA|M|j)(?P<major_number>7|9|11|13)?"
    r"|(?P<triangle>Δ)(?P<triangle_number>7|9|11|13)?"
    r"|(?P<minor>minor|Minor|min|Min|MIN|mi|Mi|m)"
    r"|(?P<half>ø|half-dim|hdim|halfdim|h-dim)"
    r"|(?P<dim>diminished|dim|Dim|DIM|°|o)"
    r"|(?P<aug>augmented|aug|Aug|AUG)"
    r"|(?P<dom>dom)"
    r"|(?P<alt>alt|ALT|Alt)"
    r"|(?P<sus>sus24|sus42|sus2|sus4|sus|Sus2|Sus4|Sus|SUS)"
    r"|(?P<sharp_or_flat>[#b](?:13|11|9|7|6|5|4))"
    r"|(?P<sixnine>6/9|69)"
    r"|(?P<plus>\+)(?P<plus_number>11|9|5|4)?"
    r"|(?P<minus>[-])(?P<minus_number>13|9|5)?"
    r"|/(?P<slash>\d+)"
    r"|(?P<number>13|11|9|7|6|5|4|2)"
)
_LISTED = re.compile(r"\((\+\d+(?:,\+\d+)*)\)$")
_FILLERS = " (),"
_ALTERATIONS = {"b9": 13, "#9": 15, "#11": 18, "#4": 18, "b13": 20, "b6": 20}
_ADDED = {"2": 14, "4": 17, "9": 14, "11": 17, "13": 21} | _ALTERATIONS
_COMMON = (
    "", "m", "7", "m7", "maj7", "6", "m6", "9", "m9", "maj9", "sus4", "sus2", "7sus4", "dim", "dim7", "m7b5", "aug",
    "7b9", "7#9", "7alt", "13", "add9", "6/9", "m(maj7)", "5",
)  # fmt: skip


class _Stack:
    """The chord while it is being read: which thirds, fifths, seventh and tensions stand in it so far."""

    def __init__(self, minor: bool = False) -> None:
        self.thirds = {3 if minor else 4}
        self.fifths = {7}
        self.seventh: int | None = None
        self.tensions: set[int] = set()
        self.implied: set[int] = set()
        self.diminished = False
        self.seventh_from_quality = False
        self.eleventh = False

    def set_seventh(self, step: int) -> bool:
        if self.seventh is not None and not (self.seventh_from_quality and step == 10):
            return False
        self.seventh_from_quality = False
        self.seventh = step
        return True

    def extend(self, number: int, seventh: int) -> bool:
        """A seventh chord, or a higher one with the thirds that its number implies."""
        if not self.set_seventh(seventh):
            return False
        if number >= 9:
            self.implied.add(14)
        if number == 11:
            self.implied.add(17)
            self.eleventh = True
        if number == 13:
            self.implied.add(21)
        return True

    def number(self, number: int, bracketed: bool, first: bool) -> bool:
        if number in (2, 4):
            self.suspend("sus2" if number == 2 else "sus4")
            return first
        if number == 5:
            self.thirds.clear()
            return first
        if number == 6:
            if self.seventh is not None:
                self.tensions.add(21)
                return True
            return self.set_seventh(9)
        if number > 7 and (bracketed or (self.seventh is not None and not self.seventh_from_quality)):
            self.tensions.add({9: 14, 11: 17, 13: 21}[number])
            return True
        return self.extend(number, 9 if self.diminished else 10)

    def suspend(self, word: str) -> None:
        self.thirds -= {3, 4}
        word = word.lower()
        if "2" in word:
            self.thirds.add(2)
        if "4" in word or word == "sus":
            self.thirds.add(5)

    def alter(self, name: str) -> bool:
        if name in ("b5", "#5"):
            self.fifths.discard(7)
            self.fifths.add(6 if name == "b5" else 8)
            return True
        if name == "b7":
            return self.set_seventh(10)
        if name not in _ALTERATIONS:
            return False
        self.tensions.add(_ALTERATIONS[name])
        return True

    def add(self, name: str) -> bool:
        if name == "6":
            return self.number(6, bracketed=True, first=False)
        if name not in _ADDED:
            return False
        self.tensions.add(_ADDED[name])
        return True

    def omit(self, number: str) -> None:
        if number == "3":
            self.thirds.clear()
        elif number == "5":
            self.fifths.clear()

    def intervals(self) -> tuple[int, ...]:
        tensions = self.tensions | self.implied
        if self.tensions & {13, 15} and 14 not in self.tensions:
            tensions.discard(14)
        if 18 in self.tensions and 17 not in self.tensions:
            tensions.discard(17)
        if self.eleventh and 17 in tensions and 4 in self.thirds:
            self.thirds = {5}
            tensions.discard(17)
        seventh = set() if self.seventh is None else {self.seventh}
        return tuple(sorted({0} | self.thirds | self.fifths | seventh | tensions))


def _read_quality(text: str, stack: _Stack) -> bool:
    """Fill `stack` from what stands after the root; False where a word is unknown or contradicts another."""
    position, depth, first, after_number = 0, 0, True, False
    while position < len(text):
        character = text[position]
        if character in _FILLERS:
            depth += (character == "(") - (character == ")")
            if depth < 0:
                return False
            position += 1
            continue
        if character == "/" and depth and text[position + 1 : position + 2] in ("b", "#", "+", "-"):
            position += 1
            continue
        match = _WORD.match(text, position)
        if match is None or not _apply(match, stack, bracketed=depth > 0, first=first, after_number=after_number):
            return False
        position, first = match.end(), False
        after_number = after_number or text[position - 1].isdigit()
    return depth == 0


def _apply(match: re.Match[str], stack: _Stack, *, bracketed: bool, first: bool, after_number: bool) -> bool:
    word = match.lastgroup or ""
    groups = match.groupdict()
    if groups["major"] or groups["triangle"]:
        number = groups["major_number"] or groups["triangle_number"]
        if number or groups["triangle"]:
            return stack.extend(int(number or 7), 11)
        if stack.seventh == 10 and after_number:  # C7M, as in Brazil
            stack.seventh = 11
            return True
        return first
    if groups["minor"] or (groups["minus"] and not after_number and not bracketed):
        if not first or groups["minus_number"] == "5":
            return False
        stack.thirds = {3}
        tail = groups["minus_number"]
        return stack.number(int(tail), bracketed=False, first=False) if tail else True
    if groups["minus"]:
        return groups["minus_number"] is not None and stack.alter("b" + groups["minus_number"])
    if groups["plus"]:
        tail = groups["plus_number"]
        if tail and (after_number or bracketed or tail == "5"):
            return stack.alter("#" + tail)
        stack.alter("#5")
        return stack.number(int(tail), bracketed=False, first=False) if tail else True
    match word:
        case "half":
            stack.thirds, stack.fifths, stack.seventh, stack.seventh_from_quality = {3}, {6}, 10, True
        case "dim":
            stack.thirds, stack.fifths, stack.diminished = {3}, {6}, True
        case "aug":
            stack.fifths = {8}
        case "dom":
            return first
        case "alt":
            stack.seventh = 10 if stack.seventh is None else stack.seventh
            stack.fifths.clear()
            stack.tensions |= {step for step in ALTERED if step > 12}
            return stack.seventh == 10
        case "sus":
            stack.suspend(groups["sus"])
        case "add":
            return stack.add(groups["add"].replace("+", "#").replace("-", "b"))
        case "omit":
            stack.omit(groups["omit"])
        case "sharp_or_flat":
            return stack.alter(groups["sharp_or_flat"])
        case "sixnine":
            stack.tensions.add(14)
            return stack.set_seventh(9)
        case "slash":
            return stack.add(groups["slash"])
        case _:
            return stack.number(int(groups["number"]), bracketed, first)
    return True


def _quality(text: str, *, minor: bool = False) -> tuple[int, ...] | None:
    """Intervals above the root for what stands after it, None where it cannot be read."""
    listed = _LISTED.fullmatch(text)
    if listed:
        steps = tuple(int(step) for step in listed[1].split(","))
        return steps if steps[0] == 0 and max(steps) <= 21 else None
    stack = _Stack(minor)
    return stack.intervals() if _read_quality(text, stack) else None


def _pitch_class(name: str) -> int:
    return (LETTERS[name[0]] + name.count("#", 1) - name.count("b", 1)) % 12


def _read(text: str) -> Chord | None:
    root = _ROOT.match(text)
    if root is None:
        return None
    slash = _BASS.match(text, root.end())
    body = text[root.end() :]
    bass = None
    if slash:
        body, bass = text[root.end() : slash.end(1)], _pitch_class(slash[2])
    intervals = _quality(body.strip())
    if intervals is None:
        return None
    pitch_class = _pitch_class(root[0])
    return Chord(pitch_class, intervals, None if bass == pitch_class else bass)


@lru_cache(maxsize=4096)
def parse_chord(text: str) -> Chord:
    """Read one chord symbol: "C", "F#m7b5", "Bbmaj9", "C7(b9,b13)", "A/C#", "G-7", "BΔ", "N.C.".

    The result's `symbol` is `text` without surrounding space.  Raises MusicError, with a suggestion where one is
    near, for everything that is not a chord symbol.
    """
    plain = text.strip()
    if len(plain) <= MAX_SYMBOL_LENGTH:
        if plain.lower().replace(" ", "") in _SILENCE:
            return replace(NO_CHORD, symbol=plain)
        chord = _read(plain.translate(_UNICODE))
        if chord is not None:
            return replace(chord, symbol=plain)
    raise MusicError(_complaint(plain))


def _complaint(text: str) -> str:
    shown = text if len(text) <= 24 else text[:21] + "..."
    problem = f"{shown!r} is not a chord symbol"
    if len(text) > MAX_SYMBOL_LENGTH or not text:
        return f"{problem}: write chords like C, Am7, F#m7b5, Bb/D or N.C."
    plain = text.translate(_UNICODE)
    if plain[0] in "Hh":
        return f"{problem}: the German H is written B here, and the German B is written Bb."
    capital = plain[0].upper() + plain[1:]
    if _read(capital) is not None:
        return f"{problem}: did you mean {capital}?"
    root = _ROOT.match(capital)
    if root:
        near = difflib.get_close_matches(capital[root.end() :], _COMMON, n=1, cutoff=0.3)
        return f"{problem}: did you mean {root[0]}{near[0] if near else ''}?"
    return f"{problem}: write chords like C, Am7, F#m7b5, Bb/D or N.C."


_NUMERALS = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_ROMAN = re.compile(r"(?P<sign>##|bb|#|b)?(?P<numeral>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?P<quality>.*)$")


@lru_cache(maxsize=1024)
def parse_roman(text: str, key: Key) -> Chord:
    """Read a roman numeral in `key`: "I", "ii7", "V7/V", "bVII", "viiø7", "IVmaj7", "#iv°".

    Capitals are major and small letters minor.  A flat counts from the major scale on the same tonic, so bVI and VI
    are the same chord in a minor key; vi° and vii° there stand on the raised degrees.  After a slash comes the numeral
    that is made a tonic for a moment.  The result is spelled in letters.  Raises MusicError for anything else.
    """
    plain = text.strip().translate(_UNICODE)
    chord = _read_roman(plain, key) if 0 < len(plain) <= MAX_SYMBOL_LENGTH else None
    if chord is None:
        shown = text.strip()[:24]
        raise MusicError(f"{shown!r} is not a roman numeral chord: write it like I, ii7, V7/V, bVII, viiø7 or IVmaj7.")
    return replace(chord, symbol=chord.spell(key.sharps < 0 or plain.startswith("b")))


def _read_roman(text: str, key: Key) -> Chord | None:
    head, slash, target = text.rpartition("/")
    if slash and _ROMAN.match(target):
        goal = _read_roman(target, key)
        if goal is None or goal.is_silent:
            return None
        return _read_roman(head, Key(goal.root, Mode.MINOR if goal.is_minor else Mode.MAJOR))
    match = _ROMAN.match(text)
    if match is None:
        return None
    small = match["numeral"].islower()
    intervals = _quality(match["quality"].strip(), minor=small)
    if intervals is None:
        return None
    degree, sign = _NUMERALS[match["numeral"].upper()], match["sign"] or ""
    major, own = Mode.MAJOR.scale[degree], key.mode.scale[degree]
    if sign.startswith("b"):
        step = major - len(sign)
    elif sign:
        step = own + len(sign) - (own > major)
    else:
        leading = degree >= 5 and small and 3 in intervals and 6 in intervals
        step = major if leading else own
    return Chord((key.tonic + step) % 12, intervals)
