"""What ranks proposals: figures that are right, and a score that moves the right way with each."""

from __future__ import annotations

import pytest

from cocomposer.composer.ranking import features, musical_score
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


@pytest.mark.parametrize(
    "worse", [{"surprise": 2.0}, {"voice_motion": 5.0}, {"new": 0.0}, {"chord_tones": 0.7}, {"clashes_per_bar": 3.0}]
)
def test_each_fault_costs_rank(worse: dict[str, float]) -> None:
    good = {"surprise": 1.0, "voice_motion": 1.0, "new": 0.6, "chord_tones": 0.97, "clashes_per_bar": 0.0}
    assert 0 < musical_score(good | worse) < musical_score(good) <= 1
