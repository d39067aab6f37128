"""X509 certificates and proxies of the user, found where grid tools leave them."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from griddav.auth.last_good import UnreadableError
from griddav.auth.token_or_password import Credentials
from griddav.auth.tokens import BearerToken
from griddav.errors import BadCredentials

BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
SEQUENCE, VERSION, UTC_TIME = 0x30, 0xA0, 0x17  # tags of DER
SHOW_ONE = "give your certificate or proxy (certificate=…, X509_USER_PROXY), from a CA that the server knows"
NEW_PROXY = "make a new one (voms-proxy-init, arcproxy, grid-proxy-init)"


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, in one file (a proxy) or two."""

    file: str
    key: str | None = None

    def load(self, context: ssl.SSLContext) -> datetime:
        """Show it to servers that ask for one; returns when it ends.

        Raises `BadCredentials` for one that ended, and `UnreadableError` for one that cannot be used.
        """
        try:
            end = expiry(Path(self.file).read_text("ascii"))
            # An empty password: without one, OpenSSL would ask for it on the terminal.
            context.load_cert_chain(self.file, self.key, password="")
        except (OSError, ValueError) as error:
            what = getattr(error, "reason", None) or getattr(error, "strerror", None) or "it holds no certificate"
            advice = "give certificate and key as PEM files; the key without a password, or make a proxy"
            raise UnreadableError(f"the certificate cannot be used: {what}", self.file, advice) from None
        if end <= datetime.now(UTC):
            raise BadCredentials(f"the certificate ended at {end:%Y-%m-%d %H:%M:%S} UTC", self.file, NEW_PROXY)
        return end

    def state(self) -> tuple[str, int, int] | None:
        """What changes when the file does; None where it cannot be read."""
        try:
            found = Path(self.file).stat()
        except OSError:
            return None
        return self.file, found.st_ino, found.st_mtime_ns


def certificate_of(file: str | None, key: str | None, credentials: Credentials | None) -> Certificate | None:
    """The certificate to show: the one of that file, or one that is found where there is no token to show.

    Not both: a server may take them for two users.
    """
    if file is not None:
        return Certificate(file, key)
    if not isinstance(credentials, BearerToken) or credentials.token() is not None:
        return None
    return discovered()


def discovered() -> Certificate | None:
    """What grid tools would use: X509_USER_PROXY, X509_USER_CERT with X509_USER_KEY, or /tmp/x509up_u<uid>."""
    if proxy := os.environ.get("X509_USER_PROXY", "").strip():
        return Certificate(proxy)
    if certificate := os.environ.get("X509_USER_CERT", "").strip():
        return Certificate(certificate, os.environ.get("X509_USER_KEY", "").strip() or None)
    usual = Path(f"/tmp/x509up_u{os.geteuid()}")
    try:
        ours = usual.stat().st_uid == os.geteuid()  # /tmp belongs to everybody
    except FileNotFoundError:
        return None
    return Certificate(str(usual)) if ours else None


def refusal(error: BaseException) -> str | None:
    """What a server that does not take our certificate said, in TLS 1.3 after the connection was made; None for other
    errors.
    """
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    alert = getattr(cause, "reason", None) or ""
    refused = isinstance(cause, ssl.SSLError) and "_ALERT_" in alert and ("CERT" in alert or alert.endswith("_CA"))
    return alert.partition("_ALERT_")[2].replace("_", " ").lower() if refused else None


def expiry(pem: str) -> datetime:
    """When the first of the certificates that prove one another ends. Raises `ValueError` where there is none."""
    ends = [end_of(ssl.PEM_cert_to_DER_cert(block)) for block in BLOCK.findall(pem)]
    if not ends:
        raise ValueError("no certificate")
    return min(ends)


def end_of(der: bytes) -> datetime:
    """The end of a certificate's validity (RFC 5280, 4.1): after version, number, algorithm and issuer."""
    certificate = inside(der, SEQUENCE)
    parts = [part for part in elements(inside(certificate, SEQUENCE)) if part[0] != VERSION]
    _, (tag, text) = elements(parts[3][1])
    form = "%y%m%d%H%M%SZ" if tag == UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(text.decode("ascii"), form).replace(tzinfo=UTC)


def inside(data: bytes, tag: int) -> bytes:
    """What stands in an element of DER. Raises `ValueError` where it is none."""
    found, content = next(elements(data), (None, b""))
    if found != tag:
        raise ValueError("not a certificate")
    return content


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element of DER. Raises `ValueError` where lengths do not fit."""
    position = 0
    while position < len(data):
        header, size = data[position : position + 2], 0
        if len(header) == 2:
            size = header[1]
        position += 2
        if size & 0x80:
            more = size & 0x7F
            size = int.from_bytes(data[position : position + more], "big")
            position += more
        if len(header) < 2 or position + size > len(data):
            raise ValueError("not a certificate")
        yield header[0], data[position : position + size]
        position += size
