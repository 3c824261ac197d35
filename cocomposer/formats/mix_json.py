"""Instruments, strips and mixes as JSON and back; `song_json` says how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cocomposer.formats.strict_json import Fields
from cocomposer.music import Bus, Effect, Instrument, InstrumentKind, Lane, Mix, Point, Strip
from cocomposer.music.mix import MAX_INSERTS, MAX_STATE

MAX_PARAMETERS = 10_000
MAX_LANES = 1_000
MAX_POINTS = 100_000
MAX_BUSES = 100
MAX_STATE_TEXT = 2 * MAX_STATE
"""Longest text that stands for a state; base64 takes four characters for three bytes."""

StateTo = Callable[[bytes], str]
"""Keeps what a plugin saved of itself and says by which text it is found again."""
StateFrom = Callable[[str], bytes]
"""Finds it; raises FormatError where there is none."""


def instrument_to(instrument: Instrument, state_to: StateTo) -> dict[str, Any]:
    return {
        "kind": str(instrument.kind),
        "name": instrument.name,
        "parameters": dict(instrument.parameters),
        **_state_to(instrument.state, state_to),
    }


def instrument_from(fields: Fields, state_from: StateFrom) -> Instrument:
    return Instrument(
        kind=fields.choice("kind", InstrumentKind),
        name=fields.text("name"),
        parameters=tuple(fields.numbers("parameters", MAX_PARAMETERS).items()),
        state=_state_from(fields, state_from),
    )


def mix_to(mix: Mix, state_to: StateTo) -> dict[str, Any]:
    return {
        "buses": [{"name": bus.name, "strip": strip_to(bus.strip, state_to)} for bus in mix.buses],
        "sends": [{"name": bus.name, "strip": strip_to(bus.strip, state_to)} for bus in mix.sends],
        "master": strip_to(mix.master, state_to),
    }


def mix_from(fields: Fields, state_from: StateFrom) -> Mix:
    def bus(value: Any, where: str) -> Bus:
        inner = Fields(value, where)
        return Bus(inner.text("name"), strip_from(inner.object("strip"), state_from))

    return Mix(
        buses=fields.items("buses", MAX_BUSES, bus),
        sends=fields.items("sends", MAX_BUSES, bus),
        master=strip_from(fields.object("master"), state_from),
    )


def strip_to(strip: Strip, state_to: StateTo) -> dict[str, Any]:
    return {
        "gain_db": strip.gain_db,
        "trim_db": strip.trim_db,
        "pan": strip.pan,
        "width": strip.width,
        "muted": strip.muted,
        "soloed": strip.soloed,
        "inserts": [_effect_to(effect, state_to) for effect in strip.inserts],
        "sends": dict(strip.sends),
        "output": strip.output,
        "lanes": [
            {"target": lane.target, "points": [[point.tick, point.value] for point in lane.points]}
            for lane in strip.lanes
        ],
    }


def strip_from(fields: Fields, state_from: StateFrom) -> Strip:
    return Strip(
        gain_db=fields.number("gain_db"),
        trim_db=fields.number("trim_db") if fields.has("trim_db") else None,
        pan=fields.number("pan"),
        width=fields.number("width"),
        muted=fields.flag("muted"),
        soloed=fields.flag("soloed"),
        inserts=fields.items(
            "inserts", MAX_INSERTS, lambda value, where: _effect_from(Fields(value, where), state_from)
        ),
        sends=tuple(fields.numbers("sends", MAX_BUSES).items()),
        output=fields.text("output"),
        lanes=fields.items("lanes", MAX_LANES, _lane_from),
    )


def _effect_to(effect: Effect, state_to: StateTo) -> dict[str, Any]:
    return {
        "kind": effect.kind,
        "parameters": dict(effect.parameters),
        "plugin": effect.plugin,
        "bypassed": effect.bypassed,
        "wet": effect.wet,
        **_state_to(effect.state, state_to),
    }


def _effect_from(fields: Fields, state_from: StateFrom) -> Effect:
    return Effect(
        kind=fields.text("kind"),
        parameters=tuple(fields.numbers("parameters", MAX_PARAMETERS).items()),
        plugin=fields.text("plugin"),
        state=_state_from(fields, state_from),
        bypassed=fields.flag("bypassed"),
        wet=fields.number("wet"),
    )


def _lane_from(value: Any, where: str) -> Lane:
    def point(value: Any, where: str) -> Point:
        row = Fields.of_row(value, ("tick", "value"), where)
        return Point(row.tick("tick"), row.number("value"))

    fields = Fields(value, where)
    return Lane(fields.text("target"), fields.items("points", MAX_POINTS, point))


def _state_to(state: bytes, state_to: StateTo) -> dict[str, Any]:
    return {"state": state_to(state)} if state else {}


def _state_from(fields: Fields, state_from: StateFrom) -> bytes:
    return state_from(fields.text("state", longest=MAX_STATE_TEXT)) if fields.has("state") else b""
