"""Packs that a stranger might send: several hundred ways of being wrong, each with the word its refusal must have."""

from __future__ import annotations

import hashlib
import io
import json
import random
import stat
import struct
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

MOOD = b'schema = 2\nkind = "mood"\nname = "Dusk"\n[mood]\nvalence = -0.2\narousal = -0.5\n'
CHORDS = (
    b'schema = 2\nkind = "progression"\nname = "Home"\n[progression]\nmode = "major"\nbars = "| I | IV | V | I |"\n'
)
GOOD = {"presets/dusk.toml": MOOD, "presets/home.toml": CHORDS, "previews/dusk.ogg": b"OggS" + bytes(range(256)) * 4}

Attack = tuple[str, bytes, str]
"""What it is, the file, and what the refusal says."""


def manifest(members: dict[str, bytes], **other: Any) -> dict[str, Any]:
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    said = {"format": "cocopack", "version": 1, "name": "evening", "title": "Evening", "licence": "CC0-1.0"}
    return said | {"files": hashes} | other


def packed(
    members: dict[str, bytes], said: Any = None, *, mode: int = 0o100644, method: int = zipfile.ZIP_DEFLATED,
    raw_manifest: bytes | None = None, extra: tuple[tuple[str, bytes], ...] = (), special: str = "",
) -> bytes:  # fmt: skip
    """A zip file of `members` and a manifest, by default the right one; `mode` is that of the member `special`."""
    buffer = io.BytesIO()
    text = json.dumps(manifest(members) if said is None else said).encode() if raw_manifest is None else raw_manifest
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # names that stand twice are meant
        for name, data in (("manifest.json", text), *members.items(), *extra):
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            info.compress_type = method
            info.external_attr = (mode if name == special else 0o100644) << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def good() -> bytes:
    return packed(GOOD)


def attacks() -> list[Attack]:
    return [*names(), *kinds(), *bombs(), *frames(), *manifests(), *contents(), *signatures()]


def names() -> Iterator[Attack]:
    """Members that want to be elsewhere, or are called differently by different systems."""
    devices = ("con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt5", "CON", "Nul", "conin$", "clock$")
    climbing = ("../evil", "../../evil", "presets/../../evil", "..", "presets/..", "./presets/x", "presets/./x",
                "..\\evil", "presets\\..\\..\\evil", "a/../../../b")  # fmt: skip
    absolute = ("/etc/passwd", "//server/share", "\\\\server\\share", "C:/windows/x", "c:x", "/", "\\x", "D:\\x")
    strange = ("Dusk", "DUSK", "dusk ", "dusk.", " dusk", "du sk", "dusk:stream", "dusk?", "dusk*", "dusk|", "dusk<x>",
               'dusk"', "dusk'", "dusk;rm", "$(rm)", "`rm`", "~", "-rf", "~root/x", "düsk", "du\u0301sk",
               "dusk\u202etxt", "\u2215etc", "dusk\u200b", "ＤＵＳＫ", "ı", "ſ", "dusk\ufeff", "\U0001f3b9", "dusk\n",
               "dusk\r", "dusk\t", "dusk\x01", "dusk\x1b[31m", "dusk\x7f", "%2e%2e/x", "dusk%00", ".hidden",
               "..dusk", "dusk..",
               "#dusk", "x" * 200, "a/b/c/d/e/f", "", "presets//x", "{0}", "dusk@2", "dusk=1", "dusk,x", "dusk+x",
               "[x]", "!")  # fmt: skip
    for what, group in (("device", devices), ("climbing", climbing), ("absolute", absolute), ("strange", strange)):
        for name in group:
            for place in ("presets/{}.toml", "{}.toml", "previews/{}.ogg", "{}"):
                if what == "absolute" and place.startswith("p"):
                    continue
                full = place.format(name)
                yield f"{what} name {full!r}", packed({**GOOD, full: MOOD}), "refused"
    for suffix in ("py", "sh", "exe", "bat", "cmd", "dll", "so", "js", "vbs", "ps1", "lnk", "desktop", "app", "dylib",
                   "html", "svg", "zip", "toml.exe", "toml.", "pyc", "jar", "com", "scr", "msi", "TOML", "vst3", "pth",
                   "pickle", "pkl", "dsp", "wav", "md", "ini", "inf"):  # fmt: skip
        for folder in ("presets/", "previews/", ""):
            yield f"{folder}x.{suffix}", packed({**GOOD, f"{folder}x.{suffix}": MOOD}), "refused"
    for name in ("presets/dusk\0.toml", "presets/d\0sk.toml", "pre\0ets/x.toml"):
        plain = name.replace("\0", "Q")
        data = packed({**GOOD, plain: MOOD})
        yield f"hidden end {name!r}", data.replace(plain.encode(), name.encode()), "refused"
    for name in ("presets/dusk.toml", "presets/home.toml", "manifest.json", "previews/dusk.ogg"):
        yield f"{name} twice", packed(GOOD, extra=((name, MOOD),)), "twice"
    for name in ("presets/DUSK.toml", "presets/Dusk.toml", "Presets/dusk.toml", "MANIFEST.json", "presets/dusk.TOML"):
        yield f"{name} beside its twin", packed({**GOOD, name: MOOD}), "refused"


