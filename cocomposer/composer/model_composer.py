"""The neural composer: turns a request into cells to write, has the network write them, and says what came of it.

PyTorch is imported only when something is written, so that everything here can be asked without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.composer.drafts import Draft, drafts_for
from cocomposer.composer.novelty import share_of_new_bars, share_of_new_notes
from cocomposer.composer.performing import at_rest, in_time_of, performed
from cocomposer.composer.ranking import features, form_kept, musical_score, spread_of_roles
from cocomposer.composer.reasons import heard
from cocomposer.composer.recalling import recalled
from cocomposer.composer.references import Place, returning
from cocomposer.composer.request import Proposal, Request, Task
from cocomposer.composer.sketch import POLYPHONIC
from cocomposer.composer.staying import staying_strokes
from cocomposer.composer.steering import DEFAULT_STRICTNESS, cell_controls, like, near_home, player_for, sustaining
from cocomposer.errors import ModelError, RequestError
from cocomposer.model import grid
from cocomposer.model.composer_weights import adapted_network, adapter_path, load_network, weights_path
from cocomposer.model.features import CONTROLS, Cell, Lane, cell_of, lane_of
from cocomposer.model.form import likeness, returning_bars
from cocomposer.model.grammar import BoolArray
from cocomposer.model.parts import notes_of
from cocomposer.model.row import Assignment, Chance, Draw, Written
from cocomposer.model.sheet import Sheet, places_of, sheet_of
from cocomposer.music import Author, Note, Origin, Role, Song, without_overlaps
from cocomposer.music.analysis.melody import chord_share
from cocomposer.music.authorship import written_by

if TYPE_CHECKING:
    from cocomposer.model.network import Network
    from cocomposer.model.writer import Writer

SIDE_BY_SIDE = 4
"""Proposals written in one batch."""
Listener = Callable[[int, Song, int], None]
"""Told, while proposals are written, the number of each (from 0), the song so far and how many bars are complete."""


def why_unavailable() -> str:
    """Why the neural composer cannot play here, in words that follow "it cannot play:"; "" if it can."""
    missing = [name for name in ("torch", "safetensors") if find_spec(name) is None]
    if missing:
        return "PyTorch is not installed here; run start.py again, or pip install 'cocomposer[model]'"
    if not weights_path().is_file():
        return "its weights are missing; install Cocomposer again"
    return ""


def available() -> bool:
    """Can the neural composer play here?"""
    return not why_unavailable()


class ModelComposer:
    """Answers every task with the network at `weights` (the shipped one by default).

    `listener` hears bars while later ones are still written; `adapters` is the folder of what it learned from the
    artist's own music.
    """

    name = "model"

    def __init__(
        self, weights: Path | None = None, listener: Listener | None = None, adapters: Path | None = None
    ) -> None:
        self._weights = weights or weights_path()
        self._listener = listener
        self._adapters = adapters

    def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
        """Stream proposals, those written together best first.

        Raises RequestError, StyleError, ModelError or Cancelled as `Composer.propose` says.
        """
        from cocomposer.model.writer import Writer

        network, version = load_network(self._weights)
        name = self._weights.parent.name
        model = f"{name} {version}".strip()
        origin = Origin(Author.MODEL, name, version)
        problems: tuple[str, ...] = ()
        if request.adapter and request.adapter_share:
            try:
                network = self._adapted(request)
                origin = replace(origin, adapter=f"{request.adapter} {request.adapter_share:g}")
                model += f" + {origin.adapter}"
            except ModelError as error:
                problems = (f"The plain model plays. {error}",)
        writer = Writer(network)
        seen: set[str] = set()
        made = 0
        drafts = drafts_for(request, cancelled)
        while batch := _some(drafts, SIDE_BY_SIDE):
            began = perf_counter()
            songs, surprises = self._write(writer, request, batch, made, origin, cancelled)
            seconds = (perf_counter() - began) / len(batch)
            proposals = [
                _proposal(request, draft, song, surprise, seconds, model, problems)
                for draft, song, surprise in zip(batch, songs, surprises, strict=True)
            ]
            for proposal in sorted(proposals, key=lambda each: -each.score):
                print_of_notes = _fingerprint(proposal.song)
                if print_of_notes not in seen:
                    seen.add(print_of_notes)
                    yield proposal
            made += len(batch)

    def _adapted(self, request: Request) -> Network:
        if self._adapters is None:
            raise ModelError(f"There is no adapter {request.adapter!r} here.")
        return adapted_network(self._weights, adapter_path(self._adapters, request.adapter), request.adapter_share)

    def _write(
        self, writer: Writer, request: Request, batch: Sequence[Draft], made: int, origin: Origin,
        cancelled: Callable[[], bool] | None,
    ) -> tuple[list[Song], list[float]]:  # fmt: skip
        """The songs of the drafts, and how surprising the network finds each."""
        tasks = [_assignment(request, draft, number) for number, draft in enumerate(batch, made)]
        songs, written = [draft.song for draft in batch], list[Written]()
        for written in writer.write(tasks, cancelled):
            bars = 1 + max(bar for _, bar in written[0].cells)
            for number, (draft, task, made_of) in enumerate(zip(batch, tasks, written, strict=True)):
                if self._listener is not None or bars >= task.sheet.bars or bars > _last_bar(task):
                    songs[number] = _song(draft, task, made_of, origin)
                    if self._listener is not None:
                        self._listener(made + number, songs[number], _whole_bars(draft.song, task, bars))
        return songs, [each.surprise for each in written]


def _some(drafts: Iterator[Draft], count: int) -> list[Draft]:
    return list(islice(drafts, count))


def _whole_bars(song: Song, task: Assignment, bars: int) -> int:
    """How many bars of the song are complete when so many of the sheet are, which cuts long bars in pieces."""
    if bars >= task.sheet.bars:
        return len(song.bars)
    return song.meters.bar_at(int(task.sheet.bar_ticks[bars]))


def _last_bar(task: Assignment) -> int:
    return int(np.flatnonzero(task.written.any(axis=0))[-1])


def _assignment(request: Request, draft: Draft, number: int) -> Assignment:
    # The bands that the network heard came without tempo and genre: it knows them best when it is told neither.
    sheet = sheet_of(draft.song, tempo_known=draft.kind != "band", keep_silent=True)
    lane = lane_of(sheet, tune_known=not draft.writes_tune)
    shape = (len(sheet.parts), sheet.bars)
    written, controls = np.zeros(shape, bool), np.zeros((*shape, len(CONTROLS)), np.int64)
    players = {}
    alike = likeness(sheet)
    place = Place(sheet, lane, returning_bars(sheet, alike))
    remembers = draft.source is returning and not draft.writes_tune
    referred = np.ones(sheet.bars, bool) if draft.source is not returning else place.returns >= 0
    loose = 0.15 * (request.adventurous - 0.3)
    for index, part in enumerate(draft.song.parts):
        wishes = request.controls_for(draft.called.get(index, part.name), part.role, number)
        program = grid.DRUMS if part.is_drums else part.program
        # What an artist plays in chords, be it the tune, is written as such.
        role = Role.OTHER if part.role is Role.MELODY and chord_share(part) > POLYPHONIC else part.role
        players[index] = player_for(program, role, wishes, DEFAULT_STRICTNESS - loose)
        if wishes.register is None:
            players[index] = near_home(players[index], sheet.parts[index].pitch)
        if draft.source is returning:
            players[index] = sustaining(players[index], role, wishes)
        if index in draft.targets:
            written[index] = [draft.first <= tick < draft.last for tick in sheet.bar_ticks]
            controls[index] = cell_controls(wishes, players[index], program)
            if draft.stays is not None:
                original = np.stack([like(cell_of(sheet.parts[index], bar, lane), lane, sheet.bar_length(bar),
                                          part.is_drums) for bar in range(sheet.bars)])  # fmt: skip
                controls[index] = np.where(controls[index] > 0, controls[index], original)
            controls[index, :, -2:] = np.where(referred[:, None], draft.closeness, 0)
    if not written.any():
        raise RequestError("There is nothing to write here: no bars, or no parts.")

    def reference(part: int, bar: int, done: Mapping[tuple[int, int], Cell]) -> Cell | None:
        return draft.source(part, bar, done, place)

    return Assignment(
        sheet=sheet,
        order=draft.order,
        written=written,
        controls=controls,
        players=players,
        reference=reference,
        seed=draft.seed,
        chance=_chance(request.adventurous),
        source=grid.SOURCES.index(draft.kind),
        genre=grid.GENRES.index("pop" if draft.kind == "pop" else ""),
        locked=request.keep or "",
        staying=_staying(sheet, lane, draft, written, request.task),
        lane=lane,
        recalled=recalled(sheet, lane, place.returns, alike, draft.seed) if remembers else None,
    )


def _staying(sheet: Sheet, lane: Lane, draft: Draft, written: BoolArray, task: Task) -> dict[tuple[int, int], Cell]:
    """The strokes of what is written anew that stay all the same; a rest stays one but where a gap is to be filled."""
    if draft.stays is None:
        return {}
    places = [(int(part), int(bar)) for part, bar in np.argwhere(written)]
    cells = ((place, cell_of(sheet.parts[place[0]], place[1], lane)) for place in places)
    found = staying_strokes(cells, draft.stays, draft.seed)
    if task is not Task.INFILL:
        return found
    return {place: cell for place, cell in found.items() if len(cell_of(sheet.parts[place[0]], place[1], lane))}


def _chance(adventurous: float) -> Chance:
    rhythm = Draw(1.06 + 0.3 * adventurous, min(1.0, 0.94 + 0.13 * adventurous))
    return Chance(rhythm, Draw(0.86 + 0.3 * adventurous, min(1.0, 0.94 + 0.1 * adventurous)))


def _song(draft: Draft, task: Assignment, written: Written, origin: Origin) -> Song:
    """The draft's song with what was written in the place of what was there, as the work of `origin`."""
    origin = replace(origin, seed=draft.seed)
    parts = list(draft.song.parts)
    for index in draft.targets:
        part = parts[index]
        kept = _kept_notes(draft, task, index)
        fresh: list[Note] = []
        for (owner, bar), cell in written.cells.items():
            if owner == index:
                if (stays := task.staying.get((owner, bar))) is not None:
                    cell = cell.only(np.flatnonzero(~np.isin(cell.position, stays.position)))
                fresh += notes_of(cell, bar, task.sheet, part.is_drums, draft.song.length)
        random = Random(f"{draft.seed}/{index}/{part.name}")
        player = task.players[index]
        loudness = player.softest, player.loudest
        fresh_part = replace(part, notes=without_overlaps(fresh))
        played = performed(fresh_part, draft.song, random, player.is_single, loudness)
        if task.locked == "rhythm":
            played = in_time_of(part, played, player.is_single)
        parts[index] = replace(
            part,
            notes=(*kept, *written_by(origin, _beside(kept, played.notes, player.is_single))),
        )
        if not task.staying:  # what bent and held the notes of before is none of the new ones' business
            parts[index] = at_rest(parts[index], draft.first, draft.last)
    return replace(draft.song, parts=tuple(parts))


