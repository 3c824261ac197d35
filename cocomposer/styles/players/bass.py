"""The bass player: roots on the changes, the written degrees between, approaches and walking lines.

One note at a time, always inside the register.  Degrees are the chord's own third, fifth, seventh; `a` leads
into the next chord by step, `w` walks, `m` is a muted ghost.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from cocomposer.music import NO_CHORD, Chord, Key
from cocomposer.styles.feel import Stroke
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.pattern import Cue, Step, anticipates
from cocomposer.styles.players.walking import walk
from cocomposer.styles.style import PartStyle

_EIGHTH = 240
_LONGEST_WALK = 8
"""Notes planned as one line; a chord that lasts longer gets its root again after them."""


def play_bass(cues: Sequence[Cue], part: PartStyle, sheet: LeadSheet, random: Random) -> list[Stroke]:
    """One line of strokes for the cues, each cut where the next begins, with a new root where a hold meets a change."""
    low, high = part.register
    strokes: list[Stroke] = []
    walked = _walked(cues, part, sheet, random)
    previous, heard = low + 8, NO_CHORD
    for cue in _with_changes(cues, sheet):
        chord = sheet.chord_at(cue.tick)
        change = sheet.next_change(cue.tick)
        following = sheet.chord_at(change) if change < sheet.song.length else chord
        duration = cue.duration
        if change < sheet.song.length and anticipates(cue, change):
            duration = max(duration, change - cue.tick + 2 * _EIGHTH)
            chord, change = following, sheet.next_change(change)
        if chord.is_silent:
            continue
        duration = min(duration, change - cue.tick)
        symbol, lift = cue.symbol, 0
        if symbol == "m":
            pitch, duration, lift = previous, min(duration, 60), -24
        elif symbol == "a":
            pitch = _approach(cue, chord, following, change, previous, low, high, sheet.song.key_at(cue.tick))
        elif symbol == "w":
            pitch = walked.get(cue.tick, _root(chord.bass_pitch_class, previous, low, high))
        else:
            # The note on a change is the new chord's bass, whatever degree is written there.
            degree = 1 if chord != heard and symbol in "234567" else int(symbol)
            pitch = _degree(degree, chord, previous, low, high)
        pitch = _shifted(pitch, cue.step.octave, low, high)
        if cue.step.staccato:
            duration = max(60, duration // 2)
        if strokes and strokes[-1].tick + strokes[-1].duration > cue.tick:
            last = strokes[-1]
            strokes[-1] = Stroke(last.tick, max(1, cue.tick - last.tick), last.pitch, last.accent, last.lift)
        strokes.append(Stroke(cue.tick, duration, pitch, cue.step.accent, lift))
        previous, heard = pitch, chord
    return strokes


def _with_changes(cues: Sequence[Cue], sheet: LeadSheet) -> list[Cue]:
    """The cues, with a root added where a chord begins and nothing is struck within an eighth of it."""
    ordered = sorted(cues, key=lambda cue: cue.tick)
    if not ordered:
        return []
    added = []
    ticks = [cue.tick for cue in ordered]
    for index, cue in enumerate(ordered):
        end = ticks[index + 1] if index + 1 < len(ticks) else cue.tick + cue.duration
        for span in sheet.changes_between(cue.tick + 1, end):
            room = end - span.start
            if span.start - cue.tick >= _EIGHTH and room >= _EIGHTH and cue.tick + cue.duration > span.start:
                added.append(Cue(span.start, room, Step(0, 0, 0.0, 1.0, "1")))
    return sorted([*ordered, *added], key=lambda cue: cue.tick)


def _root(pitch_class: int, previous: int, low: int, high: int) -> int:
    """The octave of a root: near the last note, with a pull towards the lower middle of the register."""
    centre = low + (high - low) * 0.3
    choices = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class]
    return min(choices, key=lambda pitch: (0.5 * abs(pitch - previous) + abs(pitch - centre), pitch))


def _degree(degree: int, chord: Chord, previous: int, low: int, high: int) -> int:
    """A degree of the chord above its bass note: 1 is the bass itself, 8 its octave, 2 the ninth, 4 the eleventh."""
    bass = _root(chord.bass_pitch_class, previous, low, high)
    if degree in (1, 8):
        return _shifted(bass, degree // 8, low, high)
    fifth = chord.fifth or 7
    steps = {
        2: chord.interval(14, 13, 2) or 2, 3: chord.third or 12, 4: chord.interval(5, 17, 18) or 5, 5: fifth,
        6: chord.interval(9, 8) or (8 if chord.is_minor else 9), 7: chord.interval(10, 11, 9) or 12,
    }  # fmt: skip
    pitch_class = (chord.root + steps[degree]) % 12
    above = bass + (pitch_class - bass) % 12
    return above if above <= high else above - 12


def _shifted(pitch: int, octaves: int, low: int, high: int) -> int:
    moved = pitch + 12 * octaves
    return moved if low <= moved <= high else pitch


def _approach(
    cue: Cue, chord: Chord, following: Chord, change: int, previous: int, low: int, high: int, key: Key | None
) -> int:
    """A note one step from the next root, from the side the line comes from, in the key where that is possible and
    never a semitone from the third of the chord that still sounds.

    Where no change is near, the fifth below or the octave keeps the line moving.
    """
    if following.is_silent or change - cue.tick > 2 * cue.duration + _EIGHTH:
        return _degree(5 if previous % 12 != (chord.root + (chord.fifth or 7)) % 12 else 8, chord, previous, low, high)
    target = _root(following.bass_pitch_class, previous, low, high)
    known = chord.pitch_classes | frozenset(key.scale if key else ())
    third = None if chord.third is None else chord.root + chord.third
    steps = (-1, -2, 1, 2) if previous <= target else (2, 1, -1, -2)
    options = [target + step for step in steps if low <= target + step <= high]

    def rubs(pitch: int) -> bool:
        return third is not None and (pitch - third) % 12 in (1, 11) and pitch % 12 not in chord.pitch_classes

    return min(options, key=lambda pitch: (rubs(pitch), pitch % 12 not in known), default=target)


def _walked(cues: Sequence[Cue], part: PartStyle, sheet: LeadSheet, random: Random) -> dict[int, int]:
    """Pitches for the walking cues, by tick: one line for each stretch of them under the same chord."""
    low, high = part.register
    line: dict[int, int] = {}
    previous = low + 8
    walking = [cue for cue in cues if cue.symbol == "w"]
    index = 0
    while index < len(walking):
        start = walking[index].tick
        chord, change = sheet.chord_at(start), sheet.next_change(start)
        stretch = [cue for cue in walking[index : index + _LONGEST_WALK] if cue.tick < change]
        index += len(stretch)
        if chord.is_silent:
            continue
        ends = index >= len(walking) or walking[index].tick >= change
        following = sheet.chord_at(change) if ends and change < sheet.song.length else chord
        key = sheet.song.key_at(start)
        strong = [_is_strong(cue.tick, sheet) for cue in stretch]
        scale = frozenset(key.scale if key else ()) | chord.pitch_classes
        pitches = walk(strong, chord, following, previous, (low, high), scale, random)
        line.update(zip((cue.tick for cue in stretch), pitches, strict=True))
        previous = pitches[-1]
    return line


def _is_strong(tick: int, sheet: LeadSheet) -> bool:
    """Is it the first beat of its bar or, where the beats go in twos, the first of a pair?"""
    start = sheet.song.meters.bar_start(sheet.song.meters.bar_at(tick))
    beats = sheet.song.meters.meter_at(tick).beat_starts
    return tick - start in (beats[::2] if len(beats) % 2 == 0 else beats[:1])
