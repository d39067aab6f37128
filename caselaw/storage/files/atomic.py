"""Files and folders of this machine get their names at once and whole: written beside, verified, renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator

from caselaw.storage.files.unfinished import unfinished_beside

NOT_EMPTY = frozenset({errno.ENOTEMPTY, errno.EEXIST})
ASIDE = ".replaced"


@contextlib.contextmanager
def beside(final: str, ending: str = "") -> Iterator[str]:
    """A path beside a file or folder that is to get its name; what is left there at the end is removed."""
    written = unfinished_beside(final, ending)
    try:
        yield written
    finally:
        for left in (written, f"{written}{ASIDE}"):
            discard(left)


def discard(path: str) -> None:
    """Remove what is not whole; what is gone is no error."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def take_name(written: str, final: str, aside: str | None = None) -> None:
    """Rename; a folder that has the name is put `aside`, and only a folder takes its place."""
    try:
        os.replace(written, final)
    except OSError as error:
        if error.errno not in NOT_EMPTY:
            raise
        os.rename(final, aside or f"{written}{ASIDE}")
        os.replace(written, final)


def copy_local(source: str, target: str) -> None:
    """Copy a file of this machine."""
    with beside(target) as written:
        shutil.copyfile(source, written)
        os.replace(written, target)
