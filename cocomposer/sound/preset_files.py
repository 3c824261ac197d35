"""Preset files of plugins: .fxp and .fxb of VST2, .vstpreset of VST3, checked before a plugin gets to see them.

A host takes the bytes of such a file for a state; `plugin_id` says whose they are.
Sources: Steinberg's `vstfxstore.h` (numbers big-endian) and `vstpresetfile.h` (numbers little-endian).
"""

from __future__ import annotations

import struct
from pathlib import Path

from cocomposer.errors import SoundError

MAX_BYTES = 64 << 20
"""A preset that is larger is not read; those with samples inside have some megabytes."""
SUFFIXES = {".fxp": "VST2", ".fxb": "VST2", ".vstpreset": "VST3"}

PROGRAM_VALUES, PROGRAM_CHUNK, BANK_VALUES, BANK_CHUNK = b"FxCk", b"FPCh", b"FxBk", b"FBCh"
PROGRAM_HEAD, BANK_HEAD = 56, 156
"""Bytes before the values, or before the size of the chunk."""
_VST3_HEAD, _VST3_ENTRY = 48, 20


def read_preset(path: Path, kind: str) -> bytes:
    """The bytes of a preset file for a plugin of that `kind`, "VST2" or "VST3".

    Raises SoundError for a file that is not there, too large, damaged, or for the other kind of plugin.
    """
    wanted = SUFFIXES.get(path.suffix.lower())
    if wanted is None:
        raise SoundError(f"{path.name} is not a preset: name a {_either(kind)} file.")
    if wanted != kind:
        raise SoundError(f"{path.name} is for {wanted} plugins and this is a {kind} one: name a {_either(kind)} file.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SoundError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise SoundError(f"{path.name} is larger than {MAX_BYTES >> 20} MB, which no preset is: choose another file.")
    try:
        plugin_id(data)
    except ValueError as error:
        raise SoundError(f"{path.name} cannot be used: {error}.") from error
    return data


def plugin_id(data: bytes) -> bytes:
    """Whose preset it is: four bytes of a VST2 plugin, 32 letters of a VST3 one.

    Raises ValueError, which finishes "The file ...: ", for what is no preset or not a whole one.
    """
    if is_vst3_preset(data):
        return _vst3_id(data)
    if data.startswith(b"CcnK"):
        return _vst2_id(data)
    raise ValueError("it is no preset of a plugin")


def is_vst3_preset(data: bytes) -> bool:
    """Is it a .vstpreset file, by its first bytes?"""
    return data.startswith(b"VST3")


def _vst2_id(data: bytes) -> bytes:
    kind = data[8:12]
    if kind not in (PROGRAM_VALUES, PROGRAM_CHUNK, BANK_VALUES, BANK_CHUNK):
        raise ValueError("it is no preset of a plugin")
    head = BANK_HEAD if kind in (BANK_VALUES, BANK_CHUNK) else PROGRAM_HEAD
    if len(data) < head:
        raise ValueError("it is not whole")
    (count,) = struct.unpack_from(">i", data, 24)
    if kind in (PROGRAM_CHUNK, BANK_CHUNK):
        chunk(data)
    elif kind == PROGRAM_VALUES and not 0 <= 4 * count <= len(data) - head:
        raise ValueError("it is not whole")
    return data[16:20]


def _vst3_id(data: bytes) -> bytes:
    if len(data) < _VST3_HEAD:
        raise ValueError("it is not whole")
    version, owner, at = struct.unpack_from("<i32sq", data, 4)
    if version != 1 or not _VST3_HEAD <= at <= len(data) - 8 or data[at : at + 4] != b"List":
        raise ValueError("it is not whole")
    (count,) = struct.unpack_from("<i", data, at + 4)
    if not 0 < count <= 128 or at + 8 + count * _VST3_ENTRY > len(data):
        raise ValueError("it is not whole")
    for entry in range(count):
        _, begin, size = struct.unpack_from("<4sqq", data, at + 8 + entry * _VST3_ENTRY)
        if not (0 <= begin <= at and 0 <= size <= at - begin):
            raise ValueError("it is not whole")
    return bytes(owner)


def chunk(data: bytes) -> bytes:
    """What a plugin wrote itself, out of a VST2 program or bank of that kind.  Raises ValueError."""
    head = BANK_HEAD if data[8:12] == BANK_CHUNK else PROGRAM_HEAD
    if len(data) < head + 4:
        raise ValueError("it is not whole")
    (size,) = struct.unpack_from(">I", data, head)
    if size > len(data) - head - 4:
        raise ValueError("it is not whole")
    return data[head + 4 : head + 4 + size]


def program_file(owner: int, version: int, name: str, values: tuple[float, ...], saved: bytes | None) -> bytes:
    """A VST2 program: its parameters' `values`, 0..1, or the chunk that the plugin `saved`."""
    kind = PROGRAM_VALUES if saved is None else PROGRAM_CHUNK
    title = name.encode("ascii", "replace")[:27]
    numbers = struct.pack(f">{len(values)}f", *values)
    body = numbers if saved is None else struct.pack(">I", len(saved)) + saved
    size = PROGRAM_HEAD - 8 + len(body)
    return struct.pack(">4si4siiii28s", b"CcnK", size, kind, 1, owner, version, len(values), title) + body


def bank_file(owner: int, version: int, programs: int, saved: bytes) -> bytes:
    """A VST2 bank of the chunk that the plugin `saved`."""
    size = BANK_HEAD - 8 + 4 + len(saved)
    head = struct.pack(">4si4siiii128x", b"CcnK", size, BANK_CHUNK, 1, owner, version, programs)
    return head + struct.pack(">I", len(saved)) + saved


def _either(kind: str) -> str:
    return " or ".join(suffix for suffix, whose in SUFFIXES.items() if whose == kind) or "preset"
