"""`cocomposer adapt`: the model learns from the artist's own music."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.commands.arguments import CommandParser, UsageError, decimal, existing_file, number
from cocomposer.errors import RequestError

if TYPE_CHECKING:
    from cocomposer.studio.adapters import KeptAdapter

_SHOWN = 12
_LAST_SEED = 1_000_000


def parser() -> CommandParser:
    parser = CommandParser(
        "adapt",
        "Let the model learn from your own music: MIDI and MusicXML files, and projects with the proposals you kept.\n"
        "What it learned is a small adapter in your data folder; nothing leaves this machine.\n"
        "Then: cocomposer propose SKETCH --adapter NAME, or NAME:0.5 for half of it.",
    )
    parser.add_argument("places", nargs="*", metavar="FOLDER", help="folders and files to learn from")
    parser.add_argument("--name", default="mine", metavar="NAME", help="of the adapter (default: %(default)s)")
    parser.add_argument("--artist", default="", metavar="NAME", help="who wrote the music, as the files name them")
    parser.add_argument("--mine", action="store_true", help="confirm that you may use music that seems another's")
    parser.add_argument("--minutes", default="10", metavar="N", help="at most, 0.1 to 120 (default: 10)")
    parser.add_argument("--seed", default="0", metavar="N", help="the same seed and music give the same adapter")
    parser.add_argument("--list", action="store_true", help="the adapters that are here")
    parser.add_argument("--remove", action="store_true", help="forget the adapter NAME")
    parser.add_argument("--share", type=Path, metavar="FILE", help="write the adapter NAME as a pack (.cocopack)")
    parser.add_argument("--licence", default="", help="share: what others may do with it, such as CC0-1.0")
    parser.add_argument("--take-in", metavar="FILE", help="keep the adapters in a pack or preset file of another's")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    from cocomposer.studio.adapters import adapters, remove_adapter, take_in

    if arguments.list:
        _show(adapters(), arguments.json)
    elif arguments.remove:
        remove_adapter(arguments.name)
        _say(f"The adapter {arguments.name} is forgotten.", arguments)
    elif arguments.share:
        _share(arguments)
    elif arguments.take_in:
        _show(take_in(existing_file(arguments.take_in)), arguments.json)
    elif arguments.places:
        _learn(arguments)
    else:
        raise UsageError("Say what to learn from: cocomposer adapt FOLDER --name mine")
    return 0


def _share(arguments: argparse.Namespace) -> None:
    from cocomposer.library.pack import SUFFIX
    from cocomposer.studio.adapters import share_adapter

    if arguments.share.suffix != SUFFIX:
        raise UsageError(f"Say where to: --share NAME{SUFFIX}.")
    share_adapter(arguments.name, arguments.share, arguments.licence)
    _say(f"Written to {arguments.share}", arguments)


def _learn(arguments: argparse.Namespace) -> None:
    from cocomposer.commands.display import progress_bar
    from cocomposer.model.course import USUAL
    from cocomposer.studio.adapting import adapt, sources_in, why_refused

    course = replace(
        USUAL, minutes=decimal(arguments.minutes, "--minutes", 0.1, 120),
        seed=number(arguments.seed, "--seed", 0, _LAST_SEED),
    )  # fmt: skip
    sources, problems = sources_in([_place(each) for each in arguments.places], arguments.artist)
    if not arguments.mine and (refusal := why_refused(sources)):
        raise RequestError(
            f"{refusal} Take it out, name yourself with --artist where it names you, or confirm with --mine that you "
            "may use it to train a model."
        )
    with progress_bar(hidden=arguments.json) as bar:
        task = bar.add_task(f"Learning from {len(sources)} files", total=1.0)
        kept = adapt(
            sources, arguments.name, artist=arguments.artist, confirmed=arguments.mine, course=course,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    for problem in problems[:_SHOWN]:
        _say(problem, arguments)
    _show([kept], arguments.json)


def _place(word: str) -> Path:
    path = Path(word)
    if not path.exists():
        raise UsageError(f"There is no file or folder {word}: check its name.")
    return path


def _say(sentence: str, arguments: argparse.Namespace) -> None:
    if not arguments.json:
        print(sentence)


def _show(kept: Sequence[KeptAdapter], as_json: bool) -> None:
    from cocomposer.commands.display import print_json

    if as_json:
        print_json([{"name": each.name, **each.card.model_dump()} for each in kept])
        return
    for each in kept:
        print(f"{each}\n  cocomposer propose SKETCH --adapter {each.name}")
    if not kept:
        print("No adapters yet: cocomposer adapt FOLDER --name mine")