def kinds() -> Iterator[Attack]:
    """Members that are no plain files."""
    modes = (stat.S_IFLNK | 0o777, stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFDIR,
             0o100755, 0o104644, 0o102644, 0o100711, 0o100645)  # fmt: skip
    for mode in modes:
        for name in (*GOOD, "manifest.json"):
            yield f"{name} of mode {mode:o}", packed(GOOD, mode=mode, special=name), "refused"
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"packed by method {method}", packed(GOOD, method=method), "unusual"
    for flags in (0x1, 0x40, 0x2000):
        data = bytearray(good())
        at = data.index(b"PK\1\2")
        struct.pack_into("<H", data, at + 8, struct.unpack_from("<H", data, at + 8)[0] | flags)
        yield f"flags {flags:x}", bytes(data), "refused"


def bombs() -> Iterator[Attack]:
    """Small files that would fill a disk or a morning."""
    for name in ("presets/dusk.toml", "previews/dusk.ogg", "presets/more.toml"):
        for size in (200_000, 1_000_000, 4_000_000, 9_000_000):
            yield f"{name} of {size} zeros", packed({**GOOD, name: bytes(size)}), "refused"
    yield "a long comment", packed({**GOOD, "presets/dusk.toml": b"#" * 1_500_000 + b"\n" + MOOD}), "refused"
    many = {f"presets/m{number}.toml": MOOD for number in range(2_100)}
    yield "too many members", packed(many, method=zipfile.ZIP_STORED), "entries"
    for offset in (20, 24):  # what the central directory says of a member's size
        for size in (0, 1, 5, 2**31, 2**32 - 2, 500):
            data = bytearray(good())
            at = data.rindex(b"PK\1\2")
            struct.pack_into("<I", data, at + offset, size)
            yield f"a size of {size} at {offset}", bytes(data), "refused"
    data = bytearray(good())
    places = [at for at in range(len(data)) if data[at : at + 4] == b"PK\1\2"]
    first = struct.unpack_from("<I", data, places[0] + 42)[0]
    for place in places[1:]:
        lies = bytearray(data)
        struct.pack_into("<I", lies, place + 42, first)
        yield "members that share their bytes", bytes(lies), "refused"


