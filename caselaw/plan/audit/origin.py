"""Whose code a source file is: the project's, the engine's, the standard library's, or a library's."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from caselaw.config import Project
from caselaw.fingerprint.code.reading.modules import ENGINE, Finder, first_party


class CodeOrigin(StrEnum):
    """Whose a source file is; `LIBRARY` is what is none of the others."""

    FIRST_PARTY = "first-party"
    ENGINE = "engine"
    STANDARD = "standard"
    LIBRARY = "library"


NOT_CODE = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages"})


class SourceOrigins:
    """Origins of source files; each is looked up once.

    `folders` and `files` hold the first-party code; `open_folders` is the root of a project that does not name
    its first-party packages: all below it counts, but no hidden folder and no virtual environment.
    """

    def __init__(self, folders: Iterable[str], files: Iterable[str], open_folders: Iterable[str]) -> None:
        self.folders, self.files, self.open_folders = tuple(folders), frozenset(files), tuple(open_folders)
        self.engine = engine_folders()
        self.standard = standard_folders()
        self.origins: dict[str, CodeOrigin] = {}

    def of(self, file: str) -> CodeOrigin:
        origin = self.origins.get(file)
        if origin is None:
            origin = self.origins[file] = self._of(file)
        return origin

    def _of(self, file: str) -> CodeOrigin:
        if file.startswith("<frozen "):
            return CodeOrigin.STANDARD
        if file.startswith("<"):
            return CodeOrigin.LIBRARY
        path = os.path.realpath(file)
        if path in self.files:
            return CodeOrigin.FIRST_PARTY
        if below(path, self.engine):
            return CodeOrigin.ENGINE
        if below(path, self.folders) or any(is_open(path, folder) for folder in self.open_folders):
            return CodeOrigin.FIRST_PARTY
        if below(path, self.standard) and "site-packages" not in path and "dist-packages" not in path:
            return CodeOrigin.STANDARD
        return CodeOrigin.LIBRARY


def origins_of(project: Project, sources: Iterable[Path]) -> SourceOrigins:
    """The origins as a project's law.cfg determines them; `sources` are files of the closure."""
    files = {os.path.realpath(path) for path in sources}
    if project.first_party is None:
        return SourceOrigins((), files, (os.path.realpath(project.root),))
    finder = Finder(first_party(project.root, project.first_party))
    modules = [module for module in map(finder.find, project.first_party) if module is not None]
    folders = [os.path.realpath(folder) for module in modules for folder in module.search]
    return SourceOrigins(folders, files | {os.path.realpath(file) for module in modules for file in module.files}, ())


def is_open(path: str, root: str) -> bool:
    """Whether a file below `root` is code of the project."""
    if not below(path, (root,)):
        return False
    folders = [folder for folder in Path(path).relative_to(root).parents if folder.name]
    if any(folder.name.startswith(".") or folder.name in NOT_CODE for folder in folders):
        return False
    return not any(Path(root, folder, "pyvenv.cfg").exists() for folder in folders)


def below(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of these folders or lies in one."""
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def standard_folders() -> tuple[str, ...]:
    """Where the standard library is."""
    return tuple({os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")})


def engine_folders() -> tuple[str, ...]:
    """Where caselaw, law and luigi are, and the client for servers where it is installed."""
    import importlib.util

    found = (importlib.util.find_spec(name) for name in sorted(ENGINE))
    return tuple(str(Path(spec.origin).resolve().parent) for spec in found if spec is not None and spec.origin)
