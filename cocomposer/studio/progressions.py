"""Chord progressions to begin from: `presets/progressions.toml`, read strictly, in any key."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from cocomposer.errors import FormatError
from cocomposer.formats import chord_text
from cocomposer.music import Chord, ChordSpan, Key, Meter
from cocomposer.music.key import Mode
from cocomposer.resources import presets_folder

if TYPE_CHECKING:
    from cocomposer.library.preset import ProgressionPreset

__all__ = ["Progression", "load_progressions", "progression_of"]


@dataclass(frozen=True)
class Progression:
    """A progression in roman numerals: `bars` is a line of chord text, `mode` the key it is meant in."""

    name: str
    mode: Mode
    bars: str
    tags: tuple[str, ...] = ()
    about: str = ""

    def chords(self, key: Key, meter: Meter) -> tuple[ChordSpan, ...]:
        """Its chords in `key`, from tick 0; in the relative key where it is meant for the other mode."""
        home = self._at_home(key)
        sheet = chord_text.read(f"key: {Key(0, self.mode)}\nmeter: {meter}\n{self.bars}\n".encode())
        return tuple(replace(span, chord=_moved(span.chord, home)) for span in sheet.chord_spans)

    def _at_home(self, key: Key) -> Key:
        if key.mode.is_minor == self.mode.is_minor:
            return Key(key.tonic, self.mode)
        steps = 9 if self.mode.is_minor else 3
        return Key((key.tonic + steps) % 12, self.mode)


def _moved(chord: Chord, key: Key) -> Chord:
    """A chord that is meant in C, or C minor, in `key`, spelled as one writes it there."""
    if chord.is_silent:
        return chord
    moved = chord.transpose(key.tonic)
    return replace(moved, symbol=moved.spell(key.sharps < 0 or str(chord)[1:2] == "b"))


def progression_of(preset: ProgressionPreset) -> Progression:
    """The progression that a preset holds."""
    chords = preset.progression
    return Progression(preset.name, Mode(chords.mode), chords.bars, tuple(preset.tags), preset.description)


@cache
def load_progressions() -> tuple[Progression, ...]:
    """The progressions shipped with the program, in the order of the file.  Raises FormatError naming what is wrong."""
    path = presets_folder() / "progressions.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Progression(
                str(each["name"]), Mode(each["mode"]), str(each["bars"]), tuple(each["tags"]), str(each["about"])
            )
            for each in table["progression"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{path.name} cannot be used: {error}.") from error
