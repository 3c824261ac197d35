"""What exports say of their authors is read back, believed as far as it can be, and missed where it was stripped."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import mutagen
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_authorship import MODEL, mixed

from cocomposer.errors import FormatError
from cocomposer.music import Author, Note, Origin, Part, Song
from cocomposer.music.authorship import written_by
from cocomposer.sound.audio_files import Tags, read_provenance, write_audio
from cocomposer.studio import content_credentials
from cocomposer.studio.audio import render_to_file
from cocomposer.studio.identity import CredentialsError, identity
from cocomposer.studio.midi_export import write_midi
from cocomposer.studio.model_cards import model_card
from cocomposer.studio.project import Project
from cocomposer.studio.project_file import write_project
from cocomposer.studio.provenance import provenance_from, provenance_of, provenance_to, record_text
from cocomposer.studio.sidecar import sidecar_of
from cocomposer.studio.tracing import traces

KINDS = ("wav", "flac", "mp3", "ogg")
SONG = mixed()


def small() -> Song:
    """One bar by a model and one by the artist."""
    notes = tuple(Note(tick, 60, 240) for tick in range(0, 3_840, 480))
    return Song("Short", 3_840, parts=(Part("Piano", notes=(*written_by(MODEL, notes[:4]), *notes[4:])),))


def tagged(path: Path, song: Song = SONG) -> Path:
    import numpy as np

    noise = np.random.default_rng(0).normal(0, 0.1, (2, 22_050)).astype(np.float32)
    return write_audio(path, noise, 44_100, tags=Tags("Song", provenance=record_text(provenance_of(song))))


def test_the_record_comes_back_and_lists_what_the_model_learned_from() -> None:
    record = provenance_of(SONG)
    assert provenance_from(record_text(record)) == record
    assert record.digital_source_type.endswith("/compositeWithTrainedAlgorithmicMedia")
    (card,) = record.models
    assert card == model_card("band")
    assert {corpus.licence for corpus in card.corpora} >= {"CC BY 4.0", "MIT", "CC0"}
    assert len(card.sha256) == 64
    harmony = model_card("harmony")
    assert harmony is not None
    assert [corpus.name for corpus in harmony.corpora] == ["openewld", "pop909"]


@pytest.mark.parametrize("name", ["", ".", "..", "../models/band", "nobody"])
def test_a_model_that_is_not_ours_has_no_card(name: str) -> None:
    assert model_card(name) is None


@pytest.mark.parametrize(
    ("authors", "term"),
    [
        ((), "digitalCreation"),
        ((Author.IMPORTED,), "digitalCreation"),
        ((Author.STYLE, Author.IMPORTED), "compositeSynthetic"),
        ((Author.STYLE, Author.MODEL), "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_the_kind_of_source_is_said_in_the_words_of_iptc(authors: tuple[Author, ...], term: str) -> None:
    notes = tuple(Note(index * 100, 60, 50, 80, Origin(author)) for index, author in enumerate(authors))
    song = Song(length=1_000, parts=(Part("A", notes=notes),))
    assert provenance_of(song).digital_source_type.rpartition("/")[2] == term


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_record_that_is_wrong_gets_through(data: st.DataObject) -> None:
    record = provenance_to(provenance_of(SONG))
    junk = st.sampled_from([None, True, -1, 1.5, "x", [], {}, [[]], "y" * 200_000])
    name = data.draw(st.sampled_from(sorted(record)))
    record[name] = data.draw(junk)
    try:
        read = provenance_from(json.loads(json.dumps(record)))
    except FormatError:
        return
    assert provenance_from(provenance_to(read)) == read


@pytest.mark.parametrize("kind", KINDS)
def test_tags_of_every_kind_of_file_carry_the_record(tmp_path: Path, kind: str) -> None:
    path = tagged(tmp_path / f"song.{kind}")
    assert provenance_from(read_provenance(path)) == provenance_of(SONG)
    (trace,) = traces(path)
    assert trace.place == "tags"
    assert not trace.sure


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3\x04\0\0\0\0\0\x7f", b"fLaC" + bytes(40), b"OggS" * 9])
def test_a_damaged_file_says_nothing(tmp_path: Path, data: bytes) -> None:
    for kind in KINDS:
        path = tmp_path / f"bad.{kind}"
        path.write_bytes(data)
        assert traces(path) == ()


def test_midi_and_its_sidecar_agree(tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    write_midi(SONG, path)
    found = {trace.place: trace for trace in traces(path)}
    assert set(found) == {"MIDI events", "sidecar"}
    assert all(trace.sure for trace in found.values())
    assert found["sidecar"].provenance == provenance_of(SONG)
    assert MODEL in found["MIDI events"].provenance.origins


def test_two_exports_of_a_name_share_a_sidecar_as_long_as_they_have_the_same_authors(tmp_path: Path) -> None:
    write_midi(SONG, tmp_path / "song.mid")
    write_midi(SONG, tmp_path / "song.smf")
    assert set(json.loads(sidecar_of(tmp_path / "song.mid").read_text())["files"]) == {"song.mid", "song.smf"}
    write_midi(replace(SONG, parts=SONG.parts[:1]), tmp_path / "song.smf")
    assert set(json.loads(sidecar_of(tmp_path / "song.mid").read_text())["files"]) == {"song.smf"}


def test_a_project_is_its_own_record(tmp_path: Path) -> None:
    path = tmp_path / "song.cocomposer"
    write_project(Project(SONG), path)
    (trace,) = traces(path)
    assert (trace.place, trace.sure) == ("project", True)
    assert trace.provenance == provenance_of(SONG)


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3"])
def test_content_credentials_are_signed_and_notice_a_change(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("c2pa")
    from pedalboard.io import AudioFile

    path = tagged(tmp_path / f"song.{kind}")
    with AudioFile(str(path)) as file:
        before = file.read(file.frames)
    content_credentials.sign(path, provenance_of(SONG), identity())
    with AudioFile(str(path)) as file:
        assert (file.read(file.frames) == before).all(), "signing changes no sound"
    places = {trace.place: trace for trace in traces(path)}
    assert set(places) == {"content credentials", "tags"}
    assert places["content credentials"].sure
    assert places["content credentials"].provenance == provenance_of(SONG)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8] = bytes(each ^ 1 for each in data[middle : middle + 8])
    path.write_bytes(data)
    changed = content_credentials.read(path)
    assert changed is None or not changed.intact


def test_a_key_is_kept_to_oneself_and_made_once() -> None:
    pytest.importorskip("c2pa")
    from cocomposer.studio.places import data_folder

    assert identity() == identity()
    if sys.platform != "win32":
        assert (data_folder() / "identity" / "key.pem").stat().st_mode & 0o077 == 0


def test_a_certificate_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cocomposer.studio.settings import Settings, save_settings

    monkeypatch.setenv("COCOMPOSER_SETTINGS", str(tmp_path))
    save_settings(Settings(certificate=str(tmp_path / "settings.json"), certificate_key=str(tmp_path / "gone.pem")))
    with pytest.raises(CredentialsError, match="no certificate or key in PEM form"):
        identity()


def command(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "cocomposer", "provenance", str(path), *words]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=120)


def test_a_tool_that_strips_tags_is_noticed(tmp_path: Path) -> None:
    """From the song to a FLAC file with everything, and on to what a tool leaves of it."""
    path = tmp_path / "short.flac"
    made = render_to_file(small(), path)
    assert made.mix == path
    signed = content_credentials.available()
    told = json.loads(command(path, "--json").stdout)
    assert told["found_inside"]
    expected = {"tags", "sidecar"} | ({"content credentials"} if signed else set())
    assert {each["place"] for each in told["traces"]} == expected
    assert all(each["record"]["statement"].startswith("Notes: 50 % ") for each in told["traces"])
    file = mutagen.File(path)
    file.delete()
    from pedalboard.io import AudioFile

    with AudioFile(str(path)) as source:  # written anew by a program that knows nothing of us
        sound, rate = source.read(source.frames), source.samplerate
    with AudioFile(str(path), "w", samplerate=rate, num_channels=2) as target:
        target.write(sound)
    left = command(path)
    assert left.returncode == 0
    assert "No provenance found in the file" in left.stdout
    assert "hash does not match" in " ".join(left.stdout.split())
    assert "model band 2" in left.stdout
    sidecar_of(path).unlink()
    nothing = command(path)
    assert nothing.returncode == 1
    assert "No provenance found in the file" in nothing.stdout


def test_info_shows_the_shares_of_a_project(tmp_path: Path) -> None:
    path = tmp_path / "song.cocomposer"
    write_project(Project(small()), path)
    arguments = [sys.executable, "-m", "cocomposer", "info", str(path)]
    told = json.loads(subprocess.run([*arguments, "--json"], capture_output=True, text=True, timeout=120).stdout)
    half = {"the artist": 4, "model band 2 with adapter mine": 4}
    assert told["authors"] == {"whole": half, "parts": [{"name": "Piano", "notes": half}], "sections": []}
    shown = subprocess.run(arguments, capture_output=True, text=True, timeout=120).stdout
    assert "50 % the artist" in shown
