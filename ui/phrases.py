"""What composers, styles and keys are called and say, in the language of the window.

They speak English, in sentences of fixed forms with names and figures in their gaps; `ui/languages/phrases/*.json`
gives these forms in other languages.  A sentence is known again by its form, and so is what stands in each gap, so the
rooms below need not know that there are languages, and what an old project says is translated as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).with_name("languages") / "phrases"
OWN = frozenset({"title", "name", "form"})
"""Gaps in which the artist's own words stand: these are left as they are."""
LIST = "first"
"""A form with this gap is a list ("{first} and {last}"): it is looked for in the gaps of other forms alone."""
LONGEST = 1_000
"""Characters; what is longer comes from no composer of ours and is left as it is."""
_GAP = re.compile(r"{(\w+)}")


class PhraseBook:
    """Forms such as "It grows: {entries}." with what they are in another language."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        self._whole = {form: other for form, other in forms.items() if not _GAP.search(form)}
        gapped = [(form, other) for form, other in forms.items() if _GAP.search(form)]
        gapped.sort(key=lambda pair: -len(_GAP.sub("", pair[0])))  # the most said is the most certain
        self._forms = [(_pattern(form), other) for form, other in gapped if f"{{{LIST}}}" not in form]
        self._lists = [(_pattern(form), other) for form, other in gapped if f"{{{LIST}}}" in form]
        self._told: dict[str, str] = {}

    def knows(self, text: str) -> bool:
        """Whether a sentence has a form that is in the book."""
        return text in self._whole or any(form.fullmatch(text) for form, _ in self._forms)

    def told(self, text: str) -> str:
        """`text` in the other language; as it is where its form is not known."""
        if text not in self._told:
            self._told[text] = self._translate(text) if len(text) <= LONGEST else text
        return self._told[text]

    def _translate(self, text: str, inside: bool = False) -> str:
        if text in self._whole:
            return self._whole[text]
        for form, other in (*self._forms, *self._lists) if inside else self._forms:
            found = form.fullmatch(text)
            if found is not None:
                gaps = found.groupdict().items()
                return other.format(**{gap: text if gap in OWN else self._translate(text, True) for gap, text in gaps})
        return text


def _pattern(form: str) -> re.Pattern[str]:
    pieces = _GAP.split(form)  # text and names of gaps by turns
    return re.compile("".join(f"(?P<{piece}>.+?)" if odd % 2 else re.escape(piece) for odd, piece in enumerate(pieces)))


_book = PhraseBook({})


def book(code: str) -> PhraseBook:
    """The phrases of a language; none for English."""
    path = FOLDER / f"{code}.json"
    return PhraseBook(json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})


def speak(code: str) -> None:
    """From now on `said` speaks that language."""
    global _book
    _book = book(code)


def said(text: str) -> str:
    """What a composer or a style says, in the language of the window."""
    return _book.told(text)
