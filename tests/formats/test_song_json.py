"""Songs as JSON: nothing is lost, and nothing that is wrong gets through."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from songs import band_song
from strategies import authors, mixed_songs

from cocomposer.errors import FormatError
from cocomposer.formats.song_json import MAX_NOTES, song_from, song_to
from cocomposer.formats.strict_json import parsed
from cocomposer.music import Song


@settings(max_examples=60, deadline=None)
@given(mixed_songs())
def test_any_song_comes_back_as_it_was(song: Song) -> None:
    read = song_from(parsed(json.dumps(song_to(song))))
    assert read == song
    assert authors(read) == authors(song)
    assert repr(read) == repr(song)  # how a chord is written is no part of its comparison, and yet must stay


JUNK: list[Any] = [
    None, True, -1, 1.5, 10**30, -(10**30), 1e308, "", "x", [], {}, [[]], [1], {"tick": 0}, 2**31, 128, "\ud800",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(JUNK), st.sampled_from(["replace", "remove", "append"]))
def test_whatever_is_changed_it_is_a_song_or_an_error(seed: int, junk: Any, how: str) -> None:
    random, song = Random(seed), parsed(json.dumps(song_to(band_song())))
    place: Any = song
    while True:
        key = random.choice(list(place) if isinstance(place, dict) else range(len(place)))
        deeper = place[key]
        if not isinstance(deeper, dict | list) or not deeper or random.random() < 0.2:
            break
        place = deeper
    if how == "replace":
        place[key] = junk
    elif how == "remove":
        del place[key]
    elif isinstance(place, list):
        place.append(junk)
    try:
        read = song_from(song)
    except FormatError:
        return
    assert song_from(song_to(read)) == read


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "NaN", '{"length": Infinity}', "", "\x00", "9" * 5_000, b"\xff\xfe{"]
)
def test_what_is_no_json_is_told(text: str | bytes) -> None:
    with pytest.raises(FormatError):
        song_from(parsed(text))


def test_more_notes_than_any_part_has_are_refused_before_they_are_made() -> None:
    song = song_to(band_song())
    song["parts"][0]["notes"] = [0] * (4 * MAX_NOTES + 4)
    with pytest.raises(FormatError, match="notes is not a list of up to"):
        song_from(song)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ([0, 60, 480], "4 for each"),
        ([0, 60, 480, 0], "velocity"),
        ([0, 128, 480, 80], "pitch"),
        ([0, 60, 0, 80], "lasts"),
        ([2**31, 60, 480, 80], "beyond their range"),
        ([0, 60, 480.0, 80], "whole numbers"),
        ([0, True, 480, 80], "whole numbers"),
    ],
)
def test_a_wrong_note_is_named(row: list[Any], what: str) -> None:
    song = song_to(band_song())
    song["parts"][0]["notes"] = row
    with pytest.raises(FormatError, match=what):
        song_from(song)
