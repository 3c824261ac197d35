"""Draws how loud a proposal is once it is heard: its audio comes bit by bit, as the player renders it."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer

from cocomposer.studio.project import Answer

from .card_picture import CardPicture
from .session import Session

_LOOK_MS = 1000
"""Between two looks whether all of it has been rendered."""
_COLUMNS = 200


class Waveforms(QObject):
    """Waits for the audio of the proposal that is heard."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: tuple[Answer, CardPicture] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def draw(self, answer: Answer, picture: CardPicture) -> None:
        """Draw the waveform of `answer` into `picture` as soon as it can be; one at a time."""
        if not picture.has_waveform:
            self._wanted = answer, picture
            self._timer.start()

    def _look(self) -> None:
        player = self._session.player
        if self._wanted is None or player is None or self._session.proposals.auditioned != self._wanted[0].id:
            self.forget()
            return
        (answer, picture), (start, end) = self._wanted, self._wanted[1].stretch

        def work(progress: object, cancelled: object) -> tuple[float, ...] | None:
            from cocomposer.sound.playback.waveform import waveform

            return waveform(answer.song, player.rendering.takes, player.sample_rate, start, end, _COLUMNS)

        def show(found: tuple[float, ...] | None) -> None:
            if found is not None and self._wanted == (answer, picture):
                picture.show_waveform(found)
                self.forget()

        self._session.jobs.run(work, show)

    def forget(self) -> None:
        """Wait no longer, as when the picture goes."""
        self._wanted = None
        self._timer.stop()
