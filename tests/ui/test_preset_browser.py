"""Presets in the window: found, heard, marked, used, kept, shared, brought in by hand, and read from shelves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.browser.keeping import KeepDialog
from cocomposer.ui.browser.receiving import ReceiveDialog
from cocomposer.ui.browser.share_dialog import ShareDialog
from cocomposer.ui.browser.shelves import ShelvesDialog
from cocomposer.ui.session import Region
from cocomposer.ui.window import Window
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication

from cocomposer.library.pack import write_pack
from cocomposer.library.preset import Preset, parse
from cocomposer.library.share_code import to_code
from cocomposer.library.shelf import add, init
from cocomposer.music import Instrument, InstrumentKind
from cocomposer.studio.catalogue import Kind

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def mood(name: str = "Blue hour", valence: float = -0.4) -> Preset:
    said = {"author": "Ada", "licence": "CC-BY-4.0", "description": "Late and quiet.", "tags": ["evening"]}
    return parse({"schema": 2, "kind": "mood", "name": name, **said, "mood": {"valence": valence, "arousal": -0.6}})


def choose(window: Window, kind: Kind, name: str) -> None:
    """Show that kind, search for the name, and click on the first row."""
    window.browser.show_kind(kind)
    window.browser.search.setText(name)
    window.browser.list.setCurrentIndex(window.browser.model.index(0))
    assert window.browser.model.index(0).data() == name


def rows(window: Window) -> list[str]:
    return [window.browser.model.index(row).data() for row in range(window.browser.model.rowCount())]


def dropped(window: Window, mime: QMimeData) -> bool:
    """Drop something onto the window as a file manager does."""
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(400, 300), action, mime, buttons, keys)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    drop = QDropEvent(QPointF(400, 300), action, mime, buttons, keys)
    QApplication.sendEvent(window, drop)
    return drop.isAccepted()


def only(window: Window, kind: type) -> object:
    (found,) = (each for each in window.findChildren(kind) if each.isVisible())
    return found


def test_tags_words_and_stars_find_presets(window: Window, qtbot: QtBot) -> None:
    browser = window.browser
    browser.show_kind(Kind.MOOD)
    assert len(rows(window)) >= 8
    qtbot.keyClicks(browser.search, "hopeful")
    assert rows(window) == ["First light"]
    browser.list.setCurrentIndex(browser.model.index(0))
    assert "calm" in browser.details.tags.text()
    browser.details.tags.linkActivated.emit("calm")
    assert browser.search.text() == "calm"
    assert "First light" in rows(window)
    browser.list.setCurrentIndex(browser.model.index(rows(window).index("First light")))
    qtbot.mouseClick(browser.details.rating.stars[3], Qt.MouseButton.LeftButton)
    browser.search.clear()
    browser.order.setCurrentIndex(browser.order.findData("rating"))
    assert rows(window)[0] == "First light"
    (best,) = window.session.room.presets.search("first light", kind="mood")
    assert best.rating == 4


def test_what_was_used_last_comes_first(window: Window, qtbot: QtBot) -> None:
    choose(window, Kind.MOOD, "Storm front")
    qtbot.keyClick(window.browser.list, Qt.Key.Key_Return)
    assert window.proposals.controls.mood.mood == pytest.approx((-0.65, 0.75), abs=0.4)
    window.browser.search.clear()
    window.browser.order.setCurrentIndex(window.browser.order.findData("recent"))
    assert rows(window)[0] == "Storm front"


def test_ways_of_playing_and_templates_are_used(window: Window, qtbot: QtBot) -> None:
    choose(window, Kind.CONTROL, "Room to breathe")
    qtbot.keyClick(window.browser.list, Qt.Key.Key_Return)
    asked = window.proposals.controls.terms.controls
    assert asked.density is not None
    assert asked.density < 0.5
    window.files.discard()
    choose(window, Kind.TEMPLATE, "Twelve bars")
    qtbot.keyClick(window.browser.list, Qt.Key.Key_Return)
    assert [part.name for part in window.session.song.parts] == ["Lead", "Organ", "Bass", "Drums"]
    assert window.proposals.controls.terms.style == "slow-blues"


def test_the_selected_chords_are_kept_and_laid_again(window: Window, qtbot: QtBot) -> None:
    session = window.session
    session.region = Region(0, 3)
    window.actions_["presets.keep"].trigger()
    dialog = only(window, KeepDialog)
    assert isinstance(dialog, KeepDialog)
    dialog.what.setCurrentIndex(dialog.what.findData(Kind.PROGRESSION))
    assert not dialog.keep.isEnabled()
    qtbot.keyClicks(dialog.name, "Mine")
    qtbot.keyClicks(dialog.author, "Ada")
    qtbot.keyClicks(dialog.tags, "slow, warm")
    dialog.sound.setChecked(False)
    qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    (kept,) = session.room.presets.search("mine warm", place="mine")
    preset = session.room.presets.load(kept)
    assert preset.table()["progression"] == {"mode": "major", "bars": "| I | G/B | vi7 | IV |"}
    assert (preset.author, preset.licence, preset.tags) == ("Ada", "CC0-1.0", ["slow", "warm"])
    before = [str(span.chord) for span in session.song.chord_spans[:4]]
    session.region = Region(8, 8)
    choose(window, Kind.PROGRESSION, "Mine")
    qtbot.keyClick(window.browser.list, Qt.Key.Key_Return)
    at = session.song.bars[8].start
    assert [str(span.chord) for span in session.song.chord_spans if span.start >= at][:4] == before


def test_an_instrument_is_kept_with_a_preview_that_is_heard(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    session = window.session
    organ = Instrument(InstrumentKind.BUILT_IN, "organ", (("drive", 0.4),))
    session.edit("Organ", replace(session.song, parts=(replace(session.song.parts[0], instrument=organ),)))
    from cocomposer.studio import preset_making

    part = session.song.parts[0]
    window.sharing.save(lambda: preset_making.instrument_preset(part, {"name": "Dirty organ"}))
    (kept,) = session.room.presets.search("dirty organ")
    preview = session.room.presets.preview_file(kept)
    assert preview is not None
    assert 1_000 < preview.stat().st_size < 500_000
    heard: list[object] = []
    monkeypatch.setattr(type(session), "preview", lambda _, what: heard.append(what))
    choose(window, Kind.INSTRUMENT, "Dirty organ")
    window.browser.preview(window.browser.list.currentIndex())
    assert getattr(heard[0], "shape", (0, 0))[0] == 2


def test_a_missing_plugin_is_told_when_a_preset_is_used(window: Window, qtbot: QtBot) -> None:
    player = {"kind": "plugin", "name": "Secret.vst3", "role": "keys"}
    window.session.room.presets.save(parse({"schema": 2, "kind": "instrument", "name": "Hers", "instrument": player}))
    window.session.room.refresh()
    choose(window, Kind.INSTRUMENT, "Hers")
    with qtbot.waitSignal(window.session.problem) as told:
        qtbot.keyClick(window.browser.list, Qt.Key.Key_Return)
    assert "Secret.vst3 is not here" in told.args[0]
    instrument = window.session.song.parts[0].instrument
    assert instrument is not None
    assert instrument.kind is InstrumentKind.BUILT_IN


def test_a_preset_is_shared_as_a_line_a_picture_and_a_file(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    choose(window, Kind.MOOD, "First light")
    qtbot.mouseClick(window.browser.details.share, Qt.MouseButton.LeftButton)
    dialog = only(window, ShareDialog)
    assert isinstance(dialog, ShareDialog)
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == dialog.code.toPlainText()
    assert clipboard.text().startswith("coco1:")
    picture = dialog.picture.pixmap()
    assert picture.width() >= 250
    dialog.accept()
    entry = window.browser.current()
    assert entry is not None
    window.sharing.export(entry, tmp_path / "light.cocopack")
    (preset,) = window.session.room.presets.look_at(str(tmp_path / "light.cocopack")).presets
    assert preset.name == "First light"


@pytest.mark.parametrize("way", ["search", "clipboard", "drop"])
def test_a_share_code_is_looked_at_and_then_installed(window: Window, qtbot: QtBot, way: str) -> None:
    code = to_code(mood())
    if way == "drop":
        mime = QMimeData()
        mime.setText(code)
        assert dropped(window, mime)
    else:
        clipboard = QApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(code)
        if way == "search":
            window.browser.search.setFocus()
            qtbot.keyClick(window.browser.search, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            assert window.browser.search.text() == ""
        else:
            window.actions_["presets.paste"].trigger()
    dialog = only(window, ReceiveDialog)
    assert isinstance(dialog, ReceiveDialog)
    assert dialog.title.text() == "Blue hour"
    assert "Ada" in dialog.whose.text()
    assert "Late and quiet." in dialog.about.text()
    assert window.session.room.presets.search("blue hour") == [], "nothing is installed by looking"
    qtbot.mouseClick(dialog.install, Qt.MouseButton.LeftButton)
    assert [entry.name for entry in window.session.room.presets.search("blue hour")] == ["Blue hour"]
    assert window.browser.kind is Kind.MOOD
    assert "Blue hour" in rows(window)


def test_a_damaged_code_and_no_code_are_told(window: Window, qtbot: QtBot) -> None:
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    for text, sentence in ((to_code(mood())[:-9], "damaged"), ("hello", "no share code on the clipboard")):
        clipboard.setText(text)
        with qtbot.waitSignal(window.session.problem) as told:
            window.actions_["presets.paste"].trigger()
        assert sentence in told.args[0]
    assert not [each for each in window.findChildren(ReceiveDialog) if each.isVisible()]


def test_a_pack_is_dropped_looked_at_and_installed_and_a_forged_one_refused(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "evening.cocopack"
    manifest = {"name": "evening", "title": "Evenings", "licence": "CC0-1.0", "author": "Ada"}
    write_pack(path, manifest, [mood(), mood("Red hour", 0.3)])
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert dropped(window, mime)
    dialog = only(window, ReceiveDialog)
    assert isinstance(dialog, ReceiveDialog)
    assert (dialog.title.text(), dialog.list.count()) == ("Evenings", 2)
    assert "not signed" in dialog.whose.text()
    qtbot.mouseClick(dialog.install, Qt.MouseButton.LeftButton)
    assert {"Blue hour", "Red hour"} <= set(rows(window))
    data = path.read_bytes()
    path.write_bytes(data[:60] + b"x" + data[61:])
    with qtbot.waitSignal(window.session.problem) as told:
        assert dropped(window, mime)
    assert "evening.cocopack was refused" in told.args[0]


def test_a_style_that_is_brought_in_stands_among_the_wishes(window: Window, tmp_path: Path) -> None:
    parts = {"bass": {"instrument": "Acoustic Bass", "low": "1---....", "mid": "1---5---", "high": "1-5-1-5-"}}
    style = parse({"schema": 2, "kind": "style", "name": "Two note", "style": {"genre": "odd", "parts": parts}})
    window.session.room.presets.save(style)
    window.session.room.refresh()
    choose(window, Kind.STYLE, "Two note")
    window.browser.use_current()
    assert window.proposals.controls.terms.style == "two-note"


def test_a_shelf_is_read_searched_and_installed_from(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    init(shelf, "Ada's shelf")
    for name in ("evenings", "mornings"):
        pack = tmp_path / f"{name}.cocopack"
        write_pack(
            pack, {"name": name, "title": name.title(), "licence": "CC0-1.0"}, [mood(name.title(), len(name) / 9)]
        )
        add(shelf, [pack])
    window.actions_["presets.shelves"].trigger()
    dialog = only(window, ShelvesDialog)
    assert isinstance(dialog, ShelvesDialog)
    qtbot.keyClicks(dialog.address, str(shelf))
    qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert (dialog.shelves.count(), dialog.offers.count()) == (1, 2)
    qtbot.keyClicks(dialog.search, "morn")
    assert dialog.offers.count() == 1
    qtbot.mouseClick(dialog.get, Qt.MouseButton.LeftButton)
    assert [entry.name for entry in window.session.room.presets.search("mornings")] == ["Mornings"]
    dialog.address.setText(str(tmp_path / "nothing"))
    with qtbot.waitSignal(window.session.problem) as told:
        qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert "There is no shelf at" in told.args[0]
    qtbot.mouseClick(dialog.update_all, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.drop, Qt.MouseButton.LeftButton)
    assert (dialog.shelves.count(), dialog.offers.count()) == (0, 0)
    assert not dialog.drop.isEnabled()
    assert "Subscribe" in dialog.about.text()  # what to do where nothing is read
