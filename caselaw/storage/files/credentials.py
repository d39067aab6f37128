"""Who a server takes us for, and narrower credentials; a secret itself is shown nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CredentialKind(StrEnum):
    """What a server is shown, as it is said to people."""

    NONE = "none"
    USER = "the user of this machine"
    OF_LIBRARY = "those that the library of this protocol finds"
    PASSWORD = "user and password"
    TOKEN = "bearer token"
    MACAROON = "macaroon"
    CERTIFICATE = "X509 certificate"


@dataclass(frozen=True)
class Identity:
    """`kind` of the credentials and where they are from; `facts` are what they say, `expires` in seconds since 1970.

    `withheld` is why they are not sent, empty where they are.
    """

    kind: CredentialKind
    source: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    expires: float | None = None
    withheld: str = ""


@dataclass(frozen=True)
class NarrowToken:
    """A token that allows little: `facts` are what it says, `expires` in seconds since 1970."""

    secret: str = field(repr=False)
    facts: Mapping[str, Any]
    expires: float | None


def is_macaroon(text: str) -> bool:
    """Whether a text is one. Without the client it is not known: then it is none."""
    try:
        from griddav.auth import macaroon

        macaroon.parse(text)
    except (ImportError, ValueError):
        return False
    return True
