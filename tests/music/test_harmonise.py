"""A tune without chords gets chords that carry it, close where phrases close, and return with it."""

from bisect import bisect_right
from itertools import pairwise

import pytest

from cocomposer.music import ChordChange, Key, Meter, MeterChange, MeterMap, Mode, Note, Part, Role, Song
from cocomposer.music.analysis.harmonise import harmonise

BAR = 1920
# "Twinkle, twinkle" (traditional) and two minor tunes of our own: MIDI pitches in quarters, ":" doubles the length.
TWINKLE = """60 60 67 67 69 69 67: 65 65 64 64 62 62 60: 67 67 65 65 64 64 62: 67 67 65 65 64 64 62:
             60 60 67 67 69 69 67: 65 65 64 64 62 62 60:"""
LAMENT = "69: 72 71 69:: 74: 77 76 74: 72: 71: 68: 69: 64: 71: 68: 69::"
PLAINT = "69: 67: 64: 67: 69: 72: 67:: 64: 67: 69: 67: 64: 67: 69::"


def sung(tune: str, up: int = 0) -> tuple[Song, tuple[Note, ...]]:
    notes, at = [], 0
    for word in tune.split():
        length = 480 * 2 ** word.count(":")
        notes.append(Note(at, int(word.rstrip(":")) + up, length))
        at += length
    return Song(length=at, parts=(Part("Tune", Role.MELODY, notes=tuple(notes)),)), tuple(notes)


def under(changes: tuple[ChordChange, ...], tick: int) -> ChordChange:
    return changes[bisect_right([change.tick for change in changes], tick) - 1]


@pytest.mark.parametrize("up", [0, 3, 7, 10])
def test_a_folk_tune_gets_the_chords_everyone_plays(up: int) -> None:
    song, melody = sung(TWINKLE, up=up)
    changes = harmonise(song, melody, Key(up))
    roots = [[(under(changes, bar.start + half).chord.root - up) % 12 for half in (0, 960)] for bar in song.bars]
    assert roots[0] == [0, 0]
    assert roots[11][1] == 0
    allowed = {0, 2, 4, 5, 7, 9}
    assert {root for pair in roots for root in pair} <= allowed
    assert roots[:4] == roots[8:12]  # the first phrase returns with its chords
    assert roots[7][1] == 7  # the half close before the return
    assert all(after.tick - before.tick >= 960 for before, after in pairwise(changes))


def test_notes_on_bar_lines_belong_to_the_chord() -> None:
    for tune, key in ((TWINKLE, Key(0)), (LAMENT, Key(9, Mode.MINOR))):
        song, melody = sung(tune)
        changes = harmonise(song, melody, key)
        strong = [note for note in melody if note.start % BAR == 0]
        carried = [note.pitch % 12 in under(changes, note.start).chord.pitch_classes for note in strong]
        assert sum(carried) >= 0.85 * len(carried)


def test_minor_closes_with_its_leading_tone() -> None:
    song, melody = sung(LAMENT)
    changes = harmonise(song, melody, Key(9, Mode.MINOR))
    assert str(changes[0].chord) == "Am"
    assert [str(change.chord) for change in changes[-2:]] == ["E7", "Am"]


def test_a_natural_minor_tune_is_not_given_a_leading_tone() -> None:
    song, melody = sung(PLAINT)
    changes = harmonise(song, melody, Key(9, Mode.MINOR))
    assert all(8 not in change.chord.pitch_classes for change in changes)


@pytest.mark.parametrize("meter", [Meter(3, 4), Meter(6, 8), Meter(5, 4), Meter(7, 8), Meter(2, 4), Meter(12, 8)])
@pytest.mark.parametrize("mode", list(Mode))
def test_any_metre_and_mode_keeps_to_bars_and_ends_at_home(meter: Meter, mode: Mode) -> None:
    bar = meter.ticks_per_bar
    degrees = [0, 2, 4, 2, 3, 1, 4, 0]
    notes = tuple(Note(place * bar, 60 + mode.scale[degree], bar) for place, degree in enumerate(degrees))
    song = Song(length=8 * bar, meters=MeterMap((MeterChange(0, meter),)))
    changes = harmonise(song, notes, Key(0, mode))
    assert changes[0].tick == 0
    assert changes[-1].chord.root == 0
    offsets = {change.tick % bar for change in changes}
    assert offsets <= set(meter.beat_starts)
    assert len(offsets) <= 2


def test_nothing_to_harmonise() -> None:
    assert harmonise(Song(), (), Key()) == ()
    assert harmonise(Song(length=4 * BAR), (), Key(2))[-1].chord.root == 2
