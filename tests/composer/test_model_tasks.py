"""What each task leaves alone and what it writes, with a network that was never trained: it must hold whatever."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

torch = pytest.importorskip("torch")

from cocomposer.composer import Controls, Request, Task  # noqa: E402
from cocomposer.composer.drafts import drafts_for  # noqa: E402
from cocomposer.composer.model_composer import ModelComposer  # noqa: E402
from cocomposer.composer.performing import at_rest  # noqa: E402
from cocomposer.model.network import Network, NetworkConfig  # noqa: E402
from cocomposer.model.weights import save_weights  # noqa: E402
from cocomposer.music import Author, Chord, ChordChange, Control, Note, Origin, Part, PitchBend, Role, Song  # noqa: E402

BAR = 1920
ROOTS = (0, 9, 5, 7)


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> ModelComposer:
    torch.manual_seed(1)
    size = NetworkConfig(width=32, layers=1, heads=2, inner=32, head_width=32)
    path = tmp_path_factory.mktemp("wild") / "composer.safetensors"
    save_weights(path, Network(size).state_dict(), asdict(size) | {"kind": "composer", "version": "0"})
    return ModelComposer(path)


def song(bars: int = 8, chords: bool = True) -> Song:
    """A tune, a bass and a piano in chords, each with a bar of its own for every chord."""
    tune = [
        Note(bar * BAR + beat * 480, 67 + (bar * 3 + beat * 5) % 9, 460) for bar in range(bars) for beat in range(4)
    ]
    bass = [Note(bar * BAR + half * 960, 36 + ROOTS[bar % 4], 900) for bar in range(bars) for half in range(2)]
    piano = [
        Note(bar * BAR + beat * 480, 48 + ROOTS[bar % 4] + step, 240)
        for bar in range(bars)
        for beat in range(4)
        for step in (0, 4, 7)
    ]
    return Song(
        length=bars * BAR,
        chords=tuple(ChordChange(bar * BAR, Chord(ROOTS[bar % 4], (0, 4, 7))) for bar in range(bars)) if chords else (),
        parts=(
            Part("Tune", Role.MELODY, 73, tuple(tune)),
            Part("Bass", Role.BASS, 33, tuple(bass)),
            Part("Piano", Role.KEYS, 0, tuple(piano)),
        ),
    )


def part(song: Song, name: str) -> Part:
    return next(part for part in song.parts if part.name == name)


def test_as_many_proposals_come_as_were_asked_for(composer: ModelComposer) -> None:
    request = Request(song(2), count=9, task=Task.VARY, parts=("Tune",), similarity=0.1)
    assert len(list(composer.propose(request))) == 9


def test_seeds_beside_each_other_share_no_proposal() -> None:
    seeds = [
        {draft.seed for draft in drafts_for(Request(song(2), count=16, seed=seed, task=Task.VARY, parts=("Tune",)))}
        for seed in (0, 1)
    ]
    assert not seeds[0] & seeds[1]


@pytest.mark.parametrize(
    "bounds", [{"velocity_max": 10}, {"velocity_min": 125}, {"velocity_min": 63, "velocity_max": 66}]
)
def test_loudness_stays_within_its_bounds(composer: ModelComposer, bounds: dict[str, int]) -> None:
    request = Request(song(2), count=1, parts=("keys",), controls=Controls(**bounds))  # type: ignore[arg-type]
    (proposal,) = composer.propose(request)
    fresh = [note for each in proposal.song.parts if each.name not in ("Tune", "Bass") for note in each.notes]
    assert fresh
    assert all(bounds.get("velocity_min", 1) <= n.velocity <= bounds.get("velocity_max", 127) for n in fresh)


def test_a_player_asked_for_by_instrument_can_be_controlled_by_that_name(composer: ModelComposer) -> None:
    sketch = replace(song(2), parts=(song(2).parts[0], replace(song(2).parts[1], name="Flute")))
    request = Request(
        sketch, count=1, parts=("Flute",), part_controls={"Flute": Controls(velocity_min=100, velocity_max=107)}
    )
    (proposal,) = composer.propose(request)
    assert [each.name for each in proposal.song.parts] == ["Tune", "Flute", "Flute 2"]
    assert proposal.song.parts[1].notes == sketch.parts[1].notes
    assert all(100 <= note.velocity <= 107 for note in proposal.song.parts[2].notes)


def test_an_early_downbeat_behind_the_gap_is_the_artists(composer: ModelComposer) -> None:
    early = Note(4 * BAR - 12, 36, 900)
    bass = replace(song().parts[1], notes=(*(n for n in song().parts[1].notes if n.start != 4 * BAR), early))
    sketch = replace(song(), parts=(song().parts[0], bass, song().parts[2]))
    for proposal in composer.propose(Request(sketch, count=3, task=Task.INFILL, parts=("Bass",), bars=(2, 3))):
        assert early in part(proposal.song, "Bass").notes


@pytest.mark.parametrize("name", ["Tune", "Piano", "Bass"])
def test_a_locked_rhythm_has_every_onset_and_no_other(composer: ModelComposer, name: str) -> None:
    sketch = song()
    mine = {note.start for note in part(sketch, name).notes}
    for proposal in composer.propose(Request(sketch, count=3, task=Task.VARY, parts=(name,), keep="rhythm")):
        assert {note.start for note in part(proposal.song, name).notes} == mine


def test_a_gap_is_filled_however_near_it_is_to_be(composer: ModelComposer) -> None:
    resting = replace(
        song().parts[1], notes=tuple(n for n in song().parts[1].notes if not 4 * BAR <= n.start < 6 * BAR)
    )
    sketch = replace(song(), parts=(song().parts[0], resting, song().parts[2]))
    request = Request(sketch, count=3, task=Task.INFILL, parts=("Bass",), bars=(4, 5), similarity=0.3)
    for proposal in composer.propose(request):
        assert any(4 * BAR <= note.start < 6 * BAR for note in part(proposal.song, "Bass").notes)


def test_a_tune_comes_beside_lines_that_are_none(composer: ModelComposer) -> None:
    """An arpeggio is not the tune, though it is the highest line: it stays."""
    notes = [Note(i * 240, 48 + (0, 7, 12, 16, 19, 16, 12, 7)[i % 8], 230) for i in range(64)]
    arpeggio = Part("Guitar", Role.GUITAR, 25, tuple(notes))
    (proposal,) = composer.propose(Request(replace(song(), parts=(arpeggio,)), count=1, task=Task.MELODY))
    assert part(proposal.song, "Guitar").notes == arpeggio.notes
    assert sum(each.role is Role.MELODY for each in proposal.song.parts) == 1


def test_harmony_for_some_bars_leaves_the_others_and_the_band() -> None:
    """Chords before and after sound as they did, also where none of them begins at the edge."""
    drums = Part("Drums", Role.DRUMS, 0, tuple(Note(beat * 480, 36, 60) for beat in range(32)))
    one_chord = replace(song(), chords=(ChordChange(0, Chord(0, (0, 4, 7))),), parts=(song().parts[0], drums))
    (draft,) = drafts_for(Request(one_chord, count=1, task=Task.HARMONISE, bars=(2, 3)))
    assert part(draft.song, "Drums").notes == drums.notes
    ticks = [change.tick for change in draft.song.chords]
    assert ticks == sorted(set(ticks))
    for change in draft.song.chords:
        assert 2 * BAR <= change.tick < 4 * BAR or change.chord == Chord(0, (0, 4, 7))
    assert 4 * BAR in ticks


def test_block_chords_outside_the_bars_of_an_arrangement_stay(composer: ModelComposer) -> None:
    sketch = song()
    (proposal,) = composer.propose(Request(sketch, count=1, bars=(2, 3), parts=("keys",)))
    kept = [note for note in part(sketch, "Piano").notes if not 2 * BAR <= note.start < 4 * BAR]
    assert list(part(proposal.song, "Piano").notes) == kept
    assert any(2 * BAR - 60 <= note.start < 4 * BAR for note in proposal.song.parts[-1].notes)


def test_drums_alone_can_be_a_reference_and_their_player_comes(composer: ModelComposer) -> None:
    drums = Part("Kit", Role.DRUMS, 0, tuple(Note(beat * 240, (36, 42, 38, 42)[beat % 4], 60) for beat in range(64)))
    reference = Song(title="Beat", length=8 * BAR, parts=(drums,))
    (proposal,) = composer.propose(Request(song(), count=1, reference=reference))
    assert proposal.title == "After Beat"
    assert proposal.style == ""
    assert [each.role for each in proposal.song.parts].count(Role.DRUMS) == 1


def test_going_on_from_a_song_with_a_chord_at_its_very_end(composer: ModelComposer) -> None:
    sketch = replace(song(4), chords=(*song(4).chords, ChordChange(4 * BAR, Chord(0, (0, 4, 7)))))
    (proposal,) = composer.propose(Request(sketch, count=1, task=Task.CONTINUE, length=2))
    assert len(proposal.song.bars) == 6


def test_bends_and_pedals_rest_where_the_notes_are_new() -> None:
    bent = Part(
        "Lead", bends=(PitchBend(100, 500), PitchBend(1100, 900), PitchBend(3000, 0)),
        controls=(Control(50, 64, 127), Control(60, 1, 9), Control(1500, 64, 0), Control(1600, 1, 70)),
    )  # fmt: skip
    rested = at_rest(bent, 1000, 2000)
    assert rested.bends == (PitchBend(100, 500), PitchBend(1000, 0), PitchBend(2000, 900), PitchBend(3000, 0))
    assert rested.controls == (Control(50, 64, 127), Control(60, 1, 9), Control(1000, 64, 0), Control(1600, 1, 70))


@pytest.mark.parametrize("task", [Task.VARY, Task.INFILL, Task.ARRANGE, Task.CONTINUE, Task.HARMONISE])
def test_what_the_network_writes_is_its_own_and_what_stays_the_artists(composer: ModelComposer, task: Task) -> None:
    sketch = song(4)
    parts = {Task.VARY: ("Tune",), Task.INFILL: ("Tune",)}.get(task, ())
    more = {"similarity": 0.6} if task is Task.VARY else {"bars": (2, 3)} if task is Task.INFILL else {}
    for proposal in composer.propose(Request(sketch, count=2, task=task, parts=parts, seed=4, length=2, **more)):
        model = Origin(Author.MODEL, composer._weights.parent.name, "0", proposal.seed)
        there = {(each.name, note) for each in sketch.parts for note in each.notes}
        found = {note.origin for each in proposal.song.parts for note in each.notes}
        assert found == {None, model}
        for each in proposal.song.parts:
            assert all(note.origin is not None or (each.name, note) in there for note in each.notes)
        stays = sum(note.origin is None for note in part(proposal.song, "Tune").notes)
        assert 0 < stays <= len(sketch.parts[0].notes)
        harmony = {change.origin.name for change in proposal.song.chords if change.origin is not None}
        assert harmony == ({"harmony"} if task in (Task.CONTINUE, Task.HARMONISE) else set())
