"""The counter-melody: a second voice of guide tones that moves when the tune rests.

It holds the notes that tell the harmony (thirds and sevenths), steps to the nearest of the next chord, against the
direction of the tune where it can, keeps off the tune's own pitch and out of parallel octaves and fifths, and
fills the tune's rests with a short step-wise answer.  A `harmony` line sings along instead, a third or so below.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise, product
from random import Random

from cocomposer.music import Chord, Note
from cocomposer.styles.feel import Stroke
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.pattern import place
from cocomposer.styles.plan import BarPlan
from cocomposer.styles.style import Line, PartStyle

_SHORTEST_REST = 480

# What the three intensities change, softest first: eighths in an answer, notes to a chord of a moving line, and the
# shortest notes off the beat that a harmony voice sings along (ticks).
_LONGEST_ANSWER = (2, 4, 6)
_PIECES = (1, 2, 4)
_SHORTEST_SUNG = (480, 240, 120)


def play_counter(plan: Sequence[BarPlan], part: PartStyle, sheet: LeadSheet, random: Random) -> list[Stroke]:
    """One line of strokes over the planned bars in which the part plays."""
    if part.line is Line.HARMONY and sheet.melody:
        return _harmony(plan, part, sheet)
    targets = _guide_tones(plan, part, sheet)
    if part.line in (Line.HELD, Line.HARMONY):
        return _held(targets)
    strokes: list[Stroke] = []
    bars = {bar.bar.index: bar for bar in plan}
    for index, note in enumerate(targets):
        bar = bars[sheet.song.meters.bar_at(note.start)]
        following = targets[index + 1].pitch if index + 1 < len(targets) else note.pitch
        if bar.is_last:
            strokes.append(Stroke(note.start, min(note.duration, _last_length(part, bar)), note.pitch))
        elif part.line is Line.MOVING:
            strokes += _moving(note, following, _PIECES[bar.level], part, sheet)
        elif sheet.melody or bar.place % 4 == 3:  # where nobody sings, the ends of phrases are answered
            strokes += _answer(note, following, _LONGEST_ANSWER[bar.level], part, sheet, random)
        else:
            strokes.append(Stroke(note.start, note.duration, note.pitch, 0, -8))
    return strokes


def _harmony(plan: Sequence[BarPlan], part: PartStyle, sheet: LeadSheet) -> list[Stroke]:
    """Sing with the tune, a third to a sixth below it: chord tones under its chord tones, the key's thirds under its
    passing notes.  Its quickest notes are left to it alone, the quieter the section the more of them."""
    low, high = part.register
    strokes: list[Stroke] = []
    for bar in plan:
        for sung in sheet.melody_onsets(bar.bar.start, bar.bar.end):
            # Hand-played notes are a little early or late and short; what is meant lies on the grid of sixteenths.
            meant = round(sung.start / 120) * 120
            length = round(sung.duration / 120) * 120
            if length < _SHORTEST_SUNG[bar.level] and meant % 480:
                continue
            chord, key = sheet.chord_at(meant), sheet.song.key_at(meant)
            wanted: frozenset[int] | set[int] = chord.pitch_classes
            if sung.pitch % 12 not in wanted and key is not None and length < 480:
                wanted = set(key.scale)
            below = [sung.pitch - step for step in range(3, 10) if (sung.pitch - step) % 12 in wanted]
            pitch = next((each for each in below if low <= each <= high), None)
            if pitch is None:
                continue
            if strokes and strokes[-1].tick + strokes[-1].duration > sung.start:
                last = strokes[-1]
                strokes[-1] = Stroke(last.tick, sung.start - last.tick, last.pitch, last.accent, last.lift)
            end, change = sung.end, sheet.next_change(meant)
            if change < end and pitch % 12 not in sheet.chord_at(change).pitch_classes:
                end = change
            strokes.append(Stroke(sung.start, max(60, end - sung.start), pitch, 0, -6))
    return strokes


def _last_length(part: PartStyle, bar: BarPlan) -> int:
    """How long the last note is, in ticks: as the style's ending says, else to the end of the bar."""
    if "ending" in part.patterns:
        return next((cue.duration for cue in place(part.patterns["ending"][0], bar.bar, 0)), 0) or 1
    return bar.bar.end - bar.bar.start


def _guide_tones(plan: Sequence[BarPlan], part: PartStyle, sheet: LeadSheet) -> list[Note]:
    """One note for each chord (and each bar of a long one)."""
    low, high = part.register
    centre = (low + high) / 2
    found: list[Note] = []
    previous, tune_before = round(centre), None
    for each in plan:
        edges = sorted({each.bar.start, *(span.start for span in sheet.changes_between(each.bar.start, each.bar.end))})
        for start, end in zip(edges, [*edges[1:], min(each.bar.end, sheet.song.length)], strict=True):
            chord = sheet.chord_at(start)
            if chord.is_silent or end - start < 240:
                continue
            tune = sheet.melody_sounding(start, end)
            pitch = _choose(chord, previous, tune, tune_before, low, high, centre)
            found.append(Note(start, pitch, end - start))
            previous = pitch
            tune_before = tune[-1].pitch if tune else tune_before
    return found


