"""How fast a song is rendered, against bare calls of the libraries, and where the time goes.

    python tests/benchmarks/mix_bench.py [--bars 64] [--rounds 5]

"Bare" is what one would write by hand for the same sound: tinysoundfont plays the same events part by part, the same
effects run as pedalboard chains, NumPy adds up; one process, one core, no checks, no cancelling, nothing automated.
Ours is `sound.render.render`: instruments in child processes, strips, sends, guards - once held to one core, once free
to use two.  Each round is a pair; ratios are medians over the rounds.

The sound is the same only if the levels are: effects are set for parts at -20 LUFS and a master at -18, and the mix
ends at -14 under a true peak of -1 dBTP.  So "bare" measures and limits too, with this program's own functions, since
no library has any as fast (pyloudnorm alone would take longer than all effects).  "Nothing measured" is the same
without: a mix at levels left to chance, ended by pedalboard's limiter.  The ratio to it is the harder one.

The last table is what playback costs: the console, with meters, in short blocks.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import pedalboard
from songs import lead_sheet

from cocomposer.music import Song
from cocomposer.sound import channel, effects, house_mix, lines
from cocomposer.sound import instruments as instruments_module
from cocomposer.sound import render as render_module
from cocomposer.sound.console import Console
from cocomposer.sound.limiter import limit_to_loudness
from cocomposer.sound.loudness import amplitude, integrated_loudness, true_peak
from cocomposer.sound.performance import midi_events
from cocomposer.sound.render import RenderSettings, render
from cocomposer.sound.soundfont_player import send
from cocomposer.sound.soundfonts import packaged_soundfont
from cocomposer.sound.supervisor import Hosts
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


def bare(song: Song, measured: bool = True) -> np.ndarray:
    """The song by library calls alone; without `measured` its levels are left to chance."""
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
    for number, part in enumerate(song.parts):
        synth.program_change(number, part.program, part.is_drums)
        strip = house_mix.strip_of(part, song)
        pieces, position = [], 0
        for event in midi_events(part, song.tempos):
            until = round(event[0] * RATE)
            if until > position:
                pieces.append(np.frombuffer(synth.generate(until - position), dtype=np.float32))
                position = until
            send(synth, number, event)
        pieces.append(np.frombuffer(synth.generate(max(0, frames - position)), dtype=np.float32))
        synth.sounds_off()
        dry = np.ascontiguousarray(np.concatenate(pieces).reshape(-1, 2)[:frames].T)
        if measured:
            dry *= np.float32(amplitude(house_mix.measured_trim([dry], RATE)))
        wet = chain(strip)(dry, RATE)
        angle = (strip.pan + 1) * np.pi / 4
        gains = np.array([[np.cos(angle)], [np.sin(angle)]]) * 2**0.5 * amplitude(strip.gain_db)
        wet *= gains.astype(np.float32)
        total += wet
        for name, level in strip.sends:
            sends[name] += wet * np.float32(amplitude(level))
    for bus in mix.sends:
        total += chain(bus.strip)(sends[bus.name], RATE)
    if not measured:
        return pedalboard.Pedalboard([*chain(mix.master), pedalboard.Limiter(-1.0)])(total, RATE)
    total *= np.float32(amplitude(house_mix.MASTER_LUFS - integrated_loudness(total, RATE)))
    total = chain(mix.master)(total, RATE)
    limit_to_loudness(total, RATE, -14.0, -1.0)
    assert true_peak(total, RATE) <= -1.0
    return total


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


def spent(song: Song) -> dict[str, dict[str, float]]:
    """Seconds at each kind of work while the song is rendered on one core: by instrument, by effect, by stage."""
    instruments: dict[str, float] = {}
    kinds: dict[str, float] = defaultdict(float)
    stages: dict[str, float] = defaultdict(float)

    def played(self: Hosts, *arguments: Any, **named: Any) -> np.ndarray:
        began = time.perf_counter()
        audio = play(self, *arguments, **named)
        instruments[names[arguments[1:4]]] = time.perf_counter() - began
        return audio

    def one_by_one(row: Sequence[effects.BuiltInEffect], audio: np.ndarray) -> np.ndarray:
        for effect in row:
            began = time.thread_time()
            audio = in_a_row([effect], audio)
            kinds[effect.kind] += time.thread_time() - began
        return audio

    def staged(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.thread_time()
            result = work(*arguments, **named)
            stages[stage] += time.thread_time() - began
            return result

        return timed

    names = {(part.program, part.is_drums, midi_events(part, song.tempos)): part.name for part in song.parts}
    play, in_a_row = Hosts.play, effects.in_a_row
    with ExitStack() as patches, one_core():
        for place, name, stand_in in (
            (Hosts, "play", played),
            (effects, "in_a_row", one_by_one),
            (channel, "in_a_row", one_by_one),
            (lines.Line, "prepare", staged("strips", lines.Line.prepare)),
            (instruments_module.BalanceMeter, "feed", staged("measuring parts", instruments_module.BalanceMeter.feed)),
            (render_module, "_mixed", staged("buses and sends", render_module._mixed)),
            (render_module, "_through_master", staged("master strip", render_module._through_master)),
        ):
            patches.enter_context(mock.patch.object(place, name, stand_in))
        wall: list[tuple[float, str]] = []
        began = time.perf_counter()
        render(song, RenderSettings(soundfont=packaged_soundfont()),
               lambda share, words: wall.append((time.perf_counter() - began, words)))  # fmt: skip
    mastering = wall[-1][0] - next(at for at, words in wall if words == "Mastering")
    stages["loudness and limiter"] = mastering - stages["master strip"]
    effects_total = sum(kinds.values())
    return {
        "instruments, in hosts": dict(sorted(instruments.items(), key=lambda pair: -pair[1])),
        "effects": dict(sorted(kinds.items(), key=lambda pair: -pair[1])) | {"all": effects_total},
        "stages, effects included": dict(stages),
        "whole": {"seconds": wall[-1][0]},
    }


def playback_load(song: Song, seconds_of_it: float = 20.0) -> dict[str, float]:
    """Share of the time there is that the console takes, with meters, by the length of its blocks."""
    loads = {}
    noise = np.random.default_rng(0).standard_normal((2, RATE * 2)).astype(np.float32) * np.float32(0.05)
    with one_core():
        for length in (256, 512, 1024):
            console = Console(song, RATE)
            began = time.thread_time()
            for start in range(0, round(seconds_of_it * RATE), length):
                at = start % (RATE * 2 - length)
                console.process([noise[:, at : at + length]] * len(song.parts), start)
            loads[f"{length} frames"] = (time.thread_time() - began) / seconds_of_it
    return loads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    song = song_of(arguments.bars)
    settings = RenderSettings(soundfont=packaged_soundfont())
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    render(replace(song, parts=song.parts[:1]), settings)  # imports and caches
    for _ in range(arguments.rounds):
        with one_core():
            times["bare"].append(seconds(bare, song))
            times["nothing measured"].append(seconds(bare, song, False))
            times["ours, one core"].append(seconds(render, song, settings))
        times["ours, two cores"].append(seconds(render, song, settings))

    def middle(name: str, kind: int) -> float:
        return statistics.median(each[kind] for each in times[name])

    def against(other: str, kind: int) -> dict[str, float]:
        return {
            name: statistics.median(one[kind] / our[kind] for one, our in zip(times[other], times[name], strict=True))
            for name in ("ours, one core", "ours, two cores")
        }

    print(json.dumps(rounded({
        "song_seconds": song.seconds,
        "parts": len(song.parts),
        "clock_seconds": {name: middle(name, 0) for name in times},
        "processor_seconds": {name: middle(name, 1) for name in times},
        "times_realtime": {name: song.seconds / middle(name, 0) for name in times},
        "against_bare": against("bare", 0),
        "against_bare_by_processor": against("bare", 1),
        "against_nothing_measured": against("nothing measured", 0),
        "where": spent(song),
        "playback_load": playback_load(song),
    }), indent=2))  # fmt: skip


def rounded(figures: Any) -> Any:
    """The figures of a tree of dictionaries with three digits behind the point."""
    if isinstance(figures, dict):
        return {name: rounded(each) for name, each in figures.items()}
    return round(figures, 3) if isinstance(figures, float) else figures


if __name__ == "__main__":
    main()
