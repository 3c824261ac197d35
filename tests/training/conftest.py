"""Prepared songs of our own, small enough to train on within a test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from songs import lead_sheet

from cocomposer.music import Note, Part, Role, Song

BAR = 1920
_CHANGES = ("C Am F G", "F C G Am", "Dm G C C", "Am F C G")


def band_song(number: int = 0) -> Song:
    """A tune over four chords that return, with a bass on the root and a drummer who never changes his mind."""
    song = lead_sheet(changes=" ".join([_CHANGES[number % 4]] * 4))
    bass = [
        Note(span.start + beat * 480, 36 + span.chord.root, 420, 96) for span in song.chord_spans for beat in range(4)
    ]
    drums = [
        Note(bar * BAR + eighth * 240, pitch, 60, 104 if pitch == 42 else 112)
        for bar in range(16)
        for eighth in range(8)
        for pitch in (42, *((36,) if eighth % 4 == 0 else (38,) if eighth % 4 == 2 else ()))
    ]
    band = (Part("Bass", Role.BASS, 33, tuple(bass)), Part("Drums", Role.DRUMS, 0, tuple(drums)))
    return replace(song, parts=(*song.parts, *band))


@pytest.fixture(scope="session")
def prepared_songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 prepared songs; "song 54" is on the side that is kept aside."""
    from cocomposer.model.sheet import sheet_of
    from cocomposer.training import store

    folder = tmp_path_factory.mktemp("songs")
    pieces = [store.Prepared(f"song {number}", sheet_of(band_song(number)), 1, 2, False) for number in range(36, 60)]
    store.save(pieces, folder / "tiny.npz")
    return folder
