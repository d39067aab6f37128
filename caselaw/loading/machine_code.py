"""Where numba keeps the machine code of cached functions: by the digest of all code that they reach.

numba itself asks only whether the file with the function is the same. A function or a constant of another file that
was edited would go on in the machine code.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from caselaw.loading import notes

if TYPE_CHECKING:
    from caselaw.fingerprint.code.closure import Closures

# Without types, and private in part: numba documents how to name another locator, not how to write one.
caching: Any = importlib.import_module("numba.core.caching")
config: Any = importlib.import_module("numba.core.config")

NAME = f"{__name__}.ByClosure"
SECONDS_KEPT = 30 * 24 * 3600
MOST_KEPT = 100
"""Folders that stay, however old they are."""


class ByClosure(caching._SourceFileBackedLocatorMixin, caching._CacheLocator):  # type: ignore[misc]
    """numba's "locator" for functions of first-party code."""

    def __init__(self, py_func: Any, py_file: str, folder: Path) -> None:
        self._py_file = py_file
        self._lineno = py_func.__code__.co_firstlineno
        self._folder = folder

    def get_cache_path(self) -> str:
        return str(self._folder)

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> ByClosure | None:
        """The locator of a first-party function; None for any other, which numba then places as ever."""
        reached = reach(py_func)
        if reached is None:
            return None
        for base in bases():
            locator = cls(py_func, py_file, base / reached / cls.get_suitable_cache_subpath(py_file))
            with contextlib.suppress(OSError):
                locator.ensure_cache_path()
                os.utime(base / reached)
                remove_unused(base)
                return locator
        return None


def steer() -> None:
    """Have numba ask `ByClosure` first, in whatever order its locators are configured."""
    implementation = getattr(caching, "CacheImpl", None) or caching._CacheImpl
    if ByClosure not in implementation._locator_classes:
        implementation._locator_classes.insert(0, ByClosure)
    if getattr(config, "CACHE_LOCATOR_CLASSES", "") and NAME not in config.CACHE_LOCATOR_CLASSES:
        config.CACHE_LOCATOR_CLASSES = f"{NAME},{config.CACHE_LOCATOR_CLASSES}"


def reach(function: Any) -> str | None:
    """Digest of the code and of the constants that a function reaches; None if it is not first-party."""
    from caselaw.config import load_project
    from caselaw.errors import CaselawError, FingerprintError
    from caselaw.fingerprint.hashing import digest, short

    try:
        project = load_project()
        name = module_name(function, project.root)
        if name is None or not may_be_ours(name, project.first_party):
            return None
        closures = _closures(project.root, project.first_party, notes.latest())
        if not closures.first_party.owns(name):
            return None
        try:
            closure = closures.of([f"{name}:{function.__qualname__.partition('.')[0]}"])
        except FingerprintError:  # made by other code, not by a statement of its own
            closure = closures.of([name])
    except CaselawError:  # no project, or no source
        return None
    return short(digest("machine code", closure.digest, dict(sorted(constants(function)))))


@functools.lru_cache(maxsize=1)
def _closures(root: Path, names: tuple[str, ...] | None, _: int) -> Closures:
    """Closures of the texts in memory, until something else is loaded."""
    from caselaw.fingerprint.code.closure import Closures
    from caselaw.fingerprint.code.reading.modules import first_party

    texts = {Path(load.path): load.content for load in list(notes.LOADS.values()) if load.content is not None}
    return Closures(first_party(root, names), texts=texts)


def may_be_ours(name: str, names: tuple[str, ...] | None) -> bool:
    """Whether a module may be first-party, without looking for it: libraries have many cached functions."""
    return name.partition(".")[0] in names if names else name in notes.LOADS


def module_name(function: Any, root: Path) -> str | None:
    """The module of a function by which it can be imported."""
    if function.__module__ not in ("__main__", "__mp_main__"):
        return str(function.__module__)
    path = notes.file_of(sys.modules.get(function.__module__))
    if path is None or not Path(path).resolve().is_relative_to(root.resolve()):
        return None
    return ".".join(Path(path).resolve().relative_to(root.resolve()).with_suffix("").parts)


def constants(function: Any) -> Iterator[tuple[str, str]]:
    """What modules hold now of what a function and those that it calls name: numba compiles it in. As digests."""
    from caselaw.errors import FingerprintError
    from caselaw.fingerprint.hashing import digest

    seen: set[int] = set()
    waiting = [function]
    while waiting:
        found = waiting.pop()
        found = getattr(found, "py_func", found)
        if not isinstance(found, FunctionType) or id(found) in seen or found.__module__ not in notes.LOADS:
            continue
        seen.add(id(found))
        names = set(names_in(found.__code__))
        modules = [value for value in map(found.__globals__.get, names) if isinstance(value, ModuleType)]
        for space in (found.__globals__, *(vars(module) for module in modules if module.__name__ in notes.LOADS)):
            for name in sorted(names & space.keys()):
                if callable(space[name]):
                    waiting.append(space[name])
                    continue
                with contextlib.suppress(FingerprintError):
                    yield f"{space['__name__']}.{name}", digest(space[name])


def names_in(code: CodeType) -> Iterator[str]:
    """Names of globals and attributes in a function and in those inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def bases() -> Iterator[Path]:
    """Folders to keep machine code in: numba's own setting, the project's, one of this user."""
    from caselaw.config import load_project

    if config.CACHE_DIR:
        yield Path(config.CACHE_DIR) / "caselaw"
    yield load_project().root / ".caselaw" / "numba"
    yield Path(tempfile.gettempdir()) / f"caselaw-numba-{os.getuid()}"


@functools.cache
def remove_unused(base: Path) -> None:
    """Remove what was not used for a long time, once per process; nothing but time is lost."""
    with contextlib.suppress(OSError):
        folders = sorted(((path.stat().st_mtime, path) for path in base.iterdir()), reverse=True)
        for used, path in folders[MOST_KEPT:]:
            if used < time.time() - SECONDS_KEPT:
                shutil.rmtree(path, ignore_errors=True)


def steer_again() -> None:
    """Functions that were decorated before: keep their machine code anew, and compile again what they have.

    What was compiled once and for all, as ufuncs are, cannot be trusted.
    """
    found = []
    for name in list(notes.LOADS):  # threads may import meanwhile
        for each in cached_functions(sys.modules.get(name)):
            if hasattr(each, "recompile"):
                found.append(each)
            else:
                notes.COMPILED_BEFORE.add(name)
    for dispatcher in found:
        dispatcher.enable_caching()
    for dispatcher in found * 2:  # one may have compiled in what another had
        if dispatcher.overloads:
            dispatcher.recompile()


def cached_functions(module: object) -> Iterator[Any]:
    """Functions of a module and of its classes whose machine code numba keeps in a place of its own."""
    waiting = list(vars(module).values()) if isinstance(module, ModuleType) else []
    while waiting:
        value = waiting.pop()
        if isinstance(value, type) and value.__module__ == vars(module)["__name__"]:
            waiting += vars(value).values()
        value = getattr(value, "__func__", value)
        if not type(value).__module__.startswith("numba."):
            continue
        dispatcher = getattr(value, "_dispatcher", value)
        cache = getattr(dispatcher, "_cache", None) or getattr(dispatcher, "cache", None)
        locator = getattr(getattr(cache, "_impl", None), "locator", None)
        if locator is not None and not isinstance(locator, ByClosure):
            yield dispatcher


steer()
steer_again()
