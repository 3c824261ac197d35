"""The second language is complete, and the window speaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cocomposer.ui import translation
from cocomposer.ui.actions import MENUS, TABLE, translated
from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QApplication

FOLDER = Path(translation.__file__).parent
CODES = [path.stem for path in translation.FOLDER.glob("*.json")]
ARGUMENT = {"tr": 0, "translated": 0, "translate": 1, "QT_TRANSLATE_NOOP": 1, "_": 1}
"""Which argument of a call is the text, by the name of what is called."""


def texts() -> Iterator[str]:
    """Every text of the window that is to be translated, as it stands in the source."""
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                place = ARGUMENT.get(name, len(node.args))
                for part in ast.walk(node.args[place]) if place < len(node.args) else ():
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value
    yield from MENUS


def test_german_is_there() -> None:
    assert "de" in CODES
    assert translation.languages()["de"] == "Deutsch"
    assert translation.languages()["en"] == "English"


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_translated(code: str) -> None:
    there = translation.catalogue(code)
    wanted = set(texts())
    assert len(wanted) > 200
    assert sorted(wanted - set(there)) == []
    assert sorted(set(there) - wanted) == [], "no longer in the window"


@pytest.mark.parametrize("code", CODES)
def test_a_translation_fills_in_the_same_things(code: str) -> None:
    for text, other in translation.catalogue(code).items():
        assert other.strip(), text
        assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", other)), text


def test_german_says_du_and_preset() -> None:
    formal = re.compile(r"(?<=[^.:!?] )Sie\b|\b(Ihr|Ihre[mnrs]?|Ihnen)\b|Voreinstellung")
    assert [text for text in translation.catalogue("de").values() if formal.search(text)] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("menu", MENUS)
def test_letters_of_a_menu_are_its_own(code: str, menu: str) -> None:
    there = translation.catalogue(code)
    letters = [
        text[text.index("&") + 1].casefold() for text in (there[each.text] for each in TABLE if each.menu == menu)
    ]
    assert sorted(letters) == sorted(set(letters))


def test_the_window_speaks_the_language(qapp: QApplication) -> None:
    catalogue = translation.Catalogue(translation.catalogue("de"), qapp)
    QCoreApplication.installTranslator(catalogue)
    try:
        assert translated("&Play or pause") == "&Abspielen oder anhalten"
        assert translated("no text of the window") == "no text of the window"
    finally:
        QCoreApplication.removeTranslator(catalogue)
    assert translated("&Play or pause") == "&Play or pause"
