"""In which order the measures of a score are played: repeats, first and second endings, da capo, segno, coda, fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from music21 import stream

_MAX_TIMES = 8
"""Most times that one repeat is played."""


def played_order(part: stream.Part, column: list[stream.Measure]) -> list[int]:
    """Indices into `column`, the measures of `part`, in playing order; as written where the signs make no sense.

    music21's Expander knows the signs, but copies every note of the score; so it is given empty measures that carry
    nothing but the signs, and their numbers say where each came from.
    """
    from music21 import bar, repeat, spanner, stream

    as_written = list(range(len(column)))
    skeleton = stream.Part()
    signs = 0
    for index, written in enumerate(column):
        measure = stream.Measure(number=index)
        for side in ("leftBarline", "rightBarline"):
            line = getattr(written, side)
            if isinstance(line, bar.Repeat):
                signs += 1
                times = min(line.times, _MAX_TIMES) if line.times and line.times > 1 else None
                setattr(measure, side, bar.Repeat(line.direction, times if line.direction == "end" else None))
        for expression in written.getElementsByClass(repeat.RepeatExpression):
            signs += 1
            measure.insert(expression.offset, type(expression)())
        skeleton.append(measure)
    if not signs:
        return as_written
    blank = list(skeleton.getElementsByClass(stream.Measure))
    place = {id(measure): index for index, measure in enumerate(column)}
    last_end, number = -2, 0
    for bracket in sorted(
        ([place[id(each)] for each in bracket.getSpannedElements() if id(each) in place]
         for bracket in part.recurse().getElementsByClass(spanner.RepeatBracket)),
    ):  # fmt: skip
        if not bracket:
            continue
        # Endings are numbered by their order, since many programs call all of them the first.
        number = number + 1 if bracket[0] == last_end + 1 else 1
        last_end = bracket[-1]
        skeleton.insert(0, spanner.RepeatBracket([blank[index] for index in bracket], number=number))
    try:
        played = repeat.Expander(skeleton).process()
        order = [measure.number for measure in played.getElementsByClass(stream.Measure)]
    except Exception:  # signs that contradict each other; music21 raises anything from within
        return as_written
    return order or as_written
