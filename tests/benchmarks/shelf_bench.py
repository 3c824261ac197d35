"""A shelf of 2,000 packs served on loopback: filled, subscribed, searched, and updated over a line that breaks.

    python tests/benchmarks/shelf_bench.py [--packs 2000] [--installed 40]

While packs are updated a second thread looks at the folder of packs all the time; it must never meet a pack that is
not whole.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

from figures import Figure, finish

from cocomposer.errors import PresetError
from cocomposer.library import downloading, shelf
from cocomposer.library.installing import installed_packs
from cocomposer.library.pack import write_pack
from cocomposer.library.preset import parse
from cocomposer.library.reading import read_presets
from cocomposer.library.shelf_server import ShelfHandler, shelf_server
from cocomposer.library.subscriptions import Subscriptions

BREAKS_AFTER = 150_000


class Breaking(ShelfHandler):
    """Hangs up after some bytes of every answer."""

    breaks = 0

    def do_GET(self) -> None:  # noqa: N802
        write, left = self.wfile.write, [BREAKS_AFTER]

        def some(data: bytes) -> int:
            if data.startswith(b"HTTP/"):
                return write(data)
            write(data[: left[0]])
            left[0] -= len(data)
            if left[0] <= 0:
                type(self).breaks += 1
                raise ConnectionAbortedError
            return len(data)

        self.wfile.write = some  # type: ignore[method-assign]
        try:
            super().do_GET()
        except ConnectionAbortedError:
            self.close_connection = True
        finally:
            self.wfile.write = write  # type: ignore[method-assign]


def make_packs(folder: Path, count: int, revision: int) -> list[Path]:
    """Packs of three presets; every tenth with a preview of 300 kB."""
    folder.mkdir(exist_ok=True)
    preview = folder / "preview.ogg"
    preview.write_bytes(b"OggS" + b"".join(i.to_bytes(3, "big") for i in range(100_000)))
    paths = []
    for number in range(count):
        presets = [
            parse({"schema": 2, "kind": "mood", "name": f"Mood {number}-{place}", "description": "As it says.",
                   "mood": {"valence": number / count, "arousal": place / 10 * revision}})
            for place in range(3)
        ]  # fmt: skip
        about = {"name": f"pack-{number}", "title": f"Pack {number}", "licence": "CC0-1.0", "revision": revision,
                 "author": f"Artist {number % 50}", "tags": ["bench"]}  # fmt: skip
        paths.append(folder / f"pack-{number}-{revision}.cocopack")
        previews = {presets[0].name: preview} if number % 10 == 0 else {}
        write_pack(paths[-1], about, presets, previews=previews)
    return paths


def look(packs: Path, stop: threading.Event, seen: list[int]) -> None:
    """Every pack that can be seen is whole: all that its manifest names is there and can be read."""
    while not stop.is_set():
        for installed in installed_packs(packs):
            try:
                named = installed.manifest().files
                missing = [name for name in named if not (installed.folder / name).is_file()]
            except PresetError:
                missing = ["manifest"]
            if missing and installed.folder.is_dir():  # not one that was replaced meanwhile
                raise AssertionError(f"{installed.folder} was seen without {missing}")
            seen[0] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packs", type=int, default=2_000)
    parser.add_argument("--installed", type=int, default=40)
    arguments = parser.parse_args()
    downloading.PAUSE = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = make_packs(folder / "made", arguments.packs, 1)
        shelf.init(folder / "shelf", "Bench")
        begin = time.perf_counter()
        shelf.add(folder / "shelf", paths)
        size = (folder / "shelf" / shelf.INDEX).stat().st_size
        print(f"add {len(paths):,} packs: {time.perf_counter() - begin:.1f} s, index {size / 1000:.0f} kB")
        server = shelf_server(folder / "shelf")
        server.RequestHandlerClass = type("Here", (Breaking,), {"shelf": folder / "shelf"})
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shelves = Subscriptions(folder / "reader", folder / "packs")
        begin = time.perf_counter()
        shelves.subscribe(f"http://127.0.0.1:{server.server_address[1]}")
        handler = server.RequestHandlerClass
        subscribed = time.perf_counter() - begin
        print(f"subscribe: {time.perf_counter() - begin:.2f} s over a line that broke {handler.breaks} times")
        begin = time.perf_counter()
        found = shelves.offers("mood 77-")
        print(f"search: {len(found)} packs in {(time.perf_counter() - begin) * 1000:.0f} ms")
        offers = shelves.offers()
        step = max(1, len(offers) // arguments.installed)
        begin = time.perf_counter()
        for offer in offers[::step]:
            shelves.install(offer)
        count = len(installed_packs(folder / "packs"))
        print(f"install {count} packs: {time.perf_counter() - begin:.2f} s")
        shelf.add(folder / "shelf", make_packs(folder / "made", arguments.packs, 2))
        stop, seen, broke = threading.Event(), [0], handler.breaks
        looker = threading.Thread(target=look, args=(folder / "packs", stop, seen))
        looker.start()
        begin = time.perf_counter()
        shelves.refresh(shelves.all()[0])
        outdated = shelves.outdated()
        for _, offer in outdated:
            shelves.install(offer)
        spent = time.perf_counter() - begin
        stop.set()
        looker.join()
        revisions = {each.manifest().revision for each in installed_packs(folder / "packs")}
        presets = sum(len(read_presets(path)) for path in (folder / "packs").rglob("*.toml"))
        print(f"update {len(outdated)} packs: {spent:.2f} s, {handler.breaks - broke} breaks, seen whole {seen[0]:,} "
              f"times; revisions {revisions}, {presets} presets")  # fmt: skip
        server.shutdown()
    return finish([
        Figure(f"subscribing to {arguments.packs:,} packs over a line that breaks", subscribed, "s"),
        Figure("updating a pack there", spent / max(1, len(outdated)), "s"),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
