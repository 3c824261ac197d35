"""`cocomposer plugins`: find the VST plugins of this computer, list them, look at one, check them, load presets."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.commands.arguments import CommandParser, UsageError, chosen, closest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cocomposer.music import Effect, Instrument
    from cocomposer.sound.plugins import PluginInfo
    from cocomposer.sound.supervisor import Hosts

_ACTIONS = ("scan", "list", "info", "programs", "check", "lift")


def parser() -> CommandParser:
    parser = CommandParser(
        "plugins",
        "Find the VST plugins of this computer and look at them.  Each is asked in a process of its own, so that one\n"
        "that crashes or hangs harms nothing and is listed with what it did.",
    )
    parser.add_argument(
        "action",
        metavar="ACTION",
        help="scan: look for plugins; list: those found; info: one of them; programs: the sounds it brings along; "
        "check: does it come back as it was saved?  lift: let one play again that crashed twice",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="scan: more folders; info, programs, check, lift: a plugin's name or file",
    )
    parser.add_argument("--again", action="store_true", help="scan: ask those that had a problem once more")
    parser.add_argument("--all", action="store_true", help="check: all that are known")
    parser.add_argument(
        "--preset", metavar="FILE", help="info: with the preset of a .fxp, .fxb or .vstpreset file loaded"
    )
    parser.add_argument("--program", metavar="P", help="info: with one of its programs, by number or name")
    parser.add_argument("--save", metavar="FILE", help="info: keep that as a preset file (.fxp or .vstpreset)")
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
    from cocomposer.studio.plugins import plugin_named

    info = plugin_named(arguments.names[0])
    if action == "programs" and not info.problem:
        return _programs(info, arguments)
    if (arguments.preset or arguments.program or arguments.save) and not info.problem:
        return _preset(info, arguments)
    return _info(info, arguments)


def _scan(arguments: argparse.Namespace) -> int:
    from cocomposer.commands.display import print_json, progress_bar
    from cocomposer.commands.plugin_tables import show_plugins
    from cocomposer.studio.plugins import scan_plugins

    count, plugins = scan_plugins([Path(name) for name in arguments.names], again=arguments.again)
    found = []
    with progress_bar(arguments.json) as progress:
        task = progress.add_task("asking the plugins", total=count)
        for info in plugins:
            found.append(info)
            progress.advance(task)
    found.sort(key=lambda info: (info.name.casefold(), str(info.path)))
    if arguments.json:
        print_json([info.to_data() for info in found])
    else:
        show_plugins(found)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    """Ctrl+C ends it with what is known by then."""
    from cocomposer.commands.display import print_json, progress_bar
    from cocomposer.commands.plugin_tables import show_checks
    from cocomposer.studio.plugins import check_plugins

    if bool(arguments.names) == arguments.all:
        raise UsageError("Say which plugins: cocomposer plugins check NAME..., or --all for all that are known.")
    count, checks = check_plugins(arguments.names)
    done = []
    try:
        with progress_bar(arguments.json) as progress:
            task = progress.add_task("saving and restoring", total=count)
            for check in checks:
                done.append(check)
                progress.update(task, advance=1, description=f"saving and restoring {check.name}")
    except KeyboardInterrupt:
        checks.close()
    done.sort(key=lambda check: (check.name.casefold(), str(check.path)))
    if arguments.json:
        print_json([check.to_data() for check in done])
    else:
        show_checks(done, count)
    if len(done) < count:
        return 130
    return 0 if all(check.passed for check in done) else 1


def _lift(name: str) -> int:
    from cocomposer.commands.display import escape, output
    from cocomposer.studio.plugins import lift_plugin

    output().print(f"[bold]{escape(lift_plugin(name).name)}[/] plays again, in a process of its own.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from cocomposer.commands.display import output, print_json
    from cocomposer.commands.plugin_tables import show_plugins, show_quarantine
    from cocomposer.studio.plugins import known_plugins, quarantined

    known, reasons = known_plugins().plugins(), quarantined()
    if arguments.json:
        print_json([_row(info, reasons) for info in known])
    elif known:
        show_plugins(known)
        show_quarantine(reasons)
    else:
        output().print("No plugins are known yet: `cocomposer plugins scan` looks for them.")
    return 0


def _row(info: PluginInfo, reasons: Mapping[str, str]) -> dict[str, Any]:
    reason = reasons.get(str(info.path))
    return info.to_data() if reason is None else {**info.to_data(), "quarantined": reason}


def _info(info: PluginInfo, arguments: argparse.Namespace) -> int:
    from cocomposer.commands.display import print_json
    from cocomposer.commands.plugin_tables import show_plugin

    if arguments.json:
        print_json(info.to_data())
    else:
        show_plugin(info)
    return 1 if info.problem else 0


def _programs(info: PluginInfo, arguments: argparse.Namespace) -> int:
    from cocomposer.commands.display import print_json
    from cocomposer.commands.plugin_tables import show_programs
    from cocomposer.studio.plugin_presets import programs
    from cocomposer.studio.plugins import open_hosts

    with open_hosts() as hosts:
        names = programs(hosts, info.plugin())
    if arguments.json:
        print_json(list(names))
    else:
        show_programs(info, names)
    return 0


def _preset(info: PluginInfo, arguments: argparse.Namespace) -> int:
    """Show, or keep, a plugin with a preset file or one of its programs."""
    from cocomposer.commands.display import escape, output, print_json
    from cocomposer.commands.plugin_tables import show_values
    from cocomposer.studio import plugin_presets
    from cocomposer.studio.plugins import open_hosts

    plugin = info.plugin()
    with open_hosts() as hosts:
        if arguments.preset:
            plugin = replace(plugin, state=plugin_presets.state_from_file(hosts, plugin, Path(arguments.preset)))
        if arguments.program:
            number = _program_number(hosts, plugin, arguments.program)
            plugin = replace(plugin, state=plugin_presets.state_of_program(hosts, plugin, number))
        values = hosts.parameters(plugin)
        if arguments.save:
            plugin_presets.save_preset(hosts, plugin, Path(arguments.save))
    if arguments.json:
        print_json([asdict(each) for each in values])
    else:
        show_values(info, values)
        if arguments.save:
            output().print(f"Kept as {escape(arguments.save)}.")
    return 0


def _program_number(hosts: Hosts, plugin: Instrument | Effect, wanted: str) -> int:
    """A program by its number from 1 or its name, counted from 0.  Raises UsageError."""
    from cocomposer.studio.plugin_presets import programs

    names = programs(hosts, plugin)
    if wanted.isdecimal() and 0 < int(wanted) <= len(names):
        return int(wanted) - 1
    folded = [name.casefold() for name in names]
    if wanted.casefold() in folded:
        return folded.index(wanted.casefold())
    raise UsageError(
        f"There is no program {wanted!r}{closest(wanted, names)} `cocomposer plugins programs` lists them."
    )
