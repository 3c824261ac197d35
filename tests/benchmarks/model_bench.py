"""Speed and memory of the neural composer, in a process of its own; prints its figures as JSON.

Run by bench.py.  Seconds throughout, but for what the names say.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from cocomposer.composer import Request, understand
from cocomposer.composer.model_composer import ModelComposer
from cocomposer.composer.request import Proposal
from cocomposer.errors import Cancelled
from cocomposer.model.composer_weights import load_network, weights_path
from cocomposer.music import Song
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.music.song import ChordChange, Note, Part, Role

FIVE = ("drums", "bass", "keys", "guitar", "pad")
CURVE = (16, 32, 64, 128)


def sketch(bars: int) -> Song:
    """A tune over eight chords, again and again."""
    chords = ("C", "Am", "F", "G", "Em", "Am", "Dm", "G7")
    tune = (0, 4, 7, 4, 9, 7, 5, 2)
    notes = [
        Note(bar * 1920 + beat * 480, 60 + tune[(bar * 3 + beat) % 8] + (bar // 16) % 2, 440)
        for bar in range(bars)
        for beat in range(4)
    ]
    song = Song(
        length=bars * 1920,
        chords=tuple(ChordChange(bar * 1920, parse_chord(chords[bar % 8])) for bar in range(bars)),
        parts=(Part("Tune", Role.MELODY, 73, tuple(notes)),),
    )
    return understand(song)


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def propose(composer: ModelComposer, bars: int, count: int) -> list[Proposal]:
    return list(composer.propose(Request(sketch(bars), count=count, parts=FIVE)))


def first_bar(composer_of: Callable[..., ModelComposer]) -> float:
    """From the request until the first bar of the first of four proposals can be heard."""
    heard: list[float] = []
    composer = composer_of(listener=lambda number, song, bars: heard.append(time.perf_counter()))
    began = time.perf_counter()
    propose(composer, 8, 4)
    return heard[0] - began


def cancelling(composer: ModelComposer) -> float:
    """From the wish to stop until it has stopped."""
    wish = threading.Event()
    asked: list[float] = []

    def stop() -> None:
        asked.append(time.perf_counter())
        wish.set()

    timer = threading.Timer(0.7, stop)
    timer.start()
    try:
        list(composer.propose(Request(sketch(64), count=4, parts=FIVE), wish.is_set))
    except Cancelled:
        return time.perf_counter() - asked[0]
    timer.cancel()
    return 0.0


def grammar_share(composer: ModelComposer) -> float:
    """The share of the time of writing that the grammar's masks and charges take."""
    from cocomposer.model import row, writer

    spent = [0.0]
    names = ("positions_open", "pitches_open", "durations_open", "harmony_cost", "leading_cost")
    originals = {(row, name): getattr(row, name) for name in names} | {(writer, "charged"): writer.charged}

    def counted(act: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            began = time.perf_counter()
            answer = act(*arguments)
            spent[0] += time.perf_counter() - began
            return answer

        return wrapped

    for (module, name), act in originals.items():
        setattr(module, name, counted(act))
    try:
        whole = timed(lambda: propose(composer, 8, 4))
    finally:
        for (module, name), act in originals.items():
            setattr(module, name, act)
    return spent[0] / whole


def cost(composer: ModelComposer, bars: int) -> tuple[float, float]:
    """Seconds a bar and milliseconds a note of a proposal for a song of so many bars, over three bands."""
    seconds, notes = 0.0, 0
    for seed in range(3):
        began = time.perf_counter()
        (proposal,) = composer.propose(Request(sketch(bars), count=1, seed=seed, parts=FIVE))
        seconds += time.perf_counter() - began
        notes += sum(len(part.notes) for part in proposal.song.parts if part.role is not Role.MELODY)
    return seconds / 3 / bars, 1000 * seconds / notes


def main() -> int:
    importing = timed(lambda: __import__("cocomposer.model.writer"))
    loading = timed(lambda: load_network(weights_path()))
    composer = ModelComposer()
    propose(composer, 1, 1)
    figures = {
        "importing PyTorch": importing,
        "loading the model": loading,
        "first bar of the first of four proposals": first_bar(ModelComposer),
        "four proposals of 8 bars, 5 parts": min(timed(lambda: propose(composer, 8, 4)) for _ in range(3)),
        "stopping": cancelling(composer),
        "grammar's share of writing": grammar_share(composer),
        "curve": {bars: cost(composer, bars) for bars in CURVE},
        "peak memory in MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }
    json.dump(figures, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
