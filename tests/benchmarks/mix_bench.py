"""How fast a song is rendered, against bare calls of the libraries, and where the time goes.

    python tests/benchmarks/mix_bench.py [--bars 64] [--rounds 3]

"Bare" is what one would write by hand: tinysoundfont plays the same events part by part, the same effects run as
pedalboard chains, NumPy adds up, pedalboard's limiter ends it; one process, one core, nothing measured, nothing
checked.  Ours is `sound.render.render`: instruments in child processes, loudness measured, strips, sends, guard,
true-peak limiter at -14 LUFS - once held to one core, once free to use two.  Seconds of the clock say what an artist
waits, and on a busy machine little; seconds of the processor, children included, say what it costs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import pedalboard
from songs import lead_sheet

from cocomposer.music import Song
from cocomposer.sound import effects, house_mix
from cocomposer.sound.loudness import amplitude
from cocomposer.sound.performance import midi_events
from cocomposer.sound.render import RenderSettings, render
from cocomposer.sound.soundfont_player import send
from cocomposer.sound.soundfonts import packaged_soundfont
from cocomposer.styles import arrange, load_style

RATE = 44100


def song_of(bars: int) -> Song:
    """Melody, drums, bass, piano, guitar and strings."""
    changes = " ".join((["C", "Am", "F", "G", "Em", "A7", "Dm", "G7"] * bars)[:bars])
    sheet = lead_sheet(changes=changes, bpm=112)
    band = arrange(sheet, load_style("pop"), (0.6, 0.9), seed=1)
    roles = {"drums", "bass", "keys", "guitar", "pad"}
    chosen = {str(part.role): part for part in band if str(part.role) in roles}
    return replace(sheet, parts=(*sheet.parts, *chosen.values()))


def bare(song: Song) -> np.ndarray:
    """The song by library calls alone."""
    import tinysoundfont

    mix, bpm = house_mix.mix_of(song), song.tempos.bpm_at(0)
    frames = round((song.seconds + 4) * RATE)
    total = np.zeros((2, frames), dtype=np.float32)
    sends = {bus.name: np.zeros_like(total) for bus in mix.sends}

    def chain(strip) -> pedalboard.Pedalboard:  # type: ignore[no-untyped-def]
        return pedalboard.Pedalboard(
            [getattr(pedalboard, each.kind)(**effects.known_parameters(each, bpm)) for each in strip.inserts]
        )

    synth = tinysoundfont.Synth(samplerate=RATE)
    synth.sfload(str(packaged_soundfont()))
    for channel, part in enumerate(song.parts):
        synth.program_change(channel, part.program, part.is_drums)
        strip = house_mix.strip_of(part, song)
        pieces, position = [], 0
        for event in midi_events(part, song.tempos):
            until = round(event[0] * RATE)
            if until > position:
                pieces.append(np.frombuffer(synth.generate(until - position), dtype=np.float32))
                position = until
            send(synth, channel, event)
        pieces.append(np.frombuffer(synth.generate(max(0, frames - position)), dtype=np.float32))
        synth.sounds_off()
        dry = np.concatenate(pieces).reshape(-1, 2)[:frames].T
        wet = chain(strip)(np.ascontiguousarray(dry), RATE)
        angle = (strip.pan + 1) * np.pi / 4
        gains = np.array([[np.cos(angle)], [np.sin(angle)]]) * 2**0.5 * amplitude(strip.gain_db)
        wet *= gains.astype(np.float32)
        total += wet
        for name, level in strip.sends:
            sends[name] += wet * np.float32(amplitude(level))
    for bus in mix.sends:
        total += chain(bus.strip)(sends[bus.name], RATE)
    total = chain(mix.master)(total, RATE)
    return pedalboard.Pedalboard([pedalboard.Limiter(-1.0)])(total, RATE)


def seconds(work, *arguments) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Of the clock and of the processor."""
    began, spent_before = time.perf_counter(), os.times()
    work(*arguments)
    elapsed, spent_after = time.perf_counter() - began, os.times()
    return elapsed, sum(spent_after[:4]) - sum(spent_before[:4])


@contextmanager
def one_core() -> Iterator[None]:
    """This process, and the children it starts, on one core."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        yield
    finally:
        os.sched_setaffinity(0, before)


def spent(song: Song) -> dict[str, float]:
    """Seconds in each kind of effect while the song is rendered on one core."""
    taken: dict[str, float] = defaultdict(float)
    process = effects.BuiltInEffect.process

    def timed(self: effects.BuiltInEffect, audio: np.ndarray) -> np.ndarray:
        began = time.thread_time()
        result = process(self, audio)
        taken[self._kind] += time.thread_time() - began
        return result

    effects.BuiltInEffect.process = timed  # type: ignore[method-assign]
    shares: list[tuple[float, str]] = []
    began = time.perf_counter()
    try:
        with one_core():
            render(song, RenderSettings(soundfont=packaged_soundfont()),
                   lambda share, words: shares.append((time.perf_counter() - began, words)))  # fmt: skip
    finally:
        effects.BuiltInEffect.process = process  # type: ignore[method-assign]
    mixing = next(at for at, words in shares if words == "Mixing")
    mastering = next(at for at, words in shares if words == "Mastering")
    stages = {"playing": mixing, "mixing": mastering - mixing, "mastering": shares[-1][0] - mastering}
    return stages | dict(sorted(taken.items(), key=lambda pair: -pair[1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    song = song_of(arguments.bars)
    settings = RenderSettings(soundfont=packaged_soundfont())
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    render(replace(song, parts=song.parts[:1]), settings)  # imports and caches
    for _ in range(arguments.rounds):
        with one_core():
            times["bare"].append(seconds(bare, song))
            times["ours, one core"].append(seconds(render, song, settings))
        times["ours, two cores"].append(seconds(render, song, settings))
    clock, processor = (
        {name: statistics.median(each[kind] for each in rounds) for name, rounds in times.items()} for kind in (0, 1)
    )
    print(json.dumps({
        "song_seconds": round(song.seconds, 1),
        "parts": len(song.parts),
        "clock_seconds": {name: round(each, 2) for name, each in clock.items()},
        "processor_seconds": {name: round(each, 2) for name, each in processor.items()},
        "times_realtime": {name: round(song.seconds / each, 1) for name, each in clock.items()},
        "against_bare": {name: round(clock["bare"] / each, 2) for name, each in clock.items()},
        "against_bare_by_processor": {name: round(processor["bare"] / each, 2) for name, each in processor.items()},
        "where": {name: round(each, 3) for name, each in spent(song).items()},
    }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
