"""Bars that are shorter or longer than their metre says: pickups, split bars, bars cut by a change of metre."""

from __future__ import annotations

from cocomposer.music import TICKS_PER_QUARTER, Meter


def meter_of_length(ticks: int, beat: int = 4) -> Meter | None:
    """The metre whose bar lasts `ticks`, over `beat` or the next smaller note value that fits; None where none does."""
    for denominator in (1, 2, 4, 8, 16, 32):
        numerator, rest = divmod(ticks, TICKS_PER_QUARTER * 4 // denominator)
        if denominator >= beat and not rest and 1 <= numerator <= 32:
            return Meter(numerator, denominator)
    return None
