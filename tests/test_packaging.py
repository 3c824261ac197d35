"""What is shipped: every data file is named as package data, so that an installed wheel has it too.

Pictures are for the README only.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from cocomposer.resources import assets_folder, presets_folder

ROOT = Path(__file__).resolve().parents[1]


def test_every_data_file_is_shipped() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    for package, folder in (("cocomposer.presets", presets_folder()), ("cocomposer.assets", assets_folder())):
        shipped = {path for pattern in setuptools["package-data"][package] for path in folder.glob(pattern)}
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
        assert setuptools["package-dir"][package] == folder.name
