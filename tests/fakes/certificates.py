"""Certificates made for a test: an authority, hosts it vouches for, and hosts that vouch for themselves."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

x509: Any = pytest.importorskip(
    "cryptography.x509", reason="makes the certificates; comes with keyring on Linux"
)


@dataclass(frozen=True)
class Made:
    """A key and a certificate; `path` has both of them, `ca_file` the certificate alone."""

    key: Any
    certificate: Any
    path: Path
    ca_file: Path

    @property
    def server(self) -> ssl.SSLContext:
        """What a server shows it with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context

    @property
    def fingerprint(self) -> str:
        """Its SHA-256."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.ca_file.read_text("ascii"))).hexdigest()


def make(
    folder: Path,
    name: str,
    *,
    signed_by: Made | None = None,
    host: str = "127.0.0.1",
    days: tuple[int, int] = (-1, 1),
) -> Made:
    """A certificate valid for `days` from now, its own authority unless `signed_by` another."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    try:
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    certificate = (
        x509.CertificateBuilder(
            signed_by.certificate.subject if signed_by else subject,
            subject,
            key.public_key(),
            x509.random_serial_number(),
        )
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=signed_by is None, path_length=None), critical=True)
        .sign(signed_by.key if signed_by else key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path, ca_file = folder / f"{name}.both.pem", folder / f"{name}.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain) + pem)
    ca_file.write_bytes(pem)
    return Made(key, certificate, path, ca_file)
