"""How much better the network foretells an artist's other songs with an adapter, and what that costs elsewhere.

    python tests/benchmarks/adapter_bench.py SONGS GENERAL --split 0

SONGS is a folder of MIDI files by one composer whom the network never heard, GENERAL a folder of prepared songs (from
`python -m cocomposer.training prepare`), of which those kept aside from training are taken.  Of SONGS `--learn` are
learned from, as by `cocomposer adapt`, and all others are foretold; `--split` chooses which.  Nothing is kept.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from cocomposer.model.adapters import adapted, adapter_bytes, hash_of
from cocomposer.model.adapting import learn
from cocomposer.model.batch import batch_of
from cocomposer.model.composer_weights import load_network, weights_path
from cocomposer.model.course import USUAL
from cocomposer.model.network import Batch, Network
from cocomposer.model.practice import by_length, stream, validate
from cocomposer.studio.adapting import prepared, sources_in
from cocomposer.studio.rehearsal import rehearsal
from cocomposer.training.train import validation_batches

_ATTRIBUTES = ("position", "pitch", "duration", "velocity")
_ELEMENTS = 2048
"""Elements of a batch that is foretold."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path)
    parser.add_argument("general", type=Path)
    parser.add_argument("--learn", type=int, default=20, help="songs to learn from (default: %(default)s)")
    parser.add_argument("--split", type=int, default=0, help="seed of which songs these are")
    parser.add_argument("--batches", type=int, default=12, help="batches that are foretold, of each kind")
    parser.add_argument("--steps", type=int, default=USUAL.steps)
    parser.add_argument("--rank", type=int, default=USUAL.rank)
    parser.add_argument("--rate", type=float, default=USUAL.rate)
    parser.add_argument("--others", type=float, default=USUAL.others)
    arguments = parser.parse_args()

    began, worked = time.monotonic(), time.process_time()
    sources, _ = sources_in([arguments.songs])
    songs = list(prepared(sources))
    order = np.random.default_rng(arguments.split).permutation(len(songs))
    heard = [songs[index] for index in order[: arguments.learn]]
    unheard = [songs[index] for index in order[arguments.learn :]]
    network, _ = load_network(weights_path())
    course = replace(USUAL, steps=arguments.steps, rank=arguments.rank, rate=arguments.rate, others=arguments.others)
    learned = learn(network, hash_of(weights_path()), heard, list(rehearsal()), course)
    seconds, cpu = time.monotonic() - began, time.process_time() - worked
    adapter = adapted(network, learned.adapter, 1.0)
    other = [batch_of(each) for each in islice(by_length(stream(unheard, {}, 5), _ELEMENTS), arguments.batches)]
    general = validation_batches(arguments.general, arguments.batches, _ELEMENTS)
    figures = {
        "split": arguments.split,
        "songs": {"learned": len(heard), "foretold": len(unheard)},
        "steps": learned.steps,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "bytes": len(adapter_bytes(learned.adapter)),
        "kept_aside_percent": round(100 * (learned.after / learned.before - 1), 2),
        "other_songs": compared(network, adapter, other),
        "general": compared(network, adapter, general),
    }
    print(json.dumps(figures, indent=2))


def compared(before: Network, after: Network, batches: Sequence[Batch]) -> dict[str, object]:
    """Nats a note before and after, the change in percent, and nats a choice by attribute."""
    old, new = validate(before, batches), validate(after, batches)
    return {
        "before": round(old["per_note"], 4),
        "after": round(new["per_note"], 4),
        "percent": round(100 * (new["per_note"] / old["per_note"] - 1), 2),
        "attributes": {name: [round(old[name], 3), round(new[name], 3)] for name in _ATTRIBUTES},
    }


if __name__ == "__main__":
    main()
