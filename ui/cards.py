"""One proposal as a card: what it looks like, why it is so, how new it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.composer.part_names import listed
from cocomposer.music import Song
from cocomposer.studio.keeping import written_parts
from cocomposer.studio.project import Answer, Generation

from . import theme
from .card_picture import CardPicture
from .drawings import icon
from .keep_menu import KeepMenu
from .phrases import said

SHOWN_REASONS = 2
_ICON = 16


def new_words(answer: Answer) -> str:
    """How new it is: "62 % new"; "" where that was not measured."""
    share = answer.features.get("new")
    words = QCoreApplication.translate("Card", "{share} % new")
    return "" if share is None else words.format(share=round(100 * share))


def kept_words(before: Song, after: Song) -> str:
    """What it leaves as it was: the names of the parts whose notes are all the same."""
    written = written_parts(before, after)
    return listed(part.name for index, part in enumerate(after.parts) if part.notes and index not in written)


class Card(QFrame):
    """An answer, or a draft on its way to one.  The signals say which button was pressed; the panel does it."""

    audition_asked = pyqtSignal()
    keep_asked = pyqtSignal(object, object)
    """Which parts (indices in the answer) and which bars (first, last); None for all."""
    more_asked = pyqtSignal()
    less_asked = pyqtSignal()
    reject_asked = pyqtSignal()
    pin_asked = pyqtSignal()
    drag_asked = pyqtSignal()
    step_asked = pyqtSignal(int)
    """To the card before (-1) or behind (1)."""

    def __init__(self, number: int, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number, self.generation = number, generation
        self.answer: Answer | None = None
        self.region_bars: tuple[int, int] | None = None
        self._menu: KeepMenu | None = None
        self._all_reasons, self._pressed = False, QPoint()
        theme.set_kind(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._build()
        self._show_waiting()

    # --- What it shows ----------------------------------------------------------------------------------------------

    def show_draft(self, song: Song, bars: int, wanted: int) -> None:
        """A proposal that is being written: `bars` of `wanted` are there."""
        self._picture_of(song)
        self._title.setText(self.tr("Writing…"))
        self._facts.setText(self.tr("{bars} of {wanted} bars").format(bars=bars, wanted=wanted))

    def show_answer(self, answer: Answer) -> None:
        """A proposal that is done, with what the artist thinks of it."""
        if answer is self.answer:
            return
        first = self.answer is None or self.answer.id != answer.id
        self.answer = answer
        if first:
            self._picture_of(answer.song)
            self._title.setText(said(answer.title or answer.style) or self.tr("Proposal"))
            self._facts.setText(self._fact_words(answer))
            self._facts.setToolTip(self.tr("Seed {seed}").format(seed=answer.seed))
            self._show_reasons()
        self._pin.setChecked(answer.pinned)
        self._pin.setIcon(icon("pinned" if answer.pinned else "pin"))
        self._verdict.setText({"kept": self.tr("kept"), "rejected": self.tr("rejected")}.get(answer.verdict, ""))
        self._verdict.setVisible(bool(answer.verdict))
        theme.set_kind(self._verdict, "verdict" if answer.verdict == "kept" else "small")
        self.picture.set_faded(answer.verdict == "rejected")
        for widget in self._when_done:
            widget.setVisible(True)
        self.setAccessibleName(
            self.tr("Proposal {number}: {title}").format(number=self.number, title=self._title.text())
        )
        self.setAccessibleDescription(" ".join((self._facts.text() + ".", *map(said, answer.reasons))))

    def show_auditioned(self, on: bool) -> None:
        """Mark the card whose music is heard in place of the song."""
        self._audition.setChecked(on)
        self._audition.setIcon(icon("stop" if on else "play", "on_accent" if on else ""))
        theme.set_kind(self, "card-heard" if on else "card")

    def _fact_words(self, answer: Answer) -> str:
        sketch = self.generation.sketch
        written = len(written_parts(sketch, answer.song))
        kept = kept_words(sketch, answer.song)
        by = {"style": self.tr("style composer"), "model": self.tr("neural model")}.get(
            answer.composer, answer.composer
        )
        facts = (
            new_words(answer),
            self.tr("1 part written") if written == 1 else self.tr("{count} parts written").format(count=written),
            self.tr("keeps {parts}").format(parts=kept) if kept else "",
            f"{by} {answer.model}".strip(),
        )
        return "  ·  ".join(fact for fact in facts if fact)

    def _picture_of(self, song: Song) -> None:
        """Show what was asked about, and what was added behind the song's end."""
        asked, sketch = self.generation.asked, self.generation.sketch
        end = max(asked.end, song.length) if asked.end >= sketch.length else asked.end
        kept = frozenset(range(len(song.parts))) - frozenset(written_parts(sketch, song))
        self.picture.show_song(song, asked.start, end, kept)

    def _show_reasons(self) -> None:
        reasons = self.answer.reasons if self.answer is not None else ()
        shown = reasons if self._all_reasons else reasons[:SHOWN_REASONS]
        self._reasons.setText("\n".join(map(said, shown)))
        self._reasons.setVisible(bool(shown))
        self._expand.setVisible(len(reasons) > SHOWN_REASONS)
        left = len(reasons) - SHOWN_REASONS
        more = self.tr("1 more reason") if left == 1 else self.tr("{count} more reasons").format(count=left)
        self._expand.setText(self.tr("Fewer reasons") if self._all_reasons else more)

    def _show_waiting(self) -> None:
        self._title.setText(self.tr("Waiting…"))
        for widget in self._when_done:
            widget.setVisible(False)

    # --- What can be done with it -----------------------------------------------------------------------------------

    def keep_menu(self) -> KeepMenu | None:
        """The parts and bars that can be kept alone; None while there is no answer."""
        if self.answer is None:
            return None
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = KeepMenu(self.generation, self.answer, self.region_bars, self)
        self._menu.chosen.connect(self.keep_asked)
        return self._menu

    def event(self, event: QEvent | None) -> bool:
        """The keys of a card are not shortcuts of the window while it has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._meant(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        does = self._meant(event) if event is not None else None
        if does is None:
            super().keyPressEvent(event)
        else:
            does()

    def _meant(self, event: QKeyEvent) -> Callable[[], None] | None:
        if self.answer is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Space: self.audition_asked.emit, Qt.Key.Key_Return: self._keep_all, Qt.Key.Key_K: self._keep_all,
            Qt.Key.Key_S: self._open_parts, Qt.Key.Key_M: self.more_asked.emit, Qt.Key.Key_L: self.less_asked.emit,
            Qt.Key.Key_Delete: self.reject_asked.emit, Qt.Key.Key_P: self.pin_asked.emit,
            Qt.Key.Key_R: self._toggle_reasons,
            Qt.Key.Key_Right: partial(self.step_asked.emit, 1), Qt.Key.Key_Down: partial(self.step_asked.emit, 1),
            Qt.Key.Key_Left: partial(self.step_asked.emit, -1), Qt.Key.Key_Up: partial(self.step_asked.emit, -1),
        }  # fmt: skip
        return keys.get(Qt.Key(event.key()))

    def _hear(self) -> None:
        """Hear it, and listen to the keys: Space goes back and forth, 1 to 4 to the others, K keeps."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.audition_asked.emit()

    def _keep_all(self) -> None:
        self.keep_asked.emit(None, None)

    def _open_parts(self) -> None:
        menu = self.keep_menu()
        if menu is not None:
            menu.popup(self._some.mapToGlobal(QPoint(0, self._some.height())))

    def _toggle_reasons(self) -> None:
        self._all_reasons = not self._all_reasons
        self._show_reasons()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or self.answer is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self.drag_asked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:  # noqa: N802
        menu = self.keep_menu() if event is not None else None
        if event is not None and menu is not None:
            menu.popup(event.globalPos())

    # --- How it is built --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        grid = theme.GRID
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * grid, 2 * grid, 3 * grid, 2 * grid)
        column.setSpacing(grid)
        head = QHBoxLayout()
        head.setSpacing(2 * grid)
        digit = QLabel(str(self.number))
        theme.set_kind(digit, "badge")
        digit.setFixedSize(20, 20)
        digit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel()
        self._title.setFont(theme.font(bold=True))
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._verdict = self._label("verdict")
        self._verdict.hide()
        self._pin = self._button("pin", self.tr("Pin: keep it in sight"), "P", self.pin_asked.emit)
        self._pin.setCheckable(True)
        for widget in (digit, self._title, self._verdict, self._pin):
            head.addWidget(widget, 1 if widget is self._title else 0)
        self.picture = CardPicture()
        self._facts, self._reasons = self._label("small"), self._label("reasons")
        for words in (self._facts, self._reasons):
            words.setWordWrap(True)
        self._expand = QToolButton()
        theme.set_kind(self._expand, "link")
        self._expand.clicked.connect(self._toggle_reasons)
        column.addLayout(head)
        for shown in (self.picture, self._reasons, self._expand, self._facts):
            column.addWidget(shown)
        column.addStretch()
        column.addLayout(self._build_buttons())
        self._when_done = (
            self._pin, self._reasons, self._expand, self._audition, self._keep, self._some, self._more,
            self._less, self._reject,
        )  # fmt: skip

    def _build_buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        keys = self.tr("Space or {number}").format(number=self.number)
        self._audition = self._button("play", self.tr("Hear it in place of the song"), keys, self._hear)
        self._audition.setCheckable(True)
        theme.set_kind(self._audition, "toggle")
        self._keep = self._button("tick", self.tr("Keep all of it"), "K", self._keep_all)
        self._keep.setText(self.tr("Keep"))
        self._keep.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.set_kind(self._keep, "chip")
        self._some = self._button("keep-some", self.tr("Keep some parts or bars"), "S", self._open_parts)
        self._more = self._button("more-like", self.tr("More like this"), "M", self.more_asked.emit)
        self._less = self._button("less-like", self.tr("Less like this"), "L", self.less_asked.emit)
        self._reject = self._button("reject", self.tr("Reject: put it aside"), "Del", self.reject_asked.emit)
        for widget in (self._audition, self._keep, self._some):
            line.addWidget(widget)
        line.addStretch()
        for widget in (self._more, self._less, self._reject):
            line.addWidget(widget)
        return line

    def _button(self, drawing: str, text: str, key: str, does: Callable[[], None]) -> QToolButton:
        made = QToolButton()
        made.setIcon(icon(drawing))
        made.setIconSize(QSize(_ICON, _ICON))
        made.setToolTip(f"{text}  ({key})")
        made.setAccessibleName(text)
        made.clicked.connect(lambda: does())
        return made

    @staticmethod
    def _label(kind: str) -> QLabel:
        made = QLabel()
        theme.set_kind(made, kind)
        return made
