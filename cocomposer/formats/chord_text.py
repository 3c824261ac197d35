"""Chord text: the chord chart that anyone can type.

    title: Evening Train          lines of the form `word: value` set title, tempo (quarter notes a minute), key and
    tempo: 96                     metre (`meter`, `metre` or `time`); all but the title may change between bars
    key: F# minor
    meter: 4/4
    # a remark
    [Verse]                       a section; without bars of its own it repeats the one of that name above
    | F#m | Bm7 E7 | % | A / / E7 |
    | i | iv7 bVII7 | III | N.C. | x2

Chords share the beats of their bar as evenly as can be, the first the longest.  Where slashes are written every
chord and slash is one beat.  `%` repeats the bar before, `x4` the line, `|: C | G :|` what it encloses, twice.
Roman numerals need a key.  A line without bar lines has one chord a bar.
"""

from __future__ import annotations

import contextlib
import difflib
import itertools
import re
from dataclasses import dataclass, field

from cocomposer.errors import FormatError, MusicError
from cocomposer.formats.short_bars import meter_of_length
from cocomposer.music import (
    Bar,
    Chord,
    ChordChange,
    Key,
    KeyChange,
    Meter,
    MeterChange,
    MeterMap,
    Section,
    Song,
    TempoChange,
    TempoMap,
)
from cocomposer.music.chord_symbols import parse_chord, parse_roman
from cocomposer.music.song import MAX_TICKS

__all__ = ["NAME", "SUFFIXES", "matches", "read", "write"]

NAME = "chord text"
SUFFIXES = (".txt", ".chords", ".text")
MAX_CHARACTERS = 500_000
MAX_BARS = 4_000
MAX_CHORDS_A_BAR = 32

_HEADERS = {"title": "title", "tempo": "tempo", "bpm": "tempo", "key": "key",
            "meter": "meter", "metre": "meter", "time": "meter"}  # fmt: skip
_HEADER = re.compile(r"([A-Za-z][A-Za-z ]{0,30}?)\s*[:=]\s*(.*)$")
_SECTION = re.compile(r"\[([^\[\]]*)\]\s*:?\s*(.*)$")
_TIMES = re.compile(r"(?:^|(?<=[\s|]))\(?[x×X*]\s*(\d{1,9})\)?$")
_ROMAN = re.compile(r"[#b♯♭]*[iIvV]")
_LOOKS_LIKE_CHART = re.compile(
    r"^\s*(?:\||\[[^\[\]\n]+\]|(?:title|tempo|bpm|key|meter|metre|time)\s*:)", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True)
class _Bar:
    """One bar as written: its metre, and its chords with their ticks from the bar line."""

    meter: Meter
    chords: tuple[tuple[int, Chord], ...]


@dataclass
class _Chart:
    """The chart as far as it has been read."""

    title: str = ""
    tick: int = 0
    meter: Meter = field(default_factory=Meter)
    key: Key | None = None
    bars: list[_Bar] = field(default_factory=list)
    chords: list[ChordChange] = field(default_factory=list)
    tempos: dict[int, TempoChange] = field(default_factory=dict)
    meters: dict[int, MeterChange] = field(default_factory=dict)
    keys: dict[int, KeyChange] = field(default_factory=dict)
    sections: dict[int, Section] = field(default_factory=dict)
    section_bars: dict[str, list[_Bar]] = field(default_factory=dict)
    section_from: int = 0

    def add(self, bar: _Bar) -> None:
        """Append a bar; a chord that merely goes on is no change."""
        if len(self.bars) >= MAX_BARS or self.tick + bar.meter.ticks_per_bar > MAX_TICKS:
            raise FormatError(f"more than {MAX_BARS:,} bars are too many: write fewer repeats.")
        if not self.bars or self.bars[-1].meter != bar.meter:
            self.meters[self.tick] = MeterChange(self.tick, bar.meter)
        for offset, chord in bar.chords:
            if not self.chords or self.chords[-1].chord != chord:
                self.chords.append(ChordChange(self.tick + offset, chord))
        self.bars.append(bar)
        self.tick += bar.meter.ticks_per_bar

    def open_section(self, name: str) -> None:
        self.close_section()
        self.sections[self.tick] = Section(self.tick, name)
        self.section_from = len(self.bars)

    def close_section(self) -> None:
        """End the section before; if nothing was written in it, it is the one of that name again."""
        if not self.sections:
            return
        name = next(reversed(self.sections.values())).name
        if len(self.bars) == self.section_from:
            if name.lower() not in self.section_bars:
                raise FormatError(f"section [{name}] has no bars: write its chords below it.")
            for bar in self.section_bars[name.lower()]:
                self.add(bar)
        self.section_bars[name.lower()] = self.bars[self.section_from :]


