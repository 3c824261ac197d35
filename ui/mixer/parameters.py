"""The parameters of an insert or an instrument, whoever made it: a slider each, found by name where there are many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.errors import CocomposerError
from cocomposer.music.mix import Effect, Instrument, InstrumentKind
from cocomposer.sound.built_in import built_in

from .. import theme
from ..drawings import icon
from ..session import Session
from ..sliders import Slider
from ..wish_sliders import percent_scale
from .channels import Channel
from .desk import StripDesk
from .instrument_button import instrument_name
from .plugin_presets import PresetButton
from .plugins import Place, Plugins
from .settings import Setting, effect_name, effect_settings, instrument_settings, turned, with_parameter

MANY = 24
"""So many parameters are shown at once; of more the first that contain what is typed."""


_ASK_MS = 150
"""After a turn, until a plugin is asked for its words."""


@dataclass(frozen=True)
class Subject:
    """What the panel shows: the insert of that index, or (None) the instrument of the channel's part."""

    channel: Channel
    insert: int | None = None


class ParameterPanel(QFrame):
    """Hidden until something is shown in it."""

    closed = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._plugins = Plugins(session)
        self.subject: Subject | None = None
        self.sliders: dict[str, Slider] = {}
        self._shown: object = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_ASK_MS)
        self._soon.timeout.connect(self._ask_plugin)
        theme.set_kind(self, "side")
        self.setFixedWidth(320)
        self._build()
        self.hide()

    def show_subject(self, subject: Subject | None) -> None:
        """Show the parameters of that insert or instrument; None closes the panel."""
        self.subject, self._shown = subject, None
        self._search.clear()
        self.setVisible(subject is not None)
        self.refresh()
        if subject is None:
            self.closed.emit()

    def refresh(self) -> None:
        """Bring everything up to date with the song; closes where what was shown is gone."""
        if self.subject is None:
            return
        thing = self._thing()
        if thing is None:
            self.show_subject(None)
            return
        try:
            settings = effect_settings(thing) if isinstance(thing, Effect) else instrument_settings(thing)
        except CocomposerError as error:
            self._session.problem.emit(str(error))
            self.show_subject(None)
            return
        kind = (self.subject, thing.kind, thing.plugin if isinstance(thing, Effect) else thing.name)
        if kind != self._shown:
            self._shown = kind
            self._show_head(thing, settings)
            self._show_sliders(settings)
        for setting in settings:
            if setting.name in self.sliders:
                self.sliders[setting.name].set_value(setting.value)
        self.preset_files.show_for(thing if _is_plugin(thing) else None)
        if _is_plugin(thing):
            self._soon.start()
        if isinstance(thing, Effect):
            self.wet.set_value(thing.wet)
            self.active.setChecked(not thing.bypassed)

    # --- What it shows ----------------------------------------------------------------------------------------------

    def _desk(self) -> StripDesk:
        assert self.subject is not None
        return StripDesk(self._session, self.subject.channel)

    def _thing(self) -> Effect | Instrument | None:
        """The insert or instrument that is shown, None where it is no longer there."""
        subject, song = self.subject, self._session.song
        if subject is None:
            return None
        if subject.channel.kind == "part" and subject.channel.index >= len(song.parts):
            return None
        desk = self._desk()
        if subject.insert is not None:
            inserts = desk.strip.inserts
            return inserts[subject.insert] if subject.insert < len(inserts) else None
        return desk.part.instrument if desk.part is not None else None

    def _show_head(self, thing: Effect | Instrument, settings: tuple[Setting, ...]) -> None:
        desk, is_effect = self._desk(), isinstance(thing, Effect)
        part = desk.part
        self._title.setText(
            effect_name(thing) if isinstance(thing, Effect) else instrument_name(part) if part is not None else ""
        )
        self._where.setText(desk.name)
        hosted = _is_plugin(thing)
        self._window.setVisible(hosted and self._plugins.possible)
        for widget in (self.active, self.wet, self._wet_label):
            widget.setVisible(is_effect)
        self._search.setVisible(len(settings) > MANY)
        self._show_presets(thing)
        self._nothing.setVisible(not settings)
        self._nothing.setText(
            self.tr("Scan your plugins to see what can be turned here.")
            if hosted
            else self.tr("There is nothing to turn here.")
        )

    def _ask_plugin(self) -> None:
        """Have the plugin itself say what its values are called."""
        thing = self._thing()
        if thing is not None and _is_plugin(thing):
            self._plugins.ask(thing, lambda told: self._say(thing, told))

    def _say(self, thing: Effect | Instrument, told: tuple[Any, ...]) -> None:
        if thing == self._thing():  # else it was turned meanwhile, and is asked again
            for parameter in told:
                if parameter.name in self.sliders:
                    self.sliders[parameter.name].set_value(parameter.value)
                    self.sliders[parameter.name].say(parameter.text)

    def _show_presets(self, thing: Effect | Instrument) -> None:
        if not isinstance(thing, Instrument) or thing.kind is not InstrumentKind.BUILT_IN:
            self._presets.hide()
            return
        self._presets.show()
        self._presets.blockSignals(True)
        self._presets.clear()
        self._presets.addItem(self.tr("Presets"), None)
        for preset in built_in(thing.name).presets:
            self._presets.addItem(preset.name, preset.values)
        self._presets.blockSignals(False)

    def _show_sliders(self, settings: tuple[Setting, ...]) -> None:
        for row in range(self._rows.count() - 1, -1, -1):
            item = self._rows.takeAt(row)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.sliders = {}
        typed = self._search.text().strip().casefold()
        for row, setting in enumerate([each for each in settings if typed in each.label.casefold()][:MANY]):
            label = QLabel(setting.label)
            theme.set_kind(label, "muted")
            label.setToolTip(setting.about or setting.label)
            label.setFixedWidth(112)
            slider = Slider(setting.label, setting.scale)
            slider.set_value(setting.value)
            slider.turned.connect(lambda value, name=setting.name: self._turn(name, value))
            label.setBuddy(slider)
            self._rows.addWidget(label, row, 0)
            self._rows.addWidget(slider, row, 1)
            self.sliders[setting.name] = slider

    # --- What it does -----------------------------------------------------------------------------------------------

    def _turn(self, name: str, value: float) -> None:
        thing, desk, subject = self._thing(), self._desk(), self.subject
        gesture = f"{name} {self.sliders[name].gesture}"
        if isinstance(thing, Effect) and subject is not None and subject.insert is not None:
            changed = with_parameter(thing.parameters, name, value)
            desk.change_insert(subject.insert, self.tr("Turn effect of {name}"), gesture, parameters=changed)
        elif isinstance(thing, Instrument):
            desk.turn_instrument(self.tr("Turn instrument of {name}"), turned(thing, name, value), gesture)

    def _set_insert(self, what: str, gesture: str = "", **settings: float | bool) -> None:
        if self.subject is not None and self.subject.insert is not None:
            self._desk().change_insert(self.subject.insert, what, gesture, **settings)

    def _choose_preset(self, index: int) -> None:
        thing, values = self._thing(), self._presets.itemData(index)
        if isinstance(thing, Instrument) and values is not None:
            self._desk().turn_instrument(self.tr("Preset of {name}"), replace(thing, parameters=tuple(values)))

    def _take_preset(self, plugin: Effect | Instrument, state: bytes) -> None:
        if plugin == self._thing() and self.subject is not None:  # else it was turned, or another is shown, meanwhile
            self._plugins.take(Place(self._desk(), self.subject.insert), state, self.tr("Preset of {name}"))

    def _open_window(self) -> None:
        thing, subject = self._thing(), self.subject
        if thing is not None and subject is not None:
            self._plugins.open(thing, self._desk(), subject.insert)

    def _filter(self) -> None:
        self._shown = None
        self.refresh()

    def _build(self) -> None:
        grid = theme.GRID
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * grid, 2 * grid, 2 * grid, 2 * grid)
        column.setSpacing(grid)
        head = QHBoxLayout()
        self._title, self._where = QLabel(), QLabel()
        self._title.setFont(theme.font(theme.LARGE, bold=True))
        theme.set_kind(self._where, "small")
        shut = QToolButton()
        shut.setIcon(icon("close"))
        shut.setToolTip(self.tr("Close"))
        shut.setAccessibleName(self.tr("Close the parameters"))
        shut.clicked.connect(lambda: self.show_subject(None))
        head.addWidget(self._title, 1)
        head.addWidget(shut)
        column.addLayout(head)
        column.addWidget(self._where)
        switches = QHBoxLayout()
        self.active = QCheckBox(self.tr("On"))
        self.active.clicked.connect(lambda on: self._set_insert(self.tr("Bypass effect of {name}"), bypassed=not on))
        self._wet_label = QLabel(self.tr("Wet"))
        theme.set_kind(self._wet_label, "muted")
        self.wet = Slider(self.tr("Wet"), percent_scale(1.0))
        self.wet.turned.connect(
            lambda wet: self._set_insert(self.tr("Wet share of {name}"), f"wet {self.wet.gesture}", wet=wet)
        )
        switches.addWidget(self.active)
        switches.addWidget(self._wet_label)
        switches.addWidget(self.wet, 1)
        column.addLayout(switches)
        self._presets = QComboBox()
        self._presets.setAccessibleName(self.tr("Presets"))
        self._presets.currentIndexChanged.connect(self._choose_preset)
        self._window = QPushButton(self.tr("Open the plugin's own window"))
        self._window.clicked.connect(self._open_window)
        self.preset_files = PresetButton(self._session, self._take_preset)
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Find a parameter"))
        self._search.textEdited.connect(self._filter)
        self._nothing = QLabel()
        self._nothing.setWordWrap(True)
        theme.set_kind(self._nothing, "muted")
        for widget in (self._presets, self.preset_files, self._window, self._search, self._nothing):
            column.addWidget(widget)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(0, 0, grid, 0)
        self._rows = QGridLayout()
        self._rows.setVerticalSpacing(0)
        self._rows.setColumnStretch(1, 1)
        outer.addLayout(self._rows)
        outer.addStretch()
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)  # which setWidget switches on
        column.addWidget(scroll, 1)


def _is_plugin(thing: Effect | Instrument) -> bool:
    return thing.kind == "plugin" if isinstance(thing, Effect) else thing.kind is InstrumentKind.PLUGIN
