"""Key, chord and melody finding measured on POP909: `analysis_on_pop909.py FOLDER_OR_ZIP`.

The quantised songs are used, which have keys and chords in them.

The songs are split in halves by a hash of their names: everything that was tuned was tuned on `dev`, and `test` is what
counts.  What is compared:

- key: the one in force the longest by the file's own key signatures against `find_key` on all parts but CHORDS, tonic
  and major/minor; where a song has several keys, finding the longest is what is asked of it.
- chords: on each beat for which CHORDS has three notes or more, root and major/minor of its block (named by its notes
  with the lowest as bass; what has no minor third counts as major) against `find_chords` on PIANO alone, key unknown.
- melody: MELODY is picked from MELODY, BRIDGE and PIANO with names, roles and order taken away.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import numpy as np

from cocomposer import formats
from cocomposer.music import ChordChange, Key, Mode, Part, Role, Song
from cocomposer.music.analysis.blocks import chord_of
from cocomposer.music.analysis.chords import find_chords
from cocomposer.music.analysis.form import find_sections
from cocomposer.music.analysis.grid import beat_grid
from cocomposer.music.analysis.keys import find_key, find_keys
from cocomposer.music.analysis.melody import find_melody, melody_line


@dataclass
class Tally:
    """Sums over the songs of one half."""

    songs: int = 0
    keyed: int = 0
    keys: int = 0
    single: int = 0
    single_keys: int = 0
    relative: int = 0
    moving: int = 0
    moves_found: int = 0
    moves_invented: int = 0
    beats: int = 0
    beats_right: int = 0
    roots_right: int = 0
    exact: int = 0
    melodies: int = 0
    bars: int = 0
    seconds: float = 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, help="pop909.zip, or the folder it was unpacked to")
    parser.add_argument("--every", type=int, default=1, help="take every Nth song only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = arguments.corpus
        if root.is_file():
            with zipfile.ZipFile(root) as archive:
                archive.extractall(folder)
            root = Path(folder)
        files = sorted(path for path in root.rglob("*.mid") if "performed" not in path.parts)[:: arguments.every]
        if not files:
            print(f"There is no MIDI file in {arguments.corpus}.", file=sys.stderr)
            return 1
        halves: dict[str, Tally] = {"dev": Tally(), "test": Tally()}
        for path in files:
            half = "dev" if int(hashlib.sha256(path.stem.encode()).hexdigest(), 16) % 2 == 0 else "test"
            measure(formats.read(path), halves[half])
    for name, tally in halves.items():
        report(name, tally)
    return 0


def measure(song: Song, tally: Tally) -> None:
    named = {part.name: replace(part, role=Role.OTHER) for part in song.parts}
    parts = [named[name] for name in ("MELODY", "BRIDGE", "PIANO") if name in named and named[name].notes]
    if "PIANO" not in named or "MELODY" not in named:
        return
    tally.songs += 1
    tally.bars += len(song.bars)
    anonymous = replace(song, keys=(), chords=(), sections=(), parts=_shuffled(song, parts))
    began = process_time()
    chords = find_chords(anonymous, [named["PIANO"]])
    key = find_key(parts, chords)
    moves = find_keys(anonymous, chords)
    found = find_melody(anonymous)
    melody = melody_line(named["MELODY"])
    find_sections(anonymous, melody, chords)
    tally.seconds += process_time() - began
    tally.melodies += found is not None and anonymous.parts[found].notes == named["MELODY"].notes
    if song.keys:
        _measure_key(song, key, len(moves), tally)
    if "CHORDS" in named:
        _measure_chords(song, named["CHORDS"], chords, tally)


def _shuffled(song: Song, parts: list[Part]) -> tuple[Part, ...]:
    """The parts in an order of their own and without names."""
    order = sorted(
        parts, key=lambda part: hashlib.sha256((song.title + part.name + str(len(part.notes))).encode()).digest()
    )
    return tuple(replace(part, name="") for part in order)


def _measure_key(song: Song, found: Key, moves: int, tally: Tally) -> None:
    lengths: dict[Key, int] = defaultdict(int)
    for change, end in zip(song.keys, [*(each.tick for each in song.keys[1:]), song.length], strict=True):
        lengths[change.key] += end - change.tick
    true = max(lengths, key=lambda key: lengths[key])
    right = found.tonic == true.tonic and found.mode.is_minor == (true.mode is Mode.MINOR)
    tally.keyed += 1
    tally.keys += right
    tally.relative += _collection(found) == true.relative_major
    if len(lengths) == 1:
        tally.single += 1
        tally.single_keys += right
        tally.moves_invented += moves > 1
    else:
        tally.moving += 1
        tally.moves_found += moves > 1


def _collection(key: Key) -> int:
    """Relative major of the plain minor or major key on the same tonic."""
    return Key(key.tonic, Mode.MINOR if key.mode.is_minor else Mode.MAJOR).relative_major


def _measure_chords(song: Song, blocks: Part, found: tuple[ChordChange, ...], tally: Tally) -> None:
    grid = beat_grid(song)
    middles = (grid.edges[:-1] + grid.edges[1:]) / 2
    true, full = np.full(len(grid), -1), np.full(len(grid), -1)
    pitches: dict[int, set[int]] = defaultdict(set)
    ends: dict[int, int] = {}
    for note in blocks.notes:
        pitches[note.start].add(note.pitch)
        ends[note.start] = max(note.end, ends.get(note.start, 0))
    kinds: dict[tuple[int, ...], int] = {}
    for start in sorted(pitches):
        chord = chord_of(pitches[start], min(pitches[start]) % 12) if len(pitches[start]) >= 3 else None
        if chord is not None:
            inside = (middles >= start) & (middles < ends[start])
            true[inside] = chord.root + 12 * chord.is_minor
            full[inside] = chord.root + 12 * kinds.setdefault(chord.intervals, len(kinds))
    heard, heard_full = np.full(len(grid), -2), np.full(len(grid), -2)
    for change in found:
        if not change.chord.is_silent:
            heard[middles >= change.tick] = change.chord.root + 12 * change.chord.is_minor
            kind = kinds.setdefault(change.chord.intervals, len(kinds))
            heard_full[middles >= change.tick] = change.chord.root + 12 * kind
    known = true >= 0
    tally.beats += int(known.sum())
    tally.beats_right += int((heard == true)[known].sum())
    tally.roots_right += int(((heard % 12 == true % 12) & (heard >= 0))[known].sum())
    tally.exact += int((heard_full == full)[known].sum())


def report(name: str, tally: Tally) -> None:
    if not tally.songs:
        return
    lines = {
        "key right": _share(tally.keys, tally.keyed),
        "  in songs of one key": _share(tally.single_keys, tally.single),
        "  or its relative": _share(tally.relative, tally.keyed),
        "change of key found": _share(tally.moves_found, tally.moving),
        "change of key invented": _share(tally.moves_invented, tally.single),
        "chord of the beat": _share(tally.beats_right, tally.beats),
        "  its root": _share(tally.roots_right, tally.beats),
        "  its every note": _share(tally.exact, tally.beats),
        "melody part": _share(tally.melodies, tally.songs),
    }
    print(f"{name}: {tally.songs} songs of {tally.bars / tally.songs:.0f} bars")
    for line, text in lines.items():
        print(f"  {line:24}{text}")
    print(f"  {'CPU time of all of it':24}{1000 * tally.seconds / tally.songs:.0f} ms a song")


def _share(right: int, total: int) -> str:
    return f"{right / max(1, total):.3f}  of {total}"


if __name__ == "__main__":
    sys.exit(main())
