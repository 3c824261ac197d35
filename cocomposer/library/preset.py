"""What a preset is: one family of schemas for every kind, read strictly.

A preset has a head (name, author, licence, tags, description, needs) and one table named after its kind.  What a
style or a rack may say is for the rooms that play them: their readers check it, and `value()` is what they make of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from cocomposer.errors import CocomposerError, PresetError
from cocomposer.formats import chord_text
from cocomposer.library.adapter_card import SharedAdapter
from cocomposer.library.migrations import SCHEMA, up_to_date
from cocomposer.library.strict import Name, Share, Short, Strict, Swing, Velocity, Words, legible
from cocomposer.music import Instrument, InstrumentKind, Part, Role, Song
from cocomposer.music.mix import MAX_STATE

__all__ = ["KINDS", "MAX_BYTES", "AnyPreset", "Needs", "Preset", "parse"]

KINDS = ("style", "progression", "instrument", "rack", "mood", "control", "template", "adapter")
MAX_BYTES = 1_000_000
"""Most bytes of a preset file."""


@contextmanager
def _as_value_error() -> Iterator[None]:
    """What the other rooms complain of, as pydantic wants to hear it."""
    try:
        yield
    except CocomposerError as error:
        raise ValueError(str(error)) from error


class Needs(Strict):
    """What the preset was made with, by file names; without it the nearest of the program's own plays."""

    plugins: list[Name] = Field(default=[], max_length=50)
    soundfonts: list[Name] = Field(default=[], max_length=50)


