"""How soon things are heard while a song of six parts and 64 bars plays: `python tests/benchmarks/playback_bench.py`.

All of it runs on the silent device in real time; what is heard is what that device has taken.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from figures import Figure, finish
from listening import BUFFER, Listening, wait
from material import six_parts

from cocomposer.music import Effect, Note, Song, Strip
from cocomposer.sound.console import mix_of, strip_of
from cocomposer.sound.house_mix import settled
from cocomposer.sound.playback.mixing import AHEAD_SECONDS
from cocomposer.sound.playback.player import Player
from cocomposer.sound.supervisor import Hosts

AUDIBLE = 1e-3
LIMITER = Path("/usr/lib/vst/ZaMaximX2-vst.so")


def loud(audio: Any) -> bool:
    return float(np.abs(audio).max()) > AUDIBLE


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


def hanging(hosts: Hosts, song: Song, times: int) -> list[Figure]:
    """An effect on one part stops answering, for good, while all parts play: the others go on."""
    if not LIMITER.exists():
        print("The effect that hangs is left out: zam-plugins is not installed.")
        return []
    listening, held, dry = Listening(), [], 0
    strip = strip_of(song.parts[0], song)
    with_plugin = replace(strip, inserts=(*strip.inserts, Effect("plugin", plugin=str(LIMITER))))
    hung = replace(song, parts=(replace(song.parts[0], strip=with_plugin), *song.parts[1:]))
    with Player(hosts, buffer=BUFFER, open_device=listening.open, plugin_effects=hosts.live_effect) as player:
        player.set_song(hung)
        wait(lambda: rendered(player))
        player.play(0)
        for _ in range(times):
            wait(lambda: not player.mixing.deck.console.problems)
            time.sleep(1.0)
            before, frame = player.underruns, player.mixing.frame
            os.kill(hosts._effects._hosts[0].pid, signal.SIGSTOP)
            begun = time.monotonic()
            longest = last = 0.0
            while time.monotonic() < begun + 2:
                time.sleep(0.001)
                now = time.monotonic() - begun
                if player.mixing.frame != frame:
                    longest, frame, last = max(longest, now - last), player.mixing.frame, now
            held.append(1000 * longest)
            dry += player.underruns - before
            hosts.lift(str(LIMITER))
            player.retry()
        problems = set(player.problems)
    print(f"While an effect hung: {'; '.join(sorted(problems))}")
    most = 1000 * AHEAD_SECONDS
    return [
        Figure(f"longest pause of mixing while an effect hangs (worst of {times})", max(held), "ms", most),
        Figure(f"underruns while an effect hangs, {times} times", dry, "", 0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="how often each thing is measured")
    times = parser.parse_args().times
    song = settled(six_parts())
    print(f"{len(song.parts)} parts, {len(song.bars)} bars, {song.seconds:.0f} s; {len(mix_of(song).buses)} buses")
    with Hosts() as hosts:
        return finish([
            *starting(hosts, song, times), *editing(hosts, song, times), *auditioning(hosts, song, 6 * times),
            *hanging(hosts, song, times),
        ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