def _choose(
    chord: Chord, previous: int, tune: Sequence[Note], tune_before: int | None, low: int, high: int, centre: float
) -> int:
    third, seventh = chord.third, chord.seventh
    worth = {(chord.root + step) % 12: 2.5 for step in chord.intervals}
    worth[chord.root] = 4.0
    if third is not None:
        worth[(chord.root + third) % 12] = 0.0
    if seventh is not None:
        worth[(chord.root + seventh) % 12] = 0.0
    if chord.bass is not None:  # the bass has this note already
        worth[chord.bass] = worth.get(chord.bass, 2.5) + 2.5
    tune_classes = {note.pitch % 12 for note in tune}
    tune_first = tune[0].pitch if tune else None

    def cost(pitch: int) -> float:
        value = worth[pitch % 12] + 0.9 * abs(pitch - previous) + 0.08 * abs(pitch - centre)
        if pitch % 12 in tune_classes:
            value += 2.5
        if tune_first is not None:
            value += 4.0 if abs(tune_first - pitch) <= 2 else 0.0
            if tune_before is not None:
                tune_moves, we_move = tune_first - tune_before, pitch - previous
                if tune_moves * we_move > 0:
                    value += 0.8
                    if (tune_first - pitch) % 12 in (0, 7) and (tune_before - previous) % 12 == (
                        tune_first - pitch
                    ) % 12:
                        value += 6.0  # parallel octaves or fifths
        return value

    choices = [pitch for pitch in range(low, high + 1) if pitch % 12 in worth]
    return min(choices, key=lambda pitch: (cost(pitch), pitch))


def _held(targets: Sequence[Note]) -> list[Stroke]:
    """Long notes; equal neighbours are one, up to two bars of 4/4."""
    strokes: list[Stroke] = []
    for note in targets:
        last = strokes[-1] if strokes else None
        joined = last is not None and last.pitch == note.pitch and last.tick + last.duration == note.start
        if last is not None and joined and last.duration + note.duration <= 8 * 480:
            strokes[-1] = Stroke(last.tick, last.duration + note.duration, last.pitch)
        else:
            strokes.append(Stroke(note.start, note.duration, note.pitch))
    return strokes


def _rest_in(sheet: LeadSheet, start: int, end: int) -> tuple[int, int] | None:
    """The longest silence of the tune inside [start, end) on the grid of eighths, if it lasts a quarter or more."""
    best: tuple[int, int] | None = None
    here: int | None = None
    for tick in range(start, end, 240):
        silent = not sheet.melody_sounding(tick + 20, min(tick + 220, end))
        if silent and here is None:
            here = tick
        if here is not None and (not silent or tick + 240 >= end):
            stop = min(tick + 240, end) if silent else tick
            if stop - here >= _SHORTEST_REST and (best is None or stop - here > best[1] - best[0]):
                best = (here, stop)
            here = None
    return best


def _answer(
    note: Note, following: int, longest: int, part: PartStyle, sheet: LeadSheet, random: Random
) -> list[Stroke]:
    """The guide tone while the tune sings, then up to `longest` eighths towards the next one while it rests."""
    rest = _rest_in(sheet, note.start, note.end)
    if rest is None:
        return [Stroke(note.start, note.duration, note.pitch, 0, -8)]
    start, end = rest
    count = min(longest, (end - start) // 240)
    begin = end - count * 240
    strokes = [Stroke(note.start, begin - note.start, note.pitch, 0, -4)] if begin - note.start >= 120 else []
    for index, pitch in enumerate(_steps(note.pitch, following, count, part, sheet, begin, random)):
        strokes.append(Stroke(begin + index * 240, 240, pitch, 0, index * 2 - 2))
    return strokes


def _moving(note: Note, following: int, pieces: int, part: PartStyle, sheet: LeadSheet) -> list[Stroke]:
    """The guide tone, and from it to neighbouring chord tones, in up to `pieces` notes of a quarter or longer; the
    last leads on."""
    pieces = min(pieces, note.duration // 480)
    tones = sheet.chord_at(note.start).pitch_classes
    low, high = part.register
    near = [
        pitch
        for pitch in range(max(low, note.pitch - 5), min(high, note.pitch + 5) + 1)
        if pitch % 12 in tones and pitch != note.pitch
    ]
    if pieces < 2 or not near:
        return [Stroke(note.start, note.duration, note.pitch)]
    last = min(near, key=lambda pitch: (abs(pitch - following), abs(pitch - note.pitch)))
    turn = min(near, key=lambda pitch: (pitch == last, abs(pitch - note.pitch)))
    line = [note.pitch, last] if pieces < 4 else [note.pitch, turn, note.pitch, last]
    step = note.duration // len(line) // 240 * 240
    starts = [note.start + step * index for index in range(len(line))]
    ends = [*starts[1:], note.end]
    return [Stroke(start, end - start, pitch) for start, end, pitch in zip(starts, ends, line, strict=True)]


def _steps(
    start: int, goal: int, count: int, part: PartStyle, sheet: LeadSheet, tick: int, random: Random
) -> list[int]:
    """`count` notes of the key or chord that set out near `start` and arrive one step from `goal`.

    Of all step-wise figures the one with the fewest turns and repeated notes is taken; a goal out of their reach is
    approached in even leaps.
    """
    low, high = part.register
    key = sheet.song.key_at(tick)
    scale = (set(key.scale) if key else set()) | sheet.chord_at(tick).pitch_classes
    ladder = [pitch for pitch in range(low, high + 1) if pitch % 12 in scale]
    at = min(range(len(ladder)), key=lambda index: abs(ladder[index] - start))
    aim = min(range(len(ladder)), key=lambda index: abs(ladder[index] - goal))
    best: list[int] = []
    least = float("inf")
    for first in range(max(0, at - 2), min(len(ladder), at + 3)):
        for steps in product((-1, 1), repeat=count - 1):
            path = list(accumulate(steps, initial=first))
            if abs(path[-1] - aim) != 1 or min(path) < 0 or max(path) >= len(ladder):
                continue
            turns = sum(before != after for before, after in pairwise(steps))
            cost = abs(first - at) + turns + (count - len(set(path))) + random.random() * 0.5
            if cost < least:
                best, least = path, cost
    best = best or [at + (aim - at) * (index + 1) // (count + 1) for index in range(count)]
    return [ladder[index] for index in best]
