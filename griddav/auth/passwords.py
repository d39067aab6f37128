"""A user with a password: given, in a file, or in an environment variable; shown nowhere."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from griddav.auth.last_good import LastGood, UnreadableError, read_secret
from griddav.errors import BadCredentials


@dataclass(frozen=True)
class Password:
    """Basic authentication (RFC 7617). The password is given, in a file, or in the environment variable `variable`.

    Where the file is caught while it is written, the last password goes on for a minute.
    """

    user: str
    password: str | None = field(default=None, repr=False)
    file: str | None = None
    variable: str | None = None
    _kept: LastGood = field(default_factory=LastGood, init=False, repr=False, compare=False)

    def header(self, secure: bool) -> str | None:
        """The value of `Authorization`. Raises `BadCredentials` for a password that cannot be read."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.read()}".encode()).decode()

    def refuse(self, sent: str, secure: bool, status: int = 401) -> str | None:
        """The server does not take what we `sent`: what the user can do; None where the password is another now."""
        if self.header(secure) != sent:
            return None
        return f"check the user {self.user} and the password ({self.source()})"

    def ended(self, sent: str) -> bool:
        """Whether it is too old: passwords do not say."""
        return False

    def source(self) -> str:
        """Where the password is from."""
        if self.password is not None:
            return "the password option"
        return f"the variable {self.variable}" if self.file is None else self.file

    def read(self) -> str:
        """The password as it is now. Raises `BadCredentials` where there is none."""
        if self.password is not None:
            return self.password
        if self.file is not None:
            return self._kept.get(self.from_file)
        found = os.environ.get(self.variable or "")
        if found is None:
            raise BadCredentials(
                f"there is no password for {self.user}", self.source(), "set password_file or password_variable"
            )
        return found

    def from_file(self) -> str:
        """Raises `UnreadableError` for a file that is missing, or empty."""
        path, fix = Path(self.file or "").expanduser(), "write it there, readable by you only"
        found = read_secret(path, fix).rstrip("\r\n")
        if not found:
            raise UnreadableError("there is no password in it", path, fix)
        return found