def matches(data: bytes, name: str) -> bool:
    """True for text that has a bar line, a [Section] or a header at the beginning of a line, or is called text."""
    if name.lower().endswith(SUFFIXES):
        return True
    try:
        return _LOOKS_LIKE_CHART.search(_decode(data)) is not None
    except FormatError:
        return False


def read(data: bytes) -> Song:
    """The song, without parts, that a chord text describes.

    Raises FormatError, naming the line and what to write instead, for what cannot be understood.
    """
    chart = _Chart()
    lines = _decode(data).splitlines()
    number = 0
    try:
        while number < len(lines):
            number += 1
            _read_line(chart, lines[number - 1].strip())
        chart.close_section()
    except (FormatError, MusicError) as error:
        raise FormatError(f"Line {number}: {error}") from error
    if not chart.bars:
        raise FormatError("There are no chords in this text: write bars like | C | Am7 D7 |.")
    return Song(
        title=chart.title,
        length=chart.tick,
        meters=MeterMap(tuple(chart.meters.values())),
        tempos=TempoMap(tuple({0: TempoChange(0), **chart.tempos}.values())),
        keys=tuple(change for change in chart.keys.values() if change.tick < chart.tick),
        chords=tuple(chart.chords),
        sections=tuple(chart.sections.values()),
    )


def _decode(data: bytes) -> str:
    if len(data) > MAX_CHARACTERS:
        raise FormatError(f"The text is longer than {MAX_CHARACTERS:,} bytes, which no chord chart is.")
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise FormatError("This is not a text but some other kind of file.")
    return text


def _read_line(chart: _Chart, line: str) -> None:
    if not line or line.startswith("#"):
        return
    section = _SECTION.match(line)
    if section:
        chart.open_section(section[1].strip())
        line = section[2]
        if not line:
            return
    elif line.startswith("["):
        raise FormatError("a section is written in brackets, like [Verse].")
    header = _HEADER.match(line)
    if header and (header[1].lower() in _HEADERS or "|" not in line):
        _read_header(chart, header[1].lower(), header[2].strip())
    else:
        _read_bars(chart, line)


def _read_header(chart: _Chart, word: str, value: str) -> None:
    known = _HEADERS.get(word)
    if known is None:
        near = difflib.get_close_matches(word, _HEADERS, n=1)
        hint = f"did you mean {near[0]}?" if near else "use title, tempo, key or meter, or begin the line with #."
        raise FormatError(f"{word!r} is not a header: {hint}")
    if known == "title":
        chart.title = value
    elif known == "tempo":
        match = re.fullmatch(r"(\d{1,5}(?:\.\d{1,12})?)\s*(?:bpm)?", value, re.IGNORECASE)
        if match is None:
            raise FormatError(f"{value[:24]!r} is not a tempo: write quarter notes a minute, like tempo: 96.")
        chart.tempos[chart.tick] = TempoChange.at_bpm(chart.tick, float(match[1]))
    elif known == "key":
        chart.key = Key.parse(value)
        chart.keys[chart.tick] = KeyChange(chart.tick, chart.key)
    else:
        match = re.fullmatch(r"(\d{1,2})\s*/\s*(\d{1,2})", value)
        if match is None:
            raise FormatError(f"{value[:24]!r} is not a metre: write it like meter: 4/4 or meter: 6/8.")
        chart.meter = Meter(int(match[1]), int(match[2]))


