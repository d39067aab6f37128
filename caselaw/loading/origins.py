"""Where Python would load a module from, found without importing anything."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from caselaw.loading.notes import NotingFinder, latest


def origins() -> Origins:
    """Where this process would load modules from, as long as it looks in the same places."""
    return _origins(tuple(sys.path), tuple(sys.meta_path), latest())


@functools.lru_cache(maxsize=1)
def _origins(_: Sequence[str], finders: Sequence[Any], __: int) -> Origins:
    return Origins([finder for finder in finders if not isinstance(finder, NotingFinder)])


class Origins:
    """Files that imports would load by what finders say; each module is looked up once."""

    def __init__(self, finders: Sequence[Any]) -> None:
        self._finders = finders
        self._specs: dict[str, ModuleSpec | None] = {}

    def file(self, name: str) -> str | None:
        """The file of a module; None when it is not found or has none."""
        spec = self._spec(name)
        return spec.origin if spec is not None and spec.has_location else None

    def _spec(self, name: str) -> ModuleSpec | None:
        if name not in self._specs:
            parent = name.rpartition(".")[0]
            search = self._search(parent) if parent else None
            self._specs[name] = self._find(name, search) if search is not None or not parent else None
        return self._specs[name]

    def _search(self, package: str) -> list[str] | None:
        """Folders with the submodules of a package; None for what is no package."""
        loaded = sys.modules.get(package)
        if isinstance(loaded, ModuleType):
            folders = vars(loaded).get("__path__")
        else:
            spec = self._spec(package)
            folders = spec.submodule_search_locations if spec is not None else None
        return None if folders is None else list(folders)

    def _find(self, name: str, search: Sequence[str] | None) -> ModuleSpec | None:
        for finder in self._finders:
            try:
                spec: ModuleSpec | None = finder.find_spec(name, search)
            except (AttributeError, ImportError, ValueError):
                continue
            if spec is not None:
                return spec
        return None


def is_same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one file, by whatever links and mounts."""
    if one == other:
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
