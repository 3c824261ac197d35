"""The sliders of the wishes: how much of what is wanted, each free until it is turned."""

from __future__ import annotations

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from cocomposer.composer.controls import LIMITS, Controls

from . import theme
from .scales import Scale
from .sliders import Slider

LABEL_WIDTH = 104
"""Pixels that names of wishes have, so that all of them stand in one column."""
_CONTEXT = "Wishes"
_ = QT_TRANSLATE_NOOP
WISHES = {
    "density": (_(_CONTEXT, "Density"), _(_CONTEXT, "Few or many notes in a bar")),
    "activity": (_(_CONTEXT, "Movement"), _(_CONTEXT, "How much the rhythm moves")),
    "syncopation": (_(_CONTEXT, "Syncopation"), _(_CONTEXT, "On the beat, or against it")),
    "polyphony": (_(_CONTEXT, "Polyphony"), _(_CONTEXT, "Single notes or full chords")),
    "register": (_(_CONTEXT, "Register"), _(_CONTEXT, "Low or high")),
    "velocity": (_(_CONTEXT, "Loudness"), _(_CONTEXT, "Soft or loud playing")),
    "strictness": (_(_CONTEXT, "Strictness"), _(_CONTEXT, "How closely the notes keep to the chords")),
}


class PercentScale(Scale):
    """Shares, 0..1, written and typed as percent."""

    def text(self, value: float) -> str:
        return f"{round(value * 100)} %"

    def read(self, text: str) -> float | None:
        try:
            return min(self.high, max(self.low, float(text.replace("%", "").replace(",", ".").strip()) / 100))
        except ValueError:
            return None


def percent_scale(default: float = 0.5, low: float = 0.0, high: float = 1.0) -> PercentScale:
    return PercentScale(low, high, default)


class WishSliders(QWidget):
    """One slider a control; `controls` are those that were turned."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(theme.GRID)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        self.sliders: dict[str, Slider] = {}
        for row, (name, (text, about)) in enumerate(WISHES.items()):
            spoken = QCoreApplication.translate(_CONTEXT, text)
            label = QLabel(spoken)
            theme.set_kind(label, "muted")
            label.setToolTip(QCoreApplication.translate(_CONTEXT, about))
            low, high = LIMITS[name]
            slider = Slider(spoken, percent_scale(low=low, high=high), may_be_free=True)
            slider.turned.connect(self.changed)
            label.setBuddy(slider)
            grid.addWidget(label, row, 0)
            grid.addWidget(slider, row, 1)
            self.sliders[name] = slider

    @property
    def controls(self) -> Controls:
        """What was asked for; the rest is free."""
        return Controls(**{name: slider.amount for name, slider in self.sliders.items()})  # type: ignore[arg-type]  # shares

    def show_controls(self, controls: Controls) -> None:
        """Turn the sliders to these wishes, without telling anybody."""
        asked = controls.asked()
        for name, slider in self.sliders.items():
            slider.set_value(asked.get(name))
