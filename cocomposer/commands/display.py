"""What the commands show: progress on stderr, results on stdout, both quiet or plain where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from cocomposer.studio.audio import AudioFiles

__all__ = ["bars_text", "escape", "length_text", "output", "print_json", "progress_bar", "show_soundfonts"]


def output() -> Console:
    """Where results go: colours on a terminal, plain text of 100 columns into a file or pipe."""
    _write_anything()
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=100, soft_wrap=False)


def _write_anything() -> None:
    """Let stdout replace what it cannot write: a pipe on Windows knows no blocks, a file name may be no text at all."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


@contextmanager
def progress_bar(hidden: bool = False) -> Iterator[Progress]:
    """A progress display on stderr that vanishes when done; nothing at all where stderr is not a terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn(),
        console=console, transient=True, disable=hidden or not console.is_terminal,
    ) as progress:  # fmt: skip
        yield progress


def print_json(data: Any) -> None:
    import json

    _write_anything()
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def length_text(seconds: float) -> str:
    """Minutes and seconds, "2:05"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def bars_text(count: int) -> str:
    return f"{count} bar" if count == 1 else f"{count} bars"


def show_soundfonts(console: Console, audio: Iterable[AudioFiles]) -> None:
    """One line that names the SoundFont heard, nothing where plugins played everything or nothing was rendered."""
    names = sorted({each.soundfont for each in audio if each.soundfont})
    if names:
        console.print(f"Played with {', '.join(names)}.", style="dim", soft_wrap=True, markup=False)
