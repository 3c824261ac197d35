"""What a proposal sounds like in figures, and how those figures add up to a rank."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocomposer.music import Note, Part, Role, Song

FloatArray = NDArray[np.float64]
_BEATS = 5
"""Quarters of a bar that are told apart; what comes later counts to the last."""
_TOGETHER = 60
"""Ticks within which notes are struck together."""
_BAR = 1920
"""Ticks beyond which it makes no difference to a bar how long a note is held."""
_USUAL_SURPRISE = 0.6
"""How surprising the network finds what it writes, in the mean, in nats a choice."""
_SMOOTH = 2.0
"""Semitones that the voices of a chord may move without anybody minding."""
_OWN_LINES = 0.4
"""How much the players of a band differ where each has a line of its own, in nats (see `spread_of_roles`)."""
_SOMETHING_NEW = 0.3
"""Share of what is written that should be new at least."""


def features(
    song: Song, first: int = 0, last: int | None = None, band: Sequence[Part] | None = None
) -> dict[str, float]:
    """Figures of what `band` (everybody but the tune) plays between ticks `first` and `last`: notes a bar, parts, share
    of chord tones (by duration), clashes with the tune (semitone rubs per bar), mean velocity, how far the voices of
    chords move from one to the next (semitones in the mean), and how much of each chord is heard (share of it)."""
    last = song.length if last is None else last
    bars = max(1, sum(first <= bar.start < last for bar in song.bars))
    accompaniment = [part for part in song.parts if part.role is not Role.MELODY] if band is None else band
    pitched = [part for part in accompaniment if not part.is_drums]
    notes = [note for part in accompaniment for note in part.notes if first <= note.start < last]
    sounding = [note for part in pitched for note in part.notes if first <= note.start < last]
    tune = song.part_of_role(Role.MELODY)
    if band is not None and tune in band:
        tune = None
    return {
        "notes_per_bar": len(notes) / bars,
        "parts": float(len(accompaniment)),
        "chord_tones": _chord_tone_share(song, sounding),
        "clashes_per_bar": _clashes(tune, sounding) / bars,
        "velocity": sum(note.velocity for note in notes) / max(1, len(notes)),
        "voice_motion": _voice_motion(pitched, first, last),
        "whole_chords": _whole_chords(song, sounding, first, last),
    }


def score(fit: float, figures: Mapping[str, float]) -> float:
    """0..1: mostly how the style suits, less what rubs against the chords or the tune."""
    rub = 0.5 * max(0.0, 0.95 - figures["chord_tones"]) + 0.05 * min(4.0, figures["clashes_per_bar"])
    return round(max(0.0, min(1.0, fit - rub)), 4)


def musical_score(figures: Mapping[str, float]) -> float:
    """0..1: how the form is kept (`form`, -1..1), how whole the chords are heard, how much of its own each player has
    (`roles`, nats), how little rubs against the chords and the tune, how smoothly voices move, whether the network was
    about as sure as it usually is (`surprise`, nats a choice: the likeliest of all would be a dull one), and whether
    there is anything `new` at all (share 0..1)."""
    smooth = 0.03 * min(3.0, max(0.0, figures["voice_motion"] - _SMOOTH))
    odd = 0.1 * min(2.0, abs(figures["surprise"] - _USUAL_SURPRISE))
    stale = 0.2 * max(0.0, _SOMETHING_NEW - figures["new"])
    alike = 0.45 * max(0.0, _OWN_LINES - figures["roles"])
    plain = 0.4 * (1.0 - figures["form"]) + 0.45 * (1.0 - figures["whole_chords"])
    return score(1.0 - plain - alike - smooth - odd - stale, figures)


def form_kept(sketch: Song, parts: Sequence[Part]) -> float:
    """How the bars that `parts` play are alike where those of the sketch are, -1..1: repeats return, contrasts stay.

    Spearman's correlation over pairs of bars, 0 where either has no contrast.
    """
    tune = sketch.part_of_role(Role.MELODY)
    asked = _bars_alike(sketch, tune.notes if tune is not None else (), _chord_notes(sketch))
    played = [note for part in parts if not part.is_drums for note in part.notes]
    drums = [note for part in parts if part.is_drums for note in part.notes]
    above = np.triu_indices(len(asked), 1)
    return spearman(asked[above], _bars_alike(sketch, played, drums=drums)[above])


def spread_of_roles(band: Sequence[Part]) -> float:
    """How each pitched part differs from all of them together in the pitch classes it plays: the Kullback-Leibler
    divergence in nats, by duration, in the mean over the parts; 0 where everybody plays the same chords."""
    played = []
    for part in band:
        if part.notes and not part.is_drums:
            classes = np.zeros(12)
            np.add.at(classes, [note.pitch % 12 for note in part.notes], [note.duration for note in part.notes])
            played.append(classes)
    if not played:
        return 0.0
    shares = np.array([classes / classes.sum() for classes in played])
    together = np.sum(played, axis=0) / np.sum(played)
    there = shares > 0
    ratios = np.log(np.where(there, shares, 1.0) / np.where(there, together, 1.0))
    return float((shares * ratios).sum(axis=1).mean())


def _chord_notes(song: Song) -> list[Note]:
    """The song's chords as notes, struck where each begins and held to its end."""
    return [
        Note(span.start, 60 + tone, span.end - span.start)
        for span in song.chord_spans
        for tone in sorted(span.chord.pitch_classes)
    ]


