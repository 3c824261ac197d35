"""The six measures on examples that can be worked out by hand."""

from __future__ import annotations

from math import log, sqrt

import pytest

from cocomposer.music import ChordChange, Note, Song
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.training import harmony_metrics as metrics

BAR = 1920


def changes(*symbols: str, every: int = BAR) -> tuple[ChordChange, ...]:
    return tuple(ChordChange(place * every, parse_chord(symbol)) for place, symbol in enumerate(symbols))


def line(*pitches: int, each: int = 480) -> tuple[Note, ...]:
    return tuple(Note(place * each, pitch, each) for place, pitch in enumerate(pitches))


def test_the_histogram_counts_half_bars() -> None:
    song = Song(length=2 * BAR)
    chords = metrics.half_bar_chords(song, changes("C", "F", "G", every=BAR // 2))
    assert [str(chord) for chord in chords] == ["C", "F", "G", "G"]
    assert metrics.chord_coverage(chords) == 3
    assert metrics.chord_histogram_entropy(chords) == pytest.approx(2 * 0.25 * log(4) + 0.5 * log(2))
    assert metrics.chord_histogram_entropy(chords[2:]) == 0.0


def test_silence_is_no_chord() -> None:
    song = Song(length=2 * BAR)
    assert len(metrics.half_bar_chords(song, (ChordChange(BAR, parse_chord("C")),))) == 2
    assert metrics.half_bar_chords(song, changes("N.C.")) == []
    assert metrics.measure(song, line(60), ()) == metrics.HarmonyMetrics(0, 0, 0, 0, 0, 0)


def test_tonal_distance() -> None:
    # A tritone makes seven half-turns on the first circle and nine on the second, and so lies opposite on both; the
    # four half-turns on the third lead back.
    assert metrics.tonal_distance({0}, {6}) == pytest.approx(sqrt(4 + 4))
    # A major third: 14/3 half-turns on the first circle, six on the second, 8/3 on the third.
    assert metrics.tonal_distance({0}, {4}) == pytest.approx(sqrt(3 + 0 + 0.25 * 3))
    assert metrics.tonal_distance({0, 4, 7}, {0, 4, 7}) == 0.0
    near, far = metrics.tonal_distance({0, 4, 7}, {9, 0, 4}), metrics.tonal_distance({0, 4, 7}, {6, 10, 1})
    assert near < far


def test_repeated_chords_are_at_no_distance() -> None:
    c, g = parse_chord("C"), parse_chord("G")
    step = metrics.tonal_distance(c.pitch_classes, g.pitch_classes)
    assert metrics.chord_tonal_distance([c, c, g]) == pytest.approx(step / 2)
    assert metrics.chord_tonal_distance([c]) == 0.0


def test_proper_notes_count_as_carried() -> None:
    # C D E: the D is not in C but moves on by step; C F A: the F leaps.  The last note has nowhere to go.
    assert metrics.chord_tone_ratio(line(60, 62, 64), changes("C")) == 1.0
    assert metrics.chord_tone_ratio(line(60, 65, 69), changes("C")) == pytest.approx(1 / 3)
    assert metrics.chord_tone_ratio(line(60, 62, 64, 65), changes("C", "D")) == pytest.approx(3 / 4)


def test_consonance_is_heard_in_sixteenths() -> None:
    # G over C E G: a fifth, a minor third, a unison.  F over it: a fourth, a minor second, a minor seventh.
    assert metrics.pitch_consonance(line(67), changes("C")) == 1.0
    assert metrics.pitch_consonance(line(65), changes("C")) == pytest.approx(-2 / 3)
    long_and_short = (Note(0, 67, 360), Note(360, 65, 120))
    assert metrics.pitch_consonance(long_and_short, changes("C")) == pytest.approx((3 - 2 / 3) / 4)


def test_distance_of_the_melody_goes_by_time() -> None:
    c, f = parse_chord("C").pitch_classes, parse_chord("F").pitch_classes
    held = (Note(0, 60, 1440),)
    expected = (960 * metrics.tonal_distance({0}, c) + 480 * metrics.tonal_distance({0}, f)) / 1440
    assert metrics.melody_chord_distance(held, changes("C", "F", every=960)) == pytest.approx(expected)


def test_triads() -> None:
    names = ["C7", "Dm7", "Bm7b5", "Caug", "Gsus4", "F6", "Bdim7", "G7b5", "N.C."]
    reduced = [change.chord.intervals for change in metrics.as_triads(changes(*names))]
    major, minor, diminished = (0, 4, 7), (0, 3, 7), (0, 3, 6)
    assert reduced == [major, minor, diminished, (0, 4, 8), major, major, diminished, major, ()]
