"""Shelves over a real connection that breaks, lies, and changes hands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from cocomposer.errors import Cancelled, PresetError
from cocomposer.library import downloading, shelf
from cocomposer.library.downloading import check_address, download
from cocomposer.library.installing import installed_packs
from cocomposer.library.pack import write_pack
from cocomposer.library.preset import parse
from cocomposer.library.shelf_server import ShelfHandler
from cocomposer.library.signing import signing_key
from cocomposer.library.subscriptions import Subscriptions

NOISE = b"OggS" + b"".join(i.to_bytes(3, "big") for i in range(100_000))
"""A preview large enough to break off in the middle of."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "PAUSE", 0.0)


def pack(folder: Path, name: str = "evening", revision: int = 1, valence: float = 0.1) -> Path:
    preview = folder / "preview.ogg"
    preview.write_bytes(NOISE)
    preset = parse({"schema": 2, "kind": "mood", "name": "Dusk", "mood": {"valence": valence, "arousal": 0.0}})
    about = {"name": name, "title": name.title(), "licence": "CC0-1.0", "revision": revision, "author": "Ada"}
    path = folder / f"{name}-{revision}.cocopack"
    write_pack(path, about, [preset], previews={"Dusk": preview})
    return path


@contextmanager
def serving(folder: Path, handler: type[ShelfHandler] = ShelfHandler) -> Iterator[str]:
    class Here(handler):  # type: ignore[misc, valid-type]
        shelf = folder

    with ThreadingHTTPServer(("127.0.0.1", 0), Here) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Breaking(ShelfHandler):
    """Sends a part of what it announced, then hangs up."""

    asked: list[str]
    most = 40_000

    def do_GET(self) -> None:  # noqa: N802
        self.asked.append(self.headers.get("Range", "all"))
        whole, left = self.wfile.write, [self.most]

        def write(data: bytes) -> int:
            if data.startswith(b"HTTP/"):
                return whole(data)
            whole(data[: left[0]])
            left[0] -= len(data)
            if left[0] <= 0:
                raise ConnectionAbortedError
            return len(data)

        self.wfile.write = write  # type: ignore[method-assign]
        try:
            super().do_GET()
        except ConnectionAbortedError:
            self.close_connection = True
        finally:
            self.wfile.write = whole  # type: ignore[method-assign]


@pytest.fixture
def breaking() -> type[Breaking]:
    return type("BreakingHere", (Breaking,), {"asked": []})


