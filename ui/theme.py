"""How everything looks: colours, type and spacing as named tokens, and the one stylesheet made of them.

A view never names a colour of its own: it asks for `colour("accent")` or `role_colour(part.role)` while it paints, and
gives a widget its look through the property `kind`, which the stylesheet knows:

    QPushButton  "primary" the one thing to do here, "quiet" without a border, "danger"
    QToolButton  as the toolbar has them; "toggle" shows its checked state in the accent colour
    QLabel       "muted", "small" (muted too), "heading", "title", "digits" (figures that keep their width)
    QFrame       "panel" a region of the window, "card" something that lies on it, "line" a separator

`set_kind(widget, "primary")` sets it.  Lengths are pixels of the unscaled window on a grid of `GRID`: the scale of the
whole window (100 to 250 %) is Qt's own, set before the application begins, so nobody counts with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QPalette
from PyQt6.QtWidgets import QApplication, QWidget

from cocomposer.music import Role

from .stylesheet import stylesheet

GRID = 4
"""Everything stands on multiples of this many pixels."""
SMALL, BASE, LARGE, TITLE = 11, 13, 15, 20
"""The type scale, in pixels."""
RADIUS = 4
SCALES = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5)
FAMILIES = ("Inter", "SF Pro Text", "Segoe UI", "Cantarell", "Noto Sans", "DejaVu Sans", "sans-serif")


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme as "#RRGGBB".

    `background` lies below all; `surface` are panels, `raised` cards and controls, `hover` and `pressed` controls under
    the hand; `well` is where notes and values are drawn; `line` separates, `border` outlines controls; `text` and
    `muted` can be read on all of these.  `accent` marks the one thing that matters, as a line or
    text; `fill` is the same as an area, with `on_accent` written on it;
    `focus` is the ring around what the keyboard is with; `danger`, `warning` and `good` say what they say.
    `beat` and `bar` are grid lines; `playhead` the line that moves; `ivory`, `ebony`, `key_gap` and `key_name` a piano.
    """

    name: str
    background: str
    surface: str
    raised: str
    hover: str
    pressed: str
    well: str
    line: str
    border: str
    text: str
    muted: str
    accent: str
    fill: str
    on_accent: str
    focus: str
    danger: str
    warning: str
    good: str
    beat: str
    bar: str
    playhead: str
    ivory: str
    ebony: str
    key_gap: str
    key_name: str
    roles: Mapping[Role, str]


DARK = Tokens(
    name="dark", background="#14171C", surface="#1B1F26", raised="#232830", hover="#2C323C", pressed="#363D49",
    well="#101317", line="#2A303A", border="#3A424F", text="#E6E8EB", muted="#9AA3AF", accent="#F2A541", fill="#F2A541",
    on_accent="#1A1206", focus="#8CC8FF", danger="#FF7B72", warning="#F2C14E", good="#5DD39E", beat="#20252D",
    bar="#333B47", playhead="#FFFFFF", ivory="#C4C9D0",
    ebony="#262A31", key_gap="#9298A1", key_name="#3A3F47",
    roles={
        Role.MELODY: "#F2A541", Role.DRUMS: "#B4C0D0", Role.BASS: "#6194FE", Role.KEYS: "#4AC695",
        Role.GUITAR: "#F0705A", Role.PAD: "#C196D6", Role.ARPEGGIO: "#8FE3FF", Role.COUNTER: "#F3E36B",
        Role.OTHER: "#8A93A0",
    },
)  # fmt: skip
LIGHT = Tokens(
    name="light", background="#E4E7EB", surface="#F4F5F7", raised="#FFFFFF", hover="#E9ECF0", pressed="#D9DEE5",
    well="#FAFBFC", line="#D3D8DF", border="#A9B1BD", text="#1B1F26", muted="#535C69", accent="#8F5200", fill="#F2A541",
    on_accent="#1A1206", focus="#0B62C4", danger="#B3261E", warning="#7A5600", good="#136B45", beat="#EBEEF1",
    bar="#CBD1D9", playhead="#14171C", ivory="#FFFFFF",
    ebony="#3A414C", key_gap="#BCC3CC", key_name="#535C69",
    roles={
        Role.MELODY: "#9C5A00", Role.DRUMS: "#515C5F", Role.BASS: "#006BDE", Role.KEYS: "#007D5A",
        Role.GUITAR: "#9F332D", Role.PAD: "#8140B1", Role.ARPEGGIO: "#2B6086", Role.COUNTER: "#6E3300",
        Role.OTHER: "#697088",
    },
)  # fmt: skip
HIGH_CONTRAST = Tokens(
    name="high-contrast", background="#000000", surface="#000000", raised="#0D0D0D", hover="#262626",
    pressed="#404040", well="#000000", line="#7A7A7A", border="#C8C8C8", text="#FFFFFF", muted="#E0E0E0",
    accent="#FFC24D", fill="#FFC24D", on_accent="#000000", focus="#6FD3FF", danger="#FF9A92", warning="#FFD966",
    good="#7CF0B8",
    beat="#2B2B2B", bar="#6A6A6A", playhead="#FFFFFF", ivory="#FFFFFF",
    ebony="#000000", key_gap="#7A7A7A", key_name="#000000",
    roles={
        Role.MELODY: "#FFC24D", Role.DRUMS: "#CBEFC5", Role.BASS: "#7FB2FF", Role.KEYS: "#4BDEAC",
        Role.GUITAR: "#FF8A74", Role.PAD: "#D1C4FF", Role.ARPEGGIO: "#9DF6FF", Role.COUNTER: "#FFEC6D",
        Role.OTHER: "#A9ABAF",
    },
)  # fmt: skip
THEMES: Mapping[str, Tokens] = {theme.name: theme for theme in (DARK, LIGHT, HIGH_CONTRAST)}

