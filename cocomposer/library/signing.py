"""Ed25519 signatures: who made a pack or a shelf, told by a key the artist keeps.

A key is no name: what it proves is that two things come from the same hand.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import PresetError
from cocomposer.whole_files import written_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Signature", "fingerprint", "sign", "signing_key", "verify"]

_LENGTHS = {"public key": 32, "signature": 64}


@dataclass(frozen=True)
class Signature:
    """A public key and what it signed with, in base 64 as it is written down."""

    key: str
    signature: str


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key in the file at `path` (PEM, PKCS #8), made there for its owner's eyes alone where there is none.

    Raises PresetError for a file that is no such key, or cannot be read or made.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        if not path.exists():
            made = Ed25519PrivateKey.generate()
            path.parent.mkdir(parents=True, exist_ok=True)
            text = made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            with written_whole(path) as part:
                part.touch(mode=0o600, exist_ok=False)
                part.write_bytes(text)
            return made
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise PresetError(f"The signing key {path} cannot be used: {error.strerror or error}.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PresetError(f"{path} is no signing key of the kind Ed25519 (PEM, without a password).") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PresetError(f"{path} is no signing key of the kind Ed25519.")
    return key


def sign(data: bytes, key: Ed25519PrivateKey) -> Signature:
    public, signature = key.public_key().public_bytes_raw(), key.sign(data)
    return Signature(base64.b64encode(public).decode(), base64.b64encode(signature).decode())


def verify(data: bytes, signed: Signature, what: str) -> None:
    """Raises PresetError where `data`, which messages call `what`, is not what was signed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key, signature = _decoded(signed.key, "public key", what), _decoded(signed.signature, "signature", what)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError) as error:
        raise PresetError(f"{what} is not what its author signed: someone has changed it.") from error


def fingerprint(key: str) -> str:
    """A public key short enough to compare by eye: the first 16 digits of its SHA-256."""
    import hashlib

    with contextlib.suppress(ValueError):
        digest = hashlib.sha256(base64.b64decode(key)).hexdigest()
        return " ".join(digest[place : place + 4] for place in range(0, 16, 4))
    return "no key"


def _decoded(text: str, kind: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PresetError(f"The {kind} of {what} is damaged.") from error
    if len(data) != _LENGTHS[kind]:
        raise PresetError(f"The {kind} of {what} is damaged.")
    return data