def frames() -> Iterator[Attack]:
    """Files that are a zip to some and something else to others, or that ended too early."""
    data = good()
    for length in sorted({len(data) * part // 40 for part in range(40)} | {len(data) - cut for cut in (1, 2, 5, 21)}):
        yield f"the first {length} bytes", data[:length], "refused"
    for before in (b"#!/bin/sh\nrm\n", b"MZ" + bytes(60), b"\x7fELF", b"GIF89a", b"%PDF-1.4", b"\0", b"PK\3\4"):
        yield f"{before[:8]!r} before it", before + data, "refused"
    for after in (b"\0", b"#!/bin/sh", data, b"PK\5\6" + bytes(18), bytes(70_000)):
        yield f"{len(after)} bytes after it", data + after, "refused"
    for count in (0, 1, 3, 5, 2_000, 65_534, 65_535):
        lies = bytearray(data)
        struct.pack_into("<HH", lies, len(lies) - 14, count, count)
        yield f"a count of {count}", bytes(lies), "refused"
    for offset, value in ((4, 1), (6, 1), (20, 5)):
        lies = bytearray(data)
        struct.pack_into("<H", lies, len(lies) - 22 + offset, value)
        yield f"{value} at {offset} of the end", bytes(lies), "refused"
    yield "nothing", b"", "refused"
    yield "text", b"hello " * 100, "refused"
    yield "an empty archive", b"PK\5\6" + bytes(18), "refused"
    rng = random.Random(7)
    for number in range(20):
        yield f"noise {number}", rng.randbytes(rng.randrange(1, 4_000)), "refused"


def manifests() -> Iterator[Attack]:
    """A manifest that is missing, lies, or is of another time."""
    right = manifest(GOOD)
    for name in right:
        yield (
            f"no {name}",
            packed(GOOD, {key: value for key, value in right.items() if key != name}),
            ("manifest" if name not in ("format", "version") else ""),
        )
    for version in (2, 3, 99, 10**12):
        yield f"version {version}", packed(GOOD, right | {"version": version}), "newer"
    wrong: dict[str, tuple[Any, ...]] = {
        "version": (0, -1, "1", None, 1.5, [], True), "format": ("zip", "", None, 1),
        "name": ("", "../evil", "/x", "Evil", "a b", "nul", "con", "x" * 90, None, 3, "a/b", "ü", "-", "a\n"),
        "title": ("", None, 5, "x" * 500, "a\x1b[31m", "a\u202eb", "a\0", " x"),
        "licence": ("", None, [], "x" * 500), "author": (None, 5, "\u202e", "y" * 200),
        "tags": (None, "a", [1], ["a"] * 50),
        "description": (None, "z" * 3_000, "\x07"), "revision": (0, -1, "1", 1.5, 10**9, None, True),
        "files": (None, [], {}, "x", {"presets/dusk.toml": "0" * 64}, {"presets/dusk.toml": 5}),
    }  # fmt: skip
    for name, values in wrong.items():
        for value in values:
            yield f"{name} is {str(value)[:20]!r}", packed(GOOD, right | {name: value}), "refused"
    yield "a field too many", packed(GOOD, right | {"run": "rm"}), "manifest"
    for name in GOOD:
        for digest in ("0" * 64, "f" * 64, hashlib.sha256(b"").hexdigest(), "", "0" * 63, "G" * 64, 5):
            yield (
                f"another hash for {name}",
                packed(GOOD, right | {"files": right["files"] | {name: digest}}),
                "refused",
            )
        without = {key: value for key, value in GOOD.items() if key != name}
        yield f"{name} is not there", packed(without, right), "missing"
        yield f"{name} is not named", packed(GOOD, manifest(without)), "not in the manifest"
    for raw in (b"", b"null", b"[]", b"5", b'"x"', b"{", b"\xff\xfe", b"[" * 100_000, b"{" + b'"a":{' * 5_000,
                b"NaN", b'{"version": 1e999}', b'{"format":"cocopack","version":Infinity}', b"\0" * 40,
                b"0" * 5_000):  # fmt: skip
        yield f"the manifest {raw[:12]!r}", packed(GOOD, raw_manifest=raw), "refused"


def contents() -> Iterator[Attack]:
    """Members in their place, with the right hash, that are no presets."""
    bad = (
        b"", b"\xff\xfe\0", b"x", b"#!/bin/sh\n" + MOOD, b"schema = 2", b'schema = 3\nkind = "mood"',
        MOOD + b"\nrun = 1\n", MOOD.replace(b"-0.2", b"nan"), MOOD.replace(b"-0.2", b"inf"),
        MOOD.replace(b"-0.2", b"7"), MOOD.replace(b"-0.2", b'"a"'), MOOD.replace(b"Dusk", b""),
        MOOD.replace(b"Dusk", b"x" * 200),
        MOOD.replace(b"Dusk", b"\\u202e"), MOOD.replace(b"Dusk", b"\\u0000"), MOOD.replace(b'"mood"', b'"script"'),
        MOOD.replace(b"schema = 2", b"schema = true"), MOOD.replace(b"schema = 2", b"schema = -1"),
        MOOD.replace(b"schema = 2", b"schema = 99999999999999999999"), MOOD + MOOD, b"a = " + b"[" * 5_000,
        b"a." * 2_000 + b"b = 1", CHORDS.replace(b"| I | IV | V | I |", b"| H | x9000 |"),
        CHORDS.replace(b"| I | IV | V | I |", b"| I | x999999999"), CHORDS.replace(b"major", b"lydian"),
        b'schema = 2\nkind = "instrument"\nname = "x"\n[instrument]\nname = "no-such-thing"\n',
        b'schema = 2\nkind = "instrument"\nname = "x"\n[instrument]\nkind = "plugin"\nname = "/usr/lib/evil.vst3"\n',
        b'schema = 2\nkind = "instrument"\nname = "x"\n[instrument]\nkind = "plugin"\nname = "..\\\\evil.dll"\n',
        b'schema = 2\nkind = "instrument"\nname = "x"\n[instrument]\nkind = "plugin"\nname = "a"\nstate = "!!"\n',
        b'schema = 2\nkind = "rack"\nname = "x"\n[rack]\ngain = 900\n',
        b'schema = 2\nkind = "rack"\nname = "x"\n[[rack.effect]]\ntype = "Exec"\n',
        b'schema = 2\nkind = "style"\nname = "x"\n[style]\nmeter = "4/4"\n',
        b'schema = 2\nkind = "control"\nname = "x"\n[control.everybody]\nvelocity_min = 90\nvelocity_max = 20\n',
        b'schema = 2\nkind = "template"\nname = "x"\n[template]\nchart = "| C | x99999999"\n',
        b'schema = 2\nkind = "template"\nname = "x"\n[template]\nchart = "| C |"\nstyle = "../evil"\n',
    )  # fmt: skip
    for number, data in enumerate(bad):
        for name in ("presets/dusk.toml", "presets/more.toml"):
            yield f"content {number} as {name}", packed({**GOOD, name: data}), "refused"
    for data in (
        b"",
        b"RIFF",
        b"MZ",
        b"#!/bin/sh",
        b"oggs",
        b"fLaC",
        b"\x7fELF",
        MOOD,
        b"OggS" + random.Random(1).randbytes(2_100_000),
    ):
        yield f"no audio: {data[:6]!r}", packed({**GOOD, "previews/dusk.ogg": data}), "audio"
    yield "no preset", packed({"previews/dusk.ogg": GOOD["previews/dusk.ogg"]}), "no preset"
    for name in (
        "x.toml",
        "presets/x.json",
        "presets/x.ogg",
        "previews/x.toml",
        "readme.txt",
        "presets/a/b.toml",
        "x.json",
    ):
        yield f"{name} has no place", packed({**GOOD, name: MOOD}), "no place"


def signatures() -> Iterator[Attack]:
    """Signatures that are damaged, or of something else."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from cocomposer.library.signing import sign

    text = json.dumps(manifest(GOOD)).encode()
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    right = vars(sign(text, key))
    other = vars(sign(text, Ed25519PrivateKey.from_private_bytes(bytes(32))))
    wrong = [
        right | {"signature": other["signature"]}, right | {"key": other["key"]}, vars(sign(text + b" ", key)),
        vars(sign(b"", key)), right | {"signature": ""}, right | {"key": ""}, right | {"key": "AAAA"},
        right | {"signature": right["signature"][:-4]}, right | {"signature": "!" * 88}, right | {"key": "é" * 44},
        right | {"more": "x"}, {"key": right["key"]}, right | {"key": 5}, right | {"signature": None},
    ]  # fmt: skip
    for number, signed in enumerate(wrong):
        extra = (("signature.json", json.dumps(signed).encode()),)
        yield f"signature {number}", packed(GOOD, extra=extra), "refused"
    for raw in (b"", b"[]", b"null", b"{", b"\xff"):
        yield f"signature {raw!r}", packed(GOOD, extra=(("signature.json", raw),)), "signature"
