"""Zip files from strangers: everything that can be wrong with one before its contents are looked at.

Only plain members are let through: stored or deflated files with plain names, side by side, that unpack to what they
announce and to no more than a pack may hold.  The rules are narrower than zip's own, which is the point.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from cocomposer.errors import PresetError

__all__ = ["DEVICES", "MAX_MEMBERS", "MAX_PACK", "read_members"]

MAX_PACK = 64_000_000
"""Most bytes of a pack; it is read into memory."""
MAX_MEMBERS = 2_000
MAX_MEMBER = 8_000_000
MAX_UNPACKED = 128_000_000
MAX_RATIO = 100
"""How much larger than packed a member of over SMALL bytes may be; text deflates to a tenth, a bomb to a thousandth."""
SMALL = 100_000
_END = struct.Struct("<4s4H2LH")
_SEGMENT = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*")
DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}
_SUFFIXES = frozenset({".toml", ".json", ".ogg", ".flac", ".txt"})


def read_members(data: bytes) -> dict[str, bytes]:
    """What is in the zip file `data`, by name; all of it in memory, nothing on the disk.

    Raises PresetError with the reason for anything a pack may not be.
    """
    count = _check_frame(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) != count:
                raise PresetError("it has other entries than it counts.")
            _check_members(infos, archive.start_dir)
            return {info.filename: _read(archive, info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error) as e:
        raise PresetError(f"it is damaged: {str(e)[:200].rstrip('.')}.") from e


def _check_frame(data: bytes) -> int:
    """The count of entries in a file that is one zip archive from its first byte to its last."""
    if len(data) > MAX_PACK:
        raise PresetError(f"a pack has up to {MAX_PACK:,} bytes.")
    if len(data) < _END.size:
        raise PresetError("it is no zip file.")
    mark, disk, start_disk, here, count, length, offset, comment = _END.unpack(data[-_END.size :])
    if mark != b"PK\5\6" or comment:
        raise PresetError("it is no plain zip file, or something stands behind its end.")
    if disk or start_disk or here != count:
        raise PresetError("it is one of several volumes.")
    if count > MAX_MEMBERS:
        raise PresetError(f"it has {count:,} entries, and a pack up to {MAX_MEMBERS:,}.")
    if offset + length + _END.size != len(data) or (count and not data.startswith(b"PK\3\4")):
        raise PresetError("something stands beside the archive in the file.")
    return int(count)


def _check_members(infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Every member is allowed, and they lie one behind the other, before the directory."""
    seen: set[str] = set()
    for info in infos:
        _check_name(info.orig_filename)
        _check_kind(info)
        if info.filename.casefold() in seen:
            raise PresetError(f"{info.filename} is in it twice.")
        seen.add(info.filename.casefold())
        if info.file_size > MAX_MEMBER:
            raise PresetError(f"{info.filename} unpacks to {info.file_size:,} bytes; it may have {MAX_MEMBER:,}.")
        if info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
            raise PresetError(f"{info.filename} unpacks to more than {MAX_RATIO} times its size.")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise PresetError(f"it unpacks to more than {MAX_UNPACKED:,} bytes.")
    end = directory
    for info in sorted(infos, key=lambda each: each.header_offset, reverse=True):
        if info.header_offset + 30 + len(info.orig_filename) + info.compress_size > end:
            raise PresetError(f"{info.filename} lies over another entry.")
        end = info.header_offset


def _check_name(name: str) -> None:
    """A name that is the same file on every system, and lies in the pack."""
    shown = repr(name[:100])
    if "\0" in name:
        raise PresetError(f"the name {shown} has a hidden end.")
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        raise PresetError(f"{shown} wants to lie outside of the pack.")
    parts = name.split("/")
    if ".." in parts or "." in parts or "\\" in name:
        raise PresetError(f"{shown} wants to climb out of the pack.")
    if len(name) > 160 or len(parts) > 4:
        raise PresetError(f"{shown} is too long or too deep.")
    for part in parts:
        if part.split(".")[0].casefold() in DEVICES:
            raise PresetError(f"{shown} is the name of a device on Windows.")
        if not _SEGMENT.fullmatch(part):
            raise PresetError(f"{shown} is not made of small letters, digits, points and hyphens.")
    if PurePosixPath(name).suffix not in _SUFFIXES:
        raise PresetError(f"{shown} is of no kind a pack holds ({', '.join(sorted(_SUFFIXES))}).")


def _check_kind(info: zipfile.ZipInfo) -> None:
    """A plain file, packed in one of the two usual ways."""
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise PresetError(f"{info.filename} is a link or a device, not a file.")
    if mode & 0o6111:
        raise PresetError(f"{info.filename} is marked as a program.")
    if info.flag_bits & 0x2041:
        raise PresetError(f"{info.filename} is encrypted.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PresetError(f"{info.filename} is packed in an unusual way.")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The member, which is no larger than it says; its CRC is checked on the way."""
    with archive.open(info) as member:
        data = member.read(info.file_size + 1)
        if len(data) != info.file_size or member.read(1):
            raise PresetError(f"{info.filename} unpacks to another size than it says.")
    return data
