"""In which order the measures of a score are played: repeats, first and second endings, da capo, segno, coda, fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from music21 import stream

_MAX_TIMES = 8
"""Most times that one repeat is played."""


def played_order(part: stream.Part, column: list[stream.Measure]) -> list[int]:
    """Indices into `column`, the measures of `part`, in playing order.

    Where jumps (da capo, segno, coda) contradict each other they are left out, and where the repeat bars do, too.
    music21's Expander knows the signs, but copies every note of the score; so it is given empty measures that carry
    nothing but the signs and a note of where each came from.
    """
    from music21 import bar, repeat, stream

    as_written = list(range(len(column)))
    jumps = [list(written.getElementsByClass(repeat.RepeatExpression)) for written in column]
    repeats = [written.rightBarline for written in column] + [written.leftBarline for written in column]
    if not any(jumps) and not any(isinstance(line, bar.Repeat) for line in repeats):
        return as_written
    for with_jumps in (True, False) if any(jumps) else (False,):
        skeleton = _skeleton(part, column, jumps if with_jumps else [])
        try:
            played = repeat.Expander(skeleton).process()
            order = [measure.editorial.place for measure in played.getElementsByClass(stream.Measure)]
        except Exception:  # signs that contradict each other; music21 raises anything from within
            continue
        if order:
            return order
    return as_written


def _skeleton(
    part: stream.Part, column: list[stream.Measure], jumps: list[list[stream.repeat.RepeatExpression]]
) -> stream.Part:
    """Empty measures, each knowing its place, with the repeat bars, endings and `jumps` of the written ones."""
    from music21 import bar, spanner, stream

    skeleton = stream.Part()
    measures = []
    for index, written in enumerate(column):
        measure = stream.Measure(number=index)
        measure.editorial.place = index  # survives copying; the number is counted anew after a jump
        for side in ("leftBarline", "rightBarline"):
            line = getattr(written, side)
            if isinstance(line, bar.Repeat):
                times = min(line.times, _MAX_TIMES) if line.direction == "end" and (line.times or 0) > 1 else None
                setattr(measure, side, bar.Repeat(line.direction, times))
        for jump in jumps[index] if jumps else ():
            measure.insert(jump.offset, type(jump)())
        skeleton.append(measure)
        measures.append(measure)
    for number, first, last in _endings(part, column):
        skeleton.insert(0, spanner.RepeatBracket(measures[first : last + 1], number=number))
    return skeleton


def _endings(part: stream.Part, column: list[stream.Measure]) -> list[tuple[int, int, int]]:
    """Number, first and last measure of each ending.

    Many files number every ending the first and close its bracket too soon, so endings that follow each other are
    counted anew, and one that stops short of its repeat bar is drawn out to it.
    """
    from music21 import bar, spanner

    place = {id(measure): index for index, measure in enumerate(column)}
    spans = []
    for bracket in part.recurse().getElementsByClass(spanner.RepeatBracket):
        covered = [place[id(each)] for each in bracket.getSpannedElements() if id(each) in place]
        if covered:
            spans.append((min(covered), max(covered)))
    spans.sort()
    endings: list[tuple[int, int, int]] = []
    for index, (first, last) in enumerate(spans):
        limit = spans[index + 1][0] if index + 1 < len(spans) else last + 1
        closing = [at for at in range(last, limit) if isinstance(column[at].rightBarline, bar.Repeat)]
        last = closing[0] if closing else min(last, limit - 1)
        follows = bool(endings) and endings[-1][2] == first - 1
        endings.append((endings[-1][0] + 1 if follows else 1, first, max(first, last)))
    return endings
