"""The one stylesheet, written with the tokens of a theme."""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .theme import Tokens


def stylesheet(theme: Tokens) -> str:
    """The application's stylesheet in the colours of `theme`."""
    return _SHEET.substitute({name: value for name, value in asdict(theme).items() if isinstance(value, str)})


_SHEET = Template("""
QMainWindow, QDialog { background: $background; }
QWidget { color: $text; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px; }

QLabel[kind="muted"] { color: $muted; }
QLabel[kind="small"] { color: $muted; font-size: 11px; }
QLabel[kind="heading"] { color: $muted; font-size: 11px; font-weight: 600; }
QLabel[kind="title"] { font-size: 20px; font-weight: 600; }
QLabel[kind="digits"] { font-size: 15px; font-weight: 600; }
QLabel[kind="danger"] { color: $danger; }

QFrame[kind="panel"] { background: $surface; border: none; }
QFrame[kind="card"] { background: $raised; border: 1px solid $line; border-radius: 6px; }
QFrame[kind="card"]:focus { border-color: $focus; }
QFrame[kind="side"] { background: $raised; border: 1px solid $line; border-radius: 4px; }
QFrame[kind="strip"] { background: $raised; border: 1px solid $line; border-radius: 4px; }
QFrame[kind="strip-trouble"] { background: $raised; border: 1px solid $danger; border-radius: 4px; }
QFrame[kind="trouble"] { background: $raised; border: 1px solid $danger; border-radius: 4px; }
QFrame[kind="strip-current"] { background: $hover; border: 1px solid $border; border-radius: 4px; }
QFrame[kind="card-heard"] { background: $raised; border: 1px solid $accent; border-radius: 6px; }
QLabel[kind="badge"] { background: $pressed; color: $text; border-radius: 10px; font-size: 11px; font-weight: 600; }
QLabel[kind="reasons"] { font-size: 12px; }
QLabel[kind="verdict"] { color: $good; font-size: 11px; }
QFrame[kind="card"]:hover { border-color: $border; }
QFrame[kind="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="rule"] { background: $line; border: none; max-width: 1px; min-width: 1px; }
QFrame[kind="group"] { background: $well; border: 1px solid $line; border-radius: 6px; }

QPushButton {
  background: $raised; border: 1px solid $border; border-radius: 4px; padding: 4px 12px; min-height: 18px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:checked { background: $fill; color: $on_accent; border-color: $fill; }
QPushButton:focus { border: 1px solid $focus; }
QPushButton:disabled { color: $muted; background: $surface; border-color: $line; }
QPushButton[kind="primary"] { background: $fill; color: $on_accent; border-color: $fill; font-weight: 600; }
QPushButton[kind="primary"]:hover { border-color: $text; }
QPushButton[kind="primary"]:focus { border: 2px solid $focus; padding: 3px 11px; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $muted; border-color: $line; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; padding: 4px 8px; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:focus { border-color: $focus; }
QPushButton[kind="danger"] { color: $danger; }

QToolButton {
  background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 4px; color: $text;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $pressed; }
QToolButton:focus { border-color: $focus; }
QToolButton[kind="toggle"]:checked { background: $fill; color: $on_accent; }
QToolButton[kind="tiny"], QToolButton[kind="tiny-on"] {
  background: $well; border-color: $line; padding: 2px 4px; font-size: 11px;
}
QToolButton[kind="tiny"]:hover, QToolButton[kind="tiny-on"]:hover { background: $hover; }
QToolButton[kind="tiny-on"] { color: $accent; border-color: $accent; }
QToolButton[kind="tiny"]:focus, QToolButton[kind="tiny-on"]:focus { border-color: $focus; }
QToolButton[kind="mute"], QToolButton[kind="solo"] {
  background: $well; border-color: $line; padding: 0; font-size: 11px; font-weight: 600; color: $muted;
}
QToolButton[kind="mute"]:checked { background: $danger; border-color: $danger; color: $background; }
QToolButton[kind="solo"]:checked { background: $warning; border-color: $warning; color: $background; }
QToolButton[kind="mute"]:focus, QToolButton[kind="solo"]:focus { border-color: $focus; }
QToolButton[kind="link"] { color: $accent; padding: 0; border: none; font-size: 11px; }
QToolButton[kind="link"]:hover { background: transparent; text-decoration: underline; }
QToolButton[kind="tile"] { background: $raised; border-color: $line; padding: 6px 2px; font-size: 11px; }
QToolButton[kind="tile"]:hover { background: $hover; }
QToolButton[kind="tile"]:checked { border-color: $accent; background: $hover; }
QToolButton[kind="tile"]:focus { border-color: $focus; }
QToolButton[kind="tile"]:disabled { color: $muted; background: $surface; }
QToolButton[kind="chip"] { background: $raised; border-color: $border; padding: 2px 8px; }
QToolButton[kind="chip"]:hover { background: $hover; }
QToolButton[kind="chip"]:checked { background: $accent; color: $on_accent; border-color: $accent; }
QToolButton[kind="chip"]:focus { border-color: $focus; }
QToolButton[kind="chip"]:disabled { color: $muted; background: $surface; border-color: $line; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-right: 20px; }
QToolButton::menu-button { border: none; width: 16px; }
QToolButton::menu-button:hover { background: $pressed; border-radius: 3px; }
QToolButton::menu-arrow { image: url(icons:chevron-down-$name.svg); width: 10px; height: 10px; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
  background: $well; border: 1px solid $border; border-radius: 4px; padding: 3px 8px; min-height: 20px;
  selection-background-color: $fill; selection-color: $on_accent;
}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
  border-color: $focus;
}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
  color: $muted; border-color: $line;
}
QComboBox QLineEdit, QDoubleSpinBox QLineEdit, QSpinBox QLineEdit {
  background: transparent; border: none; padding: 0; min-height: 0;
}
QComboBox { background: $raised; padding-right: 20px; }
QComboBox:hover { background: $hover; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(icons:chevron-down-$name.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; outline: none; padding: 4px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
  width: 0; border: none;
}

QLineEdit[kind="inline"], QDoubleSpinBox[kind="inline"], QComboBox[kind="inline"] {
  background: transparent; border-color: transparent; padding: 0 4px; font-size: 15px; font-weight: 600;
}
QComboBox[kind="inline"] { padding-right: 16px; }
QLineEdit[kind="inline"]:hover, QDoubleSpinBox[kind="inline"]:hover, QComboBox[kind="inline"]:hover {
  border-color: $border;
}
QLineEdit[kind="inline"]:focus, QDoubleSpinBox[kind="inline"]:focus, QComboBox[kind="inline"]:focus {
  background: $well; border-color: $focus;
}

QCheckBox, QRadioButton { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox::indicator, QRadioButton::indicator {
  width: 14px; height: 14px; border: 1px solid $border; background: $well; border-radius: 3px;
}
QRadioButton::indicator { border-radius: 7px; }
QCheckBox::indicator:checked { background: $fill; border-color: $fill; image: url(icons:tick-$name.svg); }
QRadioButton::indicator:checked { background: $fill; border: 4px solid $well; width: 8px; height: 8px; }

QSlider { background: transparent; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $fill; border-radius: 2px; }
QSlider::handle:horizontal {
  width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: $text; border: 1px solid $background;
}
QSlider::groove:vertical { width: 4px; background: $line; border-radius: 2px; }
QSlider::add-page:vertical { background: $fill; border-radius: 2px; }
QSlider::handle:vertical {
  width: 20px; height: 10px; margin: 0 -9px; border-radius: 3px; background: $text; border: 1px solid $background;
}
QSlider::handle:focus, QSlider::handle:hover { border: 2px solid $focus; }
QSlider::handle:disabled { background: $muted; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QLabel#qt_msgboxex_icon_label { max-width: 0; }

QProgressBar {
  background: $well; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; color: transparent;
}
QProgressBar::chunk { background: $fill; border-radius: 2px; }

QMenuBar { background: $background; color: $text; padding: 0 4px; }
QMenuBar::item { padding: 4px 8px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $fill; color: $on_accent; }
QMenu::item:disabled { color: $muted; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab {
  background: transparent; color: $muted; padding: 6px 12px; border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $text; border: 1px solid $focus; }
QTabWidget::pane { border: none; background: $surface; }

QAbstractItemView { background: $surface; border: none; outline: none; alternate-background-color: $surface; }
QAbstractItemView::item { padding: 4px 8px; border-radius: 4px; min-height: 20px; }
QAbstractItemView::item:hover { background: $hover; }
QAbstractItemView::item:selected { background: $pressed; color: $text; }
QAbstractItemView:focus { border: 1px solid $focus; }
QListWidget[kind="inserts"] { background: $well; border: 1px solid $line; border-radius: 4px; font-size: 11px; }
QListWidget[kind="inserts"]:focus { border-color: $focus; }
QListWidget[kind="inserts"]::item { padding: 0 2px; min-height: 19px; max-height: 19px; border-radius: 2px; }
QListWidget[kind="inserts"]::indicator {
  width: 8px; height: 8px; border: 1px solid $border; border-radius: 4px; background: $well;
}
QListWidget[kind="inserts"]::indicator:checked { background: $accent; border-color: $accent; }
QTreeView::branch { background: transparent; }
QHeaderView::section { background: $surface; color: $muted; border: none; padding: 4px 8px; }

QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 3px; margin: 2px; min-width: 24px; min-height: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QSplitter::handle { background: $background; }
QSplitter::handle:horizontal { width: 4px; }
QSplitter::handle:vertical { height: 4px; }
QSplitter::handle:hover { background: $fill; }

QStatusBar { background: $background; color: $muted; }
QStatusBar::item { border: none; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
""")
