"""How soon things are heard while a song of six parts and 64 bars plays, and whether playback lasts.

`python tests/benchmarks/playback_bench.py` prints a table; `--minutes 30` plays that long besides, while the song is
edited at random.  All of it runs on the silent device in real time; what is heard is what that device has taken.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import sys
import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from bench import Figure, _show, _six_parts

from cocomposer.music import Effect, Note, Song, Strip
from cocomposer.sound.console import mix_of, strip_of
from cocomposer.sound.house_mix import settled
from cocomposer.sound.playback.devices import SilentDevice
from cocomposer.sound.playback.player import Player
from cocomposer.sound.supervisor import Hosts

RATE, BUFFER = 44100, 512
AUDIBLE = 1e-3


class Listening:
    """Opens silent devices and keeps what they take, with the time of each sample."""

    def __init__(self) -> None:
        self.blocks: deque[tuple[float, Any]] = deque(maxlen=500)
        self.taken = 0
        self.begun = 0.0

    def open(self, fill: Callable[[int, float], Any], name: str, buffer: int, sample_rate: int) -> SilentDevice:
        def timed(frames: int, at: float) -> Any:
            audio = fill(frames, at)
            self.begun = self.begun or at
            self.taken += frames
            self.last = at
            self.blocks.append((time.monotonic(), audio))
            return audio

        return SilentDevice(timed, buffer, sample_rate)

    def first(self, since: float, heard: Callable[[Any], bool], lasting: int = 1) -> float:
        """Milliseconds from `since` until the device took the first of `lasting` blocks that are as they should be."""
        while time.monotonic() < since + 5:
            times = [at for at, _ in self.blocks]
            new = list(self.blocks)[bisect_right(times, since) :]
            right = [heard(audio) for _, audio in new]
            for index in range(len(new) - lasting + 1):
                if all(right[index : index + lasting]):
                    return 1000 * (new[index][0] - since)
            time.sleep(0.01)
        raise RuntimeError("What should be heard was not.")


def loud(audio: Any) -> bool:
    return float(np.abs(audio).max()) > AUDIBLE


def wait(true: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise SystemExit("It took too long.")
        time.sleep(0.01)


def rendered(player: Player) -> bool:
    return player.planning.idle


def solo(song: Song, part: int) -> Song:
    """The song with one part heard alone, dry: what changes in it is all that changes."""
    dry = Strip(soloed=True, trim_db=0.0)
    return replace(song, parts=tuple(replace(each, strip=dry) if index == part else each
                                     for index, each in enumerate(song.parts)))  # fmt: skip


def starting(hosts: Hosts, song: Song, times: int) -> list[Figure]:
    """From pressing play to the first sample: nothing rendered, and all of it.

    The first time is not counted: in it the host processes start and load the SoundFont.
    """
    fresh, cached = [], []
    for _ in range(times + 1):
        listening = Listening()
        with Player(hosts, buffer=BUFFER, open_device=listening.open) as player:
            wait(lambda listening=listening: bool(listening.blocks))
            begun = time.monotonic()
            player.set_song(song)
            player.play(0)
            fresh.append(listening.first(begun, loud))
            player.stop()
            wait(lambda player=player: rendered(player))
            for bar in (0, 8, 16):
                time.sleep(0.2)
                begun = time.monotonic()
                player.play(song.bars[bar].start)
                cached.append(listening.first(begun, loud))
                player.stop()
    fresh.pop(0)
    return [
        Figure(f"play to sound, nothing rendered (worst of {len(fresh)})", max(fresh), "ms", 500),
        Figure(f"play to sound, rendered (worst of {len(cached)})", max(cached), "ms", 150),
    ]


def editing(hosts: Hosts, song: Song, times: int) -> list[Figure]:
    """From an edit of a note, of an effect, of a mute, to its sound, while all parts play.

    The edit silences or brings back the only part that is heard, so that it can be told from everything else.
    """
    listening = Listening()
    notes, effects, mutes = [], [], []
    with Player(hosts, buffer=BUFFER, open_device=listening.open) as player:
        part = next(index for index, each in enumerate(song.parts) if not each.is_drums)
        tone = replace(song.parts[part], notes=(), role=song.parts[part].role, program=16)  # an organ holds its tones
        held = tuple(Note(bar.start, 60, bar.end - bar.start, 90) for bar in song.bars)
        base = solo(replace(song, parts=(*song.parts[:part], tone, *song.parts[part + 1 :])), part)

        def with_notes(extra: tuple[Note, ...]) -> Song:
            return replace(
                base, parts=(*base.parts[:part], replace(base.parts[part], notes=extra), *base.parts[part + 1 :])
            )

        full, strip = with_notes(held), base.parts[part].strip
        assert strip is not None
        player.set_song(full)
        wait(lambda: rendered(player))
        player.play(0)
        wait(lambda: player.position > 960)
        for _ in range(times):
            bar = song.meters.bar_at(player.position)
            without = with_notes(tuple(note for note in held if song.meters.bar_at(note.start) not in (bar, bar + 1)))
            time.sleep(0.1)
            begun = time.monotonic()
            player.set_song(without)
            notes.append(listening.first(begun, lambda audio: not loud(audio), 10))
            player.set_song(full)
            wait(lambda: rendered(player))
            wait(lambda: loud(listening.blocks[-1][1]))

            quiet = replace(strip, inserts=(*strip.inserts, Effect("Gain", (("gain_db", -40.0),))))
            open_ = replace(strip, inserts=(*strip.inserts, Effect("Gain", (("gain_db", 0.0),))))
            silent_part = replace(full.parts[part], strip=quiet)
            player.set_song(
                replace(full, parts=(*full.parts[:part], replace(silent_part, strip=open_), *full.parts[part + 1 :]))
            )
            time.sleep(0.4)
            begun = time.monotonic()
            player.set_song(replace(full, parts=(*full.parts[:part], silent_part, *full.parts[part + 1 :])))
            loudness = float(np.abs(listening.blocks[-1][1]).max())
            effects.append(listening.first(begun, lambda audio, least=loudness / 10: np.abs(audio).max() < least, 10))
            player.set_song(full)
            wait(lambda: loud(listening.blocks[-1][1]))

            time.sleep(0.2)
            begun = time.monotonic()
            muted = replace(full.parts[part], strip=replace(strip, muted=True))
            player.set_song(replace(full, parts=(*full.parts[:part], muted, *full.parts[part + 1 :])))
            mutes.append(listening.first(begun, lambda audio: not loud(audio), 10))
            player.set_song(full)
            wait(lambda: loud(listening.blocks[-1][1]))
            player.seek(song.bars[(bar + 5) % 40].start + 100)
            wait(lambda: rendered(player) and loud(listening.blocks[-1][1]))
        load, underruns = player.load, player.underruns
    print(f"While playing, the mixing thread was busy {load:.0%} of the time; {underruns} underruns.")
    return [
        Figure(f"edit of a note to its sound (worst of {times})", max(notes), "ms", 400),
        Figure(f"change of an effect's parameter to its sound (worst of {times})", max(effects), "ms", 300),
        Figure(f"mute to silence (worst of {times})", max(mutes), "ms", 150),
    ]


def auditioning(hosts: Hosts, song: Song, times: int) -> list[Figure]:
    """From a key to its sound, the part's notes being rendered."""
    listening = Listening()
    chooser = random.Random(1)
    taken = []
    with Player(hosts, buffer=BUFFER, open_device=listening.open) as player:
        player.set_song(song)
        wait(lambda: rendered(player))
        pitches = sorted({note.pitch for note in song.parts[0].notes})
        for _ in range(times):
            time.sleep(0.3 + chooser.random() * 0.02)
            pitch = chooser.choice(pitches)
            begun = time.monotonic()
            player.note_on(0, pitch, chooser.randrange(50, 120))
            taken.append(listening.first(begun, lambda audio: float(np.abs(audio).max()) > 0))
            player.note_off(0, pitch)
    return [
        Figure(f"key to sound (median of {times})", statistics.median(taken), "ms", 20),
        Figure(f"key to sound (worst of {times})", max(taken), "ms", 20),
    ]


