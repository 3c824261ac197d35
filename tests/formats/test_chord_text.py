"""Chord text: what it means, how it is written, and what is said about mistakes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.errors import FormatError
from cocomposer.formats import chord_text
from cocomposer.music import (
    Chord,
    ChordChange,
    Key,
    KeyChange,
    Meter,
    MeterChange,
    MeterMap,
    Note,
    Part,
    Song,
    TempoChange,
    TempoMap,
)
from cocomposer.music.chord_symbols import parse_chord

CHART = """title: Evening Train
tempo: 96
key: F# minor
meter: 4/4
# this line is for people only
[Verse]
| F#m | Bm7 E7 | % | A / / E7 |
| i | iv7 bVII7 | N.C. | x2
[Chorus]
|: D | E :|
[Verse]
meter: 3/4
A
"""


def read(text: str) -> Song:
    return chord_text.read(text.encode())


def chords(text: str) -> list[tuple[int, str]]:
    """Start in quarters and symbol of every chord."""
    return [(change.tick / 480, str(change.chord)) for change in read(text).chords]


def test_a_whole_chart():
    song = read(CHART)
    assert song.title == "Evening Train"
    assert song.tempos.bpm_at(0) == pytest.approx(96)
    assert song.keys == (KeyChange(0, Key.parse("F# minor")),)
    assert [(song.meters.bar_at(section.tick), section.name) for section in song.sections] == [
        (0, "Verse"), (10, "Chorus"), (14, "Verse")]  # fmt: skip
    assert len(song.bars) == 15
    assert song.bars[-1].meter == Meter(3, 4)
    assert song.length == 14 * 1_920 + 1_440
    assert song.chords[-1] == ChordChange(14 * 1_920, parse_chord("A"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| C | Am7 D7 |", [(0, "C"), (4, "Am7"), (6, "D7")]),
        ("| G / / D7 |", [(0, "G"), (3, "D7")]),
        ("| C F G |", [(0, "C"), (2, "F"), (3, "G")]),
        ("| C | / / F / |", [(0, "C"), (6, "F")]),
        ("| C G | % | F |", [(0, "C"), (2, "G"), (4, "C"), (6, "G"), (8, "F")]),
        ("| C | C | G |", [(0, "C"), (8, "G")]),
        ("| C |   | G |", [(0, "C"), (8, "G")]),
        ("C G | x2", [(0, "C"), (2, "G"), (4, "C"), (6, "G")]),
        ("C G", [(0, "C"), (4, "G")]),
        ("||: C | G :|| x3", [(0, "C"), (4, "G"), (8, "C"), (12, "G"), (16, "C"), (20, "G")]),
        ("meter: 6/8\n| C G | C / / G / / | C D E |", [(0, "C"), (1.5, "G"), (3, "C"), (4.5, "G"), (6, "C"),
                                                      (7, "D"), (8, "E")]),
        ("time: 7/8\n| C G |", [(0, "C"), (2, "G")]),
        ("key: C\n| ii7 | V7/V | bVII |", [(0, "Dm7"), (4, "D7"), (8, "Bb")]),
        ("[A]\n| C |\n[B]\n| G |\n[A]\n", [(0, "C"), (4, "G"), (8, "C")]),
    ],
)  # fmt: skip
def test_where_chords_fall(text, expected):
    assert chords(text) == expected


def test_headers_may_change_between_bars():
    song = read("tempo: 100\nkey: C\n| C |\nkey: D\ntempo: 140 bpm\nmetre: 3/4\n| D |\n| A |")
    assert [change.tick for change in song.keys] == [0, 1_920]
    assert song.tempos.bpm_at(1_920) == pytest.approx(140, abs=0.001)
    assert [bar.end - bar.start for bar in song.bars] == [1_920, 1_440, 1_440]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("| C |\n| Gmj |", r"Line 2: 'Gmj' is not a chord symbol: did you mean"),
        ("| C / G |", r"Line 1: \| C / G \| has 3 beats and a bar of 4/4 has 4"),
        ("tempp: 96\n| C |", "Line 1: 'tempp' is not a header: did you mean tempo"),
        ("tempo: fast\n| C |", "quarter notes a minute"),
        ("meter: 4/5\n| C |", "4/5 is not a metre"),
        ("meter: four\n| C |", "like meter: 4/4"),
        ("key: H\n| C |", "not a key"),
        ("| ii7 |", "needs a key"),
        ("[Verse\n| C |", "Line 1: a section is written in brackets"),
        ("[Verse]\n[Chorus]\n| C |", r"section \[Verse\] has no bars"),
        ("| % |", "repeats the bar before"),
        ("| C :|", "begins with"),
        ("| C | x0", "x0 cannot be played"),
        ("| C | x3000\n| C | x3000", "Line 2: more than 4,000 bars"),
        ("| " + "C " * 40 + "|", "40 chords in one bar"),
        ("| | |", "no chords in this line"),
        ("title: Nothing", "no chords in this text"),
        ("\0\1\2", "not a text"),
    ],
)
def test_mistakes_are_named_with_their_line_and_the_way_out(text, complaint):
    with pytest.raises(FormatError, match=complaint):
        read(text)


def test_encodings():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        assert chord_text.read("title: Frühling\n| C |".encode(encoding)).title == "Frühling"


def test_what_is_written_is_meant_for_people():
    assert chord_text.write(read(CHART)).decode() == (
        "title: Evening Train\ntempo: 96\nkey: F# minor\nmeter: 4/4\n\n[Verse]\n"
        "| F#m | Bm7 E7 | Bm7 E7 | A / / E7 |\n| F#m | Bm7 E7 | N.C. | F#m |\n| Bm7 E7 | N.C. |\n\n[Chorus]\n"
        "| D | E | D | E |\nmeter: 3/4\n\n[Verse]\n| A |\n"
    )


def test_a_pickup_and_chords_off_the_beat_are_written():
    song = Song(
        length=480 + 1_920,
        meters=MeterMap((MeterChange(0, Meter(4, 4)), MeterChange(480, Meter(4, 4)))),
        chords=(ChordChange(480, parse_chord("C")), ChordChange(480 + 700, parse_chord("F"))),
        parts=(Part("Voice", notes=(Note(0, 60, 480),)),),
    )
    text = chord_text.write(song).decode()
    assert text == "tempo: 120\nmeter: 1/4\n| / |\nmeter: 4/4\n| C F / / |\n"
    assert read(text).length == song.length


BARS = st.lists(
    st.lists(st.sampled_from(["C", "F#m7b5", "G7(b9,b13)", "A/C#", "N.C.", "Bbmaj9", None]), min_size=1, max_size=32),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(BARS, st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4), Meter(12, 8)]),
       st.integers(1_000, 10_000_000))  # fmt: skip
def test_chords_on_beats_survive_writing_and_reading(bars, meter, microseconds):
    changes: list[ChordChange] = []
    unit = meter.ticks_per_bar // meter.numerator
    for index, symbols in enumerate(bars):
        for beat, symbol in enumerate(symbols[: meter.numerator]):
            chord: Chord | None = None if symbol is None else parse_chord(symbol)
            if chord is not None and (not changes or changes[-1].chord != chord):
                changes.append(ChordChange(index * meter.ticks_per_bar + beat * unit, chord))
    tempos = TempoMap((TempoChange(0, microseconds),))
    song = Song(
        length=len(bars) * meter.ticks_per_bar,
        meters=MeterMap((MeterChange(0, meter),)),
        tempos=tempos,
        chords=tuple(changes),
    )
    assert chord_text.read(chord_text.write(song)) == song
