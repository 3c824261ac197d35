"""The console's promises: nulls, alignment, who is heard, and that nothing depends on the blocks."""

import dataclasses
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from consoles import PLAIN, RATE, difference_db, noise, plugin, plugins, run, song, tone

from cocomposer.music import Bus, Control, Effect, Lane, Mix, Point, Role, Song, Strip
from cocomposer.sound.console import MASTER, Console, measured_trim, mix_of, strip_of
from cocomposer.sound.effects import Insert
from cocomposer.sound.instruments import assign_instruments, part_jobs
from cocomposer.sound.loudness import integrated_loudness
from cocomposer.sound.soundfonts import packaged_soundfont
from cocomposer.sound.supervisor import Hosts
from cocomposer.sound.takes import play_all

REVERB = Effect("Reverb", (("wet_level", 0.6), ("dry_level", 0.0)))
ROOM = Bus("Room", Strip(trim_db=0.0, inserts=(REVERB,)))


def test_a_soundfont_part_at_unity_is_the_recording(band_song: Song) -> None:
    part = dataclasses.replace(band_song.parts[0], strip=PLAIN)
    one = dataclasses.replace(band_song, parts=(part,), mix=Mix(master=PLAIN))
    soundfont = packaged_soundfont()
    jobs = part_jobs(one, assign_instruments(one, {}, soundfont), soundfont, RATE, 30)
    with tempfile.TemporaryDirectory() as folder, Hosts() as hosts:
        (take,) = play_all(jobs, hosts, Path(folder), lambda share, words: None, lambda: False).recordings
        direct = take.read(0, take.frames)
    mixed = run(Console(one, RATE), [direct])
    assert np.abs(direct).max() > 0.05
    assert difference_db(mixed, direct) < -200


def test_stems_add_up_to_the_sum(band_song: Song) -> None:
    inputs = [noise(seed=seed) for seed in range(5)]
    one, two = Console(band_song, RATE), Console(band_song, RATE, workers=2)
    whole = one.sum([one.strip(index, audio, 0) for index, audio in enumerate(inputs)], 0)
    stems = two.split([two.strip(index, audio, 0) for index, audio in enumerate(inputs)], 0)
    assert len(stems) == 5
    assert np.abs(whole).max() > 0.1
    error = np.sqrt(np.mean((np.sum(stems, axis=0) - whole) ** 2) / np.mean(whole**2))
    assert 20 * np.log10(error) < -110  # what the reverb itself rounds away


MOVING = (
    Strip(
        trim_db=0.0,
        inserts=(Effect("LowpassFilter", (("cutoff_frequency_hz", 2000.0),)), Effect("Chorus"), plugin("limiter")),
        sends=(("Room", -6.0),),
        lanes=(
            Lane("gain", (Point(0, -20.0), Point(500, 0.0), Point(501, -40.0), Point(700, 0.0))),
            Lane("pan", (Point(100, -1.0), Point(300, 1.0))),
            Lane("send:Room", (Point(0, -96.0), Point(400, 0.0))),
            Lane("insert:0:cutoff_frequency_hz", (Point(0, 300.0), Point(900, 9000.0))),
            Lane("insert:1:wet", (Point(200, 0.0), Point(600, 1.0))),
        ),
    ),
    Strip(trim_db=0.0, pan=0.4, output="Band", inserts=(Effect("Compressor", (("threshold_db", -30.0),)),)),
)


def test_the_length_of_the_blocks_is_not_heard() -> None:
    expressive = song(
        *MOVING,
        mix=Mix((Bus("Band", Strip(inserts=(plugin("limiter"),))),), (ROOM,), PLAIN),
        controls=(Control(300, 11, 40), Control(450, 7, 120), Control(600, 10, 0)),
    )
    inputs = [noise(seed=1), tone(330)]
    short, long, odd = (run(Console(expressive, RATE, plugins), inputs, block) for block in (256, 4096, 1000))
    assert np.abs(short).max() > 0.1
    assert difference_db(short, long) < -100
    assert difference_db(short, odd) < -100


def test_effects_in_a_row_sound_as_they_do_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    inserts = (
        Effect("HighpassFilter", (("cutoff_frequency_hz", 90.0),)),
        Effect("Compressor", (("threshold_db", -30.0), ("ratio", 4.0))),
        Effect("Delay", (("delay_seconds", 0.1),)),
        plugin("limiter"),
        Effect("Chorus"),
        Effect("Reverb"),
    )
    one, audio = song(Strip(trim_db=0.0, inserts=inserts)), noise(1.5)
    in_a_row = run(Console(one, RATE, plugins), [audio], 20000)
    monkeypatch.setattr(Insert, "alone", None)
    assert np.array_equal(run(Console(one, RATE, plugins), [audio], 20000), in_a_row)


