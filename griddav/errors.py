"""Errors of the client: each is an `OSError`, and says what happened, where, and what to do.

    GridDavError                  an OSError
    ├── NoAnswer                  and a ConnectionError: the server gave no answer, or none that can be believed
    ├── Refused                   the server, or what it is known for, says no
    │   ├── BadPath               and a ValueError: no path of a server is written like this
    │   └── NotAllowed            and a PermissionError: our credentials do not allow it (401, 403)
    │       └── BadCredentials    a token, password or certificate of this machine cannot be used
    ├── OnTape                    the file lies on tape only, and nobody asked to wait for a tape drive
    ├── StagingFailed             files could not be brought from tape to disk
    ├── ContentChanged            what the server holds or sends is not what it should be
    └── SourceChanged             a file of this machine changed while it was uploaded

What is missing, taken, a folder or not empty is said as Python says it of local files: `FileNotFoundError`,
`FileExistsError`, `IsADirectoryError`, `NotADirectoryError`, ENOTEMPTY. Options that cannot be are a
`ValueError`, those that do not exist a `TypeError`.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

STATUS = {
    401: errno.EACCES, 403: errno.EACCES, 405: errno.EPERM, 413: errno.EFBIG, 414: errno.ENAMETOOLONG,
    423: errno.EBUSY, 501: errno.ENOSYS, 507: errno.ENOSPC,
}  # fmt: skip


class GridDavError(OSError):
    """What happened, where it happened, and what the user can do about it."""

    number = errno.EIO

    def __init__(self, what: str, where: object, advice: str) -> None:
        super().__init__(self.number, what)
        self.what, self.where, self.advice = what, where, advice

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.where, self.advice)


class NoAnswer(GridDavError, ConnectionError):
    """The server gave no answer, or none that can be believed: this is never "missing"."""

    number = errno.ECONNABORTED


class Refused(GridDavError):
    """The server, or what it is known for, says no; asking again does not help. `errno` is the nearest to `status`."""

    def __init__(self, what: str, where: object, advice: str, status: int | None = None) -> None:
        super().__init__(what, where, advice)
        self.status = status
        if status is not None:
            self.errno = STATUS.get(status, self.number)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.where, self.advice, self.status)


class BadPath(Refused, ValueError):
    """No path of a server is written like this; nothing was asked."""

    number = errno.EINVAL


class NotAllowed(Refused, PermissionError):
    """Our credentials do not allow this."""

    number = errno.EACCES


class BadCredentials(NotAllowed):
    """A token, password, certificate or CA of this machine cannot be used; the text of a secret is never shown."""


class OnTape(GridDavError):
    """A file lies on tape only; reading it would wait for a tape drive, and nobody asked for that."""

    number = errno.EBUSY


class StagingFailed(GridDavError):
    """Files could not be brought from tape to disk; `failures` maps their paths to the server's words."""

    def __init__(self, what: str, where: object, advice: str, failures: Mapping[str, str] | None = None) -> None:
        super().__init__(what, where, advice)
        self.failures = dict(failures or {})

    def __str__(self) -> str:
        if not self.failures:
            return super().__str__()
        shown = [f"{path}: {why}" for path, why in sorted(self.failures.items())[:10]]
        more = [f"and {len(self.failures) - 10} more"] if len(self.failures) > 10 else []
        return "\n  ".join([f"{self.where}: {self.what}:", *shown, *more]) + f"\n{self.advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.where, self.advice, self.failures)


class ContentChanged(GridDavError):
    """What the server holds or sends is not what it should be: damaged on its way, or changed while it was read."""


class SourceChanged(GridDavError):
    """A file of this machine changed while it was uploaded; nothing of it is visible."""


def refused(status: int, what: str, where: object, advice: str) -> Refused:
    """The error for an answer that says no."""
    return (NotAllowed if status in (401, 403) else Refused)(what, where, advice, status)
