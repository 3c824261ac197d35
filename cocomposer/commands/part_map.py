"""A song at a glance: one line a part, one block a bar, as tall as the part is busy."""

from __future__ import annotations

from rich.text import Text

from cocomposer.music import Part, Role, Song

_BLOCKS = "▁▂▃▄▅▆▇█"
_NAME_WIDTH = 16
_COLOURS = {
    Role.MELODY: "bright_yellow", Role.DRUMS: "red", Role.BASS: "blue", Role.KEYS: "cyan", Role.GUITAR: "green",
    Role.PAD: "magenta", Role.ARPEGGIO: "bright_cyan", Role.COUNTER: "bright_magenta", Role.OTHER: "white",
}  # fmt: skip


def part_map(song: Song, width: int) -> list[Text]:
    """A ruler with the sections, then a line for each part; bars are joined in pairs, fours ... until they fit.

    `width` is the number of columns there are.
    """
    room = max(8, width - _NAME_WIDTH - 1)
    bars = len(song.bars)
    joined = 1
    while -(-bars // joined) > room:
        joined *= 2
    return [_ruler(song, joined), *(_line(part, song, joined) for part in song.parts)]


def _ruler(song: Song, joined: int) -> Text:
    """The section names, each above its first bar and cut short where the next begins."""
    columns = -(-len(song.bars) // joined)
    starts = [song.meters.bar_at(section.tick) // joined for section in song.sections]
    text = [" "] * columns
    for section, start, end in zip(song.sections, starts, [*starts[1:], columns + 1], strict=True):
        name = section.name[: max(0, min(columns, end - 1) - start)]
        text[start : start + len(name)] = name
    return Text.assemble(" " * _NAME_WIDTH, ("".join(text).rstrip(), "dim"))


def _line(part: Part, song: Song, joined: int) -> Text:
    """The part's name and its onsets, bars without any showing a held note as a thin line, silence as a dot."""
    columns = -(-len(song.bars) // joined)
    struck, held = [0] * columns, [False] * columns
    for note in part.notes:
        first = min(columns - 1, song.meters.bar_at(note.start + 30) // joined)
        struck[first] += 1
        for column in range(first, min(columns, song.meters.bar_at(max(note.start, note.end - 30)) // joined + 1)):
            held[column] = True
    most = max(struck, default=0) or 1
    cells = "".join(
        _BLOCKS[round(count / most * (len(_BLOCKS) - 1))] if count else "─" if sounding else "·"
        for count, sounding in zip(struck, held, strict=True)
    )
    name = part.name if len(part.name) < _NAME_WIDTH else part.name[: _NAME_WIDTH - 2] + "…"
    return Text.assemble((name.ljust(_NAME_WIDTH), "dim"), (cells, _COLOURS[part.role]))
