"""The mixer: every control drives the song, one gesture is one undo step, and the meters show what they are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.mixer import MixerView
from cocomposer.ui.mixer.channels import Channel, channels_of
from cocomposer.ui.mixer.desk import StripDesk
from cocomposer.ui.mixer.instrument_button import instrument_name
from cocomposer.ui.mixer.meter import Meter
from cocomposer.ui.mixer.parameters import Subject
from cocomposer.ui.mixer.plugin_presets import ProgramChooser
from cocomposer.ui.mixer.rack_menu import load_rack, write_rack
from cocomposer.ui.mixer.settings import GROUPS, effect_settings, instrument_settings
from cocomposer.ui.mixer.strip import StripView
from cocomposer.ui.session import Session
from faulty_plugins import build_faulty_plugins, needs_gcc
from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QListWidget, QMenu

from cocomposer.music import Note, Part, Role, Song
from cocomposer.music.mix import Effect, Instrument, InstrumentKind, Lane, Point
from cocomposer.sound.built_in import built_in
from cocomposer.sound.console import mix_of, strip_of
from cocomposer.sound.metering import Level, Levels
from cocomposer.sound.plugins import Parameter, PluginInfo
from cocomposer.sound.racks import EFFECTS
from cocomposer.sound.supervisor import Hosts
from cocomposer.studio import editing
from cocomposer.studio.document import Document
from cocomposer.studio.jobs import Jobs
from cocomposer.studio.plugins import known_plugins
from cocomposer.studio.project import Project

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

BAND = Song(
    title="Band",
    length=1920 * 4,
    parts=(
        Part("Lead", Role.MELODY, 73, (Note(0, 72, 480),)),
        Part("Keys", Role.KEYS, 4, (Note(0, 60, 480),)),
        Part("Drums", Role.DRUMS, 0, (Note(0, 36, 120),)),
    ),
)
LEAD, KEYS, DRUMS, MASTER = Channel("part", 0), Channel("part", 1), Channel("part", 2), Channel("master")


@pytest.fixture
def playing(qapp: QApplication) -> Iterator[Session]:
    made = Session(Document(Project(BAND)), jobs=Jobs(inline=True))
    yield made
    made.close()


@pytest.fixture
def mixer(playing: Session, qtbot: QtBot) -> MixerView:
    made = MixerView(playing)
    made.resize(1700, 560)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.complete, timeout=20_000)
    return made


def effects(session: Session, channel: Channel = KEYS) -> list[str]:
    return [effect.kind for effect in channel.strip(session.song).inserts]


def entry(menu: QMenu, *path: str) -> None:
    """Choose from a menu by the texts of its entries."""
    menu.aboutToShow.emit()
    for text in path[:-1]:
        inner = next(each for each in menu.actions() if each.text() == text).menu()
        assert inner is not None
        menu = inner
    next(each for each in menu.actions() if each.text() == path[-1]).trigger()


def drag_up(strip: StripView, pixels: int) -> None:
    start = strip.fader.rect().center()
    QTest.mousePress(strip.fader, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(strip.fader, start - QPoint(0, step * pixels // 4))
    QTest.mouseRelease(strip.fader, Qt.MouseButton.LeftButton, pos=start - QPoint(0, pixels))


def test_there_is_a_strip_for_everything(mixer: MixerView, playing: Session) -> None:
    mix = mix_of(BAND)
    kinds = [channel.kind for channel in mixer.strips]
    assert kinds == ["part"] * 3 + ["bus"] * len(mix.buses) + ["send"] * len(mix.sends) + ["master"]
    assert [channel.name(BAND) for channel in channels_of(BAND)][-1] == "Master"
    keys = strip_of(BAND.parts[1], BAND)
    shown = mixer.strips[KEYS]
    assert shown.fader.amount == pytest.approx(keys.gain_db)
    assert shown.pan.amount == pytest.approx(keys.pan)
    assert shown.inserts.rows.count() == len(keys.inserts)
    assert shown._output.text() == keys.output
    assert {name: bar.amount for name, bar in shown.sends.bars.items()}["Room"] == dict(keys.sends)["Room"]


@pytest.mark.parametrize("channel", [LEAD, Channel("bus", 1), Channel("send", 0), MASTER])
def test_a_fader_drag_is_one_step(mixer: MixerView, playing: Session, channel: Channel) -> None:
    before = channel.strip(playing.song).gain_db
    strip = mixer.strips[channel]
    strip.fader.setFocus()
    QTest.keyClick(strip.fader, Qt.Key.Key_Up)
    QTest.keyClick(strip.fader, Qt.Key.Key_Up)
    after = channel.strip(playing.song).gain_db
    assert after > before + 0.5
    label = playing.document.undo_label
    assert label is not None
    assert label.startswith("Fader of ")
    assert channel.name(BAND) in label
    playing.undo()
    assert channel.strip(playing.song).gain_db == before
    assert strip.fader.amount == pytest.approx(before, abs=0.05)
    assert playing.document.undo_label is None


def test_two_drags_are_two_steps(mixer: MixerView, playing: Session) -> None:
    strip = mixer.strips[LEAD]
    first = LEAD.strip(playing.song).gain_db
    drag_up(strip, -20)
    second = LEAD.strip(playing.song).gain_db
    drag_up(strip, -20)
    assert first > second > LEAD.strip(playing.song).gain_db
    playing.undo()
    assert LEAD.strip(playing.song).gain_db == second


def test_pan_width_mute_solo_and_output(mixer: MixerView, playing: Session) -> None:
    strip = mixer.strips[KEYS]
    QTest.keyClick(strip.pan, Qt.Key.Key_End)
    QTest.keyClick(strip.width_knob, Qt.Key.Key_Home)
    strip.mute.click()
    strip.solo.click()
    entry(strip._output.menu(), "Lead")
    now = KEYS.strip(playing.song)
    assert (now.pan, now.width, now.muted, now.soloed, now.output) == (1.0, 0.0, True, True, "Lead")
    for label in ("Output of Keys", "Solo Keys", "Mute Keys", "Width of Keys", "Pan Keys"):
        assert playing.document.undo_label == label
        playing.undo()
    assert playing.song == BAND


def test_a_send_is_turned_and_switched_off(mixer: MixerView, playing: Session) -> None:
    bar = mixer.strips[KEYS].sends.bars["Room"]
    before = dict(KEYS.strip(playing.song).sends)["Room"]
    QTest.keyClick(bar, Qt.Key.Key_Right)
    assert dict(KEYS.strip(playing.song).sends)["Room"] > before
    QTest.keyClick(bar, Qt.Key.Key_Delete)
    assert "Room" not in dict(KEYS.strip(playing.song).sends)


def test_effects_are_added_bypassed_moved_and_removed(mixer: MixerView, playing: Session) -> None:
    rows, before = mixer.strips[KEYS].inserts.rows, effects(playing)
    entry(mixer.strips[KEYS].inserts.add.menu(), "Space", "Reverb")
    assert effects(playing) == [*before, "Reverb"]
    assert mixer.parameters.subject == Subject(KEYS, len(before))
    assert mixer.parameters.isVisible()
    rows.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert KEYS.strip(playing.song).inserts[0].bypassed
    rows.model().moveRow(rows.rootIndex(), len(before), rows.rootIndex(), 0)  # as a drag within the list does
    assert effects(playing) == ["Reverb", *before]
    rows.model().moveRow(rows.rootIndex(), 0, rows.rootIndex(), 2)
    assert effects(playing) == [before[0], "Reverb", *before[1:]]
    rows.setCurrentRow(1)
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    assert effects(playing) == before
    for _ in range(5):
        playing.undo()
    assert playing.song == BAND
    assert rows.count() == len(before)


def test_automation_follows_its_effect(playing: Session) -> None:
    desk = StripDesk(playing, KEYS)
    lanes = (
        Lane("gain", (Point(0, 0.0),)),
        Lane("insert:0:wet", (Point(0, 0.5),)),
        Lane("insert:1:q", (Point(0, 1.0),)),
    )
    desk.change("Lanes", lanes=lanes)
    desk.move_insert(0, 1)
    assert [lane.target for lane in desk.strip.lanes] == ["gain", "insert:1:wet", "insert:0:q"]
    desk.remove_insert(0)
    assert [lane.target for lane in desk.strip.lanes] == ["gain", "insert:0:wet"]


def test_a_full_strip_says_so(mixer: MixerView, playing: Session, qtbot: QtBot) -> None:
    StripDesk(playing, KEYS).change("Many", inserts=(Effect("Gain"),) * 16)
    with qtbot.waitSignal(playing.problem) as told:
        entry(mixer.strips[KEYS].inserts.add.menu(), "Dynamics", "Gain")
    assert "16 inserts" in told.args[0]


def test_parameters_of_an_effect(mixer: MixerView, playing: Session) -> None:
    rows = mixer.strips[KEYS].inserts.rows
    place = effects(playing).index("Compressor")
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(place)).center())
    sliders = mixer.parameters.sliders
    assert set(sliders) == set(EFFECTS["Compressor"])
    assert sliders["threshold_db"].text().endswith(" dB")
    assert sliders["attack_ms"].text().endswith(" ms")
    QTest.keyClick(sliders["ratio"], Qt.Key.Key_End)
    assert dict(KEYS.strip(playing.song).inserts[place].parameters)["ratio"] == 20.0
    mixer.parameters.wet.turn(0.5)
    mixer.parameters.active.click()
    effect = KEYS.strip(playing.song).inserts[place]
    assert (effect.wet, effect.bypassed) == (0.5, True)
    playing.undo()
    playing.undo()
    playing.undo()
    assert sliders["ratio"].amount == dict(strip_of(BAND.parts[1], BAND).inserts[place].parameters)["ratio"]


def test_parameters_close_when_their_effect_goes(mixer: MixerView, playing: Session) -> None:
    mixer._show_parameters(Subject(MASTER, 0))
    assert mixer.parameters.isVisible()
    StripDesk(playing, MASTER).change("Clear", inserts=())
    assert not mixer.parameters.isVisible()


@pytest.mark.parametrize("kind", [kind for kinds in GROUPS.values() for kind in kinds])
def test_every_effect_can_be_turned_within_what_it_takes(kind: str) -> None:
    for setting in effect_settings(Effect(kind)):
        low, high = EFFECTS[kind][setting.name]
        assert (setting.scale.low, setting.scale.high) == (low, high)
        assert low <= setting.value <= high


def test_all_effects_stand_in_the_menu() -> None:
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(EFFECTS)


def test_an_instrument_of_the_program(mixer: MixerView, playing: Session) -> None:
    button = mixer.strips[KEYS].instrument
    entry(button.menu(), "Cocomposer", built_in("electric-piano").name)
    assert playing.song.parts[1].instrument == Instrument(InstrumentKind.BUILT_IN, "electric-piano")
    panel = mixer.parameters
    assert panel.isVisible()
    assert {"bright", "tremolo", "rate"} <= set(panel.sliders)
    assert panel.sliders["rate"].text().endswith(" Hz")
    panel.sliders["tremolo"].turn(0.9)
    panel.sliders["motion"].turn(0.0)  # a macro takes tremolo along
    instrument = playing.song.parts[1].instrument
    assert instrument is not None
    assert dict(instrument.parameters) == {"motion": 0.0}
    assert panel.sliders["tremolo"].amount == 0.0
    panel._presets.setCurrentIndex(1)
    instrument = playing.song.parts[1].instrument
    assert instrument is not None
    assert dict(instrument.parameters) == dict(built_in("electric-piano").presets[0].values)
    entry(button.menu(), "SoundFont", "Organ", "Church Organ")
    assert playing.song.parts[1].instrument is None
    assert playing.song.parts[1].program == 19
    assert instrument_name(playing.song.parts[1]) == "Church Organ"
    assert not panel.isVisible()


def test_drums_choose_kits(mixer: MixerView, playing: Session) -> None:
    menu = mixer.strips[DRUMS].instrument.menu()
    menu.aboutToShow.emit()
    assert "SoundFont" not in [each.text() for each in menu.actions()]
    entry(menu, "SoundFont kits", "Jazz")
    assert instrument_name(playing.song.parts[2]) == "Jazz kit"


def test_a_soundfont_has_nothing_to_turn() -> None:
    assert instrument_settings(None) == () == instrument_settings(Instrument())


@dataclass(frozen=True)
class Told:
    """What a host says of a parameter."""

    name: str
    value: float
    text: str


@pytest.fixture
def plugin(tmp_path: Path) -> str:
    """A plugin that an earlier scan found."""
    known = known_plugins()
    path = tmp_path / "room.so"
    path.write_bytes(b"")
    parameters = (Parameter("Size", "", 0, 0.5), Parameter("Mix", "", 0, 0.3))
    known.remember(PluginInfo(path, "Room", "VST2", inputs=2, outputs=2, parameters=parameters))
    known.save()
    return str(path)


def test_a_plugin_says_its_values_in_its_own_words(
    mixer: MixerView, playing: Session, plugin: str, qtbot: QtBot
) -> None:
    class Hosts:
        def parameters(self, asked: Effect) -> tuple[Told, ...]:
            size = dict(asked.parameters).get("Size", 0.5)
            return (Told("Size", size, f"{size * 40:.0f} m"), Told("Mix", 0.3, "30/70"))

        def close(self) -> None:
            """There is no process to end."""

    playing.hosts = Hosts()
    entry(mixer.strips[LEAD].inserts.add.menu(), "Plugins", "Room")
    sliders = mixer.parameters.sliders
    assert sliders["Size"].text() == "50 %"
    qtbot.waitUntil(lambda: sliders["Size"].text() == "20 m")
    assert sliders["Mix"].text() == "30/70"
    sliders["Size"].turn(0.75)
    assert LEAD.strip(playing.song).inserts[-1].parameters == (("Size", 0.75),)
    qtbot.waitUntil(lambda: sliders["Size"].text() == "30 m")


@needs_gcc
def test_presets_of_a_plugin_are_loaded_and_its_programs_chosen(
    mixer: MixerView, playing: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    path = build_faulty_plugins(tmp_path, ["effect-sound"])["effect-sound"]
    known = known_plugins()
    parameters = (Parameter("Volume", "", 0, 1.0),)
    known.remember(PluginInfo(path, "Level", "VST2", inputs=2, outputs=2, parameters=parameters))
    known.save()
    playing.hosts = Hosts(processes=1)
    entry(mixer.strips[LEAD].inserts.add.menu(), "Plugins", "Level")
    panel = mixer.parameters
    button, volume = panel.preset_files, panel.sliders["Volume"]
    assert button.isVisible()
    volume.turn(0.75)
    button.save(tmp_path / "mine.fxp")
    qtbot.waitUntil((tmp_path / "mine.fxp").exists)
    button.choose(1)
    qtbot.waitUntil(lambda: volume.text() == "0.50")
    plugin = LEAD.strip(playing.song).inserts[-1]
    assert plugin.state
    assert plugin.parameters == ()
    playing.document.undo()
    assert LEAD.strip(playing.song).inserts[-1].parameters == (("Volume", 0.75),)
    button.choose(2)
    qtbot.waitUntil(lambda: volume.text() == "0.12")
    button.load(tmp_path / "mine.fxp")
    qtbot.waitUntil(lambda: volume.text() == "0.75")
    problems: list[str] = []
    playing.problem.connect(problems.append)
    (tmp_path / "mine.fxp").write_bytes(b"CcnK")
    button.load(tmp_path / "mine.fxp")
    qtbot.waitUntil(lambda: problems == ["mine.fxp cannot be used: it is no preset of a plugin."])


def test_programs_are_found_by_a_few_letters(mixer: MixerView) -> None:
    chooser = ProgramChooser(("Warm Pad", "Bass", "Cold pad"), mixer)
    chooser.field.setText("pad")
    assert [row for row in range(3) if not chooser.list.item(row).isHidden()] == [0, 2]
    chooser.field.setText("cold")
    assert chooser.program == 2
    chooser.close()


def test_a_lane_is_added_drawn_and_removed(mixer: MixerView, playing: Session) -> None:
    strip = mixer.strips[LEAD]
    strip._lanes.click()
    lanes = mixer.lanes
    assert lanes.isVisible()
    assert lanes._empty.isVisible()
    entry(lanes._add.menu(), "Pan")
    editor = lanes.editors["pan"]
    pan = LEAD.strip(playing.song).pan
    assert editor.points == (Point(0, pan),)
    middle = editor._place(Point(BAND.length // 2, 0.5)).toPoint()
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(editor, middle + QPoint(30, -5))
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=middle + QPoint(30, -5))
    (lane,) = LEAD.strip(playing.song).lanes
    assert len(lane.points) == 2
    assert lane.points[1].tick > BAND.length // 2
    assert lane.points[1].value > 0.5
    playing.undo()
    assert LEAD.strip(playing.song).lanes == (Lane("pan", (Point(0, pan),)),)
    playing.redo()
    QTest.mouseDClick(editor, Qt.MouseButton.LeftButton, pos=editor._place(lane.points[1]).toPoint())
    assert len(LEAD.strip(playing.song).lanes[0].points) == 1
    lanes.remove_lane("pan")
    assert LEAD.strip(playing.song).lanes == ()
    assert not lanes.editors


def test_a_strip_is_saved_as_a_rack_and_loaded(playing: Session, tmp_path: Path) -> None:
    keys, lead = StripDesk(playing, KEYS), StripDesk(playing, LEAD)
    keys.change("Shape", inserts=(Effect("Chorus", (("rate_hz", 2.0),), wet=0.5),), pan=-0.5, gain_db=-9.0)
    write_rack(keys, tmp_path / "mine.toml")
    gain = lead.strip.gain_db
    load_rack(lead, tmp_path / "mine.toml")
    assert lead.strip.inserts == keys.strip.inserts
    assert lead.strip.pan == -0.5
    assert lead.strip.gain_db == gain  # the balance is the song's
    assert playing.document.undo_label == "Load rack for Lead"


def test_a_broken_rack_is_said(playing: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("gain = 'loud'")
    with qtbot.waitSignal(playing.problem) as told:
        load_rack(StripDesk(playing, LEAD), path)
    assert "bad.toml" in told.args[0]
    assert playing.song == BAND


def test_strips_come_and_go_with_parts(mixer: MixerView, playing: Session, qtbot: QtBot) -> None:
    before = mixer.strips[KEYS]
    playing.edit("Loud", KEYS.with_strip(playing.song, replace(KEYS.strip(playing.song), gain_db=3.0)))
    assert mixer.strips[KEYS] is before  # nothing is made anew for a turned knob
    playing.edit("Remove", editing.remove_part(playing.song, 0))
    qtbot.waitUntil(lambda: mixer.complete, timeout=20_000)
    assert [channel.name(playing.song) for channel in mixer.strips if channel.kind == "part"] == ["Keys", "Drums"]
    playing.edit("Rename", editing.rename_part(playing.song, 0, "Rhodes"))
    assert mixer.strips[LEAD]._name.text() == "Rhodes"
    playing.undo()
    playing.undo()
    qtbot.waitUntil(lambda: mixer.complete, timeout=20_000)
    assert len([channel for channel in mixer.strips if channel.kind == "part"]) == 3


def test_strips_are_made_one_at_a_time(playing: Session, qtbot: QtBot) -> None:
    mixer = MixerView(playing)
    qtbot.addWidget(mixer)
    seen = []
    mixer.show()
    looking = QTimer()
    looking.timeout.connect(lambda: seen.append(len(mixer.strips)))
    looking.start(0)
    qtbot.waitUntil(lambda: mixer.complete, timeout=20_000)
    assert len(set(seen)) > len(mixer.strips) // 2  # others had their turn between them
    mixer.hide()
    playing.edit("Remove", editing.remove_part(playing.song, 0))
    mixer.show()
    qtbot.waitUntil(lambda: mixer.complete, timeout=20_000)
    assert tuple(mixer.strips) == channels_of(playing.song)


def test_the_current_part_is_marked_and_chosen(mixer: MixerView, playing: Session) -> None:
    playing.current_part = 2
    assert mixer.strips[DRUMS].property("kind") == "strip-current"
    QTest.mouseClick(mixer.strips[KEYS], Qt.MouseButton.LeftButton, pos=QPoint(6, 12))
    assert playing.current_part == 1
    assert mixer.strips[DRUMS].property("kind") == "strip"


def test_meters_show_the_player(mixer: MixerView, playing: Session) -> None:
    class Loud:
        def levels(self) -> Levels:
            return Levels((Level(0.5, 0.25), Level(), Level(2.0, 1.0)), {"Drums": Level(0.1, 0.1)}, {}, Level(0.9, 0.3))

        def troubles(self) -> tuple[()]:
            return ()

        def set_song(self, song: Song) -> None: ...

        def stop(self) -> None: ...

        def close(self) -> None: ...

    playing.player = Loud()
    mixer.show_levels()
    assert mixer.strips[LEAD].meter.held == pytest.approx(-6.02, abs=0.01)
    assert mixer.strips[DRUMS].meter.clipped
    assert not mixer.strips[LEAD].meter.clipped
    bus = next(channel for channel in mixer.strips if channel.kind == "bus" and channel.name(playing.song) == "Drums")
    assert mixer.strips[bus].meter.held == pytest.approx(-20)
    QTest.mouseClick(mixer.strips[DRUMS].meter, Qt.MouseButton.LeftButton)
    assert not mixer.strips[DRUMS].meter.clipped


def test_a_meter_holds_its_peak_and_falls(qtbot: QtBot, qapp: QApplication) -> None:
    meter = Meter("Level")
    qtbot.addWidget(meter)
    meter.show_level(1.0, 0.5, now=meter._shown_at + 0.1)
    start = meter._shown_at
    meter.show_level(0.0, 0.0, now=start + 1.0)
    assert meter.held == 0.0
    assert meter._peak == pytest.approx(-26.0)
    meter.show_level(0.0, 0.0, now=start + 2.0)
    assert meter.held == pytest.approx(-52.0)


def test_every_control_has_a_name(mixer: MixerView) -> None:
    for strip in mixer.strips.values():
        for kind in (QAbstractButton, QAbstractSlider, QListWidget):
            for control in strip.findChildren(kind):
                if control.isVisibleTo(strip) and control.objectName() != "qt_toolbar_ext_button":
                    inside_list = isinstance(control.parent(), QListWidget) or "Scroll" in type(control).__name__
                    assert inside_list or control.accessibleName(), (strip.accessibleName(), type(control).__name__)


def test_a_wheel_over_a_fader_turns_it(mixer: MixerView, playing: Session) -> None:
    fader = mixer.strips[LEAD].fader
    before, place = LEAD.strip(playing.song).gain_db, QPointF(fader.rect().center())
    event = QWheelEvent(
        place, fader.mapToGlobal(place), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(fader, event)
    assert LEAD.strip(playing.song).gain_db < before
