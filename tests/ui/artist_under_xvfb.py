"""Opens the window on a real display; xdotool draws a note, types a chord, presses Propose.  Says what came of it."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from cocomposer.ui import app as shell
from cocomposer.ui.controls_panel import ControlsPanel
from cocomposer.ui.memory import Memory
from PyQt6.QtCore import QDeadlineTimer, QPoint
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPushButton, QWidget

from cocomposer.studio.settings import Settings


def xdotool(*words: str) -> None:
    """What a hand does, while the window lives."""
    hand = subprocess.Popen(["xdotool", *words])
    until(lambda: hand.poll() is not None)
    QTest.qWait(100)


def click(widget: QWidget, x: int, y: int) -> None:
    place = widget.mapToGlobal(QPoint(x, y))
    xdotool("mousemove", str(place.x()), str(place.y()), "click", "1")


def until(reached: Callable[[], bool]) -> None:
    patience = QDeadlineTimer(30_000)
    while not reached() and not patience.hasExpired():
        QTest.qWait(10)


settings = Settings(language="en")
app = shell.dressed(QApplication(["cocomposer"]), settings)
with tempfile.TemporaryDirectory() as folder:
    memory = Memory(Path(folder) / "window.ini")
    memory.keep("welcome/seen", True)
    window = shell.open_window(None, settings, memory)
    window.resize(1280, 800)
    window.show()
    QTest.qWaitForWindowExposed(window)
    window.activateWindow()
    session, strip, controls = window.session, window.chords.strip, window.proposals.controls
    assert isinstance(controls, ControlsPanel)
    controls.show_terms(controls.terms, "style")

    click(window.roll.grid, 40, 60)
    print("drawn", len(session.song.parts[0].notes))
    click(strip, 30, 18)
    xdotool("type", "--delay", "30", "Am7")
    xdotool("key", "Return", "Escape")
    print("chords", *(change.chord for change in session.song.chords))
    button = next(each for each in window.findChildren(QPushButton) if each.text() == "Propose")
    click(button, 20, 12)
    deck = window.proposals.deck
    until(lambda: bool(deck.cards) and deck.complete and not session.proposals.under_way)
    cards = deck.cards
    print("cards", sum(card.answer is not None for card in cards))
    until(lambda: cards[0].isVisible())
    seen = cards[0].grab().toImage()
    print("painted", len({seen.pixel(x, y) for x in range(seen.width()) for y in range(20, 100)}) > 10)
    window.files.discard()
    window.close()