def _read_bars(chart: _Chart, line: str) -> None:
    times = _TIMES.search(line)
    repeats = int(times[1]) if times else 1
    if times:
        line = line[: times.start()].strip()
    enclosed = re.fullmatch(r"\|*:(.*):\|*", line)
    if enclosed:
        line, repeats = enclosed[1], repeats if times else 2
    elif ":|" in line or "|:" in line:
        raise FormatError("a repeat begins with |: and ends with :| on the same line; or write x2 after the line.")
    if not 1 <= repeats <= MAX_BARS:
        raise FormatError(f"x{repeats} cannot be played: repeat a line 1 to {MAX_BARS:,} times.")
    if "|" in line or enclosed:
        cells = re.sub(r"\|{2,}", "|", line).strip()
        cells = cells.removeprefix("|").removesuffix("|")
        texts = cells.split("|")
    else:
        texts = line.split()
    if not line.strip("| "):
        raise FormatError("there are no chords in this line: write bars like | C | Am7 D7 |.")
    if len(texts) > MAX_BARS:
        raise FormatError(f"more than {MAX_BARS:,} bars are too many: write fewer.")
    before = chart.bars[-1] if chart.bars else None
    bars: list[_Bar] = []
    for text in texts:
        bars.append(_read_bar(chart, text.split(), bars[-1] if bars else before))
    for _ in range(repeats):
        for bar in bars:
            chart.add(bar)


def _read_bar(chart: _Chart, words: list[str], before: _Bar | None) -> _Bar:
    """One bar from its words: chords, slashes, or `%`; a bar with neither lets the chord before sound on."""
    if words in (["%"], ["./."]):
        if before is None:
            raise FormatError("% repeats the bar before, and there is none: write a chord.")
        return before
    if len(words) > MAX_CHORDS_A_BAR:
        raise FormatError(f"{len(words)} chords in one bar are too many: put bar lines between them, like | C | G |.")
    lengths = _beat_lengths(chart.meter, words)
    chords, tick = [], 0
    for word, length in zip(words, lengths, strict=True):
        if word != "/":
            chords.append((tick, _read_chord(word, chart.key)))
        tick += length
    return _Bar(chart.meter, tuple(chords))


