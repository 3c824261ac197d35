"""Measuring the composer at work: do controls do what they say, does an infill find what stood there, do drums play as
drummers do.

Everything goes through `ModelComposer`, as an artist's request does, on songs that were kept aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cocomposer.composer import Controls, Request, StyleComposer, Task, understand
from cocomposer.composer.bands import with_distinct_names
from cocomposer.composer.model_composer import ModelComposer
from cocomposer.composer.novelty import share_of_new_notes
from cocomposer.composer.ranking import spearman
from cocomposer.composer.sketch import outside
from cocomposer.errors import ModelError
from cocomposer.music import Bar, Chord, ChordChange, KeyChange, Meter, MeterMap, Note, Part, Role, Section, Song
from cocomposer.training.corpora import CORPORA, read_piece
from cocomposer.training.prepare import is_validation
from cocomposer.training.unpack import corpora_in

_GRID = 120
"""Notes of an infill are compared on sixteenths."""
_KICK, _SNARE, _HAT = (35, 36), (37, 38, 39, 40), (42, 44, 46)


def validation_songs(folder: Path, corpus: str, most: int, accept: Callable[[Song], bool] = bool) -> list[Song]:
    """Up to `most` songs of the corpus in `folder` that were kept aside and that `accept`."""
    found: list[Song] = []
    chosen = next(each for each in CORPORA if each.name == corpus)
    for load in chosen.read(folder):
        piece = read_piece(load)
        if piece is not None and is_validation(corpus, piece.name) and accept(piece.song):
            found.append(piece.song)
            if len(found) == most:
                break
    return found


def excerpt(song: Song, first: int, count: int) -> Song:
    """`count` bars of a song from bar `first` on, as a song of their own (all in the metre of the first)."""
    bars: Sequence[Bar] = song.bars[first : first + count]
    start, end = bars[0].start, bars[-1].end

    def moved(part: Part) -> Part:
        notes = tuple(
            replace(note, start=note.start - start, duration=min(note.end, end) - note.start)
            for note in part.notes
            if start <= note.start < end
        )
        return replace(part, notes=notes, controls=(), bends=(), lyrics=())

    def inside(events: Sequence[ChordChange] | Sequence[KeyChange] | Sequence[Section]) -> list[int]:
        """Which of them hold somewhere in the excerpt: the last one before it, and those in it."""
        ticks = [event.tick for event in events]
        early = [index for index, tick in enumerate(ticks) if tick <= start]
        return [*early[-1:], *(index for index, tick in enumerate(ticks) if start < tick < end)]

    def at(tick: int) -> int:
        return max(0, tick - start)

    return replace(
        song, length=end - start, parts=tuple(moved(part) for part in song.parts),
        meters=MeterMap((replace(song.meters.changes[0], tick=0, meter=bars[0].meter),)),
        chords=tuple(replace(song.chords[i], tick=at(song.chords[i].tick)) for i in inside(song.chords)),
        keys=tuple(replace(song.keys[i], tick=at(song.keys[i].tick)) for i in inside(song.keys)),
        sections=tuple(replace(song.sections[i], tick=at(song.sections[i].tick)) for i in inside(song.sections)),
    )  # fmt: skip


# ------------------------------------------------------------------ controls


@dataclass(frozen=True)
class ControlFigures:
    """Spearman correlations of one control: over all answers together, and the mean of those within a sketch."""

    name: str
    together: float
    within: float


def measured(song: Song, control: str) -> float:
    """What a song without its tune shows of a control (see `Controls`)."""
    parts = [part for part in song.parts if part.role is not Role.MELODY]
    pitched = [part for part in parts if not part.is_drums and part.notes]
    notes = [note for part in parts for note in part.notes]
    sounding = [note for part in pitched for note in part.notes]
    bars = len(song.bars)
    velocity = float(np.mean([note.velocity for note in notes])) if notes else 0.0
    if control == "density":
        return len(notes) / bars
    if control == "polyphony":
        chordal = [part for part in pitched if part.role is not Role.BASS]
        strokes = sum(len({round(note.start / 60) for note in part.notes}) for part in chordal)
        return sum(len(part.notes) for part in chordal) / max(1, strokes)
    if control == "register":
        return float(np.mean([note.pitch for note in sounding])) if sounding else 0.0
    if control == "velocity":
        return velocity
    register = float(np.mean([note.pitch for note in sounding])) if sounding else 60.0
    if control == "arousal":  # activity free of tempo, loudness, register
        onsets = sum(len({round(note.start / 60) for note in part.notes}) for part in parts) / bars
        return onsets / 20 + velocity / 40 + register / 24
    if control == "valence":  # consonance with the chords, brightness
        return 4 * _consonance(song, sounding) + register / 24
    raise ValueError(control)


def _consonance(song: Song, notes: Sequence[Note]) -> float:
    """Share of the pairs of notes that are struck together that form no second, seventh or tritone."""
    by_start: dict[int, list[int]] = {}
    for note in notes:
        by_start.setdefault(round(note.start / 60), []).append(note.pitch)
    pairs = [abs(a - b) % 12 for pitches in by_start.values() for i, a in enumerate(pitches) for b in pitches[i + 1 :]]
    return sum(pair not in (1, 2, 6, 10, 11) for pair in pairs) / len(pairs) if pairs else 1.0


def evaluate_controls(
    sketches: Sequence[Song], composer: ModelComposer, levels: int = 5, report: Callable[[str], None] = print
) -> list[ControlFigures]:
    """Ask for every control at several levels on every sketch (tune and chords), and measure what came."""
    found = []
    for name in ("density", "polyphony", "register", "velocity", "arousal", "valence", "similarity"):
        low = -1.0 if name in ("arousal", "valence") else 0.0
        values = np.linspace(low, 1.0, levels).tolist()
        rows = []
        for number, sketch in enumerate(sketches):
            rows.append([_answer(sketch, name, value, composer, number) for value in values])
        table = np.array(rows)
        together = spearman([value for _ in sketches for value in values], table.ravel().tolist())
        within = float(np.mean([spearman(values, row) for row in table.tolist()]))
        found.append(ControlFigures(name, together, within))
        report(f"{name:<12} together {together:.3f}  within a sketch {within:.3f}")
    return found


def _answer(sketch: Song, name: str, value: float, composer: ModelComposer, seed: int) -> float:
    if name == "similarity":
        tune = next(index for index, part in enumerate(sketch.parts) if part.role is Role.MELODY)
        request = Request(sketch, count=1, seed=seed, task=Task.VARY, parts=("melody",), similarity=value)
        answer = next(iter(composer.propose(request))).song
        mine = next(index for index, part in enumerate(answer.parts) if part.role is Role.MELODY)
        aligned = replace(sketch, parts=(sketch.parts[tune],)), replace(answer, parts=(answer.parts[mine],))
        return 1.0 - share_of_new_notes(*aligned, (0,), 0, sketch.length)
    request = Request(sketch, count=1, seed=seed, controls=Controls(**{name: value}))  # type: ignore[arg-type]
    return measured(next(iter(composer.propose(request))).song, name)


# ------------------------------------------------------------------ infill


@dataclass(frozen=True)
class InfillFigures:
    """Mean F1 of an infill against what stood there: onset and pitch, onset alone; `kept` is the share of given notes
    that are still as they were."""

    system: str
    note: float
    onset: float
    kept: float


def f1(truth: set[tuple[int, ...]], guess: set[tuple[int, ...]]) -> float:
    """The harmonic mean of precision and recall; 1 where both are empty."""
    return 2 * len(truth & guess) / (len(truth) + len(guess)) if truth or guess else 1.0


def _places(notes: Iterable[Note], first: int, last: int) -> list[tuple[int, int]]:
    return [(round(note.start / _GRID), note.pitch) for note in notes if first <= note.start + 30 < last]


def evaluate_infill(
    songs: Sequence[Song], composer: ModelComposer, bars: tuple[int, int] | None, report: Callable[[str], None] = print
) -> list[InfillFigures]:
    """Take out one part of each 16-bar song (`bars` None) or all parts of some bars, have it filled in, and compare,
    next to copying the bars before and to the style composer's playing of the part."""
    rows: dict[str, list[tuple[float, float, float]]] = {"model": [], "copy": [], "style": []}
    for number, song in enumerate(songs):
        band = [index for index, part in enumerate(song.parts) if part.role is not Role.MELODY and part.notes]
        targets = [band[number % len(band)]] if bars is None else band
        whole = (0, song.length) if bars is None else (song.bars[bars[0]].start, song.bars[bars[1]].end)
        answers: Mapping[str, Song | None] = {
            "model": _infilled(song, targets, bars, composer, number),
            "copy": _copied(song, targets, bars),
            "style": _styled(song, targets, number),
        }
        for system, answer in answers.items():
            if answer is None:
                continue
            for index in targets:
                truth = _places(song.parts[index].notes, *whole)
                guess = _places(answer.parts[index].notes, *whole)
                given = {note for note in song.parts[index].notes if not whole[0] <= note.start < whole[1]}
                kept = len(given & set(answer.parts[index].notes)) / len(given) if given else 1.0
                rows[system].append((f1(set(truth), set(guess)),
                                     f1({(at,) for at, _ in truth}, {(at,) for at, _ in guess}), kept))  # fmt: skip
    found = [InfillFigures(system, *np.mean(values, axis=0).tolist()) for system, values in rows.items() if values]
    for row in found:
        report(f"{row.system:<8} onset+pitch {row.note:.3f}  onset {row.onset:.3f}  given notes kept {row.kept:.3f}")
    return found


