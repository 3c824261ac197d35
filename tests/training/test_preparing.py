"""Corpora are found as folders, as zip files, and as anybody's own MIDI files; hostile zip files write nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

pytest.importorskip("torch")

from songs import band_song

from cocomposer import formats
from cocomposer.errors import FormatError
from cocomposer.model import grid
from cocomposer.training import store, unpack
from cocomposer.training.__main__ import main
from cocomposer.training.unpack import corpora_in


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return path


def test_corpora_are_folders_or_zip_files(tmp_path: Path) -> None:
    (tmp_path / "slakh").mkdir()
    zipped(tmp_path / "lieder.zip", **{"a/b.mid": b"music", "LICENSE": b"CC0"})
    zipped(tmp_path / "unknown.zip", x=b"x")
    with corpora_in(tmp_path, ("slakh", "lieder", "groove")) as found:
        assert set(found) == {"slakh", "lieder"}
        assert (found["lieder"] / "a" / "b.mid").read_bytes() == b"music"
        unpacked = found["lieder"]
    assert not unpacked.exists()


@pytest.mark.parametrize(
    "name", ["../out", "a/../../out", "/out", "C:/out", "C:out", "a\\..\\..\\out", "\\\\host\\out"]
)
def test_a_zip_file_writes_nowhere_else(name: str, tmp_path: Path) -> None:
    zipped(tmp_path / "bad.zip", **{"fine": b"x", name: b"x"})
    with pytest.raises(FormatError, match="forbidden"):
        unpack.unpack(tmp_path / "bad.zip", tmp_path / "in")
    assert {path.name for path in tmp_path.iterdir()} == {"bad.zip"}


@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 1999), ("MAX_FILES", 1)])
def test_a_zip_file_has_limits(limit: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zipped(tmp_path / "big.zip", a=b"0" * 1000, b=b"0" * 1000)
    monkeypatch.setattr(unpack, limit, value)
    with pytest.raises(FormatError, match="larger"):
        unpack.unpack(tmp_path / "big.zip", tmp_path / "in")
    assert not (tmp_path / "in").exists()
    monkeypatch.setattr(unpack, limit, value + 1)
    unpack.unpack(tmp_path / "big.zip", tmp_path / "in")
    assert (tmp_path / "in" / "b").stat().st_size == 1000


def test_a_damaged_zip_file_is_said_to_be(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", a=bytes(range(256)) * 9).read_bytes()
    for damaged in (b"no zip", whole[:-40], whole[:60] + b"\xff\xff\xff\xff" + whole[64:]):
        (tmp_path / "bad.zip").write_bytes(damaged)
        with pytest.raises(FormatError, match="damaged"):
            unpack.unpack(tmp_path / "bad.zip", tmp_path / "in")


def test_a_zipped_corpus_becomes_prepared_songs(tmp_path: Path) -> None:
    formats.write(band_song(), tmp_path / "level.mid")
    zipped(tmp_path / "freedoom.zip", **{"level.mid": (tmp_path / "level.mid").read_bytes(), "broken.mid": b"no music"})
    assert main(["prepare", str(tmp_path), "--out", str(tmp_path / "songs")]) == 0
    assert [path.name for path in (tmp_path / "songs").iterdir()] == ["freedoom.npz"]
    (piece,) = store.load(tmp_path / "songs" / "freedoom.npz")
    assert piece.name == "level"
    assert grid.SOURCES[piece.source] == "game"
    assert piece.sheet.bars == 16
    assert piece.sheet.tempo == pytest.approx(104, abs=0.1)


def test_any_other_folder_is_the_artists_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    formats.write(band_song(1), tmp_path / "mine" / "sketch.mid")
    assert main(["prepare", str(tmp_path / "mine"), "--out", str(tmp_path / "songs")]) == 0
    (piece,) = store.load(tmp_path / "songs" / "own.npz")
    assert (piece.source, piece.felt, len(piece.sheet.parts)) == (0, False, 3)
    (tmp_path / "nothing").mkdir()
    assert main(["prepare", str(tmp_path / "nothing"), "--out", str(tmp_path / "none")]) == 1
    assert "no music" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_commands_say_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(tmp_path), "--out", str(tmp_path / "run")]) == 1
    assert "prepare" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "run"), "--name", "none"]) == 1
    assert "no checkpoint" in capsys.readouterr().err
    assert main(["harmony-train", str(tmp_path), "--cache", str(tmp_path)]) == 1
    assert "openewld" in capsys.readouterr().err
