"""The views of the window that are still being built: a quiet placeholder until each is there."""

from __future__ import annotations

from importlib import import_module

from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from . import theme
from .session import Session


def _made(module: str, name: str, session: Session, text: str) -> QWidget:
    try:
        made: QWidget = getattr(import_module(module, __package__), name)(session)
    except (ImportError, AttributeError):
        made = _placeholder(text)
    return made


def _placeholder(text: str) -> QFrame:
    frame = QFrame()
    theme.set_kind(frame, "panel")
    label = QLabel(QCoreApplication.translate("Views", text))
    theme.set_kind(label, "muted")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    QVBoxLayout(frame).addWidget(label)
    return frame


def arrangement_view(session: Session) -> QWidget:
    return _made(".arrangement", "ArrangementView", session, "The arrangement")


def chord_lane(session: Session) -> QWidget:
    return _made(".chord_lane", "ChordLane", session, "Chords")


def piano_roll(session: Session) -> QWidget:
    return _made(".piano_roll", "PianoRoll", session, "The piano roll")


def mixer_view(session: Session) -> QWidget:
    return _made(".mixer", "MixerView", session, "The mixer")


def proposals_panel(session: Session) -> QWidget:
    return _made(".proposals", "ProposalsPanel", session, "Proposals")
