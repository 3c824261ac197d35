"""Share codes: a small preset as one line of text, to paste in a chat or to photograph.

`coco1:` is followed by base64url of a CRC-32 (big-endian, of what it unpacks to) and the preset as JSON, deflated.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
import zlib
from pathlib import Path
from typing import Literal

from cocomposer.errors import FormatError, PresetError
from cocomposer.formats.strict_json import parsed
from cocomposer.library.preset import Preset, parse
from cocomposer.whole_files import written_whole

__all__ = ["LONGEST", "PREFIX", "from_code", "qr_picture", "to_code", "write_qr"]

PREFIX = "coco1:"
LONGEST = 2_000
"""Most characters of a code: what every chat takes, and what a QR picture holds."""
_MAX_UNPACKED = 50_000
_CODE = re.compile(r"coco(\d{1,3}):([A-Za-z0-9_-]*)", re.ASCII)


def to_code(preset: Preset) -> str:
    """The preset as one line.  Raises PresetError for one that does not fit: that needs a pack."""
    text = json.dumps(preset.table(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    data = struct.pack(">I", zlib.crc32(text)) + deflate.compress(text) + deflate.flush()
    code = PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")
    if len(code) > LONGEST or len(text) > _MAX_UNPACKED:
        raise PresetError(
            f"{preset.name} is too large for a share code ({len(code):,} characters): share it as a pack."
        )
    return code


def from_code(code: str) -> Preset:
    """The preset that a code holds; white space around and within it is passed over.  Raises PresetError."""
    code = "".join(code[: 4 * LONGEST].split())
    match = _CODE.fullmatch(code)
    if match is None:
        raise PresetError(f"This is no share code: one begins with {PREFIX} and goes on in letters and digits.")
    if match[1] != "1":
        raise PresetError(f"This share code was made by a newer Cocomposer (coco{match[1]}): update the program.")
    if len(code) > LONGEST:
        raise PresetError(f"A share code has up to {LONGEST:,} characters.")
    try:
        data = base64.urlsafe_b64decode(match[2] + "=" * (-len(match[2]) % 4))
        (checksum,) = struct.unpack_from(">I", data)
        inflate = zlib.decompressobj(-15)
        text = inflate.decompress(data[4:], _MAX_UNPACKED)
        whole = inflate.eof and not inflate.unused_data
    except (binascii.Error, ValueError, struct.error, zlib.error) as error:
        raise PresetError("The share code is damaged: copy all of it once more.") from error
    if not whole or zlib.crc32(text) != checksum:
        raise PresetError("The share code is damaged: copy all of it once more.")
    try:
        table = parsed(text.decode("utf-8"))
    except (FormatError, ValueError) as error:
        raise PresetError("The share code holds no preset.") from error
    if not isinstance(table, dict):
        raise PresetError("The share code holds no preset.")
    return parse(table, "The preset in this share code")


def qr_picture(code: str, kind: Literal["png", "svg"] = "png", scale: int = 4) -> bytes:
    """A picture of the code as the bytes of a file."""
    import io

    import segno

    picture = io.BytesIO()
    segno.make_qr(code, error="L").save(picture, kind=kind, scale=scale, border=4)
    return picture.getvalue()


def write_qr(code: str, path: Path, scale: int = 4) -> Path:
    """A picture of the code, SVG or PNG by the suffix of `path`.  Raises PresetError."""
    suffix = path.suffix.lower()
    if suffix not in (".svg", ".png"):
        raise PresetError("A QR picture is written as .svg or .png.")
    picture = qr_picture(code, "svg" if suffix == ".svg" else "png", scale)
    try:
        with written_whole(path) as part:
            part.write_bytes(picture)
    except OSError as error:
        raise PresetError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path
