"""Learning from an artist's files: what is refused, what is kept with which card, how it is shared."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

import pytest
from songs import band_song

torch = pytest.importorskip("torch")

from cocomposer import formats  # noqa: E402
from cocomposer.composer import Request  # noqa: E402
from cocomposer.composer.model_composer import ModelComposer  # noqa: E402
from cocomposer.composer.request import Terms  # noqa: E402
from cocomposer.errors import Cancelled, ModelError, PresetError, RequestError  # noqa: E402
from cocomposer.library.adapter_card import AdapterCard, LearnedFile  # noqa: E402
from cocomposer.library.pack import read_pack  # noqa: E402
from cocomposer.model.adapters import adapter_bytes, adapter_of, hash_of, with_factors  # noqa: E402
from cocomposer.model.composer_weights import adapter_path, load_network  # noqa: E402
from cocomposer.model.course import Course  # noqa: E402
from cocomposer.model.network import Network, NetworkConfig  # noqa: E402
from cocomposer.model.practice import Prepared  # noqa: E402
from cocomposer.model.sheet import sheet_of  # noqa: E402
from cocomposer.model.weights import save_weights  # noqa: E402
from cocomposer.music import Part, Role, Song  # noqa: E402
from cocomposer.studio import adapters, adapting  # noqa: E402
from cocomposer.studio.adapting_apart import Lesson, adapt_apart  # noqa: E402
from cocomposer.studio.ownership import OwnershipError  # noqa: E402
from cocomposer.studio.places import adapters_folder  # noqa: E402
from cocomposer.studio.project import Answer, Generation, Project, Stretch  # noqa: E402
from cocomposer.studio.project_file import write_project  # noqa: E402
from cocomposer.studio.rehearsal import rehearsal  # noqa: E402

COURSE = Course(rank=4, steps=4, elements=200, rate=2e-2, reminders=1, between=2, batches=1)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that was never trained, where the shipped one would lie."""
    torch.manual_seed(0)
    size = NetworkConfig(width=32, layers=1, heads=2, inner=32, head_width=32)
    network = Network(size)
    with torch.no_grad():
        # Bars of a few strokes: untrained it would go on for ever.
        network.time_place[-1] += 2.0 * network.time_place[-1].sign()
    path = tmp_path_factory.mktemp("tiny") / "tiny" / "composer.safetensors"
    save_weights(path, network.state_dict(), asdict(size) | {"kind": "composer", "version": "7"})
    return path


