"""`cocomposer preset`: find presets, keep your own, share them, bring in those of others."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.commands.arguments import (
    CommandParser,
    UsageError,
    bar_range,
    chosen,
    closest,
    controls,
    existing_file,
    number,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from cocomposer.library.preset import Preset
    from cocomposer.studio.presets import Presets

ACTIONS = {
    "list": "the presets there are, or those that have each WORD",
    "show": "one preset, or what a file or share code holds, without installing it",
    "save": "keep something of FILE (a song or project), or controls, as a preset",
    "code": "a preset as one line of text to paste, and with --out as a QR picture",
    "export": "presets in a file: one as .toml, any number as a .cocopack",
    "verify": "check a pack: is it whole, is it safe, who signed it",
    "import": "bring in a preset file, a pack or a share code",
    "install": "bring in a pack from a shelf by its name, an https address, or a file",
    "remove": "remove one of your presets, or an installed pack",
    "like": "make a preset a favourite, or with --rating give it stars",
}


def parser() -> CommandParser:
    listed = "\n".join(f"  {name:<8} {what}" for name, what in ACTIONS.items())
    parser = CommandParser("preset", f"Find, keep and share presets.\n\n{listed}")
    parser.add_argument("action", metavar="ACTION", help="one of those above")
    parser.add_argument("names", nargs="*", metavar="NAME", help="presets by name, or KIND/NAME; files; words")
    parser.add_argument(
        "--kind", default="", help="style, progression, instrument, rack, mood, control, template, adapter"
    )
    parser.add_argument("--favourites", action="store_true", help="list: favourites only")
    parser.add_argument("--rating", default="", help="like: 0 to 5 stars")
    parser.add_argument("--out", type=Path, metavar="FILE", help="export, code: where to")
    parser.add_argument("--name", default="", help="save: the preset's name; export: the pack's title")
    parser.add_argument("--part", default="", help="save: the part whose instrument or rack is kept")
    parser.add_argument("--bars", default="", metavar="A-B", help="save: the bars whose chords are kept")
    parser.add_argument("--control", action="append", default=[], metavar="NAME=VALUE", help="save: a control")
    parser.add_argument("--preview", action="store_true", help="save: with a short preview in sound")
    parser.add_argument("--author", default="", help="save, export: who made it")
    parser.add_argument("--licence", default="", help="save, export: what others may do with it, such as CC0-1.0")
    parser.add_argument("--description", default="", help="save, export: a sentence about it")
    parser.add_argument("--tags", default="", help="save, export: words to find it by, with commas")
    parser.add_argument("--revision", default="1", help="export: counts up when a pack is made anew")
    parser.add_argument("--sign", action="store_true", help="export: sign it with your key, made where there is none")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    action = chosen(arguments.action, ACTIONS, "action")
    if arguments.kind:
        from cocomposer.library.preset import KINDS

        arguments.kind = chosen(arguments.kind, KINDS, "kind of preset")
    if action not in ("list", "save") and not arguments.names:
        raise UsageError(f"Say what: cocomposer preset {action} NAME.")
    {
        "list": _list, "show": _show, "save": _save, "code": _code, "export": _export, "verify": _verify,
        "import": _import, "install": _install, "remove": _remove, "like": _like,
    }[action](arguments)  # fmt: skip
    return 0


@contextlib.contextmanager
def _presets(look: bool = True) -> Iterator[Presets]:
    """The presets of this computer, after a look for what is new."""
    from cocomposer.commands.display import progress_bar
    from cocomposer.studio.presets import Presets

    presets = Presets()
    try:
        if look:
            with progress_bar() as bar:
                task = bar.add_task("looking for presets", total=1.0)
                presets.index.refresh(lambda share: bar.update(task, completed=share))
        yield presets
    finally:
        presets.close()


def _list(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.display import print_json
    from cocomposer.commands.preset_display import facts, show_list

    query = " ".join(arguments.names)
    with _presets() as presets:
        found = presets.search(query, kind=arguments.kind, favourites=arguments.favourites, limit=1_000)
        damaged = presets.index.damaged()
    if arguments.json:
        print_json([facts(entry) for entry in found])
    else:
        show_list(found if query else sorted(found, key=lambda each: each.kind), damaged)


def _show(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.preset_display import show_incoming, show_preset

    with _presets() as presets:
        for name in arguments.names:
            if _comes_from_outside(name):
                show_incoming(presets.look_at(name), arguments.json)
            else:
                show_preset(presets.load(presets.index.named(name, arguments.kind)), presets, arguments.json)


def _save(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.display import output
    from cocomposer.sound.supervisor import Hosts

    preset = _made(arguments)
    with _presets() as presets, contextlib.ExitStack() as stack:
        hosts = stack.enter_context(Hosts()) if arguments.preview else None
        path = presets.save(preset, hosts)
        presets.index.refresh()
    output().print(f"Kept as {path}", markup=False, soft_wrap=True)


def _made(arguments: argparse.Namespace) -> Preset:
    """The preset that `save` is asked for."""
    from cocomposer.studio import preset_making

    if not arguments.name:
        raise UsageError("Give the preset a name: --name NAME.")
    head = _head(arguments)
    if arguments.control:
        everybody, parts = controls(arguments.control)
        if arguments.kind == "mood":
            return preset_making.mood_preset(everybody.valence or 0.0, everybody.arousal or 0.0, head)
        if arguments.kind != "template":
            return preset_making.control_preset(everybody, parts, head)
    if len(arguments.names) != 1:
        raise UsageError("Say of which song: cocomposer preset save FILE --kind template --name NAME.")
    song = _song(arguments.names[0])
    if arguments.kind in ("", "template"):
        return preset_making.template_preset(song, head, controls=controls(arguments.control)[0])
    if arguments.kind == "progression":
        first, last = bar_range(arguments.bars) if arguments.bars else (0, len(song.bars) - 1)
        return preset_making.progression_preset(song, first, last, head)
    if arguments.kind not in ("instrument", "rack"):
        raise UsageError("Of a song is saved a template, the chords of its --bars, the instrument or rack of a --part.")
    part = next((each for each in song.parts if each.name.casefold() == arguments.part.casefold()), None)
    if part is None:
        there = [each.name for each in song.parts]
        raise UsageError(f"There is no part {arguments.part!r}{closest(arguments.part, there)} --part NAME says which.")
    if arguments.kind == "instrument":
        return preset_making.instrument_preset(part, head)
    return preset_making.rack_preset(part, song, head)


def _song(name: str) -> Any:
    from cocomposer import formats
    from cocomposer.studio.project_file import read_project

    path = existing_file(name)
    return read_project(path).song if path.suffix == ".cocomposer" else formats.read(path)


def _code(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.display import print_json
    from cocomposer.library.share_code import to_code, write_qr

    with _presets() as presets:
        code = to_code(presets.load(presets.index.named(" ".join(arguments.names), arguments.kind)))
    if arguments.out:
        write_qr(code, arguments.out)
    if arguments.json:
        print_json({"code": code, "characters": len(code)})
    else:
        print(code)


def _export(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.display import output
    from cocomposer.library.pack import SUFFIX

    out = arguments.out
    if out is None or out.suffix not in (SUFFIX, ".toml"):
        raise UsageError(f"Say where to: --out NAME{SUFFIX}, or --out NAME.toml for a single preset.")
    if out.suffix == ".toml" and len(arguments.names) != 1:
        raise UsageError(f"A .toml file holds one preset; several go into a pack: --out NAME{SUFFIX}.")
    revision = number(arguments.revision, "--revision", 1, 1_000_000)
    with _presets() as presets:
        entries = [presets.index.named(name, arguments.kind) for name in arguments.names]
        presets.export(entries, out, _head(arguments), revision=revision, sign=arguments.sign)
    output().print(f"Written to {out}", markup=False, soft_wrap=True)


def _verify(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.preset_display import show_incoming
    from cocomposer.library.pack import read_pack
    from cocomposer.studio.presets import Incoming

    for name in arguments.names:
        show_incoming(Incoming(pack=read_pack(existing_file(name))), arguments.json)


def _import(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.display import output
    from cocomposer.commands.preset_display import tell_stand_ins

    with _presets() as presets:
        for name in arguments.names:
            incoming = presets.look_at(name)
            place = presets.bring_in(incoming)
            for preset in incoming.presets:
                tell_stand_ins(preset, presets)
            output().print(f"Installed: {place}", markup=False, soft_wrap=True)


def _install(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.display import output, progress_bar

    with _presets() as presets, progress_bar() as bar:
        for name in arguments.names:
            tell = partial(_tell, bar, bar.add_task(name[:60], total=None))
            if "://" in name:
                place = presets.bring_in(presets.fetch(name, tell))
            elif _comes_from_outside(name):
                place = presets.bring_in(presets.look_at(name))
            else:
                offers = {offer.pack.name: offer for offer in presets.shelves.offers()}
                place = presets.shelves.install(offers[chosen(name, offers, "pack on your shelves")], tell).folder
            output().print(f"Installed: {place}", markup=False, soft_wrap=True)
        presets.index.refresh()


def _tell(bar: Progress, task: TaskID, done: float) -> None:
    bar.update(task, completed=done)


def _remove(arguments: argparse.Namespace) -> None:
    from cocomposer.library.installing import installed_packs, remove

    with _presets() as presets:
        for name in arguments.names:
            if any(pack.name == name for pack in installed_packs(presets.packs)):
                remove(name, presets.packs)
            else:
                presets.remove(presets.index.named(name, arguments.kind))
        presets.index.refresh()


def _like(arguments: argparse.Namespace) -> None:
    with _presets() as presets:
        for name in arguments.names:
            entry = presets.index.named(name, arguments.kind)
            if arguments.rating:
                presets.index.mark(entry, rating=number(arguments.rating, "--rating", 0, 5))
            else:
                presets.index.mark(entry, favourite=not entry.favourite)


def _head(arguments: argparse.Namespace) -> dict[str, Any]:
    tags = [tag.strip() for tag in arguments.tags.split(",") if tag.strip()]
    said = {"name": arguments.name, "author": arguments.author, "licence": arguments.licence,
            "description": arguments.description, "tags": tags}  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _comes_from_outside(name: str) -> bool:
    """Is it a share code or a file, not the name of a preset?"""
    from cocomposer.library.pack import SUFFIX

    return (name.strip().startswith("coco") and ":" in name[:12]) or name.endswith((SUFFIX, ".toml"))
