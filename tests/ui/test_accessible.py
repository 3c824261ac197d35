"""The window without a mouse or without seeing it: Tab reaches everything, the focus is seen, all has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cocomposer.ui import theme
from cocomposer.ui.mixer.strip import StripView
from cocomposer.ui.window import Window
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QTabBar, QWidget
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    pass

MANY = 400
"""More presses of Tab than the window has places."""


def tabbed(window: Window) -> list[QWidget]:
    """Where Tab leads, from the notes on until it comes back to them."""
    window.activateWindow()
    window.roll.grid.setFocus(Qt.FocusReason.TabFocusReason)
    places: list[QWidget] = []
    for _ in range(MANY):
        here = QApplication.focusWidget()
        assert here is not None
        if places and here is places[0]:
            return places
        places.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab goes round elsewhere: {places[-3:]}")


def name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"


@pytest.fixture
def mixer(window: Window, qtbot: QtBot) -> Window:
    window.toggle("mixer")
    qtbot.waitUntil(lambda: window.mixer.complete, timeout=20_000)
    return window


def test_tab_reaches_every_panel(window: Window) -> None:
    places = tabbed(window)
    for panel in (
        window.transport, window.browser, window.arrangement.lanes, window.arrangement.heads,
        window.arrangement.sections, window.chords.strip, window.roll.toolbar, window.roll.grid, window.roll.velocities,
        window.proposals.controls,
    ):  # fmt: skip
        assert any(place is panel or panel.isAncestorOf(place) for place in places), name(panel)


def test_tab_reaches_the_strips_of_the_mixer(mixer: Window) -> None:
    mixer.browser.list.setFocus()
    strips = mixer.mixer.findChildren(StripView)
    assert strips
    seen: list[QWidget] = []
    for _ in range(MANY):
        here = QApplication.focusWidget()
        assert here is not None
        seen.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    for strip in strips:
        assert any(strip.isAncestorOf(each) for each in seen)


def test_everything_tab_reaches_has_a_name(window: Window) -> None:
    nameless = [
        name(each)
        for each in tabbed(window)
        if not each.accessibleName() and not getattr(each, "text", lambda: "")() and not isinstance(each, QTabBar)
    ]
    assert nameless == []


@pytest.mark.parametrize("look", sorted(theme.THEMES))
def test_the_focus_is_seen_wherever_it_is(window: Window, qapp: QApplication, look: str) -> None:
    theme.apply(qapp, look)
    try:
        unseen = [name(each) for each in tabbed(window) if not _shows_focus(each, window)]
    finally:
        theme.apply(qapp)
    assert unseen == []


def _shows_focus(widget: QWidget, window: Window) -> bool:
    elsewhere = window.browser.search if widget is not window.browser.search else window.roll.grid
    elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
    without = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    return widget.grab().toImage() != without