@pytest.fixture(autouse=True)
def tiny(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCOMPOSER_DATA", str(tmp_path / "data"))
    for module in (adapting, adapters):
        monkeypatch.setattr(module, "weights_path", lambda: weights)
    monkeypatch.setattr(adapting, "why_unavailable", lambda: "")


@pytest.fixture
def songs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with four songs, and little to be reminded of."""
    other = Prepared("other", sheet_of(band_song(9)), 1, 0, False)
    monkeypatch.setattr(adapting, "rehearsal", lambda cancelled: iter([other]))
    folder = tmp_path / "songs"
    folder.mkdir()
    for number in range(4):
        formats.write(band_song(number), folder / f"song {number}.mid")
    return folder


def learn(songs: Path, name: str = "mine", **wanted: object) -> adapters.KeptAdapter:
    sources, _ = adapting.sources_in([songs])
    return adapting.adapt(sources, name, course=COURSE, **wanted)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def learned(weights: Path) -> tuple[AdapterCard, bytes]:
    """An adapter with its card, as it would be learned."""
    network, _ = load_network(weights)
    factors = with_factors(copy.deepcopy(network), 4)
    torch.manual_seed(1)
    for each in factors.values():
        torch.nn.init.normal_(each.up, std=0.5)
    data = adapter_bytes(adapter_of(factors, hash_of(weights)))
    card = AdapterCard(
        artist="Ada", statement=adapting.CONFIRMED, base="band 7", base_sha256=hash_of(weights),
        weights_sha256=hashlib.sha256(data).hexdigest(), learned="2026-01-01", program="1.0",
        files=[LearnedFile(name="a.mid", sha256="1" * 64)], kept_aside=["a.mid"], notes=1234, steps=50, seed=0,
        seconds=60.0, before=2.0, after=1.8,
    )  # fmt: skip
    return card, data


def test_what_was_learned_is_kept_with_its_card_and_can_be_forgotten(songs: Path, weights: Path) -> None:
    told: list[float] = []
    kept = learn(songs, artist="Ada", progress=told.append)
    assert adapters.adapters() == [kept] == [adapters.adapter_named("mine")]
    card = kept.card
    assert [each.name for each in card.files] == [f"song {number}.mid" for number in range(4)]
    assert len({each.sha256 for each in card.files}) == 4
    assert (card.artist, card.base, card.statement) == ("Ada", "band 7", adapting.UNDOUBTED)
    assert card.after < card.before
    assert card.kept_aside[0] in {each.name for each in card.files}
    assert told == sorted(told)
    assert told[-1] == 1
    assert {path.name for path in (adapters_folder() / "mine").iterdir()} == {
        "adapter.safetensors", "card.json", "hashes.json",
    }  # fmt: skip
    adapters.remove_adapter("mine")
    assert adapters.adapters() == []
    with pytest.raises(ModelError, match="no adapter"):
        adapters.remove_adapter("mine")


def test_stopped_in_the_middle_it_leaves_what_was_there(songs: Path, learned: tuple[AdapterCard, bytes]) -> None:
    with pytest.raises(Cancelled):
        learn(songs, cancelled=iter([False] * 6 + [True]).__next__)
    assert not adapters_folder().exists()
    kept = adapters.keep_adapter("mine", *learned)
    with pytest.raises(Cancelled):
        learn(songs, cancelled=iter([False] * 6 + [True]).__next__)
    assert adapters.adapters() == [kept]
    assert [path.name for path in adapters_folder().iterdir()] == ["mine"]
    again = learn(songs)
    assert adapters.adapters() == [again]
    assert [path.name for path in adapters_folder().iterdir()] == ["mine"]


def with_notice(path: Path, text: str) -> None:
    """The MIDI file at `path` with a copyright notice at the beginning of its first track."""
    data = path.read_bytes()
    place = data.index(b"MTrk")
    length = int.from_bytes(data[place + 4 : place + 8], "big")
    notice = b"\x00\xff\x02" + bytes([len(text)]) + text.encode()
    path.write_bytes(data[: place + 4] + (length + len(notice)).to_bytes(4, "big") + notice + data[place + 8 :])


@pytest.mark.parametrize(
    ("name", "notice", "words"),
    [
        ("song 0", "(c) 1999 Big Music Ltd", "Big Music"),
        ("chopin-nocturne", "", "Chopin"),
        ("Franz,_Robert__1_Lied", "", "Franz"),
        ("sonata_KV_331", "", "catalogue"),
        ("Track00042", "", "collection"),
    ],
)
def test_music_that_seems_to_be_anothers_is_refused_unless_confirmed(
    name: str, notice: str, words: str, songs: Path
) -> None:
    path = (songs / "song 0.mid").rename(songs / f"{name}.mid")
    if notice:
        with_notice(path, notice)
    with pytest.raises(OwnershipError, match=words):
        learn(songs)
    assert not adapters_folder().exists()


def test_what_was_confirmed_is_learned_and_the_card_says_so(songs: Path) -> None:
    (songs / "song 0.mid").rename(songs / "chopin.mid")
    assert learn(songs, confirmed=True).card.statement == adapting.CONFIRMED


def test_a_notice_that_names_the_artist_is_no_reason_for_doubt(songs: Path) -> None:
    with_notice(songs / "song 0.mid", "(c) 2024 Ada Example")
    sources, _ = adapting.sources_in([songs])
    assert "Ada Example" in adapting.why_refused(sources)
    sources, _ = adapting.sources_in([songs], "ada example")
    assert adapting.why_refused(sources) == ""


def test_of_a_project_the_song_and_what_was_kept_are_heard(tmp_path: Path) -> None:
    song, kept, rejected = band_song(0), band_song(1), band_song(2)
    answers = (Answer("a", kept, verdict="kept"), Answer("b", rejected, verdict="rejected"),
               Answer("c", song, verdict="kept"))  # fmt: skip
    generation = Generation(1, song, Terms(), Stretch(0, 1920), "style", answers)
    write_project(Project(song, (generation,)), tmp_path / "work.cocomposer")
    (tmp_path / "broken.mid").write_bytes(b"MThd")
    (source,), problems = adapting.sources_in([tmp_path])
    assert [each.parts for each in source.songs] == [song.parts, kept.parts]
    assert len(problems) == 1
    assert problems[0].startswith("broken.mid is left out")


def test_a_file_twice_is_heard_once_and_no_music_is_said(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no music"):
        adapting.sources_in([tmp_path])
    for name in ("a", "b"):
        formats.write(band_song(), tmp_path / f"{name}.mid")
    sources, _ = adapting.sources_in([tmp_path])
    assert [source.path.name for source in sources] == ["a.mid"]


def test_an_adapter_travels_as_a_pack_and_is_taken_in_once(learned: tuple[AdapterCard, bytes], tmp_path: Path) -> None:
    kept = adapters.keep_adapter("mine", *learned)
    path = tmp_path / "sound.cocopack"
    adapters.share_adapter("mine", path, "CC0-1.0")
    pack = read_pack(path)
    (preset,) = pack.presets.values()
    assert (preset.kind_name, preset.author, pack.manifest.licence) == ("adapter", "Ada", "CC0-1.0")
    assert adapters.take_in(path) == [kept]
    adapters.remove_adapter("mine")
    assert adapters.take_in(path) == [kept]
    other = kept.card.model_copy(update={"weights_sha256": "2" * 64})
    (adapters_folder() / "mine" / adapters.CARD).write_text(other.model_dump_json(), "utf-8")
    assert [each.name for each in adapters.take_in(path)] == ["mine-2"]


def test_a_shared_adapter_that_was_changed_or_is_of_another_network_is_refused(
    learned: tuple[AdapterCard, bytes], tmp_path: Path
) -> None:
    card, data = learned
    adapters.keep_adapter("mine", card, data)
    text = adapters.adapter_preset("mine").toml()
    weights = text.split('weights = "')[1].split('"')[0]
    other = weights[:-8] + ("A" if weights[-8] != "A" else "B") + weights[-7:]
    path = tmp_path / "bad.toml"
    path.write_text(text.replace(weights, other), encoding="utf-8")
    with pytest.raises(PresetError, match="not those that its card speaks of"):
        adapters.take_in(path)
    adapters.remove_adapter("mine")
    with pytest.raises(ModelError, match="another version"):
        adapters.keep_adapter("mine", card, data.replace(card.base_sha256.encode(), b"3" * 64))
    with pytest.raises(ModelError, match="damaged"):
        adapters.keep_adapter("mine", card, b"no weights at all")
    assert adapters.adapters() == []
    assert list(adapters_folder().iterdir()) == []


def tune() -> Song:
    song = band_song()
    return replace(song, length=2 * 1920, parts=(song.parts[0], Part("Bass", Role.BASS, 33)))


def notes_of(composer: ModelComposer, **terms: object) -> list[tuple[tuple[int, int, int, int], ...]]:
    request = Request(tune(), count=1, parts=("bass",), **terms)  # type: ignore[arg-type]
    return [
        tuple(
            (note.start, note.pitch, note.duration, note.velocity) for part in answer.song.parts for note in part.notes
        )
        for answer in composer.propose(request)
    ]


def test_proposals_have_its_share_and_say_so(learned: tuple[AdapterCard, bytes], weights: Path) -> None:
    adapters.keep_adapter("mine", *learned)
    composer = ModelComposer(weights, adapters=adapters_folder())
    plain = notes_of(composer)
    assert notes_of(composer, adapter="mine", adapter_share=0.0) == plain
    assert notes_of(composer, adapter="mine") != plain
    (answer,) = composer.propose(Request(tune(), count=1, parts=("bass",), adapter="mine", adapter_share=0.6))
    assert answer.model == "tiny 7 + mine 0.6"
    origins = {note.origin.adapter for part in answer.song.parts for note in part.notes if note.origin is not None}
    assert "mine 0.6" in origins
    adapter_path(adapters_folder(), "mine").write_bytes(b"broken")
    (answer,) = composer.propose(Request(tune(), count=1, parts=("bass",), adapter="mine"))
    assert answer.model == "tiny 7"
    assert "The plain model plays" in answer.reasons[0]
    assert notes_of(composer, adapter="mine") == plain


def test_the_rehearsal_is_the_same_music_of_several_kinds_every_time() -> None:
    first, again = (list(islice(rehearsal(), 8)) for _ in range(2))
    assert len({song.source for song in first}) == 4
    assert [song.name for song in first] == [song.name for song in again]
    assert all((a.sheet.melody == b.sheet.melody).all() for a, b in zip(first, again, strict=True))
    assert sum(len(part.pitch) for part in first[0].sheet.parts) > 100
    with pytest.raises(Cancelled):
        list(rehearsal(lambda: True))


def test_the_process_tells_what_it_refuses(songs: Path) -> None:
    (songs / "song 0.mid").rename(songs / "mozart.mid")
    with pytest.raises(OwnershipError, match="Mozart"):
        adapt_apart(Lesson((songs,), "mine"), lambda share: None, lambda: False)


def test_a_lesson_is_a_line(tmp_path: Path) -> None:
    said = json.loads(Lesson((tmp_path,), "mine", "Ada", course={"steps": 3}).line())
    assert said == {
        "places": [str(tmp_path)], "name": "mine", "artist": "Ada", "confirmed": False, "course": {"steps": 3},
    }  # fmt: skip
