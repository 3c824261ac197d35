"""How well a network foretells songs that it has not learned from, next to two that know nothing of music.

The unigram answers every choice by how often each answer was right in training songs, drums apart.  The bar repeat
copies what the part did in the bar before with a probability that fits the training songs best, and answers as the
unigram otherwise.  All three make exactly the same choices in the same windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocomposer.model import grid
from cocomposer.model.batch import batch_of
from cocomposer.model.grid import IntArray
from cocomposer.model.network import Network
from cocomposer.model.practice import summed
from cocomposer.model.window import STROKE, Example
from cocomposer.training.train import batch_on, load_songs, windows_of

ANSWERS = {
    "position": grid.POSITIONS + 1,
    "pitch": grid.PITCHES + 1,
    "duration": len(grid.DURATIONS),
    "velocity": grid.VELOCITIES,
    "micro": grid.MICRO_STEPS,
}
"""The attributes and how many answers each has; the last position and the last pitch say that nothing more comes."""
_NO_MORE = grid.PITCHES
_ONSET_BEFORE, _STRUCK_BEFORE, _LENGTH_BEFORE, _LOUDNESS_BEFORE = 0, 6, 3, 6
"""Columns that hold the bar before: in Example.times, Example.pitches and (the last two) Example.figures."""
_SMOOTHING = 0.5
"""Times that every answer is counted before any song is heard."""
_ROUNDS = 40
"""Rounds of expectation and maximisation, with which the probability of a repeat has long settled."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """The choices of one attribute: what was `answer`ed, what the bar before would have answered (`repeat`, -1 where
    it says nothing), and whether it was a drummer's; each of shape (choices,)."""

    answer: IntArray
    repeat: IntArray
    drums: NDArray[np.bool_]


def choices_of(example: Example) -> dict[str, Choices]:
    """Everything that is chosen in a window, by attribute."""
    drums = example.head.program == grid.DRUMS
    rows = example.elements[example.asked]
    last = np.where(rows[:, 0] == STROKE, rows[:, 4], -1)
    places = np.arange(grid.POSITIONS)
    to_come = (example.times[rows[:, 2]][:, :, _ONSET_BEFORE] > 0) & (places[None, :] > last[:, None])
    repeat = np.where(to_come.any(axis=1), to_come.argmax(axis=1), grid.END)
    found = {"position": Choices(example.answer, repeat, drums[rows[:, 1]])}

    strokes, notes = example.elements[example.stroke], example.notes[example.stroke]
    by_drums = drums[strokes[:, 1]]
    counts = (notes >= 0).sum(axis=1)
    # One choice for every note, and one for "no more" where there could have been more.
    stroke, place = np.nonzero(np.arange(grid.CHORD_NOTES)[None, :] <= counts[:, None])
    note = notes[stroke, place]
    below = np.where(place > 0, notes[stroke, place - 1], -1)
    struck = example.pitches[stroke, :, _STRUCK_BEFORE] > 0
    above = struck & (np.arange(grid.PITCHES)[None, :] > below[:, None])
    repeat = np.where(above.any(axis=1), above.argmax(axis=1), _NO_MORE)
    repeat = np.where(struck.any(axis=1), repeat, -1)
    found["pitch"] = Choices(np.where(note < 0, _NO_MORE, note), repeat, by_drums[stroke])

    lengths = example.figures[~by_drums, _LENGTH_BEFORE]
    found["duration"] = Choices(
        strokes[~by_drums, 6], np.where(lengths == len(grid.DURATIONS), -1, lengths), by_drums[~by_drums]
    )
    real = note >= 0
    stroke, place = stroke[real], place[real]
    loudness = example.figures[stroke, _LOUDNESS_BEFORE]
    found["velocity"] = Choices(
        example.velocity[stroke, place], np.where(loudness == grid.VELOCITIES, -1, loudness), by_drums[stroke]
    )
    late = example.micro[stroke, place]
    felt = late >= 0
    found["micro"] = Choices(late[felt], np.full(int(felt.sum()), -1), by_drums[stroke][felt])
    return found


def all_choices(batches: Iterable[Sequence[Example]]) -> dict[str, Choices]:
    """The choices of many windows together."""
    parts = [choices_of(example) for batch in batches for example in batch]
    return {
        name: Choices(*(np.concatenate([getattr(part[name], column) for part in parts])
                        for column in ("answer", "repeat", "drums")))
        for name in ANSWERS
    }  # fmt: skip


