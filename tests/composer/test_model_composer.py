"""The neural composer, task by task.  A small untrained network shows what holds whatever the network says; the shipped
one, where its weights are there, shows that it plays music."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from cocomposer.composer import Controls, Request, Task, understand  # noqa: E402
from cocomposer.composer.auto_composer import AutoComposer  # noqa: E402
from cocomposer.composer.model_composer import ModelComposer, available  # noqa: E402
from cocomposer.composer.ranking import features  # noqa: E402
from cocomposer.errors import Cancelled, ModelError, RequestError  # noqa: E402
from cocomposer.model.composer_weights import load_network, weights_path  # noqa: E402
from cocomposer.model.network import Network, NetworkConfig  # noqa: E402
from cocomposer.model.weights import save_weights  # noqa: E402
from cocomposer.music import Meter, MeterChange, MeterMap, Note, Part, Role, Song  # noqa: E402
from cocomposer.music.chord_symbols import parse_chord  # noqa: E402
from cocomposer.music.song import ChordChange  # noqa: E402

shipped = pytest.mark.skipif(not weights_path().is_file(), reason="the weights are not in this checkout")


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Two threads that wait for each other are slower than one on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> ModelComposer:
    """A composer whose network was never trained."""
    torch.manual_seed(0)
    size = NetworkConfig(width=32, layers=1, heads=2, inner=32, head_width=32)
    path = tmp_path_factory.mktemp("wild") / "composer.safetensors"
    network = Network(size)
    with torch.no_grad():
        # Bars of a few strokes: untrained it would go on for ever.
        network.time_place[-1] += 2.0 * network.time_place[-1].sign()
    save_weights(path, network.state_dict(), asdict(size) | {"kind": "composer", "version": "0"})
    return ModelComposer(path)


FOUR_FOUR = Meter(4, 4)


def sketch(bars: int = 4, meter: Meter = FOUR_FOUR, chords: bool = True, tune: bool = True) -> Song:
    size = meter.ticks_per_bar
    names = ("C", "Am", "F", "G7")
    notes = [
        Note(bar * size + beat * 480, 60 + (0, 4, 7, 9, 5, 7, 11, 7)[(bar * 3 + beat) % 8], 440)
        for bar in range(bars)
        for beat in range(max(1, size // 480))
    ]
    return Song(
        title="Test",
        length=bars * size,
        meters=MeterMap((MeterChange(0, meter),)),
        chords=tuple(ChordChange(bar * size, parse_chord(names[bar % 4])) for bar in range(bars)) if chords else (),
        parts=(Part("Tune", Role.MELODY, 73, tuple(notes)),) if tune else (),
    )


def banded(bars: int = 4) -> Song:
    """A sketch with a bass and a piano of the artist's own."""
    song = sketch(bars)
    bass = tuple(Note(bar * 1920, 36 + (0, 9, 5, 7)[bar % 4], 1800) for bar in range(bars))
    piano = tuple(
        Note(bar * 1920 + beat * 960, pitch, 900)
        for bar in range(bars)
        for beat in range(2)
        for pitch in (60 + (0, -3, 5, 7)[bar % 4], 67, 72)
    )
    return replace(song, parts=(*song.parts, Part("Bass", Role.BASS, 33, bass), Part("Piano", Role.KEYS, 0, piano)))


def tune_of(song: Song) -> tuple[Note, ...]:
    part = song.part_of_role(Role.MELODY)
    assert part is not None
    return part.notes


def test_arranging_leaves_the_tune_alone_and_every_bar_sounds(composer: ModelComposer) -> None:
    song = sketch(6)
    proposals = list(composer.propose(Request(song, count=2)))
    assert len(proposals) == 2
    for proposal in proposals:
        assert tune_of(proposal.song) == song.parts[0].notes
        assert proposal.composer == "model"
        band = [part for part in proposal.song.parts if part.role is not Role.MELODY]
        assert {proposal.song.meters.bar_at(note.start + 30) for part in band for note in part.notes} >= set(range(6))
        assert all("new" in reason or reason.endswith(".") for reason in proposal.reasons)
    assert proposals[0].song.parts != proposals[1].song.parts


def test_players_asked_for_are_the_band(composer: ModelComposer) -> None:
    request = Request(sketch(), count=1, parts=("bass", "Electric Piano 1"))
    (proposal,) = composer.propose(request)
    band = {part.program for part in proposal.song.parts if part.role is not Role.MELODY}
    assert band <= {4, *range(32, 40)}
    assert 4 in band


