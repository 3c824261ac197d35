"""Several songs at once: in order, with one progress, and one failure ends the others."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cocomposer.errors import Cancelled, SoundError
from cocomposer.music import Note, Part, Song
from cocomposer.studio.audio import AudioFiles, render_songs, render_to_file

SONGS = [
    (Song(f"Song {number}", 480, parts=(Part("Piano", notes=(Note(0, 60 + number, 240),)),)), Path(f"{number}.flac"))
    for number in range(4)
]


def test_songs_are_rendered_side_by_side_and_given_in_order(tmp_path: Path) -> None:
    shares: list[float] = []
    made = render_songs(
        [(song, tmp_path / path) for song, path in SONGS],
        2,
        lambda song, path, progress, cancelled: render_to_file(song, path, progress=progress, cancelled=cancelled),
        progress=shares.append,
    )
    assert [each.mix.name for each in made] == ["0.flac", "1.flac", "2.flac", "3.flac"]
    assert sorted(path.name for path in tmp_path.glob("*.flac")) == ["0.flac", "1.flac", "2.flac", "3.flac"]
    assert shares[-1] == pytest.approx(1.0)


def test_as_many_at_once_as_asked_for() -> None:
    meeting = threading.Barrier(3, timeout=20)

    def render(song: Song, path: Path, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> AudioFiles:
        meeting.wait()  # passed only by three together
        return AudioFiles(path, {}, (), 0.0, 0.0, 0.0, None)

    assert len(render_songs(SONGS[:3], 3, render)) == 3


def test_the_song_that_fails_is_told_of_and_ends_the_others() -> None:
    def render(song: Song, path: Path, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> AudioFiles:
        if path.stem == "1":
            raise SoundError("the disk is full")
        until = time.monotonic() + 20
        while not cancelled():
            assert time.monotonic() < until
            time.sleep(0.001)
        raise Cancelled("Rendering was stopped.")

    with pytest.raises(SoundError, match="disk is full"):
        render_songs(SONGS, 2, render)
