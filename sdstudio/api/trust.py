"""Which certificates an endpoint may show. TLS only, no HTTP: nothing is sent where the certificate is wrong."""

from __future__ import annotations

import functools
import hashlib
import re
import ssl
import sys
from pathlib import Path

from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import CertificateNotTrusted, InvalidRequest

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_PEM_MARK = b"-----BEGIN CERTIFICATE-----"
_LARGEST_CA_FILE_BYTES = 8 * 2**20

# What OpenSSL's verification says, by X509_V_ERR_*; Windows and macOS give sentences of their own.
_WHY = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "it was issued by an authority this computer does not know",
    20: "it was issued by an authority this computer does not know",
    21: "it was issued by an authority this computer does not know",
    62: "it belongs to another host name",
    64: "it belongs to another address",
}


def check(profile: EndpointProfile) -> None:
    """Raise `InvalidRequest` for a fingerprint that is none, or a CA file that is not named."""
    if profile.trust == "pinned" and not _FINGERPRINT.fullmatch(plain_fingerprint(profile.fingerprint)):
        raise InvalidRequest(
            "fingerprint",
            "This is no certificate's fingerprint",
            "A SHA-256 fingerprint has 64 hexadecimal digits.",
            "Copy it again, or have it filled in by Test.",
        )
    if profile.trust == "ca file" and not profile.ca_file.strip():
        raise InvalidRequest("ca_file", "No CA file is chosen", remedy="Choose a file with PEM certificates.")


def plain_fingerprint(text: str) -> str:
    """A fingerprint as tools print it ("SHA256 Fingerprint=AB:CD:…") in lower case digits alone."""
    return re.sub(r"[\s:]", "", re.sub(r"^.*[=]|^\s*sha-?256\s*:?", "", text, flags=re.IGNORECASE)).lower()


def shown_fingerprint(fingerprint: str) -> str:
    """The same as people compare it: upper case pairs between colons."""
    return ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()


def context_for(profile: EndpointProfile) -> ssl.SSLContext:
    """How to secure connections to an endpoint. Reads files: call it in a worker.

    Raises `CertificateNotTrusted` for a CA file that cannot be used.
    """
    if not profile.url.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used, but httpx would make one that takes longer
    match profile.trust:
        case "system":
            return system_context()
        case "ca file":
            return _ca_file_context(Path(profile.ca_file.strip()).expanduser())
        case "pinned":
            return pinned_context(plain_fingerprint(profile.fingerprint))
        case "unverified":
            return _unverified_context()


@functools.cache
def system_context() -> ssl.SSLContext:
    """The system's own verification and, on a Linux without certificates, those that come with httpx."""
    import truststore  # noqa: PLC0415 - loads the system's libraries

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform == "linux" and not _has_certificates():
        import certifi  # noqa: PLC0415

        context.load_verify_locations(certifi.where())
    return context


def _has_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or any(Path(paths.capath or ".").glob("????????.?"))


def _ca_file_context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_CA_FILE_BYTES)
        if _PEM_MARK not in content:
            raise ssl.SSLError("no PEM certificate")
        context.load_verify_locations(cadata=content.decode("ascii", "ignore"))
    except OSError as error:  # SSLError is one
        why = "it has no PEM certificates" if isinstance(error, ssl.SSLError) else (error.strerror or "unknown")
        raise CertificateNotTrusted(
            "The endpoint's CA file cannot be used",
            f"{path.name}: {why}.",
            "Choose a file with certificates in PEM form.",
        ) from error
    return context


def _unverified_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def pinned_context(fingerprint: str) -> ssl.SSLContext:
    """Trusts the one certificate with this SHA-256, whoever signed it and whatever names it bears.

    With "" it trusts none: the handshake then fails with the certificate that was shown.
    """

    class Pinned(ssl.SSLObject):
        """Compares before the handshake counts as done: nothing of ours leaves before it does."""

        def do_handshake(self) -> None:
            super().do_handshake()
            shown = hashlib.sha256(self.getpeercert(binary_form=True) or b"").hexdigest()
            if shown != fingerprint:
                raise OtherCertificate(shown)

    context = _unverified_context()
    context.sslobject_class = Pinned
    return context


class OtherCertificate(ssl.SSLCertVerificationError):
    """The host showed a certificate that is not the pinned one; `fingerprint` is that of the one shown."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__(1, "not the pinned certificate")
        self.fingerprint = fingerprint


def not_trusted(error: ssl.SSLCertVerificationError, host: str) -> CertificateNotTrusted:
    """A certificate that was refused, in words; `with_fingerprint` adds what the user may want to trust."""
    if isinstance(error, OtherCertificate):
        return CertificateNotTrusted(
            "The endpoint shows another certificate than the one you trusted",
            f"{host} now has the fingerprint {shown_fingerprint(error.fingerprint)}.",
            "If its owner has renewed it, trust this one instead; if not, someone may be in between.",
            fingerprint=error.fingerprint,
        )
    why = _WHY.get(getattr(error, "verify_code", 0)) or getattr(error, "verify_message", "")
    if why in ("it has expired", "it is not valid yet"):
        remedy = "Check this computer's clock; if that is right, the certificate must be renewed."
    else:
        remedy = "Check the address; for a host of your own, trust this one certificate or give its CA file."
    return CertificateNotTrusted(
        "The endpoint's certificate is not trusted", f"{host}: {why or 'it could not be verified'}.", remedy
    )


def with_fingerprint(error: CertificateNotTrusted, fingerprint: str) -> CertificateNotTrusted:
    """The same error offering the certificate that was shown."""
    message = f"{error.message} Its fingerprint is {shown_fingerprint(fingerprint)}."
    return CertificateNotTrusted(error.title, message, error.remedy, raw=error.raw, fingerprint=fingerprint)