def _kept_notes(draft: Draft, task: Assignment, index: int) -> list[Note]:
    """The notes of a part that are not to be written, and those among the others that stay: exactly as they were."""
    notes = draft.song.parts[index].notes
    if draft.stays == 1.0:
        return list(notes)
    staying = {
        (bar, position)
        for (owner, bar), cell in task.staying.items()
        if owner == index
        for position in cell.position.tolist()
    }
    # A note belongs to the step that it is meant for, be it played a little early or late.
    bars, positions, _ = places_of(draft.song).of(np.array([note.start for note in notes], np.int64))
    places = zip(bars.tolist(), positions.tolist(), strict=True)
    return [
        note for note, place in zip(notes, places, strict=True) if not task.written[index, place[0]] or place in staying
    ]


def _beside(kept: Sequence[Note], fresh: Sequence[Note], single: bool) -> list[Note]:
    """The fresh notes without what a player's small deviations would have overlap the kept ones, which stay whole."""
    placed = []
    for note in fresh:
        start, end = note.start, note.end
        for other in kept:
            if (single or other.pitch == note.pitch) and other.start < end and start < other.end:
                start, end = (other.end, end) if other.start <= start else (start, other.start)
        if start < end:
            placed.append(replace(note, start=start, duration=end - start))
    return placed


