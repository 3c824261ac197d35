"""`cocomposer info`: what is in a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cocomposer.commands.arguments import CommandParser, existing_file

if TYPE_CHECKING:
    from cocomposer.music import Song

BARS_A_LINE = 4


def parser() -> CommandParser:
    parser = CommandParser("info", "Show key, chords, sections, parts, tempo, metre, range and length of a file.")
    parser.add_argument("file", metavar="FILE", help="MIDI, MusicXML (.musicxml, .mxl), chord text or a project")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    path = existing_file(arguments.file)
    from cocomposer import formats
    from cocomposer.commands.display import print_json
    from cocomposer.composer import understand
    from cocomposer.studio.describe import describe, describe_authors
    from cocomposer.studio.project_file import SUFFIX as PROJECT
    from cocomposer.studio.project_file import read_project

    written = read_project(path).song if path.suffix.lower() == PROJECT else formats.read(path)
    song = understand(written)
    facts = describe(song)
    facts["authors"] = describe_authors(written)
    # What the file does not say was found in its notes; whoever relies on it should know.
    facts["found"] = [
        name for name, before, after in (
            ("key", written.keys, song.keys), ("chords", written.chords, song.chords),
            ("sections", written.sections, song.sections),
        ) if after and not before
    ]  # fmt: skip
    if arguments.json:
        print_json({"file": str(path), **facts})
    else:
        _show(path.name, facts)
        _show_authors(written)
    return 0


def _show(name: str, facts: dict[str, Any]) -> None:
    from rich.table import Table

    from cocomposer.commands.display import bars_text, escape, length_text, output
    from cocomposer.music import general_midi

    console = output()
    found = facts["found"]
    console.print(f"[bold]{escape(facts['title'] or name)}[/]")
    facts_table = Table(box=None, pad_edge=False, show_header=False)
    facts_table.add_column(style="dim")
    facts_table.add_column()
    guessed = " [dim](found in the notes)[/]"
    keys = [facts["key"] or "unknown"] + [f"{each['key']} from bar {each['bar']}" for each in facts["key_changes"]]
    meters = [facts["meter"]] + [f"{each['meter']} from bar {each['bar']}" for each in facts["meter_changes"]]
    tempo = f"{facts['tempo']:g} quarter notes a minute"
    if facts["tempo_changes"]:
        tempo += f", {len(facts['tempo_changes'])} changes later"
    facts_table.add_row("key", ", ".join(keys) + (guessed if "key" in found else ""))
    facts_table.add_row("metre", ", ".join(meters))
    facts_table.add_row("tempo", tempo)
    facts_table.add_row("length", f"{bars_text(facts['bars'])}, {length_text(facts['seconds'])}")
    if facts["range"]:
        facts_table.add_row("range", facts["range"]["names"])
    sections = ", ".join(
        f"{each['name']} (bar {each['first_bar']}, {bars_text(each['bars'])})" for each in facts["sections"]
    )
    if sections:
        facts_table.add_row("sections", escape(sections) + (guessed if "sections" in found else ""))
    console.print(facts_table)
    if facts["parts"]:
        parts = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("part", "role", "instrument", "notes", "range"):
            parts.add_column(column)
        for part in facts["parts"]:
            drums = part["role"] == "drums"
            instrument = "drum kit" if drums else general_midi.INSTRUMENTS[part["program"]]
            names = part["range"]["names"] if part["range"] else ""
            parts.add_row(escape(part["name"]), part["role"], instrument, str(part["notes"]), names)
        console.print()
        console.print(parts)
    if facts["chords"]:
        console.print()
        console.print("[dim]chords[/]" + (guessed if "chords" in found else ""))
        rows = facts["chords"]
        for start in range(0, len(rows), BARS_A_LINE):
            cells = (" ".join(row["chords"]) or "-" for row in rows[start : start + BARS_A_LINE])
            console.print(f"[dim]{start + 1:>4}[/] | {' | '.join(escape(cell) for cell in cells)} |")


def _show_authors(song: Song) -> None:
    """Who wrote how much, where it is not all by one."""
    from cocomposer.commands.display import escape, output
    from cocomposer.commands.provenance import show_shares
    from cocomposer.music.shares import shares, statement

    found, console = shares(song), output()
    console.print(f"\n[dim]authors[/] {escape(statement(song))}")
    if len(found.whole.notes) > 1:
        show_shares(console, "part", found.parts)
        show_shares(console, "section", found.sections)
