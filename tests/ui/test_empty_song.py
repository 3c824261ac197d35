"""The lanes over a song in which there is nothing yet: they show it, take the hand and the keys, and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.arrangement import ArrangementView
from cocomposer.ui.chord_lane import ChordLane
from cocomposer.ui.piano_roll import PianoRoll
from lanes import click, drag, session_of
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from cocomposer.music import Song

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape,
    Qt.Key.Key_Delete, Qt.Key.Key_Q, Qt.Key.Key_F2, Qt.Key.Key_M,
)  # fmt: skip


@pytest.mark.parametrize("kind", [ArrangementView, ChordLane, PianoRoll])
def test_nothing_is_shown_and_nothing_breaks(kind: type[QWidget], qtbot: QtBot) -> None:
    session = session_of(Song())
    problems: list[str] = []
    session.problem.connect(problems.append)
    view = kind(session)  # type: ignore[call-arg]
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    qtbot.waitExposed(view)
    for part in [view, *view.findChildren(QWidget)]:
        if part.isVisible() and part.focusPolicy() == Qt.FocusPolicy.StrongFocus and part.width() > 150:
            part.grab()
            click(part, 40, 10)
            drag(part, (60, 10), (140, 15))
            for key in KEYS:
                qtbot.keyClick(part, key)
    assert session.song == Song()
    assert problems == []
    session.close()


def test_an_empty_song_says_what_to_do(qtbot: QtBot) -> None:
    session = session_of(Song())
    roll, arrangement = PianoRoll(session), ArrangementView(session)
    for view in (roll, arrangement):
        qtbot.addWidget(view)
        view.resize(900, 400)
        view.show()
    assert roll.empty.isVisible()
    assert arrangement.empty.isVisible()
    session.close()
