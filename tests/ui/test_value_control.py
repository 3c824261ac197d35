"""Knobs, faders and sliders: turned by mouse, wheel, keys and typing; what they say of themselves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui import scales
from cocomposer.ui.mixer.fader import Fader
from cocomposer.ui.mixer.knob import Knob
from cocomposer.ui.sliders import Slider
from cocomposer.ui.value_control import STEPS, ValueControl
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ALL = [
    scales.linear(-3, 9, 0, "dB", 1),
    scales.logarithmic(20, 20_000, 1000, "Hz"),
    scales.fader_scale(),
    scales.pan_scale(),
]
rulers = pytest.mark.parametrize("scale", ALL, ids=["linear", "logarithmic", "fader", "pan"])


@rulers
@given(position=st.floats(0, 1))
def test_a_position_comes_back_from_its_value(scale: scales.Scale, position: float) -> None:
    value = scale.value(position)
    assert scale.low <= value <= scale.high
    # As near as the last digit that is written allows.
    step = 10.0**-scale.decimals
    ends = scale.position(value - step), scale.position(value + step)
    assert ends[0] - 1e-9 <= position <= ends[1] + 1e-9


@rulers
@given(position=st.floats(0, 1))
def test_what_is_written_can_be_typed(scale: scales.Scale, position: float) -> None:
    value = scale.value(position)
    assert scale.read(scale.text(value)) == pytest.approx(value, abs=0.51 * 10.0**-scale.decimals)


@pytest.mark.parametrize(
    ("typed", "value"), [("2.5k", 2500), ("440", 440), ("99999", 20_000), ("1,2 k", 1200), ("loud", None), ("", None)]
)
def test_typing_a_frequency(typed: str, value: float | None) -> None:
    assert scales.logarithmic(20, 20_000, 1000, "Hz").read(typed) == value


@pytest.mark.parametrize(("typed", "value"), [("C", 0), ("L 30", -0.3), ("r100", 1), ("-50", -0.5), ("sideways", None)])
def test_typing_a_place(typed: str, value: float | None) -> None:
    assert scales.pan_scale().read(typed) == value


def test_a_fader_has_most_of_its_way_where_one_mixes() -> None:
    scale = scales.fader_scale()
    assert scale.position(0) - scale.position(-20) > 3 * (scale.position(-60) - scale.position(-80))
    assert scale.text(scale.low) == "−∞"


@pytest.fixture(params=["knob", "fader", "slider"])
def control(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> ValueControl:
    made = {
        "knob": lambda: Knob("Pan", scales.linear(-1, 1, 0), "Pan"),
        "fader": lambda: Fader("Gain"),
        "slider": lambda: Slider("Amount", scales.linear(0, 10, 5, decimals=1)),
    }[request.param]()
    made.resize(200 if request.param == "slider" else made.width(), 200 if request.param == "fader" else made.height())
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    return made


def values_of(control: ValueControl) -> list[float | None]:
    told: list[float | None] = []
    control.turned.connect(told.append)
    return told


def drag(control: ValueControl, by: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    start = control.rect().center()
    QTest.mousePress(control, Qt.MouseButton.LeftButton, modifier, start)
    for share in (0.25, 0.5, 0.75, 1.0):
        at = start + QPoint(round(by.x() * share), round(by.y() * share))
        event_to(control, at, modifier)
    QTest.mouseRelease(control, Qt.MouseButton.LeftButton, modifier, start + by)


def event_to(control: ValueControl, at: QPoint, modifier: Qt.KeyboardModifier) -> None:
    left = Qt.MouseButton.LeftButton
    place = QPointF(at)
    QApplication.sendEvent(
        control, QMouseEvent(QEvent.Type.MouseMove, place, control.mapToGlobal(place), left, left, modifier)
    )


def forth(control: ValueControl, pixels: int) -> QPoint:
    return QPoint(pixels, 0) if isinstance(control, Slider) else QPoint(0, -pixels)


def test_a_drag_is_one_gesture(control: ValueControl) -> None:
    gestures: list[int] = []
    control.turned.connect(lambda _: gestures.append(control.gesture))
    before = control.position
    drag(control, forth(control, 30))
    assert control.position > before
    assert len(gestures) >= 3
    assert len(set(gestures)) == 1
    drag(control, forth(control, -10))
    assert len(set(gestures)) == 2


def test_shift_is_ten_times_as_fine(control: ValueControl) -> None:
    control.set_value(control.scale.value(0.5))
    start = control.position
    drag(control, forth(control, 20))
    coarse = control.position - start
    control.set_value(control.scale.value(0.5))
    drag(control, forth(control, 20), Qt.KeyboardModifier.ShiftModifier)
    fine = control.position - start
    assert 0 < fine < coarse / 4


def test_a_double_click_resets(control: ValueControl) -> None:
    control.set_value(control.scale.value(0.9))
    told = values_of(control)
    QTest.mouseDClick(control, Qt.MouseButton.LeftButton, pos=control.rect().center())
    assert control.amount == control.scale.default
    assert told[-1] == control.scale.default


def test_keys_turn_and_reset(control: ValueControl) -> None:
    told = values_of(control)
    start = control.position
    QTest.keyClick(control, Qt.Key.Key_Up)
    assert control.position > start
    QTest.keyClick(control, Qt.Key.Key_End)
    assert control.amount == control.scale.high
    QTest.keyClick(control, Qt.Key.Key_Home)
    assert control.amount == control.scale.low
    QTest.keyClick(control, Qt.Key.Key_Delete)
    assert control.amount == control.scale.default
    assert len(told) == 4


def test_the_wheel_turns(control: ValueControl) -> None:
    start, place = control.position, QPointF(control.rect().center())
    event = QWheelEvent(
        place, control.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(control, event)
    assert control.position > start


def test_a_value_is_typed_over_it(control: ValueControl) -> None:
    QTest.keyClick(control, Qt.Key.Key_Return)
    editor = control.findChild(QLineEdit)
    assert editor is not None
    assert editor.isVisible()
    editor.setText("0.4")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert control.amount == pytest.approx(0.4)
    assert not any(each.isVisible() for each in control.findChildren(QLineEdit))  # Return did not open it again


def test_escape_leaves_the_value(control: ValueControl) -> None:
    before = control.amount
    QTest.keyClick(control, Qt.Key.Key_1)
    editor = control.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "1"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert control.amount == before


def test_a_screen_reader_hears_and_sets_it(control: ValueControl) -> None:
    assert control.accessibleName()
    control.set_value(control.scale.low)
    assert control.accessibleDescription() == control.scale.text(control.scale.low)
    assert control.value() == 0
    told = values_of(control)
    control.setValue(STEPS)  # as QAccessibleValueInterface does
    assert told == [control.scale.high]


def test_setting_a_value_tells_nobody(control: ValueControl) -> None:
    told = values_of(control)
    control.set_value(control.scale.value(0.8))
    assert told == []


def test_a_free_slider_has_no_value_until_it_is_turned(qtbot: QtBot, qapp: QApplication) -> None:
    slider = Slider("Density", scales.linear(0, 1, 0.5), may_be_free=True)
    qtbot.addWidget(slider)
    assert slider.amount is None
    assert slider.text() == "free"
    told = values_of(slider)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider.amount is not None
    assert math.isclose(slider.amount, 0.52)
    QTest.keyClick(slider, Qt.Key.Key_Delete)
    assert told[-1] is None
    assert slider.amount is None
