"""Taking an answer into the song: all of it, some of its parts, some of its bars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from cocomposer.errors import RequestError
from cocomposer.music import MeterMap, Part, Song
from cocomposer.music.song import MAX_TICKS
from cocomposer.studio.note_editing import beside
from cocomposer.studio.project import Project
from cocomposer.studio.splicing import E, in_force, moved_to


def keep_answer(
    project: Project, answer_id: str, parts: Collection[int] | None = None, bars: tuple[int, int] | None = None
) -> Project:
    """The project with an answer taken into its song and marked as kept.

    `parts` are parts of the answer by index, by default those that it wrote; `bars`, counted from 0 and both included,
    by default all.  What the artist did to other parts since asking stays.  Raises RequestError for an answer or parts
    that are not there.
    """
    generation, answer = project.find(answer_id)
    sketch, song = generation.sketch, project.song
    if parts is not None:
        kept = keep(song, answer.song, parts, bars)
    else:
        harmony = answer.song.chords != sketch.chords
        kept = keep(song, answer.song, written_parts(sketch, answer.song), bars, harmony=harmony)
        if bars is None and answer.song.tempos != sketch.tempos:
            kept = replace(kept, tempos=answer.song.tempos)
    return replace(project, song=kept).with_verdict(answer_id, "kept")


def written_parts(sketch: Song, answer: Song) -> tuple[int, ...]:
    """The parts of an answer, by index, that are not as they are in the sketch it answers."""
    places = _places(sketch.parts, answer.parts)
    return tuple(
        index
        for index, (part, place) in enumerate(zip(answer.parts, places, strict=True))
        if place is None or sketch.parts[place].notes != part.notes
    )


def keep(
    song: Song,
    answer: Song,
    parts: Collection[int] | None = None,
    bars: tuple[int, int] | None = None,
    *,
    harmony: bool | None = None,
) -> Song:
    """The song with parts of `answer`, by index, in these bars (counted from 0, both included); None takes all.

    A part goes to the one of its name and role, else to the end as a new one.  Instruments and strips that the song
    has stay.  With `harmony`, by default where all parts are taken, chords and keys come along, and sections where
    the song has none.  A longer answer makes the song longer.  Raises RequestError for parts and bars that are not in
    the answer.
    """
    chosen = range(len(answer.parts)) if parts is None else sorted(set(parts))
    if any(not 0 <= index < len(answer.parts) for index in chosen):
        raise RequestError("This proposal has no such part.")
    start, end = _ticks(answer, bars)
    places = _places(song.parts, answer.parts)
    band = list(song.parts)
    for index in chosen:
        place, part = places[index], answer.parts[index]
        if place is None:
            band.append(_taken(replace(part, notes=(), controls=(), bends=(), lyrics=()), part, start, end))
        else:
            band[place] = _taken(band[place], part, start, end)
    kept = replace(song, parts=tuple(band))
    if min(end, answer.length) > song.length:
        kept = replace(kept, length=min(end, answer.length), meters=_longer(song, answer))
        kept = replace(kept, sections=(*song.sections, *(each for each in answer.sections if each.tick >= song.length)))
    if harmony if harmony is not None else parts is None:
        kept = replace(
            kept,
            chords=_spliced(song.chords, answer.chords, start, end, kept.length),
            keys=_spliced(song.keys, answer.keys, start, end, kept.length),
            sections=kept.sections or answer.sections,
        )
    return kept


def _ticks(answer: Song, bars: tuple[int, int] | None) -> tuple[int, int]:
    """From where to where the answer is taken; all of it reaches beyond every event."""
    if bars is None:
        return 0, MAX_TICKS + 1
    first, last = bars
    if not 0 <= first <= last < len(answer.bars):
        raise RequestError(f"Bars {first + 1}-{last + 1} are not all in the proposal.")
    return answer.bars[first].start, answer.bars[last].end


def _taken(own: Part, part: Part, start: int, end: int) -> Part:
    """The song's own part with what `part` plays from `start` up to `end`."""
    fresh = tuple(note for note in part.notes if start <= note.start < end)
    others = [note for note in own.notes if not start <= note.start < end]
    return replace(
        own,
        notes=(*beside(others, fresh), *fresh),
        controls=_exchanged(own.controls, part.controls, start, end),
        bends=_exchanged(own.bends, part.bends, start, end),
        lyrics=_exchanged(own.lyrics, part.lyrics, start, end),
    )


def _exchanged(own: Sequence[E], other: Sequence[E], start: int, end: int) -> tuple[E, ...]:
    """The own events with the `other` ones from `start` up to `end`."""
    before = [event for event in own if event.tick < start]
    after = [event for event in own if event.tick >= end]
    return (*before, *(event for event in other if start <= event.tick < end), *after)


def _spliced(own: Sequence[E], other: Sequence[E], start: int, end: int, length: int) -> tuple[E, ...]:
    """`_exchanged` for what lasts until the next of its kind: what sounds at either cut is said there."""
    sounding = in_force(other, start)
    before = [event for event in own if event.tick < start]
    inside = [event for event in other if start < event.tick < end]
    if sounding is not None:
        inside.insert(0, moved_to(sounding, start) if start else sounding)
    after = [event for event in own if event.tick >= end]
    going_on = in_force(own, end)
    if going_on is not None and end < length:
        after = [moved_to(going_on, end), *(event for event in after if event.tick > end)]
    return (*before, *inside, *after)


def _longer(song: Song, answer: Song) -> MeterMap:
    """The song's metres, and beyond its end those of the answer."""
    beyond = (change for change in answer.meters.changes if change.tick >= max(1, song.length))
    within = (change for change in song.meters.changes if change.tick < max(1, song.length))
    return MeterMap((*within, *beyond))


def _places(band: Sequence[Part], parts: Sequence[Part]) -> list[int | None]:
    """For each of `parts` its place in `band`, each place once; None where it is new.

    It is that of its name and role, else that of its name: a composer may have heard that a part is the tune.
    """
    free = list(range(len(band)))
    places: dict[int, int] = {}
    for by_role in (True, False):
        for index, part in enumerate(parts):
            for place in free:
                own = band[place]
                alike = own.name.casefold() == part.name.casefold() and (own.role is part.role or not by_role)
                if alike and index not in places:
                    places[index] = place
            free = [place for place in free if place not in places.values()]
    return [places.get(index) for index in range(len(parts))]
