"""What is known of the entry that is chosen: words about it, whose it is, its tags, its stars, what to do with it."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from cocomposer.studio.catalogue import Entry

from .. import theme
from ..drawings import icon

STARS = 5


class Rating(QWidget):
    """Five stars; a click on the last lit one takes all of them away."""

    rated = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.rating = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.stars: list[QToolButton] = []
        for number in range(1, STARS + 1):
            star = QToolButton()
            star.setIconSize(QSize(12, 12))
            star.setAutoRaise(True)
            star.setFixedSize(20, 20)
            star.setAccessibleName(self.tr("{count} stars").format(count=number))
            star.setToolTip(star.accessibleName())
            theme.keyboard_only_focus(star)
            star.clicked.connect(lambda _, number=number: self.rated.emit(0 if number == self.rating else number))
            row.addWidget(star)
            self.stars.append(star)
        self.show_rating(0)

    def show_rating(self, rating: int) -> None:
        self.rating = rating
        for number, star in enumerate(self.stars, 1):
            star.setIcon(icon("star-on", "accent") if number <= rating else icon("star", "muted"))


class Details(QFrame):
    """Below the list; `show_entry` tells about one, or gives a hint where none is chosen."""

    rated = pyqtSignal(int)
    tag_chosen = pyqtSignal(str)
    share_asked = pyqtSignal()
    remove_asked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.about = QLabel()
        theme.set_kind(self.about, "small")
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setMinimumHeight(32)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.whose = QLabel()
        self.whose.setTextFormat(Qt.TextFormat.PlainText)
        self.tags = QLabel()
        self.tags.setAccessibleName(self.tr("Tags"))
        self.tags.linkActivated.connect(self.tag_chosen)
        for label in (self.whose, self.tags):
            theme.set_kind(label, "small")
            label.setWordWrap(True)
        self.rating = Rating()
        self.rating.rated.connect(self.rated)
        self.share = QPushButton(self.tr("Share…"))
        self.share.clicked.connect(self.share_asked)
        self.remove = QToolButton()
        self.remove.setIcon(icon("trash"))
        self.remove.setToolTip(self.tr("Remove this preset of yours"))
        self.remove.setAccessibleName(self.remove.toolTip())
        self.remove.clicked.connect(self.remove_asked)
        self.row = QWidget()
        row = QHBoxLayout(self.row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.rating)
        row.addStretch(1)
        row.addWidget(self.remove)
        row.addWidget(self.share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.about, self.whose, self.tags, self.row):
            column.addWidget(widget)

    def show_entry(self, entry: Entry | None, hint: str) -> None:
        preset = entry.preset if entry is not None else None
        self.about.setText(entry.detail if entry is not None else hint)
        self.about.setToolTip(hint)
        for widget in (self.whose, self.tags, self.row):
            widget.setVisible(preset is not None)
        if preset is None:
            return
        who = self.tr("By {author}").format(author=preset.author) if preset.author else ""
        self.whose.setText("  ·  ".join(word for word in (who, preset.licence) if word))
        self.whose.setVisible(bool(self.whose.text()))
        colour = theme.tokens().accent
        links = (f'<a style="color:{colour}" href="{escape(tag)}">{escape(tag)}</a>' for tag in preset.tags[:12])
        self.tags.setText(" &nbsp;".join(links))
        self.tags.setVisible(bool(preset.tags))
        self.rating.show_rating(preset.rating)
        self.remove.setVisible(preset.place == "mine")
