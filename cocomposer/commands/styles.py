"""`cocomposer styles`: the styles there are, or one of them in detail."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cocomposer.commands.arguments import CommandParser

if TYPE_CHECKING:
    from cocomposer.styles import Style


def parser() -> CommandParser:
    parser = CommandParser("styles", "List the styles, or show one of them in detail.")
    parser.add_argument("name", nargs="?", metavar="NAME", help="a style's id or name, or a style file")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    from cocomposer.commands.display import print_json
    from cocomposer.studio.presets import look_for_new
    from cocomposer.studio.styles import style_named, styles_at_hand

    look_for_new()
    if arguments.name is not None:
        style = style_named(arguments.name)
        if arguments.json:
            print_json(_facts(style))
        else:
            _show(style)
        return 0
    styles = sorted(styles_at_hand().values(), key=lambda each: (each.genre, each.name))
    if arguments.json:
        print_json([_facts(each) for each in styles])
    else:
        _list(styles)
    return 0


def _facts(style: Style) -> dict[str, Any]:
    return {
        "id": style.id,
        "name": style.name,
        "genre": style.genre,
        "description": style.description,
        "meter": str(style.meter),
        "tempo": list(style.tempo),
        "energy": style.energy,
        "brightness": style.brightness,
        "swing": style.feel.swing,
        "tags": list(style.tags),
        "parts": [{"name": part.name, "role": str(part.role), "program": part.program} for part in style.parts],
        "author": style.author,
        "licence": style.licence,
    }


def _tempo(style: Style) -> str:
    low, high = style.tempo
    return f"{low:g}-{high:g}"


def _list(styles: list[Style]) -> None:
    from rich.table import Table

    from cocomposer.commands.display import escape, output

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("genre", "style", "metre", "beats a minute", "what it is"):
        table.add_column(column, no_wrap=column != "what it is")
    genre = ""
    for style in styles:
        shown = "" if style.genre == genre else escape(style.genre)
        table.add_row(
            f"[cyan]{shown}[/]",
            f"[bold]{escape(style.id)}[/]",
            str(style.meter),
            _tempo(style),
            escape(style.description),
        )
        genre = style.genre
    output().print(table)


def _show(style: Style) -> None:
    from cocomposer.commands.display import escape, output
    from cocomposer.music import general_midi

    console = output()
    console.print(f"[bold]{escape(style.name)}[/]  [dim]{escape(style.id)}, {escape(style.genre)}[/]")
    console.print(escape(style.description))
    console.print(f"{style.meter}, {_tempo(style)} beats a minute, energy {style.energy:g}, swing {style.feel.swing:g}")
    for part in style.parts:
        instrument = "drum kit" if part.role == "drums" else general_midi.INSTRUMENTS[part.program]
        console.print(f"  [cyan]{part.role!s:<9}[/] {escape(part.name)}  [dim]{escape(instrument)}[/]")
    console.print(f"[green]cocomposer propose SKETCH --style {escape(style.id)}[/]")
