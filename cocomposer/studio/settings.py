"""How an artist has set up the program: a small JSON file, read with care.

A setting that is damaged or of another version falls back to its default, and that is told; the others stay.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from cocomposer.composer.request import ADAPTER_NAME
from cocomposer.errors import CocomposerError, FormatError
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.studio.places import make_folder, settings_folder, write_json

BUFFERS = (64, 128, 256, 512, 1024, 2048, 4096)
SAMPLE_RATES = (44100, 48000, 88200, 96000)
THEMES = ("dark", "light", "high-contrast")
COMPOSERS = ("auto", "model", "style")
SCALES = 1.0, 2.5
MAX_THREADS = 256
MAX_RECENT = 12
_MAX_NAMES = 1_000
_MAX_BYTES = 1_000_000


class SettingsError(CocomposerError):
    """A setting is outside of what exists."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set, with what holds where nothing was.

    `audio_device` "" is the system's own, `buffer` in frames; `midi_inputs` are listened to, none for all of them;
    `plugin_folders` are searched besides the usual ones; `soundfont` "" is the one at hand; `threads` 0 leaves to the
    composer how many it uses; `scale` enlarges the window, 1 to 2.5; `language` "" is the system's;
    `certificate` and `certificate_key` are PEM files that audio is signed with, "" for one made here; `recent` holds
    the last projects, newest first, and stays empty without `keep_history`.  `learn_taste` lets the program learn from
    what is kept and rejected; `exploration`, 0..1, is how often it tries what it does not know of,
    and `taste_profile` whose taste counts most: "" for all that was ever said, "project" for what was said in the open
    one, "genre: jazz" for what was said of that genre.
    `adapter` names what the neural composer learned from the artist's music, "" for the plain network; `adapter_share`,
    0..1, is how much of it counts.
    """

    audio_device: str = ""
    buffer: int = 512
    sample_rate: int = 44100
    midi_inputs: tuple[str, ...] = ()
    plugin_folders: tuple[str, ...] = ()
    soundfont: str = ""
    composer: str = "auto"
    threads: int = 0
    theme: str = "dark"
    scale: float = 1.0
    language: str = ""
    certificate: str = ""
    certificate_key: str = ""
    recent: tuple[str, ...] = ()
    keep_history: bool = True
    learn_taste: bool = True
    exploration: float = 0.1
    taste_profile: str = ""
    adapter: str = ""
    adapter_share: float = 1.0

    def __post_init__(self) -> None:
        choices = {"buffer": BUFFERS, "sample_rate": SAMPLE_RATES, "theme": THEMES, "composer": COMPOSERS}
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise SettingsError(f"The {_spoken(name)} is one of {', '.join(map(str, allowed))}.")
        if not SCALES[0] <= self.scale <= SCALES[1]:
            raise SettingsError(f"The scale lies between {100 * SCALES[0]:.0f}% and {100 * SCALES[1]:.0f}%.")
        if not 0 <= self.exploration <= 1:
            raise SettingsError("The exploration lies between 0 and 1.")
        if self.adapter and not ADAPTER_NAME.fullmatch(self.adapter):
            raise SettingsError("The adapter has a name of letters, digits and hyphens.")
        if not 0 <= self.adapter_share <= 1:
            raise SettingsError("The share of the adapter lies between 0 and 1.")
        if not 0 <= self.threads <= MAX_THREADS:
            raise SettingsError(f"The composer uses up to {MAX_THREADS} threads.")
        object.__setattr__(self, "recent", self.recent[:MAX_RECENT] if self.keep_history else ())

    def with_recent(self, path: Path) -> Settings:
        """With a project at the head of the recent ones."""
        newest = str(path.resolve())
        return replace(self, recent=(newest, *(each for each in self.recent if each != newest)))


def load_settings(path: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings at `path`, by default this user's, and a sentence for each thing that was wrong with them."""
    path = path or settings_path()
    try:
        if not path.exists():
            return Settings(), ()
        if path.stat().st_size > _MAX_BYTES:
            raise FormatError("they are larger than settings ever are")
        found = Fields(parsed(path.read_bytes()), "The file")
    except (OSError, FormatError) as error:
        return Settings(), (f"The settings in {path} cannot be read ({error}); the usual ones hold.",)
    settings, problems = Settings(), []
    for field in fields(Settings):
        if field.name in found.names():
            try:
                settings = replace(settings, **{field.name: _value(found, field.name, field.default)})
            except (FormatError, SettingsError):
                problems.append(f"The {_spoken(field.name)} in {path} is not valid; the usual one holds.")
    return settings, tuple(problems)


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings, whole or not at all.  Raises CocomposerError when the disk says no."""
    path = path or settings_path()
    make_folder(path.parent)
    write_json(asdict(settings), path)


def settings_path() -> Path:
    return settings_folder() / "settings.json"


def _value(found: Fields, name: str, default: Any) -> Any:
    """A setting of the kind that its default has."""
    if isinstance(default, bool):
        return found.flag(name)
    if isinstance(default, int):
        return found.integer(name, 0, 1_000_000)
    if isinstance(default, float):
        return found.number(name)
    if isinstance(default, str):
        return found.text(name)
    return found.items(name, _MAX_NAMES, lambda value, where: Fields({"name": value}, where).text("name"))


def _spoken(name: str) -> str:
    return name.replace("_", " ")
