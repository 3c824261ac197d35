"""Prepared songs of our own, small enough to train on within a test."""

from __future__ import annotations

from pathlib import Path

import pytest
from songs import band_song


@pytest.fixture(scope="session")
def prepared_songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 prepared songs; "song 54" is on the side that is kept aside."""
    from cocomposer.model.sheet import sheet_of
    from cocomposer.training import store

    folder = tmp_path_factory.mktemp("songs")
    pieces = [store.Prepared(f"song {number}", sheet_of(band_song(number)), 1, 2, False) for number in range(36, 60)]
    store.save(pieces, folder / "tiny.npz")
    return folder
