"""Does playback last?  `python tests/benchmarks/soak_bench.py MINUTES` plays that long while the song is edited.

A song of six parts and 64 bars goes round and round on the silent device, in real time.  About twice a second an artist
at random changes a note, a fader, a pan, an effect, a mute, the tempo, the loop or the place, hears another version
or plays a key.  Counted are the times that there was nothing to give to the device, by what had just been done; the
memory of this process and of the hosts, from a third of the time on; and how far the device's clock has drifted.
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
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from figures import Figure, finish
from listening import BUFFER, Listening
from material import six_parts

from cocomposer.music import Effect, Song, TempoMap
from cocomposer.sound.console import strip_of
from cocomposer.sound.house_mix import settled
from cocomposer.sound.playback.player import Player
from cocomposer.sound.supervisor import Hosts

WARM = 1 / 3
"""Share of the time after which memory should not grow any more."""


class Artist:
    """Does what artists do, at random; each deed returns nothing and at once."""

    def __init__(self, player: Player, song: Song) -> None:
        self._player, self._song, self._now = player, song, song
        self._chooser = random.Random(2)
        deeds: dict[Callable[[], None], float] = {
            self.note: 50, self.fader: 12, self.pan: 5, self.mute: 8, self.effect: 10, self.tempo: 2, self.seek: 4,
            self.loop: 2, self.compare: 2, self.key: 8, self.undo_all: 2,
        }  # fmt: skip
        self._deeds, self._weights = list(deeds), list(deeds.values())

    def act(self) -> str:
        """Do something; its name."""
        (deed,) = self._chooser.choices(self._deeds, self._weights)
        deed()
        return deed.__name__

    def note(self) -> None:
        index = self._part()
        part = self._now.parts[index]
        at = self._chooser.randrange(len(part.notes))
        note = part.notes[at]
        pitch = min(127, max(0, note.pitch + self._chooser.choice((-2, -1, 1, 2))))
        notes = (*part.notes[:at], replace(note, pitch=pitch), *part.notes[at + 1 :])
        self._edit(index, notes=notes)

    def fader(self) -> None:
        index = self._part()
        gain = strip_of(self._now.parts[index], self._now).gain_db + self._chooser.uniform(-2, 2)
        self._strip(index, gain_db=max(-30.0, min(6.0, gain)))

    def pan(self) -> None:
        self._strip(self._part(), pan=self._chooser.uniform(-1, 1))

    def mute(self) -> None:
        index = self._part()
        self._strip(index, muted=not strip_of(self._now.parts[index], self._now).muted)

    def effect(self) -> None:
        """Put an effect on a strip, turn it, or take it off."""
        index = self._part()
        inserts = strip_of(self._now.parts[index], self._now).inserts
        own = Effect("Chorus", (("rate_hz", self._chooser.uniform(0.2, 2)), ("mix", self._chooser.random())))
        if inserts and inserts[-1].kind == own.kind:
            inserts = inserts[:-1] if self._chooser.random() < 0.5 else (*inserts[:-1], own)
        else:
            inserts = (*inserts, own)
        self._strip(index, inserts=inserts)

    def tempo(self) -> None:
        self._set(replace(self._now, tempos=TempoMap.constant(self._chooser.choice((88.0, 100.0, 112.0)))))

    def seek(self) -> None:
        self._player.seek(self._chooser.choice(self._song.bars).start)

    def loop(self) -> None:
        first, last = sorted(self._chooser.sample(range(len(self._song.bars)), 2))
        if self._chooser.random() < 0.5:
            first, last = 0, len(self._song.bars) - 1
        self._player.loop = (self._song.bars[first].start, self._song.bars[last].end)

    def compare(self) -> None:
        self._player.compare(self._song if self._chooser.random() < 0.5 else None)

    def key(self) -> None:
        self._player.note_on(0, self._chooser.randrange(50, 80), 90)

    def undo_all(self) -> None:
        self._set(self._song)

    def _part(self) -> int:
        return self._chooser.randrange(len(self._now.parts))

    def _strip(self, index: int, **settings: object) -> None:
        strip = strip_of(self._now.parts[index], self._now)
        self._edit(index, strip=replace(strip, **settings))  # type: ignore[arg-type]

    def _edit(self, index: int, **fields: object) -> None:
        part = replace(self._now.parts[index], **fields)  # type: ignore[arg-type]
        self._set(replace(self._now, parts=(*self._now.parts[:index], part, *self._now.parts[index + 1 :])))

    def _set(self, song: Song) -> None:
        self._now = song
        self._player.set_song(song)


def resident(pid: int) -> float:
    """Megabytes that a process holds, 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return int(fields[1]) * resource.getpagesize() / 1e6


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        found = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(word) for words in found for word in words.split()]


