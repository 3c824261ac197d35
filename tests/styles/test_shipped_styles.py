"""Every shipped style, played for real: whatever it plays, musicians could."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import pairwise

import pytest
from songs import lead_sheet

from cocomposer.music import Note, Part, Role, Song
from cocomposer.music.general_midi import is_monophonic, playable_range
from cocomposer.styles import Orchestration, arrange, load_style, load_styles
from cocomposer.styles.drum_names import DRUMS, FEET
from cocomposer.styles.fretboard import can_hold
from cocomposer.styles.style import LEVELS

STYLES = sorted(load_styles())
STRUM = 24
"""Ticks between two strings of one strum, at most; sixteenths lie five times further apart."""

AUXILIARY = {54, 56, 58, *range(60, 82)}
"""Hand percussion, which a second player takes."""


def struck_together(part: Part) -> list[list[Note]]:
    """The notes of a part in groups that one stroke or strum sounds."""
    groups: list[list[Note]] = []
    for note in part.notes:
        if groups and note.start - groups[-1][-1].start <= STRUM:
            groups[-1].append(note)
        else:
            groups.append([note])
    return groups


def two_hands(pitches: list[int]) -> bool:
    """Can they be divided into a left and a right hand, each up to five notes within a tenth (16 semitones)?"""
    ordered = sorted(pitches)
    return any(
        all(len(hand) <= 5 and (not hand or hand[-1] - hand[0] <= 16) for hand in (ordered[:cut], ordered[cut:]))
        for cut in range(len(ordered) + 1)
    )


@cache
def played(style: str, meter: str = "4/4", shift: int = 0) -> tuple[Song, tuple[Part, ...]]:
    song = lead_sheet(meter)
    return song, arrange(song, load_style(style), (0.3, 0.7), Orchestration(shift=shift), seed=3)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("meter", ["4/4", "3/4", "6/8", "7/8", "5/4"])
def test_everything_can_be_played(style: str, meter: str) -> None:
    song, parts = played(style, meter)
    assert any(part.role is not Role.DRUMS for part in parts)
    for part in parts:
        assert all(0 <= note.start < note.end <= song.length for note in part.notes)
        chords = [[note.pitch for note in struck] for struck in struck_together(part)]
        if part.is_drums:
            hands = [{*chord} - {DRUMS[drum] for drum in FEET} - AUXILIARY for chord in chords]
            assert max(map(len, hands)) <= 2
            continue
        low, high = playable_range(part.program)
        assert all(low <= note.pitch <= high for note in part.notes), part.name
        by_pitch = defaultdict(list)
        for note in part.notes:
            by_pitch[note.pitch].append(note)
        for line in by_pitch.values():
            assert all(before.end <= after.start for before, after in pairwise(line))
        if is_monophonic(part.program) or part.role in (Role.BASS, Role.COUNTER):
            assert max(map(len, chords)) == 1, part.name
        if part.program // 8 == 3:  # guitars
            assert all(map(can_hold, chords)), part.name
        elif part.program // 8 in (0, 2):  # pianos and organs
            assert all(map(two_hands, chords)), part.name


@pytest.mark.parametrize("style", STYLES)
def test_three_intensities_are_heard(style: str) -> None:
    loudness = []
    for shift in (-2, 0, 2):
        _, parts = played(style, shift=shift)
        loudness.append(sum(note.velocity for part in parts for note in part.notes))
    assert loudness[0] < loudness[1] < loudness[2]
    for part in load_style(style).parts:
        if part.role is not Role.COUNTER:
            assert any(level in part.patterns for level in LEVELS), part.id


@pytest.mark.parametrize("style", STYLES)
def test_the_harmony_is_the_artists(style: str) -> None:
    song, parts = played(style)
    inside = total = 0
    for part in parts:
        if part.is_drums:
            continue
        for note in part.notes:
            span = next(span for span in reversed(song.chord_spans) if span.start <= note.start + 60)
            total += note.duration
            inside += note.duration * (note.pitch % 12 in span.chord.pitch_classes)
    assert inside / total >= 0.9


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_gives_the_same_notes(style: str) -> None:
    song = lead_sheet()
    first, again = (arrange(song, load_style(style), (), seed=5) for _ in range(2))
    assert first == again
    assert first != arrange(song, load_style(style), (), seed=6)
