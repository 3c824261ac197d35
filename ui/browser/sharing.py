"""What the window does with presets beside using them: keeps, shares, brings in, removes, reads shelves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QMimeData, QObject
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox

from cocomposer.composer import Controls
from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.presets import AtHand, Incoming

from ..dragging import PACK, TEXT, dragged_presets, is_code
from ..using import load

if TYPE_CHECKING:
    from cocomposer.library.preset import ControlSetting, Preset

    from ..window import Window
    from .shelves import ShelvesDialog


class Sharing(QObject):
    """The presets of one window; everything that takes a while is shown in its line below, with a way to stop it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._shelves: ShelvesDialog | None = None

    # --- Using what is no edit of the song --------------------------------------------------------------------------

    def use(self, entry: Entry) -> None:
        """Use a mood, a way of playing or a template."""
        load(entry, self._window.session, self._take)

    def _take(self, preset: Preset, at_hand: AtHand) -> None:
        from cocomposer.library.preset import ControlPreset, MoodPreset, TemplatePreset

        window = self._window
        if isinstance(preset, TemplatePreset):
            window.files.open_song(at_hand.value)
            window.proposals.wish(_controls(preset.template.controls), style=preset.template.style)
        elif isinstance(preset, MoodPreset):
            window.proposals.wish(mood=(preset.mood.valence, preset.mood.arousal))
        elif isinstance(preset, ControlPreset):
            window.proposals.wish(_controls(preset.control))
            if preset.control.parts:
                told = self.tr("{name} also says how single parts play, which the window cannot ask for yet.")
                window.session.problem.emit(told.format(name=preset.name))
        window.proposals.show()

    # --- Keeping ----------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Ask what of the present work is to be kept as a preset, and keep it."""
        from .keeping import KeepDialog  # the dialogs know the schemas, which take a while to load

        dialog = KeepDialog(self._window.session, self._window.proposals.controls, self._window.memory, self._window)
        dialog.kept.connect(self.save)
        dialog.open()

    def save(self, make: Callable[[], Preset], with_preview: bool = True) -> None:
        """Keep the preset that `make` gives among the artist's own; its preview is made afterwards."""
        room = self._window.session.room

        def work(*_: object) -> tuple[Preset, Path]:
            preset = make()
            return preset, room.presets.save(preset)

        def saved(made: tuple[Preset, Path]) -> None:
            room.refresh()
            self._window.status.say(self.tr("Kept as {name}").format(name=made[0].name))
            if with_preview:
                self._preview(*made)

        self._window.run(self.tr("Keeping a preset"), work, saved)

    def _preview(self, preset: Preset, path: Path) -> None:
        session = self._window.session

        def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
            session.room.presets.render_preview(preset, path.with_suffix(".ogg"), session.hosts, cancelled, progress)

        self._window.run(self.tr("Making a preview of {name}").format(name=preset.name), work, lambda _: None)

    def remove(self, entry: Entry) -> None:
        """Remove one of the artist's own presets, after a question."""
        buttons, found = QMessageBox.StandardButton, entry.preset
        answer = QMessageBox.question(
            self._window, self.tr("Remove"), self.tr("Remove “{name}” from this computer?").format(name=entry.name),
            buttons.Yes | buttons.No, buttons.No,
        )  # fmt: skip
        if answer == buttons.Yes and found is not None:
            room = self._window.session.room
            self._window.run(
                self.tr("Removing {name}").format(name=entry.name),
                lambda *_: room.presets.remove(found),
                lambda _: room.refresh(),
            )

    # --- Sharing ----------------------------------------------------------------------------------------------------

    def share(self, entry: Entry | None = None) -> None:
        """Show the share code of a preset, by default the one chosen in the browser, and offer to write it."""
        entry = entry or self._window.browser.current()
        if entry is None or entry.preset is None:
            self._window.status.say(self.tr("Choose a preset in the browser first."))
            return
        found, session = entry.preset, self._window.session

        def shown(read: tuple[Preset, str, str]) -> None:
            from .share_dialog import ShareDialog

            dialog = ShareDialog(*read, self._window)
            dialog.export_asked.connect(partial(self._ask_where, entry))
            dialog.open()

        session.jobs.run(
            lambda *_: _coded(session.room.presets.load(found)), on_done=shown, on_error=session.problem.emit
        )

    def _ask_where(self, entry: Entry) -> None:
        from cocomposer.library.pack import file_stem

        place = Path(self._window.memory.word("files/exports", str(Path.home()))) / (file_stem(entry.name) + PACK)
        kinds = f"{self.tr('Pack')} (*{PACK});;{self.tr('Text')} (*{TEXT})"
        title = self.tr("Export {name}").format(name=entry.name)
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(place), kinds)
        if chosen:
            path = Path(chosen)
            self._window.memory.keep("files/exports", str(path.parent))
            self.export(entry, path if path.suffix in (PACK, TEXT) else path.with_name(path.name + PACK))

    def export(self, entry: Entry, path: Path) -> None:
        """Write a preset to `path`, as a pack or a text by its suffix."""
        found, room = entry.preset, self._window.session.room
        if found is None:
            return
        head: dict[str, Any] = {"name": found.name, "author": found.author, "description": found.description}
        self._window.run(
            self.tr("Writing {name}").format(name=path.name),
            lambda *_: room.presets.export([found], path, {name: text for name, text in head.items() if text}),
            lambda _: self._window.status.say(self.tr("Exported {name}").format(name=path.name)),
        )

    # --- Bringing in ------------------------------------------------------------------------------------------------

    def can_take(self, mime: QMimeData | None) -> bool:
        """Whether what is dragged here is a pack, a preset file or a share code, as far as its name says."""
        return bool(dragged_presets(mime))

    def take(self, mime: QMimeData | None) -> bool:
        """Look at what was dropped, to be installed after a question."""
        dropped = dragged_presets(mime)
        if dropped:
            self.look_at(dropped)
        return bool(dropped)

    def paste(self) -> None:
        """Look at the share code on the clipboard."""
        clipboard = QApplication.clipboard()
        text = (clipboard.text() if clipboard is not None else "").strip()
        if is_code(text):
            self.look_at(text)
        else:
            self._window.session.problem.emit(
                self.tr("There is no share code on the clipboard: copy the whole line that begins with coco1: first.")
            )

    def choose_file(self) -> None:
        """Let the artist pick a pack or a preset, and look at it."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Bring in presets"), str(Path.home()), f"{self.tr('Presets')} (*{PACK} *{TEXT})"
        )
        if chosen:
            self.look_at(chosen)

    def look_at(self, what: str) -> None:
        """Check a share code or the file at a path, show what it holds, and install it where that is wanted."""
        room = self._window.session.room
        self._window.run(self.tr("Looking at presets"), lambda *_: room.presets.look_at(what), self.offer)

    def offer(self, incoming: Incoming) -> None:
        """Show what came in, to be heard and installed."""
        from .receiving import ReceiveDialog

        dialog = ReceiveDialog(self._window.session, incoming, self._window)
        dialog.install_asked.connect(lambda: self._install(incoming))
        dialog.open()

    def _install(self, incoming: Incoming) -> None:
        room = self._window.session.room

        def done(_: object) -> None:
            room.refresh()
            names = ", ".join(preset.name for preset in incoming.presets[:3])
            self._window.status.say(self.tr("Installed: {names}").format(names=names))
            if incoming.presets:
                self._window.browser.show_kind(Kind(incoming.presets[0].kind_name))

        self._window.run(self.tr("Installing presets"), lambda *_: room.presets.bring_in(incoming), done)

    def show_shelves(self) -> None:
        """The shelves that are read, and what is on them."""
        from .shelves import ShelvesDialog

        if self._shelves is None:
            self._shelves = ShelvesDialog(self._window)
        self._shelves.open_anew()


def _controls(setting: ControlSetting) -> Controls:
    """What a preset asks of everybody."""
    return Controls(**setting.everybody.asked())  # type: ignore[arg-type]  # the preset was checked


def _coded(preset: Preset) -> tuple[Preset, str, str]:
    """A preset, its share code, or why it has none."""
    from cocomposer.errors import PresetError
    from cocomposer.library.share_code import to_code

    try:
        return preset, to_code(preset), ""
    except PresetError as error:
        return preset, "", str(error)
