"""Bearer tokens: given, in a file, or found as WLCG says; shown nowhere."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from griddav.auth import macaroon
from griddav.auth.last_good import GRACE, UnreadableError, read_secret, unreadable
from griddav.errors import BadCredentials

TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
SOON = 60.0  # seconds: a token that ends so soon is read again
REFUSED = 60.0  # seconds for which what the server refused is not sent again: dCache shuts out who repeats it
NEW_TOKEN = "get a new token (oidc-token, htgettoken)"


@dataclass
class BearerToken:
    """A bearer token: given, in a file, or where WLCG's token discovery finds it (zenodo.3937438).

    A file is read again when it changes, and when its token is about to expire. A token that was found, not given,
    is sent over TLS only. One that the server refused is not sent again for a minute. Where the file is caught while it
    is written (missing, empty, a part of a token), the last good token goes on while it is valid.
    """

    given: str | None = field(default=None, repr=False)
    file: str | None = None
    _read: tuple[Path, tuple[int, ...], str] | None = field(default=None, init=False, repr=False, compare=False)
    _refused: tuple[str, float] | None = field(default=None, init=False, repr=False, compare=False)
    _when: float = field(default=0.0, init=False, repr=False, compare=False)  # `_read` was
    _before: str | None = field(default=None, init=False, repr=False, compare=False)  # the token in `_read`
    _cut: tuple[int, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def header(self, secure: bool) -> str | None:
        """The value of `Authorization`; None without a token.

        Raises `BadCredentials` for one that is broken, or that the server refused a moment ago.
        """
        if not secure and self.given is None and self.file is None:
            return None
        found = self.found()
        if found is None:
            return None
        token, where = found
        if self._refused is not None and self._refused[0] == token and time.monotonic() < self._refused[1]:
            raise BadCredentials("the server refused this token", where, fix(token, where))
        return f"Bearer {token}"

    def ended(self, sent: str) -> bool:
        """Whether the token that we `sent` is too old, by our clock. XRootD answers 403 to such a one."""
        end = expiry(sent.removeprefix("Bearer "))
        return end is not None and end <= time.time()

    def refuse(self, sent: str, secure: bool, status: int = 401) -> str | None:
        """The server does not take what we `sent`: what the user can do; None where another token is there now.

        A file that cannot be read is looked at once more before anything is sent.
        """
        refused, read = sent.removeprefix("Bearer "), self._read
        self._read = self._cut = None
        mine = read is not None and read[2] == refused and not self.ended(sent)
        if read is not None and mine and self._before is not None and valid(self._before):
            # Perhaps the end of the token is missing: the one before goes on until the file is another.
            self._cut, self._read, self._before = read[1], (read[0], (), self._before), None
        try:
            found = self.found()
        except UnreadableError:
            return None
        if found is not None and found[0] != refused:
            return None
        if status == 401:  # after 403 it may still do elsewhere: the clock may be ours that is wrong
            self._refused = refused, time.monotonic() + REFUSED
        return fix(refused, "nowhere any more" if found is None else found[1])

    def token(self) -> str | None:
        """The token; None where there is none. Raises `BadCredentials` for one that is broken."""
        found = self.found()
        return None if found is None else found[0]

    def found(self) -> tuple[str, str] | None:
        """The token, and where it is from."""
        if self.given is not None:
            return checked(self.given, "the token option"), "the token option"
        if self.file is not None:
            return self.from_file(Path(self.file).expanduser(), must_exist=True)
        if text := os.environ.get("BEARER_TOKEN", "").strip():
            return checked(text, "BEARER_TOKEN"), "BEARER_TOKEN"
        if name := os.environ.get("BEARER_TOKEN_FILE", "").strip():
            return self.from_file(Path(name), must_exist=True)
        for folder in (os.environ.get("XDG_RUNTIME_DIR", "").strip(), "/tmp"):
            found = self.from_file(Path(folder, f"bt_u{os.geteuid()}"), must_exist=False) if folder else None
            if found is not None:
                return found
        return None

    def from_file(self, path: Path, must_exist: bool) -> tuple[str, str] | None:
        """The token in a file, or the last good one; None where there is none and none has to be."""
        known = self._read[2] if self._read is not None and self._read[0] == path else None
        try:
            state = path.stat()
            signature = (state.st_ino, state.st_size, state.st_mtime_ns)
            if known is not None and self._read == (path, signature, known) and not ends_soon(known):
                return known, str(path)
            if not must_exist and state.st_uid != os.geteuid():
                return None  # /tmp belongs to everybody: a token that somebody else put there is not ours
            token = self.whole(path, signature, known)
        except OSError as error:
            if known is not None and self.goes_on(known):
                return known, str(path)
            if not must_exist and isinstance(error, FileNotFoundError):
                return None
            raise (error if isinstance(error, UnreadableError) else unreadable(path, error, NEW_TOKEN)) from None
        if token != known:
            self._before = known
        self._read, self._when = (path, signature, token), time.monotonic()
        return token, str(path)

    def goes_on(self, known: str) -> bool:
        """Whether the last good token is good for now."""
        return valid(known) if expiry(known) is not None else time.monotonic() < self._when + GRACE

    def whole(self, path: Path, signature: tuple[int, ...], known: str | None) -> str:
        """The token that a file holds now. Raises `UnreadableError` where it is, or seems, a part of one."""
        token = checked(read_secret(path, NEW_TOKEN), path, UnreadableError)
        lost_its_end = known is not None and valid(known) and expiry(token) is None
        if lost_its_end or signature == self._cut:
            raise UnreadableError("it holds a part of a token only", path, NEW_TOKEN)
        return token


def checked(text: str, where: object, kind: type[BadCredentials] = BadCredentials) -> str:
    """The token without white space around it. Raises `BadCredentials`, without the text, where it is none."""
    token = text.strip()
    if not TOKEN.fullmatch(token):
        raise kind("this is no bearer token", where, NEW_TOKEN)
    return token


def expiry(token: str) -> float | None:
    """When a JSON web token or a macaroon ends, in seconds since 1970; None for a token that does not say."""
    parts = token.split(".")
    try:
        if len(parts) != 3:
            return macaroon.parse(token).expires
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    end = claims.get("exp") if isinstance(claims, dict) else None
    return float(end) if isinstance(end, (int, float)) else None


def valid(token: str) -> bool:
    """Whether a token says when it ends, and has not ended."""
    end = expiry(token)
    return end is not None and time.time() < end


def ends_soon(token: str) -> bool:
    end = expiry(token)
    return end is not None and end < time.time() + SOON


def fix(token: str, where: str) -> str:
    """What to do about a token that the server refused."""
    end = expiry(token)
    if end is not None and end <= time.time():
        time_of_end = f"{datetime.fromtimestamp(end, UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"the token (from {where}) ended at {time_of_end}: {NEW_TOKEN}"
    return f"check issuer, audience and clocks for the token (from {where}), or {NEW_TOKEN}"
