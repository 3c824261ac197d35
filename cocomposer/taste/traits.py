"""What of a proposal an artist may like or not: its traits, measured on the notes that were really written.

Every trait of `TRAITS` is a number from -1 (much less of it than usual) over 0 (as usual) to 1 (much more).  Beside
them stand the genre and the style, `genre: jazz` and `style: swing`, which are 1 or not there.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cocomposer.composer.novelty import share_of_new_bars
from cocomposer.composer.ranking import features, form_kept
from cocomposer.music import Note, Part, Role, Song
from cocomposer.styles import Style

GENRE, STYLE, MODERATE, OPINION = "genre: ", "style: ", "moderate ", "composer's opinion"
_EARLY = 30
"""Ticks by which a player may be ahead of the place he means."""
_PLAIN = frozenset({0, 3, 4, 6, 7, 8})
"""Semitones above a chord's root that belong to a triad."""


@dataclass(frozen=True)
class Trait:
    """A thing that varies: what it is called, what little and much of it are to an artist, and what is `usual` of it
    (the mean and the standard deviation over arrangements of the shipped sketches in all shipped styles)."""

    name: str
    little: str
    much: str
    usual: float
    spread: float

    def scaled(self, value: float) -> float:
        """The raw figure as -1..1; two standard deviations from the usual one are as far as it goes."""
        return max(-1.0, min(1.0, (value - self.usual) / (2 * self.spread)))


TRAITS = (
    Trait("density", "sparse playing", "busy playing", 4.6, 0.8),  # log2(1 + notes a bar)
    Trait("players", "few players", "many players", 5.4, 1.5),
    Trait("polyphony", "thin chords", "full chords", 3.3, 1.1),  # notes struck together by chordal players
    Trait("sustain", "short notes", "long notes", 0.5, 0.7),  # log2 of the mean length in quarters
    Trait("register", "a low register", "a high register", 60.6, 2.7),  # mean pitch above the bass
    Trait("loudness", "soft playing", "loud playing", 72.0, 6.3),
    Trait("chord tones", "notes outside the chords", "notes of the chords", 0.989, 0.013),
    Trait("extended chords", "plain triads", "extended chords", 0.11, 0.11),  # share of time beyond the triad
    Trait("smooth voices", "chords that leap", "chords that move smoothly", -1.1, 0.43),
    Trait("syncopation", "playing on the beat", "syncopated playing", 0.36, 0.18),  # share of strokes off the beats
    Trait("swing", "a straight feel", "a swung feel", 0.15, 0.34),  # share of off-beat eighths that come late
    Trait("walking bass", "a bass that stays with the roots", "a walking bass", 0.12, 0.07),  # steps, when four a bar
    Trait("novelty", "bars that return", "bars that are always new", 0.64, 0.16),
    Trait("form", "a free form", "a form kept closely", 0.59, 0.11),
    Trait("energy", "a calm mood", "an energetic mood", 0.57, 0.19),
    Trait("brightness", "a dark mood", "a bright mood", 0.58, 0.15),
    Trait("drums", "no drums", "drums", 0.5, 0.5),
    Trait("guitars", "no guitars", "guitars", 0.6, 0.5),
    Trait("keyboards", "no keyboards", "keyboards", 0.8, 0.4),
    Trait("strings", "no strings or choirs", "strings or choirs", 0.5, 0.5),
    Trait("winds", "no winds or brass", "winds or brass", 0.45, 0.5),
    Trait("synths", "no synthesisers", "synthesisers", 0.3, 0.45),
    *(
        Trait(MODERATE + name, f"{name} at either extreme", f"moderate {name}", 0.0, 0.5)
        for name in ("density", "register", "loudness", "energy")
    ),
    Trait(OPINION, "what the composer doubts", "what the composer finds good", 0.75, 0.15),
)
TRAIT = {trait.name: trait for trait in TRAITS}
_FAMILIES = {
    "guitars": frozenset({3}), "keyboards": frozenset({0, 1, 2}), "strings": frozenset({5, 6}),
    "winds": frozenset({7, 8, 9}), "synths": frozenset({10, 11, 12}),
}  # fmt: skip
"""Families of General MIDI, eight programs each, from 0."""
_PLAYERS = frozenset({*_FAMILIES, "drums"})


def traits(
    song: Song, band: Collection[int], first: int, last: int, style: Style | None = None, opinion: float | None = None
) -> dict[str, float]:
    """The traits of what the parts `band` (by index) of `song` play between the ticks `first` and `last`, -1..1 each.

    `style` is the style they play, where it is known, and `opinion` the composer's own score, 0..1.  What cannot be
    told, such as the chords of drums, is left out; it is 0 to whoever asks.
    """
    parts = [song.parts[index] for index in band]
    raw = _figures(song, parts, band, first, last)
    if opinion is not None:
        raw[OPINION] = opinion
    scaled = {name: round(TRAIT[name].scaled(value), 4) for name, value in raw.items() if math.isfinite(value)}
    return _with_moderation(scaled) | (of_style(style, measured=False) if style is not None else {})


