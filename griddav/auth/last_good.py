"""What somebody else writes while we read it, a token, a password, a CA: the last good one goes on for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from griddav.errors import BadCredentials

T = TypeVar("T")

GRACE = 60.0  # seconds: so long goes on what does not say when it ends
LOOKS = (0.1, 0.2, 0.4)  # seconds between looks at a file that was never good


class UnreadableError(BadCredentials):
    """A file is missing, empty or not whole at this moment; perhaps not the next."""


@dataclass
class LastGood:
    """The last good text of a file, which does not say when it ends."""

    text: str | None = None
    read: float = 0.0

    def get(self, read: Callable[[], str]) -> str:
        """What `read` gives, or gave less than `GRACE` ago where it raises `UnreadableError`; then that is raised."""
        try:
            self.text, self.read = read(), time.monotonic()
        except UnreadableError:
            if self.text is None or time.monotonic() > self.read + GRACE:
                raise
        return self.text


async def looked_again(read: Callable[[], T]) -> T:
    """What `read` gives, after a moment where it raises `UnreadableError`; then that is raised."""
    for pause in LOOKS:
        try:
            return read()
        except UnreadableError:
            await asyncio.sleep(pause)
    return read()


def read_secret(path: Path, advice: str) -> str:
    """The text of a file that only its owner should see. Raises `BadCredentials` where it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error, advice) from None


def unreadable(path: Path, error: Exception, advice: str) -> UnreadableError:
    if isinstance(error, FileNotFoundError):
        return UnreadableError("there is no file of this name", path, advice)
    return UnreadableError(
        f"it cannot be read: {type(error).__name__}", path, "check the file's owner and permissions"
    )  # fmt: skip
