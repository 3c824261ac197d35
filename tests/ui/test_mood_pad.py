"""The mood pad: mouse, keys, the free state, and what it says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.mood_pad import MoodPad
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def pad(qtbot: QtBot, qapp: QApplication) -> MoodPad:
    made = MoodPad()
    made.resize(202, 132)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_is_free_until_it_is_touched(pad: MoodPad) -> None:
    assert pad.mood is None
    assert pad.accessibleDescription() == "free"


@pytest.mark.parametrize(
    ("place", "mood", "words"),
    [
        (QPoint(1, 1), (-1, 1), "very dark, very excited"),
        (QPoint(200, 131), (1, -1), "very bright, very calm"),
        (QPoint(101, 66), (0, 0), "in the middle"),
        (QPoint(131, 66), (0.3, 0), "a little bright"),
    ],
)
def test_a_press_sets_the_mood(pad: MoodPad, place: QPoint, mood: tuple[float, float], words: str) -> None:
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=place)
    assert pad.mood == pytest.approx(mood, abs=0.03)
    assert pad.accessibleDescription() == words


def test_arrows_move_it_and_stay_inside(pad: MoodPad, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pad.changed):
        QTest.keyClick(pad, Qt.Key.Key_Right)
    QTest.keyClick(pad, Qt.Key.Key_Up)
    QTest.keyClick(pad, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert pad.mood == pytest.approx((0.1, 0.12))
    for _ in range(30):
        QTest.keyClick(pad, Qt.Key.Key_Down)
    assert pad.mood == pytest.approx((0.1, -1.0))


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Escape])
def test_keys_free_it(pad: MoodPad, key: Qt.Key) -> None:
    pad.set_mood((0.5, 0.5))
    QTest.keyClick(pad, key)
    assert pad.mood is None


def test_a_double_click_frees_it(pad: MoodPad) -> None:
    pad.set_mood((0.5, 0.5))
    QTest.mouseDClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert pad.mood is None


def test_setting_it_tells_nobody(pad: MoodPad, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pad.changed):
        pad.set_mood((2.0, -7.0))
    assert pad.mood == (1.0, -1.0)
