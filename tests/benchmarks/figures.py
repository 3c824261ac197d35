"""What benchmarks have in common: figures with targets, a table of them, and a way to hand them to `bench.py`."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

COLLECTED = "COCOMPOSER_FIGURES"
"""Names the file in which `bench.py` wants the figures, where that runs a benchmark."""


@dataclass(frozen=True)
class Figure:
    """One measurement: `at_least` says whether the target is a floor or a ceiling; None is no target."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def reached(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target


def finish(figures: Sequence[Figure]) -> int:
    """Show the figures, or hand them over; returns the exit code, 1 where a target is missed."""
    if COLLECTED in os.environ:
        Path(os.environ[COLLECTED]).write_text(json.dumps([asdict(each) for each in figures]), encoding="utf-8")
    else:
        show(figures)
    return 0 if all(figure.reached for figure in figures) else 1


def show(figures: Sequence[Figure]) -> None:
    """A table of them."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for figure in figures:
        target = "" if figure.target is None else f"{'>=' if figure.at_least else '<='} {figure.target:g}"
        words = "" if figure.target is None else "[green]reached[/]" if figure.reached else "[red]missed[/]"
        table.add_row(figure.name, f"{figure.value:.3g} {figure.unit}", target, words)
    Console().print(table)
