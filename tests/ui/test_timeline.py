"""The timeline: ticks and pixels, the grid of every metre, the ruler under the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.ruler import Ruler
from cocomposer.ui.timeline import Grid, Timeline, shared_timeline
from hypothesis import given
from hypothesis import strategies as st
from lanes import Listener, drag, session_of, timeline_of
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PyQt6.QtWidgets import QApplication
from songs import lead_sheet

from cocomposer.music import Meter, MeterChange, MeterMap, Song

if TYPE_CHECKING:
    from cocomposer.ui.session import Session
    from pytestqt.qtbot import QtBot

WALTZ_THEN_SEVEN = Song(
    length=1440 * 4 + 1680 * 4, meters=MeterMap((MeterChange(0, Meter(3, 4)), MeterChange(1440 * 4, Meter(7, 8))))
)


@given(
    tick=st.integers(0, 12_000),
    grid=st.sampled_from([each for each in Grid if each is not Grid.OFF]),
    song=st.sampled_from([lead_sheet(), lead_sheet("6/8"), WALTZ_THEN_SEVEN]),
)
def test_snapping_goes_to_the_nearest_line_and_every_bar_has_one(tick: int, grid: Grid, song: Song) -> None:
    timeline = Timeline(song)
    timeline.grid = grid
    start, end = timeline.bar(tick)
    snapped = timeline.snap(tick)
    assert start <= timeline.floor(tick) <= tick
    assert start <= snapped <= end
    assert (snapped - start) % timeline.step(tick) == 0 or snapped == end
    assert abs(snapped - tick) <= min(timeline.step(tick), end - start) / 2
    assert timeline.snap(start) == start


def test_triplets_and_bars_are_grids_too() -> None:
    timeline = Timeline(lead_sheet())
    timeline.grid = Grid.EIGHTH_TRIPLET
    assert [timeline.snap(tick) for tick in (150, 170, 330)] == [160, 160, 320]
    timeline.grid = Grid.BAR
    assert timeline.snap(1000) == 1920
    timeline.grid = Grid.OFF
    assert timeline.snap(1001) == 1001
    assert [each.label for each in Grid][:6] == ["Bar", "1/2", "1/4", "1/4T", "1/8", "1/8T"]


@given(first=st.floats(0, 20_000), x=st.floats(0, 800), factor=st.floats(0.3, 3))
def test_what_is_under_the_pointer_stays_there_while_zooming(first: float, x: float, factor: float) -> None:
    timeline = Timeline(lead_sheet(changes="C " * 64))
    timeline.set_width(800)
    timeline.scroll_to(first)
    anchor = timeline.first + x / timeline.scale
    timeline.zoom(factor, x)
    held_by_an_end = timeline.first == 0.0 or timeline.first + 800 / timeline.scale >= timeline.end - 1
    assert held_by_an_end or timeline.x(anchor) == pytest.approx(x, abs=0.01)
    assert timeline.tick(timeline.x(960)) == 960


def test_lines_tell_bars_beats_and_steps_and_thin_out() -> None:
    timeline = Timeline(WALTZ_THEN_SEVEN)
    timeline.grid = Grid.EIGHTH
    timeline.scale = 0.2
    assert [(line.tick, line.level) for line in timeline.lines(0, 1440)] == [
        (0, 0), (240, 2), (480, 1), (720, 2), (960, 1), (1200, 2),
    ]  # fmt: skip
    seven = [line.tick - 5760 for line in timeline.lines(5760, 5760 + 1680) if line.level == 1]
    assert seven == [480, 960]  # 2 + 2 + 3 eighths
    timeline.scale = 0.004
    bars = [line.tick for line in timeline.lines(0, WALTZ_THEN_SEVEN.length)]
    assert bars == [0, 1440 * 2, 1440 * 4, 1440 * 4 + 1680 * 2]


def test_one_timeline_serves_a_session_and_follows_its_song(qtbot: QtBot) -> None:
    session = session_of(lead_sheet())
    timeline = shared_timeline(session)
    assert shared_timeline(session) is timeline
    longer = lead_sheet(changes="C " * 40)
    session.edit("Longer", longer)
    assert timeline.song is longer
    session.close()


def test_the_page_turns_while_playing(qtbot: QtBot) -> None:
    session = session_of(lead_sheet())
    timeline = timeline_of(session, 4)
    session.playhead.emit(1920 * 6)
    assert timeline.first == 0  # who only clicks somewhere is not carried off
    assert isinstance(session.player, Listener)
    session.player.playing = True
    session.playhead.emit(1920 * 6)
    assert timeline.visible[0] < 1920 * 6 < timeline.visible[1]
    session.close()


@pytest.fixture
def ruler(qtbot: QtBot) -> Ruler:
    session = session_of(lead_sheet())
    ruler = Ruler(session, shared_timeline(session))
    qtbot.addWidget(ruler)
    ruler.resize(800, ruler.height())
    ruler.show()
    timeline_of(session, 8)  # a bar is 100 pixels
    return ruler


def test_a_click_on_the_ruler_seeks(ruler: Ruler) -> None:
    drag(ruler, (201, 18))
    assert ruler.session.position == 1920 * 2
    drag(ruler, (201, 18), (350, 18))
    assert ruler.session.position == 1920 * 3.5


def test_a_drag_along_the_upper_edge_loops_and_the_edges_can_be_moved(ruler: Ruler) -> None:
    drag(ruler, (100, 3), (180, 3), (300, 3))
    assert ruler.timeline.loop == (1920, 1920 * 3)
    assert ruler.session.player.loop == (1920, 1920 * 3)
    drag(ruler, (300, 3), (500, 3))
    assert ruler.timeline.loop == (1920, 1920 * 5)
    drag(ruler, (100, 3), (0, 3))
    assert ruler.timeline.loop == (0, 1920 * 5)


def test_arrow_keys_seek_by_bars(ruler: Ruler, qtbot: QtBot) -> None:
    for _ in range(3):
        qtbot.keyClick(ruler, Qt.Key.Key_Right)
    qtbot.keyClick(ruler, Qt.Key.Key_Left)
    assert ruler.session.position == 1920 * 2


def turn(widget: Ruler, held: Qt.KeyboardModifier, by: int) -> None:
    at = QPointF(400, 10)
    QApplication.sendEvent(
        widget,
        QWheelEvent(
            at, at, QPoint(), QPoint(0, by), Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False
        ),
    )


def test_the_wheel_zooms_with_ctrl_and_scrolls_with_shift(ruler: Ruler) -> None:
    timeline = ruler.timeline
    before, under = timeline.scale, timeline.tick(400)
    turn(ruler, Qt.KeyboardModifier.ControlModifier, 120)
    assert timeline.scale == pytest.approx(before * 1.2)
    assert timeline.tick(400) == under
    first = timeline.first
    turn(ruler, Qt.KeyboardModifier.ShiftModifier, -120)
    assert timeline.first > first


def test_pinching_on_a_trackpad_zooms_where_the_fingers_are(ruler: Ruler) -> None:
    timeline = ruler.timeline
    before, under = timeline.scale, timeline.tick(200)
    at, device = QPointF(200, 10), QPointingDevice.primaryPointingDevice()
    kind = Qt.NativeGestureType.ZoomNativeGesture
    QApplication.sendEvent(ruler, QNativeGestureEvent(kind, device, 2, at, at, at, 0.25, QPointF()))
    assert timeline.scale == pytest.approx(before * 1.25)
    assert timeline.tick(200) == under


def test_a_song_is_opened_on_its_first_eight_bars_at_whatever_width_the_window_finds(session: Session) -> None:
    timeline = shared_timeline(session)
    for width in (640, 1000):
        timeline.set_width(width)
        assert timeline.x(session.song.meters.bar_start(8)) == pytest.approx(width)
    timeline.zoom(2.0, 0)
    timeline.set_width(700)
    assert timeline.x(session.song.meters.bar_start(8)) == pytest.approx(2000)
