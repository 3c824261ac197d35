"""What can be turned of an effect or instrument: names, ranges and units, read from whoever plays it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from cocomposer.errors import SoundError
from cocomposer.music.mix import Effect, Instrument, InstrumentKind
from cocomposer.sound.built_in import built_in
from cocomposer.sound.racks import EFFECTS
from cocomposer.studio.plugins import known_plugins

from ..scales import Scale, linear, logarithmic
from ..wish_sliders import percent_scale

_ = QT_TRANSLATE_NOOP
_CONTEXT = "Effects"
EFFECT_NAMES = {
    "HighpassFilter": _(_CONTEXT, "High pass"), "LowpassFilter": _(_CONTEXT, "Low pass"),
    "HighShelfFilter": _(_CONTEXT, "High shelf"), "LowShelfFilter": _(_CONTEXT, "Low shelf"),
    "PeakFilter": _(_CONTEXT, "Bell"), "NoiseGate": _(_CONTEXT, "Gate"), "Compressor": _(_CONTEXT, "Compressor"),
    "Limiter": _(_CONTEXT, "Limiter"), "Gain": _(_CONTEXT, "Gain"), "Distortion": _(_CONTEXT, "Distortion"),
    "Chorus": _(_CONTEXT, "Chorus"), "Phaser": _(_CONTEXT, "Phaser"), "Delay": _(_CONTEXT, "Delay"),
    "Reverb": _(_CONTEXT, "Reverb"),
}  # fmt: skip
"""What a desk calls the effects of the program."""
GROUPS = {
    _(_CONTEXT, "Equaliser"): ("HighpassFilter", "LowShelfFilter", "PeakFilter", "HighShelfFilter", "LowpassFilter"),
    _(_CONTEXT, "Dynamics"): ("Compressor", "NoiseGate", "Limiter", "Gain"),
    _(_CONTEXT, "Colour"): ("Distortion", "Chorus", "Phaser"),
    _(_CONTEXT, "Space"): ("Delay", "Reverb"),
}
"""The effects of the program as menus show them."""
_UNITS = {"hz": "Hz", "db": "dB", "ms": "ms", "seconds": "s", "beats": "beats"}


@dataclass(frozen=True)
class Setting:
    """One parameter: its `name` in the song, how it is labelled, its scale, and where it stands."""

    name: str
    label: str
    scale: Scale
    value: float
    about: str = ""


def effect_name(effect: Effect) -> str:
    """How an insert is labelled."""
    if effect.kind == "plugin":
        return Path(effect.plugin).stem
    return QCoreApplication.translate(_CONTEXT, EFFECT_NAMES.get(effect.kind, effect.kind))


def effect_settings(effect: Effect) -> tuple[Setting, ...]:
    """The parameters of an insert; none for a plugin that was never scanned."""
    if effect.kind == "plugin":
        return _plugin_settings(effect.plugin, effect.parameters)
    given, usual = dict(effect.parameters), _usual(effect.kind)
    settings = []
    for name, (low, high) in EFFECTS[effect.kind].items():
        if name in usual or name in given:
            words, unit = _label(name)
            scale = _scale(low, high, usual.get(name, low), unit)
            settings.append(Setting(name, words, scale, given.get(name, scale.default)))
    return tuple(settings)


def instrument_settings(instrument: Instrument | None) -> tuple[Setting, ...]:
    """The macros and parameters of a built-in instrument, or the parameters of a plugin; none for a SoundFont.

    Raises SoundError for a built-in instrument that does not exist.
    """
    if instrument is None or instrument.kind is InstrumentKind.SOUNDFONT:
        return ()
    if instrument.kind is InstrumentKind.PLUGIN:
        return _plugin_settings(instrument.name, instrument.parameters)
    described, given = built_in(instrument.name), dict(instrument.parameters)
    now = described.settings(instrument.parameters)
    macros = tuple(
        Setting(each.name, _words(each.name), percent_scale(), given.get(each.name, 0.5), each.about)
        for each in described.macros
    )
    own = tuple(
        Setting(
            each.name,
            _words(each.name),
            _scale(each.low, each.high, each.default, each.unit),
            now[each.name],
            each.about,
        )
        for each in described.parameters
    )
    return macros + own


def with_parameter(parameters: Iterable[tuple[str, float]], name: str, value: float) -> tuple[tuple[str, float], ...]:
    """The parameters with one of them set."""
    return tuple({**dict(parameters), name: value}.items())


def turned(instrument: Instrument, name: str, value: float) -> Instrument:
    """The instrument with one knob turned; a macro takes back what was set by hand of what it moves."""
    parameters = dict(instrument.parameters)
    if instrument.kind is InstrumentKind.BUILT_IN:
        macro = next((each for each in built_in(instrument.name).macros if each.name == name), None)
        for moved in (moved for moved, _, _ in macro.moves) if macro is not None else ():
            parameters.pop(moved, None)
    return replace(instrument, parameters=tuple({**parameters, name: value}.items()))


def _plugin_settings(path: str, given: tuple[tuple[str, float], ...]) -> tuple[Setting, ...]:
    known = next((each for each in known_plugins().plugins() if str(each.path) == path), None)
    if known is None:
        return ()
    now = dict(given)
    return tuple(
        Setting(each.name, each.name, percent_scale(each.default), now.get(each.name, each.default), each.unit)
        for each in known.parameters
    )


@cache
def _usual(kind: str) -> dict[str, float]:
    """Where pedalboard has the parameters of an effect that says nothing of them; a beat-long delay is off."""
    import pedalboard

    if kind not in EFFECTS:
        raise SoundError(f"There is no effect called {kind!r}.")
    made = getattr(pedalboard, kind)()
    return {name: float(getattr(made, name)) for name in EFFECTS[kind] if hasattr(made, name)}


def _label(name: str) -> tuple[str, str]:
    """ "cutoff_frequency_hz" as ("Cutoff frequency", "Hz")."""
    stem, _, last = name.rpartition("_")
    if stem and last in _UNITS:
        return _words(stem), _UNITS[last]
    return _words(name), ""


def _words(name: str) -> str:
    spaced = re.sub(r"[_-]+", " ", name)
    return spaced[:1].upper() + spaced[1:]


def _scale(low: float, high: float, default: float, unit: str) -> Scale:
    """A ruler that suits: by ratio where the range is wide, in percent for shares."""
    default = min(high, max(low, default))
    if not unit and (low, high) == (0.0, 1.0):
        return percent_scale(default)
    decimals = 0 if high - low >= 1000 else 1 if high - low >= 20 else 2
    if low > 0 and high / low >= 20:
        return logarithmic(low, high, default, unit, decimals)
    return linear(low, high, default, unit, decimals)
