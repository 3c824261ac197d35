"""The form of an arrangement."""

from __future__ import annotations

from dataclasses import replace

import pytest
from songs import lead_sheet

from cocomposer.music import Section
from cocomposer.styles.plan import letter_of, plan_form, section_levels


@pytest.mark.parametrize(
    ("name", "letter"), [("Verse 2", "verse"), ("A'", "a"), ("Pre-Chorus", "pre-chorus"), ("2", "2")]
)
def test_numbered_sections_share_a_letter(name: str, letter: str) -> None:
    assert letter_of(name) == letter


def test_names_and_energy_set_the_intensity() -> None:
    assert section_levels(["Verse", "Chorus", "Bridge", "Chorus"], [0.9, 0.1, 0.5, 0.2]) == [1, 2, 1, 2]
    assert section_levels(["A", "A", "B", "A"], [0.3, 0.3, 0.8, 0.3]) == [1, 1, 2, 1]


def test_the_same_letter_never_changes_intensity() -> None:
    levels = section_levels(["A", "B", "A", "C", "B"], [0.1, 0.9, 0.8, 0.4, 0.2])
    assert levels[0] == levels[2]
    assert levels[1] == levels[4]


def test_bars_know_their_place() -> None:
    plan = plan_form(lead_sheet(), ())
    assert [bar.section for bar in plan] == [0] * 8 + [1] * 8
    assert [bar.place for bar in plan] == [*range(8), *range(8)]
    assert [bar.bar.index for bar in plan if bar.ends_section] == [7]
    assert [bar.bar.index for bar in plan if bar.is_last] == [15]


def test_what_comes_before_the_first_section_is_an_intro() -> None:
    song = lead_sheet()
    plan = plan_form(replace(song, sections=(Section(4 * 1920, "A"),)), ())
    assert [bar.is_intro for bar in plan] == [True] * 4 + [False] * 12


def test_shift_moves_every_level_within_bounds() -> None:
    quiet, loud = plan_form(lead_sheet(), (), -2), plan_form(lead_sheet(), (), 2)
    assert {bar.level for bar in quiet} == {0}
    assert {bar.level for bar in loud} == {2}
