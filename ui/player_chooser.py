"""Which players are wanted: one button a role, and any General MIDI instrument by its name."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, pyqtSignal
from PyQt6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from cocomposer.music import Role
from cocomposer.music.general_midi import FAMILIES, INSTRUMENTS

from . import theme
from .flow import Flow

ROLES = (Role.DRUMS, Role.BASS, Role.KEYS, Role.GUITAR, Role.PAD, Role.ARPEGGIO, Role.COUNTER)


class PlayerChooser(QWidget):
    """None chosen leaves the band to the composer.  With `one_only` a choice takes the place of the one before."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.one_only = False
        self._buttons: dict[str, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._row = Flow(spacing=theme.GRID)
        column.addLayout(self._row)
        for role in ROLES:
            self._add(str(role), str(role).capitalize())
        self._more = QToolButton()
        self._more.setText(self.tr("+ instrument"))
        theme.set_kind(self._more, "chip")
        self._more.setToolTip(self.tr("Ask for an instrument by name"))
        self._more.setAccessibleName(self.tr("Ask for an instrument by name"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._instrument_menu())
        self._row.addWidget(self._more)

    @property
    def players(self) -> tuple[str, ...]:
        """Roles and instruments that are asked for."""
        return tuple(name for name, button in self._buttons.items() if button.isChecked())

    def choose(self, players: tuple[str, ...]) -> None:
        """Show these as asked for; instruments that have no button get one."""
        for name in players:
            if name not in self._buttons:
                self._add(name, name)
        for name, button in self._buttons.items():
            with QSignalBlocker(button):
                button.setChecked(name in players)

    def _add(self, name: str, text: str) -> None:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        theme.set_kind(button, "chip")
        button.setAccessibleName(self.tr("Player: {name}").format(name=text))
        button.toggled.connect(lambda on, name=name: self._toggled(name, on))
        self._buttons[name] = button
        self._row.insertWidget(len(self._buttons) - 1, button)

    def _toggled(self, name: str, on: bool) -> None:
        if on and self.one_only:
            self.choose((name,))
        self.changed.emit()

    def _ask_for(self, name: str) -> None:
        self.choose((name,) if self.one_only else (*self.players, name))
        self.changed.emit()

    def _instrument_menu(self) -> QMenu:
        menu = QMenu(self)
        for number, family in enumerate(FAMILIES[:-1]):  # nobody asks for a gunshot in the band
            submenu = menu.addMenu(family)
            for name in INSTRUMENTS[8 * number : 8 * number + 8]:
                action = submenu.addAction(name) if submenu is not None else None
                if action is not None:
                    action.triggered.connect(lambda _, name=name: self._ask_for(name))
        return menu
