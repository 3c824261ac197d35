"""What may be asked of a composer: ranges, parts by name and role, and what a task needs to work on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from songs import lead_sheet

from cocomposer.composer import Controls, Request, Task
from cocomposer.composer.controls import LIMITS
from cocomposer.errors import RequestError
from cocomposer.music import Note, Part, Role, Song


def band() -> Song:
    """A tune, two basses, and a part that only its notes show to be block chords."""
    sketch = lead_sheet()
    low = tuple(Note(bar * 1920, 36, 1800) for bar in range(16))
    blocks = tuple(Note(bar * 1920, pitch, 1900) for bar in range(16) for pitch in (60, 64, 67))
    others = (Part("Bass", Role.BASS, 33, low), Part("Sub", Role.BASS, 38, low), Part("Track 4", notes=blocks))
    return replace(sketch, parts=(*sketch.parts, *others))


@pytest.mark.parametrize("name", LIMITS)
def test_a_control_takes_its_range_and_no_more(name: str) -> None:
    lowest, highest = LIMITS[name]
    for value in (lowest, highest):
        assert Controls(**{name: value}).asked() == {name: value}  # type: ignore[arg-type]
    for value in (lowest - 0.01, highest + 1, float("nan"), float("inf")):
        with pytest.raises(RequestError, match=f"^{name} is a .*number from {lowest} to {highest}, not"):
            Controls(**{name: value})  # type: ignore[arg-type]


def test_velocities_are_whole_and_the_right_way_round() -> None:
    limits = Controls(velocity_min=40.0, velocity_max=40)  # type: ignore[arg-type]
    assert isinstance(limits.velocity_min, int)
    with pytest.raises(RequestError, match="whole number"):
        Controls(velocity_min=40.5)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="90 is above 50"):
        Controls(velocity_min=90, velocity_max=50)


def test_merging_keeps_what_the_other_leaves_free() -> None:
    merged = Controls(density=0.2, register=0.4).merged(Controls(register=0.0, valence=-1))
    assert merged == Controls(density=0.2, register=0.0, valence=-1)


def test_the_nearer_wish_decides_where_velocity_ranges_cross() -> None:
    assert Controls(velocity_min=90).merged(Controls(velocity_max=60)) == Controls(velocity_max=60)
    assert Controls(velocity_max=60).merged(Controls(velocity_min=90)) == Controls(velocity_min=90)
    assert Controls(velocity_min=40).merged(Controls(velocity_max=60)) == Controls(velocity_min=40, velocity_max=60)


def test_a_part_hears_everybodys_wishes_then_its_roles_then_its_own() -> None:
    wishes = {"BASS": Controls(density=0.2, register=0.2), "sub": Controls(register=0.9)}
    request = Request(band(), controls=Controls(density=0.5, valence=0.5), part_controls=wishes)
    assert request.controls_for("Sub", Role.BASS) == Controls(density=0.2, register=0.9, valence=0.5)
    assert request.controls_for("Fingered Bass", Role.BASS) == Controls(density=0.2, register=0.2, valence=0.5)
    assert request.controls_for("Pad", Role.PAD) == request.controls


def test_who_is_controlled_must_be_there() -> None:
    louder = Controls(velocity=1)
    Request(band(), part_controls={"Track 4": louder, "drums": louder})  # a role, though nobody plays it yet
    Request(band(), parts=("flute",), part_controls={"Flute": louder})
    with pytest.raises(RequestError, match=r"did you mean Track 4\?.*Sub \(bass\) and Track 4 \(keys\)"):
        Request(band(), part_controls={"Track4": louder})
    with pytest.raises(RequestError, match="'Flute' to control"):
        Request(band(), part_controls={"Flute": louder})


def test_parts_of_the_sketch_by_name_before_role() -> None:
    def infill(*parts: str) -> Request:
        return Request(band(), task=Task.INFILL, parts=parts)

    assert infill("bass").targets == (1,)
    assert infill("SUB", "track 4").parts == ("Sub", "Track 4")
    assert infill("keys").targets == (3,)
    assert infill("sub", "Sub", "keys").targets == (2, 3)
    renamed = replace(band(), parts=tuple(replace(part, name=f"My {part.name}") for part in band().parts))
    assert Request(renamed, task=Task.INFILL, parts=("Bass",)).targets == (1, 2)
    with pytest.raises(RequestError, match=r"did you mean Bass\? The sketch has Tune \(melody\), Bass \(bass\)"):
        infill("bas")


def test_without_names_all_but_the_tune_is_meant() -> None:
    assert Request(band(), task=Task.INFILL, bars=(0, 3)).targets == (1, 2, 3)
    assert Request(band(), task=Task.VARY).targets == (1, 2, 3)
    assert Request(band(), task=Task.CONTINUE).targets == (0, 1, 2, 3)
    assert Request(lead_sheet(), task=Task.VARY).targets == (0,)
    assert Request(band()).targets == ()


def test_players_by_role_or_instrument() -> None:
    assert Request(band(), parts=("DRUMS", "electric piano 1", "drums")).parts == ("drums", "Electric Piano 1")
    assert Request(band(), task=Task.MELODY, parts=("flute",)).parts == ("Flute",)
    with pytest.raises(RequestError, match=r"did you mean drums\?"):
        Request(band(), parts=("drum",))
    with pytest.raises(RequestError, match="no player 'melody'"):
        Request(band(), parts=("melody",))
    with pytest.raises(RequestError, match=r"did you mean Electric Piano 1\?"):
        Request(band(), task=Task.HARMONISE, parts=("Electric Pino 1",))


def test_every_task_needs_something_to_work_on() -> None:
    chords_alone = lead_sheet(melody=False)
    with pytest.raises(RequestError, match="some bars, some parts, or both"):
        Request(band(), task=Task.INFILL)
    for task in (Task.INFILL, Task.VARY):
        with pytest.raises(RequestError, match="nothing to rewrite"):
            Request(chords_alone, task=task, bars=(0, 3))
    with pytest.raises(RequestError, match="no melody"):
        Request(chords_alone, task=Task.HARMONISE)
    with pytest.raises(RequestError, match="from its end"):
        Request(band(), task=Task.CONTINUE, bars=(0, 3))
    with pytest.raises(RequestError, match="16 bars"):
        Request(band(), task=Task.INFILL, bars=(10, 16))
    with pytest.raises(RequestError, match="no notes"):
        Request(band(), task=Task.REMIX, reference=chords_alone)
    Request(chords_alone, task=Task.MELODY)
    Request(replace(lead_sheet(), chords=()), task=Task.MELODY)  # the chords are inferred
    Request(replace(lead_sheet(), chords=()), task=Task.HARMONISE)


def test_numbers_outside_their_range() -> None:
    with pytest.raises(RequestError, match=r"similarity is a number from 0 to 1, not 1\.5"):
        Request(band(), task=Task.VARY, similarity=1.5)
    with pytest.raises(RequestError, match="adventurous is a number from 0 to 1"):
        Request(band(), adventurous=float("nan"))
    for length in (0, 257):
        with pytest.raises(RequestError, match="1 to 256 bars"):
            Request(band(), task=Task.CONTINUE, length=length)
    with pytest.raises(RequestError, match="keeps the rhythm or pitch"):
        Request(band(), task=Task.VARY, keep="tempo")  # type: ignore[arg-type]


@pytest.mark.parametrize("task", Task)
def test_only_a_rewriting_can_stay_near(task: Task) -> None:
    bars = None if task is Task.CONTINUE else (0, 3)
    if task in (Task.VARY, Task.INFILL, Task.REMIX):
        Request(band(), task=task, bars=bars, similarity=0.5, keep="pitch", style="swing")
        return
    with pytest.raises(RequestError, match=f"and not {task}"):
        Request(band(), task=task, bars=bars, similarity=0.5)
    with pytest.raises(RequestError, match=f"and not {task}"):
        Request(band(), task=task, bars=bars, keep="rhythm")


def test_a_remix_is_near_a_style_or_a_reference_that_is_named() -> None:
    for near in ({"similarity": 0.5}, {"keep": "rhythm"}):
        with pytest.raises(RequestError, match="style or a reference"):
            Request(band(), task=Task.REMIX, **near)  # type: ignore[arg-type]
        Request(band(), task=Task.REMIX, reference=band(), **near)  # type: ignore[arg-type]


def test_one_player_has_the_melody_and_seeds_count_from_0() -> None:
    with pytest.raises(RequestError, match="One player has the melody"):
        Request(band(), task=Task.MELODY, parts=("Flute", "Violin"))
    with pytest.raises(RequestError, match="from 0"):
        Request(band(), seed=-1)
