"""Content Credentials: a signed C2PA manifest in a WAV, FLAC or MP3 file that says who wrote what is heard.

Signing needs the packages of the extra `c2pa`; `identity` says who signs.
Specification: https://spec.c2pa.org/, version 2.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cocomposer.studio.identity import CredentialsError, Identity, Signatory, read_identity, signatory
from cocomposer.studio.provenance import Provenance, provenance_of, provenance_to
from cocomposer.whole_files import written_whole

KINDS = {".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg"}
"""Files that a manifest can be put into."""
RECORD = "org.cocomposer.provenance"
"""What our own record is called among a manifest's assertions."""
_MAX_MANIFEST = 5_000_000


@dataclass(frozen=True)
class Credentials:
    """What a manifest says: our own record as JSON values (None where another program made it), the name on the
    certificate, and whether the file is still as it was signed."""

    record: Any
    signer: str
    intact: bool


def available() -> bool:
    """Can manifests be written and read here?"""
    return find_spec("c2pa") is not None and find_spec("cryptography") is not None


def sign(path: Path, provenance: Provenance, who: Identity) -> None:
    """Put a signed manifest into the file at `path`, whole or not at all; the sound stays the same.

    Raises CredentialsError where that cannot be.
    """
    import c2pa

    try:
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(who.algorithm.encode(), who.certificate, who.key, None))
        with written_whole(path) as place, path.open("rb") as source, place.open("w+b") as target:
            builder = c2pa.Builder(json.dumps(_manifest(provenance)))
            builder.sign(signer, KINDS[path.suffix.lower()], source, target)
    except (c2pa.C2paError, OSError, ValueError) as error:
        raise CredentialsError(f"{path.name} has no content credentials: {error}.") from error


def try_out(certificate: Path, key: Path) -> Signatory:
    """Sign a moment of silence with a certificate and its key, and read it back; tells whose it is.

    Raises CredentialsError with the reason where audio cannot be signed with them.
    """
    import numpy as np

    from cocomposer.music import Song
    from cocomposer.sound.audio_files import write_audio

    who = read_identity(certificate, key)
    whose = signatory(who)
    if available():
        with tempfile.TemporaryDirectory(prefix="cocomposer-") as folder:
            path = write_audio(Path(folder) / "silence.wav", np.zeros((2, 4_410), np.float32), 44_100, 16)
            sign(path, provenance_of(Song()), who)
            found = read(path)
        if found is None or not found.intact:
            raise CredentialsError(f"What is signed as {whose.name} is not taken for genuine: use another certificate.")
    return whose


def read(path: Path) -> Credentials | None:
    """What the manifest in a file says; None where there is none that can be read."""
    import c2pa

    try:
        with path.open("rb") as file, c2pa.Reader(KINDS[path.suffix.lower()], file) as reader:
            text, state = reader.json(), str(reader.get_validation_state())
    except (c2pa.C2paError, OSError):
        return None
    if len(text) > _MAX_MANIFEST:
        return None
    store = json.loads(text)
    manifest = store["manifests"][store["active_manifest"]]
    record = next((each["data"] for each in manifest.get("assertions", ()) if each.get("label") == RECORD), None)
    signer = str(manifest.get("signature_info", {}).get("common_name", ""))
    return Credentials(record, signer, state in ("Valid", "Trusted"))


def _manifest(provenance: Provenance) -> dict[str, Any]:
    agent = {"name": "Cocomposer", "version": provenance.program}
    action = {
        "action": "c2pa.created",
        "digitalSourceType": provenance.digital_source_type,
        "softwareAgent": agent,
        "description": provenance.statement,
    }
    return {
        "claim_generator_info": [agent],
        "title": provenance.title or "Untitled",
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [action]}},
            {"label": RECORD, "data": provenance_to(provenance)},
        ],
    }