def test_infill_touches_nothing_but_what_was_asked_for(composer: ModelComposer) -> None:
    song = banded(6)
    request = Request(song, count=2, task=Task.INFILL, parts=("Piano",), bars=(2, 3))
    for proposal in composer.propose(request):
        parts = {part.name: part for part in proposal.song.parts}
        assert parts["Tune"].notes == song.parts[0].notes
        assert parts["Bass"].notes == song.parts[1].notes
        inside = range(2 * 1920, 4 * 1920)
        assert [n for n in parts["Piano"].notes if n.start not in inside] == [
            n for n in song.parts[2].notes if n.start not in inside
        ]
        assert {n for n in parts["Piano"].notes if n.start in inside} != {
            n for n in song.parts[2].notes if n.start in inside
        }


def test_infill_cuts_no_note_that_is_given(composer: ModelComposer) -> None:
    """A note held into the gap and one held over its end keep their lengths, and nothing written collides with them."""
    song = banded(4)
    held = (Note(1920 - 480, 60, 960), Note(3 * 1920, 64, 1920))
    song = replace(song, parts=(*song.parts[:2], replace(song.parts[2], notes=held)))
    for proposal in composer.propose(Request(song, count=4, task=Task.INFILL, parts=("Piano",), bars=(1, 2))):
        piano = next(part for part in proposal.song.parts if part.name == "Piano")
        assert set(held) <= set(piano.notes)
        written = [note for note in piano.notes if note not in held]
        assert all(note.pitch != 60 or note.start >= held[0].end - 20 for note in written)
        assert all(note.pitch != 64 or note.end <= held[1].start + 20 for note in written)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_similarity_is_the_share_that_stays(composer: ModelComposer, share: float) -> None:
    """What stays is the artist's own notes, to the tick; 1 is the same notes, 0 none by rule."""
    song = sketch(8)
    (proposal,) = composer.propose(Request(song, count=1, task=Task.VARY, parts=("Tune",), similarity=share))
    mine, made = song.parts[0].notes, tune_of(proposal.song)
    stayed = len(set(mine) & set(made)) / len(mine)
    assert stayed == pytest.approx(share, abs=0.06)
    assert (sorted(made) == sorted(mine)) is (share == 1.0)
    assert 0 < len(made) <= 1.5 * len(mine)
    low, high = min(note.pitch for note in mine), max(note.pitch for note in mine)
    assert all(low - 5 <= note.pitch <= high + 5 for note in made)


