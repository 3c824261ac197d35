"""Who wrote what, in the window: a colour for each kind of author, and the shares of parts and sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape

from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from cocomposer.music import Author, Note, Origin, Role, Song
from cocomposer.music.shares import origins, percent

from . import theme

KINDS = 6
"""The artist, the four of `music.Author`, and what was theirs and the artist has changed since."""
_EDITED = KINDS - 1
_PLACES: Mapping[Author, int] = {author: place for place, author in enumerate(Author, 1)}
_HUES = (Role.MELODY, Role.BASS, Role.PAD, Role.KEYS, Role.OTHER, Role.GUITAR)
"""Roles whose colours the kinds have: those can be told apart by the colour-blind."""


def kind_of(origin: Origin | None) -> int:
    """Which kind, 0..KINDS-1, an author is of."""
    if origin is None:
        return 0
    return _EDITED if origin.edited else _PLACES[origin.author]


def author_colour(kind: int) -> QColor:
    return theme.role_colour(_HUES[kind])


def author_name(kind: int) -> str:
    """What a kind of author is called, in the language of the window."""
    translate = QCoreApplication.translate
    return (
        translate("Authors", "You"),
        translate("Authors", "Model"),
        translate("Authors", "Style"),
        translate("Authors", "Imported"),
        translate("Authors", "Unknown"),
        translate("Authors", "Edited by you"),
    )[kind]


def legend(kinds: Iterable[int]) -> str:
    """The colours and whose they are, as rich text."""
    return " &nbsp; ".join(
        f'<span style="color:{author_colour(kind).name()}">■</span> {escape(author_name(kind))}' for kind in kinds
    )


class SharesDialog(QDialog):
    """How much of the song, of each part and of each section is by whom."""

    def __init__(self, song: Song, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Who wrote what"))
        self.resize(640, 480)
        self.text = QLabel(self._table(song))
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setWordWrap(True)
        self.text.setAccessibleName(self.tr("Who wrote what"))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.text)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addWidget(area, 1)
        column.addWidget(buttons)

    def _table(self, song: Song) -> str:
        notes = [note for part in song.parts for note in part.notes]
        ends = [section.tick for section in song.sections[1:]] + [song.length]
        rows = [self._row(f"<b>{self.tr('Whole song')}</b>", notes)]
        rows += [self._row(escape(part.name), part.notes) for part in song.parts]
        rows += [
            self._row(f"<i>{escape(section.name)}</i>", (note for note in notes if section.tick <= note.start < end))
            for section, end in zip(song.sections, ends, strict=False)
        ]
        heads = (f"<th>{escape(author_name(kind))}</th>" for kind in range(KINDS))
        head = f"<tr><th></th>{''.join(heads)}</tr>"
        others = "".join(f"<li>{escape(str(origin))}</li>" for origin in origins(song))
        told = self.tr("Notes by author; those edited by you were somebody else's before you changed them.")
        return f'<table cellpadding="4">{head}{"".join(rows)}</table><p>{told}</p><ul>{others}</ul>'

    def _row(self, name: str, notes: Iterable[Note]) -> str:
        counts = Counter(kind_of(note.origin) for note in notes)
        cells = (
            f'<td align="right">{escape(percent(counts[kind], counts.total()))}</td>' if counts[kind] else "<td></td>"
            for kind in range(KINDS)
        )
        return f"<tr><td>{name}</td>{''.join(cells)}</tr>"
