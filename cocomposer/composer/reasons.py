"""Why a proposal is as it is, in an artist's words, read off the notes that were really written."""

from __future__ import annotations

from collections.abc import Sequence

from cocomposer.composer.orchestration import Texture
from cocomposer.composer.request import Request
from cocomposer.composer.style_choice import Fit
from cocomposer.music import Part, Role, Song
from cocomposer.styles import Style
from cocomposer.styles.lead_sheet import LeadSheet
from cocomposer.styles.plan import letter_of


def explain(
    song: Song, request: Request, style: Style, texture: Texture, fit: Fit, first: int, last: int
) -> tuple[str, ...]:
    """Up to seven sentences: style, texture, entries, how the band listens to the tune, bass, form and harmony."""
    band = [part for part in song.parts if part.role is not Role.MELODY]
    sentences = [
        f"{style.name}: {fit.reason}.",
        f"{texture.description} ({_listed([part.name.lower() for part in band])}).",
        _entries(song, band, first),
        _room(song, band, first, last),
        _bass(song, band),
        _form(song, first, last),
        _harmony(song, request),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def _harmony(song: Song, request: Request) -> str:
    key = song.key_at(0)
    if request.sketch.chords:
        return f"Your chords are kept as written, in {key}." if key else "Your chords are kept as written."
    chords = list(dict.fromkeys(str(span.chord) for span in song.chord_spans))
    shown = ", ".join(chords[:6]) + (" ..." if len(chords) > 6 else "")
    source = "read from your other parts" if len(request.sketch.parts) > 1 else "found under your tune"
    return f"The chords were {source}, in {key}: {shown}."


def _form(song: Song, first: int, last: int) -> str:
    names = [section.name for section in song.sections if first <= section.tick < last]
    if len(names) < 2:
        return ""
    returning = [
        name for name in dict.fromkeys(map(letter_of, names)) if sum(letter_of(each) == name for each in names) > 1
    ]
    form = " ".join(names)
    if not returning:
        return f"The form {form} is kept, each section in its own intensity."
    back = _listed([name.upper() if len(name) == 1 else name for name in returning])
    return f"The form {form} can be heard: {back} returns with the groove it had."


def _entries(song: Song, band: Sequence[Part], first: int) -> str:
    opening = song.meters.bar_at(first)
    late: dict[int, list[str]] = {}
    for part in band:
        bar = song.meters.bar_at(part.notes[0].start + 30)
        if bar >= opening + 4:
            late.setdefault(bar, []).append(part.name.lower())
    told = [f"{_listed(names)} in bar {bar + 1}" for bar, names in sorted(late.items())]
    several = sum(map(len, late.values())) > 1
    return f"It grows: {_listed(told)} {'come' if several else 'comes'} in." if told else ""


def _bass(song: Song, band: Sequence[Part]) -> str:
    bass = next((part for part in band if part.role is Role.BASS), None)
    if bass is None or len(bass.notes) < 8:
        return ""
    sheet = LeadSheet(song)
    steps = [abs(after.pitch - before.pitch) for before, after in zip(bass.notes, bass.notes[1:], strict=False)]
    leading = sum(
        sheet.chord_at(before.start + 30) != sheet.chord_at(after.start + 30) and abs(after.pitch - before.pitch) <= 2
        for before, after in zip(bass.notes, bass.notes[1:], strict=False)
    )
    changes = max(1, len(sheet.spans) - 1)
    if sum(1 <= step <= 2 for step in steps) > 0.5 * len(steps) and len(bass.notes) > 3 * len(song.bars):
        return "The bass walks from chord to chord by step."
    if leading > 0.3 * changes:
        return f"The bass leads into {leading} of {changes} chord changes by a half or whole step."
    return "The bass holds the roots and lets the others move."


def _room(song: Song, band: Sequence[Part], first: int, last: int) -> str:
    sheet = LeadSheet(song)
    comping = [part for part in band if part.role in (Role.KEYS, Role.GUITAR, Role.COUNTER)]
    if not sheet.melody or not comping:
        return ""
    resting, singing, struck_resting, struck_singing = 0, 0, 0, 0
    onsets = {(note.start + 30) // 240 for part in comping for note in part.notes}
    for bar in song.bars:
        if not first <= bar.start < last:
            continue
        for offset, size in zip(bar.meter.beat_starts, bar.meter.beats, strict=True):
            start = bar.start + offset
            struck = sum(slot in onsets for slot in range(start // 240, (start + size) // 240))
            if sheet.rests(start, start + size):
                resting, struck_resting = resting + 1, struck_resting + struck
            else:
                singing, struck_singing = singing + 1, struck_singing + struck
    if not resting or not singing:
        return ""
    ratio = (struck_resting / resting) / max(0.05, struck_singing / singing)
    who = _listed([part.name.lower() for part in comping])
    if ratio >= 1.15:
        leave, play = ("leave", "play") if len(comping) > 1 else ("leaves", "plays")
        return f"The {who} {leave} room while you sing and {play} {100 * (ratio - 1):.0f}% more in your rests."
    return ""


def _listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""
