"""`cocomposer taste`: what was learned of the artist's taste, and how to correct, export or forget it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.commands.arguments import CommandParser, UsageError, chosen

if TYPE_CHECKING:
    from cocomposer.studio.taste import TasteKeeper

_ACTIONS = ("show", "like", "dislike", "ignore", "forget", "export", "picture", "off", "on")
_DIRECTIONS = {"like": 1, "dislike": -1, "ignore": 0}


def parser() -> CommandParser:
    parser = CommandParser(
        "taste",
        "What was learned of your taste from what you keep and reject.  It stays on this computer.",
    )
    parser.add_argument(
        "action",
        metavar="ACTION",
        help="show: what was learned; like, dislike, ignore TRAIT: set it right; forget [TRAIT]: one or everything; "
        "export FILE: as JSON; picture FILE: as SVG; off, on: whether anything is learned and used",
    )
    parser.add_argument("name", nargs="?", default="", metavar="TRAIT|FILE", help="a trait as shown, or a file")
    parser.add_argument("--project", default="", metavar="TITLE", help="show, picture: the taste in one project")
    parser.add_argument("--genre", default="", metavar="GENRE", help="show, picture: the taste in one genre")
    parser.add_argument("--json", action="store_true", help="show: print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    action, name = chosen(arguments.action, _ACTIONS, "action"), arguments.name
    if action in ("off", "on"):
        return _switch(action == "on")
    if action in ("export", "picture", *_DIRECTIONS) and not name:
        what = "FILE" if action in ("export", "picture") else "TRAIT"
        raise UsageError(f"Say which: cocomposer taste {action} {what}")
    from cocomposer.studio.taste import TasteKeeper
    from cocomposer.taste import Profile

    keeper = TasteKeeper(profile=Profile(arguments.project, arguments.genre))
    try:
        if action == "show":
            return _show(keeper, arguments.json)
        from cocomposer.commands.display import output

        if action in _DIRECTIONS:
            keeper.correct(name, _DIRECTIONS[action])
            output().print("Noted.")
        elif action == "forget":
            keeper.forget(name)
            output().print(f"What was learned of {name} is forgotten." if name else "Everything is forgotten.")
        elif action == "export":
            from cocomposer.studio.places import write_json

            write_json(keeper.export(), Path(name))
        else:
            from cocomposer.studio.places import write_text

            write_text(keeper.picture(), Path(name))
        for sentence in keeper.journal.problems:
            output().print(sentence, markup=False)
        return 0
    finally:
        keeper.close()


def _show(keeper: TasteKeeper, as_json: bool) -> int:
    from dataclasses import asdict

    from cocomposer.commands.display import output, print_json
    from cocomposer.studio.settings import load_settings

    told, on = keeper.lines(), load_settings()[0].learn_taste
    if as_json:
        print_json({"learning": on, "summary": keeper.summary(), "lines": [asdict(line) for line in told]})
        return 0
    console = output()
    for sentence in keeper.journal.problems:
        console.print(sentence, markup=False)
    if not told:
        console.print("Nothing is learned yet: keep and reject proposals, and look again.")
    elif summary := keeper.summary():
        console.print(f"{summary}\n", style="bold", markup=False)
    for line in told:
        console.print(f"{line.sentence}  [{line.trait}]", markup=False)
    if told:
        console.print("\nSet one right: cocomposer taste like|dislike|ignore|forget TRAIT", style="dim", markup=False)
    if not on:
        console.print("Learning is off: `cocomposer taste on` switches it on.")
    return 0


def _switch(on: bool) -> int:
    from dataclasses import replace

    from cocomposer.commands.display import output
    from cocomposer.studio.settings import load_settings, save_settings

    settings, _ = load_settings()
    save_settings(replace(settings, learn_taste=on))
    kept = "What was learned stays until `cocomposer taste forget`."
    output().print("Your taste is learned and used." if on else f"Nothing is learned or used any more. {kept}")
    return 0
