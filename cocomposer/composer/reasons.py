"""Why a proposal is as it is, in an artist's words, read off the notes that were really written."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from cocomposer.composer.orchestration import Texture
from cocomposer.composer.part_names import listed
from cocomposer.composer.request import Request, Task
from cocomposer.composer.sketch import chords_are_played
from cocomposer.composer.style_choice import Fit
from cocomposer.music import Part, Role, Song
from cocomposer.styles import Style
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.plan import letter_of

_EARLY = 30
"""Ticks by which a player may be ahead of the place he means."""


def explain(
    song: Song, band: Sequence[Part], request: Request, style: Style, texture: Texture, fit: Fit, first: int, last: int
) -> tuple[str, ...]:
    """Up to eight sentences on what `band` plays in `song` between the ticks `first` and `last`: style, texture, what
    was kept, entries, room for the tune, bass, form and harmony."""
    return (
        f"{style.name}: {fit.reason}.",
        f"{texture.description} ({listed([part.name.lower() for part in band])}).",
        *heard(song, band, request, first, last),
    )


def heard(song: Song, band: Sequence[Part], request: Request, first: int, last: int) -> tuple[str, ...]:
    """Sentences on what can be heard of `band` in `song` between the ticks `first` and `last`: what was kept, entries,
    room for the tune, bass, form and harmony."""
    sentences = [
        _kept(song, band, request),
        _entries(song, band, first),
        _room(song, band, first, last),
        _bass(song, band, first, last),
        _form(song, request, first, last),
        _harmony(song, request),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def _kept(song: Song, band: Sequence[Part], request: Request) -> str:
    own = [part.name for part in song.parts if part not in band and part.role is not Role.MELODY]
    where = "before and after" if request.task is Task.REMIX else "beside your tune"
    return f"Kept {where} as you wrote it: {listed(own)}." if own else ""


def _entries(song: Song, band: Sequence[Part], first: int) -> str:
    opening = song.meters.bar_at(first)
    late: dict[int, list[str]] = {}
    for part in band:
        bar = song.meters.bar_at(part.notes[0].start + _EARLY)
        if bar >= opening + 2:
            late.setdefault(bar, []).append(part.name.lower())
    told = [f"{listed(names)} from bar {bar + 1}" for bar, names in sorted(late.items())]
    return f"It grows: {', '.join(told)}." if told else ""


def _room(song: Song, band: Sequence[Part], first: int, last: int) -> str:
    """Who answers in the tune's rests, and who of keys and guitars gives way most while it sings."""
    sheet = LeadSheet(song)
    if not sheet.melody:
        return ""
    beats: list[tuple[int, int, bool]] = []
    for bar in song.bars:
        for offset, size in zip(bar.meter.beat_starts, bar.meter.beats, strict=True):
            start = bar.start + offset
            if first <= start < last:
                beats.append((start, start + size, sheet.rests(start, start + size)))
    if not 2 <= sum(rests for _, _, rests in beats) < len(beats):
        return ""
    share = {part.name.lower(): _rest_share(part, beats) for part in band}
    answering = [part.name.lower() for part in band if part.role is Role.COUNTER and share[part.name.lower()] >= 2]
    comping = [part.name.lower() for part in band if part.role in (Role.KEYS, Role.GUITAR)]
    most = max(comping, key=lambda name: share[name], default="")
    told = [f"Your rests are answered by the {listed(answering)}"] if answering else []
    if most and 1.2 <= share[most] < _OPPOSITE:
        more = f"{100 * (share[most] - 1):.0f}% more from the {most} in your rests than while you sing"
        told.append(f"there is {more}" if told else f"There is {more}")
    return ", and ".join(told) + "." if told else ""


_OPPOSITE = 4.0
"""From here a figure says nothing: such a part plays in the rests alone."""


def _rest_share(part: Part, beats: Sequence[tuple[int, int, bool]]) -> float:
    """Strokes a beat in the tune's rests for each stroke a beat while it sings; `beats` are (start, end, rests)."""
    onsets = sorted({note.start + _EARLY for note in part.notes})
    struck = [bisect_left(onsets, end) - bisect_left(onsets, start) for start, end, _ in beats]
    resting = sum(rests for _, _, rests in beats)
    in_rests = sum(count for count, (_, _, rests) in zip(struck, beats, strict=True) if rests)
    in_song = sum(struck) - in_rests
    return (in_rests / resting) / (in_song / (len(beats) - resting)) if in_song else 0.0


def _bass(song: Song, band: Sequence[Part], first: int, last: int) -> str:
    part = next((part for part in band if part.role is Role.BASS), None)
    bass = [note for note in part.notes if first <= note.start + _EARLY < last] if part is not None else []
    if len(bass) < 8:
        return ""
    sheet = LeadSheet(song)
    moves = [
        (abs(after.pitch - before.pitch), sheet.chord_at(before.start + _EARLY) != sheet.chord_at(after.start + _EARLY))
        for before, after in pairwise(bass)
    ]
    by_step = sum(1 <= step <= 2 for step, _ in moves)
    leading = sum(1 <= step <= 2 and changes for step, changes in moves)
    changes = sum(changes for _, changes in moves)
    bars = max(1, sum(first <= bar.start < last for bar in song.bars))
    if by_step > 0.5 * len(moves) and len(bass) > 3 * bars:
        return "The bass walks from chord to chord by step."
    if changes and leading >= 0.25 * changes:
        return f"The bass leads into {leading} of {changes} chord changes by a half or whole step."
    return "The bass stays with the roots and lets the others move."


def _form(song: Song, request: Request, first: int, last: int) -> str:
    names = [section.name for section in song.sections if first <= section.tick < last]
    if len(names) < 2:
        return ""
    form = " ".join(names[:_NAMES_SHOWN]) + (f" ... ({len(names)} sections)" if len(names) > _NAMES_SHOWN else "")
    heard = f"The form {form} is kept" if request.sketch.sections else f"The form was heard as {form}"
    returns = len({letter_of(name) for name in names}) < len(names)
    return f"{heard}, and what returns has the groove it had." if returns else f"{heard}."


_NAMES_SHOWN = 8


def _harmony(song: Song, request: Request) -> str:
    key = song.key_at(0)
    if request.task is Task.HARMONISE:
        shown = listed(dict.fromkeys(str(span.chord) for span in song.chord_spans[:8]))
        return f"The chords are {shown}{' ...' if len(song.chord_spans) > 8 else ''}, in {key}."
    if request.sketch.chords:
        return f"Your chords are kept as written, in {key}." if key else "Your chords are kept as written."
    chords = list(dict.fromkeys(str(span.chord) for span in song.chord_spans))
    shown = ", ".join(chords[:6]) + (" ..." if len(chords) > 6 else "")
    source = "heard in what you played" if chords_are_played(request.sketch) else "found for your tune"
    return f"The chords were {source}, in {key}: {shown}."
