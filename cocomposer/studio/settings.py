"""What the artist set for every song: how it looks, what plays it, who composes.  A JSON file in the user's data folder."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from cocomposer.studio.places import data_folder, make_folder, write_json

__all__ = ["BUFFERS", "Settings", "read_settings", "write_settings"]

BUFFERS = (128, 256, 512, 1024, 2048)
MAX_BYTES = 1_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """Every setting with its default.

    `theme` "dark", "light" or "high-contrast"; `scale` of the window, 1 to 2.5; `language` "" for the system's own;
    `device` the audio output, "" for the system's own, and its `buffer` in frames; `midi_input` "" for every one;
    `soundfont` a file, "" for the best one found; `plugin_folders` besides the usual ones; `composer` "auto", "style" or
    "model"; `threads` that the network may use, 0 for one a core; `keep_log` whether a log file is written.
    """

    theme: str = "dark"
    scale: float = 1.0
    language: str = ""
    device: str = ""
    buffer: int = 512
    midi_input: str = ""
    soundfont: str = ""
    plugin_folders: tuple[str, ...] = ()
    composer: str = "auto"
    threads: int = 0
    keep_log: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", min(2.5, max(1.0, self.scale)))
        object.__setattr__(self, "threads", min(256, max(0, self.threads)))
        if self.buffer not in BUFFERS:
            object.__setattr__(self, "buffer", 512)
        if self.composer not in ("auto", "style", "model"):
            object.__setattr__(self, "composer", "auto")


def settings_file() -> Path:
    return data_folder() / "settings.json"


def read_settings() -> Settings:
    """The settings that were kept; defaults for what is missing, of another kind, or unreadable."""
    try:
        with settings_file().open("rb") as file:
            kept = json.loads(file.read(MAX_BYTES))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("The settings cannot be read and are the usual ones: %s", error)
        return Settings()
    settings = Settings()
    for each in fields(Settings):
        value = _of_kind(kept.get(each.name) if isinstance(kept, dict) else None, getattr(settings, each.name))
        if value is not None:
            settings = replace(settings, **{each.name: value})
    return settings


def write_settings(settings: Settings) -> None:
    """Keep the settings.  Raises CocomposerError where the disk says no."""
    make_folder(data_folder())
    write_json(asdict(settings), settings_file())


def _of_kind(value: Any, default: Any) -> Any:
    """`value` where it is of the kind of `default`, else None."""
    if isinstance(default, tuple):
        return tuple(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else None
    if isinstance(default, float) and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return value if type(value) is type(default) else None
