"""Which styles suit a sketch: metre, pulse, the grain of the tune, harmony and mood, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from random import Random

from cocomposer.music import Meter, Role, Song
from cocomposer.styles import Style

_NATIVE = 0.8
"""Fit of the metre from which a style need not be bent."""

_IN_TRIPLETS = 0.12
"""Share of onsets on the second or third part of a triplet from which a tune counts as triplets."""

_PRAISED = 0.8
"""Fit from which a term counts as a reason for a style; a tempo below it is a reason against."""

_VERSATILITY = 2.0
"""Weight of a style's versatility beside the fits to metre (3), tempo (2.5), rhythm, harmony and mood (1 to 1.5)."""

_FURTHEST = 0.12
"""How much worse than the best a style may suit and still be offered for the sake of variety."""

_LEANING = 0.6
"""How much of a fit a full leaning to a style is worth."""

_NEIGHBOURS = 3
"""Where too few styles suit, the choice is among so many of the next best."""


@dataclass(frozen=True)
class SketchCharacter:
    """What a sketch asks for: `pulse` is felt beats a minute, the shares and moods are 0..1."""

    meter: Meter
    pulse: float
    triplets: float
    straight_eighths: float
    sevenths: float
    is_minor: bool
    activity: float


@dataclass(frozen=True)
class Fit:
    """How well a style suits (0..1, higher is better) and the best reason for it."""

    style: Style
    score: float
    reason: str


def characterise(song: Song) -> SketchCharacter:
    """Measure a song whose key and chords are known."""
    meter = Counter(bar.meter for bar in song.bars).most_common(1)[0][0]
    felt = meter.beats[0]
    pulse = song.tempos.bpm_at(0) * 480 / felt
    tune = song.part_of_role(Role.MELODY)
    onsets = [note.start % 480 for note in tune.notes] if tune else []
    count = max(1, len(onsets))
    off_beat = {place: sum(abs(onset - place) <= 24 for onset in onsets) / count for place in (160, 240, 320)}
    chords = [span for span in song.chord_spans if not span.chord.is_silent]
    sounding = sum(span.end - span.start for span in chords)
    key = song.key_at(0)
    return SketchCharacter(
        meter=meter,
        pulse=pulse,
        triplets=off_beat[160] + off_beat[320],
        straight_eighths=off_beat[240],
        sevenths=sum(s.end - s.start for s in chords if s.chord.seventh is not None) / max(1, sounding),
        is_minor=bool(key and key.mode.is_minor),
        activity=min(1.0, len(onsets) / max(1, len(song.bars)) / 10),
    )


def rank_styles(song: Song, styles: Mapping[str, Style]) -> list[Fit]:
    """Every style with its fit, best first."""
    character = characterise(song)
    fits = [_fit(character, style) for style in styles.values()]
    return sorted(fits, key=lambda fit: (-fit.score, fit.style.id))


def choose_styles(
    song: Song, styles: Mapping[str, Style], count: int, seed: int, leaning: Mapping[str, float] | None = None
) -> list[Fit]:
    """`count` styles that suit and differ: each new genre or energy is worth a little misfit, and so is a `leaning`
    to a style (-1..1 by id).

    Another seed explores a little further down the list.  Fewer styles than asked for are repeated.
    """
    random = Random(f"styles/{seed}")
    fits = rank_styles(song, styles)
    leant = {fit.style.id: fit.score + _LEANING * (leaning or {}).get(fit.style.id, 0.0) for fit in fits}
    fits.sort(key=lambda fit: -leant[fit.style.id])
    # Seed 0 is the plain best guess; others may prefer a neighbour.
    blurred = {fit.style.id: leant[fit.style.id] + (random.gauss(0, 0.05) if seed else 0.0) for fit in fits}
    least = max(leant.values(), default=0.0) - _FURTHEST
    chosen: list[Fit] = []
    taken: set[str] = set()
    while len(chosen) < count and fits:
        others = [fit for fit in fits if fit.style.id not in taken]
        left = [fit for fit in others if leant[fit.style.id] >= least] or others[:_NEIGHBOURS] or fits
        chosen.append(max(left, key=lambda fit: (blurred[fit.style.id] + _difference(fit.style, chosen), fit.style.id)))
        taken.add(chosen[-1].style.id)
    return chosen


