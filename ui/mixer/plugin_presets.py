"""The presets of a plugin: files that are loaded and saved, and the programs that it brings along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.music.mix import Effect, Instrument
from cocomposer.studio import plugin_presets

from ..session import Session

if TYPE_CHECKING:
    from cocomposer.sound.supervisor import Hosts

T = TypeVar("T")


class PresetButton(QPushButton):
    """A menu of what can be done with presets of the plugin that is `shown`.

    `take` is given the state that a preset brings the plugin to, for that plugin.
    """

    def __init__(self, session: Session, take: Callable[[Effect | Instrument, bytes], None]) -> None:
        super().__init__()
        self.setText(self.tr("Presets"))
        self._session, self._take = session, take
        self.shown: Effect | Instrument | None = None
        menu = QMenu(self)
        for words, ask in (
            (self.tr("Load a preset…"), self._ask_to_load),
            (self.tr("Save as a preset…"), self._ask_to_save),
            (self.tr("Programs of the plugin…"), self.ask_for_program),
        ):
            entry = menu.addAction(words)
            if entry is not None:
                entry.triggered.connect(ask)
        self.setMenu(menu)

    def show_for(self, plugin: Effect | Instrument | None) -> None:
        """Work for this plugin from now on; hidden for None, and where no process could ask one."""
        self.shown = plugin
        self.setVisible(plugin is not None and self._session.hosts is not None)

    def load(self, path: Path) -> None:
        """Bring the plugin to the state of a preset file."""
        self._ask(lambda hosts, plugin: plugin_presets.state_from_file(hosts, plugin, path), self._take)

    def save(self, path: Path) -> None:
        """Keep the plugin, as it is turned, in a preset file."""
        told = self.tr("Saved the preset {name}").format(name=path.stem)
        self._ask(
            lambda hosts, plugin: plugin_presets.save_preset(hosts, plugin, path),
            lambda *_: self._session.told.emit(told),
        )

    def ask_for_program(self) -> None:
        """Show the names of the plugin's programs, to choose one."""
        self._ask(plugin_presets.programs, self._show_programs)

    def choose(self, program: int) -> None:
        """Bring the plugin to one of its programs, counted from 0."""
        self._ask(lambda hosts, plugin: plugin_presets.state_of_program(hosts, plugin, program), self._take)

    def _ask(
        self,
        work: Callable[[Hosts, Effect | Instrument], T],
        done: Callable[[Effect | Instrument, T], None],
    ) -> None:
        """Do what takes a process, beside the window."""
        plugin, hosts = self.shown, self._session.hosts
        if plugin is not None and hosts is not None:
            self._session.jobs.run(
                lambda *_: work(hosts, plugin), lambda result: done(plugin, result), self._session.problem.emit
            )

    def _show_programs(self, plugin: Effect | Instrument, names: Sequence[str]) -> None:
        if plugin != self.shown:
            return
        if not names:
            self._session.told.emit(self.tr("This plugin brings no programs along."))
            return
        chooser = ProgramChooser(names, self)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.accepted.connect(lambda: self.choose(chooser.program))
        chooser.open()

    def _patterns(self, suffixes: Sequence[str]) -> str:
        return self.tr("Presets ({patterns})").format(patterns=" ".join(f"*{suffix}" for suffix in suffixes))

    def _ask_to_load(self) -> None:
        if self.shown is None:
            return
        patterns = self._patterns(plugin_presets.preset_suffixes(self.shown))
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Load a preset"), "", patterns)
        if name:
            self.load(Path(name))

    def _ask_to_save(self) -> None:
        if self.shown is None:
            return
        suffixes = plugin_presets.preset_suffixes(self.shown)[:1]
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save as a preset"), "", self._patterns(suffixes))
        if name:
            path = Path(name)
            self.save(path if path.suffix or not suffixes else path.with_suffix(suffixes[0]))


class ProgramChooser(QDialog):
    """A list of programs, shorter with each letter that is typed."""

    def __init__(self, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Programs of the plugin"))
        self.resize(360, 480)
        self.field, self.list = QLineEdit(), QListWidget()
        self.field.setPlaceholderText(self.tr("Find a program"))
        self.field.setAccessibleName(self.tr("Find a program"))
        self.list.setAccessibleName(self.tr("Programs of the plugin"))
        self.list.setUniformItemSizes(True)
        self.list.addItems([f"{number}  {name}" for number, name in enumerate(names, 1)])
        self.list.setCurrentRow(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.list.itemActivated.connect(lambda _: self.accept())
        self.field.textChanged.connect(self._find)
        column = QVBoxLayout(self)
        for widget in (self.field, self.list, buttons):
            column.addWidget(widget)

    @property
    def program(self) -> int:
        """The program that is chosen, counted from 0."""
        return max(0, self.list.currentRow())

    def _find(self, typed: str) -> None:
        first = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None:
                item.setHidden(typed.casefold() not in item.text().casefold())
                if first is None and not item.isHidden():
                    first = row
        if first is not None:
            self.list.setCurrentRow(first)
