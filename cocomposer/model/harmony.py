"""Chords for a melody, and chords that go on from others, chosen by the harmony network.

Several progressions are drawn at once; the one that is likeliest and carries the tune best is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cocomposer.model.harmony_grid import (
    CHORDS,
    HOLD,
    NONE,
    QUALITIES,
    HarmonyGrid,
    Idiom,
    chord_number,
    chord_of_number,
    chord_tones,
    chords_in_slots,
    harmony_grid,
    shifted,
)
from cocomposer.model.harmony_network import HarmonyNetwork
from cocomposer.model.weights import built, load_weights
from cocomposer.music import ChordChange, Key, KeyChange, Note, Song
from cocomposer.music.analysis.grid import FloatArray, IntArray
from cocomposer.music.song import MAX_TICKS
from cocomposer.resources import assets_folder

WEIGHTS = Path("models", "harmony", "harmony.safetensors")
"""Where the weights lie in the assets folder."""
_FREE = -1
"""In a plan: the network chooses."""
_RETURNS = -2
"""In a plan: what the repeated bar had."""
_HOME = {False: ((0, 4, 7), (0, 4, 7, 11), (0, 4, 7, 9)), True: ((0, 3, 7), (0, 3, 7, 10), (0, 3, 7, 9))}
"""The chords on the tonic that a song may end with, in major and in minor."""
_LOOPS = (1, 2, 4, 8)
"""Bars after which a progression may start over."""


@dataclass(frozen=True)
class Taste:
    """How chords are chosen.

    `temperature` flattens (> 1) or sharpens (< 1) what the network would choose.  `carrying` is the weight, in nats, of
    the share of the tune in a slot that a chord carries, `moving` that of leaving the chord that sounds.  Chords less
    likely than `least` times the likeliest are not drawn: the far tail is mistakes in the corpora.  Of `candidates` the
    one is taken that carries the tune best, `typical` times its distance from typical taken off: how far its surprise
    is from the one to be expected, in nats a slot (after C. Meister et al., "Locally Typical Sampling", TACL 11, 2023;
    the likeliest of all would be a dull one).
    """

    temperature: float = 1.12
    carrying: float = 0.7
    moving: float = 0.3
    least: float = 0.04
    typical: float = 2.0
    candidates: int = 16

    @classmethod
    def adventurous(cls, degree: float) -> Taste:
        """From the expected (0) to the far-fetched (1); 0.3 is about as varied as what people write."""
        degree = min(1.0, max(0.0, degree))
        return cls(temperature=0.85 + 0.9 * degree, least=0.1 * 0.04**degree)


@cache
def shipped_network() -> HarmonyNetwork:
    """The network with the weights that come with the program.  Raises ModelError where they cannot be used."""
    return load_network(assets_folder() / WEIGHTS)


def load_network(path: Path) -> HarmonyNetwork:
    """The network in the file at `path`, ready for use.  Raises ModelError where there is none."""
    tensors, config = load_weights(path)

    def at_least() -> int:
        width, decoder, embedding = (int(config[name]) for name in ("width", "decoder_width", "embedding"))
        if min(width, decoder, embedding) < 1:
            raise ValueError("no network")
        return 3 * (width * width + decoder * decoder) + CHORDS * embedding

    return built(lambda: HarmonyNetwork.from_config(config), at_least, tensors, path)


def harmonise(
    song: Song,
    melody: Sequence[Note],
    key: Key,
    *,
    seed: int = 0,
    adventurous: float = 0.3,
    idiom: Idiom = Idiom.POP,
    taste: Taste | None = None,
    network: HarmonyNetwork | None = None,
) -> tuple[ChordChange, ...]:
    """Chords for `melody` over all bars of `song`, spelled in `key`; the same for the same `seed`.

    Phrases of the melody that return get their chords back, and where its last note allows, the last chord is the
    tonic.  Where the song itself changes to another key of the same mode, the chords go along.  A melody without notes
    gets a progression of the network's own; a song without bars gets none.  `taste` overrides `adventurous`, `network`
    the shipped one.  Raises ModelError where the shipped weights cannot be used.
    """
    if not song.bars:
        return ()
    melody = sorted(melody)
    local = [change for change in song.keys if change.key.mode is key.mode]
    keys = local if len(song.keys) > 1 and local else [KeyChange(0, key)]
    grid = harmony_grid(song, melody, keys, idiom)
    home = np.arange(len(grid)) >= _closing(grid, melody)
    plan = np.where(grid.returns & ~home, _RETURNS, _FREE)
    path = _best(grid, plan, home, taste or Taste.adventurous(adventurous), seed, network or shipped_network())
    return _changes(grid, path, key)


def continue_chords(
    song: Song,
    bars: int,
    key: Key,
    *,
    seed: int = 0,
    adventurous: float = 0.15,
    closes: bool = False,
    idiom: Idiom = Idiom.POP,
    taste: Taste | None = None,
    network: HarmonyNetwork | None = None,
) -> tuple[ChordChange, ...]:
    """Chords for `bars` more bars after the end of `song`, whose own chords they go on from, in the metre of its end.

    The ticks count from the start of the song, so that they can be appended to its chords; the first stands on the
    first new bar.  With `closes` the last bar has a tonic chord.  No tune holds them together, hence the tamer taste.
    Raises ModelError as above.
    """
    start = song.bars[-1].end if song.bars else 0
    size = song.meters.meter_at(start).ticks_per_bar
    count = min(bars, (MAX_TICKS - start) // size)
    if count < 1:
        return ()
    longer = replace(song, length=start + count * size, parts=())
    grid = harmony_grid(longer, (), [KeyChange(0, key)], idiom, closes=closes)
    given = chords_in_slots(grid, song.chords)
    first = int(np.searchsorted(grid.edges[:-1], start))
    plan = np.where(np.arange(len(grid)) < first, given, _FREE)
    grid = replace(grid, recall=_looped(grid, plan, first))
    home = (grid.bar == grid.bar[-1]) & closes
    path = _best(grid, plan, home, taste or Taste.adventurous(adventurous), seed, network or shipped_network())
    fresh = replace(grid, edges=grid.edges[first:], bar=grid.bar[first:], tonic=grid.tonic[first:])
    return _changes(fresh, path[first:], key)


def _looped(grid: HarmonyGrid, plan: IntArray, first: int) -> IntArray:
    """Where the given chords go round in a loop, the slot of the last round for every slot from `first` on, else -1."""
    recall = np.full(len(grid), -1)
    per_bar = np.bincount(grid.bar)
    for bars in _LOOPS:
        size = bars * int(per_bar[-1])
        if 2 * size <= first and (plan[first - size : first] == plan[first - 2 * size : first - size]).all():
            recall[first:] = np.arange(first, len(grid)) - size
            break
    return recall


def _closing(grid: HarmonyGrid, melody: Sequence[Note]) -> int:
    """The slot from which the tonic chord sounds to the end: that of the last note, if it is a note of that chord."""
    if not melody:
        return int(np.searchsorted(grid.bar, grid.bar[-1]))
    last = max(melody, key=lambda note: note.end)
    slot = int(np.searchsorted(grid.edges, last.start, side="right")) - 1
    if slot >= len(grid):
        return slot
    tonic_triad = (0, 3 if grid.minor[slot] else 4, 7)
    return slot if (last.pitch - int(grid.tonic[slot])) % 12 in tonic_triad else len(grid)


def _best(
    grid: HarmonyGrid, plan: IntArray, home: NDArray[np.bool_], taste: Taste, seed: int, network: HarmonyNetwork
) -> IntArray:
    """The best of several chord paths, roots absolute, shape (slots,)."""
    carried = _carried(grid)
    paths, surprises = _draw(grid, plan, home, carried, taste, seed, network)
    tune = (grid.notes.sum(axis=1) > 0).sum()
    fits = np.take_along_axis(carried[None], paths[:, :, None], axis=2).sum(axis=(1, 2)) / max(1, int(tune))
    chosen: IntArray = paths[int((fits - taste.typical * np.abs(surprises)).argmax())]
    return chosen


def _carried(grid: HarmonyGrid) -> FloatArray:
    """The share of the tune in each slot that each chord (root absolute) has in it, shape (slots, CHORDS + 1)."""
    total = np.maximum(grid.notes.sum(axis=1, keepdims=True), 1.0)
    tones = np.vstack([chord_tones(), np.zeros((1, 12), dtype=bool)])
    carried: FloatArray = np.einsum("sp,cp->sc", grid.notes / total, tones.astype(float))
    return carried


def _draw(
    grid: HarmonyGrid,
    plan: IntArray,
    home: NDArray[np.bool_],
    carried: FloatArray,
    taste: Taste,
    seed: int,
    network: HarmonyNetwork,
) -> tuple[IntArray, FloatArray]:
    """Chord paths, shape (candidates, slots), and by how much the mean surprise of each exceeds what was expected."""
    count, slots = taste.candidates, len(grid)
    generator = torch.Generator().manual_seed(seed % 2**63)
    paths = np.full((count, slots), NONE)
    surprises = np.zeros(count)
    sounding, held = np.full(count, NONE), np.zeros(count, dtype=np.int64)
    state: Tensor | None = None
    with torch.inference_mode():
        heard = network.encode(torch.from_numpy(grid.features)[None]).expand(count, -1, -1)
        for slot in range(slots):
            tonic, recall, planned = grid.tonic[slot], int(grid.recall[slot]), int(plan[slot])
            degree = shifted(sounding, -tonic)
            recalled = shifted(paths[:, recall], -grid.tonic[recall]) if recall >= 0 else np.full(count, NONE)
            inputs = (_column(degree), _column(held), _column(recalled))
            scores, state = network.decode(heard[:, slot : slot + 1], *inputs, state)
            if planned == _FREE:
                possible = scores[:, 0].masked_fill(
                    ~_allowed(degree, bool(home[slot]), bool(grid.minor[slot])), -torch.inf
                )
                bias = np.tile(carried[slot, shifted(np.arange(CHORDS + 1), tonic)], (count, 1))
                bias[:, HOLD] = carried[slot, sounding]
                choice, surprise = _choose(possible, taste.carrying * bias, taste, generator)
                surprises += surprise
                following = np.where(choice == HOLD, sounding, shifted(choice, tonic))
            else:
                following = shifted(recalled, tonic) if planned == _RETURNS else np.full(count, planned)
            held = np.where(following == sounding, held + 1, 1)
            sounding = following
            paths[:, slot] = sounding
    return paths, surprises / max(1, int((plan == _FREE).sum()))


def _choose(
    scores: Tensor, bias: FloatArray, taste: Taste, generator: torch.Generator
) -> tuple[IntArray, FloatArray]:  # fmt: skip
    """What comes next in each candidate, and how surprising that is beyond expectation, both of shape (candidates,)."""
    bias[:, HOLD] -= taste.moving
    likeliest = scores[:, :CHORDS].max(dim=-1, keepdim=True).values
    wanted = scores / taste.temperature + torch.from_numpy(bias).float()
    wanted = wanted.masked_fill(scores < likeliest + log(taste.least), -torch.inf)
    choice: IntArray = torch.multinomial(wanted.softmax(dim=-1), 1, generator=generator)[:, 0].numpy()
    logarithms = scores.log_softmax(dim=-1).clamp(min=-1e4).double().numpy()
    expected = -(np.exp(logarithms) * logarithms).sum(axis=-1)
    surprise: FloatArray = -logarithms[np.arange(len(choice)), choice] - expected
    return choice, surprise


def _column(numbers: IntArray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(numbers))[:, None]


def _allowed(sounding: IntArray, home: bool, minor: bool) -> Tensor:
    """What may come next, shape (candidates, CHORDS + 1): another chord than the one that sounds, or holding it.

    At `home` only the chords of `_HOME`.  Chords are degrees here.
    """
    allowed = np.ones((len(sounding), CHORDS + 1), dtype=bool)
    if home:
        tonics = [QUALITIES.index(intervals) for intervals in _HOME[minor]]
        allowed[:, :CHORDS] = False
        allowed[:, tonics] = True
        allowed[:, HOLD] = np.isin(sounding, tonics)
    allowed[np.arange(len(sounding)), sounding] = False
    allowed[:, HOLD] &= sounding != NONE
    return torch.from_numpy(allowed)


def _changes(grid: HarmonyGrid, path: IntArray, key: Key) -> tuple[ChordChange, ...]:
    changes: list[ChordChange] = []
    for slot, number in enumerate(path.tolist()):
        if number != NONE and (not changes or chord_number(changes[-1].chord) != number):
            changes.append(ChordChange(int(grid.edges[slot]), chord_of_number(number, key)))
    return tuple(changes)