def _proposal(
    request: Request, draft: Draft, song: Song, surprise: float, seconds: float, model: str,
    problems: tuple[str, ...],
) -> Proposal:  # fmt: skip
    band = tuple(song.parts[index] for index in draft.targets if song.parts[index].notes)
    between = (draft.targets, draft.first, draft.last)
    new = share_of_new_notes(draft.song, song, *between) if draft.rewrites else share_of_new_bars(song, *between)
    added = () if request.task in (Task.INFILL, Task.VARY, Task.CONTINUE) else draft.targets
    song = replace(song, parts=tuple(part for index, part in enumerate(song.parts) if part.notes or index not in added))
    figures = {**features(song, draft.first, draft.last, band), "new": new, "surprise": surprise}
    figures |= {"form": form_kept(draft.song, band), "roles": spread_of_roles(band)}
    reasons = (*draft.reasons, *(heard(song, band, request, draft.first, draft.last) if band else ()))
    return Proposal(
        song=song,
        title=draft.title,
        style=draft.style,
        seed=draft.seed,
        seconds=seconds,
        reasons=(*problems, *reasons, _novelty_words(new, draft)),
        score=musical_score(figures),
        features=figures,
        composer="model",
        model=model,
    )


def _novelty_words(new: float, draft: Draft) -> str:
    if draft.stays:
        return (
            f"{100 * draft.stays:.0f}% of the notes stay exactly as they were, and {100 * new:.0f}% are new in pitch "
            "or place; of the others length, loudness or timing may differ."
        )
    if draft.rewrites:
        return f"{100 * new:.0f}% of the notes here are new; the others stayed where they were."
    return f"{100 * new:.0f}% of the bars are new; the others return to what was played before."


def _fingerprint(song: Song) -> str:
    digest = hashlib.sha256(repr([(change.tick, str(change.chord)) for change in song.chords]).encode())
    for part in song.parts:
        digest.update(repr([(note.start // 60, note.pitch) for note in part.notes]).encode())
    return digest.hexdigest()
