"""The song that is measured: six parts and 64 bars."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cocomposer import formats
from cocomposer.composer import Request, StyleComposer
from cocomposer.music import Song

SKETCH = Path(__file__).resolve().parents[2] / "assets" / "sketches" / "first_light.mid"


def six_parts() -> Song:
    """An arrangement, with tune, of the sketch played four times over: six parts of the fullest proposal."""
    sketch = formats.read(SKETCH)
    times = range(4)
    part = sketch.parts[0]
    long = replace(
        sketch,
        length=4 * sketch.length,
        keys=sketch.keys[:1],
        chords=tuple(replace(each, tick=each.tick + turn * sketch.length) for turn in times for each in sketch.chords),
        sections=tuple(
            replace(each, tick=each.tick + turn * sketch.length) for turn in times for each in sketch.sections
        ),
        parts=(
            replace(
                part,
                notes=tuple(
                    replace(note, start=note.start + turn * sketch.length) for turn in times for note in part.notes
                ),
            ),
        ),
    )
    proposals = list(StyleComposer().propose(Request(sketch=long, count=4)))
    fullest = max(proposals, key=lambda proposal: len(proposal.song.parts)).song
    if len(fullest.parts) < 6:
        raise SystemExit("No proposal has six parts, so there is nothing to measure.")
    return replace(fullest, parts=fullest.parts[:6])