@dataclass(frozen=True)
class Baselines:
    """`frequency` (2, answers) of each attribute, pitched and drums, and the probability (2,) of a repeat."""

    frequency: Mapping[str, FloatArray]
    repeated: Mapping[str, FloatArray]

    @classmethod
    def fitted(cls, training: Mapping[str, Choices]) -> Baselines:
        """The baselines that suit choices of training songs best."""
        frequency, repeated = {}, {}
        for name, choices in training.items():
            table = np.full((2, ANSWERS[name]), _SMOOTHING)
            np.add.at(table, (choices.drums.astype(np.int64), choices.answer), 1)
            frequency[name] = table / table.sum(axis=1, keepdims=True)
            alone = frequency[name][choices.drums.astype(np.int64), choices.answer]
            repeated[name] = np.array(
                [_mixture(choices, alone, (choices.drums == drums) & (choices.repeat >= 0)) for drums in (False, True)]
            )
        return cls(frequency, repeated)

    def unigram(self, name: str, choices: Choices) -> float:
        """Negative log-likelihood of choices in nats, summed."""
        return float(-np.log(self.frequency[name][choices.drums.astype(np.int64), choices.answer]).sum())

    def bar_repeat(self, name: str, choices: Choices) -> float:
        """Negative log-likelihood of choices in nats, summed."""
        row = choices.drums.astype(np.int64)
        share = np.where(choices.repeat >= 0, self.repeated[name][row], 0.0)
        alone = self.frequency[name][row, choices.answer]
        return float(-np.log(share * (choices.repeat == choices.answer) + (1 - share) * alone).sum())


def _mixture(choices: Choices, alone: FloatArray, where: NDArray[np.bool_]) -> float:
    """The share of repeats that makes the chosen choices likeliest (Dempster et al. 1977)."""
    hit, other = (choices.repeat == choices.answer)[where], alone[where]
    share = 0.5
    for _ in range(_ROUNDS if len(hit) else 0):
        share = float(np.mean(share * hit / (share * hit + (1 - share) * other)))
    return min(share, 1 - 1e-6)


@dataclass(frozen=True)
class Likelihood:
    """Negative log-likelihoods on the songs kept aside of a `corpus`, in nats a note, by who foretells them.

    Each has the attributes, `all` (position, pitch, duration and velocity, which it is the sum of) and `micro`, which
    is over the notes whose timing was played.
    """

    corpus: str
    songs: int
    notes: int
    nats: dict[str, dict[str, float]]


def measure(
    network: Network, folder: Path, corpus: str = "*", *, count: int = 12, fitted_on: int = 24, elements: int = 4096,
    seed: int = 12345, device: str = "cpu",
) -> Likelihood | None:  # fmt: skip
    """Measure on `count` batches of a corpus ("*": all, in their shares); the baselines are fitted on `fitted_on`
    batches of its training songs.  None where no song is kept aside or none is left."""
    training = load_songs(folder, validation=False, corpus=corpus)
    songs = load_songs(folder, validation=True, corpus=corpus)
    if not songs or not training:
        return None
    baselines = Baselines.fitted(all_choices(windows_of(training, fitted_on, elements, seed + 1)))
    windows = list(windows_of(songs, count, elements, seed))
    sums, counts = summed(network, (batch_on(batch_of(examples), device) for examples in windows))
    choices = all_choices(windows)
    notes = counts["pitch"]
    asked = counts | {"velocity": notes}
    assert all(len(choices[name].answer) == asked[name] for name in ("position", "duration", "velocity", "micro"))
    nats = {
        "network": sums,
        "bar repeat": {name: baselines.bar_repeat(name, each) for name, each in choices.items()},
        "unigram": {name: baselines.unigram(name, each) for name, each in choices.items()},
    }
    return Likelihood(
        corpus, len(songs), notes, {who: _a_note(values, notes, counts["micro"]) for who, values in nats.items()}
    )


def _a_note(sums: Mapping[str, float], notes: int, felt: int) -> dict[str, float]:
    means = {name: sums[name] / max(1, notes) for name in ("position", "pitch", "duration", "velocity")}
    return means | {"all": sum(means.values()), "micro": sums["micro"] / max(1, felt)}


def table(rows: Sequence[Likelihood]) -> str:
    """The measurements as a Markdown table."""
    names = ("all", "position", "pitch", "duration", "velocity", "micro")
    lines = [
        "| corpus | songs | notes | nats a note | " + " | ".join(names) + " |",
        "|---|---:|---:|---|" + "---:|" * len(names),
    ]
    for row in rows:
        label = f"| {'all' if row.corpus == '*' else row.corpus} | {row.songs} | {row.notes:,} | "
        for who, values in row.nats.items():
            figures = (f"{values[name]:.3f}" if values[name] else "" for name in names)
            lines.append(f"{label}{who} | {' | '.join(figures)} |")
            label = "| | | | "
    return "\n".join(lines)


def as_json(rows: Sequence[Likelihood]) -> dict[str, Any]:
    """The measurements as they are kept in the run's folder."""
    return {"likelihood": [asdict(row) for row in rows]}


def from_json(kept: Mapping[str, Any]) -> list[Likelihood]:
    """The measurements that were kept."""
    return [Likelihood(**row) for row in kept["likelihood"]]
