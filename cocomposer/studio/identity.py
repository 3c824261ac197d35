"""Who signs what is exported: the artist's own certificate, or one that is made on this computer.

Without a certificate of the artist's own (see `Settings`) one is made once and kept in the user's data folder: it
proves that a file was not changed since, and not who the artist is.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocomposer.errors import CocomposerError
from cocomposer.studio.places import data_folder, make_folder
from cocomposer.studio.settings import load_settings
from cocomposer.whole_files import written_whole

_YEARS = 10
_MAX_PEM = 100_000


class CredentialsError(CocomposerError):
    """A file cannot be signed, or a certificate cannot be used."""


@dataclass(frozen=True)
class Identity:
    """Who signs: a certificate with those above it, and its private key, both as PEM."""

    certificate: bytes
    key: bytes

    @property
    def algorithm(self) -> str:
        """How C2PA calls what this key signs with.  Raises CredentialsError for a key that it does not take."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

        key = serialization.load_pem_private_key(self.key, None)
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
            return _CURVES[key.curve.name]
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
            return "ps256"
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return "ed25519"
        raise CredentialsError(
            "Audio is signed with a key on a curve (P-256, P-384, P-521), Ed25519 or RSA of 2048 bits."
        )


_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Signatory:
    """Whose a certificate is, by its name, and until when it holds."""

    name: str
    until: datetime.date


def identity() -> Identity:
    """The artist's certificate where the settings name one, else our own, made on first use.

    Raises CredentialsError for a certificate that cannot be read, CocomposerError where none can be kept.
    """
    settings, _ = load_settings()
    if settings.certificate or settings.certificate_key:
        return read_identity(Path(settings.certificate), Path(settings.certificate_key))
    folder = data_folder() / "identity"
    places = folder / "certificate.pem", folder / "key.pem"
    if not all(place.is_file() for place in places):
        make_folder(folder)
        made = _self_signed()
        for place, pem in zip(places, (made.certificate, made.key), strict=True):
            with written_whole(place) as part:
                part.touch(mode=0o600)
                part.write_bytes(pem)
    return read_identity(*places)


def read_identity(certificate: Path, key: Path) -> Identity:
    """A certificate and its key as PEM files.  Raises CredentialsError for what cannot be read, or does not belong
    together.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    who = Identity(_pem(certificate), _pem(key))
    try:
        public = x509.load_pem_x509_certificates(who.certificate)[0].public_key()
    except ValueError as error:
        raise CredentialsError(f"{certificate.name} is no certificate in PEM form: {error}.") from error
    try:
        own = serialization.load_pem_private_key(who.key, None).public_key()
    except TypeError as error:
        raise CredentialsError(
            f"The key {key.name} has a password: save it without one, where only you read it."
        ) from error
    except ValueError as error:
        raise CredentialsError(f"{key.name} is no private key in PEM form: {error}.") from error
    if public != own:
        raise CredentialsError(f"The key {key.name} does not belong to the certificate {certificate.name}.")
    return who


def signatory(who: Identity) -> Signatory:
    """Whose a certificate is.  Raises CredentialsError for one that does not hold today."""
    from cryptography import x509

    found = x509.load_pem_x509_certificates(who.certificate)[0]
    names = found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME) or list(found.subject)
    now = datetime.datetime.now(datetime.UTC)
    if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
        begin, end = found.not_valid_before_utc, found.not_valid_after_utc
        raise CredentialsError(
            f"The certificate holds from {begin:%d %B %Y} to {end:%d %B %Y}: use one that holds today."
        )
    return Signatory(str(names[0].value) if names else "", found.not_valid_after_utc.date())


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
