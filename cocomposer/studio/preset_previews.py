"""A few bars that let a preset be heard, and the stored sound of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.errors import SoundError
from cocomposer.library.preset import InstrumentPreset, Mood, MoodPreset, Preset, StylePreset, TemplatePreset
from cocomposer.music import ChordChange, Key, Meter, Note, Part, Role, Song, TempoMap
from cocomposer.music.key import Mode
from cocomposer.music.mix import Instrument, InstrumentKind
from cocomposer.sound.built_in import built_in_for
from cocomposer.sound.house_mix import MASTER_LUFS
from cocomposer.sound.loudness import amplitude, integrated_loudness
from cocomposer.studio.presets import PREVIEW_RATE
from cocomposer.studio.previews import chords_alone, first_bars_in_style, phrase
from cocomposer.studio.progressions import load_progressions
from cocomposer.styles import load_styles

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

__all__ = ["preview_song", "read_preview"]

_LONGEST, _HIGHEST = 30, 0.89
"""Seconds, and peak, of a preview that is played."""
_BASS_PROGRAM = 33
_BEAT = (  # the sixteenth, the key of the kit and the velocity of a bar of drums
    (0, 36, 104), (0, 42, 80), (2, 42, 60), (4, 38, 100), (4, 42, 78), (6, 42, 60), (7, 36, 70), (8, 36, 96),
    (8, 42, 80), (10, 36, 84), (10, 42, 60), (12, 38, 102), (12, 42, 78), (14, 46, 70), (15, 38, 40),
)  # fmt: skip


def preview_song(preset: Preset, value: Any, cancelled: Callable[[], bool]) -> Song | None:
    """A short song to hear `preset` by, which gives `value` here; None for controls, which need a song."""
    if isinstance(preset, StylePreset):
        return first_bars_in_style(value, Song(), cancelled)
    if isinstance(preset, InstrumentPreset):
        role = preset.instrument.role or Role.OTHER
        return played(Part("Preview", role, preset.instrument.program, instrument=value))
    if isinstance(preset, MoodPreset):
        return _in_mood(preset.mood, cancelled)
    if isinstance(preset, TemplatePreset):
        return _of_template(preset, value, cancelled)
    if preset.kind_name == "rack":
        instrument = Instrument(InstrumentKind.BUILT_IN, built_in_for(_role(preset)).id)
        return played(Part("Preview", _role(preset), instrument=instrument, strip=value.strip))
    if isinstance(value, Song) and value.chord_spans:
        return chords_alone(value.chord_spans, value.tempos)
    return None


def read_preview(source: Path | bytes) -> Audio:
    """The audio of a stored preview, or of one's bytes: (2, n) at PREVIEW_RATE, as loud as a song is played.

    It may come from a stranger: what is longer than half a minute is cut, and what is no such audio refused with a
    SoundError.
    """
    import io

    import numpy as np
    from pedalboard.io import AudioFile

    try:
        with AudioFile(str(source) if isinstance(source, Path) else io.BytesIO(source)) as file:
            if not 8_000 <= file.samplerate <= 192_000 or file.num_channels not in (1, 2):
                raise SoundError("The preview that is stored with this preset cannot be played here.")
            audio = file.resampled_to(PREVIEW_RATE).read(_LONGEST * PREVIEW_RATE)
    except (OSError, ValueError, RuntimeError) as error:
        raise SoundError(f"The preview that is stored with this preset cannot be read: {error}.") from error
    audio = np.nan_to_num(np.ascontiguousarray(np.broadcast_to(audio, (2, audio.shape[1])), dtype=np.float32))
    loudness, peak = integrated_loudness(audio, PREVIEW_RATE), float(np.abs(audio).max(initial=0.0))
    if not np.isfinite(loudness) or peak <= 0:
        return np.zeros((2, 0), np.float32)
    return audio * np.float32(min(amplitude(MASTER_LUFS - loudness), _HIGHEST / peak))


def _in_mood(mood: Mood, cancelled: Callable[[], bool]) -> Song:
    """A plain progression as the style plays it that is nearest to a mood, in the middle of its tempi."""
    bright, excited = (mood.valence + 1) / 2, (mood.arousal + 1) / 2
    styles = [each for each in load_styles().values() if each.meter == Meter()]
    style = min(styles, key=lambda each: abs(each.brightness - bright) + abs(each.energy - excited))
    low, high = style.tempo
    mode = Mode.MAJOR if mood.valence >= 0 else Mode.MINOR
    found = next(each for each in load_progressions() if each.mode is mode)
    spans = found.chords(Key(0, mode), Meter())
    chords = tuple(ChordChange(span.start, span.chord) for span in spans)
    tempos = TempoMap.constant(low + excited * (high - low))
    return first_bars_in_style(style, Song(length=spans[-1].end, chords=chords, tempos=tempos), cancelled)


def _of_template(preset: TemplatePreset, value: Song, cancelled: Callable[[], bool]) -> Song:
    """The first bars of a template as its style plays them, on its own instruments and strips."""
    style = load_styles().get(preset.template.style)
    if style is None:
        return chords_alone(value.chord_spans, value.tempos) if value.chord_spans else Song()
    song = first_bars_in_style(style, replace(value, parts=()), cancelled)
    own = {part.role: part for part in reversed(value.parts)}
    return replace(
        song,
        parts=tuple(
            replace(part, instrument=own[part.role].instrument, strip=own[part.role].strip)
            if part.role in own
            else part
            for part in song.parts
        ),
    )


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
