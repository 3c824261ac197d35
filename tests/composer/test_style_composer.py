"""The style composer: what it keeps, how its four answers differ, what it says of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from songs import lead_sheet

from cocomposer.composer import Controls, Proposal, Request, StyleComposer, Task, understand
from cocomposer.errors import Cancelled, RequestError, StyleError
from cocomposer.music import ChordChange, Key, Note, Part, Role, Song
from cocomposer.music.chord_symbols import parse_chord


def propose(sketch: Song, **wishes: object) -> list[Proposal]:
    return list(StyleComposer().propose(Request(sketch, **wishes)))  # type: ignore[arg-type]


def test_the_tune_is_untouched_and_a_track_of_its_own() -> None:
    sketch = lead_sheet()
    for proposal in propose(sketch):
        assert [part for part in proposal.song.parts if part.role is Role.MELODY] == [sketch.parts[0]]
        assert (proposal.song.meters, proposal.song.tempos, proposal.song.length) == (
            sketch.meters, sketch.tempos, sketch.length)  # fmt: skip


def test_four_proposals_differ_in_style_texture_and_density() -> None:
    proposals = propose(lead_sheet())
    assert len({proposal.style for proposal in proposals}) == 4
    assert len({tuple(part.program for part in proposal.song.parts) for proposal in proposals}) == 4
    densities = sorted(proposal.features["notes_per_bar"] for proposal in proposals)
    assert densities[-1] > 1.5 * densities[0]


def test_one_style_is_played_in_four_textures() -> None:
    proposals = propose(lead_sheet(), style="pop")
    assert {proposal.style for proposal in proposals} == {"pop"}
    assert len({tuple(part.name for part in proposal.song.parts) for proposal in proposals}) >= 3
    assert len({proposal.title for proposal in proposals}) == 4


def test_every_bar_is_accompanied() -> None:
    for proposal in propose(lead_sheet(), count=6):
        started = {note.start // 1920 for part in proposal.song.parts[1:] for note in part.notes}
        held = {
            bar
            for part in proposal.song.parts[1:]
            for note in part.notes
            for bar in range(note.start // 1920, (note.end - 1) // 1920 + 1)
        }
        assert held >= set(range(16))
        assert len(started) >= 8


def test_same_request_same_notes_other_seed_other_notes() -> None:
    first, again, other = (propose(lead_sheet(), seed=seed) for seed in (7, 7, 8))
    assert [proposal.song for proposal in first] == [proposal.song for proposal in again]
    assert [proposal.song for proposal in first] != [proposal.song for proposal in other]


def test_only_the_bars_asked_for_are_arranged() -> None:
    for proposal in propose(lead_sheet(), bars=(4, 7)):
        for part in proposal.song.parts[1:]:
            assert all(note.start >= 4 * 1920 and note.end <= 8 * 1920 for note in part.notes)


def test_reasons_are_sentences_that_hold() -> None:
    for proposal in propose(lead_sheet()):
        assert len(proposal.reasons) >= 3
        assert all(reason.endswith(".") and reason[0].isupper() for reason in proposal.reasons)
        for part in proposal.song.parts[1:]:
            assert part.name.lower() in proposal.reasons[1]


def test_proposals_stream_and_stop_when_cancelled() -> None:
    heard: list[Proposal] = []
    stream = StyleComposer().propose(Request(lead_sheet(), count=4), lambda: len(heard) == 1)
    heard.append(next(stream))
    with pytest.raises(Cancelled):
        next(stream)


def test_requests_that_cannot_be_met_say_why() -> None:
    with pytest.raises(RequestError, match="empty"):
        propose(Song(length=1920))
    with pytest.raises(RequestError, match="only drums"):
        propose(Song(length=1920, parts=(Part("Kit", Role.DRUMS, 0, (Note(0, 36, 100),)),)))
    with pytest.raises(RequestError, match="16 bars"):
        Request(lead_sheet(), bars=(10, 20))
    with pytest.raises(RequestError, match="1 to 64"):
        Request(lead_sheet(), count=0)
    with pytest.raises(StyleError, match="swing"):
        propose(lead_sheet(), style="swnig")


@pytest.mark.parametrize("meter", ["3/4", "6/8", "7/8", "5/4", "2/4", "12/8", "1/4"])
def test_any_metre_is_served(meter: str) -> None:
    for proposal in propose(lead_sheet(meter)):
        assert sum(len(part.notes) for part in proposal.song.parts[1:]) >= 16


def test_one_bar_silence_and_very_long_sketches() -> None:
    assert all(proposal.song.parts[1:] for proposal in propose(lead_sheet(changes="C")))
    quiet = propose(lead_sheet(changes="C N.C. N.C. G C"))
    assert all(proposal.song.length == 5 * 1920 for proposal in quiet)
    assert propose(lead_sheet(changes=" ".join(["C", "G7"] * 150)), count=1)[0].song.length == 300 * 1920


def test_chords_alone_are_enough() -> None:
    (proposal,) = propose(lead_sheet(melody=False), count=1)
    assert all(part.role is not Role.MELODY for part in proposal.song.parts)
    assert len(proposal.song.parts) >= 2


def test_a_tune_alone_is_harmonised() -> None:
    sketch = replace(lead_sheet(), chords=(), keys=(), sections=())
    understood = understand(sketch)
    assert understood.keys
    assert len(understood.chords) >= 4
    assert understood.chords[-1].chord.root == understood.keys[0].key.tonic
    assert understood.parts == sketch.parts


def test_chords_are_read_from_an_accompaniment() -> None:
    sketch = lead_sheet(changes="C F G7 C Am Dm G C")
    blocks = tuple(
        Note(span.start, 48 + (tone - 48) % 12, span.end - span.start, 70)
        for span in sketch.chord_spans
        for tone in sorted(span.chord.pitch_classes)
    )
    played = replace(
        sketch, chords=(), keys=(), parts=(replace(sketch.parts[0], role=Role.OTHER), Part("Chords", notes=blocks))
    )
    understood = understand(played)
    assert [change.chord for change in understood.chords] == [change.chord for change in sketch.chords]
    assert [part.name for part in understood.parts if part.role is Role.MELODY] == ["Tune"]


def test_a_key_is_believed_unless_a_daw_wrote_it() -> None:
    tune = tuple(replace(note, pitch=note.pitch + 2) for note in lead_sheet(changes="C F G C Am F G C").parts[0].notes)
    exported = replace(lead_sheet(changes="C F G C Am F G C"), chords=(), parts=(Part("Tune", Role.MELODY, 0, tune),))
    assert exported.keys[0].key == Key()
    assert understand(exported).keys[0].key == Key(2)
    charted = lead_sheet(changes="D G A D Bm G A D")
    assert understand(charted).keys == charted.keys


def test_what_is_written_is_not_inferred_again() -> None:
    odd = (ChordChange(0, parse_chord("F#dim7")),)
    assert understand(replace(lead_sheet(), chords=odd)).chords == odd


def pianist() -> Part:
    """A tune in eighths over held triads, all in one track without a telling name."""
    song = lead_sheet(changes="C F G7 C Am Dm G C")
    left = [
        Note(span.start, 48 + (tone - 48) % 12, 1900, 60)
        for span in song.chord_spans
        for tone in sorted(span.chord.pitch_classes)[:3]
    ]
    return Part("Track 1", Role.OTHER, 0, (*song.parts[0].notes, *left))


def test_a_pianists_one_track_is_kept_whole() -> None:
    played = pianist()
    sketch = replace(lead_sheet(changes="C F G7 C Am Dm G C"), chords=(), keys=(), sections=(), parts=(played,))
    understood = understand(sketch)
    roots = [understood.chord_spans[0].chord.root, understood.chord_spans[-1].chord.root]
    assert roots == [0, 0]
    for proposal in propose(sketch):
        assert proposal.song.parts[0].notes == played.notes
        assert proposal.song.parts[0].role is Role.MELODY
        assert len(proposal.song.parts) >= 3


def test_the_artists_own_bass_and_drums_stay_and_are_not_doubled() -> None:
    sketch = lead_sheet()
    bass = Part("My Bass", Role.BASS, 33, tuple(Note(bar * 1920, 36, 1800) for bar in range(16)))
    drums = Part("My Drums", Role.DRUMS, 0, tuple(Note(beat * 480, 36, 100) for beat in range(64)))
    for proposal in propose(replace(sketch, parts=(*sketch.parts, bass, drums))):
        assert [part for part in proposal.song.parts if part.role is Role.BASS] == [bass]
        assert [part for part in proposal.song.parts if part.is_drums] == [drums]
        assert any("My Bass and My Drums" in reason for reason in proposal.reasons)


def test_block_chords_are_played_by_the_band_instead() -> None:
    sketch = lead_sheet(changes="C F G7 C Am Dm G C")
    blocks = tuple(
        Note(span.start, 48 + (tone - 48) % 12, span.end - span.start, 70)
        for span in sketch.chord_spans
        for tone in sorted(span.chord.pitch_classes)
    )
    for proposal in propose(replace(sketch, parts=(*sketch.parts, Part("Chords", Role.KEYS, 0, blocks)))):
        assert "Chords" not in [part.name for part in proposal.song.parts]


def test_arranging_some_bars_keeps_their_first_beat() -> None:
    for seed in range(4):
        for proposal in propose(lead_sheet(), bars=(8, 11), style="rock", seed=seed, count=1):
            for part in proposal.song.parts[1:]:
                if part.role in (Role.DRUMS, Role.BASS):
                    assert part.notes[0].start <= 8 * 1920 + 30, part.name


def test_what_is_said_of_the_bass_is_true() -> None:
    for proposal in propose(lead_sheet(), count=8):
        told = [reason for reason in proposal.reasons if reason.startswith("The bass leads")]
        bass = proposal.song.part_of_role(Role.BASS)
        if told and bass is not None:
            spans = proposal.song.chord_spans
            at = [next(span.chord for span in reversed(spans) if span.start <= note.start + 30) for note in bass.notes]
            steps = sum(
                1 <= abs(after.pitch - before.pitch) <= 2 and chord != following
                for before, after, chord, following in zip(bass.notes, bass.notes[1:], at, at[1:], strict=False)
            )
            assert f"leads into {steps} of" in told[0]


def test_the_players_asked_for_play_and_no_others() -> None:
    for proposal in propose(lead_sheet(), parts=("bass", "pad")):
        assert {part.role for part in proposal.song.parts[1:]} == {Role.BASS, Role.PAD}
    with pytest.raises(RequestError, match="players are"):
        propose(lead_sheet(), parts=("drums",), style="solo-piano")


def test_a_remix_plays_the_tune_with_another_band() -> None:
    sketch = lead_sheet()
    mine = Part("My Bass", Role.BASS, 33, tuple(Note(bar * 1920, 36, 1920 + 480) for bar in range(0, 16, 2)))
    sketch = replace(sketch, parts=(*sketch.parts, mine))
    for proposal in propose(sketch, task=Task.REMIX, style="pop"):
        assert proposal.song.parts[0] == sketch.parts[0]
        assert "My Bass" not in [part.name for part in proposal.song.parts]
    (proposal,) = propose(sketch, task=Task.REMIX, style="pop", bars=(5, 8), count=1)
    kept = next(part for part in proposal.song.parts if part.name == "My Bass")
    assert [(note.start // 1920, note.duration) for note in kept.notes] == [
        (0, 2400), (2, 2400), (4, 1920), (10, 2400), (12, 2400), (14, 2400),
    ]  # fmt: skip
    basses = [part for part in proposal.song.parts if part.role is Role.BASS and part is not kept]
    assert basses
    assert all(5 * 1920 <= note.start < 9 * 1920 for part in basses for note in part.notes)
    assert any(reason == "Kept before and after as you wrote it: My Bass." for reason in proposal.reasons)


@pytest.mark.parametrize(
    "wish",
    [
        {"task": Task.VARY},
        {"task": Task.HARMONISE},
        {"parts": ("Electric Piano 1",)},
        {"controls": Controls(density=0.5)},
        {"part_controls": {"bass": Controls(density=0.5)}},
        {"adventurous": 0.9},
        {"task": Task.REMIX, "style": "swing", "similarity": 0.5},
        {"task": Task.REMIX, "style": "swing", "keep": "rhythm"},
        {"reference": lead_sheet()},
    ],
    ids=lambda wish: " ".join(wish),
)
def test_what_styles_cannot_do_is_said_and_not_ignored(wish: dict[str, object]) -> None:
    with pytest.raises(RequestError, match="--composer model"):
        propose(lead_sheet(), **wish)
