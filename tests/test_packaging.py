"""What is shipped: every data file is named as package data, so that an installed wheel has it too.

Pictures are for the README only.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from cocomposer.resources import assets_folder, presets_folder

ROOT = Path(__file__).resolve().parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def test_every_data_file_is_shipped() -> None:
    for package, folder in (("cocomposer.presets", presets_folder()), ("cocomposer.assets", assets_folder())):
        shipped = {path for pattern in SETUPTOOLS["package-data"][package] for path in folder.glob(pattern)}
        present = {
            path
            for path in folder.rglob("*")
            if path.is_file()
            and path.suffix not in (".py", ".pyc")
            and not path.name.startswith(".")
            and path.parent.name != "pictures"
        }
        assert present == shipped
        assert len(present) > 5
        assert SETUPTOOLS["package-dir"][package] == folder.name


def test_every_room_is_shipped() -> None:
    rooms = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "cocomposer").rglob("__init__.py")}
    window = {".".join(("cocomposer", *path.parent.relative_to(ROOT).parts)) for path in ROOT.glob("ui/**/__init__.py")}
    assert set(SETUPTOOLS["packages"]) == rooms | window | {"cocomposer.presets", "cocomposer.assets"}
