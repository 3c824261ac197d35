"""A part as an instrument receives it: MIDI events in seconds, the tempo map and the pedal already applied."""

from __future__ import annotations

from bisect import bisect_right

from cocomposer.music import Part, TempoMap
from cocomposer.sound.protocol import BEND, CONTROL, NOTE_OFF, NOTE_ON, MidiEvent

VOLUME, PAN, EXPRESSION, SUSTAIN = 7, 10, 11, 64
MIXER_CONTROLS = frozenset({VOLUME, PAN, EXPRESSION})
# The mixer plays volume, pan and expression, so that no instrument applies them a second time; the pedal is
# played by lengthening notes, since SoundFont players differ about it; bank changes and the channel-mode
# messages from 120 on would change the instrument itself.
_KEPT_FROM_INSTRUMENT = MIXER_CONTROLS | {0, 32, SUSTAIN} | set(range(120, 128))


def midi_events(part: Part, tempos: TempoMap) -> tuple[MidiEvent, ...]:
    """Every event of `part`, sorted by time; at one time releases come first and new notes last."""
    events: list[tuple[float, int, MidiEvent]] = []
    for start, end, pitch, velocity in _sounding_notes(part):
        on, off = tempos.seconds_at(start), tempos.seconds_at(end)
        events.append((on, 2, (on, NOTE_ON, pitch, velocity)))
        events.append((off, 0, (off, NOTE_OFF, pitch, 0)))
    for control in part.controls:
        if control.number not in _KEPT_FROM_INSTRUMENT:
            at = tempos.seconds_at(control.tick)
            events.append((at, 1, (at, CONTROL, control.number, control.value)))
    for bend in part.bends:
        at, value = tempos.seconds_at(bend.tick), bend.value + 8192
        events.append((at, 1, (at, BEND, value & 127, value >> 7)))
    # The sort is stable: controllers of one tick keep their order, which registered parameters depend on.
    return tuple(event for _, _, event in sorted(events, key=lambda entry: entry[:2]))


def _sounding_notes(part: Part) -> list[tuple[int, int, int, int]]:
    """(start, end, pitch, velocity) in ticks, ends moved to where the pedal lets go or the key strikes again."""
    last = part.end
    downs = _pedal_spans(part, last)
    starts = [down for down, _ in downs]
    strikes: dict[int, list[int]] = {}
    for note in part.notes:
        strikes.setdefault(note.pitch, []).append(note.start)
    sounding = []
    for note in part.notes:
        end = note.end
        index = bisect_right(starts, end) - 1
        if index >= 0 and end < downs[index][1]:
            end = downs[index][1]
        again = strikes[note.pitch]
        following = bisect_right(again, note.start)
        if following < len(again):
            end = min(end, again[following])
        sounding.append((note.start, end, note.pitch, note.velocity))
    return sounding


def _pedal_spans(part: Part, last: int) -> list[tuple[int, int]]:
    """When the sustain pedal is down, as (from, to) in ticks; one never lifted is lifted at the end."""
    spans: list[tuple[int, int]] = []
    down: int | None = None
    for control in part.controls:
        if control.number != SUSTAIN:
            continue
        if control.value >= 64 and down is None:
            down = control.tick
        elif control.value < 64 and down is not None:
            spans.append((down, control.tick))
            down = None
    if down is not None and down < last:
        spans.append((down, last))
    return spans
