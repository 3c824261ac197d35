"""Whose certificate signs: tried out before it is taken, and what is wrong with one said in a sentence."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cocomposer.errors import CocomposerError
from cocomposer.music import Author, Note, Origin, Part, Role, Song
from cocomposer.studio.audio import render_to_file
from cocomposer.studio.content_credentials import available, read, try_out
from cocomposer.studio.identity import identity, read_identity, signatory
from cocomposer.studio.settings import Settings, save_settings
from cocomposer.studio.tracing import traces

KEYS = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ps256": lambda: rsa.generate_private_key(65_537, 2_048),
}


def certificate_of(folder: Path, kind: str = "es256", days: int = 30, password: bytes = b"") -> tuple[Path, Path]:
    """A certificate of Ada Lovelace, vouched for by an authority of the test's own, and its key."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), KEYS[kind]()
    now = datetime.datetime.now(datetime.UTC)
    above, own = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
        for name in ("Guild", "Ada Lovelace")
    )
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
        .sign(authority, hashes.SHA256())
    )
    places = folder / f"{kind}.crt", folder / f"{kind}.key"
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    places[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    places[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    return places


@pytest.mark.parametrize("kind", KEYS)
def test_audio_is_signed_with_whatever_key_c2pa_takes(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("c2pa")
    whose = try_out(*certificate_of(tmp_path, kind))
    assert whose.name == "Ada Lovelace"
    assert whose.until > datetime.date.today()


def test_what_is_wrong_with_a_certificate_is_said(tmp_path: Path) -> None:
    certificate, key = certificate_of(tmp_path)
    (tmp_path / "other").mkdir()
    other = certificate_of(tmp_path / "other")[1]
    with pytest.raises(CocomposerError, match=r"es256\.key does not belong to the certificate es256\.crt"):
        read_identity(certificate, other)
    with pytest.raises(CocomposerError, match="no private key in PEM form"):
        read_identity(certificate, certificate)
    with pytest.raises(CocomposerError, match="no certificate in PEM form"):
        read_identity(key, key)
    with pytest.raises(CocomposerError, match="has a password"):
        read_identity(*certificate_of(tmp_path / "other", password=b"secret"))
    with pytest.raises(CocomposerError, match="use one that holds today"):
        signatory(read_identity(*certificate_of(tmp_path, days=-1)))


def test_the_mix_is_signed_by_the_artist_and_each_stem_says_who_wrote_its_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCOMPOSER_SETTINGS", str(tmp_path / "settings"))
    certificate, key = certificate_of(tmp_path)
    save_settings(Settings(certificate=str(certificate), certificate_key=str(key)))
    assert identity().certificate == certificate.read_bytes()
    model = Origin(Author.MODEL, "band 2", seed=3)
    mine = tuple(Note(480 * place, 72, 400, 90) for place in range(4))
    written = tuple(Note(480 * place, 40, 400, 90, origin=model) for place in range(4))
    parts = (Part("Tune", Role.MELODY, 73, mine), Part("Low", Role.BASS, 33, written))
    made = render_to_file(Song(title="Two", length=1920, parts=parts), tmp_path / "two.flac", stems=True)
    said = {
        name: [trace.provenance.shares.whole.notes for trace in traces(path)]
        for name, path in {"mix": made.mix, **made.stems}.items()
    }
    count = 3 if available() else 2  # tags, sidecar, and where it can be had the signed record
    assert said["Tune"] == [(("the artist", 4),)] * count
    assert said["Low"] == [((str(model), 4),)] * count
    assert all(len(shares) == 2 for shares in said["mix"])
    if available():
        for path in (made.mix, *made.stems.values()):
            found = read(path)
            assert found is not None
            assert (found.signer, found.intact) == ("Ada Lovelace", True)
    assert json.loads((made.stems["Low"].with_suffix(".provenance.json")).read_text())["files"]
