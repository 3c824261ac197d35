"""The panel of taste: what was learned is shown, set right, forgotten, exported and deleted; the switch is a switch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.session import Session
from cocomposer.ui.taste_panel import TasteDialog
from cocomposer.ui.trait_words import sides
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton, QToolButton

from cocomposer.taste import TRAITS, Remark, Verdict

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def learned(session: Session) -> Session:
    for number in range(16):
        kept = number % 2 == 0
        traits = {"density": -0.8 if kept else 0.8, "genre: jazz": float(kept)}
        verdict = Verdict.KEPT if kept else Verdict.REJECTED
        session.taste.journal.add(Remark(verdict, traits, str(number), genre="jazz" if kept else "rock"))
    return session


@pytest.fixture
def dialog(learned: Session, qtbot: QtBot) -> TasteDialog:
    made = TasteDialog(learned)
    qtbot.addWidget(made)
    made.show()
    return made


def said(dialog: TasteDialog) -> list[str]:
    return [label.text() for label in dialog._area.findChildren(QLabel)]


def button(dialog: TasteDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def test_what_was_learned_is_said_and_drawn_on_its_side(dialog: TasteDialog) -> None:
    assert "You keep sparse playing: 8 of 8; of busy playing 0 of 8." in said(dialog)
    assert "You keep jazz: 8 of 8." in said(dialog)
    assert (dialog.bars["density"].amount or 0) < 0 < (dialog.bars["genre: jazz"].amount or 0)


def test_a_line_is_set_right_by_dragging_its_bar(dialog: TasteDialog, learned: Session, qtbot: QtBot) -> None:
    bar = dialog.bars["density"]
    bar.setFocus()
    bar.turn(0.8)
    assert bar.text() == "80 %" or bar.amount == 0.8
    qtbot.waitUntil(lambda: "You said that you like busy playing." in said(dialog), timeout=3_000)
    (line,) = (line for line in learned.taste.lines() if line.trait == "density")
    assert line.corrected
    assert line.weight == pytest.approx(0.8 * 1.5, abs=0.05)


def test_a_line_is_forgotten(dialog: TasteDialog) -> None:
    forget = next(each for each in dialog.findChildren(QToolButton) if each.accessibleName() == "Forget: busy playing")
    QTest.mouseClick(forget, Qt.MouseButton.LeftButton)
    assert "density" not in dialog.bars
    assert "genre: jazz" in dialog.bars


def test_everything_is_exported_and_deleted(
    dialog: TasteDialog, learned: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    button(dialog, "Export…").click()
    assert len(json.loads(file.read_text())["remarks"]) == 16
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    button(dialog, "Delete everything…").click()
    assert learned.taste.journal.path.exists()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    button(dialog, "Delete everything…").click()
    assert not list(learned.taste.journal.path.parent.glob("taste*"))
    assert any(text.startswith("Nothing is learned yet.") for text in said(dialog))


def test_switch_profile_and_surprise_are_settings(dialog: TasteDialog, learned: Session, qtbot: QtBot) -> None:
    dialog.learn.click()
    assert not learned.settings.learn_taste
    assert not learned.taste.learning
    dialog.profile.setCurrentIndex(dialog.profile.findData("genre: rock"))
    assert learned.taste.profile.genre == "rock"
    dialog.exploration.turn(0.6)
    qtbot.waitUntil(lambda: learned.taste.exploration == 0.6, timeout=3_000)
    assert learned.settings.exploration == 0.6


def test_every_trait_has_words_on_both_sides() -> None:
    for trait in TRAITS:
        assert sides(trait.name) == (trait.little, trait.much)
