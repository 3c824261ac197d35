"""One strip under the hand: what it is now, and every change of it as an undo step with a name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cocomposer.music import Part
from cocomposer.music.mix import Effect, Instrument, Strip
from cocomposer.studio import editing

from ..session import Session
from .channels import Channel


class StripDesk:
    """Turns one channel of the session's song.  Changes with the same `gesture` are one undo step."""

    def __init__(self, session: Session, channel: Channel) -> None:
        self.session, self.channel = session, channel

    @property
    def strip(self) -> Strip:
        return self.channel.strip(self.session.song)

    @property
    def name(self) -> str:
        return self.channel.name(self.session.song)

    @property
    def part(self) -> Part | None:
        """The part, where it is a part's strip."""
        return self.session.song.parts[self.channel.index] if self.channel.kind == "part" else None

    def change(self, what: str, gesture: str = "", **settings: Any) -> None:
        """Replace fields of the strip; `what` is the name of the undo step, with {name} for the strip's."""
        strip = replace(self.strip, **settings)
        merge = f"mixer/{self.channel.key}/{gesture}" if gesture else ""
        self.session.edit(what.format(name=self.name), self.channel.with_strip(self.session.song, strip), merge)

    def change_insert(self, index: int, what: str, gesture: str = "", **settings: Any) -> None:
        """Replace fields of one insert."""
        inserts = list(self.strip.inserts)
        inserts[index] = replace(inserts[index], **settings)
        self.change(what, f"insert {index}/{gesture}" if gesture else "", inserts=tuple(inserts))

    def add_insert(self, effect: Effect) -> None:
        """Put an effect behind the others.  Raises MusicError where the strip is full."""
        self.change(self.session.tr("Add effect to {name}"), inserts=(*self.strip.inserts, effect))

    def remove_insert(self, index: int) -> None:
        """Take an effect out, and the automation of it; lanes of those behind move along."""
        inserts = self.strip.inserts
        order = [place for place in range(len(inserts)) if place != index]
        self._reorder(self.session.tr("Remove effect from {name}"), order)

    def move_insert(self, index: int, to: int) -> None:
        """Put an effect before or behind others; its automation goes with it."""
        order = list(range(len(self.strip.inserts)))
        order.insert(to, order.pop(index))
        self._reorder(self.session.tr("Reorder effects of {name}"), order)

    def set_send(self, name: str, level: float | None, gesture: str = "") -> None:
        """How much goes to a send bus, in dB; None for nothing."""
        sends = dict(self.strip.sends)
        if level is None:
            sends.pop(name, None)
        else:
            sends[name] = level
        self.change(self.session.tr("Send of {name}"), gesture, sends=tuple(sends.items()))

    def choose_instrument(self, instrument: Instrument | None, program: int | None = None) -> None:
        """Have another instrument, or another program of the SoundFont, play the part."""
        song, index = self.session.song, self.channel.index
        if program is not None:
            song = editing.with_program(song, index, program)
        song = editing.with_instrument(song, index, instrument)
        self.session.edit(self.session.tr("Instrument of {name}").format(name=self.name), song)

    def turn_instrument(self, what: str, instrument: Instrument, gesture: str = "") -> None:
        """Give the part's instrument other parameters or another state; `what` as in `change`."""
        song = editing.with_instrument(self.session.song, self.channel.index, instrument)
        merge = f"mixer/{self.channel.key}/instrument/{gesture}" if gesture else ""
        self.session.edit(what.format(name=self.name), song, merge)

    def _reorder(self, what: str, order: list[int]) -> None:
        strip = self.strip
        lanes = []
        for lane in strip.lanes:
            kind, _, rest = lane.target.partition(":")
            if kind != "insert":
                lanes.append(lane)
                continue
            place, _, parameter = rest.partition(":")
            if int(place) in order:
                lanes.append(replace(lane, target=f"insert:{order.index(int(place))}:{parameter}"))
        self.change(what, inserts=tuple(strip.inserts[place] for place in order), lanes=tuple(lanes))
