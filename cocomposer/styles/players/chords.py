"""Keys, guitar, pad and arpeggio: everybody who plays the chord itself.

Steps: `c` the whole chord, `h` its upper notes, `l` its bass in the left hand, `d` and `u` strums down and up,
`k` a muted chuck, `p` the lowest note of the voicing alone, `1`..`9` its notes from the bottom, `o` the chord softly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cocomposer.music import Chord, Role
from cocomposer.styles.feel import Stroke
from cocomposer.styles.fretboard import lead_guitar
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.pattern import Cue, Step, anticipates
from cocomposer.styles.style import PartStyle, Voicing
from cocomposer.styles.voicing import lead

_EIGHTH, _HALF_NOTE = 240, 960
_LEFT_HAND = (36, 54)
"""Where a pianist's left hand looks for the bass note."""

_WIDEST = 31
"""Widest simultaneous chord of two hands, in semitones."""


def play_chords(cues: Sequence[Cue], part: PartStyle, sheet: LeadSheet) -> list[Stroke]:
    """Strokes for the cues; holds are revoiced where the chord changes beneath them."""
    strokes: list[Stroke] = []
    voicing: tuple[int, ...] = ()
    voiced: Chord | None = None
    broken = all(cue.symbol.isdecimal() for cue in cues)
    followed = _follow_changes(cues, sheet, broken)
    struck_at = {cue.tick: cue for cue in followed}
    swallowed = -1
    for cue in followed:
        if cue.tick == swallowed:
            continue
        chord = sheet.chord_at(cue.tick)
        change = sheet.next_change(cue.tick)
        if change < sheet.song.length and anticipates(cue, change):
            # What would be struck on the change has been struck already and is held instead.
            swallowed = change
            held = struck_at[change].duration if change in struck_at else _EIGHTH
            duration = max(cue.duration, change - cue.tick + held)
            chord, change = sheet.chord_at(change), sheet.next_change(change)
        else:
            duration = cue.duration
        if chord.is_silent:
            continue
        fresh = chord != voiced
        if fresh:
            voicing, voiced = _voice(chord, voicing, part, sheet, cue.tick, change), chord
        duration = min(duration, change - cue.tick)
        if part.ring and cue.symbol not in "chdo":
            duration = _until_damped(cue, change, sheet)
        if cue.step.staccato:
            duration = max(60, duration // 2)
        strokes += _strike(cue, duration, voicing, chord, part, fresh)
    if part.legato:
        strokes = tie_common_notes(strokes)
    return strokes


def _voice(
    chord: Chord, previous: tuple[int, ...], part: PartStyle, sheet: LeadSheet, start: int, end: int
) -> tuple[int, ...]:
    tune = sheet.melody_sounding(start, min(end, start + 4 * 480))
    ceiling = min((note.pitch for note in tune), default=None)
    if ceiling is not None and ceiling < part.register[0] + 10:
        ceiling = None  # the tune lies low: chords above it are clearer than chords squeezed under it
    if part.voicing is Voicing.GUITAR:
        return lead_guitar(chord, previous, part.register, min(part.voices, 6), ceiling)
    key = sheet.song.key_at(start)
    return lead(chord, previous, part.register, part.voicing, part.voices, ceiling, key.scale if key else ())


def _follow_changes(cues: Sequence[Cue], sheet: LeadSheet, broken: bool) -> list[Cue]:
    """The cues, with one added at each change of chord that a hold runs over and nobody strikes near.

    Broken chords (`broken`) find their way at the next note and get none.
    """
    ordered = sorted(cues, key=lambda cue: cue.tick)
    if broken:
        return ordered
    ticks = sorted({cue.tick for cue in ordered})
    added: dict[int, Cue] = {}
    for cue in ordered:
        if cue.symbol not in "chdo":
            continue
        end = cue.tick + cue.duration
        for span in sheet.changes_between(cue.tick + _EIGHTH + 1, end):
            near = any(abs(tick - span.start) <= _EIGHTH for tick in ticks)
            if not near and end - span.start >= _EIGHTH // 2:
                step = Step(0, 0, 0.0, 1.0, "c", "", cue.step.accent, cue.step.staccato, cue.step.octave)
                longest = max(end - span.start, added[span.start].duration if span.start in added else 0)
                added[span.start] = Cue(span.start, longest, step)
    return sorted([*ordered, *added.values()], key=lambda cue: cue.tick)


def _until_damped(cue: Cue, change: int, sheet: LeadSheet) -> int:
    """How long a ringing note lasts: to the change of chord or the bar line, whichever comes first."""
    bar = sheet.song.meters.bar_at(cue.tick)
    return max(cue.duration, min(change, sheet.song.meters.bar_start(bar + 1)) - cue.tick)


def _strike(
    cue: Cue, duration: int, voicing: tuple[int, ...], chord: Chord, part: PartStyle, fresh: bool
) -> list[Stroke]:
    """The notes of one cue.  A chord sounds whole where it is new (`fresh`) or accented; struck again it is lighter,
    its upper notes only, so that the ear follows the changes."""
    step, symbol = cue.step, cue.symbol
    accent, lift = step.accent, 0
    if len(symbol) > 1:
        pitches = sorted({_note_of(voicing, int(each)) for each in symbol if each.isdecimal()})
        if "l" in symbol:
            pitches = sorted({_left_hand(chord, voicing), *pitches})
    elif symbol == "l":
        pitches = [_left_hand(chord, voicing)]
    elif symbol == "p":
        pitches = list(voicing[:1])
    elif symbol.isdecimal():
        pitches = [_note_of(voicing, int(symbol))]
    elif symbol == "h":
        pitches = list(voicing[1:] if len(voicing) > 2 else voicing)
    elif symbol == "u":
        pitches = list(voicing[-3:])
    elif symbol == "k":
        pitches, duration, lift = list(voicing[-2:]), min(duration, 50), -26
    else:
        again = not fresh and accent < 1 and duration < _HALF_NOTE
        again = again and part.role in (Role.KEYS, Role.GUITAR) and not part.whole
        again = again and part.voicing is not Voicing.POWER  # a fifth without its root is no riff
        pitches = list(voicing[len(voicing) // 2 :] if again else voicing)
        lift = -18 if symbol == "o" else 0
    pitches = [pitch + 12 * step.octave for pitch in pitches if 0 <= pitch + 12 * step.octave <= 127]
    order = list(reversed(pitches)) if symbol == "u" else pitches
    top = max(pitches, default=0)
    return [
        Stroke(cue.tick, duration, pitch, accent, lift + (3 if pitch == top and len(pitches) > 1 else 0),
               round(index * part.strum) if symbol in "cduok" else 0)
        for index, pitch in enumerate(order)
    ]  # fmt: skip


def _note_of(voicing: tuple[int, ...], number: int) -> int:
    """Note `number` from the bottom of the voicing; beyond the top, the pattern turns back down."""
    size = len(voicing)
    index = number - 1
    if size > 1 and index >= size:
        period = 2 * (size - 1)
        index %= period
        index = index if index < size else period - index
    return voicing[min(index, size - 1)]


def _left_hand(chord: Chord, voicing: tuple[int, ...]) -> int:
    low, high = _LEFT_HAND
    pitch = low + (chord.bass_pitch_class - low) % 12
    while voicing and (pitch >= voicing[0] or voicing[-1] - pitch > _WIDEST):
        moved = pitch - 12 if pitch >= voicing[0] else pitch + 12
        if not 28 <= moved <= high + 6 or (moved >= voicing[0] and moved > pitch):
            break
        pitch = moved
    return pitch


def tie_common_notes(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Join a note to the same pitch that follows it at once: what stays in the chord is held, not struck again."""
    tied: list[Stroke] = []
    open_notes: dict[int, int] = {}
    for stroke in strokes:
        index = open_notes.get(stroke.pitch)
        if index is not None:
            earlier = tied[index]
            if 0 <= stroke.tick - (earlier.tick + earlier.duration) <= 1 and earlier.duration < 8 * 480:
                tied[index] = replace(earlier, duration=stroke.tick + stroke.duration - earlier.tick)
                continue
        open_notes[stroke.pitch] = len(tied)
        tied.append(stroke)
    return tied
