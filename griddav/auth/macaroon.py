"""Macaroons: bearer tokens that everybody who holds one can restrict further, without asking the server.

The format is version 1 of libmacaroons, which dCache and XRootD use: lines with their length in front, in base64. Each
caveat is sealed by the signature that stood before it (Birgisson et al., NDSS 2014), so none can be taken away.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

ACTIVITIES = ("DOWNLOAD", "UPLOAD", "LIST", "DELETE", "MANAGE", "READ_METADATA", "UPDATE_METADATA")
ENCODED = re.compile(rb"[A-Za-z0-9_\-+/]+={0,2}")
LENGTH = re.compile(rb"[0-9a-fA-F]{4}")
SIGNATURE_SIZE = 32  # bytes of HMAC-SHA256


@dataclass(frozen=True)
class Macaroon:
    """Who made it, what it is called there, and what restricts it. The signature is shown nowhere."""

    fields: tuple[tuple[str, bytes], ...]  # in the order of the format, without the signature
    signature: bytes = field(repr=False)

    @property
    def caveats(self) -> tuple[str, ...]:
        """The conditions under which it holds, such as `path:/data`."""
        return tuple(value.decode(errors="replace") for name, value in self.fields if name == "cid")

    @property
    def activities(self) -> frozenset[str]:
        """What it allows to do. READ_METADATA is in all others."""
        allowed = frozenset(ACTIVITIES)
        for text in self.values("activity"):
            named = frozenset(part.strip() for part in text.split(","))
            allowed &= named | {"READ_METADATA"}
        return allowed

    @property
    def path(self) -> str:
        """The folder or file to which it is restricted; "/" without a restriction."""
        found = "/"
        for text in self.values("path"):
            found = posixpath.normpath(f"/{found}/{text}" if self.of_dcache else f"/{text}").replace("//", "/")
        return found

    @property
    def expires(self) -> float | None:
        """When it ends, in seconds since 1970; None where it does not say, or in a form that is not known here."""
        ends = [seconds(text) for text in self.values("before")]
        return min((end for end in ends if end is not None), default=None)

    @property
    def of_dcache(self) -> bool:
        """dCache takes a second path as relative to the first, XRootD takes every path from the root."""
        return bool(self.values("iid"))

    def values(self, name: str) -> list[str]:
        return [text.partition(":")[2] for text in self.caveats if text.startswith(f"{name}:")]

    def restricted(
        self, *, path: str | None = None, activities: Iterable[str] | None = None, before: float | None = None
    ) -> Macaroon:
        """A macaroon that allows less, made here: the server is not asked.

        `path` is absolute; `before` is in seconds since 1970. Raises `ValueError` for a path that this macaroon does
        not reach and for activities that do not exist.
        """
        caveats = []
        if activities is not None:
            caveats.append(activity_caveat(activities))
        if path is not None and path != self.path:
            if not f"{path}/".startswith(f"{self.path.rstrip('/')}/"):
                raise ValueError(f"this macaroon is for {self.path}: it cannot be made one for {path}")
            caveats.append(f"path:{posixpath.relpath(path, self.path) if self.of_dcache else path}")
        if before is not None:
            caveats.append(f"before:{datetime.fromtimestamp(before, UTC):%Y-%m-%dT%H:%M:%SZ}")
        made = self
        for caveat in caveats:
            made = made.sealed(caveat)
        return made

    def sealed(self, caveat: str) -> Macaroon:
        """With one more condition, whatever the server makes of it."""
        signature = hmac.digest(self.signature, caveat.encode(), "sha256")
        return Macaroon((*self.fields, ("cid", caveat.encode())), signature)

    def serialized(self) -> str:
        """As it is sent: a secret."""
        lines = b"".join(line(name, value) for name, value in (*self.fields, ("signature", self.signature)))
        return base64.urlsafe_b64encode(lines).decode().rstrip("=")


def parse(token: str) -> Macaroon:
    """A macaroon from its text. Raises `ValueError`, which does not show it, for text that is none."""
    encoded = token.strip().encode()
    if not ENCODED.fullmatch(encoded):
        raise ValueError("this is no macaroon: it is not in base64")
    bare = encoded.rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")
    try:
        data = base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error:
        raise ValueError("this is no macaroon: it is not in base64") from None
    fields = split(data)
    names = [name for name, _ in fields]
    if names[:2] != ["location", "identifier"] or names[-1] != "signature" or "signature" in names[:-1]:
        raise ValueError("this is no macaroon of version 1: its parts are not the right ones")
    if len(fields[-1][1]) != SIGNATURE_SIZE:
        raise ValueError("this is no macaroon: its signature has another length")
    return Macaroon(tuple(fields[:-1]), fields[-1][1])


def split(data: bytes) -> list[tuple[str, bytes]]:
    """The lines of a macaroon. Raises `ValueError` for what is none."""
    fields, position = [], 0
    while position < len(data):
        size = data[position : position + 4]
        end = position + int(size, 16) if LENGTH.fullmatch(size) else 0
        name, space, value = data[position + 4 : end].partition(b" ")
        if end > len(data) or not space or not value.endswith(b"\n") or not name.isalpha():
            raise ValueError("this is no macaroon of version 1: its lengths do not fit")
        fields.append((name.decode(), value[:-1]))
        position = end
    if len(fields) < 3:
        raise ValueError("this is no macaroon: it ends too early")
    return fields


def line(name: str, value: bytes) -> bytes:
    """A line of a macaroon with its length. Raises `ValueError` for one that is too long."""
    size = len(name) + len(value) + 6
    if size > 0xFFFF:
        raise ValueError("a line of a macaroon holds 65,535 bytes at most")
    return f"{size:04x}{name} ".encode() + value + b"\n"


def activity_caveat(activities: Iterable[str]) -> str:
    """`activity:…` in the usual order. Raises `ValueError` for one that does not exist."""
    wanted = set(activities)
    if not wanted or not wanted <= set(ACTIVITIES):
        raise ValueError(f"activities of a macaroon are {', '.join(ACTIVITIES)}; not {', '.join(sorted(wanted))}")
    return "activity:" + ",".join(name for name in ACTIVITIES if name in wanted)


def seconds(text: str) -> float | None:
    """Seconds since 1970 of a time such as 2026-01-31T12:00:00Z."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).timestamp()
