"""Macaroons as a server makes them, which knows the secret."""

from __future__ import annotations

import hmac

from griddav.auth.macaroon import Macaroon


def created(secret: bytes, location: str, identifier: str) -> Macaroon:
    """A macaroon without restrictions (libmacaroons, version 1)."""
    key = hmac.digest(b"macaroons-key-generator".ljust(32, b"\0"), secret, "sha256")
    fields = (("location", location.encode()), ("identifier", identifier.encode()))
    return Macaroon(fields, hmac.digest(key, identifier.encode(), "sha256"))
