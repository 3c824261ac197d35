"""Chords as text put into a song: what stands behind them goes on, and what cannot be read changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from songs import lead_sheet

from cocomposer.errors import FormatError
from cocomposer.studio.chord_text_editing import with_chord_text

BAR = 1920


def chords(song) -> list[tuple[float, str]]:  # type: ignore[no-untyped-def]
    return [(change.tick / BAR, str(change.chord)) for change in song.chords]


def test_chords_take_the_place_of_those_there_and_the_rest_stays() -> None:
    song = with_chord_text(lead_sheet(changes="C Am F G"), BAR, "| Em A7 | Dm |")
    assert chords(song) == [(0, "C"), (1, "Em"), (1.5, "A7"), (2, "Dm"), (3, "G")]


def test_a_long_chord_under_the_end_goes_on_behind_it() -> None:
    song = lead_sheet(changes="C C C C")
    song = with_chord_text(replace(song, chords=song.chords[:1]), BAR, "| F |")
    assert chords(song) == [(0, "C"), (1, "F"), (2, "C")]


def test_numerals_are_read_in_the_key_and_metre_of_the_song_unless_the_text_says_its_own() -> None:
    waltz = lead_sheet("3/4", "C C C")
    assert [str(each.chord) for each in with_chord_text(waltz, 0, "| ii | V7 |").chords[:2]] == ["Dm", "G7"]
    assert with_chord_text(waltz, 0, "| ii | V7 |").chords[1].tick == 1440
    own = with_chord_text(waltz, 0, "key: D\n| ii | V7 |")
    assert [str(each.chord) for each in own.chords[:2]] == ["Em", "A7"]


def test_a_song_grows_to_hold_them() -> None:
    song = with_chord_text(lead_sheet(changes="C C"), BAR, "| F | G | C |")
    assert len(song.bars) == 4
    assert chords(song) == [(0, "C"), (1, "F"), (2, "G"), (3, "C")]


def test_what_is_no_chart_is_refused() -> None:
    with pytest.raises(FormatError, match="chord"):
        with_chord_text(lead_sheet(), 0, "| Hm7 |")
