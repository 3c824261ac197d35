"""Packs, `.cocopack`: presets in one file, with who made them, what may be done with them, and a seal.

A pack is a zip file: `manifest.json` says what it is and has the SHA-256 of every other member, `presets/*.toml` are
the presets, `previews/*.ogg` or `.flac` let them be heard, `licence.txt` may have the licence in full, and
`signature.json` may hold the author's Ed25519 signature of the manifest.  `read_pack` believes none of it.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cocomposer.errors import FormatError, PresetError
from cocomposer.formats.strict_json import parsed
from cocomposer.library.preset import Preset, parse
from cocomposer.library.reading import table_of
from cocomposer.library.signing import Signature, sign, verify
from cocomposer.library.strict import Hash, Name, Short, Words
from cocomposer.library.zip_check import DEVICES, MAX_MEMBERS, MAX_PACK, read_members
from cocomposer.whole_files import written_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["SUFFIX", "Manifest", "Pack", "file_stem", "read_pack", "write_pack"]

SUFFIX = ".cocopack"
VERSION = 1
MANIFEST, SIGNATURE, LICENCE = "manifest.json", "signature.json", "licence.txt"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_AUDIO = {".ogg": b"OggS", ".flac": b"fLaC"}
_MAX_PREVIEW = 2_000_000
_PLAIN = ConfigDict(extra="forbid", frozen=True, strict=True)


def _no_device(name: str) -> str:
    if name in DEVICES:
        raise ValueError("it is the name of a device on Windows")
    return name


PackName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60), AfterValidator(_no_device)]


class Manifest(BaseModel):
    """What a pack says of itself; `revision` counts up, `files` has the SHA-256 of every member by name."""

    model_config = _PLAIN

    format: Literal["cocopack"]
    version: int = Field(ge=VERSION, le=VERSION)
    name: PackName
    revision: int = Field(default=1, ge=1, le=1_000_000)
    title: Name
    author: Short = ""
    licence: Name
    description: Words = ""
    tags: list[Short] = Field(default=[], max_length=20)
    files: dict[str, Hash] = Field(min_length=1, max_length=MAX_MEMBERS)


@dataclass(frozen=True)
class Pack:
    """A pack that was checked: every byte is what the manifest says, every preset can be used.

    `presets` and `previews` are by the name of their member; `key` is the public key it is signed with, "" where it is
    not; `hash` the SHA-256 of the whole file; `members` what is unpacked.
    """

    manifest: Manifest
    presets: Mapping[str, Preset]
    previews: Mapping[str, bytes]
    key: str
    hash: str
    members: Mapping[str, bytes]


def write_pack(
    path: Path, manifest: Mapping[str, Any], presets: Sequence[Preset], *, previews: Mapping[str, Path] | None = None,
    licence_text: str = "", key: Ed25519PrivateKey | None = None,
) -> Pack:  # fmt: skip
    """Write `presets` as a pack at `path`, signed where a `key` is given.

    `manifest` has what Manifest asks for but the files; `previews` are audio files by the name of a preset.  The same
    presets give the same bytes.  Raises PresetError for what `read_pack` would refuse, and a place that cannot be
    written.
    """
    members: dict[str, bytes] = {}
    for preset in presets:
        stem = file_stem(preset.name)
        stem = next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, MAX_MEMBERS + 2)))
                    if f"presets/{name}.toml" not in members)  # fmt: skip
        members[f"presets/{stem}.toml"] = preset.toml().encode()
        if preview := (previews or {}).get(preset.name):
            members[f"previews/{stem}{preview.suffix}"] = preview.read_bytes()
    if licence_text:
        members[LICENCE] = licence_text.encode()
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(members.items())}
    try:
        said = Manifest.model_validate(
            {"format": "cocopack", "version": VERSION, **manifest, "files": hashes}
        ).model_dump()
    except ValidationError as error:
        raise PresetError(f"The pack was not written: {_fault(error)}") from error
    sealed = json.dumps(said, indent=1, ensure_ascii=False).encode()
    members = {MANIFEST: sealed, **members}
    if key is not None:
        members[SIGNATURE] = json.dumps(vars(sign(sealed, key))).encode()
    try:
        with written_whole(path) as part:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in members.items():
                    info = zipfile.ZipInfo(name, _FIXED_TIME)
                    info.compress_type = zipfile.ZIP_STORED if name.startswith("previews/") else zipfile.ZIP_DEFLATED
                    info.external_attr = 0o100644 << 16
                    archive.writestr(info, data)
            pack = _checked(part.read_bytes())
    except PresetError as error:
        raise PresetError(f"The pack {path.name} was not written: {error}") from error
    except OSError as error:
        raise PresetError(f"The pack {path} cannot be written: {error.strerror or error}.") from error
    return pack


def read_pack(path: Path) -> Pack:
    """Read and check the pack at `path`.  Raises PresetError with the reason for refusing it."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PACK + 1)
    except (OSError, ValueError) as error:
        raise PresetError(f"The pack {path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    try:
        return _checked(data)
    except PresetError as error:
        raise PresetError(f"{path.name} was refused: {error}") from error


def _checked(data: bytes) -> Pack:
    members = read_members(data)
    manifest = _manifest(members)
    key = _signed_by(members)
    _check_files(members, manifest)
    texts = {name: text for name, text in members.items() if name.startswith("presets/")}
    if not texts:
        raise PresetError("there is no preset in it.")
    if script := next((name for name, text in texts.items() if text.startswith(b"#!")), ""):
        raise PresetError(f"{script} begins like a program.")
    presets = {name: parse(table_of(text, name), name) for name, text in texts.items()}
    previews = {name: audio for name, audio in members.items() if name.startswith("previews/")}
    for name, audio in previews.items():
        if not audio.startswith(_AUDIO[Path(name).suffix]) or len(audio) > _MAX_PREVIEW:
            raise PresetError(f"{name} is no audio, or too long for a preview.")
    return Pack(manifest, presets, previews, key, hashlib.sha256(data).hexdigest(), members)


def _manifest(members: Mapping[str, bytes]) -> Manifest:
    data = _json(members, MANIFEST)
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise PresetError(f"it was made by a newer Cocomposer (pack version {version}): update the program.")
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        raise PresetError(f"its manifest is damaged: {_fault(error)}") from error


def _signed_by(members: Mapping[str, bytes]) -> str:
    """The public key of a signature that holds; "" where there is none."""
    if SIGNATURE not in members:
        return ""
    data = _json(members, SIGNATURE)
    if set(data) != {"key", "signature"} or not all(isinstance(value, str) for value in data.values()):
        raise PresetError("its signature is damaged.")
    verify(members[MANIFEST], Signature(**data), "the pack")
    return str(data["key"])


def _check_files(members: Mapping[str, bytes], manifest: Manifest) -> None:
    """Every member is one the manifest names, in its place, with the right bytes."""
    sealed = members.keys() - {MANIFEST, SIGNATURE}
    for name in sorted(sealed ^ manifest.files.keys()):
        what = "is not in the manifest" if name in sealed else "is missing"
        raise PresetError(f"{name[:200]} {what}.")
    for name in sealed:
        folder, _, file = name.rpartition("/")
        fits = {"presets": (".toml",), "previews": tuple(_AUDIO), "": (LICENCE,)}.get(folder)
        if fits is None or not file.endswith(fits) or (not folder and file != LICENCE):
            raise PresetError(f"{name} has no place in a pack.")
        if hashlib.sha256(members[name]).hexdigest() != manifest.files[name]:
            raise PresetError(f"{name} is not what the manifest says: it was changed or damaged.")


def _json(members: Mapping[str, bytes], name: str) -> dict[str, Any]:
    if name not in members:
        raise PresetError(f"it has no {name}.")
    try:
        data = parsed(members[name].decode("utf-8"))
    except (FormatError, ValueError) as error:
        raise PresetError(f"its {name} is no JSON.") from error
    if not isinstance(data, dict):
        raise PresetError(f"its {name} is damaged.")
    return data


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(step) for step in first['loc'])[:200]}: {first['msg']}."


def file_stem(name: str) -> str:
    """`name` as the name of a member or file: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "preset"
    return f"{stem}-preset" if stem in DEVICES else stem
