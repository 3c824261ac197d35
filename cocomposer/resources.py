"""Where the program's data lies: presets (styles, racks) and assets (sketches).

Both are folders at the top of a checkout and the packages `cocomposer.presets` and `cocomposer.assets` of an
installed wheel; asking the import system for them answers both cases, and the folder beside the package is
the answer where the program runs from a checkout that was never installed.
"""

from importlib.util import find_spec
from pathlib import Path

from cocomposer.errors import CocomposerError


def presets_folder() -> Path:
    """The folder that holds `styles/` and `racks/`.  Raises CocomposerError where the installation lost it."""
    return _data_folder("presets")


def assets_folder() -> Path:
    """The folder that holds the sketches shipped with the program.  Raises CocomposerError as above."""
    return _data_folder("assets")


def _data_folder(name: str) -> Path:
    spec = find_spec(f"cocomposer.{name}")
    candidates = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    candidates.append(Path(__file__).resolve().parent.parent / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise CocomposerError(f"The program's {name} folder is missing: install Cocomposer again.")
