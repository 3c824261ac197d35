"""The field in which a chord is typed in its place, with what is wrong said right under it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QLabel, QLineEdit, QWidget

from cocomposer.errors import MusicError
from cocomposer.music import Chord
from cocomposer.music.chord_symbols import MAX_SYMBOL_LENGTH, parse_chord, parse_roman
from cocomposer.music.key import Key

from .theme import colour

LEAST_WIDTH, COMPLAINT_WIDTH = 84, 320


class ChordEditor(QLineEdit):
    """Reads a chord symbol, or a roman numeral in the key.

    Enter takes it and goes on (`taken` with the chord and +1), Tab the same, Shift+Tab back; Escape gives up.  An empty
    field takes the chord away (`taken` with None).
    """

    taken = pyqtSignal(object, int)
    given_up = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.key: Key | None = None
        self.complaint = QLabel(parent.window(), Qt.WindowType.ToolTip)
        self.complaint.setWordWrap(True)
        self.complaint.setFixedWidth(COMPLAINT_WIDTH)
        self.setMaxLength(MAX_SYMBOL_LENGTH)
        self.setAccessibleName(self.tr("Chord"))
        self.setPlaceholderText("Am7")
        self.hide()
        self.complaint.hide()
        self.textEdited.connect(lambda _: self._complain(""))

    def begin(self, place: QRect, text: str, key: Key | None, *, select: bool = True) -> None:
        """Open over `place` with `text` in it."""
        self.key = key
        self._complain("")
        self.setGeometry(place.adjusted(0, 0, max(0, LEAST_WIDTH - place.width()), 0))
        self.setText(text)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if select:
            self.selectAll()

    def read(self) -> Chord | None:
        """The chord in the field, None for an empty one.  Raises MusicError for what is neither chord nor numeral."""
        text = self.text().strip()
        if not text:
            return None
        try:
            return parse_chord(text)
        except MusicError:
            if self.key is None or text[0] not in "iIvVb#♭♯":
                raise
            return parse_roman(text, self.key)

    def finish(self, onward: int = 0) -> bool:
        """Take what is typed; where it is no chord, say so under the field and stay."""
        try:
            chord = self.read()
        except MusicError as error:
            self._complain(str(error))
            return False
        self._close()
        self.taken.emit(chord, onward)
        return True

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.finish(1)
            case Qt.Key.Key_Escape:
                self._close()
                self.given_up.emit()
            case _:
                super().keyPressEvent(event)

    def event(self, event: QEvent | None) -> bool:
        """Tab goes on to the next chord rather than out of the lane."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            onward = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            if onward is not None:
                self.finish(onward)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        super().focusOutEvent(event)
        left = event is not None and event.reason() != Qt.FocusReason.PopupFocusReason
        if left and self.isVisible() and not self.finish():
            self._close()
            self.given_up.emit()

    def _close(self) -> None:
        self._complain("")
        self.hide()

    def _complain(self, sentence: str) -> None:
        self.complaint.setVisible(bool(sentence))
        if sentence:
            ground, ink = colour("raised").name(), colour("danger").name()
            self.complaint.setStyleSheet(
                f"background: {ground}; color: {ink}; border: 1px solid {ink}; padding: 6px 8px;"
            )
            self.complaint.setText(sentence)
            self.complaint.adjustSize()
            self.complaint.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self.setAccessibleDescription(sentence)