def _beat_lengths(meter: Meter, words: list[str]) -> list[int]:
    """How long each word of a bar lasts, in ticks."""
    count, beats, bar = len(words), meter.beats, meter.ticks_per_bar
    units = (bar // meter.numerator,) * meter.numerator
    if "/" in words:
        for grid in (beats, units):
            if count == len(grid):
                return list(grid)
        felt = f"{len(beats)}" if len(beats) == meter.numerator else f"{len(beats)} or {meter.numerator}"
        raise FormatError(
            f"| {' '.join(words)} | has {count} beats and a bar of {meter} has {felt}: "
            "with slashes every chord and slash is one beat."
        )
    for grid in (beats, units):
        if 0 < count <= len(grid):
            share, rest = divmod(len(grid), count)
            sizes = [share + (index < rest) for index in range(count)]
            starts = [sum(sizes[:index]) for index in range(count)]
            return [sum(grid[start : start + size]) for start, size in zip(starts, sizes, strict=True)]
    edges = [bar * index // max(count, 1) for index in range(count + 1)]
    return [after - before for before, after in itertools.pairwise(edges)]


def _read_chord(word: str, key: Key | None) -> Chord:
    try:
        return parse_chord(word)
    except MusicError:
        if not _ROMAN.match(word):
            raise
    if key is None:
        raise FormatError(f"the roman numeral {word[:24]} needs a key: write a line such as key: C before it.")
    return parse_roman(word, key)


def write(song: Song) -> bytes:
    """The chords, form, tempi, keys and metres of a song as chord text, four bars a line.

    The notes are left out, and so are changes of tempo or key inside a bar's course: each moves to its bar line.
    A chord between two beats moves to the nearer one.  Raises FormatError when there is no bar to write.
    """
    if not song.bars:
        raise FormatError("This song has no bars, so there is nothing to write as chord text.")
    return ("\n".join(_chart_lines(song)) + "\n").encode()


def _chart_lines(song: Song) -> list[str]:
    lines = [f"title: {' '.join(song.title.split())}"] if song.title.strip() else []
    bar_at = song.meters.bar_at
    tempos = {bar_at(change.tick): f"tempo: {_bpm_text(change)}" for change in song.tempos.changes}
    keys = {bar_at(change.tick): f"key: {change.key}" for change in song.keys}
    names = {bar_at(section.tick): re.sub(r"[\[\]\s]+", " ", section.name).strip() for section in song.sections}
    changes: dict[int, list[ChordChange]] = {}
    for change in song.chords:
        changes.setdefault(bar_at(change.tick), []).append(change)
    meter: Meter | None = None
    sounding: Chord | None = None
    cells: list[str] = []
    for bar in song.bars:
        headers = [words[bar.index] for words in (tempos, keys) if bar.index in words]
        if _written_meter(bar) != meter:
            meter = _written_meter(bar)
            headers.append(f"meter: {meter}")
        if bar.index in names:
            headers += ["", f"[{names[bar.index]}]"]
        if cells and (headers or len(cells) == 4):
            lines.append(f"| {' | '.join(cells)} |")
            cells = []
        lines += headers
        begun = changes.get(bar.index, [])
        cells.append(_cell(_written_meter(bar), [(each.tick - bar.start, each.chord) for each in begun], sounding))
        sounding = begun[-1].chord if begun else sounding
    lines.append(f"| {' | '.join(cells)} |")
    return lines


def _bpm_text(tempo: TempoChange) -> str:
    """The shortest decimal that reads back as the very same tempo."""
    texts = (f"{tempo.bpm:.{digits}f}".rstrip("0").rstrip(".") for digits in range(13))
    usec = tempo.microseconds_per_quarter
    for text in texts:
        if 3.6 <= float(text) <= 60_000 and TempoChange.at_bpm(0, float(text)).microseconds_per_quarter == usec:
            return text
    return f"{min(60_000.0, max(3.6, tempo.bpm)):.12g}"


def _written_meter(bar: Bar) -> Meter:
    """The metre to write over a bar: its own, or the one of its true length where a change has cut it short."""
    length = bar.end - bar.start
    return bar.meter if length == bar.meter.ticks_per_bar else meter_of_length(length) or bar.meter


def _cell(meter: Meter, begun: list[tuple[int, Chord]], sounding: Chord | None) -> str:
    """One bar as text: its chords alone where they share it evenly, else with slashes on its beats."""
    if not begun and sounding is not None:
        return _word(sounding)
    unit = meter.ticks_per_bar // meter.numerator
    beats = list(meter.beat_starts)
    if any(offset not in beats for offset, _ in begun):
        beats = [unit * index for index in range(meter.numerator)]
    words = ["/"] * len(beats)
    if sounding is not None:
        words[0] = _word(sounding)
    for offset, chord in begun:
        nearest = min(range(len(beats)), key=lambda index: abs(beats[index] - offset))
        words[nearest] = _word(chord)
    plain = [word for word in words if word != "/"]
    if plain:
        lengths = _beat_lengths(meter, plain)
        starts = [sum(lengths[:index]) for index in range(len(plain))]
        if starts == [beat for beat, word in zip(beats, words, strict=True) if word != "/"]:
            return " ".join(plain)
    return " ".join(words)


def _word(chord: Chord) -> str:
    """The artist's symbol where it is one word that reads as this chord, else our own spelling."""
    symbol = chord.symbol
    with contextlib.suppress(MusicError):
        if symbol and not re.search(r"[\s|]", symbol) and parse_chord(symbol) == chord:
            return symbol
    return chord.spell()
