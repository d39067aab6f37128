"""Checksums as HTTP names and writes them (RFC 3230 `Digest`, RFC 9530 `Repr-Digest`), computed while streaming."""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib
import re
import zlib
from collections.abc import Callable, Mapping
from functools import partial

BYTES = {"adler32": 4, "crc32c": 4, "md5": 16, "sha-256": 32, "sha-512": 64}
# Names that servers use, beside those of the registry.
ALIASES = {
    "adler-32": "adler32", "sha256": "sha-256", "sha512": "sha-512", "crc-32c": "crc32c", "sha": "sha-1",
    "adler": "adler32",
}  # fmt: skip
REGISTERED = {"adler32": "adler"}  # names of RFC 9530 that are not those of RFC 3230
STRUCTURED = re.compile(r"([a-z0-9-]+)=:([A-Za-z0-9+/=]*):")


class Checksum:
    """The running checksum of a stream. Raises `ValueError` for an algorithm that is not available here."""

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self._update, self._hex = running(algorithm)

    def update(self, data: bytes | memoryview) -> None:
        self._update(data)

    def hex(self) -> str:
        """Lower-case hexadecimal digits of all bytes so far."""
        return self._hex()


def running(algorithm: str) -> tuple[Callable[[bytes | memoryview], None], Callable[[], str]]:
    """Two functions: one takes bytes, one gives the digits. Raises `ValueError` for an unknown algorithm."""
    if algorithm in ("md5", "sha-256", "sha-512"):
        digest = hashlib.new(algorithm.replace("-", ""), usedforsecurity=False)
        return digest.update, digest.hexdigest
    if algorithm == "adler32":
        return rolling(zlib.adler32, 1)
    if algorithm == "crc32c":
        return rolling(crc32c(), 0)
    raise ValueError(f"no checksum of this name here: {algorithm}")


def rolling(
    function: Callable[[bytes | memoryview, int], int], start: int
) -> tuple[Callable[[bytes | memoryview], None], Callable[[], str]]:
    value = start

    def update(data: bytes | memoryview) -> None:
        nonlocal value
        value = function(data, value)

    return update, lambda: f"{value & 0xFFFFFFFF:08x}"


def crc32c() -> Callable[[bytes | memoryview, int], int]:
    """CRC-32C from the library that is installed; Python has none of its own.

    Raises `ValueError` where none is installed.
    """
    for name, function in (("google_crc32c", "extend"), ("crc32c", "crc32c")):
        try:
            library = importlib.import_module(name)
        except ImportError:
            continue
        extend: Callable[..., int] = getattr(library, function)
        return extend if name == "crc32c" else partial(swapped, extend)
    raise ValueError("crc32c needs the package google-crc32c or crc32c")


def swapped(extend: Callable[[int, bytes | memoryview], int], data: bytes | memoryview, value: int) -> int:
    return extend(value, data)


def digits(algorithm: str, text: str) -> str | None:
    """Hexadecimal digits of a checksum that was written in hexadecimal or base64; None where it is neither."""
    size = BYTES.get(algorithm)
    if size is None:
        return None
    text = text.strip().strip('"')
    shortest = 1 if size == 4 else 2 * size  # some servers drop leading zeros of 32 bits
    if re.fullmatch(rf"[0-9A-Fa-f]{{{shortest},{2 * size}}}", text):
        return text.lower().zfill(2 * size)
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return value.hex() if len(value) == size else None


def parse_digest(text: str) -> dict[str, str]:
    """Checksums of a list like `adler32=03da0195,md5=…` (RFC 3230, and dCache's and XRootD's properties)."""
    found = {}
    for item in text.split(","):
        name, separator, value = item.strip().partition("=")
        algorithm = ALIASES.get(name.strip().lower(), name.strip().lower())
        known = digits(algorithm, value) if separator else None
        if known is not None:
            found[algorithm] = known
    return found


def served(headers: Mapping[str, str], whole: bool = False) -> dict[str, str]:
    """Checksums that an answer states about the whole file: algorithm → hexadecimal digits.

    `whole`: its body is the file, so that a checksum of the body (`Content-Digest`) is one of the file; that of a
    range is not.
    """
    found = parse_digest(headers.get("Digest", ""))
    for header in ("Content-Digest", "Repr-Digest") if whole else ("Repr-Digest",):
        for name, value in STRUCTURED.findall(headers.get(header, "")):
            algorithm = ALIASES.get(name, name)
            known = digits(algorithm, value)
            if known is not None:
                found[algorithm] = known
    return found


def wanted(algorithm: str) -> dict[str, str]:
    """Headers that ask a server for a checksum, in both standards."""
    return {"Want-Digest": algorithm, "Want-Repr-Digest": f"{REGISTERED.get(algorithm, algorithm)}=9"}


def named(algorithm: str) -> str:
    """The name of an algorithm as it is used here. Raises `ValueError` for one that is not known."""
    name = ALIASES.get(algorithm.lower(), algorithm.lower())
    if name not in BYTES:
        raise ValueError(f"no checksum of this name here: {algorithm}; there are {', '.join(BYTES)}")
    return name
