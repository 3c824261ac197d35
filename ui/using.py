"""What becomes of an entry of the browser that is used: an edit of the song."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from cocomposer.errors import CocomposerError, RequestError
from cocomposer.music import Key, Song
from cocomposer.music.general_midi import INSTRUMENTS
from cocomposer.music.mix import Effect, Instrument, InstrumentKind, Strip
from cocomposer.studio import editing
from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.presets import AtHand
from cocomposer.studio.progressions import Progression, progression_of

from .session import Session

if TYPE_CHECKING:
    from cocomposer.library.preset import Preset, ProgressionPreset

_EDITS = (Kind.PROGRESSION, Kind.INSTRUMENT, Kind.RACK, Kind.PLUGIN)


def use(entry: Entry, session: Session, part: int | None = None, tick: int | None = None) -> bool:
    """Use an entry in the song: on `part` (by default the current one), from `tick` on (by default the playhead's bar).

    A preset is read in the background first; what had to stand in for something missing is told.  Returns False for
    what is no edit of the song, such as styles and sketches, which are the window's to use.
    """
    if entry.kind not in _EDITS:
        return False
    place = session.current_part if part is None else part
    at = _bar(session, tick)
    if entry.kind.of_presets and not entry.id.startswith("program:"):
        load(
            entry,
            session,
            lambda preset, at_hand: _edit(session, entry, lambda song: _with(song, preset, at_hand, place, at)),
        )
    else:
        _edit(session, entry, lambda song: played_by(song, place, entry))
    return True


def load(entry: Entry, session: Session, then: Callable[[Preset, AtHand], None]) -> None:
    """Read a preset in the background, remember that it is used now, and go on with it and with what it gives here."""

    def loaded(read: tuple[Preset, AtHand]) -> None:
        then(*read)
        if read[1].told:
            session.problem.emit(" ".join(read[1].told))
        session.room.changed.emit()

    def read(*_: object) -> tuple[Preset, AtHand]:
        presets = session.room.presets
        found = entry.preset or presets.found_by(entry.id)
        return presets.load(found), presets.use(found)

    session.jobs.run(read, on_done=loaded, on_error=session.problem.emit)


def with_progression(song: Song, progression: Progression, tick: int) -> Song:
    """`song` with that progression laid from `tick` on; it grows where the progression reaches beyond its end."""
    spans = progression.chords(song.key_at(tick) or Key(), song.meters.meter_at(tick))
    end = tick + spans[-1].end
    if end > song.length:
        song = editing.with_length(song, song.meters.bar_at(end - 1) + 1)
    song = editing.remove_chords(song, tick, end)
    for span in spans:
        song = editing.set_chord(song, tick + span.start, span.chord, tick + span.end)
    return song


def played_by(song: Song, part: int, entry: Entry) -> Song:
    """`song` with a General MIDI program or a plugin put on one part.  Raises RequestError where there is no part."""
    _check_part(song, part)
    if entry.kind is Kind.INSTRUMENT:
        program = min(max(0, int(entry.id.partition(":")[2])), len(INSTRUMENTS) - 1)
        return editing.with_instrument(editing.with_program(song, part, program), part, None)
    if "instrument" in entry.tags or "instrument" in entry.detail:
        return editing.with_instrument(song, part, Instrument(InstrumentKind.PLUGIN, entry.id))
    inserts = (*_strip(song, part).inserts, Effect("plugin", plugin=entry.id))
    return editing.with_strip(song, part, replace(_strip(song, part), inserts=inserts))


def _with(song: Song, preset: Preset, at_hand: AtHand, part: int, tick: int) -> Song:
    """`song` with what a preset gives laid at `tick` or put on a part."""
    if isinstance(at_hand.value, Song):
        return with_progression(song, progression_of(cast("ProgressionPreset", preset)), tick)
    _check_part(song, part)
    if isinstance(at_hand.value, Instrument):
        return editing.with_instrument(song, part, at_hand.value)
    return editing.with_strip(song, part, _racked(song, part, at_hand.value))


def _racked(song: Song, part: int, rack: Any) -> Strip:
    """The strip of a part with the effects, sends and place of a rack; its fader stays where it is."""
    strip = _strip(song, part)
    sends = {bus.name for bus in song.mix.sends} if song.mix is not None else None
    kept = tuple((name, level) for name, level in rack.strip.sends if sends is None or name in sends)
    lanes = tuple(lane for lane in strip.lanes if not lane.target.startswith("insert:"))
    new: Strip = rack.strip
    return replace(strip, inserts=new.inserts, sends=kept, pan=new.pan, width=new.width, lanes=lanes)


def _strip(song: Song, part: int) -> Strip:
    from cocomposer.sound.house_mix import strip_of

    return strip_of(song.parts[part], song)


def _check_part(song: Song, part: int) -> None:
    if not 0 <= part < len(song.parts):
        raise RequestError("There is no part to use this on: add one first.")


def _edit(session: Session, entry: Entry, change: Callable[[Song], Song]) -> None:
    words = session.tr("Lay {name}") if entry.kind is Kind.PROGRESSION else session.tr("Use {name}")
    try:
        session.edit(words.format(name=entry.name), change(session.song))
    except CocomposerError as error:
        session.problem.emit(str(error))


def _bar(session: Session, tick: int | None) -> int:
    """The bar line at or before `tick`, by default the first selected bar, else that of the playhead."""
    meters, region = session.song.meters, session.region
    if tick is None and region is not None:
        return meters.bar_start(region.first_bar)
    return meters.bar_start(meters.bar_at(session.position if tick is None else tick))
