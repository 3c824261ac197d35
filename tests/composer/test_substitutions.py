"""Chords in another's place: the kinds there are, how the tune ranks them, and that each says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songs import lead_sheet

from cocomposer.composer.substitutions import LEAST_FIT, Substitution, melody_fit, substitutions, substitutions_at
from cocomposer.music import NO_CHORD, Chord, ChordSpan, Key, Mode, Note
from cocomposer.music.chord_symbols import parse_chord

C = Key()


def found(chord: str, after: str = "", key: Key = C, tune: tuple[int, ...] = ()) -> dict[str, Substitution]:
    """All substitutions for a bar of `chord` under a tune of quarters, by symbol."""
    melody = [Note(index * 480, pitch, 480) for index, pitch in enumerate(tune)]
    following = parse_chord(after) if after else None
    span = ChordSpan(0, 1920, parse_chord(chord))
    return {str(each.chord): each for each in substitutions(span, key, melody, following, count=40)}


@pytest.mark.parametrize(
    ("chord", "after", "key", "expected", "kind"),
    [
        ("Cmaj7", "", "C", "Am7", "relative"),
        ("Cmaj7", "", "C", "Em7", "relative"),
        ("C", "Dm7", "C", "A7", "secondary dominant"),
        ("Dm7", "C", "C", "G7", "dominant"),
        ("G7", "C", "C", "Db7", "tritone"),
        ("F", "C", "C", "Fm", "borrowed"),
        ("G7", "C", "C", "Bbmaj7", ""),
        ("G7", "C", "C", "Bb7", "borrowed"),
        ("C", "Dm", "C", "C#dim7", "passing diminished"),
        ("G7", "C", "C", "G7sus4", "suspended"),
        ("Am", "Dm", "Am", "C", "relative"),
        ("Bb", "Eb", "Bb", "Bb7", "secondary dominant"),
    ],
)
def test_the_kinds_of_harmony_are_found(chord: str, after: str, key: str, expected: str, kind: str) -> None:
    answers = found(chord, after, Key.parse(key))
    if kind:
        assert answers[expected].kind == kind
    else:
        assert expected not in answers


def test_the_tune_decides_which_come_first() -> None:
    over_c_and_e = found("C", "Dm", tune=(72, 76, 72, 76))
    assert over_c_and_e["Am"].fit == 1.0
    assert "Csus4" not in over_c_and_e or over_c_and_e["Am"].rank > over_c_and_e["Csus4"].rank
    assert next(iter(found("C", "Dm"))) == "Am"
    over_d_and_g = found("C", "Dm", tune=(74, 79, 74, 79))
    assert next(iter(over_d_and_g)) == "Csus2"
    assert "Am" in over_d_and_g
    over_a_held_f = found("G7", "C", tune=(77, 77, 77, 77))
    assert "Em7" not in over_a_held_f  # F rubs against its E
    assert over_a_held_f["Db7"].fit == 1.0


def test_what_a_note_is_worth_in_a_chord() -> None:
    span = ChordSpan(0, 480, parse_chord("C"))

    def fit(symbol: str, pitch: int) -> float:
        return melody_fit(parse_chord(symbol), C, span, [Note(0, pitch, 480)])

    assert fit("Cmaj7", 64) == 1.0
    assert fit("Cmaj7", 64) > fit("Cmaj7", 62) > fit("Cmaj7", 66) > fit("Cmaj7", 65)
    assert fit("G7", 68) > fit("Gmaj7", 68)  # a flat ninth is a colour of a dominant, and of no other


def test_notes_count_by_how_long_they_are_held_there() -> None:
    span = ChordSpan(480, 960, parse_chord("C"))
    held = [Note(0, 64, 840), Note(840, 65, 480)]
    assert melody_fit(span.chord, C, span, held) == pytest.approx(0.75)
    assert melody_fit(span.chord, C, span, []) == 1.0


def test_reasons_name_the_chords_they_speak_of() -> None:
    answers = found("G7", "C")
    assert answers["Db7"].reason == (
        "A tritone from G7, it keeps B and F, the notes that pull, and its bass slides down a semitone to C."
    )
    assert answers["Em7"].reason.startswith("A third below, it shares G, B and D with G7")
    assert found("F", "C")["Fm"].reason == "Borrowed from C minor, it darkens this place."


def test_names_are_spelt_in_the_key() -> None:
    assert "Bb7" in found("F", "Eb", Key.parse("Eb"))
    assert "F#7" in found("E", "Bm", Key.parse("D"))


def test_a_place_of_a_song_knows_its_tune_and_what_comes_next() -> None:
    song = lead_sheet()
    answers = substitutions_at(song, 1920 + 100)
    assert str(answers[0].chord) == "Fmaj7"
    assert any(each.kind == "secondary dominant" and "Dm7" in each.reason for each in answers)
    assert substitutions_at(lead_sheet(melody=False), 0)
    assert substitutions_at(song, song.length + 5) == ()


@given(
    root=st.integers(0, 11),
    quality=st.sampled_from(["", "m", "7", "m7", "maj7", "dim", "m7b5", "aug", "sus4", "6", "9", "7alt", "5"]),
    key=st.builds(Key, st.integers(0, 11), st.sampled_from(list(Mode))),
    pitches=st.lists(st.integers(40, 90), max_size=6),
)
def test_any_chord_in_any_key(root: int, quality: str, key: Key, pitches: list[int]) -> None:
    chord = Chord(root, parse_chord("C" + quality).intervals)
    melody = [Note(index * 240, pitch, 240) for index, pitch in enumerate(pitches)]
    answers = substitutions(ChordSpan(0, 1440, chord), key, melody, parse_chord("Dm7"))
    assert len(answers) <= 8
    assert [each.rank for each in answers] == sorted((each.rank for each in answers), reverse=True)
    assert len({each.chord for each in answers}) == len(answers)
    for each in answers:
        assert LEAST_FIT <= each.fit <= 1
        assert each.chord != chord
        assert parse_chord(str(each.chord)) == each.chord
        assert each.reason.endswith(".")


def test_silence_has_no_substitute() -> None:
    assert substitutions(ChordSpan(0, 1920, NO_CHORD), C, []) == ()
