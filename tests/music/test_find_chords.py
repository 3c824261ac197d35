"""Chords and keys are found in what a band plays, and block chords are read exactly as written."""

from dataclasses import replace

import pytest

from cocomposer.music import Chord, Key, Meter, MeterChange, MeterMap, Mode, Note, Part, Role, Song
from cocomposer.music.analysis.blocks import chord_of
from cocomposer.music.analysis.chords import find_chords
from cocomposer.music.analysis.keys import find_key, find_keys
from cocomposer.music.chord_symbols import parse_chord

QUARTER, BAR = 480, 1920


def voiced(chord: Chord, low: int = 48) -> list[int]:
    """The bass at or above `low`, the other notes in close position over it."""
    bass = low + (chord.bass_pitch_class - low) % 12
    rest = [bass + (chord.root + step - bass) % 12 for step in chord.intervals]
    return [bass, *sorted({pitch for pitch in rest if pitch != bass})]


def blocks(symbols: str, length: int = BAR, low: int = 48) -> Song:
    chords = [parse_chord(each) for each in symbols.split()]
    notes = tuple(Note(bar * length, pitch, length) for bar, chord in enumerate(chords) for pitch in voiced(chord, low))
    return Song(length=len(chords) * length, parts=(Part("Chords", Role.KEYS, 0, notes),))


def names(song: Song, key: Key | None = None) -> list[str]:
    return [str(change.chord) for change in find_chords(song, song.parts, key)]


@pytest.mark.parametrize(
    "written",
    [
        "C Am F G", "Cmaj7 Am7 Dm7 G7", "C C/E F G/B", "Am G/B C Fmaj7", "Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7 Gm",
        "C Caug F Fm", "Dsus4 D Asus4 A", "Bm7b5 E7 Am Am6", "C6 Bdim7 C F/G", "Cadd9 G9 C7b9 F6/9",
        "E7#9 Am9 D13 Gmaj9", "C5 F5 G5 C5",
    ],
)  # fmt: skip
def test_block_chords_get_their_exact_names(written: str) -> None:
    found = find_chords(blocks(written), blocks(written).parts, None)
    wanted = [parse_chord(each) for each in written.split()]
    if written == "C5 F5 G5 C5":  # two notes are no block: the band's rules apply, and only roots are certain
        assert [change.chord.root for change in found] == [0, 5, 7, 0]
    else:
        assert [change.chord for change in found] == wanted
        assert [change.tick for change in found] == [bar * BAR for bar in range(len(wanted))]


def test_chords_folded_into_one_octave_keep_their_roots() -> None:
    wanted = [parse_chord(each) for each in ("G", "C", "Am", "D7", "G")]
    notes = tuple(
        Note(bar * BAR, 48 + pitch_class, BAR)
        for bar, chord in enumerate(wanted)
        for pitch_class in chord.pitch_classes
    )
    song = Song(length=5 * BAR, parts=(Part("Chords", notes=notes),))
    assert [change.chord for change in find_chords(song, song.parts)] == wanted


def test_the_bass_decides_between_names() -> None:
    assert chord_of({0, 4, 7, 9}, 0) == parse_chord("C6")
    assert chord_of({0, 4, 7, 9}, 9) == parse_chord("Am7")
    assert chord_of({0, 4, 7, 9}) == parse_chord("Am7")
    assert chord_of({0, 5, 9, 7}, 7) == parse_chord("F/G")
    assert chord_of({0, 1, 2, 3}) is None


def broken(symbols: str) -> Song:
    """A bass in halves and an arpeggio in eighths over it, in two parts, four beats a chord."""
    chords = [parse_chord(each) for each in symbols.split()]
    low, high = [], []
    for bar, chord in enumerate(chords):
        low += [Note(bar * BAR + half * 960, 36 + chord.bass_pitch_class, 900) for half in (0, 1)]
        tones = [60 + (chord.root + step) % 12 for step in chord.intervals]
        high += [Note(bar * BAR + eighth * 240, tones[eighth % len(tones)], 220) for eighth in range(8)]
    parts = (Part("Bass", Role.BASS, 33, tuple(low)), Part("Guitar", Role.GUITAR, 25, tuple(high)))
    return Song(length=len(chords) * BAR, parts=parts)


@pytest.mark.parametrize("written", ["C Am F G C", "Em C G D Em", "Am7 D7 Gmaj7 Cmaj7 Am7", "C G/B Am F C/G G C"])
def test_broken_chords_are_heard(written: str) -> None:
    assert [parse_chord(name) for name in names(broken(written))] == [parse_chord(each) for each in written.split()]


