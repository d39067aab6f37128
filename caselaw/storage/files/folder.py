"""Questions about folders of this machine: yes, no, or an error."""

from __future__ import annotations

import os
from pathlib import Path

from caselaw.errors import StoreUnavailable
from caselaw.storage.files.unfinished import is_unfinished

ADVICE = "check that the store is mounted and readable, then run again; nothing was changed"


def exists_local(path: str | os.PathLike[str]) -> bool:
    """Whether `path` exists on this machine; raises `StoreUnavailable` when the question failed."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        what = f"the store could not say whether a file exists: {error.strerror}"
        raise StoreUnavailable(what, path, ADVICE) from error
    return True


def local_names(directory: str | os.PathLike[str]) -> frozenset[str]:
    """Names in a folder of this machine without what is unfinished, by one listing; a missing one has none.

    Raises `StoreUnavailable` where it cannot be listed.
    """
    try:
        return frozenset(name for name in os.listdir(directory) if not is_unfinished(name))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        raise StoreUnavailable(f"the store could not list a folder: {error.strerror}", directory, ADVICE) from error
