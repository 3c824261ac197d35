"""What `cocomposer preset` shows: lists, a preset, and what came in from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from cocomposer.commands.display import escape, output, print_json
from cocomposer.library.index import Entry
from cocomposer.library.preset import Preset
from cocomposer.library.signing import fingerprint
from cocomposer.studio.presets import Incoming, Presets


def show_list(entries: Sequence[Entry], damaged: Mapping[Path, str]) -> None:
    """A table of presets, and the files that cannot be used."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("kind", "name", "", "from", "what it is"):
        table.add_column(column, no_wrap=column != "what it is")
    for entry in entries:
        marks = ("♥ " if entry.favourite else "") + "★" * entry.rating
        name, about = escape(entry.name), escape(entry.description)
        table.add_row(f"[cyan]{entry.kind}[/]", f"[bold]{name}[/]", marks, entry.place, about)
    output().print(table)
    for path, problem in damaged.items():
        output().print(f"[red]{escape(str(path))}[/]: {escape(problem)}")


def facts(entry: Entry) -> dict[str, Any]:
    return {"kind": entry.kind, "name": entry.name, "author": entry.author, "licence": entry.licence,
            "description": entry.description, "tags": list(entry.tags), "from": entry.place, "file": str(entry.path),
            "favourite": entry.favourite, "rating": entry.rating, "hash": entry.hash}  # fmt: skip


def show_preset(preset: Preset, presets: Presets, json: bool) -> None:
    if json:
        print_json(preset.table())
        return
    console = output()
    console.print(f"[bold]{escape(preset.name)}[/]  [dim]{preset.kind_name}, by {escape(preset.author or 'unknown')}, "
                  f"{escape(preset.licence or 'no licence given')}[/]")  # fmt: skip
    console.print(preset.toml(), markup=False)
    tell_stand_ins(preset, presets)


def show_incoming(incoming: Incoming, json: bool) -> None:
    pack = incoming.pack
    if json:
        about = {"pack": pack.manifest.model_dump(exclude={"files"}), "key": pack.key} if pack else {}
        print_json({**about, "presets": [preset.table() for preset in incoming.presets]})
        return
    console = output()
    if pack is not None:
        manifest = pack.manifest
        signed = f"signed with the key {fingerprint(pack.key)}" if pack.key else "not signed"
        author, licence = escape(manifest.author or "unknown"), escape(manifest.licence)
        console.print(f"[bold]{escape(manifest.title)}[/]  [dim]{manifest.name}, revision {manifest.revision}, "
                      f"by {author}, {licence}; whole, {signed}[/]")  # fmt: skip
        console.print(manifest.description, markup=False)
    for preset in incoming.presets:
        console.print(f"  [cyan]{preset.kind_name:<12}[/] [bold]{escape(preset.name)}[/]  {escape(preset.description)}")
    if pack is None:
        for preset in incoming.presets:
            console.print(preset.toml(), markup=False)


def tell_stand_ins(preset: Preset, presets: Presets) -> None:
    for sentence in presets.at_hand(preset).told:
        output().print(sentence, style="yellow", markup=False, soft_wrap=True)
