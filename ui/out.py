"""The way out: MIDI files that are dragged onto a DAW, and exports of MIDI, the mix and its stems."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QMimeData, QObject, Qt, QUrl
from PyQt6.QtGui import QDrag, QPixmap
from PyQt6.QtWidgets import QFileDialog, QWidget

from cocomposer import formats
from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.studio import editing
from cocomposer.studio.audio import AudioFiles, render_to_file
from cocomposer.studio.places import data_folder, file_name, make_folder

from . import theme
from .drawings import pixmap

if TYPE_CHECKING:
    from .window import Window

AUDIO = {"WAV": ".wav", "FLAC": ".flac", "MP3": ".mp3", "Ogg Vorbis": ".ogg"}


def excerpt(song: Song, parts: tuple[int, ...] | None = None, bars: tuple[int, int] | None = None) -> Song:
    """Some parts (by index) and bars (first and last, from 0) of a song, as a song that begins at its first bar."""
    if bars is not None:
        first, last = bars
        if last < len(song.bars) - 1:
            song = editing.delete_bars(song, last + 1, len(song.bars) - 1)
        if first > 0:
            song = editing.delete_bars(song, 0, first - 1)
    if parts is not None:
        song = replace(song, parts=tuple(part for index, part in enumerate(song.parts) if index in parts))
    return song


def midi_file(song: Song, name: str = "") -> Path:
    """Write `song` as a MIDI file that stays, in the user's data folder, and return its path.

    A file that a DAW refers to is never written over: every drag makes its own.  Raises CocomposerError.
    """
    folder = data_folder() / "dragged"
    make_folder(folder)
    stem = file_name(name or song.title or "song")
    path = folder / f"{stem}.mid"
    while path.exists():
        path = folder / f"{stem}-{secrets.token_hex(2)}.mid"
    formats.write(song, path)
    return path


def midi_mime(song: Song, name: str = "") -> QMimeData:
    """What a drag carries: the address of a real MIDI file of `song`.  Raises CocomposerError."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(midi_file(song, name)))])
    return mime


def drag_midi(source: QWidget, song: Song, name: str = "") -> None:
    """Begin a drag of `song` as a MIDI file from `source`; to be called while the mouse button is down.

    Raises CocomposerError where the file cannot be written.
    """
    drag = QDrag(source)
    drag.setMimeData(midi_mime(song, name))
    picture: QPixmap = pixmap("sketch", theme.tokens().accent, 32)
    drag.setPixmap(picture)
    drag.exec(Qt.DropAction.CopyAction)


class Out(QObject):
    """The exports of one window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    def export_midi(self) -> None:
        path = self._ask(self.tr("Export MIDI"), {"MIDI": ".mid"})
        if path is not None:
            self.write_midi(path)

    def write_midi(self, path: Path) -> None:
        """Write the whole song as MIDI to `path`, in the background."""
        song = self._window.session.song
        self._window.run(
            self.tr("Writing {name}").format(name=path.name),
            lambda *_: formats.write(song, path),
            lambda _: self._window.status.say(self.tr("Exported {name}").format(name=path.name)),
        )

    def export_mix(self) -> None:
        path = self._ask(self.tr("Export the mix"), AUDIO)
        if path is not None:
            self.write_audio(path)

    def export_stems(self) -> None:
        path = self._ask(self.tr("Export the mix and its stems"), AUDIO)
        if path is not None:
            self.write_audio(path, stems=True)

    def write_audio(self, path: Path, stems: bool = False) -> None:
        """Render the song to `path`, with progress and cancel in the line below."""
        song, hosts = self._window.session.song, self._window.session.hosts

        def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> AudioFiles:
            return render_to_file(song, path, stems=stems, hosts=hosts, progress=progress, cancelled=cancelled)

        def done(files: AudioFiles) -> None:
            said = self.tr("Exported {name}: {loudness} LUFS").format(name=path.name, loudness=f"{files.loudness:.1f}")
            if files.warnings:
                self._window.session.problem.emit(" ".join((f"{said}.", *files.warnings)))
            else:
                self._window.status.say(said)

        self._window.run(self.tr("Rendering {name}").format(name=path.name), work, done)

    def drag(self, source: QWidget, song: Song, name: str = "") -> None:
        """`drag_midi`, with what goes wrong told in the window."""
        try:
            drag_midi(source, song, name)
        except CocomposerError as error:
            self._window.session.problem.emit(str(error))

    def _ask(self, title: str, kinds: dict[str, str]) -> Path | None:
        session = self._window.session
        stem = session.document.path.stem if session.document.path else file_name(session.song.title or "song")
        first = next(iter(kinds.values()))
        folder = Path(self._window.memory.word("files/exports", str(Path.home())))
        patterns = ";;".join(f"{name} (*{suffix})" for name, suffix in kinds.items())
        chosen, pattern = QFileDialog.getSaveFileName(self._window, title, str(folder / f"{stem}{first}"), patterns)
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.casefold() not in kinds.values():
            path = path.with_name(path.name + kinds.get(pattern.split(" (")[0], first))
        self._window.memory.keep("files/exports", str(path.parent))
        return path
