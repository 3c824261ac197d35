"""A few bars that let a preset be heard."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cocomposer.library.preset import InstrumentPreset, Preset, StylePreset
from cocomposer.music import Key, Note, Part, Role, Song, TempoMap
from cocomposer.music.mix import Instrument, InstrumentKind
from cocomposer.sound.built_in import built_in_for
from cocomposer.studio.previews import chords_alone, first_bars_in_style, phrase

__all__ = ["preview_song"]

_BASS_PROGRAM = 33
_BEAT = (  # the sixteenth, the key of the kit and the velocity of a bar of drums
    (0, 36, 104), (0, 42, 80), (2, 42, 60), (4, 38, 100), (4, 42, 78), (6, 42, 60), (7, 36, 70), (8, 36, 96),
    (8, 42, 80), (10, 36, 84), (10, 42, 60), (12, 38, 102), (12, 42, 78), (14, 46, 70), (15, 38, 40),
)  # fmt: skip


def preview_song(preset: Preset, value: Any, cancelled: Callable[[], bool]) -> Song | None:
    """A short song to hear `preset` by, which gives `value` here; None for moods and controls."""
    if isinstance(preset, StylePreset):
        return _in_style(preset, cancelled)
    if isinstance(preset, InstrumentPreset):
        role = preset.instrument.role or Role.OTHER
        return played(Part("Preview", role, preset.instrument.program, instrument=value))
    if preset.kind_name == "rack":
        instrument = Instrument(InstrumentKind.BUILT_IN, built_in_for(_role(preset)).id)
        return played(Part("Preview", _role(preset), instrument=instrument, strip=value.strip))
    if isinstance(value, Song) and value.chord_spans:
        return chords_alone(value.chord_spans, value.tempos)
    return None


def played(part: Part) -> Song:
    """Two bars for `part`: a beat for drums, else a broken chord in the register of its role."""
    if part.role is Role.DRUMS:
        notes = [Note(bar * 1920 + step * 120, key, 100, velocity) for bar in (0, 1) for step, key, velocity in _BEAT]
        drums = Part(part.name, part.role, part.program, tuple(notes), instrument=part.instrument, strip=part.strip)
        return Song(length=2 * 1920, tempos=TempoMap.constant(100), parts=(drums,))
    if part.role is Role.BASS:
        part = Part(part.name, part.role, _BASS_PROGRAM, instrument=part.instrument, strip=part.strip)
    return phrase(Key(), part)


def _role(preset: Preset) -> Role:
    """The role a rack was made for, by its tags."""
    return next((Role(tag) for tag in preset.tags if tag in set(Role)), Role.KEYS)


def _in_style(preset: StylePreset, cancelled: Callable[[], bool]) -> Song:
    with tempfile.TemporaryDirectory(prefix="cocomposer-") as folder:
        path = Path(folder) / "preview.toml"
        path.write_text(preset.style_file(), encoding="utf-8")
        return first_bars_in_style(str(path), Song(), cancelled)