def of_style(style: Style, measured: bool = True) -> dict[str, float]:
    """What is known of a style's proposals before they are written; with `measured` also what will be heard of it."""
    known = {GENRE + style.genre: 1.0, STYLE + style.id: 1.0}
    raw = {"energy": style.energy, "brightness": style.brightness}
    if measured:
        raw |= {"swing": style.feel.swing, "players": float(len(style.parts))}
        raw |= _instruments([(part.role, part.program) for part in style.parts])
    return known | _with_moderation({name: round(TRAIT[name].scaled(value), 4) for name, value in raw.items()})


def _with_moderation(scaled: dict[str, float]) -> dict[str, float]:
    """With how near those traits are to the usual that may be liked neither low nor high: 1 (as usual) .. -1."""
    moderate = {MODERATE + name: 1 - 2 * abs(value) for name, value in scaled.items() if MODERATE + name in TRAIT}
    return scaled | {name: round(value, 4) for name, value in moderate.items()}


def _figures(song: Song, parts: Sequence[Part], band: Collection[int], first: int, last: int) -> dict[str, float]:
    """The raw figures, in the units that `TRAITS` names."""
    heard = [(part, [note for note in part.notes if first <= note.start + _EARLY < last]) for part in parts]
    heard = [(part, notes) for part, notes in heard if notes]
    if not heard:
        return {}
    plain = features(song, first, last, parts)
    strokes = sorted({(note.start + _EARLY) for _, notes in heard for note in notes})
    raw = {
        "density": math.log2(1 + plain["notes_per_bar"]),
        "players": float(len(heard)),
        "loudness": plain["velocity"],
        "syncopation": _off_the_beat(song, strokes),
        "swing": _swing(strokes),
        "novelty": share_of_new_bars(song, band, first, last),
        "form": form_kept(song, parts),
    } | _instruments([(part.role, part.program) for part, _ in heard])
    pitched = [note for part, notes in heard if not part.is_drums for note in notes]
    above = [note for part, notes in heard if not part.is_drums and part.role is not Role.BASS for note in notes]
    bass = next((notes for part, notes in heard if part.role is Role.BASS), [])
    if pitched:
        raw |= {"chord tones": plain["chord_tones"], "smooth voices": -plain["voice_motion"]}
        raw["sustain"] = math.log2(max(30, sum(note.duration for note in pitched) / len(pitched)) / 480)
        raw["extended chords"] = _beyond_triads(song, pitched)
    if above:
        raw["register"] = sum(note.pitch for note in above) / len(above)
        raw["polyphony"] = len(above) / len({(note.start + _EARLY) // 60 for note in above})
    if len(bass) >= 8:
        raw["walking bass"] = _walking(bass, (last - first) / 480)
    return raw


def _instruments(players: Sequence[tuple[Role, int]]) -> dict[str, float]:
    families = {program // 8 for role, program in players if role is not Role.DRUMS}
    there = {name: float(bool(family & families)) for name, family in _FAMILIES.items()}
    return there | {"drums": float(any(role is Role.DRUMS for role, _ in players))}


def _off_the_beat(song: Song, strokes: Sequence[int]) -> float:
    """Share of the strokes (ticks) that fall on no beat of the metre, nor shortly after one."""
    beats = {bar.start + offset for bar in song.bars for offset in bar.meter.beat_starts}
    near = {beat // 60 for beat in beats}
    return sum(stroke // 60 not in near for stroke in strokes) / len(strokes)


def _swing(strokes: Sequence[int]) -> float:
    """Share of the off-beat eighths that are struck as triplets' last, 0 (straight) .. 1 (swung)."""
    late = sum(300 <= (stroke - _EARLY) % 480 <= 345 for stroke in strokes)
    straight = sum(215 <= (stroke - _EARLY) % 480 <= 265 for stroke in strokes)
    return late / (late + straight) if late + straight else 0.0


def _walking(bass: Sequence[Note], quarters: float) -> float:
    """How much a bass walks, 0..1: the share of its moves by step, less where it plays fewer notes than quarters."""
    moves = [abs(after.pitch - before.pitch) for before, after in pairwise(bass)]
    return min(1.0, len(bass) / max(1.0, quarters)) * sum(1 <= step <= 2 for step in moves) / len(moves)


def _beyond_triads(song: Song, notes: Sequence[Note]) -> float:
    """Share of what is played (by duration) that lies beyond the triad of the chord it sounds in."""
    spans = [span for span in song.chord_spans if not span.chord.is_silent]
    total = beyond = place = 0
    for note in sorted(notes):
        while place < len(spans) and spans[place].end <= note.start + _EARLY:
            place += 1
        if place < len(spans) and spans[place].start <= note.start + _EARLY:
            total += note.duration
            beyond += note.duration * ((note.pitch - spans[place].chord.root) % 12 not in _PLAIN)
    return beyond / total if total else 0.0


def of_some_parts(traits: Mapping[str, float]) -> dict[str, float]:
    """Traits of some parts of a band, without what they say of the others: how many play, how much in all, who does
    not."""
    whole = {"players", "density", f"{MODERATE}density"}
    return {name: value for name, value in traits.items() if name not in whole and (value > 0 or name not in _PLAYERS)}


def differences(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What an artist's own changes did to the traits, -2..2 each, without those that stayed."""
    moved = {name: after[name] - before[name] for name in before.keys() & after.keys()}
    return {name: round(value, 4) for name, value in sorted(moved.items()) if abs(value) >= 0.01}
