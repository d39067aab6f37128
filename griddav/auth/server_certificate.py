"""Why the certificate of a server is not believed, and what to do; switching the check off is never it."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from griddav.auth.x509 import SEQUENCE, VERSION, elements, end_of, inside

COMMON_NAME, OTHER_NAMES = b"\x55\x04\x03", b"\x55\x1d\x11"  # object identifiers (RFC 5280)
OBJECT, EXTENSIONS, DNS, ADDRESS = 0x06, 0xA3, 0x82, 0x87  # tags of DER
NOT_YET, ENDED, WRONG_NAME, WRONG_ADDRESS = 9, 10, 62, 64  # X509_V_ERR_* of OpenSSL
UNKNOWN_CA = frozenset({2, 18, 19, 20, 21})
SECONDS = 5.0


@dataclass(frozen=True)
class Shown:
    """The certificate that a server shows."""

    subject: str
    issuer: str
    end: datetime
    names: tuple[str, ...]


async def explained(error: BaseException, host: str, port: int, ca: str) -> tuple[str, str]:
    """What is wrong with the connection, and what to do. `ca`: where the CAs are from that were asked."""
    causes = (error, getattr(error, "certificate_error", None), error.__cause__)
    cause = next((each for each in causes if getattr(each, "verify_code", 0)), None)
    code = getattr(cause, "verify_code", 0)
    said = getattr(cause, "verify_message", str(error))
    shown = await asyncio.to_thread(shown_by, host, port) if code else None
    what = f"the connection is not safe: {said}"
    if shown is not None:
        what += f" (certificate of {shown.subject}, by {shown.issuer}, until {shown.end:%Y-%m-%d %H:%M:%S} UTC)"
    return what, advised(code, shown, host, ca)


def advised(code: int, shown: Shown | None, host: str, ca: str) -> str:
    now = f"this machine's clock says {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    if code == ENDED:
        return f"tell those who run the server to renew its certificate ({now})"
    if code == NOT_YET:
        return f"set this machine's clock, or tell those who run the server ({now})"
    if code in (WRONG_NAME, WRONG_ADDRESS):
        names = f", but for {', '.join(shown.names)}: use such a name in the URL" if shown and shown.names else ""
        return f"the certificate is not for {host}{names}, or tell those who run the server"
    if code in UNKNOWN_CA:
        issuer = f" of {shown.issuer}" if shown else ""
        return f"give the CA certificate{issuer}: ca=…, a file or a folder (asked: {ca}), from those who run the server"
    return "give the CA that signed the server's certificate (ca=…), or tell those who run the server"


def shown_by(host: str, port: int) -> Shown | None:
    """The certificate of a server, looked at and not believed: nothing is sent. None where it cannot be had."""
    try:
        return parsed(ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, port), timeout=SECONDS)))
    except (OSError, ValueError, IndexError):
        return None


def parsed(der: bytes) -> Shown:
    """Raises `ValueError` and `IndexError` for what is no certificate."""
    parts = [part for part in elements(inside(inside(der, SEQUENCE), SEQUENCE)) if part[0] != VERSION]
    extensions = next((content for tag, content in parts if tag == EXTENSIONS), b"")
    return Shown(common_name(parts[4][1]), common_name(parts[2][1]), end_of(der), tuple(other_names(extensions)))


def common_name(name: bytes) -> str:
    """The common name in a distinguished name, else all of its parts."""
    found = {}
    for _, attributes in elements(name):
        for _, attribute in elements(attributes):
            (_, kind), (_, value) = elements(attribute)
            found[kind] = value.decode(errors="replace")
    return found.get(COMMON_NAME) or "/".join(found.values())


def other_names(extensions: bytes) -> Iterator[str]:
    for _, extension in elements(inside(extensions, SEQUENCE) if extensions else b""):
        parts = list(elements(extension))
        if parts[0] != (OBJECT, OTHER_NAMES):
            continue
        for tag, name in elements(inside(parts[-1][1], SEQUENCE)):
            if tag == DNS:
                yield name.decode("ascii", errors="replace")
            elif tag == ADDRESS:
                yield str(ipaddress.ip_address(name))