class Preset(Strict):
    """The head of every preset."""

    schema_: Literal[2] = Field(default=2, alias="schema")
    name: Name
    author: Short = ""
    licence: Short = ""
    description: Words = ""
    tags: list[Short] = Field(default=[], max_length=20)
    needs: Needs = Needs()

    @property
    def kind_name(self) -> str:
        """One of KINDS."""
        return str(getattr(self, "kind"))  # noqa: B009 - every kind of preset states its own

    @property
    def search_words(self) -> tuple[str, ...]:
        """What it is found by beside its name, author and description."""
        return (*self.tags, self.kind_name)

    def table(self) -> dict[str, Any]:
        """The preset as its file says it, without what stands at its default."""
        said = self.model_dump(by_alias=True, exclude_defaults=True)
        return {"schema": SCHEMA, "kind": self.kind_name, **said}

    def toml(self) -> str:
        """The text of its file."""
        import tomli_w

        return tomli_w.dumps(self.table(), multiline_strings=True)

    @property
    def hash(self) -> str:
        """SHA-256 of what the preset does: two of the same kind that only differ in name, author or words are one."""
        body = self.table()[self.kind_name]
        text = json.dumps([self.kind_name, body], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def value(self) -> Any:
        """What the program uses; see the kinds.  Raises CocomposerError where the preset cannot be that."""
        return getattr(self, self.kind_name)


class StylePreset(Preset):
    """`style` is a style file without its head; `value()` is a Style."""

    kind: Literal["style"] = "style"
    style: dict[str, Any]

    @property
    def search_words(self) -> tuple[str, ...]:
        return (*super().search_words, str(self.style.get("genre", "")), str(self.style.get("meter", "")))

    def value(self) -> Any:
        from cocomposer.styles.loading import parse_style

        return parse_style(self._as_style(), self.name)

    def style_file(self) -> str:
        """The text of a style file, for `presets/styles` and for `propose --style FILE`."""
        import tomli_w

        return tomli_w.dumps(self._as_style())

    def _as_style(self) -> dict[str, Any]:
        head = {"name": self.name, "author": self.author, "licence": self.licence, "description": self.description}
        return {**self.style, "schema": 1, **head, "tags": self.tags}


class RackPreset(Preset):
    """`rack` is a rack file without its name and sentence; `value()` is a Rack."""

    kind: Literal["rack"] = "rack"
    rack: dict[str, Any]

    def value(self) -> Any:
        from cocomposer.sound.racks import parse_rack

        return parse_rack({**self.rack, "name": self.name, "about": self.description}, self.name)


class Chords(Strict):
    """`bars` is a line of chord text in roman numerals, `mode` the key it is meant in."""

    mode: Literal["major", "minor"]
    bars: Annotated[str, Field(max_length=2_000, pattern=r"^[^\n\r\[\]]*$"), AfterValidator(legible)]


class ProgressionPreset(Preset):
    """`value()` are the chords in C or C minor, as a Song."""

    kind: Literal["progression"] = "progression"
    progression: Chords

    def value(self) -> Song:
        return chord_text.read(f"key: C {self.progression.mode}\nmeter: 4/4\n{self.progression.bars}\n".encode())


class Player(Strict):
    """An instrument as a file says it: `name` is a built-in's id, or the file name of a plugin or SoundFont."""

    kind: Literal["built-in", "plugin", "soundfont"] = "built-in"
    name: Name
    role: Role | None = Field(default=None, strict=False)
    program: int = Field(default=0, ge=0, le=127)
    parameters: dict[Name, float] = Field(default={}, max_length=10_000)
    state: str = Field(default="", max_length=2 * MAX_STATE, pattern=r"^[A-Za-z0-9+/]*={0,2}$")

    @model_validator(mode="after")
    def _playable(self) -> Player:
        if "/" in self.name or "\\" in self.name:
            raise ValueError("an instrument is named without a folder: it lies elsewhere on every computer")
        if self.kind == "built-in":
            from cocomposer.sound.built_in import built_in

            with _as_value_error():
                built_in(self.name).settings(self.parameters.items())
        return self

    def instrument(self) -> Instrument:
        """The value of the song.  Raises MusicError and, for a state that is no base 64, ValueError."""
        from base64 import b64decode

        parameters = tuple(self.parameters.items())
        return Instrument(InstrumentKind(self.kind), self.name, parameters, b64decode(self.state, validate=True))


class InstrumentPreset(Preset):
    """`value()` is an Instrument."""

    kind: Literal["instrument"] = "instrument"
    instrument: Player

    def value(self) -> Instrument:
        return self.instrument.instrument()


class Mood(Strict):
    """From dark to bright and from calm to excited, -1..1."""

    valence: Swing
    arousal: Swing


class MoodPreset(Preset):
    kind: Literal["mood"] = "mood"
    mood: Mood


class ControlValues(Strict):
    """What of `composer.Controls` is turned; the rest is left free."""

    density: Share | None = None
    polyphony: Share | None = None
    register_: Share | None = Field(default=None, alias="register")
    activity: Share | None = None
    syncopation: Share | None = None
    velocity: Share | None = None
    strictness: Share | None = None
    valence: Swing | None = None
    arousal: Swing | None = None
    velocity_min: Velocity | None = None
    velocity_max: Velocity | None = None

    @model_validator(mode="after")
    def _ordered(self) -> ControlValues:
        if self.velocity_min is not None and self.velocity_max is not None and self.velocity_min > self.velocity_max:
            raise ValueError("velocity_min may not be above velocity_max")
        return self

    def asked(self) -> dict[str, float]:
        return self.model_dump(by_alias=True, exclude_none=True)


class ControlSetting(Strict):
    """Controls for everybody, and for parts by name."""

    everybody: ControlValues = ControlValues()
    parts: dict[Name, ControlValues] = Field(default={}, max_length=16)


class ControlPreset(Preset):
    kind: Literal["control"] = "control"
    control: ControlSetting


class TemplatePart(Strict):
    name: Name
    role: Role = Field(strict=False)
    program: int = Field(default=0, ge=0, le=127)
    instrument: Player | None = None
    rack: dict[str, Any] | None = None


class Template(Strict):
    """A project to begin with: `chart` is chord text (key, tempo, metre, sections, chords), `style` a style's id."""

    chart: str = Field(min_length=1, max_length=20_000)
    style: Annotated[str, Field(default="", pattern=r"^[a-z0-9-]*$", max_length=100)]
    controls: ControlSetting = ControlSetting()
    parts: list[TemplatePart] = Field(default=[], max_length=32)


class TemplatePreset(Preset):
    """`value()` is a Song without notes."""

    kind: Literal["template"] = "template"
    template: Template

    def value(self) -> Song:
        from dataclasses import replace

        from cocomposer.sound.racks import parse_rack

        parts = []
        for each in self.template.parts:
            strip = None if each.rack is None else parse_rack(each.rack, each.name).strip
            instrument = each.instrument.instrument() if each.instrument else None
            parts.append(Part(each.name, each.role, each.program, instrument=instrument, strip=strip))
        song = chord_text.read(self.template.chart.encode("utf-8", "surrogatepass"))
        return replace(song, title=song.title or self.name, parts=tuple(parts))


class AdapterPreset(Preset):
    """What the neural composer learned from one artist's music; `value()` is a SharedAdapter."""

    kind: Literal["adapter"] = "adapter"
    adapter: SharedAdapter


AnyPreset = Annotated[
    StylePreset | ProgressionPreset | InstrumentPreset | RackPreset | MoodPreset | ControlPreset | TemplatePreset
    | AdapterPreset,
    Field(discriminator="kind"),
]  # fmt: skip
_FAMILY: TypeAdapter[Preset] = TypeAdapter(AnyPreset)


def parse(table: Mapping[str, Any], what: str = "This preset") -> Preset:
    """The preset that a parsed file holds, brought up to this version and checked to be usable.

    `what` is how messages call it.  Raises PresetError naming the fault.
    """
    try:
        preset = _FAMILY.validate_python(up_to_date(table))
        preset.value()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"][1:]) or "kind"
        raise PresetError(f"{what} cannot be used: {place}: {first['msg'].removeprefix('Value error, ')}.") from error
    except PresetError as error:
        raise PresetError(f"{what} cannot be used: {error}") from error
    except (CocomposerError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise PresetError(f"{what} cannot be used: {str(error)[:500].rstrip('.')}.") from error
    return preset
