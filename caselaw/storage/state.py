"""Three answers: an output exists, is missing, or the store could not say (and that raises)."""

from __future__ import annotations

import os
from pathlib import Path

from caselaw.errors import StoreUnavailable

ADVICE = "check that the store is mounted and readable, then run again; nothing was changed"


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether `path` exists; raises `StoreUnavailable` when the question failed."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        what = f"the store could not say whether a file exists: {error.strerror}"
        raise StoreUnavailable(what, path, ADVICE) from error
    return True


def existing_names(directory: str | os.PathLike[str]) -> frozenset[str]:
    """Names in `directory`, by one listing; a folder that does not exist has none."""
    try:
        return frozenset(os.listdir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        raise StoreUnavailable(f"the store could not list a folder: {error.strerror}", directory, ADVICE) from error