def _bars_alike(song: Song, *voices: Sequence[Note], drums: Sequence[Note] = ()) -> FloatArray:
    """How alike any two bars are in when notes are struck and in which pitch classes sound on each beat, for how long,
    0..1, shape (bars, bars)."""
    starts = np.array([bar.start for bar in song.bars])
    rhythm, harmony = np.zeros((len(starts), 4 * _BEATS)), np.zeros((len(starts), _BEATS, 12))
    for notes, pitched in (*((voice, True) for voice in voices), (drums, False)):
        for note in notes:
            struck = note.start + _TOGETHER // 2
            bar = int(np.searchsorted(starts, struck, side="right")) - 1
            place = min((struck - int(starts[bar])) // 120, 4 * _BEATS - 1)
            rhythm[bar, place] += 1
            if pitched:
                harmony[bar, place // 4, note.pitch % 12] += min(note.duration, _BAR)
    return 0.5 * (_cosines(rhythm) + _cosines(harmony.reshape(len(starts), -1)))


def spearman(one: ArrayLike, other: ArrayLike) -> float:
    """Spearman's rank correlation of two sequences, ties sharing their rank; 0 where either does not vary."""
    a, b = (_ranks(np.asarray(values, float)) for values in (one, other))
    return float(np.corrcoef(a, b)[0, 1]) if len(a) > 1 and a.std() and b.std() else 0.0


def _cosines(rows: FloatArray) -> FloatArray:
    """The cosine of the angle between any two rows, 0 where one is empty."""
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    cosines: FloatArray = unit @ unit.T
    return cosines


def _ranks(values: FloatArray) -> FloatArray:
    """The rank of each value; those that are equal (to a millionth) share theirs."""
    _, place, count = np.unique(np.round(values, 6), return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.cumsum(count) - (count + 1) / 2)[place]
    return ranks


def _whole_chords(song: Song, notes: Sequence[Note], first: int, last: int) -> float:
    """Share of the notes of each chord that are heard while it sounds, in the mean over the chords; 1 without any."""
    ordered = sorted(notes)
    starts = [note.start for note in ordered]
    longest = max((note.duration for note in ordered), default=0)
    shares = []
    for span in song.chord_spans:
        if span.chord.is_silent or not first <= span.start < last:
            continue
        near = ordered[bisect_left(starts, span.start - longest) : bisect_left(starts, span.end)]
        heard = {note.pitch % 12 for note in near if note.end > span.start + _TOGETHER}
        shares.append(len(heard & span.chord.pitch_classes) / len(span.chord.pitch_classes))
    return sum(shares) / len(shares) if shares else 1.0


def _voice_motion(parts: Sequence[Part], first: int, last: int) -> float:
    """How far the notes of chords lie from the nearest note of the chord before, in semitones, in the mean."""
    moves = []
    for part in parts:
        chords: dict[int, list[int]] = {}
        for note in part.notes:
            if first <= note.start < last:
                chords.setdefault(round(note.start / _TOGETHER), []).append(note.pitch)
        struck = [pitches for _, pitches in sorted(chords.items()) if len(pitches) > 2]
        for before, after in pairwise(struck):
            moves += [min(abs(pitch - old) for old in before) for pitch in after]
    return sum(moves) / len(moves) if moves else 0.0


def _chord_tone_share(song: Song, notes: Sequence[Note]) -> float:
    spans = song.chord_spans
    total = inside = 0
    index = 0
    for note in sorted(notes):
        while index + 1 < len(spans) and spans[index].end <= note.start:
            index += 1
        following = index
        while following < len(spans) and spans[following].start < note.end:
            span = spans[following]
            shared = min(note.end, span.end) - max(note.start, span.start)
            if shared > 0 and not span.chord.is_silent:
                total += shared
                inside += shared * (note.pitch % 12 in span.chord.pitch_classes)
            following += 1
    return inside / total if total else 1.0


def _clashes(tune: Part | None, notes: Sequence[Note]) -> int:
    """Times a semitone or minor ninth is struck against a tune note and held with it for an eighth or longer."""
    if tune is None:
        return 0
    count = 0
    ordered = sorted(notes)
    start = 0
    for sung in tune.notes:
        while start < len(ordered) and ordered[start].start < sung.start - 4 * 480:
            start += 1
        for note in ordered[start:]:
            if note.start >= sung.end:
                break
            together = min(note.end, sung.end) - max(note.start, sung.start)
            if together >= 240 and abs(note.pitch - sung.pitch) in (1, 13):
                count += 1
    return count
