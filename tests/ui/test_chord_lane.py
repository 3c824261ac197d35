"""The chord lane: typing chords in their place, dragging edges, dropping progressions, substitutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.canvas import GUTTER, SCROLL_BAR
from cocomposer.ui.chord_blocks import TINY, draw_block, two_lines
from cocomposer.ui.chord_drop import MIME
from cocomposer.ui.chord_lane import ChordLane
from cocomposer.ui.chord_strip import ChordStrip
from cocomposer.ui.dragging import entry_mime
from cocomposer.ui.session import Region
from cocomposer.ui.theme import font
from cocomposer.ui.timeline import Grid
from lanes import Asked, Listener, drag, drop, session_of, timeline_of
from PyQt6.QtCore import QMimeData, QPoint, QRectF, Qt
from PyQt6.QtGui import QAction, QFontMetricsF, QPainter, QPixmap
from PyQt6.QtWidgets import QApplication, QMenu
from songs import lead_sheet

from cocomposer.composer.request import Task, Terms
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.studio.catalogue import Entry, Kind, catalogue
from cocomposer.studio.project import Answer, Generation, Stretch

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Key = Qt.Key
BAR = 1920


@pytest.fixture
def strip(qtbot: QtBot) -> Iterator[ChordStrip]:
    """Eight bars of the lane: C Am7 Dm7 G7 Em A7 Dm/F G7sus4, a bar each, 100 pixels a bar."""
    session = session_of(lead_sheet())
    lane = ChordLane(session)
    qtbot.addWidget(lane)
    lane.resize(800 + GUTTER + SCROLL_BAR, lane.height())
    lane.show()
    qtbot.waitExposed(lane)
    timeline_of(session, 8)
    lane.strip.setFocus()
    yield lane.strip
    session.close()


def names(strip: ChordStrip, count: int = 8) -> list[str]:
    return [str(change.chord) for change in strip.session.song.chords[:count]]


def begin(strip: ChordStrip, bar: int, qtbot: QtBot) -> None:
    """Open the field in a bar with a double click."""
    x = round(strip.timeline.x(bar * BAR) + 30)
    qtbot.mouseDClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 18))
    assert strip.editor.isVisible()


def test_a_chord_is_typed_in_its_place_and_enter_goes_on(strip: ChordStrip, qtbot: QtBot) -> None:
    begin(strip, 1, qtbot)
    qtbot.keyClicks(strip.editor, "Fmaj7")
    qtbot.keyClick(strip.editor, Key.Key_Return)
    assert names(strip, 3) == ["C", "Fmaj7", "Dm7"]
    assert strip.editor.isVisible()
    assert strip.editor.text() == "Dm7"
    qtbot.keyClicks(strip.editor, "ii7")  # a roman numeral in the key of the song
    qtbot.keyClick(strip.editor, Key.Key_Return)
    assert names(strip, 4) == ["C", "Fmaj7", "Dm7", "G7"]
    qtbot.keyClick(strip.editor, Key.Key_Escape)
    assert not strip.editor.isVisible()
    assert strip.session.document.undo_label == "Write chord"


def test_typing_begins_at_once_where_the_lane_has_the_focus(strip: ChordStrip, qtbot: QtBot) -> None:
    qtbot.keyClick(strip, Key.Key_Right)
    qtbot.keyClick(strip, "E")
    qtbot.keyClicks(strip.editor, "m9")
    qtbot.keyClick(strip.editor, Key.Key_Return)
    assert names(strip, 2) == ["C", "Em9"]


def test_what_is_no_chord_is_told_right_there_and_nothing_changes(strip: ChordStrip, qtbot: QtBot) -> None:
    begin(strip, 0, qtbot)
    qtbot.keyClicks(strip.editor, "Cmaj77")
    qtbot.keyClick(strip.editor, Key.Key_Return)
    assert strip.editor.isVisible()
    assert strip.editor.complaint.isVisible()
    assert "not a chord symbol" in strip.editor.complaint.text()
    below = strip.editor.mapToGlobal(QPoint(0, strip.editor.height()))
    assert abs(strip.editor.complaint.y() - below.y()) < 8
    assert strip.session.song.chords == lead_sheet().chords
    qtbot.keyClicks(strip.editor, "9")
    assert not strip.editor.complaint.isVisible()


def test_an_empty_field_and_delete_take_a_chord_away(strip: ChordStrip, qtbot: QtBot) -> None:
    begin(strip, 1, qtbot)
    qtbot.keyClick(strip.editor, Key.Key_Delete)
    qtbot.keyClick(strip.editor, Key.Key_Return)
    assert names(strip, 2) == ["C", "Dm7"]
    qtbot.keyClick(strip, Key.Key_Right)
    qtbot.keyClick(strip, Key.Key_Delete)
    assert names(strip, 2) == ["C", "G7"]


def test_an_edge_is_dragged_on_the_grid_and_not_past_its_neighbours(strip: ChordStrip) -> None:
    strip.timeline.set_grid(Grid.HALF)
    x = strip.timeline.x(BAR)
    drag(strip, (x, 18), (x + 20, 18), (strip.timeline.x(BAR * 1.5) + 4, 18))
    assert [change.tick for change in strip.session.song.chords[:3]] == [0, BAR * 3 // 2, BAR * 2]
    strip.timeline.set_grid(Grid.QUARTER)
    x = strip.timeline.x(BAR * 1.5)
    drag(strip, (x, 18), (strip.timeline.x(BAR * 1.75), 18), (strip.timeline.x(BAR * 5), 18))
    assert [change.tick for change in strip.session.song.chords[:3]] == [0, BAR * 7 // 4, BAR * 2]
    strip.session.undo()
    strip.session.undo()
    assert strip.session.song.chords == lead_sheet().chords


def test_a_chord_that_is_touched_is_heard(strip: ChordStrip) -> None:
    drag(strip, (strip.timeline.x(BAR) + 40, 18))
    assert isinstance(strip.session.player, Listener)
    assert {pitch % 12 for _, pitch in strip.session.player.struck} == {9, 0, 4, 7}


@pytest.mark.parametrize("kind", ["chord text", "plain"])
def test_chords_are_dropped_as_text(strip: ChordStrip, kind: str) -> None:
    data = QMimeData()
    if kind == "plain":
        data.setText("| I | V/ii |")
    else:
        data.setData(MIME, b"| I | V/ii |")
    assert drop(strip, QPoint(round(strip.timeline.x(BAR * 2) + 50), 18), data)
    assert names(strip, 5) == ["C", "Am7", "C", "A", "Em"]


def test_a_progression_of_the_browser_is_dropped(strip: ChordStrip, qtbot: QtBot) -> None:
    presets = strip.session.room.presets
    presets.index.refresh()
    entry = catalogue(presets, Kind.PROGRESSION)[0]
    name = entry.name
    assert drop(strip, QPoint(20, 18), entry_mime(entry))
    qtbot.waitUntil(lambda: strip.session.song.chords != lead_sheet().chords)
    assert name in (strip.session.document.undo_label or "")
    assert not drop(strip, QPoint(20, 18), entry_mime(Entry(Kind.STYLE, "jazz", "Jazz", "")))


def test_text_that_is_no_progression_is_told_and_changes_nothing(strip: ChordStrip, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setText("| H7 | nonsense |")
    with qtbot.waitSignal(strip.session.problem) as told:
        drop(strip, QPoint(20, 18), data)
    assert "H7" in told.args[0]
    assert strip.session.song.chords == lead_sheet().chords


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text().split("\t")[0]: action for action in menu.actions()}


def test_substitutions_stand_in_the_menu_with_their_reason(strip: ChordStrip) -> None:
    drag(strip, (strip.timeline.x(BAR) + 40, 18))
    found = {text: action for text, action in entries(strip.menu()).items() if "\t" in action.text()}
    assert "shares A, C and E" in found["Fmaj7"].text()
    found["Fmaj7"].trigger()
    assert names(strip, 3) == ["C", "Fmaj7", "Dm7"]
    assert strip.session.document.undo_label == "Substitute chord"


def test_substitutions_have_a_heading_that_is_seen(strip: ChordStrip) -> None:
    drag(strip, (strip.timeline.x(BAR) + 40, 18))
    heading = entries(strip.menu())["In its place"]
    assert not heading.isSeparator()  # whose text is not drawn
    assert not heading.isEnabled()


@pytest.mark.parametrize(
    ("symbol", "lines"),
    [("Dsus4", ("D", "sus4")), ("F#m7b5", ("F#", "m7b5")), ("Bb/F", ("Bb", "/F")), ("G", ("G", ""))],
)
def test_a_chord_in_a_narrow_block_has_two_lines(qapp: QApplication, symbol: str, lines: tuple[str, str]) -> None:
    assert two_lines(parse_chord(symbol)) == lines


def test_half_a_bar_of_a_small_window_shows_the_whole_name(qapp: QApplication) -> None:
    assert QFontMetricsF(font(TINY)).horizontalAdvance("sus4") <= 22
    pictures = []
    for symbol in ("Dsus4", "Dsus2", "D"):
        picture = QPixmap(27, 36)
        picture.fill()
        with QPainter(picture) as painter:
            draw_block(painter, QRectF(1.5, 4.5, 24, 27), parse_chord(symbol), None, chosen=False, proposed=False)
        pictures.append(picture.toImage())
    assert pictures[0] != pictures[1]
    assert pictures[1] != pictures[2]


def test_harmonise_and_melody_ask_for_the_region_or_the_chord(strip: ChordStrip) -> None:
    drag(strip, (strip.timeline.x(BAR) + 40, 18))
    entries(strip.menu())["Harmonise bar 2"].trigger()
    strip.session.region = Region(0, 3)
    entries(strip.menu())["A melody for bars 1 to 4"].trigger()
    assert isinstance(strip.session.composing, Asked)
    assert [(each.task, each.bars) for each in strip.session.composing.requests] == [
        (Task.HARMONISE, (1, 1)), (Task.MELODY, (0, 3)),
    ]  # fmt: skip


def test_the_chords_of_an_auditioned_proposal_are_shown_in_place_of_the_songs(strip: ChordStrip) -> None:
    before = strip.grab().toImage()
    theirs = lead_sheet(changes="F C F C " * 4)
    document = strip.session.document
    generation = Generation(1, strip.session.song, Terms(), Stretch(0, theirs.length), answers=(Answer("a", theirs),))
    document.perform("Propose", replace(document.project, generations=(generation,)))
    strip.session.proposals.audition("a")
    assert strip.grab().toImage() != before
    assert strip.session.song.chords == lead_sheet().chords
    strip.session.proposals.audition(None)
    assert strip.grab().toImage() == before


def test_a_chord_behind_the_end_makes_the_song_longer(strip: ChordStrip, qtbot: QtBot) -> None:
    strip.timeline.fit(BAR * 12, BAR * 20)
    begin(strip, 16, qtbot)
    qtbot.keyClicks(strip.editor, "Am")
    qtbot.keyClick(strip.editor, Key.Key_Return)
    assert len(strip.session.song.bars) == 17
    assert str(strip.session.song.chords[-1].chord) == "Am"
