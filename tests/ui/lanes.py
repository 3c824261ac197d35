"""What the tests of the lanes share: a session with a band, who listens and who is asked, and a hand for the mouse."""

from __future__ import annotations

from types import SimpleNamespace

from cocomposer.ui.session import Session
from cocomposer.ui.timeline import Timeline, shared_timeline
from PyQt6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QWidget

from cocomposer.composer.request import Request
from cocomposer.music import Song
from cocomposer.studio.document import Document
from cocomposer.studio.project import Project

LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier


class Listener:
    """A player that writes down what it is told, where tests have no sound."""

    def __init__(self) -> None:
        self.struck: list[tuple[int, int]] = []
        self.let_go: list[tuple[int, int]] = []
        self.position = 0
        self.playing = False
        self.loop: tuple[int, int] | None = None

    def note_on(self, part: int, pitch: int, velocity: int) -> None:
        self.struck.append((part, pitch))

    def note_off(self, part: int, pitch: int) -> None:
        self.let_go.append((part, pitch))

    def set_song(self, song: Song) -> None: ...
    def compare(self, song: Song | None) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...

    def seek(self, tick: int) -> None:
        self.position = tick


class Asked:
    """A composer that writes down what it is asked and stays silent."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def propose(self, request: Request, composer: str, **_: object) -> SimpleNamespace:
        self.requests.append(request)
        return SimpleNamespace(cancel=lambda: None)

    def close(self) -> None: ...


def session_of(song: Song) -> Session:
    """A session that plays to a Listener and asks an Asked."""
    session = Session(Document(Project(song)), composing=Asked())  # type: ignore[arg-type]
    session.player = Listener()
    return session


def timeline_of(session: Session, bars: int = 8) -> Timeline:
    """The session's timeline, fitted to the first bars."""
    timeline = shared_timeline(session)
    timeline.fit(0, session.song.meters.bar_start(bars))
    return timeline


def mouse(widget: QWidget, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.KeyboardModifier) -> None:
    """One event of the mouse, sent as the window system would."""
    pressed = NO_BUTTON if kind is QEvent.Type.MouseButtonRelease else button
    which = NO_BUTTON if kind is QEvent.Type.MouseMove else button
    where = QPointF(widget.mapToGlobal(at.toPoint()))
    QApplication.sendEvent(widget, QMouseEvent(kind, at, where, which, pressed, held))


def drag(
    widget: QWidget, *points: tuple[float, float], held: Qt.KeyboardModifier = PLAIN, release: bool = True
) -> None:
    """Press at the first point, go along the others, let go at the last."""
    first, *others = (QPointF(x, y) for x, y in points)
    mouse(widget, QEvent.Type.MouseButtonPress, first, LEFT, held)
    for point in others:
        mouse(widget, QEvent.Type.MouseMove, point, LEFT, held)
    if release:
        mouse(widget, QEvent.Type.MouseButtonRelease, others[-1] if others else first, LEFT, held)


def click(widget: QWidget, x: float, y: float, held: Qt.KeyboardModifier = PLAIN) -> None:
    drag(widget, (x, y), held=held)


def drop(widget: QWidget, at: QPoint, data: QMimeData) -> bool:
    """Drag `data` over a widget and let it go there; False where it is not taken."""
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    enter = QDragEnterEvent(at, actions, data, LEFT, PLAIN)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), actions, data, LEFT, PLAIN))
    return True