def _infilled(
    song: Song, targets: Sequence[int], bars: tuple[int, int] | None, composer: ModelComposer, seed: int
) -> Song:
    """The song with the targets filled in; their own notes there are taken away first."""
    names = tuple(dict.fromkeys(song.parts[index].name for index in targets))
    first, last = (0, song.length) if bars is None else (song.bars[bars[0]].start, song.bars[bars[1]].end)
    gap = replace(song, parts=tuple(
        outside(part, first, last) if index in targets else part for index, part in enumerate(song.parts)
    ))  # fmt: skip
    request = Request(gap, count=1, seed=seed, task=Task.INFILL, parts=names, bars=bars)
    answer = next(iter(composer.propose(request))).song
    by_name = {part.name: part for part in answer.parts}
    return replace(song, parts=tuple(by_name.get(part.name, replace(part, notes=())) for part in song.parts))


def _copied(song: Song, targets: Sequence[int], bars: tuple[int, int] | None) -> Song | None:
    """The bars before the gap in its place; None where a whole part is missing."""
    if bars is None:
        return None
    start, end = song.bars[bars[0]].start, song.bars[bars[1]].end
    size = song.bars[bars[0]].end - start
    parts = list(song.parts)
    for index in targets:
        part = parts[index]
        before = [note for note in part.notes if start - size <= note.start < start]
        fresh = [replace(note, start=note.start + size * turn) for note in before
                 for turn in range(1, 1 + (end - start) // size)]  # fmt: skip
        parts[index] = replace(part, notes=(*(n for n in part.notes if not start <= n.start < end), *fresh))
    return replace(song, parts=tuple(parts))


def _styled(song: Song, targets: Sequence[int], seed: int) -> Song | None:
    """What the style composer's players of the same roles play there."""
    tune = tuple(part for part in song.parts if part.role is Role.MELODY)
    lead = replace(song, parts=tune)
    answer = next(iter(StyleComposer().propose(Request(lead, count=1, seed=seed)))).song
    parts = list(song.parts)
    for index in targets:
        part = next((each for each in answer.parts if each.role is parts[index].role), None)
        parts[index] = replace(parts[index], notes=part.notes if part is not None else ())
    return replace(song, parts=tuple(parts))


# ------------------------------------------------------------------ drums


@dataclass(frozen=True)
class DrumFigures:
    """F1 of kick, snare and hi-hat onsets on sixteenths, and the spread (standard deviation) of timing in ticks and of
    MIDI velocity; for the drummers themselves the F1 is 1."""

    system: str
    kick: float
    snare: float
    hat: float
    timing: float
    velocity: float


def evaluate_drums(
    songs: Sequence[Song], composer: ModelComposer, report: Callable[[str], None] = print
) -> list[DrumFigures]:
    """Take out the middle bars of performed drum parts, have them filled in, and compare."""
    rows: dict[str, list[list[float]]] = {"drummer": [], "model": [], "style": []}
    for number, song in enumerate(songs):
        part = next(part for part in song.parts if part.is_drums)
        low, high = len(song.bars) // 2, len(song.bars) // 2 + 1
        start, end = song.bars[low].start, song.bars[high].end
        chord = replace(song, chords=(), parts=(part,))
        request = Request(
            _over_a_chord(chord), count=1, seed=number, task=Task.INFILL, parts=(part.name,), bars=(low, high)
        )
        model = next(iter(composer.propose(request))).song.parts[0].notes
        band = next(
            iter(StyleComposer().propose(Request(replace(_over_a_chord(chord), parts=()), count=1, seed=number)))
        )
        style = next((each.notes for each in band.song.parts if each.is_drums), ())
        truth = [note for note in part.notes if start <= note.start < end]
        for system, notes in (("drummer", part.notes), ("model", model), ("style", style)):
            played = [note for note in notes if start <= note.start + 30 < end]
            off = [note.start - round(note.start / _GRID) * _GRID for note in played]
            rows[system].append(
                [*(f1(_hits(truth, keys), _hits(played, keys)) for keys in (_KICK, _SNARE, _HAT)),
                 float(np.std(off)) if off else 0.0,
                 float(np.std([note.velocity for note in played])) if played else 0.0]
            )  # fmt: skip
    found = [DrumFigures(system, *np.mean(values, axis=0).tolist()) for system, values in rows.items()]
    for row in found:
        report(f"{row.system:<8} kick {row.kick:.3f} snare {row.snare:.3f} hat {row.hat:.3f} "
               f"timing {row.timing:.1f} ticks velocity {row.velocity:.1f}")  # fmt: skip
    return found


def _hits(notes: Iterable[Note], keys: Sequence[int]) -> set[tuple[int, ...]]:
    return {(round(note.start / _GRID),) for note in notes if note.pitch in keys}


def _over_a_chord(song: Song) -> Song:
    """Drums alone are no sketch: a chord gives them a song to stand in."""
    return understand(replace(song, chords=(ChordChange(0, Chord(0, (0, 4, 7))),)))


# ------------------------------------------------------------------ all of it


def measure(data: Path, composer: ModelComposer, most: int, report: Callable[[str], None] = print) -> dict[str, Any]:
    """All of the above on up to `most` songs each, as figures ready for JSON.

    `data` holds the corpora pop909, slakh and groove, each as a folder or a zip file; raises ModelError without them.
    """
    with corpora_in(data, ("pop909", "slakh", "groove")) as folders:
        missing = [name for name in ("pop909", "slakh", "groove") if name not in folders]
        if missing:
            raise ModelError(f"{data} has no {' and no '.join(missing)}: put the folder or the zip file there.")
        return _measured(folders, composer, most, report)


def _measured(
    folders: Mapping[str, Path], composer: ModelComposer, most: int, report: Callable[[str], None]
) -> dict[str, Any]:
    def in_four(song: Song) -> bool:
        return len(song.bars) >= 24 and all(bar.meter == Meter(4, 4) for bar in song.bars)

    def of_five(song: Song) -> bool:
        return in_four(song) and len(_busiest(excerpt(song, 8, 16), 5).parts) == 5

    def played(song: Song) -> bool:
        return len(song.bars) >= 8

    pop = [excerpt(song, 8, 8) for song in validation_songs(folders["pop909"], "pop909", most, in_four)]
    leads = [replace(song, parts=tuple(part for part in song.parts if part.role is Role.MELODY)) for song in pop]
    report(f"controls, {len(leads)} sketches of 8 bars")
    controls = evaluate_controls([lead for lead in leads if lead.parts], composer, report=report)
    bands = [_busiest(excerpt(song, 8, 16), 5) for song in validation_songs(folders["slakh"], "slakh", most, of_five)]
    report(f"one of five parts, {len(bands)} songs of 16 bars")
    parts = evaluate_infill(bands, composer, None, report)
    report("4 of 16 bars of the same")
    bars = evaluate_infill(bands, composer, (8, 11), report)
    drums = validation_songs(folders["groove"], "groove", most, played)
    report(f"drums, 2 bars of {len(drums)} performances")
    rows: dict[str, list[Any]] = {"controls": controls, "one of five parts": parts, "4 of 16 bars": bars,
            "drums": evaluate_drums(drums, composer, report)}  # fmt: skip
    return {name: [asdict(row) for row in found] for name, found in rows.items()}


def _busiest(song: Song, count: int) -> Song:
    """The song with its `count` parts of most notes, names made distinct."""
    chosen = sorted(song.parts, key=lambda part: -len(part.notes))[:count]
    return replace(song, parts=with_distinct_names(tuple(part for part in song.parts if part in chosen and part.notes)))
