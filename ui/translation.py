"""The languages of the window: catalogues in `ui/languages/*.json`, from its English texts to their translations."""

from __future__ import annotations

import json
from pathlib import Path

from PyQt6.QtCore import QLibraryInfo, QLocale, QTranslator
from PyQt6.QtWidgets import QApplication

from . import phrases

FOLDER = Path(__file__).with_name("languages")


def languages() -> dict[str, str]:
    """Codes of the languages there are with their names in themselves: {"en": "English", "de": "Deutsch"}."""
    codes = ["en", *sorted(path.stem for path in FOLDER.glob("*.json"))]
    return {code: QLocale(code).nativeLanguageName().split(" ")[-1].capitalize() for code in codes}


def catalogue(code: str) -> dict[str, str]:
    """The texts of a language; empty for English."""
    path = FOLDER / f"{code}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


class Catalogue(QTranslator):
    """Translates by the English text alone: one text means one thing everywhere in the window."""

    def __init__(self, texts: dict[str, str], parent: QApplication) -> None:
        super().__init__(parent)
        self._texts = texts

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return not self._texts

    def translate(  # type: ignore[override]  # None, the null string of Qt, passes the text on to other catalogues
        self,
        context: str | None,
        sourceText: str | None,  # noqa: N803 - Qt's name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        return self._texts.get(sourceText or "")


def install(app: QApplication, language: str = "") -> str:
    """Translate every text made from now on; "" is the system's language.  Returns the code of the language taken."""
    code = language or QLocale().name().split("_")[0]
    texts = catalogue(code)
    if not texts:
        return "en"
    QLocale.setDefault(QLocale(code))
    phrases.speak(code)
    app.installTranslator(Catalogue(texts, app))
    own = QTranslator(app)
    if own.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(own)  # the buttons of Qt's own dialogs
    return code
