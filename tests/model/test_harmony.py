"""Chords from the network: they keep to bars, come back with their phrase, close at home, and follow the seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from songs import lead_sheet  # noqa: E402

from cocomposer.errors import ModelError  # noqa: E402
from cocomposer.model import harmony  # noqa: E402
from cocomposer.model.harmony import Taste, continue_chords, harmonise, load_network  # noqa: E402
from cocomposer.model.harmony_grid import (  # noqa: E402
    CHORDS,
    FEATURES,
    NONE,
    Idiom,
    chord_number,
    chord_of_number,
    chords_in_slots,
    harmony_grid,
    shifted,
)
from cocomposer.model.harmony_network import HarmonyNetwork  # noqa: E402
from cocomposer.model.weights import save_weights  # noqa: E402
from cocomposer.music import (  # noqa: E402
    ChordChange,
    Key,
    KeyChange,
    Meter,
    MeterChange,
    MeterMap,
    Mode,
    Note,
    Song,
)
from cocomposer.music.chord_symbols import parse_chord  # noqa: E402
from cocomposer.resources import assets_folder  # noqa: E402
from cocomposer.training.harmony import Example, example_of, fit, mean_loss  # noqa: E402
from cocomposer.training.harmony_corpus import LeadSheet  # noqa: E402

BAR = 1920
C_MAJOR = KeyChange(0, Key())
needs_weights = pytest.mark.skipif(
    not (assets_folder() / harmony.WEIGHTS).is_file(), reason="the trained weights are not in this checkout"
)


@pytest.fixture(scope="module")
def untrained() -> HarmonyNetwork:
    torch.manual_seed(3)
    return HarmonyNetwork(width=8, decoder_width=12, embedding=6).eval()


def tune(meter: Meter, degrees: str, key: Key) -> tuple[Song, tuple[Note, ...]]:
    """A note of the scale on every felt beat, its degrees (0..6) given bar by bar."""
    notes = []
    for place, degree in enumerate(int(each) for each in degrees):
        bar, beat = divmod(place, len(meter.beats))
        start = bar * meter.ticks_per_bar + meter.beat_starts[beat]
        notes.append(Note(start, 60 + key.tonic + key.mode.scale[degree], meter.beats[beat]))
    bars = -(-len(degrees) // len(meter.beats))
    return Song(length=bars * meter.ticks_per_bar, meters=MeterMap((MeterChange(0, meter),))), tuple(notes)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("C", "C"), ("Dm9", "Dm7"), ("G13", "G7"), ("G7#5", "G7"), ("Fmaj9", "Fmaj7"), ("C6/9", "C6"),
        ("Am(maj7)", "Am"), ("F#m7b5", "F#m7b5"), ("Bdim7", "Bdim7"), ("Caug", "Caug"), ("G7sus4", "Gsus4"),
        ("Csus2", "Csus4"), ("C5", "C"), ("C/E", "C"), ("Cadd9", "C"), ("Dm6", "Dm6"),
    ],
)  # fmt: skip
def test_any_chord_has_a_nearest_one(symbol: str, expected: str) -> None:
    number = chord_number(parse_chord(symbol))
    assert str(chord_of_number(number, Key(7))) == expected
    assert int(shifted(np.array([number]), np.array([7]))[0]) == chord_number(parse_chord(symbol).transpose(7))


def test_silence_stays_silence() -> None:
    assert chord_number(parse_chord("N.C.")) == NONE == CHORDS
    assert shifted(np.array([NONE]), np.array([5])).tolist() == [NONE]


@pytest.mark.parametrize(
    ("meter", "cuts"),
    [
        ((4, 4), [0, 960]), ((3, 4), [0, 960]), ((2, 4), [0]), ((6, 8), [0, 720]), ((12, 8), [0, 1440]),
        ((5, 4), [0, 1440]), ((7, 8), [0, 960]), ((3, 8), [0]), ((2, 2), [0, 960]),
    ],
)  # fmt: skip
def test_where_chords_may_change(meter: tuple[int, int], cuts: list[int]) -> None:
    song, melody = tune(Meter(*meter), "0" * 12, Key())
    grid = harmony_grid(song, melody, [C_MAJOR], Idiom.POP)
    size = song.meters.meter_at(0).ticks_per_bar
    assert grid.edges[: len(cuts) + 1].tolist() == [*cuts, size]
    assert grid.features.shape == (len(grid), FEATURES)


def test_a_grid_is_the_same_in_every_key() -> None:
    features = []
    for tonic in (0, 5, 11):
        song, melody = tune(Meter(), "0123456010123456", Key(tonic))
        features.append(harmony_grid(song, melody, [KeyChange(0, Key(tonic))], Idiom.POP).features)
    assert np.array_equal(features[0], features[1])
    assert np.array_equal(features[0], features[2])
    assert not np.array_equal(features[0], harmony_grid(song, melody, [C_MAJOR], Idiom.POP).features)


def test_the_tiniest_metre_does_not_explode() -> None:
    song = Song(length=200 * BAR, meters=MeterMap((MeterChange(0, Meter(1, 32)),)))
    assert len(harmony_grid(song, (), [C_MAJOR], Idiom.POP)) <= 800


def test_a_slot_has_the_chord_that_takes_most_of_it() -> None:
    song = Song(length=2 * BAR)
    ticks_and_names = ((480, "C"), (960 - 120, "F"), (BAR + 120, "G"), (BAR + 960, "N.C."))
    chords = tuple(ChordChange(tick, parse_chord(name)) for tick, name in ticks_and_names)
    found = chords_in_slots(harmony_grid(song, (), [C_MAJOR], Idiom.POP), chords)
    assert [str(chord_of_number(int(number), Key())) for number in found] == ["C", "F", "G", "G"]


@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(3, 4), Meter(7, 8), Meter(6, 8), Meter(5, 4), Meter(2, 4)])
@pytest.mark.parametrize("key", [Key(3), Key(9, Mode.MINOR), Key(2, Mode.DORIAN)])
def test_even_untrained_it_keeps_the_rules(untrained: HarmonyNetwork, meter: Meter, key: Key) -> None:
    phrase = "0213"[: len(meter.beats)].ljust(len(meter.beats), "0")
    song, melody = tune(meter, (phrase + phrase[::-1] + "4" * len(meter.beats) + "0" * len(meter.beats)) * 2, key)
    changes = harmonise(song, melody, key, network=untrained)
    assert changes == harmonise(song, melody, key, network=untrained)
    assert changes != harmonise(song, melody, key, network=untrained, seed=1)
    assert changes[0].tick == 0
    assert changes[-1].chord.root == key.tonic
    assert changes[-1].chord.is_minor == key.mode.is_minor
    assert all(before.chord != after.chord and before.tick < after.tick for before, after in pairwise(changes))
    half = song.length // 2
    first = [(change.tick, change.chord) for change in changes if change.tick < half - meter.ticks_per_bar]
    again = [(change.tick - half, change.chord) for change in changes if half < change.tick]
    assert [each for each in again if each[0] < half - meter.ticks_per_bar] == [each for each in first if each[0] > 0]


def test_little_and_nothing(untrained: HarmonyNetwork) -> None:
    assert harmonise(Song(), (), Key(), network=untrained) == ()
    one, melody = tune(Meter(), "0000", Key(7))
    changes = harmonise(one, melody, Key(7), network=untrained)
    assert changes[0].tick == 0
    assert changes[-1].chord.root == 7
    progression = harmonise(Song(length=8 * BAR), (), Key(2), network=untrained)
    assert len(progression) > 1
    assert progression[-1].chord.root == 2


def test_a_key_change_takes_the_chords_along(untrained: HarmonyNetwork) -> None:
    song, melody = tune(Meter(), "02134321" * 4 + "0000", Key())
    song = replace(song, keys=(C_MAJOR, KeyChange(4 * BAR, Key(2))))
    higher = tuple(replace(note, pitch=note.pitch + 2 * (note.start >= 4 * BAR)) for note in melody)
    assert harmonise(song, higher, Key(), network=untrained)[-1].chord.root == 2


def test_going_on(untrained: HarmonyNetwork) -> None:
    song = lead_sheet("3/4", "C Am F G", melody=False)
    more = continue_chords(song, 5, Key(), network=untrained, closes=True)
    assert more == continue_chords(song, 5, Key(), network=untrained, closes=True)
    assert more[0].tick == song.length
    assert all(song.length <= change.tick < song.length + 5 * 1440 for change in more)
    assert more[-1].chord.root == 0
    assert continue_chords(song, 0, Key(), network=untrained) == ()
    assert continue_chords(Song(), 4, Key(5), network=untrained)[0].tick == 0


def test_what_cannot_be_loaded_is_said(tmp_path: Path, untrained: HarmonyNetwork) -> None:
    path = tmp_path / "harmony.safetensors"
    save_weights(path, untrained.state_dict(), untrained.config)
    song, melody = tune(Meter(), "0213" * 4, Key())
    assert harmonise(song, melody, Key(), network=load_network(path))
    for config in ({}, untrained.config | {"width": 16}, untrained.config | {"width": "wide"}, {"width": -1}):
        save_weights(path, untrained.state_dict(), config)
        with pytest.raises(ModelError, match="style composer"):
            load_network(path)


def test_a_small_network_learns_the_tune_and_the_repeats() -> None:
    """It has to beat the best guess that knows nothing but how often each answer occurs."""
    torch.manual_seed(1)
    sheets = [
        LeadSheet(str(number), Idiom.POP, replace(lead_sheet(changes=words), parts=()), part.notes, True)
        for number, words in enumerate(("C Am7 Dm7 G7 Em A7 Dm C", "F G C Am Dm G7 C C", "C Em F G7 Am F G7 C"))
        if (part := lead_sheet(changes=words).parts[0])
    ]
    examples = [example_of(sheet) for sheet in sheets]
    network = HarmonyNetwork(width=16, decoder_width=24, embedding=8, dropout=0.0)
    before = mean_loss(network, examples)
    fit(
        network, examples * 4, examples, np.random.default_rng(1),
        minutes=1, epochs=40, patience=40, rate=0.03, report=lambda text: None,
    )  # fmt: skip
    after = mean_loss(network, examples)
    assert after < 0.6 * _unigram(examples) < before


def _unigram(examples: list[Example]) -> float:
    """Entropy of the answers, in nats."""
    counts = np.unique(np.concatenate([each.target for each in examples]), return_counts=True)[1]
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum())


@needs_weights
@pytest.mark.parametrize("idiom", list(Idiom))
@pytest.mark.parametrize(
    ("meter", "degrees", "key"),
    [
        (Meter(), "00445543322110" + "44332211" * 2 + "00445543322110", Key(8)),
        (Meter(3, 4), "024421135000" * 2, Key(7)),
        (Meter(7, 8), "024135443210" * 2, Key(4, Mode.MINOR)),
    ],
)
def test_the_shipped_network_harmonises_simple_tunes_simply(
    idiom: Idiom, meter: Meter, degrees: str, key: Key
) -> None:  # fmt: skip
    song, melody = tune(meter, degrees, key)
    tones = inside = carried = 0
    for seed in range(6):
        changes = harmonise(song, melody, key, seed=seed, adventurous=0.0, idiom=idiom)
        tones += sum(len(change.chord.pitch_classes) for change in changes)
        inside += sum(len(change.chord.pitch_classes & set(key.scale)) for change in changes)
        for note in melody:
            under = [change for change in changes if change.tick <= note.start][-1]
            carried += note.pitch % 12 in under.chord.pitch_classes
    assert inside > 0.85 * tones
    assert carried > 0.55 * 6 * len(melody)


@needs_weights
def test_the_shipped_network_keeps_a_loop_going() -> None:
    song = lead_sheet(changes="C G Am F C G Am F", melody=False)
    kept = 0
    for seed in range(8):
        more = continue_chords(song, 4, Key(), seed=seed, adventurous=0.0)
        kept += sum(change in {ChordChange(c.tick + 8 * BAR, c.chord) for c in song.chords} for change in more)
    assert kept >= 16


def test_taste_has_bounds() -> None:
    assert Taste.adventurous(-1) == Taste.adventurous(0)
    assert Taste.adventurous(7) == Taste.adventurous(1)
    assert Taste.adventurous(0).temperature < Taste.adventurous(1).temperature
