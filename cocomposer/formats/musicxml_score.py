"""From music21's score to a Song: measures in played order, then what stands in each of them."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cocomposer.errors import FormatError, MusicError
from cocomposer.formats.foreign_errors import reason
from cocomposer.formats.midi_canon import clean_name
from cocomposer.formats.musicxml_chords import chord_of
from cocomposer.formats.musicxml_repeats import played_order
from cocomposer.formats.role_names import guess_role
from cocomposer.formats.short_bars import meter_of_length
from cocomposer.music import (
    TICKS_PER_QUARTER,
    ChordChange,
    Key,
    KeyChange,
    Lyric,
    Meter,
    MeterChange,
    MeterMap,
    Mode,
    Note,
    Part,
    Role,
    Section,
    Song,
    TempoChange,
    TempoMap,
)
from cocomposer.music.song import MAX_TICKS, without_overlaps

if TYPE_CHECKING:
    from music21 import stream
    from music21.key import KeySignature
    from music21.note import NotRest

MAX_NOTES = 200_000
MAX_BARS = 4_000
_SECTION_WORDS = re.compile(r"(intro|verse|chorus|refrain|bridge|interlude|solo|outro|coda|vamp|trio)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Measure:
    """One measure as played: the written one's index, start and length in ticks, and the turn it is played for."""

    index: int
    start: int
    length: int
    turn: int


def song_of(score: stream.Score) -> Song:
    """The Song in a score.  Raises FormatError for a score without measures, or beyond the limits."""
    try:
        return _song(score)
    except FormatError:
        raise
    except MusicError as error:
        raise FormatError(f"This MusicXML score cannot be used: {error}") from error
    except Exception as error:  # music21 computes much only when asked, and raises anything then
        raise FormatError(f"This MusicXML score is damaged: {reason(error)}.") from error


def _song(score: stream.Score) -> Song:
    from music21 import stream

    staves = list(score.parts)
    columns = [list(staff.getElementsByClass(stream.Measure)) for staff in staves]
    columns, staves = [each for each in columns if each], [s for s, c in zip(staves, columns, strict=True) if c]
    if not columns:
        raise FormatError("This MusicXML score has no measures.")
    longest = max(range(len(columns)), key=lambda index: len(columns[index]))
    measures = _played(staves[longest], columns[longest])
    length = measures[-1].start + measures[-1].length
    parts = []
    chords: dict[int, ChordChange] = {}
    with_chords: set[int] = set()
    for number, (staff, column) in enumerate(zip(staves, columns, strict=True)):
        parts.append(_part(staff, column, measures))
        for tick, chord in _chords(column, measures):
            chords.setdefault(tick, chord)
            with_chords.add(number)
        if sum(len(part.notes) for part in parts) > MAX_NOTES:
            raise FormatError(f"This score has more than {MAX_NOTES:,} notes: it is refused.")
    column = columns[longest]
    keys, tempos, sections = _keys(column, measures), _tempos(columns[0], measures), _sections(columns[0], measures)
    metadata = score.metadata
    title = (metadata.title or metadata.movementName or "") if metadata else ""
    return Song(
        title=clean_name(str(title)),
        length=length,
        meters=_meters(column, measures),
        tempos=TempoMap(tuple(({0: TempoChange(0)} | tempos)[tick] for tick in sorted({0} | tempos.keys()))),
        keys=tuple(keys[tick] for tick in sorted(keys)),
        chords=_without_repetitions(chords[tick] for tick in sorted(chords) if tick < length),
        sections=tuple(sections[tick] for tick in sorted(sections)),
        parts=_with_melody(parts, with_chords),
    )


def _ticks(quarters: float) -> int:
    """music21's quarter lengths (float or Fraction) in ticks, never negative, and never beyond the longest song."""
    value = float(quarters)
    if not 0 <= value * TICKS_PER_QUARTER <= MAX_TICKS:
        raise FormatError("This score is longer than 4,000 bars of 4/4, or counts time backwards.")
    return round(value * TICKS_PER_QUARTER)


