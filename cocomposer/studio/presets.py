"""The artist's presets: found, heard, saved, shared, and brought in; what the window and the commands both use.

Everything here may read files or the net: call it from a job, but for `search`, which is fast enough for every key.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.errors import CocomposerError, PresetError
from cocomposer.library.index import Entry, Index
from cocomposer.music import Instrument, Role, Song, Strip
from cocomposer.studio.places import cache_folder, data_folder

if TYPE_CHECKING:
    from cocomposer.library.pack import Pack
    from cocomposer.library.preset import Preset
    from cocomposer.library.subscriptions import Subscriptions
    from cocomposer.sound.supervisor import Hosts

__all__ = ["PREVIEW_RATE", "AtHand", "Incoming", "Presets", "look_for_new"]

_log = logging.getLogger(__name__)

_NEVER: Callable[[], bool] = lambda: False  # noqa: E731 - a default that is asked often
PREVIEW_RATE = 44_100
AUDIO = (".ogg", ".flac")


@dataclass(frozen=True)
class Incoming:
    """What came in, checked and to be looked at before it is installed: a preset or a pack."""

    preset: Preset | None = None
    pack: Pack | None = None

    @property
    def presets(self) -> tuple[Preset, ...]:
        return tuple(self.pack.presets.values()) if self.pack else (self.preset,) if self.preset else ()


@dataclass(frozen=True)
class AtHand:
    """What a preset gives here: `value` is what its kind says; `told` are sentences on what had to stand in."""

    value: Any
    told: tuple[str, ...] = ()


class Presets:
    """The presets of this computer.  `folder` and `cache` are by default where the program keeps such things."""

    def __init__(self, folder: Path | None = None, cache: Path | None = None) -> None:
        from cocomposer.resources import assets_folder, presets_folder

        self.folder = folder or data_folder() / "presets"
        self.mine, self.packs = self.folder / "mine", self.folder / "packs"
        places = [("factory", presets_folder()), ("factory", assets_folder() / "instruments"),
                  ("mine", self.mine), ("pack", self.packs)]  # fmt: skip
        self.index = Index(places, (cache or cache_folder()) / "presets.db", self.folder / "marks.db")

    def close(self) -> None:
        self.index.close()

    @property
    def shelves(self) -> Subscriptions:
        """The shelves the artist reads."""
        from cocomposer.library.subscriptions import Subscriptions

        return Subscriptions(self.folder / "shelves", self.packs)

    def search(self, query: str = "", **wanted: Any) -> list[Entry]:
        """See `Index.search`."""
        return self.index.search(query, **wanted)

    def load(self, entry: Entry) -> Preset:
        """Raises PresetError where its file is gone or changed: look at the folders again (`index.refresh`)."""
        from cocomposer.library.reading import read_presets

        presets = read_presets(entry.path)
        if entry.position >= len(presets) or presets[entry.position].hash != entry.hash:
            raise PresetError(f"{entry.name} has changed since it was found: look it up again.")
        return presets[entry.position]

    def use(self, entry: Entry) -> AtHand:
        """What the preset gives here, remembered as used now.  Raises PresetError."""
        at_hand = self.at_hand(self.load(entry))
        self.index.mark_used(entry)
        return at_hand

    def at_hand(self, preset: Preset) -> AtHand:
        """`preset` with whatever is missing here replaced by the nearest of the program's own, and said."""
        from cocomposer.library.preset import InstrumentPreset
        from cocomposer.library.substitutes import at_hand_instrument, at_hand_strip

        value = preset.value()
        if isinstance(preset, InstrumentPreset):
            instrument, said = at_hand_instrument(value, preset.instrument.role or Role.OTHER, _find)
            return AtHand(instrument, (said,) if said else ())
        if preset.kind_name == "rack":
            strip, told = at_hand_strip(value.strip, _find)
            return AtHand(replace(value, strip=strip), told)
        if isinstance(value, Song):
            return _song_at_hand(value)
        return AtHand(value)

    def save(self, preset: Preset, hosts: Hosts | None = None, cancelled: Callable[[], bool] = _NEVER) -> Path:
        """Keep `preset` among the artist's own, under a free name; with `hosts` also a short preview in sound.

        The preview is an extra: where it cannot be made the preset is kept without.  Raises PresetError, Cancelled.
        """
        from cocomposer.library.pack import file_stem
        from cocomposer.library.reading import save_preset

        folder, stem = self.mine / preset.kind_name, file_stem(preset.name)
        names = (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
        path = next(path for name in names if not (path := folder / f"{name}.toml").exists())
        save_preset(preset, path)
        if hosts is not None:
            with contextlib.suppress(CocomposerError):
                self.render_preview(preset, path.with_suffix(".ogg"), hosts, cancelled)
        return path

    def render_preview(
        self, preset: Preset, path: Path, hosts: Hosts | None = None, cancelled: Callable[[], bool] = _NEVER,
        progress: Callable[[float], None] = lambda share: None,
    ) -> Path | None:  # fmt: skip
        """Play `preset` for a few seconds into the audio file `path`; None for a kind that makes no sound of its own.

        Raises SoundError and Cancelled.
        """
        import numpy as np

        from cocomposer.sound.audio_files import write_audio
        from cocomposer.sound.render import RenderSettings, render
        from cocomposer.studio.preset_previews import preview_song

        song = preview_song(preset, self.at_hand(preset).value, cancelled)
        if song is None:
            return None
        settings = RenderSettings(sample_rate=PREVIEW_RATE)
        rendering = render(song, settings, lambda share, _: progress(share), cancelled, hosts)
        mix = rendering.mix[:, : 12 * PREVIEW_RATE]
        faded = min(mix.shape[1], PREVIEW_RATE)
        mix[:, mix.shape[1] - faded :] *= np.linspace(1, 0, faded, dtype=np.float32)
        return write_audio(path, mix, PREVIEW_RATE, 16)

    def preview_file(self, entry: Entry) -> Path | None:
        """The preview that came with a preset or was made when it was saved; None where there is none."""
        beside = entry.path.parent.parent / "previews" if entry.place == "pack" else entry.path.parent
        found = (beside / f"{entry.path.stem}{suffix}" for suffix in AUDIO)
        return next((path for path in found if path.is_file()), None)

    def found_by(self, hash: str) -> Entry:
        """The preset with that content.  Raises PresetError where it is gone."""
        found = self.index.copies_of(hash)
        if not found:
            raise PresetError("This preset is not here any more.")
        return found[0]

    def export(
        self, entries: Sequence[Entry], out: Path, head: Mapping[str, Any], *, revision: int = 1, sign: bool = False
    ) -> Path:
        """Write presets to `out` with their previews: one as .toml, any number as a .cocopack.

        `head` may have `name`, the title of the pack, and what it says of itself; where it is to be signed a key is
        made if there is none.  Raises PresetError.
        """
        from cocomposer.library.pack import SUFFIX, file_stem, write_pack
        from cocomposer.library.reading import save_preset
        from cocomposer.library.signing import signing_key

        found = [self.load(entry) for entry in entries]
        if out.suffix == ".toml" and len(found) == 1:
            return save_preset(found[0], out)
        if out.suffix != SUFFIX:
            raise PresetError(f"Presets are written as NAME{SUFFIX}, or a single one as NAME.toml.")
        previews = {entry.name: path for entry in entries if (path := self.preview_file(entry))}
        manifest = {
            "licence": found[0].licence or "all rights reserved",
            **{name: value for name, value in head.items() if name != "name"},
            "title": head.get("name") or out.stem,
            "name": file_stem(out.stem),
            "revision": revision,
        }
        key = signing_key(data_folder() / "signing-key.pem") if sign else None
        write_pack(out, manifest, found, previews=previews, key=key)
        return out

    def look_at(self, what: str) -> Incoming:
        """What a share code or a file holds, checked; nothing is installed.  Raises PresetError."""
        from cocomposer.library.pack import SUFFIX, read_pack
        from cocomposer.library.reading import read_preset
        from cocomposer.library.share_code import from_code

        if what.strip().startswith("coco") and ":" in what[:12] and not Path(what[:200]).exists():
            return Incoming(preset=from_code(what))
        path = Path(what).expanduser()
        return Incoming(pack=read_pack(path)) if path.suffix == SUFFIX else Incoming(preset=read_preset(path))

    def bring_in(self, incoming: Incoming) -> Path:
        """Install what was looked at; gives its file or folder.  What is here already is not brought in twice."""
        from cocomposer.library.installing import install

        if incoming.pack is not None:
            place = install(incoming.pack, self.packs).folder
        elif incoming.preset is not None:
            here = self.index.copies_of(incoming.preset.hash)
            place = here[0].path if here else self.save(incoming.preset)
        else:
            raise PresetError("There is nothing to bring in.")
        self.index.refresh()
        return place

    def fetch(self, address: str, progress: Callable[[int], None], cancelled: Callable[[], bool] = _NEVER) -> Incoming:
        """A pack from the web, downloaded and checked; nothing is installed.  Raises PresetError, Cancelled."""
        import tempfile

        from cocomposer.library.downloading import download
        from cocomposer.library.pack import SUFFIX, read_pack
        from cocomposer.library.zip_check import MAX_PACK

        with tempfile.TemporaryDirectory(prefix="cocomposer-") as folder:
            path = Path(folder) / f"download{SUFFIX}"
            return Incoming(pack=read_pack(download(address, path, MAX_PACK, progress=progress, cancelled=cancelled)))

    def remove(self, entry: Entry) -> None:
        """Remove one of the artist's own presets and its preview.  Raises PresetError for another's."""
        if entry.place != "mine":
            raise PresetError(f"{entry.name} is not one of your own: packs are removed whole, by the pack's name.")
        entry.path.unlink(missing_ok=True)
        for suffix in AUDIO:
            entry.path.with_suffix(suffix).unlink(missing_ok=True)
        self.index.refresh()


def look_for_new() -> None:
    """Bring the index of this computer's presets up to date; where that cannot be, it stays as it was."""
    try:
        with contextlib.closing(Presets()) as presets:
            presets.index.refresh()
    except (CocomposerError, OSError, sqlite3.Error) as error:
        _log.warning("presets were not looked for: %s", error)


def _song_at_hand(song: Song) -> AtHand:
    from cocomposer.library.substitutes import at_hand_instrument, at_hand_strip

    parts, told = [], list[str]()
    for part in song.parts:
        instrument: Instrument | None = part.instrument
        strip: Strip | None = part.strip
        if instrument is not None:
            instrument, said = at_hand_instrument(instrument, part.role, _find)
            told += [said] if said else []
        if strip is not None:
            strip, more = at_hand_strip(strip, _find)
            told += more
        parts.append(replace(part, instrument=instrument, strip=strip))
    return AtHand(replace(song, parts=tuple(parts)), tuple(told))


def _find(name: str) -> str | None:
    """The plugin or SoundFont of that file name on this computer."""
    from cocomposer.sound.soundfonts import system_folders
    from cocomposer.studio.plugins import known_plugins

    file = Path(name.replace("\\", "/")).name
    for plugin in known_plugins().plugins():
        if plugin.path.name.casefold() == file.casefold() and not plugin.problem:
            return str(plugin.path)
    found = (folder / file for folder in system_folders() if file.endswith((".sf2", ".sf3")))
    return next((str(path) for path in found if path.is_file()), None)
