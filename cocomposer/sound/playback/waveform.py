"""How loud a song is over its time, read from what was already rendered of it."""

from __future__ import annotations

import numpy as np

from cocomposer.music import Song
from cocomposer.sound.loudness import block_length
from cocomposer.sound.playback.score import Score
from cocomposer.sound.playback.takes import Takes


def waveform(
    song: Song, takes: Takes, sample_rate: int, start: int, end: int, columns: int
) -> tuple[float, ...] | None:
    """The root of the power in `columns` equal stretches between two ticks, 1 at the loudest; None where a part is not
    rendered yet.  The parts are as their instruments sound, before the mix."""
    score = Score.of(song, sample_rate)
    length = block_length(sample_rate)
    first, last = score.frame_at(start), max(score.frame_at(start) + 1, score.frame_at(end))
    power = np.zeros(columns)
    for track in score.tracks:
        for segment in track:
            take = takes.get(segment.phrase.key)
            if take is None:
                return None
            frames = segment.frame + length * np.arange(len(take.power))
            inside = (frames >= first) & (frames < last)
            np.add.at(power, (frames[inside] - first) * columns // (last - first), take.power[inside])
    highest = float(power.max(initial=0.0))
    return tuple(float(each) for each in np.sqrt(power / highest)) if highest > 0 else (0.0,) * columns
