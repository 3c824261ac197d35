"""Works with a plugin on a real display, xdotool being the hand: `plugins_under_xvfb.py INSTRUMENT EFFECT PROJECT`.

Says what came of it, line by line.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from cocomposer.ui import app as shell
from cocomposer.ui.memory import Memory
from cocomposer.ui.mixer.channels import Channel
from cocomposer.ui.window import Window
from PyQt6.QtCore import QDeadlineTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from cocomposer.music.mix import Instrument
from cocomposer.resources import assets_folder
from cocomposer.sound.playback.devices import Fill, OutputDevice, SilentDevice
from cocomposer.sound.playback.player import Player
from cocomposer.sound.plugin_scan import scan
from cocomposer.studio import editing
from cocomposer.studio.plugins import known_plugins, open_hosts
from cocomposer.studio.settings import Settings

PLACES = ((200, 120), (60, 60), (100, 100), (150, 80), (60, 150), (250, 200), (120, 200), (300, 60))
"""Where in the plugin's window a knob may be."""
CHANNEL = Channel("part", 0)
peak = 0.0


def until(reached: Callable[[], object], seconds: int = 30) -> bool:
    patience = QDeadlineTimer(seconds * 1000)
    while not reached():
        if patience.hasExpired():
            return False
        QTest.qWait(10)
    return True


def xdotool(*words: str) -> str:
    """What a hand does, while the window lives."""
    with subprocess.Popen(["xdotool", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as hand:
        until(lambda: hand.poll() is not None)
        assert hand.stdout is not None
        return hand.stdout.read()


def hear(audio: np.ndarray) -> None:
    global peak
    peak = max(peak, float(np.abs(audio).max()))


def open_device(fill: Fill, name: str, buffer: int, sample_rate: int) -> OutputDevice:
    return SilentDevice(fill, buffer, sample_rate, heard=hear)


def choose(menu: QMenu | None, *path: str) -> None:
    """Take an entry of a menu."""
    assert menu is not None
    menu.aboutToShow.emit()
    for text in path[:-1]:
        menu = next(each for each in menu.actions() if each.text() == text).menu()
        assert menu is not None
    next(each for each in menu.actions() if each.text() == path[-1]).trigger()


def opened(path: Path, memory: Memory) -> Window:
    """The window with a song and its mixer in sight, and the sound there."""
    window = shell.open_window(path, Settings(language="en"), memory)
    window.resize(1500, 950)
    window.show()
    QTest.qWaitForWindowExposed(window)
    hosts = open_hosts()
    session = window.session
    session.attach(Player(hosts, open_device=open_device, plugin_effects=hosts.effect), hosts)
    until(lambda: session.song.chords)
    window.tabs.setCurrentWidget(window.mixer)
    until(lambda: window.mixer.complete)
    return window


def heard(window: Window) -> bool:
    """Whether the song sounds, and nothing is in trouble."""
    global peak
    session = window.session
    until(lambda: session.player.planning.idle)
    peak = 0.0
    session.play(0)
    sounds = until(lambda: peak > 0.02)
    session.stop()
    return sounds and not session.player.troubles()


def click(widget: QWidget) -> None:
    place = widget.mapToGlobal(widget.rect().center())
    xdotool("mousemove", str(place.x()), str(place.y()), "click", "1")


def plugin_window(name: str) -> str:
    """The number of the window that the plugin shows, "" while there is none."""
    return "".join(xdotool("search", "--onlyvisible", "--name", f"^{name}$").split()[:1])


def instrument_of(window: Window) -> Instrument:
    instrument = window.session.song.parts[0].instrument
    assert instrument is not None
    return instrument


def main(instrument: Path, effect: Path, project: Path) -> None:
    cache = known_plugins()
    names = {info.path: info.name for info in scan([instrument, effect], cache)}
    cache.save()
    app = shell.dressed(QApplication(["cocomposer"]), Settings(language="en"))
    memory = Memory(project.with_name("window.ini"))
    memory.keep("welcome/seen", True)
    window = opened(assets_folder() / "sketches" / shell.DEMO, memory)
    strip, panel = window.mixer.strips[CHANNEL], window.mixer.parameters

    choose(strip.instrument.menu(), "Plugins", names[instrument])
    print("sliders", until(lambda: len(panel.sliders) > 5))
    print("heard", heard(window))
    button = next(each for each in panel.findChildren(QPushButton) if each.text().startswith("Open the plugin"))
    window.move(0, 0)
    click(button)
    print("window", until(lambda: plugin_window(instrument.stem)))
    number = plugin_window(instrument.stem)
    for x, y in PLACES:
        up = ("mousemove_relative", "--", "0", "-15")
        xdotool("mousemove", "--window", number, str(x), str(y), "mousedown", "1", *up, *up, "mouseup", "1")
        if until(lambda: instrument_of(window).state, 1):
            break
    print("turned", window.session.document.undo_label)

    choose(strip.inserts.add.menu(), "Plugins", names[effect])
    print("with effect", CHANNEL.strip(window.session.song).inserts[-1].plugin == str(effect), heard(window))
    window.session.edit("Another instrument", editing.with_instrument(window.session.song, 0, None))
    print("closed", until(lambda: not plugin_window(instrument.stem)))
    window.session.undo()
    turned = instrument_of(window)
    window.files.save_to(project)
    until(lambda: not window.session.document.unsaved)
    window.close()

    again = opened(project, memory)
    print("restored", until(lambda: again.session.document.path == project) and instrument_of(again) == turned)
    print("heard again", heard(again))
    again.files.discard()
    again.close()
    app.processEvents()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:]))