def test_similarity_one_keeps_the_rhythm_when_it_is_locked(composer: ModelComposer) -> None:
    song = sketch(4)
    request = Request(song, count=1, task=Task.VARY, parts=("Tune",), similarity=0.2, keep="rhythm")
    (proposal,) = composer.propose(request)
    assert [round(n.start / 480) for n in tune_of(proposal.song)] == [n.start // 480 for n in song.parts[0].notes]
    assert [n.pitch for n in tune_of(proposal.song)] != [n.pitch for n in song.parts[0].notes]


def test_pitches_stay_when_they_are_locked(composer: ModelComposer) -> None:
    song = sketch(4)
    request = Request(song, count=1, task=Task.VARY, parts=("Tune",), similarity=0.2, keep="pitch")
    (proposal,) = composer.propose(request)
    for bar in range(4):
        here = range(bar * 1920 - 20, (bar + 1) * 1920 - 20)
        assert {n.pitch for n in tune_of(proposal.song) if n.start in here} <= {
            n.pitch for n in song.parts[0].notes if n.start in here
        }


def test_continuing_keeps_all_that_was_there(composer: ModelComposer) -> None:
    song = banded(4)
    for proposal in composer.propose(Request(song, count=2, task=Task.CONTINUE, length=3)):
        assert len(proposal.song.bars) == 7
        assert proposal.song.chords[: len(song.chords)] == song.chords
        for before, after in zip(song.parts, proposal.song.parts, strict=True):
            assert after.notes[: len(before.notes)] == before.notes
        assert any(note.start >= song.length for part in proposal.song.parts for note in part.notes)


def test_a_melody_comes_over_chords_alone(composer: ModelComposer) -> None:
    (proposal,) = composer.propose(Request(sketch(4, tune=False), count=1, task=Task.MELODY))
    notes = tune_of(proposal.song)
    assert notes
    assert all(after.start >= before.end for before, after in pairwise(notes))


def test_harmonising_finds_chords_and_somebody_plays_them(composer: ModelComposer) -> None:
    if not (weights_path().parent.parent / "harmony" / "harmony.safetensors").is_file():
        pytest.skip("the weights are not in this checkout")
    song = sketch(8, chords=False)
    proposals = list(composer.propose(Request(song, count=2, task=Task.HARMONISE)))
    assert all(proposal.song.chords for proposal in proposals)
    assert all(any(part.role is Role.KEYS for part in proposal.song.parts) for proposal in proposals)
    assert all(tune_of(proposal.song) == song.parts[0].notes for proposal in proposals)


def test_a_remix_goes_by_the_reference_players(composer: ModelComposer) -> None:
    other = replace(banded(4), title="Other", parts=(Part("Strings", Role.PAD, 48, banded(4).parts[2].notes),))
    (proposal,) = composer.propose(Request(banded(4), count=1, task=Task.REMIX, reference=other))
    assert [part.name for part in proposal.song.parts if part.role is not Role.MELODY] == ["Strings"]
    assert tune_of(proposal.song) == banded(4).parts[0].notes


@pytest.mark.parametrize(
    ("bars", "meter"), [(1, Meter(4, 4)), (4, Meter(7, 8)), (3, Meter(3, 4)), (2, Meter(12, 8)), (40, Meter(2, 4))]
)
def test_any_length_and_metre(composer: ModelComposer, bars: int, meter: Meter) -> None:
    song = sketch(bars, meter)
    (proposal,) = composer.propose(Request(song, count=1, parts=("bass", "keys")))
    assert len(proposal.song.bars) == bars
    assert all(note.end <= song.length for part in proposal.song.parts for note in part.notes)


def test_twelve_parts(composer: ModelComposer) -> None:
    names = ("drums", "bass", "keys", "guitar", "pad", "counter", "arpeggio", "Flute", "Oboe", "Cello", "Vibraphone",
             "Rock Organ")  # fmt: skip
    (proposal,) = composer.propose(Request(sketch(2), count=1, parts=names))
    assert 6 <= len(proposal.song.parts) <= 13


def test_an_empty_sketch_is_refused_in_words(composer: ModelComposer) -> None:
    with pytest.raises(RequestError, match="empty"):
        list(composer.propose(Request(Song(length=1920))))


def test_velocity_range_is_kept(composer: ModelComposer) -> None:
    request = Request(sketch(), count=1, controls=Controls(velocity_min=56, velocity_max=87))
    (proposal,) = composer.propose(request)
    band = [n.velocity for part in proposal.song.parts if part.role is not Role.MELODY for n in part.notes]
    assert min(band) >= 56 - 4
    assert max(band) <= 87 + 4


def test_same_request_same_notes(composer: ModelComposer) -> None:
    first, again = (list(composer.propose(Request(sketch(), count=2, seed=5))) for _ in range(2))
    assert [proposal.song for proposal in first] == [proposal.song for proposal in again]
    (other, *_) = composer.propose(Request(sketch(), count=2, seed=6))
    assert other.song != first[0].song


def test_bars_are_heard_while_later_ones_are_written(composer: ModelComposer) -> None:
    heard: list[tuple[int, int, int]] = []

    def listener(number: int, song: Song, bars: int) -> None:
        heard.append((number, bars, sum(len(part.notes) for part in song.parts)))

    listening = ModelComposer(composer._weights, listener)
    list(listening.propose(Request(sketch(10), count=2)))
    bars = [done for number, done, _ in heard if number == 0]
    assert bars[0] == 1
    assert bars[-1] == 10
    assert len(bars) >= 3
    notes = [count for number, _, count in heard if number == 0]
    assert notes == sorted(notes)


def test_cancelling_is_heeded(composer: ModelComposer) -> None:
    calls = iter([False] * 20)
    with pytest.raises(Cancelled):
        list(composer.propose(Request(sketch(16)), lambda: next(calls, True)))


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    (tmp_path / "composer.safetensors").write_bytes(b"nothing of the kind")
    (tmp_path / "hashes.json").write_text("{}")
    with pytest.raises(ModelError):
        list(ModelComposer(tmp_path / "composer.safetensors").propose(Request(sketch())))


def test_auto_plays_a_style_where_the_weights_are_damaged_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "composer.safetensors").write_bytes(b"nothing of the kind")
    (tmp_path / "hashes.json").write_text("{}")
    auto = AutoComposer(ModelComposer(tmp_path / "composer.safetensors"))
    proposals = list(auto.propose(Request(sketch(), count=2)))
    assert [proposal.composer for proposal in proposals] == ["style", "style"]
    assert all(proposal.reasons[0].startswith("A style plays this.") for proposal in proposals)
    with pytest.raises(ModelError):
        list(auto.propose(Request(sketch(), task=Task.CONTINUE)))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "composer.safetensors"
    save_weights(path, {"w": torch.zeros(2)}, {"kind": "composer", "width": 32, "colour": 7})
    with pytest.raises(ModelError, match="does not know"):
        load_network(path)


@shipped
def test_the_shipped_network_keeps_to_the_harmony() -> None:
    assert available()
    song = understand(sketch(8))
    (proposal,) = ModelComposer().propose(Request(song, count=1, parts=("drums", "bass", "keys")))
    figures = features(proposal.song)
    assert figures["chord_tones"] > 0.9
    assert figures["notes_per_bar"] > 6
    bass = next(part for part in proposal.song.parts if part.role is Role.BASS)
    roots = sum(
        note.pitch % 12 in {(change.chord.root) for change in song.chords if change.tick <= note.start + 30}
        for note in bass.notes
    )
    assert roots > 0.5 * len(bass.notes)
