"""Racks in a menu: a whole strip's effects taken from a file, or put into one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QFileDialog, QMenu

from cocomposer.errors import CocomposerError
from cocomposer.resources import presets_folder
from cocomposer.sound.racks import rack_from_strip, read_rack, save_rack

from .desk import StripDesk


def tr(text: str) -> str:
    return QCoreApplication.translate("RackMenu", text)


def load_rack(desk: StripDesk, path: Path) -> None:
    """Put the effects, sends, pan and width of a rack file in the place of the strip's; the fader stays where it is."""
    try:
        strip = read_rack(path).strip
    except CocomposerError as error:
        desk.session.problem.emit(str(error))
        return
    kept = desk.strip
    lanes = tuple(lane for lane in kept.lanes if not lane.target.startswith("insert:"))
    sends = strip.sends if desk.channel.kind == "part" else ()
    desk.change(
        tr("Load rack for {name}"), inserts=strip.inserts, sends=sends, pan=strip.pan, width=strip.width, lanes=lanes
    )


def write_rack(desk: StripDesk, path: Path) -> None:
    """Write the strip as a rack file."""
    try:
        save_rack(replace(rack_from_strip(desk.strip, path.stem), about=""), path)
        desk.session.told.emit(tr("Saved the rack {name}").format(name=path.stem))
    except CocomposerError as error:
        desk.session.problem.emit(str(error))


def add_rack_entries(menu: QMenu, desk: StripDesk) -> None:
    """Put "Load rack" with the racks of the program, and "Save as rack", into `menu`."""
    racks = menu.addMenu(tr("Load rack"))
    if racks is None:
        return
    for path in sorted((presets_folder() / "racks").glob("*.toml")):
        entry = racks.addAction(path.stem.capitalize())
        if entry is not None:
            entry.triggered.connect(lambda _, path=path: load_rack(desk, path))
    racks.addSeparator()
    other = racks.addAction(tr("From a file…"))
    if other is not None:
        other.triggered.connect(lambda: _ask_to_load(desk))
    save = menu.addAction(tr("Save as rack…"))
    if save is not None:
        save.triggered.connect(lambda: _ask_to_save(desk))


def _ask_to_load(desk: StripDesk) -> None:
    name, _ = QFileDialog.getOpenFileName(None, tr("Load a rack"), "", tr("Racks (*.toml)"))
    if name:
        load_rack(desk, Path(name))


def _ask_to_save(desk: StripDesk) -> None:
    name, _ = QFileDialog.getSaveFileName(
        None, tr("Save the strip as a rack"), f"{desk.name}.toml", tr("Racks (*.toml)")
    )
    if name:
        write_rack(desk, Path(name).with_suffix(".toml"))
