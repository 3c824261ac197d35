"""Writing with the network: it reads what it was trained on, and the grammar holds whatever it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from cocomposer.errors import Cancelled
from cocomposer.model import grid
from cocomposer.model.features import CONTROLS, Cell
from cocomposer.model.grammar import player_of
from cocomposer.model.parts import part_of_cells
from cocomposer.model.sheet import Sheet, sheet_of
from cocomposer.music import Chord, ChordChange, Key, KeyChange, Note, Part, Role, Song

torch = pytest.importorskip("torch")
from cocomposer.model.batch import batch_of  # noqa: E402
from cocomposer.model.network import Network, NetworkConfig  # noqa: E402
from cocomposer.model.row import Assignment  # noqa: E402
from cocomposer.model.window import Plan, example_of  # noqa: E402
from cocomposer.model.writer import Writer  # noqa: E402

BAR = 1920
BAND = (
    Part("Drums", Role.DRUMS, 0),
    Part("Bass", Role.BASS, 33),
    Part("Piano", Role.KEYS, 0),
    Part("Guitar", Role.GUITAR, 25),
    Part("Strings", Role.PAD, 48),
)


def sketch(bars: int = 5) -> Song:
    """A tune in quarters over a chord a bar, and a band that has not played yet."""
    tune = [Note(beat * 480, 60 + (beat * 5) % 13, 400, 90) for beat in range(bars * 4) if beat % 7 != 6]
    roots = (0, 9, 5, 7)
    chords = [ChordChange(bar * BAR, Chord(roots[bar % 4], (0, 3 if bar % 4 == 1 else 4, 7))) for bar in range(bars)]
    return Song(
        length=bars * BAR,
        keys=(KeyChange(0, Key()),),
        chords=tuple(chords),
        parts=(Part("Tune", Role.MELODY, 73, tuple(tune)), *BAND),
    )


def sheet_with_band(song: Song) -> Sheet:
    """The sheet of a song, its silent parts included."""
    return sheet_of(song, keep_silent=True)


def wild_network(seed: int = 0, scale: float = 5.0) -> Network:
    """A network that was never trained and has strong opinions."""
    torch.manual_seed(seed)
    network = Network(NetworkConfig(width=32, layers=2, heads=2, inner=64, head_width=32))
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1:
                parameter.mul_(scale)
    return network.eval()


def assignment(sheet: Sheet, seed: int = 0, strictness: float = 0.0) -> Assignment:
    count = len(sheet.parts)
    written = np.zeros((count, sheet.bars), bool)
    written[1:] = True
    controls = np.random.default_rng(seed).integers(0, 9, (count, sheet.bars, len(CONTROLS)))
    players = {index: player_of(part.program, part.role, strictness) for index, part in enumerate(sheet.parts)}
    return Assignment(sheet, (*range(1, count), 0), written, controls, players, last_bar, seed)


def last_bar(part: int, bar: int, done: dict[tuple[int, int], Cell]) -> Cell | None:
    return done.get((part, bar - 2))


def test_writing_reads_what_training_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every score that a choice was drawn from while writing is the score that training would give the same choice."""
    network = wild_network()
    seen: dict[str, list[torch.Tensor]] = {"times": [], "notes": [], "durations": [], "feel": []}
    for name, rows in seen.items():
        original = getattr(Network, name)

        def recorded(self: Network, *args: object, original: object = original, rows: list = rows) -> object:
            answer = original(self, *args)  # type: ignore[operator]
            first = answer[0] if isinstance(answer, tuple) else answer
            rows.append(first.detach().clone())
            return answer

        monkeypatch.setattr(Network, name, recorded)
    sheet = sheet_with_band(sketch())
    task = assignment(sheet)
    *_, (made,) = Writer(network).write([task])
    done = made.cells
    written = {name: torch.cat(rows) for name, rows in seen.items()}
    for rows in seen.values():
        rows.clear()

    parts = tuple(
        part_of_cells(part, {bar: done[index, bar] for bar in range(sheet.bars) if (index, bar) in done}, sheet)
        if index
        else part
        for index, part in enumerate(sheet.parts)
    )
    whole = replace(sheet, parts=parts)
    plan = Plan(0, sheet.bars, task.order, task.written, task.controls)
    example = example_of(whole, plan, lambda part, bar: task.reference(part, bar, done), felt=True)
    with torch.inference_mode():
        network(batch_of([example]))
    taught = {name: torch.cat(rows) for name, rows in seen.items()}
    # What does not differ by the choice made: -1e9 marks what cannot be.
    for name in ("times", "notes", "feel"):
        assert written[name].shape == taught[name].shape, name
        torch.testing.assert_close(written[name], taught[name], atol=2e-3, rtol=1e-3)
    pitched = [len(done[index, bar]) for bar in range(sheet.bars) for index in task.order[:-1]
               for _ in range(len(done[index, bar])) if sheet.parts[index].is_drums]  # fmt: skip
    assert len(taught["durations"]) == len(written["durations"]) - len(pitched)
    drums = [sheet.parts[index].is_drums for bar in range(sheet.bars) for index in task.order[:-1]
             for _ in range(len(done[index, bar]))]  # fmt: skip
    torch.testing.assert_close(written["durations"][~torch.tensor(drums)], taught["durations"], atol=2e-3, rtol=1e-3)