def test_passing_notes_and_drums_change_nothing() -> None:
    song = broken("C Am F G C")
    drums = Part("Kit", Role.DRUMS, 0, tuple(Note(tick, 38, 100) for tick in range(0, 5 * BAR, 240)))
    passing = Part("Lead", notes=tuple(Note(bar * BAR + 1680, 62, 120) for bar in range(5)))
    busy = replace(song, parts=(*song.parts, drums, passing))
    assert names(busy) == ["C", "Am", "F", "G", "C"]


def test_symbols_are_spelled_in_the_key() -> None:
    assert names(broken("Eb Ab Bb7 Eb"), Key(3)) == ["Eb", "Ab", "Bb7", "Eb"]
    assert names(broken("E C#m A B7 E"), Key(4)) == ["E", "C#m", "A", "B7", "E"]


def test_a_long_silence_is_no_chord_and_nothing_is_nothing() -> None:
    first = broken("C F G C")
    later = tuple(
        replace(part, notes=part.notes + tuple(replace(note, start=note.start + 8 * BAR) for note in part.notes))
        for part in first.parts
    )
    assert names(Song(length=12 * BAR, parts=later)) == ["C", "F", "G", "C", "N.C.", "C", "F", "G", "C"]
    assert find_chords(Song(length=BAR), ()) == ()


@pytest.mark.parametrize("meter", [Meter(3, 4), Meter(6, 8), Meter(5, 4), Meter(7, 8), Meter(2, 2), Meter(1, 4)])
def test_other_metres(meter: Meter) -> None:
    bar = meter.ticks_per_bar
    chords = [parse_chord(each) for each in ("Am", "Dm", "E7", "Am")]
    notes = [
        Note(index * bar + beat, pitch, 200)
        for index, chord in enumerate(chords)
        for beat in meter.beat_starts
        for pitch in (voiced(chord)[:1] if beat == 0 else voiced(chord, 60))
    ]
    song = Song(length=4 * bar, meters=MeterMap((MeterChange(0, meter),)), parts=(Part("Piano", notes=tuple(notes)),))
    found = find_chords(song, song.parts)
    if meter.numerator > 1:
        assert [change.chord.root for change in found] == [9, 2, 4, 9]
        assert [change.tick for change in found] == [0, bar, 2 * bar, 3 * bar]
    else:
        assert found


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(
    ("mode", "progression"), [(Mode.MAJOR, "C Am F G C F G7 C"), (Mode.MINOR, "Cm Fm G7 Cm Ab Fm G7 Cm")]
)
def test_keys_in_every_transposition(tonic: int, mode: Mode, progression: str) -> None:
    chords = [parse_chord(each).transpose(tonic) for each in progression.split()]
    song = blocks(" ".join(chord.spell() for chord in chords))
    assert find_key(song.parts, find_chords(song, song.parts)) == Key(tonic, mode)
    assert find_key(song.parts) == Key(tonic, mode)


def test_chords_alone_and_nothing_at_all_have_a_key() -> None:
    song = blocks("D A7 D G Em A7 D")
    assert find_key((), find_chords(song, song.parts)) == Key(2)
    assert find_key(()) == Key(0)


def test_modes_are_named_when_the_scale_is_kept() -> None:
    assert find_key((), find_chords(blocks("Dm G Dm C Dm G C Dm"), blocks("Dm G Dm C Dm G C Dm").parts)).tonic == 2
    song = blocks("D C G D D C G D")
    assert find_key(song.parts, find_chords(song, song.parts)) == Key(2, Mode.MIXOLYDIAN)


def test_a_change_of_key_is_found_where_it_happens() -> None:
    song = broken(" ".join(["C Am F G"] * 5 + ["D Bm G A"] * 5))
    changes = find_keys(song, find_chords(song, song.parts))
    assert [change.key for change in changes] == [Key(0), Key(2)]
    assert abs(changes[1].tick - 20 * BAR) <= 2 * BAR
    steady = broken(" ".join(["C Am F G"] * 10))
    assert len(find_keys(steady)) == 1


def test_the_bass_line_decides_what_two_notes_above_it_leave_open() -> None:
    low = [Note(bar * BAR, pitch, BAR) for bar, pitch in enumerate((45, 36, 45, 36))]
    high = [Note(bar * BAR + beat * 480, pitch, 440) for bar in range(4) for beat in range(4) for pitch in (60, 64)]
    parts = (Part("Bass", Role.BASS, 33, tuple(low)), Part("Keys", Role.KEYS, 4, tuple(high)))
    assert names(Song(length=4 * BAR, parts=parts)) == ["Am", "C", "Am", "C"]
