"""Choosing what the model learned from the artist's music, and how much of it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from .sliders import Slider
from .wish_sliders import percent_scale

if TYPE_CHECKING:
    from cocomposer.studio.adapters import KeptAdapter

    from .session import Session


class AdapterChooser(QWidget):
    """A choice among the adapters that are here and none, with a slider; what is chosen is kept in the settings.

    `changed` tells that the choice, or the share, is another.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("What it learned from your music"))
        self.choice.setMinimumContentsLength(8)
        self.share = Slider(self.tr("How much of it counts"), percent_scale(1.0))
        self.share.setFixedHeight(28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.choice)
        column.addWidget(self.share)
        self.choice.activated.connect(lambda _: self._keep(adapter=str(self.choice.currentData())))
        self.share.turned.connect(lambda share: self._keep(adapter_share=share))
        session.settings_changed.connect(self._show)
        self._names: tuple[str, ...] = ()
        self._show()
        self.look()

    def look(self) -> None:
        """Find the adapters that are here."""
        self._session.jobs.run(lambda *_: _here(), self._take)

    def _take(self, found: Sequence[KeptAdapter]) -> None:
        self._names = tuple(each.name for each in found)
        self._show()

    def _keep(self, **changes: object) -> None:
        self._session.keep_settings(replace(self._session.settings, **changes))  # type: ignore[arg-type]  # settings

    def _show(self) -> None:
        settings = self._session.settings
        names = dict.fromkeys((*self._names, *filter(None, (settings.adapter,))))
        self.choice.clear()
        self.choice.addItem(self.tr("Nothing"), "")
        for name in names:
            self.choice.addItem(name, name)
        self.choice.setCurrentIndex(self.choice.findData(settings.adapter))
        self.share.set_value(settings.adapter_share)
        self.share.setVisible(bool(settings.adapter))
        self.changed.emit()


def _here() -> Sequence[KeptAdapter]:
    from cocomposer.studio.adapters import adapters

    return adapters()