def _played(staff: stream.Part, column: list[stream.Measure]) -> list[_Measure]:
    """The measures of the song in the order in which they sound."""
    lengths = [_ticks(following.offset - measure.offset) for measure, following in itertools.pairwise(column)]
    lengths.append(_ticks(max(column[-1].duration.quarterLength, column[-1].barDuration.quarterLength)))
    turns: dict[int, int] = {}
    measures: list[_Measure] = []
    tick = 0
    for index in played_order(staff, column):
        if not lengths[index]:
            continue
        turns[index] = turns.get(index, 0) + 1
        measures.append(_Measure(index, tick, lengths[index], turns[index]))
        tick += lengths[index]
    if tick > MAX_TICKS or len(measures) > MAX_BARS:
        raise FormatError("This score, with its repeats, is longer than 4,000 bars of 4/4: shorten it first.")
    if not measures:
        raise FormatError("The measures of this MusicXML score are all empty.")
    return measures


def _meters(column: list[stream.Measure], measures: list[_Measure]) -> MeterMap:
    """The metres as played; a pickup, or a bar that a repeat splits, is a bar of the metre that it fills."""
    signatures: list[Meter] = []
    meter = Meter()
    for measure in column:
        signature = measure.timeSignature
        if signature is not None:
            with contextlib.suppress(MusicError):
                meter = Meter(signature.numerator, signature.denominator)
        signatures.append(meter)
    changes: list[MeterChange] = []
    for measure in measures:
        meter = signatures[measure.index]
        if measure.length != meter.ticks_per_bar:
            meter = meter_of_length(measure.length, meter.denominator) or meter
        current = changes[-1] if changes else None
        # Where a bar of odd length found no metre, the next bar line must be set anew.
        aligned = current is not None and (measure.start - current.tick) % current.meter.ticks_per_bar == 0
        if current is None or current.meter != meter or not aligned:
            changes.append(MeterChange(measure.start, meter))
    return MeterMap(tuple(changes))


def _keys(column: list[stream.Measure], measures: list[_Measure]) -> dict[int, KeyChange]:
    written: list[Key | None] = []
    key: Key | None = None
    for measure in column:
        if measure.keySignature is not None:
            key = _key(measure.keySignature)
        written.append(key)
    changes: dict[int, KeyChange] = {}
    before: Key | None = None
    for measure in measures:
        found = written[measure.index]
        if found is not None and found != before:
            changes[measure.start] = KeyChange(measure.start, found)
            before = found
    return changes


def _key(signature: KeySignature) -> Key:
    """A signature says how many sharps; the mode, where one is written, says which of its notes is the tonic."""
    relative_major = signature.sharps * 7 % 12
    name = str(getattr(signature, "mode", None) or "major").lower()
    mode = {"ionian": Mode.MAJOR, "aeolian": Mode.MINOR}.get(name)
    if mode is None:
        mode = Mode(name) if name in set(Mode) else Mode.MAJOR
    return next(key for key in (Key(tonic, mode) for tonic in range(12)) if key.relative_major == relative_major)


def _tempos(column: list[stream.Measure], measures: list[_Measure]) -> dict[int, TempoChange]:
    from music21.tempo import MetronomeMark

    changes: dict[int, TempoChange] = {}
    for measure in measures:
        for mark in column[measure.index][MetronomeMark] if measure.index < len(column) else ():
            tick = measure.start + _ticks(mark.getOffsetInHierarchy(column[measure.index]))
            # Words such as "Slowly" carry a number of music21's own, which the artist never wrote.
            bpm = None if mark.numberImplicit else mark.getQuarterBPM()
            if bpm is not None:
                with contextlib.suppress(MusicError):
                    changes[tick] = TempoChange.at_bpm(tick, float(bpm))
    return changes


def _sections(column: list[stream.Measure], measures: list[_Measure]) -> dict[int, Section]:
    """Rehearsal marks, and words above the staff that name a part of the form, each at its bar line."""
    from music21.expressions import RehearsalMark, TextExpression

    found: dict[int, Section] = {}
    for measure in measures:
        if measure.index >= len(column):
            continue
        for mark in column[measure.index][RehearsalMark, TextExpression]:
            name = clean_name(str(mark.content))[:60]
            if name and (isinstance(mark, RehearsalMark) or _SECTION_WORDS.match(name)):
                found.setdefault(measure.start, Section(measure.start, name))
    return found


