"""Choosing who plays a part: General MIDI by family, the program's own instruments, plugins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from cocomposer.music import Part
from cocomposer.music.general_midi import FAMILIES, INSTRUMENTS
from cocomposer.music.mix import Instrument, InstrumentKind
from cocomposer.sound.built_in import built_in, built_in_instruments
from cocomposer.studio.plugins import known_plugins
from cocomposer.styles.drum_names import KITS

from .. import theme
from .desk import StripDesk


def instrument_name(part: Part) -> str:
    """What plays the part, in a few words."""
    instrument = part.instrument or Instrument()
    if instrument.kind is InstrumentKind.BUILT_IN:
        return built_in(instrument.name).name
    if instrument.kind is InstrumentKind.PLUGIN:
        return Path(instrument.name).stem
    if part.is_drums:
        kit = next((name for name, program in KITS.items() if program == part.program), "drum")
        return f"{kit.capitalize()} kit"
    return INSTRUMENTS[part.program]


class InstrumentButton(QToolButton):
    """Shows what plays and opens the choice; `opened` asks for the parameters of the one chosen."""

    opened = pyqtSignal()

    def __init__(self, desk: StripDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        theme.set_kind(self, "tiny")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.setMenu(menu)

    def refresh(self) -> None:
        """Show the instrument as it is in the song."""
        part = self._desk.part
        if part is not None:
            name = instrument_name(part)
            self.setText(self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, max(24, self.width() - 12)))
            self.setToolTip(self.tr("{part} is played by {name}").format(part=part.name, name=name))
            self.setAccessibleName(self.tr("Instrument of {part}: {name}").format(part=part.name, name=name))

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.refresh()

    def choose(self, instrument: Instrument | None, program: int | None = None) -> None:
        """Have that instrument, or that program of the SoundFont, play the part."""
        self._desk.choose_instrument(instrument, program)
        if instrument is not None and instrument.kind is not InstrumentKind.SOUNDFONT:
            self.opened.emit()

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        part = self._desk.part
        if part is None:
            return
        if part.instrument is not None and part.instrument.kind is not InstrumentKind.SOUNDFONT:
            _entry(menu, self.tr("Parameters…"), self.opened.emit)
            menu.addSeparator()
        if part.is_drums:
            kits = _section(menu, self.tr("SoundFont kits"))
            for name, program in KITS.items():
                _entry(kits, name.capitalize(), partial(self.choose, None, program))
        else:
            soundfont = _section(menu, self.tr("SoundFont"))
            for number, family in enumerate(FAMILIES):
                section = _section(soundfont, family)
                for program in range(8 * number, 8 * number + 8):
                    _entry(section, INSTRUMENTS[program], partial(self.choose, None, program))
        own = _section(menu, self.tr("Cocomposer"))
        for each in sorted(built_in_instruments(), key=lambda each: (part.role not in each.roles, each.name)):
            if each.is_kit == part.is_drums:
                chosen = Instrument(InstrumentKind.BUILT_IN, each.id)
                _entry(own, each.name, partial(self.choose, chosen)).setToolTip(each.description)
        plugins = _section(menu, self.tr("Plugins"))
        for info in known_plugins().plugins():
            if info.is_instrument and not info.problem:
                hosted = Instrument(InstrumentKind.PLUGIN, str(info.path))
                _entry(plugins, info.name, partial(self.choose, hosted))
        plugins.setEnabled(not plugins.isEmpty())


def _section(menu: QMenu, text: str) -> QMenu:
    made = menu.addMenu(text)
    assert made is not None
    made.setToolTipsVisible(True)
    return made


def _entry(menu: QMenu, text: str, does: Callable[[], object]) -> QAction:
    made = menu.addAction(text)
    assert made is not None
    made.triggered.connect(lambda _: does())
    return made
