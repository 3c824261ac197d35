"""What ranks proposals: figures that are right, and a score that moves the right way with each."""

from __future__ import annotations

import pytest

from cocomposer.composer.ranking import features, form_kept, musical_score, spread_of_roles
from cocomposer.music import Chord, ChordChange, Note, Part, Role, Song

BAR = 1920


def chords_in(*voicings: tuple[int, ...]) -> Song:
    """A piano that plays one voicing a bar, over C major."""
    notes = tuple(Note(bar * BAR, pitch, BAR) for bar, pitches in enumerate(voicings) for pitch in pitches)
    return Song(
        length=len(voicings) * BAR,
        chords=(ChordChange(0, Chord(0, (0, 4, 7))),),
        parts=(Part("Piano", Role.KEYS, 0, notes),),
    )


def test_voice_motion_is_how_far_each_voice_goes() -> None:
    assert features(chords_in((60, 64, 67), (60, 64, 67)))["voice_motion"] == 0
    assert features(chords_in((60, 64, 67), (60, 65, 69)))["voice_motion"] == pytest.approx(1.0)
    assert features(chords_in((60, 64, 67), (72, 76, 79)))["voice_motion"] == pytest.approx((5 + 9 + 12) / 3)
    assert features(chords_in((60,), (72,)))["voice_motion"] == 0


def test_whole_chords_are_those_all_of_whose_notes_are_heard() -> None:
    assert features(chords_in((60, 64, 67), (72, 64, 67)))["whole_chords"] == 1
    assert features(chords_in((60, 67), (60, 67)))["whole_chords"] == pytest.approx(2 / 3)


def test_the_form_is_kept_where_repeats_return_and_contrasts_stay() -> None:
    """Four chords, each a bar, in the order A B A C B A: the same order is the form kept, another is not."""
    roots = {"A": 0, "B": 5, "C": 8}
    order = "ABACBA"
    sketch = Song(
        length=6 * BAR,
        chords=tuple(ChordChange(bar * BAR, Chord(roots[name], (0, 4, 7))) for bar, name in enumerate(order)),
    )

    def played(names: str) -> list[Part]:
        pitches = [[60 + roots[name] + step for step in (0, 4, 7)] for name in names]
        return list(chords_in(*map(tuple, pitches)).parts)

    assert form_kept(sketch, played(order)) > 0.8
    assert form_kept(sketch, played("AABBCC")) < 0.3
    assert form_kept(sketch, played("AAAAAA")) == 0


def test_roles_are_spread_where_each_player_has_notes_of_its_own() -> None:
    chords = [(60, 64, 67), (65, 69, 72)]
    piano, organ = (Part(name, Role.KEYS, 0, chords_in(*chords).parts[0].notes) for name in ("Piano", "Organ"))
    bass = Part("Bass", Role.BASS, 33, (Note(0, 36, BAR), Note(BAR, 41, BAR)))
    assert spread_of_roles([piano, organ]) == pytest.approx(0)
    assert spread_of_roles([piano, bass]) > 0.2
    assert spread_of_roles([]) == 0


@pytest.mark.parametrize(
    "worse",
    [
        {"surprise": 2.0},
        {"voice_motion": 5.0},
        {"new": 0.0},
        {"chord_tones": 0.7},
        {"clashes_per_bar": 3.0},
        {"form": 0.1},
        {"roles": 0.0},
        {"whole_chords": 0.6},
    ],
)
def test_each_fault_costs_rank(worse: dict[str, float]) -> None:
    good = {"surprise": 0.6, "voice_motion": 1.0, "new": 0.6, "chord_tones": 0.97, "clashes_per_bar": 0.0}
    good |= {"form": 0.6, "whole_chords": 0.95, "roles": 0.2}
    assert 0 < musical_score(good | worse) < musical_score(good) <= 1