def starved() -> dict[str, float]:
    """Seconds that the threads which must be on time have waited for a core, where the system says so.

    Where they add up, it is the machine that has too much to do, not the program.
    """
    found = {}
    for thread in threading.enumerate():
        if thread.name in ("mixing", "silent device"):
            try:
                words = Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text().split()
            except OSError:
                continue
            found[thread.name] = int(words[1]) / 1e9
    return found


def drift(late: list[tuple[float, float]]) -> float:
    """Milliseconds an hour by which the device has come to be late: its first tenth against its last."""
    tenth = max(1, len(late) // 10)
    first, last = ([statistics.median(each[place] for each in some) for place in (0, 1)]
                   for some in (late[:tenth], late[-tenth:]))  # fmt: skip
    return abs(last[1] - first[1]) / max(1.0, last[0] - first[0]) * 3_600_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float, metavar="MINUTES")
    parser.add_argument("--memory", type=int, default=200, help="MB of audio that are kept; they are full soon")
    asked = parser.parse_args()
    song, seconds = settled(six_parts()), 60 * asked.minutes
    listening, pauses = Listening(), random.Random(3)
    sizes: list[tuple[float, float, float]] = []
    deeds: Counter[str] = Counter()
    dry_after: Counter[str] = Counter()
    with (
        Hosts() as hosts,
        Player(hosts, buffer=BUFFER, open_device=listening.open, memory=asked.memory * 10**6) as player,
    ):
        player.set_song(song)
        player.loop = (song.bars[0].start, song.bars[-1].end)
        player.play(0)
        artist, begun = Artist(player, song), time.monotonic()
        while (gone := time.monotonic() - begun) < seconds:
            before = player.underruns
            deed = artist.act()
            deeds[deed] += 1
            time.sleep(pauses.uniform(0.2, 0.8))
            dry_after[deed] += player.underruns - before
            sizes.append((gone, resident(os.getpid()), sum(map(resident, children(os.getpid())))))
        underruns, load, threads = player.underruns, player.load, threading.active_count()
        problems, waited = tuple(player.problems), starved()

    def mean(place: int, since: float, until: float) -> float:
        return statistics.mean(size[place] for size in sizes if since <= size[0] / seconds <= until)

    grown = [100 * (mean(place, 0.9, 1) / max(1.0, mean(place, WARM, WARM + 0.1)) - 1) for place in (1, 2)]
    print(f"{sum(deeds.values())} deeds ({', '.join(f'{name} {count}' for name, count in deeds.most_common())})")
    print(f"memory: program {mean(1, WARM, WARM + 0.1):.0f} MB, then {mean(1, 0.9, 1):.0f}; hosts "
          f"{mean(2, WARM, WARM + 0.1):.0f} MB, then {mean(2, 0.9, 1):.0f}")  # fmt: skip
    print(f"the mixing thread was busy {load:.0%} of the time; {threads} threads; problems: {problems[:3] or 'none'}")
    print(
        "waited for a core:", ", ".join(f"{name} {spent:.1f} s" for name, spent in waited.items()) or "not known here"
    )
    if underruns:
        print(
            "underruns came after", ", ".join(f"{name} ({count})" for name, count in dry_after.most_common() if count)
        )
    return finish([
        Figure(f"underruns in {asked.minutes:g} minutes", underruns, "", 0),
        Figure("growth of the program's memory after warming up", grown[0], "%", 5),
        Figure("growth of the hosts' memory after warming up", grown[1], "%", 5),
        Figure("drift", drift(listening.late), "ms an hour", 1),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
