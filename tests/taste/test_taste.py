"""What remarks say together: ranking, steering, profiles, corrections, and the sentences about them."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from songs import lead_sheet

from cocomposer.composer import Controls, Request, StyleComposer, understand
from cocomposer.music import Note, Role
from cocomposer.styles import load_styles
from cocomposer.taste import (
    TRAITS,
    Correction,
    Profile,
    Remark,
    Taste,
    TasteError,
    Verdict,
    asked_for,
    best,
    lines,
    picture,
    summary,
    trait_named,
    traits,
)  # fmt: skip

BUSY, SPARSE = {"density": 0.8, "genre: rock": 1.0, "style: rock": 1.0}, {"density": -0.8, "genre: jazz": 1.0}
RANDOM = np.random.default_rng(5)


def _said(*said: tuple[Verdict, dict[str, float]], project: str = "", start: int = 1) -> tuple[Remark, ...]:
    return tuple(
        Remark(verdict, traits, f"{project}{number}", project, number=number)
        for number, (verdict, traits) in enumerate(said, start)
    )


SPARSE_LIKED = _said(*[(Verdict.KEPT, SPARSE), (Verdict.REJECTED, BUSY)] * 10)


def test_traits_are_within_their_bounds_and_move_with_the_notes() -> None:
    sketch = understand(lead_sheet())
    for answer in StyleComposer().propose(Request(sketch, count=6)):
        band = [place for place, part in enumerate(answer.song.parts) if part.role is not Role.MELODY]
        style = load_styles()[answer.style]
        measured = traits(answer.song, band, 0, answer.song.length, style, answer.score)
        assert all(-1 <= value <= 1 for value in measured.values())
        assert {trait.name for trait in TRAITS} - set(measured) <= {"walking bass", "register", "polyphony"}
        higher = [
            replace(part, notes=tuple(replace(note, pitch=min(127, note.pitch + 12)) for note in part.notes))
            if not part.is_drums else part
            for part in answer.song.parts
        ]  # fmt: skip
        raised = traits(replace(answer.song, parts=tuple(higher)), band, 0, answer.song.length)
        assert raised.get("register", 2) > measured.get("register", 1) or measured["register"] == 1


def test_a_bass_that_walks_is_told_from_one_that_stays() -> None:
    song = lead_sheet()
    steps = [Note(480 * beat, 40 + (0, 2, 4, 5, 7, 5, 4, 2)[beat % 8], 480) for beat in range(song.length // 480)]
    still = [replace(note, pitch=40) for note in steps]
    bass = next(iter(StyleComposer().propose(Request(song, count=1)))).song.part_of_role(Role.BASS)
    assert bass is not None
    walking, staying = (
        traits(replace(song, parts=(replace(bass, notes=tuple(notes)),)), [0], 0, song.length)["walking bass"]
        for notes in (steps, still)
    )
    assert walking > 0.9
    assert staying < -0.5


def test_what_was_kept_comes_first() -> None:
    taste = Taste(SPARSE_LIKED, exploration=0)
    candidates = [BUSY, SPARSE, {}]
    assert best(candidates, taste.picks(3, RANDOM)) == (1, 2, 0)
    assert best(candidates, taste.picks(2, RANDOM)) == (1, 2)
    assert taste.chance(SPARSE) > 0.6 > 0.3 > taste.chance(BUSY)


def test_the_last_word_on_a_proposal_counts() -> None:
    loved = _said((Verdict.KEPT, SPARSE))
    withdrawn = (*loved, replace(loved[0], verdict=Verdict.WITHDRAWN, number=2))
    assert Taste(withdrawn).standing == ()
    turned = Taste((*loved, replace(loved[0], verdict=Verdict.REJECTED, number=2)))
    assert [each.verdict for each in turned.standing] == [Verdict.REJECTED]
    assert turned.chance(SPARSE) < Taste().chance(SPARSE) < Taste(loved).chance(SPARSE)


def test_an_edit_teaches_the_direction_of_the_change() -> None:
    taste = Taste(_said(*[(Verdict.EDITED, {"density": -0.6})] * 12))
    assert taste.chance({"density": -0.8}) > taste.chance({}) > taste.chance({"density": 0.8})


def test_a_request_leans_to_what_is_liked_and_what_it_says_itself_stays() -> None:
    request = Request(lead_sheet(), controls=Controls(density=0.9))
    steered = Taste(SPARSE_LIKED, exploration=0).steered(request, load_styles(), RANDOM)
    leaning = steered.leaning
    assert leaning.styles["swing"] > 0.3 > -0.3 > leaning.styles["rock"]
    assert len(leaning.controls) == request.count
    assert all(each.density is not None and each.density < 0.35 for each in leaning.controls)
    assert asked_for(leaning) == ("You keep sparse playing: asked for less density.",)
    assert steered.controls_for("Piano", Role.KEYS).density == 0.9
    assert replace(steered, leaning=request.leaning) == request


def test_the_style_composer_heeds_a_leaning_to_styles() -> None:
    request = Request(lead_sheet(), count=4)
    steered = Taste(SPARSE_LIKED, exploration=0).steered(request, load_styles(), RANDOM)
    genres = [load_styles()[answer.style].genre for answer in StyleComposer().propose(steered)]
    assert "jazz" in genres
    assert "rock" not in genres


def test_without_a_word_said_a_request_stays_as_it_is() -> None:
    request = Request(lead_sheet())
    assert Taste().steered(request, load_styles(), RANDOM) == request


def test_a_profile_hears_its_own_project_first() -> None:
    here = _said(*[(Verdict.KEPT, BUSY), (Verdict.REJECTED, SPARSE)] * 5, project="Loud", start=100)
    both = (*SPARSE_LIKED, *here)
    assert Taste(both, profile=Profile("Loud")).chance(BUSY) > Taste(both).chance(BUSY) + 0.1
    # A new project begins with what is known from the others.
    assert Taste(SPARSE_LIKED, profile=Profile("New")).chance(SPARSE) > Taste().chance(SPARSE) + 0.1


def test_a_line_can_be_corrected_and_forgotten() -> None:
    learned = Taste(SPARSE_LIKED)
    assert learned.preference.weight("density")[0] < -0.5
    forgotten = Taste(SPARSE_LIKED, [Correction("density", None, after=20)])
    assert forgotten.preference.weight("density")[0] == pytest.approx(0, abs=1e-9)
    corrected = Taste(SPARSE_LIKED, [Correction("density", 1, after=20)])
    assert corrected.preference.weight("density")[0] > 1
    (line,) = (line for line in lines(corrected) if line.trait == "density")
    assert line.corrected
    assert line.sentence == "You said that you like busy playing."


def test_what_was_learned_is_told_with_its_counts() -> None:
    jazz, rock = {"genre: jazz": 1.0}, {"genre: rock": 1.0}
    said = _said(*[(Verdict.KEPT, jazz), (Verdict.REJECTED, rock)] * 10, start=50)
    told = {line.trait: line.sentence for line in (*lines(Taste(SPARSE_LIKED)), *lines(Taste(said)))}
    assert told["density"] == (
        "You keep sparse playing 21 times as often as busy playing (10 of 10 kept, against 0 of 10)."
    )
    assert told["genre: jazz"] == "You keep jazz: 10 of 10 kept."
    assert told["genre: rock"] == "You pass over rock: 0 of 10 kept."
    assert summary(Taste(SPARSE_LIKED)).startswith("You keep ")
    assert lines(Taste()) == ()
    assert summary(Taste()) == ""


def test_the_picture_has_a_bar_for_each_line_on_its_side() -> None:
    taste = Taste(SPARSE_LIKED)
    drawing = ElementTree.fromstring(picture(taste))
    bars = drawing.findall("{*}g/{*}rect")
    assert len(bars) == len(lines(taste))
    left = [float(bar.get("x", 0)) < 400 for bar in bars]
    assert left == [line.weight < 0 for line in lines(taste)]


def test_a_trait_is_found_by_its_name_and_an_unknown_one_is_told() -> None:
    taste = Taste(SPARSE_LIKED)
    assert trait_named(taste, "Density") == "density"
    assert trait_named(taste, "jazz") == "genre: jazz"
    with pytest.raises(TasteError, match="There is no trait 'colour'"):
        trait_named(taste, "colour")
