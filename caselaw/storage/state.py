"""Three answers: an output exists, is missing, or the store could not say (and that raises)."""

from __future__ import annotations

import os
from collections.abc import Iterable

from caselaw.storage.marker import require_present
from caselaw.storage.stores import store_of


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether `path` exists in its store; raises `StoreUnavailable` when the question failed."""
    if store_of(path).exists(os.fspath(path)):
        return True
    require_present(path)
    return False


def existing_names(directory: str | os.PathLike[str]) -> frozenset[str]:
    """Names in `directory`, by one listing; a folder that does not exist has none."""
    return names_in_folders([os.fspath(directory)])[os.fspath(directory)]


def names_in_folders(directories: Iterable[str]) -> dict[str, frozenset[str]]:
    """Folder → names in it: one listing each, those on one server all at the same time."""
    groups: dict[str, list[str]] = {}
    for directory in dict.fromkeys(directories):
        groups.setdefault(store_of(directory).root, []).append(directory)
    found: dict[str, frozenset[str]] = {}
    for group in groups.values():
        found |= store_of(group[0]).names(group)
    for directory, names in found.items():
        if not names:
            require_present(directory)
    return found