def _difference(style: Style, chosen: Sequence[Fit]) -> float:
    if not chosen:
        return 0.0
    new_genre = all(style.genre != fit.style.genre for fit in chosen)
    apart = min(
        abs(style.energy - fit.style.energy) + 0.5 * (style.feel.swing > 0.3) * (fit.style.feel.swing <= 0.3)
        for fit in chosen
    )
    return (0.12 if new_genre else -0.1) + 0.12 * min(apart, 0.6)


def _fit(character: SketchCharacter, style: Style) -> Fit:
    terms = [
        _meter_fit(character, style), _tempo_fit(character, style), _grain_fit(character, style),
        _harmony_fit(character, style), _mood_fit(character, style),
    ]  # fmt: skip
    total = _VERSATILITY * style.versatility + sum(weight * value for weight, value, _ in terms)
    score = total / (_VERSATILITY + sum(weight for weight, _, _ in terms))
    meter_value, meter_words = terms[0][1:]
    best = sorted(terms[1:], key=lambda term: -term[0] * term[1])[:2]
    words = " and ".join(words for _, value, words in best if words and value >= _PRAISED) or "it brings another colour"
    caveats = [] if meter_value >= _NATIVE else [meter_words]
    caveats += [words for _, value, words in terms[1:2] if value < _PRAISED]
    return Fit(style, round(score * meter_value**0.5, 4), ", though ".join([words, *caveats[:1]]))


_Term = tuple[float, float, str]
"""Weight, fit 0..1, and the reason in words."""


def _meter_fit(character: SketchCharacter, style: Style) -> _Term:
    mine, theirs = len(style.meter.beats), len(character.meter.beats)
    # A tune in triplets is in compound time, however its metre is written.
    compound = character.meter.is_compound or character.triplets > _IN_TRIPLETS
    same_division = style.meter.is_compound == compound or style.meter == character.meter
    if len(set(character.meter.beats)) > 1:
        return 3.0, 0.5 if mine == theirs else 0.35, f"it is bent from {style.meter} into {character.meter}"
    if mine == theirs and same_division:
        return 3.0, 1.0, f"it is at home in {character.meter}"
    if mine == 2 * theirs and same_division:
        return 3.0, 0.8, f"two of your bars make one of its own in {style.meter}"
    return 3.0, 0.35 if same_division else 0.15, f"it is bent from {style.meter} into {character.meter}"


def _tempo_fit(character: SketchCharacter, style: Style) -> _Term:
    low, high = style.tempo
    if low <= character.pulse <= high:
        middle = abs(log2(character.pulse / (low * high) ** 0.5)) / max(0.01, log2(high / low) / 2)
        return 2.5, 1.0 - 0.12 * middle, f"it breathes well at {character.pulse:.0f} beats a minute"
    distance = log2(low / character.pulse) if character.pulse < low else log2(character.pulse / high)
    return 2.5, max(0.0, 0.79 - 2.2 * distance), f"it is stretched to {character.pulse:.0f} beats a minute"


def _grain_fit(character: SketchCharacter, style: Style) -> _Term:
    swing = style.feel.swing if style.feel.swing_unit == 8 and not style.meter.is_compound else 0.0
    if character.triplets > _IN_TRIPLETS:
        return 3.0, 1.0 if style.meter.is_compound else 0.2 + 0.8 * swing, "your tune moves in triplets, as it does"
    if character.straight_eighths > 0.1 and not character.meter.is_compound:
        words = "" if style.feel.swing else "your tune runs straight, as it does"
        return 1.5, 1.0 - 0.7 * swing, words
    return 1.0, _PRAISED - 0.01, ""


def _harmony_fit(character: SketchCharacter, style: Style) -> _Term:
    rich = bool({"jazz", "bossa nova", "soul", "r&b", "lo-fi", "gospel", "funk", "latin"} & {style.genre, *style.tags})
    if character.sevenths > 0.45:
        return 1.0 + 1.5 * character.sevenths, 1.0 if rich else 0.5, "it likes seventh chords like these"
    if character.sevenths < 0.1:
        return 1.0, 0.6 if rich else 1.0, "plain triads like these ring in it"
    return 0.6, 0.9, "this harmony sits well in it"


def _mood_fit(character: SketchCharacter, style: Style) -> _Term:
    brightness = 0.35 if character.is_minor else 0.7
    value = (
        1.0 - abs(style.brightness - brightness) * 0.8 - abs(style.energy - (0.25 + 0.55 * character.activity)) * 0.5
    )
    word = "minor colour" if character.is_minor else "major brightness"
    return 1.2, max(0.0, value), f"its mood meets your {word}"
