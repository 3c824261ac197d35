"""The shelves that are read: their addresses, what is on them, and installing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from cocomposer.errors import PresetError

from .. import theme

if TYPE_CHECKING:
    from cocomposer.library.subscriptions import Offer, Subscription

    from ..window import Window

MOST = 500
"""Most packs that are listed at once; searching finds the others."""
_DATA = Qt.ItemDataRole.UserRole


class ShelvesDialog(QDialog):
    """Stays open while packs are installed; what takes a while is shown in the window's line below."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.setWindowTitle(self.tr("Shelves"))
        self.resize(640, 560)
        self.address = QLineEdit()
        self.address.setPlaceholderText(self.tr("https://… or a folder"))
        self.address.setAccessibleName(self.tr("Address of a shelf"))
        self.address.returnPressed.connect(self.subscribe)
        self.add = self._button(self.tr("Subscribe"), self.subscribe)
        self.shelves = QListWidget()
        self.shelves.setAccessibleName(self.tr("Shelves"))
        self.shelves.setMaximumHeight(96)
        self.update_all = self._button(self.tr("Refresh"), self.refresh)
        self.drop = self._button(self.tr("Unsubscribe"), self.unsubscribe)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search what is on them"))
        self.search.setAccessibleName(self.tr("Search what is on them"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self.look_up())
        self.offers = QListWidget()
        self.offers.setAccessibleName(self.tr("Packs"))
        self.offers.currentItemChanged.connect(lambda *_: self._tell_about())
        self.offers.itemDoubleClicked.connect(lambda _: self.install())
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setMinimumHeight(56)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.set_kind(self.about, "small")
        self.get = self._button(self.tr("Install"), self.install)
        theme.set_kind(self.get, "primary")
        close = self._button(self.tr("Close"), self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        said = QLabel(self.tr("A shelf is a folder of packs that anybody can show on the web. Nothing is sent to it."))
        theme.set_kind(said, "muted")
        said.setWordWrap(True)
        column.addWidget(said)
        for widgets in ((self.address, self.add), (self.shelves,), (self.update_all, self.drop), (self.search,),
                        (self.offers,), (self.about,), (self.get, close)):  # fmt: skip
            row = QHBoxLayout()
            row.setSpacing(8)
            if isinstance(widgets[0], QPushButton):
                row.addStretch(1)
            for widget in widgets:
                row.addWidget(widget, 0 if isinstance(widget, QPushButton) else 1)
            column.addLayout(row, 1 if self.offers in widgets else 0)
        self._tell_about()

    def _button(self, text: str, does: Callable[[], object]) -> QPushButton:
        made = QPushButton(text)
        made.setAutoDefault(False)
        made.clicked.connect(lambda _: does())
        return made

    def open_anew(self) -> None:
        """Show what is known now."""
        self.show()
        self.raise_()
        self.list_shelves()

    # --- Shelves ----------------------------------------------------------------------------------------------------

    def list_shelves(self) -> None:
        """List the shelves that are read, and what is on them."""
        room = self._session.room

        def listed(subscriptions: list[Subscription]) -> None:
            self.shelves.clear()
            for each in subscriptions:
                item = QListWidgetItem(each.address + (f"  ·  {self.tr('signed')}" if each.key else ""))
                item.setData(_DATA, each)
                self.shelves.addItem(item)
            self.shelves.setCurrentRow(0)
            for button in (self.update_all, self.drop):
                button.setEnabled(bool(subscriptions))
            self.look_up()

        self._session.jobs.run(
            lambda *_: room.presets.shelves.all(), on_done=listed, on_error=self._session.problem.emit
        )

    def subscribe(self) -> None:
        """Read the shelf at the address that was typed."""
        address, room = self.address.text().strip(), self._session.room
        if not address:
            return

        def done(title: str) -> None:
            self.address.clear()
            self._window.status.say(self.tr("You read {name} now.").format(name=title))
            self.list_shelves()

        self._window.run(
            self.tr("Reading {name}").format(name=address),
            lambda _, cancelled: room.presets.shelves.subscribe(address, cancelled).title,
            done,
        )

    def unsubscribe(self) -> None:
        """Read the chosen shelf no longer."""
        item, room = self.shelves.currentItem(), self._session.room
        if item is not None:
            address = item.data(_DATA).address
            self._session.jobs.run(
                lambda *_: room.presets.shelves.unsubscribe(address),
                on_done=lambda _: self.list_shelves(),
                on_error=self._session.problem.emit,
            )

    def refresh(self) -> None:
        """Read every shelf anew; one that cannot be had is told, and the others go on."""
        room = self._session.room

        def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> list[str]:
            told, shelves = [], room.presets.shelves
            known = shelves.all()
            for number, each in enumerate(known, 1):
                try:
                    shelves.refresh(each, cancelled)
                except PresetError as error:
                    told.append(str(error))
                progress(number / len(known))
            return told

        def done(told: list[str]) -> None:
            for sentence in told:
                self._session.problem.emit(sentence)
            self.look_up()

        self._window.run(self.tr("Reading the shelves"), work, done)

    # --- Packs ------------------------------------------------------------------------------------------------------

    def look_up(self) -> None:
        """List the packs that have each word that was typed."""
        room, query = self._session.room, self.search.text()

        def found(offers: list[Offer]) -> None:
            self.offers.clear()
            for offer in offers[:MOST]:
                pack = offer.pack
                item = QListWidgetItem(f"{pack.title}  ·  {', '.join(pack.kinds)}")
                item.setData(_DATA, offer)
                self.offers.addItem(item)
            self.offers.setCurrentRow(0)
            self._tell_about()

        self._session.jobs.run(
            lambda *_: room.presets.shelves.offers(query), on_done=found, on_error=self._session.problem.emit
        )

    def install(self) -> None:
        """Fetch the chosen pack, check it, and install it."""
        item, room = self.offers.currentItem(), self._session.room
        if item is None:
            return
        offer: Offer = item.data(_DATA)

        def done(_: object) -> None:
            self._window.status.say(self.tr("Installed: {names}").format(names=offer.pack.title))
            room.refresh()

        self._window.run(
            self.tr("Fetching {name}").format(name=offer.pack.title),
            lambda progress, cancelled: room.presets.shelves.install(offer, progress, cancelled),
            done,
        )

    def _tell_about(self) -> None:
        item = self.offers.currentItem()
        self.get.setEnabled(item is not None)
        if item is None:
            nothing = self.tr("You read no shelf yet. Type an address or a folder above, and press Subscribe.")
            self.about.setText("" if self.shelves.count() else nothing)
            return
        pack = item.data(_DATA).pack
        head = (pack.author, pack.licence, self.tr("{size} kB").format(size=max(1, pack.size // 1000)))
        lines = ("  ·  ".join(word for word in head if word), pack.description, ", ".join(pack.presets[:12]))
        self.about.setText("\n".join(line for line in lines if line))
