"""Damaged and malicious files: the answer is a Song or a FormatError with a sentence, soon, and in little memory."""

import random
import re
import resource
import time
import zipfile
from pathlib import Path

import pytest

from cocomposer import formats
from cocomposer.errors import FormatError
from cocomposer.formats import musicxml
from cocomposer.music import Song

ROOT = Path(__file__).parents[2]
CORPORA = ROOT.parent / "shared" / "data"
SECONDS = 2.0
MEGABYTES = 500
# What tends to upset readers: ends of ranges, status bytes, structure, huge numbers.
SPICE = [
    *(b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\x7f", b"MTrk", b"\xff\x2f\0", b"\xff\x58\x04\0\0\0\0", b"\xf0"),
    *(
        b"99999999999",
        b"-1",
        b"0",
        b"1e308",
        b"nan",
        b"<note>",
        b"</measure>",
        b"<",
        b">",
        b"&",
        b"<backup>",
        b"<tie/>",
    ),
    *(b"|", b"%", b"x999999999", b"[", b"]", b":", b"/", b"\n"),
]


def mutated(data: bytes, others: list[bytes], random: random.Random) -> bytes:
    """The file with one to eight small or large things wrong with it."""
    if random.random() < 0.4:
        return quietly_mutated(data, random)
    damaged = bytearray(data)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(damaged) + 1)
        span = random.choice([1, 2, 4, 16, 256])
        match random.randrange(8):
            case 0:
                damaged[at : at + 1] = bytes([random.randrange(256)])
            case 1:
                damaged[at : at + span] = b""
            case 2:
                damaged[at:at] = random.choice(SPICE)
            case 3:
                damaged[at : at + span] = random.choice(SPICE) * random.choice([1, 1, 1, 50])
            case 4:
                damaged[at:at] = damaged[at : at + span * 4]
            case 5:
                other = random.choice(others)
                start = random.randrange(len(other) + 1)
                damaged[at : at + span] = other[start : start + span * 4]
            case 6 if random.random() < 0.2:
                del damaged[at:]
            case _:
                numbers = list(re.finditer(rb"\d+", damaged))
                if numbers:
                    number = random.choice(numbers)
                    damaged[number.start() : number.end()] = random.choice([b"0", b"-1", b"1", b"255", b"99999999"])
    return bytes(damaged)


def quietly_mutated(data: bytes, random: random.Random) -> bytes:
    """Numbers changed, and lines without nesting lost, doubled or moved: XML stays sound and only its sense is hurt."""
    for _ in range(random.randint(1, 6)):
        numbers = list(re.finditer(rb"(?<=[>\" ])-?\d+(?=[<\" ])", data))
        lines = list(re.finditer(rb"(?m)^[^\n<]*(?:<[^\n<>/]*>[^\n<]*</[^\n<>]*>|<[^\n<>]*/>|[^\n<]*)\n", data))
        if numbers and random.random() < 0.5:
            number = random.choice(numbers)
            value = random.choice([b"0", b"-1", b"1", b"2", b"3", b"7", b"255", b"1000000", b"99999999999", b"0.3"])
            data = data[: number.start()] + value + data[number.end() :]
        elif lines:
            line, target = random.choice(lines), random.choice(lines)
            if random.random() < 0.5:
                data = data[: line.start()] + data[line.end() :]
            else:
                data = data[: target.start()] + line[0] + data[target.start() :]
    return data


def check(data: bytes, name: str) -> bool:
    """Read the bytes; True for a song.  Fails on any other exception than FormatError, and on slowness."""
    started = time.process_time()
    answer: Song | FormatError
    try:
        answer = formats.read_bytes(data, name)
    except FormatError as error:
        answer = error
    assert time.process_time() - started < SECONDS
    if isinstance(answer, FormatError):
        assert re.search(r"\w+ \w+.*[.?!]$", str(answer), re.DOTALL), "a FormatError is a sentence"
        return False
    assert isinstance(answer, Song)
    assert formats.midi.canonical(answer).parts == answer.parts
    return True


def own_files() -> list[tuple[str, bytes]]:
    """Small real files of every format, all from this repository."""
    files = [(path.name, path.read_bytes()) for path in sorted((ROOT / "assets" / "sketches").iterdir())]
    files = [file for file in files if file[0].endswith((".mid", ".musicxml", ".txt", ".mxl"))]
    for name, data in list(files):
        song = formats.read_bytes(data, name)
        files.append((f"{name}.mid", formats.FORMATS[0].write(song)))
    return files


def corpus_files(count: int) -> list[tuple[str, bytes]]:
    """Files from corpora beside the checkout, none where there are none."""
    files = []
    for archive, suffix in (("openewld.zip", ".mxl"), ("pop909.zip", ".mid"), ("slakh.zip", ".mid")):
        if (CORPORA / archive).exists():
            with zipfile.ZipFile(CORPORA / archive) as corpus:
                names = sorted(name for name in corpus.namelist() if name.endswith(suffix))
                files += [(Path(name).name, corpus.read(name)) for name in names[:: max(1, len(names) // count)]]
    # Damage inside a zip is found by its checksum: unpacked, the score itself meets the mutations too.
    files += [(name[:-4] + ".xml", musicxml._unpacked(data)) for name, data in files if name.endswith(".mxl")]
    return files


def fuzz(files: list[tuple[str, bytes]], count: int, seed: int) -> int:
    chance = random.Random(seed)
    contents = [data for _, data in files]
    return sum(
        check(mutated(data, contents, chance), name) for name, data in (chance.choice(files) for _ in range(count))
    )


def test_three_hundred_damaged_files():
    songs = fuzz(own_files(), 300, seed=1)
    assert 30 < songs < 300  # some damage is harmless, some is not: else the test tries nothing


@pytest.mark.slow
def test_ten_thousand_damaged_files():
    songs = fuzz(own_files() + corpus_files(20), 10_000, seed=2)
    assert 1_000 < songs < 10_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 < MEGABYTES