def edited(song: Song, chooser: random.Random) -> Song:
    """The song after one of the things that artists do."""
    index = chooser.randrange(len(song.parts))
    part = song.parts[index]
    kind = chooser.random()
    if kind < 0.6 and part.notes:
        at = chooser.randrange(len(part.notes))
        note = part.notes[at]
        pitch = min(127, max(0, note.pitch + chooser.choice((-2, -1, 1, 2))))
        part = replace(part, notes=(*part.notes[:at], replace(note, pitch=pitch), *part.notes[at + 1 :]))
    else:
        strip = strip_of(part, song)
        if kind < 0.8:
            strip = replace(strip, gain_db=max(-30.0, min(6.0, strip.gain_db + chooser.uniform(-2, 2))))
        elif kind < 0.9:
            strip = replace(strip, muted=not strip.muted)
        else:
            strip = replace(strip, pan=chooser.uniform(-1, 1))
        part = replace(part, strip=strip)
    return replace(song, parts=(*song.parts[:index], part, *song.parts[index + 1 :]))


def resident(pid: int) -> float:
    """Megabytes that a process holds, 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return int(fields[1]) * resource.getpagesize() / 1e6


def soaking(hosts: Hosts, song: Song, minutes: float, memory: int) -> list[Figure]:
    """Playing round and round while the song is edited about twice a second, and the playhead moved now and then."""
    listening = Listening()
    chooser = random.Random(2)
    sizes: list[tuple[float, float]] = []
    edits = 0
    with Player(hosts, buffer=BUFFER, open_device=listening.open, memory=memory) as player:
        player.set_song(song)
        player.loop = (song.bars[0].start, song.bars[-1].end)
        player.play(0)
        begun = time.monotonic()
        now = song
        while (gone := time.monotonic() - begun) < 60 * minutes:
            now = edited(now, chooser) if chooser.random() < 0.97 else song
            player.set_song(now)
            edits += 1
            if chooser.random() < 0.05:
                player.seek(song.bars[chooser.randrange(len(song.bars))].start)
            if chooser.random() < 0.02:
                player.compare(edited(song, chooser) if chooser.random() < 0.5 else None)
            if chooser.random() < 0.1:
                player.note_on(0, chooser.randrange(50, 80), 90)
            sizes.append((gone, resident(os.getpid())))
            time.sleep(chooser.uniform(0.2, 0.8))
        warm = [size for gone, size in sizes if 60 * minutes * 0.4 < gone < 60 * minutes * 0.5]
        late = [size for gone, size in sizes if gone > 60 * minutes * 0.9]
        drift = (listening.last - listening.begun) * RATE / (listening.taken - BUFFER) - 1
        print(
            f"{edits} edits; memory {statistics.mean(warm):.0f} MB half-way, {statistics.mean(late):.0f} MB at last; "
            f"load {player.load:.0%}; threads {threading.active_count()}; {list(player.problems)[:3]}"
        )
        return [
            Figure(f"underruns in {minutes:g} minutes", player.underruns, "", 0),
            Figure(
                "growth of memory over the second half",
                100 * (statistics.mean(late) / statistics.mean(warm) - 1),
                "%",
                5,
            ),
            Figure("drift", abs(drift) * 3600 * 1000, "ms an hour", 1),
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.0, help="play this long while the song is edited")
    parser.add_argument("--only-soak", action="store_true", help="leave the other figures out")
    parser.add_argument("--times", type=int, default=5, help="how often each thing is measured")
    parser.add_argument("--memory", type=int, default=400, help="MB of audio kept during the soak")
    asked = parser.parse_args()
    song = settled(_six_parts())
    print(f"{len(song.parts)} parts, {len(song.bars)} bars, {song.seconds:.0f} s; {len(mix_of(song).buses)} buses")
    hosts = Hosts()
    figures: list[Figure] = []
    try:
        if not asked.only_soak:
            figures += starting(hosts, song, asked.times)
            figures += editing(hosts, song, asked.times)
            figures += auditioning(hosts, song, 6 * asked.times)
        if asked.minutes:
            figures += soaking(hosts, song, asked.minutes, asked.memory * 1_000_000)
    finally:
        hosts.close()
    _show(figures)
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