@pytest.fixture
def stocked(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    shelf.init(folder, "Evenings")
    shelf.add(folder, [pack(tmp_path)])
    return folder


def reader(tmp_path: Path) -> Subscriptions:
    return Subscriptions(tmp_path / "reader", tmp_path / "packs")


def test_a_pack_comes_over_a_line_that_breaks_again_and_again(
    tmp_path: Path, stocked: Path, breaking: type[Breaking]
) -> None:
    shelves, seen, packs = reader(tmp_path), [], tmp_path / "packs"

    def look(share: float) -> None:
        seen.append(share)
        assert not packs.exists() or not any(packs.iterdir())

    with serving(stocked, breaking) as address:
        shelves.subscribe(address)
        (offer,) = shelves.offers("dusk ada")
        breaking.asked.clear()
        shelves.install(offer, look)
    assert len(breaking.asked) > 5
    assert breaking.asked[0] == "all"
    assert breaking.asked[1:] == [f"bytes={40_000 * time}-" for time in range(1, len(breaking.asked))]
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    (installed,) = installed_packs(packs)
    assert (installed.folder / "previews/dusk.ogg").read_bytes() == NOISE
    assert list((tmp_path / "reader/downloads").iterdir()) == []


def test_an_index_that_breaks_off_is_gone_on_with_and_read_whole(
    tmp_path: Path, stocked: Path, breaking: type[Breaking]
) -> None:
    breaking.most = 100
    shelves = reader(tmp_path)
    with serving(stocked, breaking) as address:
        assert [each.name for each in shelves.subscribe(address).packs] == ["evening"]
    assert breaking.asked[0] == "all"
    assert breaking.asked[1:4] == ["bytes=100-", "bytes=200-", "bytes=300-"]


def test_a_line_that_stays_dead_leaves_the_rest_for_another_day(
    tmp_path: Path, stocked: Path, breaking: type[Breaking]
) -> None:
    shelves = reader(tmp_path)
    with serving(stocked) as address:
        shelves.subscribe(address)
        (offer,) = shelves.offers()
    with pytest.raises(PresetError, match="cannot be fetched"):
        shelves.install(offer)
    assert not (tmp_path / "packs").exists()

    def enough(share: float) -> None:
        if share > 0.4:
            raise Cancelled("enough")

    port = int(address.rsplit(":", 1)[1])
    with serving(stocked, breaking) as address:
        moved = offer.__class__(offer.shelf.__class__(address), offer.pack)
        with pytest.raises(Cancelled):
            shelves.install(moved, enough)
        (part,) = (tmp_path / "reader/downloads").iterdir()
        kept = part.stat().st_size
        assert kept > 0.3 * offer.pack.size
        breaking.asked.clear()
        shelves.install(moved)
    assert breaking.asked[0] == f"bytes={kept}-"
    assert len(installed_packs(tmp_path / "packs")) == 1
    assert port


@pytest.mark.parametrize("change", [lambda data: data[:-1] + b"x", lambda data: data[:2000], lambda data: data + b"x"])
def test_a_file_other_than_the_shelf_names_is_thrown_away(
    change: Callable[[bytes], bytes], tmp_path: Path, stocked: Path
) -> None:
    shelves = reader(tmp_path)
    with serving(stocked) as address:
        shelves.subscribe(address)
        (offer,) = shelves.offers()
        path = stocked / offer.pack.file
        path.write_bytes(change(path.read_bytes()))
        with pytest.raises(PresetError, match=r"thrown away|more than"):
            shelves.install(offer)
    assert not (tmp_path / "packs").exists()
    assert list((tmp_path / "reader/downloads").iterdir()) == []


def test_packs_are_updated_to_later_revisions_and_a_bad_index_changes_nothing(tmp_path: Path, stocked: Path) -> None:
    shelves = reader(tmp_path)
    with serving(stocked) as address:
        shelves.subscribe(address)
        shelves.install(shelves.offers()[0])
        assert shelves.outdated() == []
        shelf.add(stocked, [pack(tmp_path, revision=2, valence=0.2), pack(tmp_path, "morning")])
        (subscription,) = shelves.all()
        good = (stocked / shelf.INDEX).read_bytes()
        for bad in (b"", b"{", good[:-5], good.replace(b'"version": 1', b'"version": 2'), good + b"x"):
            (stocked / shelf.INDEX).write_bytes(bad)
            with pytest.raises(PresetError):
                shelves.refresh(subscription)
            assert [offer.pack.revision for offer in shelves.offers()] == [1]
        (stocked / shelf.INDEX).write_bytes(good)
        shelves.refresh(subscription)
        ((_, offer),) = shelves.outdated()
        shelves.install(offer)
    assert [each.manifest().revision for each in installed_packs(tmp_path / "packs")] == [2]
    assert len(shelves.offers()) == 2


def test_a_signed_shelf_stays_with_its_key(tmp_path: Path, stocked: Path) -> None:
    shelves, hers, his = reader(tmp_path), signing_key(tmp_path / "hers"), signing_key(tmp_path / "his")
    shelf.seal(stocked, hers)
    shelves.subscribe(str(stocked))
    (subscription,) = shelves.all()
    assert subscription.key
    shelf.add(stocked, [pack(tmp_path, "morning")])
    assert not (stocked / shelf.SEAL).exists()
    with pytest.raises(PresetError, match="not signed by the key"):
        shelves.refresh(subscription)
    shelf.seal(stocked, his)
    with pytest.raises(PresetError, match="other hands"):
        shelves.refresh(subscription)
    assert len(shelves.offers()) == 1
    shelf.seal(stocked, hers)
    assert len(shelves.refresh(subscription).packs) == 2
    (stocked / shelf.INDEX).write_bytes((stocked / shelf.INDEX).read_bytes().replace(b"Evenings", b"Evenincs"))
    with pytest.raises(PresetError, match="changed it"):
        shelves.refresh(subscription)


def test_adding_a_bad_pack_changes_nothing(tmp_path: Path, stocked: Path) -> None:
    before = {path.name: path.read_bytes() for path in stocked.iterdir()}
    (tmp_path / "bad.cocopack").write_bytes(b"no")
    with pytest.raises(PresetError, match="refused"):
        shelf.add(stocked, [pack(tmp_path, "morning"), tmp_path / "bad.cocopack"])
    with pytest.raises(PresetError, match="higher --revision"):
        shelf.add(stocked, [pack(tmp_path, valence=0.7)])
    assert {path.name: path.read_bytes() for path in stocked.iterdir()} == before


def test_the_server_shows_the_shelf_alone(tmp_path: Path, stocked: Path) -> None:
    (stocked / "secret.txt").write_text("x")
    with serving(stocked) as address:
        for path in ("", "secret.txt", "../pyproject.toml", "%2e%2e/x", "shelf.json/", ".shelf.json"):
            with pytest.raises(PresetError, match="404"):
                download(f"{address}/{path}", tmp_path / "x", 1000)


def test_only_https_and_this_computer_are_asked() -> None:
    for address in ("https://example.org/shelf", "http://127.0.0.1:8000", "http://localhost/x", "http://[::1]/"):
        check_address(address)
    for address in ("http://example.org", "ftp://x", "file:///etc/passwd", "https://", "http://127.0.0.1.evil.org",
                    "https://a:b@example.org", "http://10.0.0.1", "javascript:1", "http://[::1", ""):  # fmt: skip
        with pytest.raises(PresetError):
            check_address(address)


def test_a_redirect_away_from_this_computer_is_not_followed(tmp_path: Path, stocked: Path) -> None:
    class Elsewhere(ShelfHandler):
        def do_GET(self) -> None:  # noqa: N802
            self.send_response(302)
            self.send_header("Location", "http://example.org/shelf.json")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serving(stocked, Elsewhere) as address, pytest.raises(PresetError, match="begins with https"):
        download(f"{address}/shelf.json", tmp_path / "x", 1000)


def test_more_than_was_allowed_is_not_taken(tmp_path: Path, stocked: Path) -> None:
    with serving(stocked) as address, pytest.raises(PresetError, match="more than"):
        download(f"{address}/{shelf.INDEX}", tmp_path / "x", 10)
    assert not (tmp_path / "x").exists()
