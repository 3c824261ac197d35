"""Content Credentials: a signed C2PA manifest in a WAV, FLAC or MP3 file that says who wrote what is heard.

Signing needs the packages of the extra `c2pa`.  Without a certificate of the artist's own (see `Settings`) one is made
once and kept in the user's data folder: it proves that the file was not changed since, and not who the artist is.
Specification: https://spec.c2pa.org/, version 2.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cocomposer.errors import CocomposerError
from cocomposer.studio.places import data_folder, make_folder
from cocomposer.studio.provenance import Provenance, provenance_to
from cocomposer.studio.settings import load_settings
from cocomposer.whole_files import written_whole

KINDS = {".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg"}
"""Files that a manifest can be put into."""
RECORD = "org.cocomposer.provenance"
"""What our own record is called among a manifest's assertions."""
_YEARS = 10
_MAX_PEM = 100_000
_MAX_MANIFEST = 5_000_000


class CredentialsError(CocomposerError):
    """A file cannot be signed, or a certificate cannot be used."""


@dataclass(frozen=True)
class Identity:
    """Who signs: a certificate with those above it, and its private key (P-256), both as PEM."""

    certificate: bytes
    key: bytes


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


def identity() -> Identity:
    """The artist's certificate where the settings name one, else our own, made on first use.

    Raises CredentialsError for a certificate that cannot be read, CocomposerError where none can be kept.
    """
    settings, _ = load_settings()
    if settings.certificate or settings.certificate_key:
        return Identity(_pem(Path(settings.certificate)), _pem(Path(settings.certificate_key)))
    folder = data_folder() / "identity"
    places = folder / "certificate.pem", folder / "key.pem"
    if not all(place.is_file() for place in places):
        make_folder(folder)
        made = _self_signed()
        for place, pem in zip(places, (made.certificate, made.key), strict=True):
            with written_whole(place) as part:
                part.touch(mode=0o600)
                part.write_bytes(pem)
    return Identity(*map(_pem, places))


def sign(path: Path, provenance: Provenance, who: Identity) -> None:
    """Put a signed manifest into the file at `path`, whole or not at all; the sound stays the same.

    Raises CredentialsError where that cannot be.
    """
    import c2pa

    try:
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", who.certificate, who.key, None))
        with written_whole(path) as place, path.open("rb") as source, place.open("w+b") as target:
            builder = c2pa.Builder(json.dumps(_manifest(provenance)))
            builder.sign(signer, KINDS[path.suffix.lower()], source, target)
    except (c2pa.C2paError, OSError, ValueError) as error:
        raise CredentialsError(f"{path.name} has no content credentials: {error}.") from error


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


def _self_signed() -> Identity:
    """A certificate of our own, and the one that vouches for it: C2PA knows none that vouches for itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now = datetime.datetime.now(datetime.UTC)

    def begun(name: str, public: ec.EllipticCurvePublicKey, is_root: bool) -> x509.CertificateBuilder:
        usage = dict.fromkeys(_USAGES, False) | (
            {"key_cert_sign": True, "crl_sign": True} if is_root else {"digital_signature": True}
        )
        return (
            x509.CertificateBuilder()
            .subject_name(_name(x509, name))
            .issuer_name(_name(x509, _ROOT))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    root = begun(_ROOT, root_key.public_key(), True).sign(root_key, hashes.SHA256())
    leaf = (
        begun("An artist, self-signed", key.public_key(), False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Identity(
        leaf.public_bytes(pem) + root.public_bytes(pem),
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


_ROOT = "Cocomposer on this computer"
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _name(x509: Any, text: str) -> Any:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, text),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Cocomposer, self-signed"),
        ]
    )


def _pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_PEM + 1)
    except OSError as error:
        raise CredentialsError(f"The certificate {path} cannot be read: {error.strerror}; see the settings.") from error
    if len(data) > _MAX_PEM or b"-----BEGIN " not in data:
        raise CredentialsError(f"{path} is no certificate or key in PEM form; see the settings.")
    return data
