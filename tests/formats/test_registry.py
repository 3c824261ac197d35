"""The one door to all formats: chosen by content, then by name; writing is all or nothing."""

import pytest

from cocomposer import formats
from cocomposer.errors import FormatError
from cocomposer.formats import midi
from cocomposer.music import Note, Part, Song

SONG = Song(title="Tune", length=480, parts=(Part("Flute", program=73, notes=(Note(0, 72, 480),)),))


def test_content_counts_more_than_the_name(tmp_path):
    path = tmp_path / "tune.txt"
    path.write_bytes(midi.write(SONG))
    assert formats.read(path) == SONG
    assert formats.read_bytes(b"| C | G |", "tune.mid").length == 3_840


def test_a_name_helps_where_content_says_nothing():
    with pytest.raises(FormatError, match="not MIDI"):
        formats.read_bytes(b"hello", "tune.mid")
    assert formats.read_bytes(b"C G Am F", "tune.txt").length == 4 * 1_920
    with pytest.raises(FormatError, match="of no kind"):
        formats.read_bytes(b"hello", "tune.doc")


def test_write_picks_by_suffix_and_leaves_nothing_else(tmp_path):
    formats.write(SONG, tmp_path / "tune.MID")
    assert formats.read(tmp_path / "tune.MID") == SONG
    formats.write(SONG, tmp_path / "tune.txt")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["tune.MID", "tune.txt"]
    with pytest.raises(FormatError, match=r"cannot be written as \.pdf"):
        formats.write(SONG, tmp_path / "tune.pdf")


def test_a_failed_write_keeps_the_old_file_and_no_rest(tmp_path):
    target = tmp_path / "tune.mid"
    target.mkdir()
    with pytest.raises(FormatError, match="cannot be written"):
        formats.write(SONG, target)
    assert [path.name for path in tmp_path.iterdir()] == ["tune.mid"]
    with pytest.raises(FormatError, match="cannot be written"):
        formats.write(SONG, tmp_path / "nowhere" / "tune.mid")


def test_files_that_cannot_be_opened(tmp_path):
    for path, complaint in [(tmp_path, "is a folder"), (tmp_path / "a.mid", "not there"), ("a\0b", "not there")]:
        with pytest.raises(FormatError, match=complaint):
            formats.read(path)
    (tmp_path / "empty.mid").touch()
    with pytest.raises(FormatError, match=r"empty\.mid: The file is empty"):
        formats.read(tmp_path / "empty.mid")


def test_a_file_beyond_the_limit_is_not_even_opened(tmp_path):
    with (tmp_path / "big.mid").open("wb") as file:
        file.truncate(formats.MAX_BYTES + 1)
    with pytest.raises(FormatError, match="larger than 20 MB"):
        formats.read(tmp_path / "big.mid")
