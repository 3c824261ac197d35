"""Packs: what goes in comes out; what a stranger made up does not get in."""

from __future__ import annotations

import random
from pathlib import Path

import pack_attacks
import pytest

from cocomposer.errors import PresetError
from cocomposer.library.installing import install, installed_packs, remove
from cocomposer.library.pack import read_pack, write_pack
from cocomposer.library.preset import Preset, parse
from cocomposer.library.reading import read_preset, table_of
from cocomposer.library.signing import signing_key

ATTACKS = pack_attacks.attacks()
PRESETS = [parse(table_of(text, "x")) for text in (pack_attacks.MOOD, pack_attacks.CHORDS)]


def mood(valence: float) -> Preset:
    return parse(table_of(pack_attacks.MOOD.replace(b"-0.2", str(valence).encode()), "x"))


def made(path: Path, presets: list[Preset], revision: int = 1, key: Path | None = None) -> Path:
    about = {"name": "evening", "title": "Evening", "licence": "CC0-1.0", "revision": revision}
    write_pack(path, about, presets, key=signing_key(key) if key else None)
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(path: Path, packs: Path) -> str:
    """Why the pack is not installed, "" where it is."""
    try:
        install(read_pack(path), packs)
    except PresetError as error:
        return str(error)
    return ""


def test_the_pack_the_attacks_start_from_is_good(tmp_path: Path) -> None:
    path = tmp_path / "good.cocopack"
    path.write_bytes(pack_attacks.good())
    pack = read_pack(path)
    assert [preset.name for preset in pack.presets.values()] == ["Dusk", "Home"]
    folder = install(pack, tmp_path / "packs").folder
    assert tree(folder).keys() == {*pack_attacks.GOOD, "manifest.json"}


def test_there_are_many_attacks() -> None:
    assert len({data for _, data, _ in ATTACKS}) >= 500


@pytest.mark.parametrize("part", range(10))
def test_attacks_are_refused_with_a_reason_and_leave_nothing(part: int, tmp_path: Path) -> None:
    path, packs = tmp_path / "stranger.cocopack", tmp_path / "packs"
    for what, data, word in ATTACKS[part::10]:
        path.write_bytes(data)
        said = refusal(path, packs)
        assert said.startswith("stranger.cocopack was refused: "), f"{what}: {said or 'it was let in'}"
        assert word in said, f"{what}: {said}"
        assert said.isprintable(), what
        assert len(said) < 700, what
        assert set(tmp_path.iterdir()) == {path}, what


@pytest.mark.parametrize("part", range(3))
def test_a_flipped_bit_is_refused_or_changes_nothing(part: int, tmp_path: Path) -> None:
    rng, good, path = random.Random(part), pack_attacks.good(), tmp_path / "x.cocopack"
    path.write_bytes(good)
    expected, refused = read_pack(path).members, 0
    for _ in range(120):
        data = bytearray(good)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        try:
            assert read_pack(path).members == expected
        except PresetError:
            refused += 1
    assert refused > 80


def test_a_pack_round_trips_and_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    preview = tmp_path / "dusk.ogg"
    preview.write_bytes(b"OggS and so on")
    key = signing_key(tmp_path / "key.pem")
    about = {"name": "evening", "title": "Evening", "licence": "CC0-1.0", "author": "Ada", "tags": ["calm"]}
    for name in ("one", "two"):
        write_pack(tmp_path / name, about, PRESETS, previews={"Dusk": preview}, licence_text="CC0", key=key)
    pack = read_pack(tmp_path / "one")
    assert list(pack.presets.values()) == PRESETS
    assert pack.previews == {"previews/dusk.ogg": b"OggS and so on"}
    assert pack.manifest.author == "Ada"
    assert pack.key
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


def test_presets_of_one_name_both_stay(tmp_path: Path) -> None:
    write_pack(tmp_path / "p", {"name": "x", "title": "X", "licence": "CC0-1.0"}, [mood(0.1), mood(0.2)])
    assert list(read_pack(tmp_path / "p").presets.values()) == [mood(0.1), mood(0.2)]


def test_a_later_revision_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    install(read_pack(made(tmp_path / "1", [mood(0.1)])), packs)
    install(read_pack(made(tmp_path / "2", [mood(0.2)], revision=2)), packs)
    (only,) = installed_packs(packs)
    assert only.manifest().revision == 2
    assert read_preset(only.folder / "presets" / "dusk.toml") == mood(0.2)
    assert [path.name for path in packs.iterdir()] == [only.folder.name]
    remove("evening", packs)
    assert list(packs.iterdir()) == []


def test_another_key_does_not_replace_a_signed_pack(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    install(read_pack(made(tmp_path / "1", [mood(0.1)], key=tmp_path / "hers")), packs)
    before = tree(packs)
    for key in (None, tmp_path / "his"):
        with pytest.raises(PresetError, match="another key"):
            install(read_pack(made(tmp_path / "2", [mood(0.2)], revision=2, key=key)), packs)
    assert tree(packs) == before
    install(read_pack(made(tmp_path / "3", [mood(0.3)], revision=2, key=tmp_path / "hers")), packs)
    assert installed_packs(packs)[0].manifest().revision == 2


def test_an_installation_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packs, written = tmp_path / "packs", []
    pack = read_pack(made(tmp_path / "1", PRESETS))
    write = Path.write_bytes

    def full_disk(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(PresetError, match="No space left"):
        install(pack, packs)
    assert len(written) == 2
    assert list(packs.iterdir()) == []
