"""The automation of a strip: its lanes, each drawn over the song, and what else could move."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.music.mix import SILENT_DB, Lane, Point
from cocomposer.sound.console import mix_of

from .. import theme
from ..drawings import icon
from ..scales import Scale, fader_scale, pan_scale
from ..session import Session
from ..wish_sliders import percent_scale
from .channels import Channel
from .desk import StripDesk
from .lane_editor import LaneEditor
from .settings import effect_name, effect_settings, instrument_settings


def lane_targets(desk: StripDesk) -> dict[str, tuple[str, Scale, float]]:
    """Everything of a strip that can be automated: by target its name, its scale and where it stands."""
    strip, song, translate = desk.strip, desk.session.song, QCoreApplication.translate
    targets: dict[str, tuple[str, Scale, float]] = {
        "gain": (translate("Lanes", "Fader"), fader_scale(), strip.gain_db),
        "pan": (translate("Lanes", "Pan"), pan_scale(), strip.pan),
    }
    if desk.channel.kind == "part":
        levels = dict(strip.sends)
        for bus in mix_of(song).sends:
            targets[f"send:{bus.name}"] = (
                translate("Lanes", "Send to {bus}").format(bus=bus.name),
                fader_scale(SILENT_DB),
                levels.get(bus.name, SILENT_DB),
            )
    for index, effect in enumerate(strip.inserts):
        name = effect_name(effect)
        targets[f"insert:{index}:wet"] = (
            translate("Lanes", "{effect}: wet").format(effect=name),
            percent_scale(1.0),
            effect.wet,
        )
        for setting in effect_settings(effect):
            targets[f"insert:{index}:{setting.name}"] = (f"{name}: {setting.label}", setting.scale, setting.value)
    part = desk.part
    for setting in instrument_settings(part.instrument) if part is not None else ():
        targets[f"instrument:{setting.name}"] = (setting.label, setting.scale, setting.value)
    return targets


class LanesPanel(QFrame):
    """Hidden until a channel is shown in it."""

    closed = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.channel: Channel | None = None
        self.editors: dict[str, LaneEditor] = {}
        theme.set_kind(self, "side")
        self.setFixedWidth(320)
        self._build()
        self.hide()

    def show_channel(self, channel: Channel | None) -> None:
        """Show the lanes of that strip; None closes the panel."""
        self.channel = channel
        self._clear()
        self.setVisible(channel is not None)
        self.refresh()
        if channel is None:
            self.closed.emit()

    def refresh(self) -> None:
        """Show the lanes as they are in the song."""
        if self.channel is None:
            return
        if self.channel.kind == "part" and self.channel.index >= len(self._session.song.parts):
            self.show_channel(None)
            return
        desk = StripDesk(self._session, self.channel)
        lanes = {lane.target: lane for lane in desk.strip.lanes}
        self._title.setText(self.tr("Automation of {name}").format(name=desk.name))
        self._empty.setVisible(not lanes)
        if list(lanes) != list(self.editors):
            self._clear()
            targets = lane_targets(desk)
            for target, lane in lanes.items():
                name, scale, _ = targets.get(target, (target, percent_scale(), 0.0))
                self._add_row(target, name, scale, lane)
        for target, lane in lanes.items():
            self.editors[target].show_points(lane.points)

    def add_lane(self, target: str) -> None:
        """Begin a lane where its setting stands now."""
        if self.channel is not None:
            desk = StripDesk(self._session, self.channel)
            _, _, value = lane_targets(desk)[target]
            lanes = (*desk.strip.lanes, Lane(target, (Point(0, value),)))
            desk.change(self.tr("Automate {name}"), lanes=lanes)

    def remove_lane(self, target: str) -> None:
        """Take a lane out."""
        if self.channel is not None:
            desk = StripDesk(self._session, self.channel)
            left = tuple(lane for lane in desk.strip.lanes if lane.target != target)
            desk.change(self.tr("Remove automation of {name}"), lanes=left)

    def _draw(self, target: str, points: tuple[Point, ...], gesture: int) -> None:
        if self.channel is not None:
            desk = StripDesk(self._session, self.channel)
            lanes = tuple(Lane(target, points) if lane.target == target else lane for lane in desk.strip.lanes)
            desk.change(self.tr("Draw automation of {name}"), f"lane {target} {gesture}", lanes=lanes)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        if self.channel is None:
            return
        desk = StripDesk(self._session, self.channel)
        there = {lane.target for lane in desk.strip.lanes}
        for target, (name, _, _) in lane_targets(desk).items():
            entry = menu.addAction(name) if target not in there else None
            if entry is not None:
                entry.triggered.connect(lambda _, target=target: self.add_lane(target))

    def _clear(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.editors = {}

    def _add_row(self, target: str, name: str, scale: Scale, lane: Lane) -> None:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        line = QHBoxLayout()
        label = QLabel(name)
        theme.set_kind(label, "muted")
        remove = QToolButton()
        remove.setIcon(icon("trash"))
        remove.setIconSize(QSize(14, 14))
        remove.setToolTip(self.tr("Remove this automation"))
        remove.setAccessibleName(self.tr("Remove the automation of {name}").format(name=name))
        remove.clicked.connect(lambda: self.remove_lane(target))
        line.addWidget(label, 1)
        line.addWidget(remove)
        editor = LaneEditor(name, scale, self._session.song.length)
        editor.drawn.connect(lambda points, gesture: self._draw(target, points, gesture))
        column.addLayout(line)
        column.addWidget(editor)
        self._rows.addWidget(row)
        self.editors[target] = editor

    def _build(self) -> None:
        grid = theme.GRID
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * grid, 2 * grid, 2 * grid, 2 * grid)
        head = QHBoxLayout()
        self._title = QLabel()
        self._title.setFont(theme.font(theme.LARGE, bold=True))
        shut = QToolButton()
        shut.setIcon(icon("close"))
        shut.setToolTip(self.tr("Close"))
        shut.setAccessibleName(self.tr("Close the automation"))
        shut.clicked.connect(lambda: self.show_channel(None))
        head.addWidget(self._title, 1)
        head.addWidget(shut)
        self._empty = QLabel(
            self.tr("Nothing moves by itself here. Choose what shall move, then draw it over the song.")
        )
        self._empty.setWordWrap(True)
        theme.set_kind(self._empty, "muted")
        self._add = QPushButton(self.tr("Automate…"))
        menu = QMenu(self._add)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self._add.setMenu(menu)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(0, 0, grid, 0)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2 * grid)
        outer.addLayout(self._rows)
        outer.addStretch()
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)  # which setWidget switches on
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(scroll, 1)
        column.addWidget(self._add)
