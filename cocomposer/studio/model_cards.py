"""What the cards of the shipped networks say of the music they heard."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from cocomposer.resources import assets_folder

_SECTION = "## What it heard\n"
_ROW = re.compile(r"^\|\s*(?!corpus )(\w+)\s*\|(?:\s*\d+ %\s*\|)?\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|$", re.MULTILINE)
"""A corpus in a card's table; its share may be left out."""


@dataclass(frozen=True)
class Corpus:
    name: str
    licence: str
    origin: str


@dataclass(frozen=True)
class ModelCard:
    """A network: its name, the SHA-256 of its weights, and the corpora that it learned from with their licences."""

    name: str
    sha256: str
    corpora: tuple[Corpus, ...]


def model_card(name: str) -> ModelCard | None:
    """The card of the network in `assets/models/<name>`; None for one that did not come with the program."""
    models = assets_folder() / "models"
    # A name may come from a file: only folders that are there are ever looked into.
    folder = next((each for each in models.iterdir() if each.is_dir() and each.name == name), None)
    if folder is None:
        return None
    hashes = json.loads((folder / "hashes.json").read_text(encoding="utf-8"))
    heard = (folder / "README.md").read_text(encoding="utf-8").partition(_SECTION)[2].partition("\n## ")[0]
    corpora = _ROW.findall(heard)
    return ModelCard(name, next(iter(hashes.values())), tuple(Corpus(*row) for row in corpora))
