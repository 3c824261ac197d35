"""Changes to the harmony and to what stands above it: chords, keys, tempi."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cocomposer.errors import RequestError
from cocomposer.music import NO_CHORD, Chord, ChordChange, Key, KeyChange, Song, TempoChange, TempoMap
from cocomposer.music.authorship import edited


def set_chord(song: Song, tick: int, chord: Chord | None, end: int | None = None) -> Song:
    """With `chord` from `tick` on, up to the next chord or to `end`, where what sounded there before goes on.

    None takes away the chord that begins at `tick`, so that the one before goes on.
    """
    if chord is not None and end is not None:
        return replace_chords(song, tick, end, (ChordChange(tick, chord),))
    _check_inside(song, tick)
    changes = {change.tick: change for change in song.chords}
    if chord is None:
        changes.pop(tick, None)
    else:
        changes[tick] = ChordChange(tick, chord)
    return _with_chords(song, changes)


def replace_chords(song: Song, start: int, end: int, changes: Iterable[ChordChange]) -> Song:
    """With `changes` for all the chords from `start` up to `end`; afterwards goes on what sounded there before.

    Raises RequestError for changes outside of that stretch and for a stretch outside of the song.
    """
    inside = {change.tick: change for change in changes}
    if any(not start <= tick < end for tick in inside):
        raise RequestError("These chords do not fit between where they begin and end.")
    _check_inside(song, start)
    kept = {change.tick: change for change in song.chords if not start <= change.tick < end}
    if end < song.length and inside:
        kept.setdefault(end, going_on(song, end))
    return _with_chords(song, kept | inside)


def move_chord(song: Song, tick: int, to: int) -> Song:
    """With the chord that begins at `tick` beginning at `to` instead, before the next chord and after the last."""
    _check_inside(song, to)
    places = [change.tick for change in song.chords]
    if tick not in places:
        raise RequestError("No chord begins there any more.")
    index = places.index(tick)
    before = places[index - 1] if index else -1
    after = places[index + 1] if index + 1 < len(places) else song.length
    if not before < to < after:
        raise RequestError("A chord moves between its neighbours; take one of them away first.")
    changes = {change.tick: change for change in song.chords}
    changes[to] = edited(replace(changes.pop(tick), tick=to))
    return _with_chords(song, changes)


def remove_chords(song: Song, start: int, end: int) -> Song:
    """Without the chords that begin from `start` up to `end`."""
    return replace(song, chords=tuple(change for change in song.chords if not start <= change.tick < end))


def transpose_chords(song: Song, start: int, end: int, semitones: int) -> Song:
    """With the chords that begin from `start` up to `end` higher by so many semitones."""
    return replace(
        song,
        chords=tuple(
            edited(replace(change, chord=change.chord.transpose(semitones))) if start <= change.tick < end else change
            for change in song.chords
        ),
    )


def set_key(song: Song, tick: int, key: Key | None) -> Song:
    """With `key` from `tick` up to the next change of key; None takes away the change at `tick`."""
    _check_inside(song, tick)
    keys = {change.tick: change.key for change in song.keys if change.tick != tick}
    if key is not None:
        keys[tick] = key
    return replace(song, keys=tuple(KeyChange(at, keys[at]) for at in sorted(keys)))


def set_tempo(song: Song, tick: int, bpm: float | None) -> Song:
    """With so many quarter notes a minute from `tick` up to the next change of tempo; None takes a change away.

    Raises MusicError for a tempo that does not exist.
    """
    changes = {change.tick: change for change in song.tempos.changes}
    if bpm is not None:
        _check_inside(song, tick)
        changes[tick] = TempoChange.at_bpm(tick, bpm)
    elif tick > 0:
        changes.pop(tick, None)
    return replace(song, tempos=TempoMap(tuple(changes[at] for at in sorted(changes))))


def going_on(song: Song, tick: int) -> ChordChange:
    """The chord that sounds at `tick`, said again there; none where no chord sounds."""
    sounding = next((change for change in reversed(song.chords) if change.tick <= tick), None)
    return ChordChange(tick, NO_CHORD) if sounding is None else replace(sounding, tick=tick)


def _with_chords(song: Song, changes: dict[int, ChordChange]) -> Song:
    return replace(song, chords=tuple(changes[at] for at in sorted(changes)))


def _check_inside(song: Song, tick: int) -> None:
    if not 0 <= tick < max(1, song.length):
        raise RequestError("That place is beyond the end of the song: make it longer first.")
