"""What becomes of an entry of the browser that is used: an edit of the song."""

from __future__ import annotations

from dataclasses import replace

from cocomposer.errors import CocomposerError, RequestError
from cocomposer.music import Key, Role, Song
from cocomposer.music.general_midi import INSTRUMENTS
from cocomposer.music.mix import Effect, Instrument, InstrumentKind, Strip
from cocomposer.studio import editing
from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.progressions import load_progressions

from .session import Session


def use(entry: Entry, session: Session, part: int | None = None, tick: int | None = None) -> bool:
    """Use an entry in the song: on `part` (by default the current one), from `tick` on (by default the playhead's bar).

    Returns False for what is no edit of the song: styles and sketches, which are the window's to use.
    """
    if entry.kind in (Kind.STYLE, Kind.SKETCH):
        return False
    song = session.song
    try:
        if entry.kind is Kind.PROGRESSION:
            session.edit(
                session.tr("Lay {name}").format(name=entry.name), with_progression(song, entry.id, _bar(session, tick))
            )
        else:
            place = session.current_part if part is None else part
            session.edit(session.tr("Use {name}").format(name=entry.name), played_by(song, place, entry))
    except CocomposerError as error:
        session.problem.emit(str(error))
    return True


def with_progression(song: Song, name: str, tick: int) -> Song:
    """`song` with that progression laid from `tick` on; it grows where the progression reaches beyond its end."""
    found = next((each for each in load_progressions() if each.name == name), None)
    if found is None:
        raise RequestError(f"There is no progression called {name}.")
    spans = found.chords(song.key_at(tick) or Key(), song.meters.meter_at(tick))
    end = tick + spans[-1].end
    if end > song.length:
        song = editing.with_length(song, song.meters.bar_at(end - 1) + 1)
    song = editing.remove_chords(song, tick, end)
    for span in spans:
        song = editing.set_chord(song, tick + span.start, span.chord, tick + span.end)
    return song


def played_by(song: Song, part: int, entry: Entry) -> Song:
    """`song` with an instrument, rack or plugin put on one part.  Raises RequestError where there is no part."""
    if not 0 <= part < len(song.parts):
        raise RequestError("There is no part to use this on: add one first.")
    kind, _, name = entry.id.partition(":")
    if entry.kind is Kind.INSTRUMENT and kind == "program":
        program = min(max(0, int(name)), len(INSTRUMENTS) - 1)
        return editing.with_instrument(editing.with_program(song, part, program), part, None)
    if entry.kind is Kind.INSTRUMENT:
        return editing.with_instrument(song, part, Instrument(InstrumentKind.BUILT_IN, name))
    if entry.kind is Kind.RACK:
        return editing.with_strip(song, part, _racked(song, part, Role(entry.id)))
    if "instrument" in entry.tags or "instrument" in entry.detail:
        return editing.with_instrument(song, part, Instrument(InstrumentKind.PLUGIN, entry.id))
    return editing.with_strip(song, part, _with_inserts(song, part, (Effect("plugin", plugin=entry.id),), after=True))


def _racked(song: Song, part: int, role: Role) -> Strip:
    from cocomposer.sound.racks import load_racks

    return _with_inserts(song, part, load_racks().of(role).strip.inserts)


def _with_inserts(song: Song, part: int, inserts: tuple[Effect, ...], *, after: bool = False) -> Strip:
    """The strip of a part with these inserts, in place of its own or after them."""
    from cocomposer.sound.house_mix import strip_of

    strip = strip_of(song.parts[part], song)
    return replace(strip, inserts=(*strip.inserts, *inserts) if after else inserts)


def _bar(session: Session, tick: int | None) -> int:
    """The bar line at or before `tick`, by default the first selected bar, else that of the playhead."""
    meters, region = session.song.meters, session.region
    if tick is None and region is not None:
        return meters.bar_start(region.first_bar)
    return meters.bar_start(meters.bar_at(session.position if tick is None else tick))
