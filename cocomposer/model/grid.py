"""The grid on which the network hears and writes music, and the tables that turn figures into numbers it can embed.

A step is a twelfth of a quarter note, so that sixteenths (3 steps) and eighth triplets (4 steps) both lie on it.
What a performance deviates from its step is kept as micro-timing.  A bar longer than MAX_BAR steps is heard as several.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocomposer.music import Role

IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]

STEPS_PER_QUARTER = 12
TICKS_PER_STEP = 40
MAX_BAR = 60
"""Steps of the longest bar: 5/4."""
POSITIONS = 64
"""Positions in a bar that the network has a number for."""
END = POSITIONS
"""What it answers instead of a position when the bar is complete."""

DURATIONS: IntArray = np.array(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 18, 20, 21, 22, 24, 27, 30, 33, 36, 39, 42, 45, 48,
     54, 60, 66, 72, 78, 84, 90, 96, 120, 144, 192]
)  # fmt: skip
"""The note lengths there are, in steps."""
NEAREST_DURATION: IntArray = np.abs(
    np.log(np.maximum(np.arange(DURATIONS[-1] + 1), 1))[:, None] - np.log(DURATIONS)[None, :]
).argmin(axis=1)
"""The index into DURATIONS nearest (in proportion) to a length of 0..192 steps."""

PITCHES = 128
DRUMS = 128
"""The number that stands for a drum kit where programs are 0..127."""
CHORD_NOTES = 10
"""Notes that one hand or pair of hands strikes at once at most."""
VELOCITIES = 16
"""Loudness is kept in so many steps of eight MIDI velocities."""
MICRO_STEPS = 9
"""Micro-timing is kept in so many steps of MICRO_TICKS, the middle one on the grid."""
MICRO_TICKS = 5

ROLES: tuple[Role, ...] = tuple(Role)
ROLE_INDEX = {role: index for index, role in enumerate(ROLES)}

SOURCES = ("", "band", "pop", "game", "chart", "song", "standard", "hymn", "chorale", "drums")
"""The kinds of corpora; "" is none in particular."""
GENRES = (
    "", "rock", "pop", "ballad", "funk", "soul", "hiphop", "jazz", "swing", "latin", "bossa", "samba", "reggae",
    "country", "folk", "blues", "gospel", "waltz", "metal", "march", "tango", "electronic", "afro", "classical",
)  # fmt: skip


def micro_bucket(ticks: IntArray) -> IntArray:
    """Deviations from the grid, in ticks, as 0..MICRO_STEPS-1."""
    return np.clip(np.round(ticks / MICRO_TICKS) + MICRO_STEPS // 2, 0, MICRO_STEPS - 1).astype(np.int64)


def micro_ticks(bucket: int) -> int:
    """The ticks a note is late (early if negative) in a bucket of `micro_bucket`."""
    return (bucket - MICRO_STEPS // 2) * MICRO_TICKS