def _chords(column: list[stream.Measure], measures: list[_Measure]) -> Iterable[tuple[int, ChordChange]]:
    from music21.harmony import ChordSymbol

    for measure in measures:
        if measure.index >= len(column):
            continue
        written = column[measure.index]
        for symbol in written[ChordSymbol]:
            chord = chord_of(symbol)
            if chord is not None:
                offset = _ticks(max(0, symbol.getOffsetInHierarchy(written)))
                tick = measure.start + min(offset, measure.length - 1)
                yield tick, ChordChange(tick, chord)


def _without_repetitions(changes: Iterable[ChordChange]) -> tuple[ChordChange, ...]:
    """A chord that is written again while it sounds is no change."""
    kept: list[ChordChange] = []
    for change in changes:
        if not kept or kept[-1].chord != change.chord:
            kept.append(change)
    return tuple(kept)


def _part(staff: stream.Part, column: list[stream.Measure], measures: list[_Measure]) -> Part:
    from music21.harmony import ChordSymbol
    from music21.note import NotRest, Unpitched
    from music21.percussion import PercussionChord

    instrument = staff.getInstrument()
    transposition = instrument.transposition
    shift = round(transposition.semitones) if transposition is not None else 0
    drums = any(measure[Unpitched] or measure[PercussionChord] for measure in column[:8])
    notes: list[Note] = []
    lyrics: list[Lyric] = []
    tied: dict[int, int] = {}
    for measure in measures:
        if measure.index >= len(column):
            continue
        written = column[measure.index]
        for sound in written[NotRest]:
            if isinstance(sound, ChordSymbol) or sound.duration.isGrace:
                continue
            start = measure.start + min(_ticks(sound.getOffsetInHierarchy(written)), measure.length)
            duration = min(_ticks(sound.quarterLength), measure.start + measure.length - start)
            if duration < 1:
                continue
            lyrics += _lyrics(sound, start, measure.turn)
            for pitch, is_tied in _pitches(sound, shift):
                before = tied.pop(pitch, None)
                if is_tied and before is not None and notes[before].end == start:
                    notes[before] = replace(notes[before], duration=notes[before].duration + duration)
                    tied[pitch] = before
                    continue
                notes.append(Note(start, pitch, duration, _velocity(sound)))
                tied[pitch] = len(notes) - 1
    program = instrument.midiProgram
    program = program if isinstance(program, int) and 0 <= program <= 127 else 0
    name = clean_name(str(staff.partName or instrument.partName or ""))[:200]
    return Part(
        name=name or "Part",
        role=guess_role(name, program, drums),
        program=program,
        notes=without_overlaps(notes),
        lyrics=tuple(lyrics),
    )


def _pitches(sound: NotRest, shift: int) -> list[tuple[int, bool]]:
    """The sounding MIDI pitches of a note or chord, each with whether a tie leads into it."""
    members = sound.notes if sound.isChord else (sound,)
    pitches = []
    for member in members:
        tie = member.tie or sound.tie
        pitch = getattr(member, "pitch", None)
        if pitch is None:  # an unpitched drum: the place on the staff it is drawn at
            pitch = member.displayPitch()
        midi = pitch.midi + shift
        if 0 <= midi <= 127:
            pitches.append((midi, tie is not None and tie.type in ("stop", "continue")))
    return pitches


def _velocity(sound: NotRest) -> int:
    velocity = sound.volume.velocity
    return min(127, max(1, int(velocity))) if velocity else 80


def _lyrics(sound: NotRest, tick: int, turn: int) -> list[Lyric]:
    """The syllable of the verse that is due when a bar sounds for the `turn`-th time."""
    verses = [lyric for lyric in sound.lyrics if lyric.text]
    if not verses:
        return []
    due = next((lyric for lyric in verses if lyric.number == turn), verses[0])
    hyphen = "-" if due.syllabic in ("begin", "middle") else ""
    return [Lyric(tick, f"{due.text}{hyphen}"[:200])]


def _with_melody(parts: list[Part], with_chords: set[int]) -> tuple[Part, ...]:
    """The parts that play; if no name claims the melody, it is the part under the chord symbols, else the first."""
    playing = [index for index, part in enumerate(parts) if part.notes]
    if not playing or any(part.role is Role.MELODY for part in parts):
        return tuple(part for part in parts if part.notes)
    chosen = next((index for index in playing if index in with_chords), playing[0])
    parts[chosen] = replace(parts[chosen], role=Role.MELODY)
    return tuple(part for part in parts if part.notes)