_current = DARK


def tokens() -> Tokens:
    """The theme in force."""
    return _current


def colour(name: str, alpha: float = 1.0) -> QColor:
    """The colour of that token, with `alpha` from 0 (clear) to 1."""
    found = QColor(getattr(_current, name))
    found.setAlphaF(alpha)
    return found


def role_colour(role: Role, alpha: float = 1.0) -> QColor:
    """The colour that parts of that role have everywhere; told apart by the colour-blind too."""
    found = QColor(_current.roles[role])
    found.setAlphaF(alpha)
    return found


def readable_on(ground: QColor) -> QColor:
    """Near black or white, whichever can be read on a colour."""
    return max((QColor("#101317"), QColor("#FFFFFF")), key=lambda ink: contrast(ink.name(), ground.name()))


def font(size: int = BASE, *, bold: bool = False, digits: bool = False) -> QFont:
    """A font of the type scale; with `digits` all figures are equally wide."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if digits:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def set_kind(widget: QWidget, kind: str) -> None:
    """Give a widget the look of that name (see above), also after it was shown."""
    if widget.property("kind") == kind:
        return
    widget.setProperty("kind", kind)
    style = widget.style()
    if style is not None and widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else it is still to come
        style.unpolish(widget)
        style.polish(widget)


def apply(app: QApplication, name: str = DARK.name) -> None:
    """Dress the application in that theme; every window repaints itself.  An unknown name is the dark one."""
    global _current
    _current = THEMES.get(name, DARK)
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette(_current))
    app.setStyleSheet(stylesheet(_current))


def _palette(theme: Tokens) -> QPalette:
    """What Qt paints where the stylesheet says nothing, and what widgets of ours get by `palette()`."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, name in {
        roles.Window: theme.surface, roles.WindowText: theme.text, roles.Base: theme.well,
        roles.AlternateBase: theme.surface, roles.Text: theme.text, roles.Button: theme.raised,
        roles.ButtonText: theme.text, roles.BrightText: theme.text, roles.Highlight: theme.fill,
        roles.HighlightedText: theme.on_accent, roles.ToolTipBase: theme.raised, roles.ToolTipText: theme.text,
        roles.PlaceholderText: theme.muted, roles.Link: theme.accent, roles.Light: theme.hover,
        roles.Midlight: theme.raised, roles.Mid: theme.border, roles.Dark: theme.line, roles.Shadow: theme.background,
    }.items():  # fmt: skip
        palette.setColor(role, QColor(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        dimmed = QColor(theme.muted)
        dimmed.setAlphaF(0.6)
        palette.setColor(QPalette.ColorGroup.Disabled, role, dimmed)
    palette.setCurrentColorGroup(QPalette.ColorGroup.Active)
    return palette


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(name: str) -> float:
    shares = [int(name[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def keyboard_only_focus(widget: QWidget) -> None:
    """Keep the focus where it is when this is clicked, so that Space still plays; Tab still reaches it."""
    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
