"""The arrangement: choosing a rectangle, the parts at the side, the sections on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.arrangement import ArrangementView
from cocomposer.ui.canvas import GUTTER, SCROLL_BAR
from cocomposer.ui.dragging import entry_mime
from cocomposer.ui.part_heads import MIME as PART_MIME
from cocomposer.ui.part_menu import part_menu
from cocomposer.ui.section_lane import MIME as SECTION_MIME
from cocomposer.ui.session import Region
from lanes import Asked, click, drag, drop, session_of, timeline_of
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QToolButton
from songs import band_song

from cocomposer import formats
from cocomposer.composer.request import Task, Terms
from cocomposer.music import Part, Role, Song
from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.project import Answer, Generation, Stretch

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Key, SHIFT, CTRL, ALT = (
    Qt.Key,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
BAR = 1920


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ArrangementView]:
    """Sixteen bars of a tune, a bass and drums in sections A and B; 50 pixels a bar."""
    monkeypatch.setenv("COCOMPOSER_DATA", str(tmp_path))
    session = session_of(band_song())
    view = ArrangementView(session)
    qtbot.addWidget(view)
    view.resize(800 + GUTTER + SCROLL_BAR, 320)
    view.show()
    qtbot.waitExposed(view)
    timeline_of(session, 16)
    view.lanes.setFocus()
    yield view
    session.close()


def cell(view: ArrangementView, bar: float, part: int) -> tuple[float, float]:
    return view.timeline.x((bar + 0.5) * BAR), view.rows.y(part) + view.rows.height / 2


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text().split("\t")[0]: action for action in menu.actions()}


def names(view: ArrangementView) -> list[str]:
    return [part.name for part in view.session.song.parts]


# --- the rectangle -----------------------------------------------------------------------------------


def test_a_drag_chooses_bars_and_parts_in_any_direction(view: ArrangementView) -> None:
    drag(view.lanes, cell(view, 6, 2), cell(view, 4, 1), cell(view, 3, 1))
    assert view.session.region == Region(3, 6, (1, 2))
    click(view.lanes, *cell(view, 8, 0), held=SHIFT)
    assert view.session.region == Region(6, 8, (0, 1, 2))
    click(view.lanes, view.timeline.x(BAR) + 5, view.lanes.height() - 4)  # below the parts
    assert view.session.region is None


def test_the_keyboard_chooses_the_same_rectangle(view: ArrangementView, qtbot: QtBot) -> None:
    for key, held in (
        (Key.Key_Right, None), (Key.Key_Right, None), (Key.Key_Right, None), (Key.Key_Down, None),
        (Key.Key_Right, SHIFT), (Key.Key_Right, SHIFT), (Key.Key_Down, SHIFT),
    ):  # fmt: skip
        qtbot.keyClick(view.lanes, key, held or Qt.KeyboardModifier.NoModifier)
    assert view.session.region == Region(2, 4, (1, 2))
    assert view.lanes.accessibleDescription() == "Bars 3 to 5: Bass, Drums"
    assert view.session.current_part == 1
    qtbot.keyClick(view.lanes, Key.Key_A, CTRL)
    assert view.session.region == Region(0, 15, (0, 1, 2))
    qtbot.keyClick(view.lanes, Key.Key_Escape)
    assert view.session.region is None


def test_widening_back_over_the_corner_turns_around(view: ArrangementView, qtbot: QtBot) -> None:
    click(view.lanes, *cell(view, 5, 1))
    for _ in range(2):
        qtbot.keyClick(view.lanes, Key.Key_Left, SHIFT)
    assert view.session.region == Region(3, 5, (1,))
    for _ in range(3):
        qtbot.keyClick(view.lanes, Key.Key_Right, SHIFT)
    assert view.session.region == Region(5, 6, (1,))


def test_delete_clears_only_what_is_chosen_in_one_step(view: ArrangementView, qtbot: QtBot) -> None:
    before = view.session.song
    drag(view.lanes, cell(view, 2, 1), cell(view, 3, 2))
    qtbot.keyClick(view.lanes, Key.Key_Delete)
    song = view.session.song
    assert song.parts[0] == before.parts[0]
    for part in (1, 2):
        assert [note for note in song.parts[part].notes if 2 * BAR <= note.start < 4 * BAR] == []
        assert len(song.parts[part].notes) == len(before.parts[part].notes) * 14 // 16
    view.session.undo()
    assert view.session.song == before


def test_the_menu_asks_for_the_rectangle(view: ArrangementView) -> None:
    drag(view.lanes, cell(view, 2, 1), cell(view, 3, 2))
    menu = entries(view.lanes.menu())
    menu["Propose here"].trigger()
    menu["Vary what is there"].trigger()
    view.session.region = Region(8, 15)  # all parts, as a click on a section chooses them
    entries(view.lanes.menu())["Fill with new notes"].trigger()
    asked = view.session.composing
    assert isinstance(asked, Asked)
    assert [(each.task, each.bars, each.parts) for each in asked.requests] == [
        (Task.INFILL, (2, 3), ("Bass", "Drums")), (Task.VARY, (2, 3), ("Bass", "Drums")),
        (Task.INFILL, (8, 15), ()),
    ]  # fmt: skip


def test_a_double_click_chooses_the_section_and_opens_the_part(view: ArrangementView, qtbot: QtBot) -> None:
    x, y = cell(view, 9, 1)
    with qtbot.waitSignal(view.opened):
        qtbot.mouseDClick(view.lanes, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert view.session.region == Region(8, 15, (1,))


def test_a_cell_shows_the_notes_that_are_in_it(view: ArrangementView) -> None:
    note = view.session.song.parts[0].notes[0]
    x = round(view.timeline.x(note.start + note.duration / 2))

    def column() -> set[str]:
        image = view.lanes.grab().toImage()
        return {image.pixelColor(x, y).name() for y in range(2, 40)}

    filled = column()
    view.session.region = Region(0, 0, (0,))
    entries(view.lanes.menu())["Clear"].trigger()
    view.session.region = None
    assert len(filled - column()) >= 1


def test_an_auditioned_proposal_shows_the_parts_it_would_add(view: ArrangementView, qtbot: QtBot) -> None:
    document, song = view.session.document, view.session.song
    pad = Part("Pad", Role.PAD, 89, song.parts[1].notes)
    theirs = replace(song, parts=(*song.parts, pad))
    generation = Generation(1, song, Terms(), Stretch(0, song.length), answers=(Answer("a", theirs),))
    document.perform("Propose", replace(document.project, generations=(generation,)))
    before = view.lanes.grab().toImage()
    view.session.proposals.audition("a")
    assert view.rows.count == 4
    assert len(view.heads.heads) == 3
    assert view.lanes.grab().toImage() != before
    click(view.lanes, *cell(view, 2, 3))  # what is only proposed cannot be chosen
    assert view.session.region is None
    drag(view.lanes, cell(view, 2, 1), cell(view, 3, 3))
    assert view.session.region == Region(2, 3, (1, 2))
    view.session.region = None
    view.session.proposals.audition(None)
    assert view.rows.count == 3
    assert view.session.song == song


# --- the parts ---------------------------------------------------------------------------------------


def test_mute_and_solo_are_edits_that_can_be_undone(view: ArrangementView) -> None:
    head = view.heads.heads[1]
    head.mute.click()
    strip = view.session.song.parts[1].strip
    assert strip is not None
    assert strip.muted
    assert strip.inserts  # what the role usually has stays
    view.session.undo()
    assert not head.mute.isChecked()
    head.solo.click()
    assert view.session.song.parts[1].strip.soloed  # type: ignore[union-attr]


def test_a_part_is_renamed_in_its_place(view: ArrangementView, qtbot: QtBot) -> None:
    head = view.heads.heads[1]
    qtbot.mouseDClick(head, Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    qtbot.keyClicks(head.field, "Low end")
    qtbot.keyClick(head.field, Key.Key_Return)
    assert names(view) == ["Tune", "Low end", "Drums"]
    assert head.accessibleName().startswith("Low end")


def test_the_names_of_parts_are_whole_from_the_first(view: ArrangementView) -> None:
    """A head is made before it has its width; here it is told nothing after that."""
    assert [head.name.text() for head in view.heads.heads] == names(view)


def test_parts_are_reordered_by_drag_and_by_keys(view: ArrangementView, qtbot: QtBot) -> None:
    view.session.current_part = 2
    view.heads.move_part(2, 0)
    assert names(view) == ["Drums", "Tune", "Bass"]
    view.heads.setFocus()
    qtbot.keyClick(view.heads, Key.Key_Down, ALT)
    assert names(view) == ["Tune", "Drums", "Bass"]
    assert view.session.current_part == 1
    qtbot.keyClick(view.heads, Key.Key_Down)
    assert view.session.current_part == 2


def test_a_part_dragged_out_is_a_midi_file_of_it_alone(view: ArrangementView) -> None:
    data = view.heads.mime(1)
    assert data is not None
    assert data.hasFormat(PART_MIME)
    written: Song = formats.read(data.urls()[0].toLocalFile())
    assert [len(part.notes) for part in written.parts] == [len(view.session.song.parts[1].notes)]


def test_an_instrument_of_the_browser_is_dropped_on_a_part(view: ArrangementView) -> None:
    entry = Entry(Kind.INSTRUMENT, "program:42", "Cello", "")
    assert drop(view.heads, QPoint(20, int(view.rows.y(1)) + 5), entry_mime(entry))
    assert view.session.song.parts[1].program == 42


def test_parts_are_added_and_removed_by_menu(view: ArrangementView) -> None:
    menu = view.add.menu()
    assert menu is not None
    entries(menu)["Pad"].trigger()
    assert names(view) == ["Tune", "Bass", "Drums", "Pad"]
    assert view.session.current_part == 3
    assert view.session.song.parts[3].role is Role.PAD
    assert len(view.heads.heads) == 4
    entries(part_menu(view.session, 3, view, lambda: None))["Remove"].trigger()
    assert names(view) == ["Tune", "Bass", "Drums"]
    assert len(view.heads.heads) == 3


# --- the sections ------------------------------------------------------------------------------------


def sections(view: ArrangementView) -> list[tuple[int, str]]:
    return [(section.tick // BAR, section.name) for section in view.session.song.sections]


def test_a_section_is_renamed_by_double_click(view: ArrangementView, qtbot: QtBot) -> None:
    x = round(view.sections.box(1).center().x())
    qtbot.mouseDClick(view.sections, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
    qtbot.keyClicks(view.sections.field, "Chorus")
    qtbot.keyClick(view.sections.field, Key.Key_Return)
    assert sections(view) == [(0, "A"), (8, "Chorus")]


def test_enter_in_the_field_of_a_name_ends_there(view: ArrangementView, qtbot: QtBot) -> None:
    """Qt hands Enter on to the lane below, where it would open the field again."""
    view.sections.rename(1)
    qtbot.keyClicks(view.sections.field, "Chorus")
    qtbot.keyClick(view.sections.field, Key.Key_Return)
    assert not view.sections.field.isVisible()
    head = view.heads.heads[1]
    head.rename()
    qtbot.keyClicks(head.field, "Low end")
    qtbot.keyClick(head.field, Key.Key_Return)
    assert not head.field.isVisible()


def test_escape_leaves_the_name_as_it_was(view: ArrangementView, qtbot: QtBot) -> None:
    view.sections.rename(1)
    qtbot.keyClicks(view.sections.field, "Chorus")
    qtbot.keyClick(view.sections.field, Key.Key_Escape)
    assert not view.sections.field.isVisible()
    assert sections(view) == [(0, "A"), (8, "B")]
    assert not view.session.document.unsaved


def test_a_section_goes_with_all_that_is_in_it(view: ArrangementView, qtbot: QtBot) -> None:
    tune = view.session.song.parts[0].notes
    click(view.sections, view.sections.box(1).center().x(), 10)
    assert view.session.region == Region(8, 15)
    qtbot.keyClick(view.sections, Key.Key_Left, SHIFT)
    assert sections(view) == [(0, "B"), (8, "A")]
    first = [note.pitch for note in view.session.song.parts[0].notes if note.start < BAR]
    assert first == [note.pitch for note in tune if 8 * BAR <= note.start < 9 * BAR]


def test_a_section_is_repeated_joined_and_deleted_by_menu(view: ArrangementView) -> None:
    entries(view.sections.menu(0))["Repeat"].trigger()
    assert sections(view) == [(0, "A"), (8, "A"), (16, "B")]
    entries(view.sections.menu(9 * BAR))["Join to the one before"].trigger()
    assert sections(view) == [(0, "A"), (16, "B")]
    entries(view.sections.menu(0))["Delete with its bars"].trigger()
    assert sections(view) == [(0, "B")]
    assert len(view.session.song.bars) == 8


def test_a_section_dragged_out_is_a_midi_file_of_its_bars(view: ArrangementView) -> None:
    data = view.sections.mime(1)
    assert data is not None
    assert data.hasFormat(SECTION_MIME)
    written = formats.read(data.urls()[0].toLocalFile())
    assert len(written.bars) == 8
    assert len(written.parts) == 3


def test_every_button_can_be_read_out(view: ArrangementView) -> None:
    buttons = view.findChildren(QToolButton)
    assert len(buttons) >= 8
    assert all(button.accessibleName() or button.text() for button in buttons)
