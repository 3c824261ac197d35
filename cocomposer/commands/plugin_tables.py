"""What `cocomposer plugins` shows: plugins, their parameters and programs, and what came of checking them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from cocomposer.commands.display import escape, output

if TYPE_CHECKING:
    from cocomposer.sound.plugin_check import PluginCheck
    from cocomposer.sound.plugins import PluginInfo
    from cocomposer.sound.protocol import ParameterValue


def show_plugins(plugins: Sequence[PluginInfo]) -> None:
    """One line a plugin, and how many work."""
    table = _table("plugin", "kind", "what it is", "parameters", "where")
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


def show_quarantine(reasons: Mapping[str, str]) -> None:
    """The plugins that are not asked any more, by their paths, with what they did."""
    for path, reason in reasons.items():
        output().print(
            f"[yellow]{escape(Path(path).name)} is in quarantine: it {escape(reason)}, and not once only.[/]"
        )
    if reasons:
        output().print("[dim]`cocomposer plugins lift NAME` gives it another chance.[/]")


def show_plugin(info: PluginInfo) -> None:
    """Everything that a plugin says of itself."""
    _show_head(info)
    if info.problem:
        output().print(f"[yellow]The plugin {escape(info.problem)}.[/]")
        return
    what = "instrument" if info.is_instrument else "effect"
    output().print(f"{what}, {info.inputs} channels in, {info.outputs} out, latency {info.latency} samples")
    table = _table("parameter", "at first", "unit")
    for parameter in info.parameters:
        table.add_row(escape(parameter.name), f"{parameter.default:.3f}", escape(parameter.unit))
    output().print(table)


def show_values(info: PluginInfo, values: Sequence[ParameterValue]) -> None:
    """The parameters of a plugin as a preset has them."""
    _show_head(info)
    table = _table("parameter", "value", "")
    for each in values:
        table.add_row(escape(each.name), f"{each.value:.3f}", escape(each.text))
    output().print(table)


def show_programs(info: PluginInfo, names: Sequence[str]) -> None:
    """The programs of a plugin, numbered from 1."""
    _show_head(info)
    if not names:
        output().print("It has no programs of its own.")
        return
    table = _table("", "program")
    for number, name in enumerate(names, 1):
        table.add_row(str(number), escape(name))
    output().print(table)


def show_checks(checks: Sequence[PluginCheck], asked: int) -> None:
    """What came of each plugin that was checked, of those `asked` for, and of all of them together."""
    table = _table("plugin", "kind", "parameters", "audio", "state")
    for check in checks:
        table.add_row(f"[bold]{escape(check.name)}[/]", check.kind, *(escape(words) for words in _check_words(check)))
    console = output()
    console.print(table)
    if len(checks) < asked:
        console.print(f"[yellow]Stopped after {len(checks)} of {asked} plugins.[/]")
    loaded = [check for check in checks if not check.problem]
    same = [check for check in loaded if check.sounds and check.deterministic]
    alike = sum(check.passed for check in same)
    console.print(f"{len(loaded)} of {len(checks)} load and play; {sum(check.sounds for check in loaded)} are heard.")
    console.print(
        f"{sum(not check.changed for check in loaded)} of {len(loaded)} restored every parameter; of the {len(same)} "
        f"that play the same twice, {alike} came back with the same parameters and sound."
    )
    for check in loaded:
        if check.sounds and not check.deterministic:
            console.print(f"[dim]{escape(check.name)} ({check.kind}) never plays the same twice.[/]")
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


def _show_head(info: PluginInfo) -> None:
    output().print(f"[bold]{escape(info.name)}[/]  [dim]{info.kind}, {escape(str(info.path))}[/]")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column)
    return table
