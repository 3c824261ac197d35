"""Which strip of a song is meant: that of a part, of a bus, of a send, or the master; how to read and replace it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from cocomposer.music import Song
from cocomposer.music.mix import Bus, Mix, Strip
from cocomposer.sound.console import mix_of, strip_of
from cocomposer.studio import editing

Kind = Literal["part", "bus", "send", "master"]


@dataclass(frozen=True)
class Channel:
    """A strip's address: `index` counts parts, buses or sends; the master has none."""

    kind: Kind
    index: int = 0

    @property
    def key(self) -> str:
        """Names the channel in merge keys."""
        return f"{self.kind}/{self.index}"

    def name(self, song: Song) -> str:
        """As the strip is labelled."""
        if self.kind == "master":
            return "Master"
        return song.parts[self.index].name if self.kind == "part" else self._buses(mix_of(song))[self.index].name

    def strip(self, song: Song) -> Strip:
        """The strip in force: the song's own, else what stands for its role."""
        if self.kind == "part":
            return strip_of(song.parts[self.index], song)
        mix = mix_of(song)
        return mix.master if self.kind == "master" else self._buses(mix)[self.index].strip

    def with_strip(self, song: Song, strip: Strip) -> Song:
        """`song` with this strip in place of the one in force."""
        if self.kind == "part":
            return editing.with_strip(song, self.index, strip)
        mix = mix_of(song)
        if self.kind == "master":
            return editing.with_mix(song, replace(mix, master=strip))
        buses = tuple(
            replace(bus, strip=strip) if index == self.index else bus for index, bus in enumerate(self._buses(mix))
        )
        changed = replace(mix, buses=buses) if self.kind == "bus" else replace(mix, sends=buses)
        return editing.with_mix(song, changed)

    def _buses(self, mix: Mix) -> tuple[Bus, ...]:
        return mix.buses if self.kind == "bus" else mix.sends


def channels_of(song: Song) -> tuple[Channel, ...]:
    """All strips of a song, in the order of the desk: parts, buses, sends, master."""
    mix = mix_of(song)
    return (
        *(Channel("part", index) for index in range(len(song.parts))),
        *(Channel("bus", index) for index in range(len(mix.buses))),
        *(Channel("send", index) for index in range(len(mix.sends))),
        Channel("master"),
    )
