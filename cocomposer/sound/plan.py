"""From a song to what every strip of the mixer is to do: who is heard where, and the curves that settings follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cocomposer.music import Song
from cocomposer.music.mix import Bus, Strip
from cocomposer.sound.automation import Curve, lane_curve, level_curve, pan_curve
from cocomposer.sound.channel import ChannelPlan
from cocomposer.sound.house_mix import USUAL_MASTER_TRIM_DB, mix_of, strip_of

MASTER = -1
"""Stands for the master among the numbers of parts."""


@dataclass(frozen=True)
class ConsolePlan:
    """A plan for every strip."""

    parts: tuple[ChannelPlan, ...]
    buses: Mapping[str, ChannelPlan]
    sends: Mapping[str, ChannelPlan]
    master: ChannelPlan


def console_plan(song: Song, sample_rate: int, trims: Mapping[int, float]) -> ConsolePlan:
    """What `song` asks of a mixer; `trims` are measured ones in dB by part (MASTER: the master).

    As soon as a strip is soloed, a part is heard if it, its bus or a send bus that it goes to is soloed: of itself and
    its bus everything, of a send bus only the answer.  What is muted is muted.
    """
    mix, bpm = mix_of(song), song.tempos.bpm_at(0)
    strips = [strip_of(part, song) for part in song.parts]
    buses, sends = {bus.name: bus.strip for bus in mix.buses}, {bus.name: bus.strip for bus in mix.sends}
    soloing = any(strip.soloed for strip in (*strips, *buses.values(), *sends.values()))

    def part_plan(index: int, strip: Strip) -> ChannelPlan:
        part = song.parts[index]
        output = strip.output if strip.output in buses else ""
        direct = not soloing or strip.soloed or (output != "" and buses[output].soloed)
        fed = tuple((name, level) for name, level in strip.sends if name in sends and (direct or sends[name].soloed))
        curves = _curves(strip, song, sample_rate)
        if "pan" not in curves and (moves := pan_curve(part, strip.pan, song.tempos, sample_rate)):
            curves["pan"] = moves
        return ChannelPlan(
            label=part.name or str(part.role).title(),
            strip=strip,
            bpm=bpm,
            trim=strip.trim_db if strip.trim_db is not None else trims.get(index, 0.0),
            heard=not strip.muted and (direct or bool(fed)),
            outputs=(output,) if direct else (),
            sends=fed,
            level=level_curve(part, song.tempos, sample_rate),
            curves=curves,
        )

    def shared_plan(label: str, strip: Strip, trim: float = 0.0) -> ChannelPlan:
        return ChannelPlan(
            label=label,
            strip=strip,
            bpm=bpm,
            trim=trim if strip.trim_db is None else strip.trim_db,
            heard=not strip.muted,
            outputs=("",),
            sends=tuple((name, level) for name, level in strip.sends if name in sends),
            curves=_curves(strip, song, sample_rate),
        )

    def plans(shared: Iterable[Bus]) -> dict[str, ChannelPlan]:
        return {bus.name: shared_plan(bus.name, bus.strip) for bus in shared}

    return ConsolePlan(
        parts=tuple(part_plan(index, strip) for index, strip in enumerate(strips)),
        buses=plans(mix.buses),
        sends=plans(mix.sends),
        master=shared_plan("The master", mix.master, trims.get(MASTER, USUAL_MASTER_TRIM_DB)),
    )


def _curves(strip: Strip, song: Song, sample_rate: int) -> dict[str, Curve]:
    """The lanes of `strip` by target; a delay in beats becomes one in seconds."""
    curves = {}
    for lane in strip.lanes:
        target, scale = lane.target, 1.0
        if target.startswith("insert:") and target.endswith(":delay_beats"):
            target, scale = target.replace(":delay_beats", ":delay_seconds"), 60 / song.tempos.bpm_at(0)
        curves[target] = lane_curve(lane, song.tempos, sample_rate, scale)
    return curves
