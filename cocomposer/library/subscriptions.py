"""The shelves an artist reads: their addresses, the last index of each, and what of them is installed.

Nothing is sent but the request for a file.  The key that a shelf is signed with when it is first met must sign it ever
after.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cocomposer.errors import FormatError, PresetError
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.library.downloading import download
from cocomposer.library.installing import Installed, install, installed_packs
from cocomposer.library.pack import read_pack
from cocomposer.library.shelf import INDEX, MAX_INDEX, SEAL, Shelf, Shelved, read_shelf, sealed_by
from cocomposer.whole_files import written_whole

__all__ = ["Offer", "Subscription", "Subscriptions"]

MAX_SHELVES = 200
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Subscription:
    """A shelf by its address, a folder or https; `key` is the one it must be signed with, "" for none."""

    address: str
    key: str = ""


@dataclass(frozen=True)
class Offer:
    """A pack on a shelf."""

    shelf: Subscription
    pack: Shelved


class Subscriptions:
    """What is read lies in `folder`: `shelves.json`, the last index of each, packs on their way; packs are installed
    into `packs`."""

    def __init__(self, folder: Path, packs: Path) -> None:
        self._folder, self._packs = folder, packs

    def all(self) -> list[Subscription]:
        """Raises PresetError where the list is damaged."""
        path = self._folder / "shelves.json"
        if not path.is_file():
            return []
        try:
            read = parsed(path.read_bytes())
            return list(Fields({"shelves": read}, "shelves.json").items("shelves", MAX_SHELVES, _subscription))
        except (OSError, FormatError) as error:
            raise PresetError(f"The list of your shelves, {path}, is damaged: {error}") from error

    def subscribe(self, address: str, cancelled: Stop = lambda: False) -> Shelf:
        """Read the shelf at `address`, a folder or https, and remember it.  Raises PresetError."""
        address = address.removesuffix(INDEX).rstrip("/") or "/"
        if "://" not in address:
            address = str(Path(address).expanduser().resolve())
        known = next((each for each in self.all() if each.address == address), Subscription(address))
        shelf, key = self._fetch(known, cancelled)
        others = [each for each in self.all() if each.address != address]
        self._save([*others, replace(known, key=key)])
        return shelf

    def unsubscribe(self, address: str) -> None:
        """Raises PresetError for a shelf that is not read."""
        left = [each for each in self.all() if each.address != address.rstrip("/")]
        if len(left) == len(self.all()):
            raise PresetError(f"You do not read a shelf at {address}.")
        self._save(left)

    def refresh(self, subscription: Subscription, cancelled: Stop = lambda: False) -> Shelf:
        """The newest index of that shelf; the last one stays where it cannot be had.  Raises PresetError."""
        return self._fetch(subscription, cancelled)[0]

    def offers(self, query: str = "") -> list[Offer]:
        """The packs on every shelf that have each word of `query`, as the shelves were when last read."""
        words = query.casefold().split()
        return [offer for offer in self._offers() if all(word in _text(offer.pack) for word in words)]

    def outdated(self) -> list[tuple[Installed, Offer]]:
        """Installed packs of which a shelf has a later revision."""
        installed = {each.name: each for each in installed_packs(self._packs)}
        found = []
        for offer in self._offers():
            here = installed.get(offer.pack.name)
            if here and here.hash != offer.pack.sha256[:16] and here.manifest().revision < offer.pack.revision:
                found.append((here, offer))
        return found

    def install(
        self, offer: Offer, progress: Callable[[float], None] = lambda share: None, cancelled: Stop = lambda: False
    ) -> Installed:
        """Fetch the pack, check it against the shelf's word and its own, and install it.  Raises PresetError."""
        address, pack = offer.shelf.address, offer.pack
        if "://" not in address:
            path = Path(address) / pack.file
        else:
            path = self._folder / "downloads" / f"{pack.sha256}.cocopack"
            path.parent.mkdir(parents=True, exist_ok=True)
            download(f"{address}/{pack.file}", path, pack.size, sha256=pack.sha256,
                     progress=lambda count: progress(count / pack.size), cancelled=cancelled)  # fmt: skip
        read = read_pack(path)
        if read.hash != pack.sha256 or read.manifest.name != pack.name:
            raise PresetError(f"{pack.file} is not the pack that the shelf names.")
        installed = install(read, self._packs)
        if "://" in address:
            path.unlink(missing_ok=True)
        return installed

    def _offers(self) -> Iterator[Offer]:
        for subscription in self.all():
            cached = self._cached(subscription)
            if cached.is_file():
                for pack in read_shelf(cached.read_bytes(), subscription.address).packs:
                    yield Offer(subscription, pack)

    def _fetch(self, subscription: Subscription, cancelled: Stop) -> tuple[Shelf, str]:
        """The index as it is now, checked, and the key it is signed with; it replaces the last one in one step."""
        address = subscription.address
        self._folder.mkdir(parents=True, exist_ok=True)
        if "://" in address:
            index, seal = self._downloaded(address, subscription.key, cancelled)
        else:
            index, seal = _file(Path(address) / INDEX) or b"", _file(Path(address) / SEAL)
        if not index:
            raise PresetError(f"There is no shelf at {address}.")
        key = sealed_by(index, seal, address)
        if subscription.key and key != subscription.key:
            raise PresetError(f"The shelf {address} is not signed by the key it was: it may be in other hands now.")
        shelf = read_shelf(index, address)
        cached = self._cached(subscription)
        if cached.is_file() and read_shelf(cached.read_bytes(), address).revision > shelf.revision and key:
            raise PresetError(f"The shelf {address} has gone back to an earlier state: it was not updated.")
        with written_whole(cached) as part:
            part.write_bytes(index)
        return shelf, key

    def _downloaded(self, address: str, key: str, cancelled: Stop) -> tuple[bytes, bytes | None]:
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".shelf-") as name:
            index = download(f"{address}/{INDEX}", Path(name) / INDEX, MAX_INDEX, cancelled=cancelled).read_bytes()
            try:
                seal = download(f"{address}/{SEAL}", Path(name) / SEAL, 10_000, cancelled=cancelled).read_bytes()
            except PresetError:
                if key:
                    raise
                return index, None  # most shelves are not signed
        return index, seal

    def _cached(self, subscription: Subscription) -> Path:
        return self._folder / f"{hashlib.sha256(subscription.address.encode()).hexdigest()[:24]}.shelf.json"

    def _save(self, subscriptions: list[Subscription]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with written_whole(self._folder / "shelves.json") as part:
            part.write_text(json.dumps([asdict(each) for each in subscriptions], indent=1), encoding="utf-8")


def _subscription(value: object, where: str) -> Subscription:
    fields = Fields(value, where)
    return Subscription(fields.text("address", 2_000), fields.text("key", 200))


def _file(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return None


def _text(pack: Shelved) -> str:
    return " ".join(
        (pack.title, pack.name, pack.author, pack.description, *pack.tags, *pack.kinds, *pack.presets)
    ).casefold()
