"""Where we are, how fast, in which metre and key: the field in the middle of the transport."""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.music.time import Meter
from cocomposer.studio import editing

from . import theme
from .key_names import key_name, key_named, key_names
from .session import Session
from .value_fields import DragNumber, TextChoice

METERS = ("2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "9/8", "12/8")
TAP_PAUSE = 2.0
"""Seconds without a tap after which the next one begins anew."""


def position_text(song: Song, tick: int) -> str:
    """Where `tick` is as bar, beat and tick of the beat, the first two counted from 1: "12.3.240"."""
    bar = song.meters.bar_at(tick)
    meter = song.meters.meter_at(tick)
    inside = tick - song.meters.bar_start(bar)
    beat = sum(1 for start in meter.beat_starts if start <= inside)
    return f"{bar + 1}.{beat}.{inside - meter.beat_starts[beat - 1]:03d}"


def time_text(seconds: float) -> str:
    """Minutes, seconds and tenths: "1:07.4"."""
    minutes, rest = divmod(int(seconds * 10), 600)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"


class TapTempo:
    """Quarter notes a minute from the times of taps, in seconds."""

    def __init__(self) -> None:
        self._taps: list[float] = []

    def tap(self, now: float) -> float | None:
        """The tempo of the last eight taps, None while there is but one."""
        if self._taps and now - self._taps[-1] > TAP_PAUSE:
            self._taps.clear()
        self._taps = [*self._taps[-7:], now]
        if len(self._taps) < 2:
            return None
        return 60.0 * (len(self._taps) - 1) / (self._taps[-1] - self._taps[0])


class SongDisplay(QFrame):
    """Position, tempo, metre and key in one quiet field, each with its name under it."""

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._session, self._clock, self._taps = session, clock, TapTempo()
        self.position = QLabel("1.1.000")
        self.time = QLabel("0:00.0")
        self.tempo = DragNumber()
        self.meter = TextChoice(METERS)
        self.key = TextChoice(key_names())
        self._build()
        session.changed.connect(lambda change: self._show_song())
        session.document_changed.connect(self._open)
        session.playhead.connect(self._show_position)
        self._open()

    def _build(self) -> None:
        theme.set_kind(self, "group")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 2)
        row.setSpacing(12)
        for label, name, below, width in (
            (self.position, self.tr("Position in bars, beats and ticks"), self.tr("BAR"), 84),
            (self.time, self.tr("Position in minutes and seconds"), self.tr("TIME"), 64),
        ):
            theme.set_kind(label, "digits")
            label.setFont(theme.font(theme.LARGE, bold=True, digits=True))
            label.setAccessibleName(name)
            label.setToolTip(name)
            label.setFixedWidth(width)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row.addWidget(_named(label, below), 0, Qt.AlignmentFlag.AlignVCenter)
        self.tempo.setRange(20, 400)
        self.tempo.setDecimals(1)
        self.tempo.setAccessibleName(self.tr("Tempo in quarter notes a minute"))
        self.tempo.setToolTip(self.tr("Tempo: drag up or down, or double-click and type. Ctrl+T taps it."))
        self.tempo.valueChanged.connect(self._set_tempo)
        self.meter.setAccessibleName(self.tr("Metre"))
        self.meter.entered.connect(self._set_meter)
        self.key.setAccessibleName(self.tr("Key"))
        self.key.setToolTip(self.tr("Key: choose one, or type one such as F# minor or D dorian"))
        self.key.entered.connect(self._set_key)
        for widget, name, width in (
            (self.tempo, self.tr("BPM"), 68),
            (self.meter, self.tr("METRE"), 76),
            (self.key, self.tr("KEY"), 128),
        ):
            widget.setFixedWidth(width)
            widget.setToolTip(widget.toolTip() or widget.accessibleName())
            theme.set_kind(widget, "inline")
            row.addWidget(_named(widget, name), 0, Qt.AlignmentFlag.AlignVCenter)

    def tap(self) -> None:
        """Take this moment as a beat."""
        bpm = self._taps.tap(self._clock())
        if bpm is not None:
            self.tempo.setValue(round(bpm, 1))

    def _set_tempo(self, bpm: float) -> None:
        song = self._session.song
        if abs(song.tempos.changes[0].bpm - bpm) >= 0.05:
            merge = "tempo" if self.tempo.dragging else ""
            self._edit(self.tr("Set tempo"), lambda: editing.set_tempo(song, 0, bpm), merge)

    def _set_meter(self, text: str) -> None:
        def changed() -> Song:
            parts = text.split("/")
            if len(parts) != 2 or not all(each.strip().isdecimal() for each in parts):
                raise CocomposerError(self.tr("{text} is not a metre: write it like 4/4 or 6/8.").format(text=text))
            return editing.set_meter(self._session.song, 0, Meter(int(parts[0]), int(parts[1])))

        if not self._edit(self.tr("Set metre"), changed):
            self.meter.restore()

    def _set_key(self, text: str) -> None:
        if not self._edit(self.tr("Set key"), lambda: editing.set_key(self._session.song, 0, key_named(text))):
            self.key.restore()

    def _edit(self, label: str, change: Callable[[], Song], merge: str = "") -> bool:
        try:
            self._session.edit(label, change(), merge)
        except CocomposerError as error:
            self._session.problem.emit(str(error))
            return False
        return True

    def _open(self) -> None:
        self._show_song()
        self._show_position(0)

    def _show_song(self) -> None:
        song = self._session.song
        self.tempo.blockSignals(True)
        self.tempo.setValue(song.tempos.changes[0].bpm)
        self.tempo.blockSignals(False)
        self.meter.show_text(str(song.meters.changes[0].meter))
        key = song.key_at(0)
        self.key.show_text(key_name(key) if key else "–")
        self._show_position(self._session.position)

    def _show_position(self, tick: int) -> None:
        song = self._session.song
        self.position.setText(position_text(song, tick))
        self.time.setText(time_text(song.tempos.seconds_at(tick)))


def _named(widget: QWidget, name: str) -> QWidget:
    """A widget with its name in small letters under it."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    label = QLabel(name)
    theme.set_kind(label, "heading")
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    widget.setFixedHeight(24)
    column.addWidget(widget)
    column.addWidget(label)
    return box
