"""`cocomposer plugins`: find the VST plugins of this computer, list them, look at one, let one out of quarantine."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.commands.arguments import CommandParser, UsageError, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cocomposer.sound.plugin_check import PluginCheck
    from cocomposer.sound.plugins import PluginInfo

_ACTIONS = ("scan", "list", "info", "check", "lift")


def parser() -> CommandParser:
    parser = CommandParser(
        "plugins",
        "Find the VST plugins of this computer and look at them.  Each is asked in a process of its own, so that one\n"
        "that crashes or hangs harms nothing and is listed with what it did.",
    )
    parser.add_argument(
        "action",
        metavar="ACTION",
        help="scan: look for plugins; list: those found; info: one of them; check: does it come back as it was saved?  "
        "lift: let one play again that crashed twice",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="scan: more folders; info, check, lift: a plugin's name or file"
    )
    parser.add_argument("--again", action="store_true", help="scan: ask those that had a problem once more")
    parser.add_argument("--all", action="store_true", help="check: all that are known")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def run(arguments: argparse.Namespace) -> int:
    action = chosen(arguments.action, _ACTIONS, "action")
    if action == "scan":
        return _scan(arguments)
    if action == "list":
        return _list(arguments)
    if action == "check":
        return _check(arguments)
    if len(arguments.names) != 1:
        raise UsageError(f"Say which plugin: cocomposer plugins {action} NAME, with a name from the list or a file.")
    if action == "lift":
        return _lift(arguments.names[0])
    from cocomposer.commands.display import print_json
    from cocomposer.studio.plugins import plugin_named

    info = plugin_named(arguments.names[0])
    if arguments.json:
        print_json(info.to_data())
    else:
        _show(info)
    return 1 if info.problem else 0


def _scan(arguments: argparse.Namespace) -> int:
    from rich.progress import Progress

    from cocomposer.commands.display import output, print_json
    from cocomposer.studio.plugins import scan_plugins

    count, plugins = scan_plugins([Path(name) for name in arguments.names], again=arguments.again)
    found = []
    with Progress(console=output(), transient=True, disable=arguments.json) as progress:
        task = progress.add_task("asking the plugins", total=count)
        for info in plugins:
            found.append(info)
            progress.advance(task)
    found.sort(key=lambda info: (info.name.casefold(), str(info.path)))
    if arguments.json:
        print_json([info.to_data() for info in found])
    else:
        _table(found)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from rich.progress import Progress

    from cocomposer.commands.display import output, print_json
    from cocomposer.studio.plugins import check_plugins

    if bool(arguments.names) == arguments.all:
        raise UsageError("Say which plugins: cocomposer plugins check NAME..., or --all for all that are known.")
    count, checks = check_plugins(arguments.names)
    done = []
    with Progress(console=output(), transient=True, disable=arguments.json) as progress:
        task = progress.add_task("saving and restoring", total=count)
        for check in checks:
            done.append(check)
            progress.advance(task)
    if arguments.json:
        print_json([check.to_data() for check in done])
    else:
        _check_table(done)
    return 0 if all(check.passed for check in done) else 1


def _check_table(checks: Sequence[PluginCheck]) -> None:
    from rich.table import Table

    from cocomposer.commands.display import escape, output

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("plugin", "kind", "parameters", "audio", "state"):
        table.add_column(column)
    for check in checks:
        table.add_row(f"[bold]{escape(check.name)}[/]", check.kind, *(escape(words) for words in _check_words(check)))
    console = output()
    console.print(table)
    failed = sum(not check.passed for check in checks)
    console.print(
        f"{len(checks) - failed} plugins came back as they were" + (f", {failed} did not." if failed else ".")
    )


def _check_words(check: PluginCheck) -> tuple[str, str, str]:
    """The parameters, audio and state of one that was checked."""
    if check.problem:
        return check.problem, "", ""
    same = check.parameters - len(check.changed)
    parameters = f"{same} of {check.parameters} restored, {check.moved} of them turned"
    if not check.sounds:
        audio = "silent"
    elif not check.deterministic:
        audio = "never twice the same"
    else:
        audio = "the same" if check.difference_db == -math.inf else f"{check.difference_db:.0f} dB apart"
    return parameters, audio, f"{check.state_bytes:,} bytes"


def _lift(name: str) -> int:
    from cocomposer.commands.display import escape, output
    from cocomposer.studio.plugins import lift_plugin

    output().print(f"[bold]{escape(lift_plugin(name).name)}[/] plays again, in a process of its own.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from cocomposer.commands.display import output, print_json
    from cocomposer.studio.plugins import known_plugins, quarantined

    known, reasons = known_plugins().plugins(), quarantined()
    if arguments.json:
        print_json([_row(info, reasons) for info in known])
    elif known:
        _table(known)
        _quarantine(reasons)
    else:
        output().print("No plugins are known yet: `cocomposer plugins scan` looks for them.")
    return 0


def _row(info: PluginInfo, reasons: Mapping[str, str]) -> dict[str, Any]:
    reason = reasons.get(str(info.path))
    return info.to_data() if reason is None else {**info.to_data(), "quarantined": reason}


def _quarantine(reasons: Mapping[str, str]) -> None:
    from cocomposer.commands.display import escape, output

    for path, reason in reasons.items():
        output().print(
            f"[yellow]{escape(Path(path).name)} is in quarantine: it {escape(reason)}, and not once only.[/]"
        )
    if reasons:
        output().print("[dim]`cocomposer plugins lift NAME` gives it another chance.[/]")


def _table(plugins: Sequence[PluginInfo]) -> None:
    from rich.table import Table

    from cocomposer.commands.display import escape, output

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("plugin", "kind", "what it is", "parameters", "where"):
        table.add_column(column)
    for info in plugins:
        what = "instrument" if info.is_instrument else "effect"
        if info.problem:
            what = f"[yellow]{escape(info.problem)}[/]"
        count = "" if info.problem else str(len(info.parameters))
        table.add_row(f"[bold]{escape(info.name)}[/]", info.kind, what, count, f"[dim]{escape(str(info.path))}[/]")
    broken = sum(bool(info.problem) for info in plugins)
    console = output()
    console.print(table)
    console.print(f"{len(plugins) - broken} plugins work" + (f", {broken} do not." if broken else "."))
    if broken:
        console.print("[dim]`cocomposer plugins scan --again` asks those once more.[/]")


def _show(info: PluginInfo) -> None:
    from rich.table import Table

    from cocomposer.commands.display import escape, output

    console = output()
    console.print(f"[bold]{escape(info.name)}[/]  [dim]{info.kind}, {escape(str(info.path))}[/]")
    if info.problem:
        console.print(f"[yellow]The plugin {escape(info.problem)}.[/]")
        return
    what = "instrument" if info.is_instrument else "effect"
    console.print(f"{what}, {info.inputs} channels in, {info.outputs} out, latency {info.latency} samples")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("parameter", "at first", "unit"):
        table.add_column(column)
    for parameter in info.parameters:
        table.add_row(escape(parameter.name), f"{parameter.default:.3f}", escape(parameter.unit))
    console.print(table)
