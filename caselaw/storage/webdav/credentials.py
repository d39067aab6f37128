"""Who we are for a server: a bearer token found as WLCG says, or a user with a password; shown nowhere."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from caselaw.errors import StoreUnavailable

TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
SOON = 60.0  # seconds: a token that ends so soon is read again


@dataclass(frozen=True)
class Password:
    """Basic authentication (RFC 7617)."""

    user: str
    password: str = field(repr=False)

    def header(self, secure: bool) -> str | None:
        """The value of `Authorization`."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def forget(self) -> None:
        """Nothing is kept."""


@dataclass
class BearerToken:
    """A bearer token: given, in a file, or where WLCG's token discovery finds it (zenodo.3937438).

    A file is read again when it changes, and when its token is about to expire. A token that was found, not given,
    is sent over TLS only.
    """

    given: str | None = field(default=None, repr=False)
    file: str | None = None
    _read: tuple[Path, tuple[int, ...], str] | None = field(default=None, init=False, repr=False, compare=False)

    def header(self, secure: bool) -> str | None:
        """The value of `Authorization`; None without a token. Raises `StoreUnavailable` for one that is broken."""
        if not secure and self.given is None and self.file is None:
            return None
        token = self.token()
        return None if token is None else f"Bearer {token}"

    def token(self) -> str | None:
        if self.given is not None:
            return checked(self.given, "the token option")
        if self.file is not None:
            return self.from_file(Path(self.file).expanduser(), must_exist=True)
        if text := os.environ.get("BEARER_TOKEN", "").strip():
            return checked(text, "BEARER_TOKEN")
        if name := os.environ.get("BEARER_TOKEN_FILE", "").strip():
            return self.from_file(Path(name), must_exist=True)
        for folder in (os.environ.get("XDG_RUNTIME_DIR", "").strip(), "/tmp"):
            found = self.from_file(Path(folder, f"bt_u{os.geteuid()}"), must_exist=False) if folder else None
            if found is not None:
                return found
        return None

    def forget(self) -> None:
        """Read the file again at the next request."""
        self._read = None

    def from_file(self, path: Path, must_exist: bool) -> str | None:
        try:
            state = path.stat()
            signature = (state.st_ino, state.st_size, state.st_mtime_ns)
            if self._read is not None and self._read[:2] == (path, signature) and not ends_soon(self._read[2]):
                return self._read[2]
            if not must_exist and state.st_uid != os.geteuid():
                return None  # /tmp belongs to everybody: a token that somebody else put there is not ours
            token = checked(path.read_text("utf-8"), path)
        except FileNotFoundError:
            if not must_exist:
                return None
            raise StoreUnavailable(
                "there is no token file of this name", path, "get a token (oidc-token, htgettoken), then run again"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreUnavailable(
                f"the token cannot be read: {type(error).__name__}", path, "check the file's owner and permissions"
            ) from None
        self._read = (path, signature, token)
        return token


Credentials = Password | BearerToken


def checked(text: str, where: object) -> str:
    """The token without white space around it. Raises `StoreUnavailable`, without the text, where it is none."""
    token = text.strip()
    if not TOKEN.fullmatch(token):
        raise StoreUnavailable("this is no bearer token", where, "get a new token (oidc-token, htgettoken)")
    return token


def expiry(token: str) -> float | None:
    """When a JSON web token ends, in seconds since 1970; None for a token that does not say (a macaroon)."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    end = claims.get("exp") if isinstance(claims, dict) else None
    return float(end) if isinstance(end, (int, float)) else None


def ends_soon(token: str) -> bool:
    end = expiry(token)
    return end is not None and end < time.time() + SOON
