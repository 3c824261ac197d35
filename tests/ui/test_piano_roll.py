"""The piano roll under mouse and keys: what each gesture makes of the notes, and that it is one undo step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.piano_roll import PianoRoll
from cocomposer.ui.piano_roll.clipboard import MIME, notes_from, notes_mime
from cocomposer.ui.piano_roll.state import NOTHING, Tool
from cocomposer.ui.session import Session
from cocomposer.ui.timeline import Grid
from hypothesis import given
from hypothesis import strategies as st
from lanes import Listener, click, drag, session_of, timeline_of
from PyQt6.QtCore import QMimeData, QPoint, Qt
from PyQt6.QtWidgets import QComboBox, QToolButton
from songs import band_song

from cocomposer.composer.request import Terms
from cocomposer.music import Note, Part, Role, Song
from cocomposer.studio.project import Answer, Generation, Stretch

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Key = Qt.Key
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
TUNE = (Note(0, 60, 480, 80), Note(480, 64, 480, 90), Note(960, 67, 960, 100))


def small_song(notes: tuple[Note, ...] = TUNE) -> Song:
    """Eight bars of C major: a tune of our own, and the bass and drums of the band."""
    song = band_song()
    return replace(song, length=1920 * 8, parts=(Part("Tune", Role.MELODY, 0, notes), *song.parts[1:]))


@pytest.fixture
def roll(qtbot: QtBot) -> Iterator[PianoRoll]:
    session = session_of(small_song())
    roll = PianoRoll(session)
    qtbot.addWidget(roll)
    roll.resize(1000, 600)
    roll.show()
    qtbot.waitExposed(roll)
    timeline_of(session, 4)
    roll.state.rows.centre(64)
    roll.grid.setFocus()
    yield roll
    session.close()


def at(roll: PianoRoll, tick: float, pitch: int) -> tuple[float, float]:
    """The point of a tick in the middle of a row."""
    return roll.timeline.x(tick), roll.state.rows.y(pitch) + roll.state.rows.height / 2


def undo_steps(session: Session) -> int:
    """How many undos bring the first song back."""
    steps = 0
    while session.document.undo() is not None:
        steps += 1
    return steps


def select(roll: PianoRoll, *notes: Note) -> None:
    roll.session.selected_notes = frozenset(notes)


# --- drawing, moving, resizing -----------------------------------------------------------------------


def test_a_click_draws_a_note_on_the_grid_and_is_heard(roll: PianoRoll) -> None:
    roll.timeline.set_grid(Grid.QUARTER)
    click(roll.grid, *at(roll, 2500, 62))
    assert Note(2400, 62, 480, 90) in roll.state.notes
    assert roll.session.document.undo_label == "Draw note"
    assert (0, 62) in heard(roll)
    assert undo_steps(roll.session) == 1
    assert roll.state.notes == TUNE


def heard(roll: PianoRoll) -> list[tuple[int, int]]:
    assert isinstance(roll.session.player, Listener)
    return roll.session.player.struck


def test_dragging_while_drawing_makes_the_note_longer(roll: PianoRoll) -> None:
    roll.timeline.set_grid(Grid.EIGHTH)
    drag(roll.grid, at(roll, 2890, 62), at(roll, 3200, 62), at(roll, 3850, 62))
    assert Note(2880, 62, 960, 90) in roll.state.notes
    click(roll.grid, *at(roll, 4810, 62))
    assert Note(4800, 62, 960, 90) in roll.state.notes  # the next one is as long
    assert undo_steps(roll.session) == 2


def test_a_note_is_moved_in_time_and_pitch_as_one_step(roll: PianoRoll) -> None:
    roll.timeline.set_grid(Grid.EIGHTH)
    drag(roll.grid, at(roll, 700, 64), at(roll, 800, 65), at(roll, 1000, 70), at(roll, 1180, 69))
    assert Note(960, 69, 480, 90) in roll.state.notes
    assert TUNE[1] not in roll.state.notes
    assert roll.state.selected == {Note(960, 69, 480, 90)}
    assert roll.state.preview == NOTHING
    assert undo_steps(roll.session) == 1


def test_escape_forgets_a_drag(roll: PianoRoll, qtbot: QtBot) -> None:
    drag(roll.grid, at(roll, 700, 64), at(roll, 2000, 70), release=False)
    assert roll.state.preview.added
    qtbot.keyClick(roll.grid, Key.Key_Escape)
    assert roll.state.notes == TUNE
    assert not roll.state.preview.added
    assert undo_steps(roll.session) == 0


@pytest.mark.parametrize(
    ("grip", "to", "expected"), [(1910, 2860, Note(960, 67, 1920, 100)), (970, 1450, Note(1440, 67, 480, 100))]
)
def test_either_end_of_a_note_is_dragged(roll: PianoRoll, grip: int, to: int, expected: Note) -> None:
    roll.timeline.set_grid(Grid.EIGHTH)
    drag(roll.grid, at(roll, grip, 67), at(roll, to, 67))
    assert expected in roll.state.notes
    assert len(roll.state.notes) == 3


def test_alt_drag_duplicates(roll: PianoRoll) -> None:
    roll.timeline.set_grid(Grid.QUARTER)
    drag(roll.grid, at(roll, 240, 60), at(roll, 1000, 60), at(roll, 1920 + 240, 60), held=ALT)
    assert TUNE[0] in roll.state.notes
    assert Note(1920, 60, 480, 80) in roll.state.notes


def test_held_to_the_scale_notes_stay_in_the_key(roll: PianoRoll) -> None:
    roll.state.set(snap_to_scale=True)
    click(roll.grid, *at(roll, 3000, 61))
    drag(roll.grid, at(roll, 700, 64), at(roll, 700, 66))
    key = roll.session.song.key_at(0)
    assert key is not None
    assert all(note.pitch % 12 in key.scale for note in roll.state.notes)
    assert len(roll.state.notes) == 4


# --- selecting, erasing, splitting -------------------------------------------------------------------


def test_a_rectangle_selects_and_shift_adds(roll: PianoRoll) -> None:
    roll.state.set(tool=Tool.SELECT)
    drag(roll.grid, at(roll, 1900, 59), at(roll, 500, 65), at(roll, 490, 66))
    assert roll.state.selected == {TUNE[1]}
    drag(roll.grid, at(roll, 2400, 72), at(roll, 1000, 66), held=SHIFT)
    assert roll.state.selected == {TUNE[1], TUNE[2]}
    click(roll.grid, *at(roll, 700, 64), held=SHIFT)
    assert roll.state.selected == {TUNE[2]}
    click(roll.grid, *at(roll, 5000, 50))
    assert not roll.state.selected
    assert undo_steps(roll.session) == 0


def test_several_selected_notes_move_together(roll: PianoRoll) -> None:
    roll.timeline.set_grid(Grid.QUARTER)
    select(roll, TUNE[0], TUNE[1])
    drag(roll.grid, at(roll, 240, 60), at(roll, 1920 + 240, 62))
    assert roll.state.notes == (TUNE[2], Note(1920, 62, 480, 80), Note(2400, 66, 480, 90))


def test_erasing_wipes_over_notes_as_one_step(roll: PianoRoll) -> None:
    roll.state.set(tool=Tool.ERASE)
    drag(roll.grid, at(roll, 240, 60), at(roll, 600, 64), at(roll, 700, 64))
    assert roll.state.notes == (TUNE[2],)
    assert undo_steps(roll.session) == 1


def test_splitting_cuts_at_the_grid(roll: PianoRoll) -> None:
    roll.state.set(tool=Tool.SPLIT)
    roll.timeline.set_grid(Grid.QUARTER)
    click(roll.grid, *at(roll, 1500, 67))
    assert roll.state.notes[2:] == (Note(960, 67, 480, 100), Note(1440, 67, 480, 100))


def test_a_double_click_takes_a_note_away(roll: PianoRoll, qtbot: QtBot) -> None:
    x, y = at(roll, 240, 60)
    qtbot.mouseDClick(roll.grid, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert roll.state.notes == TUNE[1:]


# --- the keyboard ------------------------------------------------------------------------------------


def test_the_keyboard_alone_writes_walks_and_deletes(roll: PianoRoll, qtbot: QtBot) -> None:
    roll.timeline.set_grid(Grid.QUARTER)
    roll.state.set(cursor=(3840, 60))
    for key in (Key.Key_Return, Key.Key_Up, Key.Key_Up, Key.Key_Return, Key.Key_Right, Key.Key_Return):
        qtbot.keyClick(roll.grid, key)
    made = (Note(3840, 60, 480, 90), Note(4320, 62, 480, 90), Note(5280, 62, 480, 90))
    assert roll.state.notes == (*TUNE, *made)
    select(roll, made[2])
    qtbot.keyClick(roll.grid, Key.Key_Left)
    assert roll.state.selected == {made[1]}
    qtbot.keyClick(roll.grid, Key.Key_Delete)
    assert roll.state.notes == (*TUNE, made[0], made[2])


def test_arrows_transpose_by_semitone_octave_and_degree(roll: PianoRoll, qtbot: QtBot) -> None:
    select(roll, *TUNE)
    qtbot.keyClick(roll.grid, Key.Key_Up)
    assert [note.pitch for note in roll.state.notes] == [61, 65, 68]
    qtbot.keyClick(roll.grid, Key.Key_Down)
    qtbot.keyClick(roll.grid, Key.Key_Up, SHIFT)
    assert [note.pitch for note in roll.state.notes] == [72, 76, 79]
    qtbot.keyClick(roll.grid, Key.Key_Down, ALT)
    assert [note.pitch for note in roll.state.notes] == [71, 74, 77]
    assert len(roll.state.selected) == 3
    assert undo_steps(roll.session) == 2  # those by semitones are one, the one in the scale another


def test_arrows_nudge_and_lengthen(roll: PianoRoll, qtbot: QtBot) -> None:
    roll.timeline.set_grid(Grid.EIGHTH)
    select(roll, TUNE[1])
    qtbot.keyClick(roll.grid, Key.Key_Right, SHIFT)
    qtbot.keyClick(roll.grid, Key.Key_Right, ALT)
    assert Note(720, 64, 720, 90) in roll.state.notes


def test_quantising_draws_to_the_grid_by_its_strength(qtbot: QtBot, roll: PianoRoll) -> None:
    crooked = (Note(40, 60, 400, 80), Note(500, 62, 400, 80))
    roll.session.edit("Crooked", small_song(crooked))
    roll.timeline.set_grid(Grid.QUARTER)
    strengths = roll.toolbar.quantise.menu()
    assert strengths is not None
    strengths.actions()[2].trigger()
    assert roll.toolbar.quantise.text() == "Quantise 50 %"
    qtbot.keyClick(roll.grid, Key.Key_Q)
    assert [note.start for note in roll.state.notes] == [20, 490]
    strengths.actions()[0].trigger()
    qtbot.keyClick(roll.grid, Key.Key_Q)
    assert [note.start for note in roll.state.notes] == [0, 480]


def test_copy_cut_paste_and_duplicate(roll: PianoRoll, qtbot: QtBot) -> None:
    select(roll, TUNE[0], TUNE[1])
    qtbot.keyClick(roll.grid, Key.Key_C, CTRL)
    roll.state.set(cursor=(3840, 60))
    qtbot.keyClick(roll.grid, Key.Key_V, CTRL)
    assert roll.state.notes[3:] == (Note(3840, 60, 480, 80), Note(4320, 64, 480, 90))
    qtbot.keyClick(roll.grid, Key.Key_D, CTRL)
    assert roll.state.notes[5:] == (Note(4800, 60, 480, 80), Note(5280, 64, 480, 90))
    qtbot.keyClick(roll.grid, Key.Key_A, CTRL)
    qtbot.keyClick(roll.grid, Key.Key_X, CTRL)
    assert roll.state.notes == ()


@given(data=st.binary(max_size=200) | st.just(b"[[0,60,480,80],[1,200,1,1]]") | st.just(b"[" * 2000))
def test_whatever_is_on_the_clipboard_is_notes_or_nothing(data: bytes) -> None:
    mime = QMimeData()
    mime.setData(MIME, data)
    assert all(isinstance(note, Note) for note in notes_from(mime))


@given(
    st.lists(
        st.builds(Note, st.integers(0, 9999), st.integers(0, 127), st.integers(1, 999), st.integers(1, 127)), min_size=1
    )
)
def test_notes_on_the_clipboard_come_back(notes: list[Note]) -> None:
    first = min(note.start for note in notes)
    assert notes_from(notes_mime(notes), first) == tuple(sorted(notes))


def test_what_an_undo_takes_away_is_selected_no_more(roll: PianoRoll, qtbot: QtBot) -> None:
    click(roll.grid, *at(roll, 3000, 62))
    assert len(roll.state.selected) == 1
    roll.session.undo()
    assert not roll.state.selected
    pitch = roll.state.cursor[1]
    qtbot.keyClick(roll.grid, Key.Key_Up)
    assert roll.state.cursor[1] == pitch + 1
    assert roll.state.notes == TUNE


def test_the_selected_note_is_told_to_screen_readers(roll: PianoRoll, qtbot: QtBot) -> None:
    select(roll, TUNE[0])
    qtbot.keyClick(roll.grid, Key.Key_Right)
    assert roll.grid.accessibleDescription() == "E4, bar 1, beat 2, velocity 90"


# --- playing in --------------------------------------------------------------------------------------


def test_letters_play_and_step_input_writes_them(roll: PianoRoll, qtbot: QtBot) -> None:
    roll.timeline.set_grid(Grid.QUARTER)
    roll.toolbar.typing.click()
    roll.state.set(cursor=(3840, 60))
    qtbot.keyClick(roll.grid, Key.Key_E)
    assert heard(roll)[-1] == (0, 63)
    assert roll.state.notes == TUNE  # heard, not written
    roll.toolbar.step.click()
    qtbot.keyClick(roll.grid, Key.Key_A)
    qtbot.wait(70)
    qtbot.keyClick(roll.grid, Key.Key_G)
    qtbot.keyClick(roll.grid, Key.Key_K)
    assert [(note.start, note.pitch) for note in roll.state.notes[3:]] == [(3840, 60), (4320, 67), (4320, 72)]


def test_a_letter_lets_go_of_what_it_struck_though_the_octave_changed(roll: PianoRoll, qtbot: QtBot) -> None:
    roll.toolbar.typing.click()
    roll.state.set(cursor=(0, 60))
    qtbot.keyPress(roll.grid, Key.Key_D)
    qtbot.keyClick(roll.grid, Key.Key_X)
    qtbot.keyRelease(roll.grid, Key.Key_D)
    assert isinstance(roll.session.player, Listener)
    assert roll.session.player.struck == roll.session.player.let_go == [(0, 64)]


def test_a_key_of_the_keyboard_sounds(roll: PianoRoll) -> None:
    drag(roll.keyboard, (150, at(roll, 0, 60)[1]), (150, at(roll, 0, 62)[1]))
    assert heard(roll) == [(0, 60), (0, 62)]


# --- velocities --------------------------------------------------------------------------------------


def test_velocities_are_drawn_in_a_ramp(roll: PianoRoll) -> None:
    lane = roll.velocities
    drag(lane, (roll.timeline.x(0), lane._y(20)), (roll.timeline.x(960), lane._y(120)), held=SHIFT)
    assert [note.velocity for note in roll.state.notes] == pytest.approx([20, 70, 120], abs=2)
    assert undo_steps(roll.session) == 1


def test_only_selected_notes_change_their_velocity(roll: PianoRoll) -> None:
    select(roll, TUNE[1])
    lane = roll.velocities
    drag(lane, (roll.timeline.x(0), lane._y(30)), (roll.timeline.x(960), lane._y(30)))
    assert [note.velocity for note in roll.state.notes] == pytest.approx([80, 30, 100], abs=1)


# --- what is shown -----------------------------------------------------------------------------------


def test_what_is_in_the_middle_stays_there_when_the_roll_is_made_higher(roll: PianoRoll, qtbot: QtBot) -> None:
    middle = roll.state.rows.pitch(roll.grid.height() / 2)
    roll.resize(1000, 900)
    qtbot.waitUntil(lambda: roll.grid.height() > 600)
    assert roll.state.rows.pitch(roll.grid.height() / 2) == middle


def test_drums_have_rows_with_their_names(roll: PianoRoll) -> None:
    roll.session.current_part = 2
    rows = roll.state.rows
    assert rows.drums
    assert rows.pitches[-1] == 35
    assert 36 in rows
    assert 90 not in rows
    assert not roll.toolbar.scale.isEnabled()
    click(roll.grid, roll.timeline.x(490), rows.y(37) + 4)
    assert any(note.pitch == 37 for note in roll.state.notes)


def colours(roll: PianoRoll, tick: float, pitch: int) -> tuple[int, int, int]:
    """What is painted at the middle of a row."""
    x, y = at(roll, tick, pitch)
    return roll.grid.grab().toImage().pixelColor(round(x), round(y)).getRgb()[:3]  # type: ignore[return-value]


def test_an_auditioned_proposal_is_outlined_over_what_is_there(roll: PianoRoll) -> None:
    before, going, staying = colours(roll, 4000, 65), colours(roll, 240, 60), colours(roll, 700, 64)
    theirs = small_song((*TUNE[1:], Note(3840, 65, 480, 80)))
    generation = Generation(1, small_song(), Terms(), Stretch(0, theirs.length), answers=(Answer("a", theirs),))
    roll.session.document.perform("Propose", replace(roll.session.document.project, generations=(generation,)))
    roll.session.proposals.audition("a")
    assert colours(roll, 4000, 65) != before
    assert colours(roll, 240, 60) != going
    assert colours(roll, 700, 64) == staying
    assert roll.state.notes == TUNE
    roll.session.proposals.audition(None)
    assert colours(roll, 4000, 65) == before


def test_ghosts_of_other_parts_can_be_hidden(roll: PianoRoll) -> None:
    bass = roll.session.song.parts[1].notes[0]
    roll.state.rows.centre(bass.pitch)
    shown = colours(roll, bass.start + 60, bass.pitch)
    roll.toolbar.ghosts.click()
    assert colours(roll, bass.start + 60, bass.pitch) != shown


def test_every_control_has_a_name(roll: PianoRoll) -> None:
    controls = [each for kind in (QToolButton, QComboBox) for each in roll.toolbar.findChildren(kind)]
    assert len(controls) > 8
    assert all(control.accessibleName() for control in controls)
    assert roll.grid.accessibleName()
    assert roll.grid.accessibleDescription()
