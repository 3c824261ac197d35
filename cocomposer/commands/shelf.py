"""`cocomposer shelf`: shelves of packs, to read and to keep; a shelf is a folder that any web server can show."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.commands.arguments import CommandParser, UsageError, chosen, number
from cocomposer.errors import PresetError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from cocomposer.studio.presets import Presets

ACTIONS = {
    "subscribe": "read the shelf at an https address or in a folder",
    "unsubscribe": "read it no longer",
    "list": "the shelves you read",
    "search": "the packs on your shelves that have each WORD",
    "update": "read your shelves anew, and install later revisions of the packs you have",
    "init": "make an empty shelf in a FOLDER",
    "add": "put packs on a shelf: add FOLDER PACK ...",
    "sign": "sign a shelf with your key, so that readers know it stays yours",
    "serve": "show a shelf to the net from this computer, until Ctrl-C",
}


def parser() -> CommandParser:
    listed = "\n".join(f"  {name:<11} {what}" for name, what in ACTIONS.items())
    parser = CommandParser("shelf", f"Read shelves of packs, and keep your own.\n\n{listed}")
    parser.add_argument("action", metavar="ACTION", help="one of those above")
    parser.add_argument("names", nargs="*", metavar="NAME", help="an address or folder, packs, or words")
    parser.add_argument("--title", default="", help="init: the name of the shelf")
    parser.add_argument("--host", default="127.0.0.1", help="serve: 0.0.0.0 shows it to the whole network")
    parser.add_argument("--port", default="8765", help="serve: the port")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    action = chosen(arguments.action, ACTIONS, "action")
    if action in ("init", "add", "sign", "serve"):
        if not arguments.names:
            raise UsageError(f"Say which shelf: cocomposer shelf {action} FOLDER.")
        return _keep(action, Path(arguments.names[0]), arguments)
    return _read(action, arguments)


def _keep(action: str, folder: Path, arguments: argparse.Namespace) -> int:
    """What the keeper of a shelf does."""
    from cocomposer.commands.display import output
    from cocomposer.library import shelf
    from cocomposer.library.signing import fingerprint, signing_key
    from cocomposer.studio.places import data_folder

    console = output()
    if action == "init":
        made = shelf.init(folder, arguments.title or folder.resolve().name)
        console.print(f"{made.title}: an empty shelf in {folder}.", markup=False)
    elif action == "add":
        packs = [Path(name) for name in arguments.names[1:]]
        if not packs:
            raise UsageError(f"Say which packs: cocomposer shelf add {folder} PACK.cocopack ...")
        filled = shelf.add(folder, packs)
        console.print(f"{filled.title} has {len(filled.packs)} packs.", markup=False)
    elif action == "sign":
        key = signing_key(data_folder() / "signing-key.pem")
        shelf.seal(folder, key)
        index, seal = (folder / shelf.INDEX).read_bytes(), (folder / shelf.SEAL).read_bytes()
        console.print(f"Signed with the key {fingerprint(shelf.sealed_by(index, seal, str(folder)))}.", markup=False)
    else:
        _serve(folder, arguments.host, number(arguments.port, "--port", 0, 65_535))
    return 0


def _serve(folder: Path, host: str, port: int) -> None:
    from cocomposer.commands.display import output
    from cocomposer.library.shelf import local_shelf
    from cocomposer.library.shelf_server import shelf_server

    title = local_shelf(folder).title
    try:
        server = shelf_server(folder, host, port)
    except OSError as error:
        raise PresetError(f"{host}:{port} cannot be served: {error.strerror or error}. Try another --port.") from error
    with server:
        output().print(f"{title} at http://{host}:{server.server_address[1]}  (Ctrl-C ends it)", markup=False)
        server.serve_forever()


def _read(action: str, arguments: argparse.Namespace) -> int:
    """What a reader of shelves does."""
    from cocomposer.commands.display import escape, output, print_json
    from cocomposer.library.signing import fingerprint
    from cocomposer.studio.presets import Presets

    console, presets = output(), Presets()
    shelves = presets.shelves
    try:
        if action in ("subscribe", "unsubscribe") and len(arguments.names) != 1:
            raise UsageError(f"Say which shelf: cocomposer shelf {action} ADDRESS.")
        if action == "subscribe":
            shelf = shelves.subscribe(arguments.names[0])
            console.print(f"You read {shelf.title}: {len(shelf.packs)} packs.", markup=False)
        elif action == "unsubscribe":
            shelves.unsubscribe(arguments.names[0])
        elif action == "list":
            for each in shelves.all():
                signed = f"  [dim]signed by {fingerprint(each.key)}[/]" if each.key else ""
                console.print(f"{escape(each.address)}{signed}")
        elif action == "search":
            offers = shelves.offers(" ".join(arguments.names))
            if arguments.json:
                print_json([{**offer.pack.model_dump(), "shelf": offer.shelf.address} for offer in offers])
                return 0
            for offer in offers[:200]:
                pack = offer.pack
                console.print(f"[bold]{escape(pack.name)}[/]  {escape(pack.title)}  [dim]{', '.join(pack.kinds)}, by "
                              f"{escape(pack.author or 'unknown')}, {escape(pack.licence)}[/]")  # fmt: skip
            console.print(f"[dim]{len(offers)} packs; install one with cocomposer preset install NAME[/]")
        else:
            return _update(presets)
    finally:
        presets.close()
    return 0


def _update(presets: Presets) -> int:
    """Read every shelf anew and bring installed packs up to date; what fails is told, the rest goes on."""
    from cocomposer.commands.display import output, progress_bar

    console, shelves, failed = output(), presets.shelves, 0
    for each in shelves.all():
        try:
            shelf = shelves.refresh(each)
            console.print(f"{shelf.title}: {len(shelf.packs)} packs", markup=False)
        except PresetError as error:
            console.print(str(error), style="red", markup=False)
            failed = 1
    with progress_bar() as bar:
        for installed, offer in shelves.outdated():
            task = bar.add_task(installed.name, total=1.0)
            try:
                shelves.install(offer, partial(_tell, bar, task))
                console.print(f"{installed.name} is now revision {offer.pack.revision}", markup=False)
            except PresetError as error:
                console.print(str(error), style="red", markup=False)
                failed = 1
    presets.index.refresh()
    return failed


def _tell(bar: Progress, task: TaskID, share: float) -> None:
    bar.update(task, completed=share)
