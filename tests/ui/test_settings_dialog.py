"""The settings dialog: what is chosen there reaches whoever it is for, at once where it can."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cocomposer.ui.recording import Keyboards
from cocomposer.ui.settings import SettingsDialog
from cocomposer.ui.sounding import follow_settings
from cocomposer.ui.window import Window
from playback_by_hand import Sines
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cocomposer.music import Instrument
from cocomposer.sound.bounce import AudioFiles
from cocomposer.sound.playback import midi_input
from cocomposer.sound.playback.player import Player
from cocomposer.sound.soundfonts import packaged_soundfont
from cocomposer.studio import plugins


class Recorded(Sines):
    """Instruments that note down which SoundFont was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def play(self, instrument: Instrument, *arguments: object, **named: object) -> object:
        self.asked.append(instrument.name)
        return super().play(instrument, *arguments, **named)  # type: ignore[arg-type]


@pytest.fixture
def played(window: Window) -> Iterator[tuple[Window, Recorded]]:
    """The window with a player, and who plays."""
    instruments = Recorded()
    player = Player(instruments)
    window.session.attach(player)
    follow_settings(window.session, player, window.session.settings)
    yield window, instruments
    player.close()
    window.session.player = None


def dialog(window: Window, qtbot: QtBot) -> SettingsDialog:
    made = SettingsDialog(window.session, window)
    qtbot.addWidget(made)
    return made


def test_another_soundfont_has_everything_played_anew(
    played: tuple[Window, Recorded], qtbot: QtBot, tmp_path: Path
) -> None:
    window, instruments = played
    player = window.session.player
    qtbot.waitUntil(lambda: bool(instruments.asked) and player.planning.idle, timeout=10_000)
    assert set(instruments.asked) == {""}
    at_hand, instruments.asked = len(instruments.asked), []
    own = tmp_path / "own.sf2"
    shutil.copy(packaged_soundfont(), own)
    settings = dialog(window, qtbot)
    settings.soundfont.setText(str(own))
    settings.soundfont.editingFinished.emit()
    assert window.session.settings.soundfont == str(own)
    qtbot.waitUntil(lambda: len(instruments.asked) >= at_hand and player.planning.idle, timeout=10_000)
    assert set(instruments.asked) == {str(own)}


def test_what_is_no_soundfont_is_told_and_not_taken(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.sf2"
    wrong.write_bytes(b"no samples")
    settings = dialog(window, qtbot)
    settings.soundfont.setText(str(wrong))
    settings.soundfont.editingFinished.emit()
    assert "wrong.sf2 is not a SoundFont" in settings.note.text()
    assert window.session.settings.soundfont == settings.soundfont.text() == ""


def test_exports_are_played_by_the_soundfont_that_is_set(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cocomposer.ui import out

    asked: list[object] = []

    def render(*_: object, soundfont: Path, **__: object) -> AudioFiles:
        asked.append(soundfont)
        return AudioFiles(Path(), {}, (), -14.0, -1.0, 8.0, None)

    monkeypatch.setattr(out, "render_to_file", render)
    dialog(window, qtbot)._use_soundfont(str(packaged_soundfont()))
    window.out.write_audio(tmp_path / "mix.wav")
    assert asked == [packaged_soundfont().resolve()]


def test_device_and_buffer_reach_the_player_at_once(
    played: tuple[Window, Recorded], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, _ = played
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(window.session.player, "set_device", lambda *words: told.append(words))
    settings = dialog(window, qtbot)
    settings.buffer.setCurrentIndex(settings.buffer.findData(1024))
    assert told == [("", 1024)]


def test_threads_and_composer_reach_who_composes(window: Window, qtbot: QtBot) -> None:
    settings = dialog(window, qtbot)
    settings.threads.setCurrentIndex(settings.threads.findData(2))
    settings.composer.setCurrentIndex(settings.composer.findData("style"))
    assert window.session.composing.threads == 2
    assert window.proposals.controls.composer == "style"


def test_a_midi_input_is_chosen_and_listened_to(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    closed: list[str] = []

    class Input:
        def __init__(self, name: str, _: object) -> None:
            self.name = name
            opened.append(name)

        def close(self) -> None:
            closed.append(self.name)

    monkeypatch.setattr(midi_input, "midi_inputs", lambda: ("Small keys", "Large keys"))
    monkeypatch.setattr(midi_input, "MidiInput", Input)
    keyboards = Keyboards(window.session)
    keyboards.open()
    assert opened == ["Small keys", "Large keys"]
    settings = dialog(window, qtbot)
    item = settings.inputs.item(1)
    assert item is not None
    item.setCheckState(Qt.CheckState.Checked)
    assert window.session.settings.midi_inputs == ("Large keys",)
    assert closed == ["Small keys", "Large keys"]
    assert opened[2:] == ["Large keys"]


def test_the_scan_looks_into_the_folders_that_are_set(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PyQt6.QtWidgets import QFileDialog

    looked: list[Path] = []
    monkeypatch.setattr(plugins, "find_plugins", lambda folders: looked.extend(folders) or [])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog(window, qtbot)._add_folder()
    window.scan_plugins()
    assert tmp_path in looked


def test_scale_and_language_wait_for_the_next_start_and_nothing_else_does(window: Window, qtbot: QtBot) -> None:
    settings = dialog(window, qtbot)
    settings.threads.setCurrentIndex(2)
    assert settings.note.text() == ""
    settings.scale.setCurrentIndex(1)
    assert "next start" in settings.note.text()


def test_a_certificate_is_tried_out_and_then_kept(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    from cocomposer.ui.credentials_page import CredentialsPage

    from cocomposer.studio.identity import identity

    own = identity()
    for name, pem in (("mine.crt", own.certificate), ("mine.key", own.key), ("other.key", own.certificate)):
        (tmp_path / name).write_bytes(pem)
    dialog = SettingsDialog(window.session, window)
    qtbot.addWidget(dialog)
    page = dialog.findChild(CredentialsPage)
    assert page is not None
    qtbot.keyClicks(page.certificate, str(tmp_path / "mine.crt"))
    qtbot.keyClick(page.certificate, Qt.Key.Key_Return)
    assert "both" in page.said.text()
    qtbot.keyClicks(page.key, str(tmp_path / "other.key"))
    qtbot.keyClick(page.key, Qt.Key.Key_Return)
    assert "no private key" in page.said.text()
    assert window.session.settings.certificate == ""
    page.key.clear()
    qtbot.keyClicks(page.key, str(tmp_path / "mine.key"))
    qtbot.keyClick(page.key, Qt.Key.Key_Return)
    assert "self-signed" in page.said.text()
    assert window.session.settings.certificate_key == str(tmp_path / "mine.key")
    qtbot.mouseClick(page.own, Qt.MouseButton.LeftButton)
    assert window.session.settings.certificate == ""
