"""What plays where a preset names a plugin or SoundFont that is not here: the nearest of the program's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cocomposer.music import Effect, Instrument, InstrumentKind, Role, Strip
from cocomposer.sound.built_in import built_in_for

__all__ = ["at_hand_instrument", "at_hand_strip"]

Finder = Callable[[str], str | None]
"""Takes the name or path of a plugin or SoundFont; gives the path of the one that is here, None where it is not."""

_LIKE = (
    (("verb", "hall", "room", "plate", "space"), Effect("Reverb", (("room_size", 0.6), ("wet_level", 0.3)))),
    (("delay", "echo", "tape delay"), Effect("Delay", (("delay_beats", 0.75), ("feedback", 0.3), ("mix", 0.25)))),
    (("limit", "maxim"), Effect("Limiter", (("threshold_db", -3.0), ("release_ms", 100.0)))),
    (("comp", "opto", "1176", "la-2", "la2", "glue"),
     Effect("Compressor", (("threshold_db", -18.0), ("ratio", 3.0), ("attack_ms", 15.0), ("release_ms", 150.0)))),
    (("chorus", "ensemble", "dimension"), Effect("Chorus", (("rate_hz", 0.6), ("depth", 0.25), ("mix", 0.4)))),
    (("phase", "flang"), Effect("Phaser", (("rate_hz", 0.4), ("depth", 0.5), ("mix", 0.4)))),
    (("dist", "drive", "satur", "fuzz", "amp", "tape"), Effect("Distortion", (("drive_db", 8.0),))),
    (("gate", "expand"), Effect("NoiseGate", (("threshold_db", -50.0), ("ratio", 4.0)))),
)  # fmt: skip
"""Effects by what the name of a plugin hints at."""


def at_hand_instrument(instrument: Instrument, role: Role, find: Finder) -> tuple[Instrument, str]:
    """The instrument as it can play here, and a sentence where that is another, else "".

    Another has its own settings: those of the missing one mean nothing to it.
    """
    if instrument.kind is InstrumentKind.BUILT_IN or not instrument.name:
        return instrument, ""
    if path := find(instrument.name):
        return replace(instrument, name=path), ""
    stand_in = built_in_for(role)
    kind = "plugin" if instrument.kind is InstrumentKind.PLUGIN else "SoundFont"
    said = f"The {kind} {instrument.name} is not here: {stand_in.name}, one of the program's own, plays instead."
    return Instrument(InstrumentKind.BUILT_IN, stand_in.id), said


def at_hand_strip(strip: Strip, find: Finder) -> tuple[Strip, tuple[str, ...]]:
    """The strip with every plugin that is missing replaced by an effect like it, or left out; and what to say of it."""
    inserts, said = [], []
    for effect in strip.inserts:
        if effect.kind != "plugin":
            inserts.append(effect)
        elif path := find(effect.plugin):
            inserts.append(replace(effect, plugin=path))
        elif stand_in := _like(effect.plugin):
            inserts.append(replace(stand_in, wet=effect.wet, bypassed=effect.bypassed))
            said.append(f"The plugin {effect.plugin} is not here: the program's own {stand_in.kind} works instead.")
        else:
            said.append(f"The plugin {effect.plugin} is not here, and nothing like it: the sound goes past it.")
    return replace(strip, inserts=tuple(inserts), lanes=strip.lanes if not said else ()), tuple(said)


def _like(plugin: str) -> Effect | None:
    name = plugin.casefold()
    return next((effect for hints, effect in _LIKE if any(hint in name for hint in hints)), None)
