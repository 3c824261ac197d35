"""`cocomposer provenance`: who wrote what is in a file."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cocomposer.commands.arguments import CommandParser, existing_file

if TYPE_CHECKING:
    from rich.console import Console

    from cocomposer.music.shares import Shares
    from cocomposer.studio.tracing import Trace


def parser() -> CommandParser:
    parser = CommandParser("provenance", "Show who wrote what is in a file that Cocomposer saved or exported.")
    parser.add_argument("file", metavar="FILE", help="a project, MIDI or audio file (.wav, .flac, .mp3, .ogg)")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    path = existing_file(arguments.file)
    from cocomposer.commands.display import escape, output, print_json
    from cocomposer.studio.provenance import provenance_to
    from cocomposer.studio.tracing import traces

    found = traces(path)
    inside = [trace for trace in found if trace.place != "sidecar"]
    if arguments.json:
        told = [
            {"place": each.place, "sure": each.sure, "remark": each.remark, "record": provenance_to(each.provenance)}
            for each in found
        ]
        print_json({"file": str(path), "found_inside": bool(inside), "traces": told})
        return 0 if found else 1
    console = output()
    console.print(f"[bold]{escape(path.name)}[/]")
    if not inside:
        console.print("No provenance found in the file: it never had any, or a tool stripped it.")
    if not found:
        return 1
    for trace in found:
        console.print(f"[dim]{trace.place}:[/] {escape(trace.provenance.statement)} [dim]{escape(trace.remark)}[/]")
    _show(console, found[0])
    return 0


def _show(console: Console, trace: Trace) -> None:
    from cocomposer.commands.display import escape

    provenance = trace.provenance
    console.print()
    show_shares(console, "part", provenance.shares.parts)
    show_shares(console, "section", provenance.shares.sections)
    console.print(f"[dim]kind (IPTC)[/]  {escape(provenance.digital_source_type.rpartition('/')[2])}")
    for origin in provenance.origins:
        words = [str(origin), f"seed {origin.seed}" if origin.by_machine else "", origin.detail]
        console.print(f"[dim]author[/]  {escape(', '.join(word for word in words if word))}")
    for card in provenance.models:
        console.print(f"[dim]model {escape(card.name)} learned from[/]")
        for corpus in card.corpora:
            console.print(f"  {escape(corpus.name)}: {escape(corpus.licence)} [dim]({escape(corpus.origin)})[/]")


def show_shares(console: Console, title: str, rows: Iterable[Shares]) -> None:
    """A table of who wrote how much of each part or section; nothing where there is none."""
    from rich.table import Table

    from cocomposer.commands.display import escape

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in (title, "notes", "by"):
        table.add_column(column)
    for row in rows:
        table.add_row(escape(row.name), str(row.total), escape(str(row)))
    if table.row_count:
        console.print(table)
        console.print()
