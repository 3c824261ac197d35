"""Finding a General MIDI SoundFont: the artist's, a good one of the system, else the one pip installed."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from cocomposer.errors import SoundError

SUFFIXES = frozenset({".sf2", ".sf3"})
MAX_BYTES = 2_000_000_000
"""Largest SoundFont that is opened."""

# Known General MIDI sets, the better ones first.  A folder's other SoundFonts may hold one piano only, so they
# are used when the artist names them and never by themselves.
_PREFERRED = (
    "FluidR3_GM.sf2",
    "MuseScore_General_Full.sf2",
    "MuseScore_General.sf2",
    "MuseScore_General.sf3",
    "FluidR3Mono_GM.sf3",
    "MuseScore_General_Lite.sf3",
    "GeneralUser-GS.sf2",
    "GeneralUser_GS.sf2",
    "GeneralUser GS.sf2",
    "SGM-V2.01.sf2",
    "Arachno.sf2",
)


def system_folders() -> tuple[Path, ...]:
    """Where SoundFonts usually lie on this system, whether or not the folders exist."""
    home = Path.home()
    if sys.platform == "win32":
        programs = [Path(os.environ[name]) for name in ("ProgramFiles", "ProgramFiles(x86)") if name in os.environ]
        data = Path(os.environ.get("PROGRAMDATA", "C:/ProgramData"))
        muse = [place / folder / "sound" for place in programs for folder in ("MuseScore 4", "MuseScore 3")]
        return (*muse, data / "soundfonts", home / "Documents" / "SoundFonts", home / "soundfonts")
    if sys.platform == "darwin":
        banks = Path("Library/Audio/Sounds/Banks")
        muse_apps = [
            Path(f"/Applications/{name}.app/Contents/Resources/sound") for name in ("MuseScore 4", "MuseScore 3")
        ]
        brew = [Path("/opt/homebrew/share/soundfonts"), Path("/usr/local/share/soundfonts")]
        return (home / banks, Path("/") / banks, *muse_apps, *brew)
    shared = [Path("/usr/share/sounds"), Path("/usr/share"), Path("/usr/local/share"), Path("/usr/local/share/sounds")]
    folders = [place / kind for place in shared for kind in ("sf2", "sf3", "soundfonts", "soundfont")]
    muse = Path("/usr/share").glob("mscore*/sounds")
    return (home / ".local/share/sounds/sf2", home / ".local/share/soundfonts", *folders, *muse)


def default_soundfont() -> Path:
    """The best General MIDI SoundFont found; the one inside pretty_midi, 6 MB, is always there.

    Raises SoundError when even that one is missing.
    """
    folders = [folder for folder in system_folders() if folder.is_dir()]
    for name in _PREFERRED:
        for folder in folders:
            if (folder / name).is_file():
                return folder / name
    return packaged_soundfont()


def packaged_soundfont() -> Path:
    """pretty_midi's TimGM6mb.sf2, found without importing pretty_midi.  Raises SoundError when it is missing."""
    spec = find_spec("pretty_midi")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(place) / "TimGM6mb.sf2"
        if found.is_file():
            return found
    raise SoundError("No SoundFont was found: install the Python package pretty_midi, or name a SoundFont of your own.")


def check_soundfont(path: Path) -> Path:
    """`path`, absolute, if it looks like a SoundFont.  Raises SoundError when it is missing, huge or something else."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise SoundError(f"The SoundFont {path} cannot be opened: {error.strerror or error}.") from error
    if size > MAX_BYTES:
        raise SoundError(f"The SoundFont {path.name} is larger than 2 GB.")
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise SoundError(f"{path.name} is not a SoundFont: name a file that ends in .sf2 or .sf3 and holds one.")
    return path.resolve()
