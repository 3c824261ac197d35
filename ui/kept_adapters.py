"""What the model learned so far: heard or not, shared, brought in, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.studio.adapting_apart import take_in_apart

from . import theme
from .adapter_chooser import AdapterChooser

if TYPE_CHECKING:
    from cocomposer.studio.adapters import KeptAdapter

    from .session import Session


class KeptAdapters(QWidget):
    """The list of adapters with what can be done to them, and which of them plays."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What was learned"))
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(lambda _: self._refresh())
        self.share, self.remove = QPushButton(self.tr("Share…")), QPushButton(self.tr("Forget…"))
        self.bring_in = QPushButton(self.tr("Take in another's…"))
        self.share.clicked.connect(self._ask_where)
        self.bring_in.clicked.connect(self._ask_which)
        self.remove.clicked.connect(self._ask_whether)
        self.chooser = AdapterChooser(session)
        heading, plays = QLabel(self.tr("What was learned").upper()), QLabel(self.tr("Proposals sound of"))
        theme.set_kind(heading, "heading")
        theme.set_kind(plays, "muted")
        plays.setAlignment(Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        for button in (self.share, self.bring_in, self.remove):
            row.addWidget(button)
        row.addStretch()
        chosen = QHBoxLayout()
        chosen.setSpacing(3 * theme.GRID)
        chosen.addWidget(plays)
        chosen.addWidget(self.chooser, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(heading)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addLayout(chosen)
        self.look()

    @property
    def current(self) -> str:
        """The name of the adapter that is selected, "" for none."""
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def look(self) -> None:
        """Find the adapters that are here."""

        def found(*_: object) -> Sequence[KeptAdapter]:
            from cocomposer.studio.adapters import adapters

            return adapters()

        self._session.jobs.run(found, self._show)
        self.chooser.look()

    def share_as(self, name: str, path: Path) -> None:
        """Write an adapter as a pack."""

        def work(*_: object) -> None:
            from cocomposer.studio.adapters import share_adapter

            share_adapter(name, path)

        told = self.tr("Written to {path}").format(path=path)
        self._session.jobs.run(work, lambda _: self._session.told.emit(told), self._session.problem.emit)

    def take_in(self, path: Path) -> None:
        """Keep the adapters of a pack or preset file."""

        self._session.jobs.run(
            lambda _, cancelled: take_in_apart(path, cancelled), lambda _: self.look(), self._session.problem.emit
        )

    def forget(self, name: str) -> None:
        """Remove an adapter for good; proposals sound of it no more."""

        def work(*_: object) -> None:
            from cocomposer.studio.adapters import remove_adapter

            remove_adapter(name)

        def gone(_: None) -> None:
            if self._session.settings.adapter == name:
                self._session.keep_settings(replace(self._session.settings, adapter=""))
            self.look()

        self._session.jobs.run(work, gone, self._session.problem.emit)

    def _show(self, found: Sequence[KeptAdapter]) -> None:
        self.list.clear()
        for each in found:
            words = self.tr("{name}: {songs} songs, {notes} notes; songs kept aside are foretold {better} % better")
            better = f"{100 * each.card.better:.1f}"
            text = words.format(name=each.name, songs=len(each.card.files), notes=each.card.notes, better=better)
            item = QListWidgetItem(text, self.list)
            item.setData(Qt.ItemDataRole.UserRole, each.name)
            item.setToolTip(
                self.tr("{statement}\nLearned {when} on the model {base}").format(
                    statement=each.card.statement, when=each.card.learned, base=each.card.base
                )
            )
        self.list.setCurrentRow(0 if found else -1)
        self._refresh()

    def _refresh(self) -> None:
        for button in (self.share, self.remove):
            button.setEnabled(bool(self.current))

    def _ask_where(self) -> None:
        name = self.current
        wanted = self.tr("Packs (*.cocopack)")
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Share what was learned"), f"{name}.cocopack", wanted)
        if chosen:
            self.share_as(name, Path(chosen).with_suffix(".cocopack"))

    def _ask_which(self) -> None:
        wanted = self.tr("Packs and presets (*.cocopack *.toml)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Take in what another's model learned"), "", wanted)
        if chosen:
            self.take_in(Path(chosen))

    def _ask_whether(self) -> None:
        name = self.current
        sure = QMessageBox.question(
            self, self.tr("Forget"), self.tr("Forget what was learned as {name}? It cannot be brought back.").format(
                name=name
            )
        )  # fmt: skip
        if sure == QMessageBox.StandardButton.Yes:
            self.forget(name)