def remembering(sheet: Sheet, every: int) -> Callable[[int, int, Cell], Cell | None]:
    """A band that remembers one in `every` strokes of the bar before the last."""

    def answer(part: int, bar: int, before: Cell) -> Cell | None:
        again = before.only(np.arange(0, len(before), every))
        return replace(again, start=again.position + int(sheet.bar_starts[bar])) if len(again) else None

    return answer


@pytest.mark.parametrize("recalls", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_grammar_holds_whatever_the_network_says(seed: int, recalls: bool) -> None:
    """And whatever is remembered: here every second stroke of the bar before the last."""
    sheet = sheet_with_band(sketch(7))

    task = replace(assignment(sheet, seed), recalled=remembering(sheet, 2) if recalls else None)
    *_, done = Writer(wild_network(seed, scale=9.0)).write([task])
    assert sum(len(cell) for cell in done[0].cells.values()) > 50
    for index, part in enumerate(sheet.parts[1:], 1):
        player = task.players[index]
        strokes = part_of_cells(part, {bar: done[0].cells[index, bar] for bar in range(sheet.bars)}, sheet)
        sounding: dict[int, int] = {}
        for at in range(len(strokes)):
            pitches = strokes.pitch[strokes.first[at] : strokes.first[at + 1]].tolist()
            start = int(strokes.start[at])
            end = start + int(grid.DURATIONS[strokes.duration[at]])
            assert strokes.position[at] < sheet.bar_length(int(strokes.bar[at]))
            assert 1 <= len(pitches) <= player.notes
            assert all(player.low <= pitch <= player.high for pitch in pitches)
            assert player.drums or max(pitches) - min(pitches) <= player.span
            if player.drums:
                continue
            assert end <= sheet.steps or strokes.duration[at] == 0
            if player.is_single:
                assert all(until <= start for until in sounding.values())
            assert all(sounding.get(pitch, 0) <= start for pitch in pitches)
            sounding.update(dict.fromkeys(pitches, end))


def test_what_is_remembered_is_played_again() -> None:
    """Where nothing is in the way: drums never are."""
    sheet = sheet_with_band(sketch(6))
    task = replace(assignment(sheet), recalled=remembering(sheet, 1))
    *_, (written,) = Writer(wild_network(2)).write([task])
    for bar in range(2, 6):
        now, before = written.cells[1, bar], written.cells[1, bar - 2]
        assert now.position.tolist() == before.position.tolist()
        assert now.pitch.tolist() == before.pitch.tolist()


def test_who_sustains_strikes_where_chords_change_and_holds_them() -> None:
    sheet = sheet_with_band(sketch(8))
    task = assignment(sheet)
    strings = len(sheet.parts) - 1
    players = {index: replace(player, strictness=1.0) for index, player in task.players.items()}
    holding = {**players, strings: replace(players[strings], sustain=400.0)}
    early, held = ([], []), ([], [])
    for which, band in enumerate((players, holding)):
        *_, (written,) = Writer(wild_network(5, 3.0)).write([replace(task, players=band)])
        for (part, _), cell in written.cells.items():
            if part == strings:
                early[which].extend((cell.position > 0).tolist())
                held[which].extend(np.minimum(cell.ends - cell.start, 48).tolist())
    assert np.mean(early[0]) > 0.5
    assert not any(early[1])
    assert min(held[1]) == 48 > np.mean(held[0])


def test_strict_harmony_stays_in_the_chord() -> None:
    sheet = sheet_with_band(sketch(5))
    *_, done = Writer(wild_network(3, 3.0)).write([assignment(sheet, 3, strictness=1.0)])
    *_, free = Writer(wild_network(3, 3.0)).write([assignment(sheet, 3, strictness=0.0)])
    assert share_of_chord_tones(sheet, done[0].cells) > 0.97
    assert share_of_chord_tones(sheet, free[0].cells) < 0.7


def share_of_chord_tones(sheet: Sheet, done: Mapping[tuple[int, int], Cell]) -> float:
    inside = total = 0
    for (index, _), cell in done.items():
        if not sheet.parts[index].is_drums:
            at = np.repeat(cell.start, np.diff(cell.first))
            inside += int(sheet.tones[at, cell.pitch % 12].sum())
            total += len(at)
    return inside / total


def test_same_seed_same_notes_and_another_seed_others() -> None:
    sheet = sheet_with_band(sketch(3))
    network = wild_network()
    runs = [list(Writer(network).write([assignment(sheet, seed)]))[-1][0].cells for seed in (1, 1, 2)]
    pitches = [[cell.pitch.tolist() for _, cell in sorted(run.items(), key=lambda item: item[0])] for run in runs]
    assert pitches[0] == pitches[1] != pitches[2]


def test_given_cells_are_not_written_and_bars_stream() -> None:
    sheet = sheet_with_band(sketch(6))
    task = assignment(sheet)
    task.written[2, 2:4] = False
    steps = [sorted({bar for _, bar in done[0].cells}) for done in Writer(wild_network()).write([task])]
    assert steps[0] == [0]
    assert steps[-1] == list(range(6))
    *_, done = Writer(wild_network()).write([task])
    assert (2, 2) not in done[0].cells
    assert (2, 4) in done[0].cells


@pytest.mark.parametrize("seed", range(4))
def test_strokes_that_stay_are_there_as_they_were(seed: int) -> None:
    """Others come between them, fewer than the grammar alone would allow, and none rubs against them."""
    sheet = sheet_with_band(sketch(4))
    *_, (first,) = Writer(wild_network(seed, 3.0)).write([assignment(sheet, seed)])
    parts = tuple(
        part_of_cells(part, {bar: first.cells[index, bar] for bar in range(sheet.bars)}, sheet) if index else part
        for index, part in enumerate(sheet.parts)
    )
    before = replace(sheet, parts=parts)
    staying = {place: cell.only(np.arange(0, len(cell), 2)) for place, cell in first.cells.items()}
    task = replace(assignment(before, seed + 50), staying=staying, reference=lambda *place: first.cells[place[:2]])
    *_, (second,) = Writer(wild_network(seed + 9, 9.0)).write([task])
    fresh = 0
    for place, cell in second.cells.items():
        stays = staying[place]
        at = [at for at in range(len(cell)) if cell.position[at] in stays.position]
        kept = cell.only(np.array(at, np.int64))
        for name in ("position", "duration", "pitch", "velocity", "micro"):
            np.testing.assert_array_equal(getattr(kept, name), getattr(stays, name), err_msg=f"{place} {name}")
        assert len(cell) - len(stays) <= 1 + 1.5 * (len(first.cells[place]) - len(stays))
        fresh += len(cell) - len(stays)
        if sheet.parts[place[0]].role is Role.BASS and len(cell):
            assert (cell.ends[:-1] <= cell.start[1:]).all()
    assert fresh > 20


def test_cancelling_stops() -> None:
    calls = []

    def cancelled() -> bool:
        calls.append(1)
        return len(calls) > 5

    with pytest.raises(Cancelled):
        list(Writer(wild_network()).write([assignment(sheet_with_band(sketch()))], cancelled))
    assert len(calls) == 6
