"""The program's own mix: where a part stands that says nothing of it, and what brings its source to level."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from cocomposer.music import Part, Role, Song
from cocomposer.music.mix import SILENT_DB, Bus, Mix, Strip
from cocomposer.sound.automation import pan_position
from cocomposer.sound.loudness import BalanceMeter, decibels, spans
from cocomposer.sound.racks import Racks, load_racks

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

REFERENCE_LUFS = -20.0
"""Loudness of every part where it enters its inserts: what the racks' thresholds and gains assume."""

ENTRY_PEAK_DB = 6.0
"""Highest peak of a part where it enters its inserts: short clicks measure far quieter than they are."""

MASTER_LUFS = -18.0
"""Loudness at which the sum enters the master's inserts: what their thresholds assume."""

USUAL_MASTER_TRIM_DB = -1.5
"""What brings the sum of a usual band in its racks there, for as long as nobody has measured it."""


@lru_cache(maxsize=1)
def own_racks() -> Racks:
    """The racks that come with the program."""
    return load_racks()


def mix_of(song: Song, racks: Racks | None = None) -> Mix:
    """The mix that stands in the song, else the program's: buses Drums, Rhythm, Melodic, Lead; sends Room, Echo."""
    if song.mix is not None:
        return song.mix
    racks = racks or own_racks()
    roles = (Role.DRUMS, Role.BASS, Role.PAD, Role.MELODY, *Role)
    names = dict.fromkeys(racks.of(role).strip.output for role in roles)
    return Mix(
        buses=tuple(Bus(name) for name in names if name),
        sends=(Bus(racks.room.name, racks.room.strip), Bus(racks.echo.name, racks.echo.strip)),
        master=racks.master.strip,
    )


def strip_of(part: Part, song: Song, racks: Racks | None = None) -> Strip:
    """The part's own strip, else its role's rack.

    `part` is one of the song's.  Parts that play and share a role share its loudness, and stand alternately on its
    side and the other; where the part has a MIDI pan of its own, that counts.  What the rack says of buses and sends
    that the song does not have is left out.
    """
    if part.strip is not None:
        return part.strip
    strip = (racks or own_racks()).of(part.role).strip
    alike = [each for each in song.parts if each.role is part.role and (each.notes or each is part)]
    place = next((index for index, each in enumerate(alike) if each is part), 0)
    mix = mix_of(song, racks)
    buses, sends = {bus.name for bus in mix.buses}, {bus.name for bus in mix.sends}
    return replace(
        strip,
        gain_db=max(SILENT_DB, strip.gain_db - 10 * math.log10(max(1, len(alike)))),
        pan=(strip.pan if place % 2 == 0 else -strip.pan) if part.pan == 64 else pan_position(part.pan),
        output=strip.output if strip.output in buses else "",
        sends=tuple((name, level) for name, level in strip.sends if name in sends),
    )


def settled(song: Song, racks: Racks | None = None) -> Song:
    """The song with its mix and every part's strip written out."""
    parts = tuple(replace(part, strip=strip_of(part, song, racks)) for part in song.parts)
    return replace(song, mix=mix_of(song, racks), parts=parts)


def trim_for(loudness: float, peak: float) -> float:
    """The trim in dB for a source of `loudness` LUFS and a highest sample `peak`; 0 for silence.

    It brings the source to REFERENCE_LUFS, but no peak above ENTRY_PEAK_DB.
    """
    if not math.isfinite(loudness) or peak <= 0:
        return 0.0
    return min(REFERENCE_LUFS - loudness, ENTRY_PEAK_DB - decibels(peak))


def measured_trim(pieces: Iterable[Audio], sample_rate: int) -> float:
    """`trim_for` what a part's instrument played, given as (2, n) pieces in order."""
    meter, peak = BalanceMeter(sample_rate), 0.0
    for piece in pieces:
        for span in spans(piece.shape[1], sample_rate):
            meter.feed(piece[:, span])
        peak = max(peak, float(piece.max(initial=0.0)), -float(piece.min(initial=0.0)))
    # Measured as if at full scale, so that no instrument is too quiet for the gate of the measurement.
    return trim_for(meter.loudness(peak) + decibels(peak), peak) if peak > 0 else 0.0
