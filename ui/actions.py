"""Everything that can be done, in one table: menus, shortcuts, toolbar buttons and the command palette are made of it.

To add something, add its line to the group it belongs to.  `does`, `enabled` and `checked` are given the window, which
has `session` and its views as `roll`, `chords`, `arrangement`, `proposals`, `mixer`, `browser` and `transport`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, QSize, Qt, QTimer
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenuBar, QToolButton

from . import theme
from .adapting import show_adapting
from .drawings import icon
from .piano_roll import keys

if TYPE_CHECKING:
    from .window import Window

_ = QT_TRANSLATE_NOOP
ICON = 16
CONTEXT = "Actions"
FILE, EDIT, NOTES, PLAY = "&File", "&Edit", "&Notes", "&Play"
PROPOSE, PRESETS, VIEW, HELP = "P&ropose", "Pre&sets", "&View", "&Help"
MENUS = (FILE, EDIT, NOTES, PLAY, PROPOSE, PRESETS, VIEW, HELP)


def _always(_: Window) -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """Something that can be done.

    `text` as it stands in the menu, with an & for its letter; `shortcut` in Qt's spelling ("Ctrl+S", "Space"),
    further ones after a `|`; `keys` those that a view hears itself, which are only shown; `icon` a drawing in
    `ui/icons`; `checked` for what is on or off; `begins_group` puts a line above; `label` gives the text where it
    changes ("Undo Move notes").
    """

    id: str
    text: str
    menu: str
    does: Callable[[Window], Any]
    shortcut: str = ""
    icon: str = ""
    enabled: Callable[[Window], bool] = _always
    checked: Callable[[Window], bool] | None = None
    label: Callable[[Window], str] | None = None
    begins_group: bool = False
    keys: str = ""


def translated(text: str) -> str:
    """A text of the table in the language of the window."""
    return QCoreApplication.translate(CONTEXT, text)


def plain(text: str) -> str:
    """A menu text without the mark of its letter, and without keys behind a tabulator."""
    return text.partition("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&")


def shown_keys(each: Action) -> str:
    """The keys of an action as this system writes them, the first where there are several."""
    return QKeySequence(each.shortcut.split("|")[0] or each.keys).toString(QKeySequence.SequenceFormat.NativeText)


def _undo_label(window: Window) -> str:
    label = window.session.document.undo_label
    return translated("&Undo") + (f" {label}" if label else "")


def _redo_label(window: Window) -> str:
    label = window.session.document.redo_label
    return translated("&Redo") + (f" {label}" if label else "")


def _has_part(window: Window) -> bool:
    return window.roll.state.part is not None


def _has_notes(window: Window) -> bool:
    return bool(window.roll.state.selected)


def _show_taste(window: Window) -> None:
    from .taste_panel import TasteDialog

    TasteDialog(window.session, window).exec()


FILE_ACTIONS = (
    Action("file.new", _(CONTEXT, "&New"), FILE, lambda w: w.files.new(), "Ctrl+N", "new"),
    Action("file.open", _(CONTEXT, "&Open…"), FILE, lambda w: w.files.choose(), "Ctrl+O", "open"),
    Action("file.save", _(CONTEXT, "&Save"), FILE, lambda w: w.files.save(), "Ctrl+S", "save"),
    Action("file.save-as", _(CONTEXT, "Save &as…"), FILE, lambda w: w.files.save_as(), "Ctrl+Shift+S"),
    Action("file.import", _(CONTEXT, "&Import into this song…"), FILE, lambda w: w.files.choose_import(),
           begins_group=True),
    Action("file.export-midi", _(CONTEXT, "Export &MIDI…"), FILE, lambda w: w.out.export_midi(), "Ctrl+E", "export",
           lambda w: bool(w.session.song.parts)),
    Action("file.export-mix", _(CONTEXT, "Export mi&x as audio…"), FILE, lambda w: w.out.export_mix(), "Ctrl+Shift+E",
           enabled=lambda w: bool(w.session.song.parts)),
    Action("file.export-stems", _(CONTEXT, "Export s&tems…"), FILE, lambda w: w.out.export_stems(),
           enabled=lambda w: bool(w.session.song.parts)),
    Action("file.scan", _(CONTEXT, "Look for &plugins"), FILE, lambda w: w.scan_plugins(), icon="plugin",
           begins_group=True),
    Action("file.settings", _(CONTEXT, "S&ettings…"), FILE, lambda w: w.show_settings(), "Ctrl+,", "settings"),
    Action("file.quit", _(CONTEXT, "&Quit"), FILE, lambda w: w.close(), "Ctrl+Q"),
)  # fmt: skip
EDIT_ACTIONS = (
    Action("edit.undo", _(CONTEXT, "&Undo"), EDIT, lambda w: w.session.undo(), "Ctrl+Z", "undo",
           lambda w: w.session.document.undo_label is not None, label=_undo_label),
    Action("edit.redo", _(CONTEXT, "&Redo"), EDIT, lambda w: w.session.redo(), "Ctrl+Shift+Z|Ctrl+Y", "redo",
           lambda w: w.session.document.redo_label is not None, label=_redo_label),
    Action("edit.palette", _(CONTEXT, "Find a &command…"), EDIT, lambda w: w.show_palette(), "Ctrl+K", "search",
           begins_group=True),
)  # fmt: skip
# The piano roll hears the keys of these itself, so that they mean notes only where notes are.
NOTES_ACTIONS = (
    Action("notes.cut", _(CONTEXT, "Cu&t"), NOTES, lambda w: keys.cut(w.roll.state), enabled=_has_notes,
           keys="Ctrl+X"),
    Action("notes.copy", _(CONTEXT, "&Copy"), NOTES, lambda w: keys.copy(w.roll.state), enabled=_has_notes,
           keys="Ctrl+C"),
    Action("notes.paste", _(CONTEXT, "&Paste"), NOTES, lambda w: keys.paste(w.roll.state), enabled=_has_part,
           keys="Ctrl+V"),
    Action("notes.duplicate", _(CONTEXT, "Dupl&icate"), NOTES, lambda w: keys.duplicate(w.roll.state),
           enabled=_has_notes, keys="Ctrl+D"),
    Action("notes.delete", _(CONTEXT, "D&elete"), NOTES, lambda w: keys.delete(w.roll.state), icon="trash",
           enabled=_has_notes, keys="Del"),
    Action("notes.all", _(CONTEXT, "Select &all"), NOTES, lambda w: keys.select_all(w.roll.state), icon="select",
           enabled=lambda w: bool(w.roll.state.notes), keys="Ctrl+A"),
    Action("notes.quantise", _(CONTEXT, "&Quantise"), NOTES, lambda w: keys.quantise(w.roll.state), icon="magnet",
           enabled=lambda w: bool(w.roll.state.notes), keys="Q", begins_group=True),
    Action("notes.up", _(CONTEXT, "A semit&one up"), NOTES, lambda w: keys.transpose(w.roll.state, 1),
           enabled=_has_notes, keys="Up"),
    Action("notes.down", _(CONTEXT, "A se&mitone down"), NOTES, lambda w: keys.transpose(w.roll.state, -1),
           enabled=_has_notes, keys="Down"),
    Action("notes.octave-up", _(CONTEXT, "An octave &up"), NOTES, lambda w: keys.transpose(w.roll.state, 12),
           enabled=_has_notes, keys="Shift+Up"),
    Action("notes.octave-down", _(CONTEXT, "An octave &down"), NOTES, lambda w: keys.transpose(w.roll.state, -12),
           enabled=_has_notes, keys="Shift+Down"),
    Action("notes.longer", _(CONTEXT, "&Longer"), NOTES, lambda w: keys.lengthen(w.roll.state, 1),
           enabled=_has_notes, keys="Alt+Right"),
    Action("notes.shorter", _(CONTEXT, "&Shorter"), NOTES, lambda w: keys.lengthen(w.roll.state, -1),
           enabled=_has_notes, keys="Alt+Left"),
    Action("notes.letters", _(CONTEXT, "Pla&y with letters"), NOTES, lambda w: w.roll.toolbar.typing.click(),
           icon="keyboard", checked=lambda w: w.roll.state.typing, begins_group=True),
    Action("notes.steps", _(CONTEXT, "Step i&nput"), NOTES, lambda w: w.roll.toolbar.step.click(),
           checked=lambda w: w.roll.state.step_input),
)  # fmt: skip
PLAY_ACTIONS = (
    Action("play.toggle", _(CONTEXT, "&Play or pause"), PLAY, lambda w: w.session.play_or_pause(), "Space", "play",
           checked=lambda w: w.session.playing),
    Action("play.stop", _(CONTEXT, "&Stop"), PLAY, lambda w: w.transport.stop(), "Shift+Space", "stop"),
    Action("play.start", _(CONTEXT, "To the &beginning"), PLAY, lambda w: w.session.seek(0), "Home", "to-start"),
    Action("play.back", _(CONTEXT, "A bar b&ack"), PLAY, lambda w: w.transport.step(-1), "Ctrl+Left"),
    Action("play.forward", _(CONTEXT, "A bar &forward"), PLAY, lambda w: w.transport.step(1), "Ctrl+Right"),
    Action("play.loop", _(CONTEXT, "&Loop"), PLAY, lambda w: w.transport.toggle_loop(), "Ctrl+L", "loop",
           checked=lambda w: w.transport.looping, begins_group=True),
    Action("play.metronome", _(CONTEXT, "&Metronome"), PLAY, lambda w: w.transport.toggle_metronome(), "Ctrl+M",
           "metronome", checked=lambda w: w.transport.metronome),
    Action("play.count-in", _(CONTEXT, "&Count in a bar"), PLAY, lambda w: w.transport.toggle_count_in(),
           "Ctrl+Shift+M", "count-in", checked=lambda w: w.transport.counting_in),
    Action("play.record", _(CONTEXT, "&Record from the MIDI keyboard"), PLAY, lambda w: w.transport.toggle_record(),
           "Ctrl+R", "record", checked=lambda w: w.transport.recording),
    Action("play.tap", _(CONTEXT, "&Tap the tempo"), PLAY, lambda w: w.transport.display.tap(), "Ctrl+T"),
)  # fmt: skip
PROPOSE_ACTIONS = (
    Action("propose.go", _(CONTEXT, "&Propose"), PROPOSE, lambda w: w.propose(), "Ctrl+Return|Ctrl+Enter", "propose",
           lambda w: not w.session.proposals.under_way),
    Action("propose.stop", _(CONTEXT, "S&top composing"), PROPOSE, lambda w: w.session.proposals.cancel(), "Ctrl+.",
           "stop", lambda w: w.session.proposals.under_way),
    Action("propose.song", _(CONTEXT, "Hear the &song itself again"), PROPOSE,
           lambda w: w.session.proposals.audition(None), "Ctrl+0",
           enabled=lambda w: w.session.proposals.auditioned is not None),
    Action("propose.learn", _(CONTEXT, "&Learn from my music…"), PROPOSE, show_adapting,
           begins_group=True),
    Action("propose.taste", _(CONTEXT, "Your t&aste…"), PROPOSE, _show_taste, icon="like"),
)  # fmt: skip
PRESET_ACTIONS = (
    Action("presets.keep", _(CONTEXT, "&Keep as a preset…"), PRESETS, lambda w: w.sharing.keep(), "Ctrl+Shift+K",
           "save"),
    Action("presets.share", _(CONTEXT, "&Share the chosen one…"), PRESETS, lambda w: w.sharing.share(), icon="share"),
    Action("presets.paste", _(CONTEXT, "&Paste a share code"), PRESETS, lambda w: w.sharing.paste(), "Ctrl+Shift+V",
           begins_group=True),
    Action("presets.bring-in", _(CONTEXT, "&Bring in a file…"), PRESETS, lambda w: w.sharing.choose_file(),
           icon="open"),
    Action("presets.shelves", _(CONTEXT, "S&helves…"), PRESETS, lambda w: w.sharing.show_shelves(), icon="browser"),
)  # fmt: skip
VIEW_ACTIONS = (
    Action("view.browser", _(CONTEXT, "&Browser"), VIEW, lambda w: w.toggle("browser"), "Ctrl+B", "browser",
           checked=lambda w: w.shows("browser")),
    Action("view.proposals", _(CONTEXT, "&Proposals"), VIEW, lambda w: w.toggle("proposals"), "Ctrl+P", "cards",
           checked=lambda w: w.shows("proposals")),
    Action("view.mixer", _(CONTEXT, "&Mixer"), VIEW, lambda w: w.toggle("mixer"), "F3", "mixer",
           checked=lambda w: w.shows("mixer")),
    Action("view.by-author", _(CONTEXT, "Colour notes by &author"), VIEW,
           lambda w: w.roll.state.set(by_author=not w.roll.state.by_author), icon="author",
           checked=lambda w: w.roll.state.by_author, begins_group=True),
    Action("view.authors", _(CONTEXT, "&Shares of the authors…"), VIEW, lambda w: w.show_authors()),
    Action("view.full", _(CONTEXT, "&Full screen"), VIEW, lambda w: w.toggle_full_screen(), "F11",
           checked=lambda w: w.isFullScreen(), begins_group=True),
)  # fmt: skip
HELP_ACTIONS = (
    Action("help.welcome", _(CONTEXT, "&First steps"), HELP, lambda w: w.show_welcome(), "F1", "help"),
    Action("help.log", _(CONTEXT, "&Log"), HELP, lambda w: w.show_log()),
    Action("help.about", _(CONTEXT, "&About Cocomposer"), HELP, lambda w: w.show_about()),
)
TABLE: tuple[Action, ...] = (
    *FILE_ACTIONS,
    *EDIT_ACTIONS,
    *NOTES_ACTIONS,
    *PLAY_ACTIONS,
    *PROPOSE_ACTIONS,
    *PRESET_ACTIONS,
    *VIEW_ACTIONS,
    *HELP_ACTIONS,
)


class Actions(QObject):
    """The table brought to life for one window."""

    def __init__(self, window: Window, table: tuple[Action, ...] = TABLE) -> None:
        super().__init__(window)
        self._window, self._table = window, table
        self._made = {each.id: self._make(each) for each in table}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    @property
    def table(self) -> tuple[Action, ...]:
        return self._table

    def _make(self, each: Action) -> QAction:
        made = QAction(translated(each.text), self._window)
        made.setObjectName(each.id)
        if each.shortcut:
            made.setShortcuts([QKeySequence(keys) for keys in each.shortcut.split("|")])
            made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if each.icon:
            made.setIcon(icon(each.icon))
        made.setCheckable(each.checked is not None)
        if each.keys:
            made.setText(f"{made.text()}\t{shown_keys(each)}")
        keys = shown_keys(each)
        made.setToolTip(plain(made.text()) + (f"  ({keys})" if keys else ""))
        made.triggered.connect(lambda: self.trigger(each))
        self._window.addAction(made)
        return made

    def trigger(self, each: Action) -> None:
        """Do it, and show what it changed."""
        each.does(self._window)
        self.refresh_soon()

    def refresh_soon(self) -> None:
        """Bring what is enabled and checked up to date once the current event is done with."""
        self._soon.start()

    def refresh(self) -> None:
        for each in self._table:
            made = self._made[each.id]
            made.setEnabled(each.enabled(self._window))
            if each.checked is not None:
                made.setChecked(each.checked(self._window))
            if each.label is not None:
                made.setText(each.label(self._window))

    def redraw(self) -> None:
        """Tint the icons anew after the theme changed."""
        for each in self._table:
            if each.icon:
                self._made[each.id].setIcon(icon(each.icon))

    def fill(self, bar: QMenuBar) -> None:
        """Put every action into its menu."""
        for name in MENUS:
            menu = bar.addMenu(translated(name))
            assert menu is not None
            menu.setObjectName(name)
            for each in self._table:
                if each.menu == name:
                    if each.begins_group:
                        menu.addSeparator()
                    menu.addAction(self._made[each.id])

    def button(self, name: str, kind: str = "") -> QToolButton:
        """A toolbar button for an action."""
        made = QToolButton()
        action = self._made[name]
        made.setDefaultAction(action)
        made.setIconSize(QSize(ICON, ICON))
        made.setAccessibleName(plain(action.text()))
        theme.keyboard_only_focus(made)
        if kind:
            theme.set_kind(made, kind)
        return made