def test_clicks_meet_past_and_through_plugins_that_look_ahead() -> None:
    click = np.zeros((2, RATE // 4), dtype=np.float32)
    click[:, 2000] = 0.4
    limiting = Strip(trim_db=0.0, inserts=(plugin("limiter"),))
    mix = Mix(
        (Bus("Slow", limiting),),
        (Bus("Send", dataclasses.replace(limiting, inserts=(plugin("limiter"), plugin("limiter")))),),
        limiting,
    )
    ways = [
        PLAIN,
        limiting,
        dataclasses.replace(PLAIN, output="Slow"),
        dataclasses.replace(limiting, output="Slow"),
        dataclasses.replace(PLAIN, sends=(("Send", 0.0),)),
        dataclasses.replace(limiting, inserts=(plugin("limiter", bypassed=True),)),
        dataclasses.replace(limiting, inserts=(plugin("limiter", wet=0.5),)),
    ]
    everything = song(*ways, mix=mix)
    for index in range(len(ways)):
        console = Console(everything, RATE, plugins)
        assert console.latency == 5 * 441
        output = run(console, [click if each == index else None for each in range(len(ways))])
        loud = np.flatnonzero(np.abs(output[0]) > 0.01)
        assert loud.tolist() == [2000 + console.latency], ways[index]
    parts, total = len(ways), Console(everything, RATE, plugins)
    assert np.flatnonzero(np.abs(run(total, [click] * parts)[0]) > 0.01).tolist() == [2000 + total.latency]


def test_automation_is_where_the_music_is_behind_a_plugin_that_looks_ahead() -> None:
    lane = Lane("gain", (Point(399, -96.0), Point(400, 0.0)))
    late = Strip(trim_db=0.0, inserts=(plugin("limiter"),), lanes=(lane,))
    console = Console(song(late), RATE, plugins)
    output = run(console, [np.full((2, RATE), 0.3, dtype=np.float32)])[0]
    opened = np.flatnonzero(output > 0.15)[0] - console.latency
    assert opened == pytest.approx(400 * RATE / 960, abs=0.012 * RATE)


def test_bypass_and_dry_are_bit_exact() -> None:
    signal = noise()
    dry = run(Console(song(PLAIN), RATE), [signal])
    drive = Effect("Distortion", (("drive_db", 30.0),))
    for effect in (dataclasses.replace(drive, bypassed=True), dataclasses.replace(drive, wet=0.0)):
        assert np.array_equal(run(Console(song(Strip(trim_db=0.0, inserts=(effect,))), RATE), [signal]), dry)
    wet, half = (
        run(Console(song(Strip(trim_db=0.0, inserts=(dataclasses.replace(drive, wet=wet),))), RATE), [signal])
        for wet in (1.0, 0.5)
    )
    assert difference_db(wet, dry) > -20
    assert difference_db(half, (wet + dry) / 2) < -120


def heard(mixed: Song) -> list[bool]:
    """Which parts are heard, each with a tone of its own."""
    tones = [tone(300 * (number + 1)) for number in range(len(mixed.parts))]
    output = run(Console(mixed, RATE), tones)
    spectrum = np.abs(np.fft.rfft(output[0, RATE // 2 :])) / (RATE // 4)
    return [bool(spectrum[150 * (number + 1)] > 0.01) for number in range(len(mixed.parts))]


def test_mute_and_solo() -> None:
    a, b = (Strip(trim_db=0.0, output=name, sends=(("Room", 0.0),)) for name in ("A", ""))
    gain = Bus("Room", Strip(trim_db=0.0, inserts=(Effect("Gain"),)))
    mix = Mix((Bus("A", PLAIN),), (gain,), PLAIN)
    soloed, muted = {"soloed": True}, {"muted": True}

    def of(first: dict[str, bool], second: dict[str, bool], **shared: dict[str, bool]) -> list[bool]:
        strips = dataclasses.replace(a, **first), dataclasses.replace(b, **second)
        bus = Bus("A", dataclasses.replace(PLAIN, **shared.get("bus", {})))
        send = Bus("Room", dataclasses.replace(gain.strip, **shared.get("send", {})))
        return heard(song(*strips, mix=dataclasses.replace(mix, buses=(bus,), sends=(send,))))

    assert of({}, {}) == [True, True]
    assert of(muted, {}) == [False, True]
    assert of(soloed, {}) == [True, False]
    assert of(soloed, soloed) == [True, True]
    assert of({"soloed": True, "muted": True}, {}) == [False, False]
    assert of({}, {}, bus=soloed) == [True, False]
    assert of(muted, {}, bus=soloed) == [False, False]
    assert of({}, {}, bus=muted) == [True, True]  # in the room, which hears parts, not buses
    assert of({}, {}, bus=muted, send=muted) == [False, True]
    assert of({}, muted, send=soloed) == [True, False]


def test_a_soloed_send_is_heard_alone() -> None:
    strip = Strip(trim_db=0.0, sends=(("Half", -6.0), ("Other", 0.0)))
    sends = (Bus("Half", Strip(trim_db=0.0, soloed=True)), Bus("Other", PLAIN))
    output = run(Console(song(strip, mix=Mix((), sends, PLAIN)), RATE), [tone(440)])
    assert np.abs(output).max() == pytest.approx(0.5 * 10 ** (-6 / 20), rel=1e-3)


def test_parts_without_a_strip_stand_where_their_role_usually_does(band_song: Song) -> None:
    mix = mix_of(band_song)
    assert [bus.name for bus in mix.buses] == ["Drums", "Rhythm", "Melodic", "Lead"]
    assert [bus.name for bus in mix.sends] == ["Room", "Echo"]
    outputs = {part.role: strip_of(part, band_song).output for part in band_song.parts}
    assert outputs == {Role.MELODY: "Lead", Role.DRUMS: "Drums", Role.BASS: "Rhythm", Role.KEYS: "Rhythm",
                       Role.PAD: "Melodic"}  # fmt: skip
    keys = band_song.parts[3]
    two = dataclasses.replace(band_song, parts=(*band_song.parts, dataclasses.replace(keys, name="More")))
    first, second = strip_of(two.parts[3], two), strip_of(two.parts[5], two)
    assert (first.pan, first.gain_db) == (-second.pan, second.gain_db)
    assert strip_of(keys, band_song).gain_db - first.gain_db == pytest.approx(10 * np.log10(2))
    assert strip_of(dataclasses.replace(keys, pan=1), band_song).pan == -1.0
    own = dataclasses.replace(band_song, mix=Mix(), parts=(dataclasses.replace(keys, strip=PLAIN), keys))
    assert mix_of(own) == Mix()
    assert strip_of(own.parts[0], own) == PLAIN
    assert (strip_of(keys, own).output, strip_of(keys, own).sends) == ("", ())


def test_trims_bring_every_source_to_where_the_racks_begin() -> None:
    for level in (0.001, 0.1, 0.9):
        signal = tone(700, 2.0, level)
        trim = measured_trim([signal[:, :RATE], signal[:, RATE:]], RATE)
        assert integrated_loudness(signal * 10 ** (trim / 20), RATE) == pytest.approx(-20, abs=0.3)
    assert measured_trim([np.zeros((2, RATE), dtype=np.float32)], RATE) == 0.0
    click = np.zeros((2, RATE), dtype=np.float32)
    click[:, 100] = 0.1
    assert measured_trim([click], RATE) == pytest.approx(26, abs=0.1)  # +6 dB at its peak, not -20 LUFS


def test_measured_trims_count_where_a_strip_has_none() -> None:
    signal = tone(440, level=0.1)
    trimmed = song(dataclasses.replace(PLAIN, trim_db=None), PLAIN, mix=Mix(master=Strip()))
    both = run(Console(trimmed, RATE, trims={0: 6.0, 1: 6.0, MASTER: -3.0}), [signal, signal])
    assert np.abs(both).max() == pytest.approx(0.1 * (10 ** (6 / 20) + 1) * 10 ** (-3 / 20), rel=1e-3)


def test_updates_may_come_while_it_plays() -> None:
    console, signal, ended = Console(song(*MOVING), RATE, plugins), noise(0.1), threading.Event()

    def turn() -> None:
        gain = 0
        while not ended.is_set():
            gain = (gain + 1) % 10
            inserts = (Effect("Chorus"), Effect("Gain", (("gain_db", float(gain)),)))[: gain % 3]
            console.update(song(dataclasses.replace(MOVING[0], gain_db=-gain, inserts=inserts, lanes=()), MOVING[1]))

    turning = threading.Thread(target=turn)
    turning.start()
    try:
        outputs = [run(console, [signal, signal]) for _ in range(20)]
    finally:
        ended.set()
        turning.join()
    assert all(np.isfinite(output).all() and output.any() for output in outputs)
    assert console.problems == ()


def test_a_sum_that_nobody_measured_enters_the_master_as_loud_as_usual() -> None:
    signal = tone(440, level=0.1)
    output = run(Console(song(PLAIN, mix=Mix()), RATE), [signal])
    assert np.abs(output).max() == pytest.approx(0.1 * 10 ** (-1.5 / 20), rel=1e-3)
