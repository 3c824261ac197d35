"""The look: contrast, colours for the colour-blind, one place for all of it."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from cocomposer.ui import theme
from cocomposer.ui.drawings import FOLDER, icon, pixmap
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor, QIcon
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton

# Severe deficiency of each kind of cone, for linear RGB: Machado, Oliveira and Fernandes 2009, table 1.
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TOLD_APART = 0.06
"""Distance in Oklab at which two patches beside each other are told apart at a glance."""

themes = pytest.mark.parametrize("tokens", theme.THEMES.values(), ids=lambda tokens: tokens.name)


def linear(name: str) -> np.ndarray:
    colour = QColor(name)
    shares = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Björn Ottosson's Oklab of a linear sRGB colour."""
    cones = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                      [0.0883024619, 0.2817188376, 0.6299787005]]) @ rgb  # fmt: skip
    return np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                     [0.0259040371, 0.7827717662, -0.8086757660]]) @ np.cbrt(np.clip(cones, 0, None))  # fmt: skip


def test_contrast_is_that_of_the_guidelines() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@themes
def test_every_text_can_be_read_on_everything_it_stands_on(tokens: theme.Tokens) -> None:
    pairs = [
        (text, below)
        for text in ("text", "muted", "accent", "danger", "warning", "good")
        for below in ("background", "surface", "raised", "hover", "well")
    ]
    pairs += [("text", "pressed"), ("on_accent", "fill")]
    poor = {pair: theme.contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) for pair in pairs}
    assert {pair: value for pair, value in poor.items() if value < 4.5} == {}


@themes
def test_notes_and_focus_stand_out(tokens: theme.Tokens) -> None:
    """What is no text needs 3 to 1 (WCAG 2.2, 1.4.11)."""
    for colour in (*tokens.roles.values(), tokens.focus, tokens.playhead):
        assert theme.contrast(colour, tokens.well) >= 3
        assert theme.contrast(colour, tokens.surface) >= 3


@themes
@pytest.mark.parametrize("kind", ["", *BLIND])
def test_roles_are_told_apart_whatever_one_sees(tokens: theme.Tokens, kind: str) -> None:
    seen = {
        role: oklab(np.clip(np.array(BLIND[kind]) @ linear(name), 0, 1) if kind else linear(name))
        for role, name in tokens.roles.items()
    }
    near = {
        (str(one), str(other)): round(float(np.linalg.norm(seen[one] - seen[other])), 3)
        for one, other in combinations(seen, 2)
        if np.linalg.norm(seen[one] - seen[other]) < TOLD_APART
    }
    assert near == {}


def test_a_theme_dresses_what_is_there_already(qapp: QApplication) -> None:
    button = QPushButton("Propose")
    theme.set_kind(button, "primary")
    button.resize(120, 40)
    seen = {}
    for name, tokens in theme.THEMES.items():
        theme.apply(qapp, name)
        seen[name] = button.grab().toImage().pixelColor(60, 4).name().upper()
        assert seen[name] == tokens.fill
    theme.apply(qapp)
    assert len(set(seen.values())) == 2  # dark and light share the amber


def test_an_unknown_theme_is_the_dark_one(qapp: QApplication) -> None:
    theme.apply(qapp, "no such theme")
    assert theme.tokens() is theme.DARK


def test_a_kind_is_taken_on_after_showing(qapp: QApplication) -> None:
    label = QLabel("A")
    before = label.palette().windowText().color().name()
    theme.set_kind(label, "muted")
    label.ensurePolished()
    assert label.palette().windowText().color().name().upper() == theme.DARK.muted != before.upper()


def test_every_icon_is_drawn_in_the_colour_asked_for(qapp: QApplication) -> None:
    names = [path.stem for path in FOLDER.glob("*.svg") if "currentColor" in path.read_text()]
    assert len(names) > 40
    for name in names:
        image = pixmap(name, "#F2A541", 32).toImage()
        opaque = [image.pixelColor(x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255]
        assert opaque, name
        assert {colour.name().upper() for colour in opaque} == {"#F2A541"}, name


def test_no_view_names_a_colour_of_its_own() -> None:
    """Colours live in theme.py alone, or a theme would miss some."""
    folder = Path(theme.__file__).parent
    named = [
        f"{path.name}: {line.strip()}"
        for path in folder.rglob("*.py")
        if path.name != "theme.py"
        for line in path.read_text().splitlines()
        if re.search(r"[\"']#[0-9A-Fa-f]{6}[\"']|GlobalColor\.(?!transparent)", line)
    ]
    assert named == []


def test_icons_follow_the_theme(qapp: QApplication) -> None:
    def ink(mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> str:
        image = drawn.pixmap(QSize(16, 16), mode, state).toImage()
        points = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        return max(points, key=lambda each: each.alpha()).name().upper()

    drawn = QIcon(icon("stop"))  # a copy shares the engine
    try:
        for tokens in theme.THEMES.values():
            theme.apply(qapp, tokens.name)
            assert ink() == tokens.text
            assert ink(state=QIcon.State.On) == tokens.accent
            assert ink(mode=QIcon.Mode.Disabled) == tokens.border
            drawn = icon("stop", "danger")
            assert ink() == tokens.danger
            drawn = icon("stop")
    finally:
        theme.apply(qapp, "dark")
