"""A song as playback sees it: its segments on a time line of frames, and which of them are needed first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cocomposer.music import Instrument, Song
from cocomposer.sound.plan import console_plan
from cocomposer.sound.playback.segments import AT_HAND, TAIL_SECONDS, Phrase, Segment, segments_of


@dataclass(frozen=True, eq=False)
class Score:
    """The segments of each part of `song`, at `sample_rate` frames a second; `soundfont` plays where nothing does."""

    song: Song
    sample_rate: int
    tracks: tuple[tuple[Segment, ...], ...]
    soundfont: Instrument = AT_HAND

    @classmethod
    def of(cls, song: Song, sample_rate: int, before: Score | None = None, soundfont: Instrument = AT_HAND) -> Score:
        """The score of a song; parts that it has from the song of `before` are not cut again."""
        known = {}
        if (
            before
            and before.soundfont == soundfont
            and before.song.meters == song.meters
            and before.song.tempos == song.tempos
        ):
            known = {id(part): track for part, track in zip(before.song.parts, before.tracks, strict=True)}
        tracks = (
            known.get(id(part)) or segments_of(part, song.meters, song.tempos, sample_rate, soundfont)
            for part in song.parts
        )
        return cls(song, sample_rate, tuple(tracks), soundfont)

    def frame_at(self, tick: float) -> int:
        return round(self.song.tempos.seconds_at(tick) * self.sample_rate)

    def tick_at(self, frame: float) -> float:
        """The tick heard at `frame`; before the song's beginning it is negative."""
        return self.song.tempos.tick_at(frame / self.sample_rate)

    @cached_property
    def end(self) -> int:
        """The frame after which nothing follows but what rings on."""
        return self.frame_at(max(self.song.length, *(part.end for part in self.song.parts), 0))

    @property
    def rung_out(self) -> int:
        """The frame at which all is silent."""
        return self.end + round(TAIL_SECONDS / 2 * self.sample_rate)

    @cached_property
    def audible(self) -> frozenset[int]:
        """Indices of the parts that are neither muted nor left out by a solo."""
        plan = console_plan(self.song, self.sample_rate, {})
        return frozenset(index for index, part in enumerate(plan.parts) if part.heard)

    def same_time_line(self, other: Score) -> bool:
        """Whether this song is that one after an edit which moves neither time nor parts."""
        one, two = self.song, other.song
        names = [[(part.name, part.role) for part in song.parts] for song in (one, two)]
        return one.tempos == two.tempos and names[0] == names[1]

    def sounding(self, frame: int) -> Iterator[tuple[int, Segment]]:
        """The audible segments whose notes are played at `frame`, with the indices of their parts."""
        for index in self.audible:
            for segment in self.tracks[index]:
                if segment.frame > frame:
                    break
                if frame <= segment.frame + segment.phrase.seconds * self.sample_rate:
                    yield index, segment

    def by_need(self, frame: int, loop: tuple[int, int] | None = None) -> list[Phrase]:
        """All phrases, in the order in which playing from `frame` (round `loop`, in frames) needs them."""

        def need(index: int, segment: Segment) -> tuple[bool, bool, int]:
            ends = segment.frame + segment.phrase.seconds * self.sample_rate
            behind = ends < frame
            distance = segment.frame if behind else max(0, segment.frame - frame)
            if loop and loop[0] <= frame < loop[1]:
                outside = ends < loop[0] or segment.frame >= loop[1]
                behind = outside
            return index not in self.audible, behind, distance

        ordered = sorted(
            ((need(index, segment), segment.phrase) for index, track in enumerate(self.tracks) for segment in track),
            key=lambda entry: entry[0],
        )
        return [phrase for _, phrase in ordered]
