"""Which text of which file each module of this process was loaded from.

Python forgets the text once a module is executed, so that nobody could tell an edited file from the one in memory.
A finder that stands before all others asks them, changes nothing, and keeps the text.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import cache_from_source
from types import CodeType, ModuleType
from typing import Any

ENGINE = frozenset({"caselaw", "griddav", "law", "luigi"})
STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


@dataclass(frozen=True)
class Load:
    """A module as it was loaded; `number` counts all loads of the process, 0 is from before the first note."""

    path: str
    content: bytes | None
    number: int
    is_exact: bool = True
    """Whether just this text was executed; else it is the text that the file had about then."""
    code: CodeType | None = None
    """Of a module that imported caselaw: what is being executed."""
    changed: int | None = None
    """When its file had been changed last (ns), as far as this is known."""

    @cached_property
    def digest(self) -> str | None:
        from caselaw.fingerprint.hashing import digest_bytes

        return None if self.content is None else digest_bytes(self.content)


@dataclass(frozen=True)
class Exchange:
    """A module was loaded once more, with another text: `others` were complete by then and may hold what it was."""

    name: str
    before: Load
    number: int
    others: frozenset[str]


# What this process is, not configuration: notes of its imports, which its forks inherit.
LOADS: dict[str, Load] = {}
"""By name, the latest at the end."""
EXCHANGES: list[Exchange] = []
COMPILED_BEFORE: set[str] = set()
"""Modules of which numba had compiled functions before it could be told where to keep machine code."""
_numbers = itertools.count(1)


def begin(numba_comes: Callable[[], None]) -> None:
    """Take notes from now on; of what is loaded already, note the file as it is.

    `numba_comes` is called as more and more of numba is imported.
    """
    if any(isinstance(finder, NotingFinder) for finder in sys.meta_path):
        return
    executed = dict(_executed_now())
    for name, module in list(sys.modules.items()):
        path = file_of(module)
        if path is not None and is_noted(name, path):
            LOADS[name] = unnoticed(path, executed.get(name))
    sys.meta_path.insert(0, NotingFinder(numba_comes))
    numba_comes()


def unnoticed(path: str, code: CodeType | None = None) -> Load:
    """A module that was loaded before anybody looked: its file as it is now."""
    state = state_of(path)
    return Load(path, read(path), 0, is_exact=False, code=code, changed=state and state[1])


def note(name: str, path: str, content: bytes | None, is_exact: bool) -> None:
    """Remember what a module is loaded from."""
    load, before = Load(path, content, next(_numbers), is_exact), LOADS.pop(name, None)
    if before is not None and (before.path, before.content) != (path, content):
        EXCHANGES.append(Exchange(name, before, load.number, frozenset(_complete()) - {name}))
    LOADS[name] = load


def state() -> tuple[int, int]:
    """The same as before when nothing was loaded since."""
    return len(sys.modules), latest()


def latest() -> int:
    """Number of the latest load."""
    loads = list(LOADS.values())  # threads may import meanwhile
    return loads[-1].number if loads else 0


class NotingFinder:
    """Asks the finders after it, and notes what they find."""

    def __init__(self, numba_comes: Callable[[], None]) -> None:
        self._numba_comes = numba_comes

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top = name.partition(".")[0]
        if top == "numba":
            self._numba_comes()
        if top in ENGINE or top in sys.stdlib_module_names:
            return None
        spec = self._ask(name, path, target)
        if spec is None or spec.origin is None or spec.loader is None or not is_noted(name, spec.origin):
            return spec
        if type(spec.loader) is SourceFileLoader:
            spec.loader = NotingLoader(spec.loader.name, spec.loader.path)
        else:
            note(name, spec.origin, read(spec.origin), is_exact=False)
        return spec

    def _ask(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        """What the others find; those before this one were asked, and found nothing."""
        finders = list(sys.meta_path)
        for finder in finders[finders.index(self) + 1 :] if self in finders else ():
            find_spec = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find_spec(name, path, target) if find_spec is not None else None
            if spec is not None:
                return spec
        return None


class NotingLoader(SourceFileLoader):
    """Python's own loader, which notes the text that it executes, and takes no compiled file older than its source."""

    _compiled_now: bytes | None = None
    _distrusted: str | None = None

    def get_code(self, fullname: str) -> CodeType | None:
        is_load = sys._getframe(1).f_code.co_name == "exec_module"  # others only look at the code
        before, compiled = state_of(self.path), compiled_file(self.path)
        self._distrusted = compiled if is_older(compiled, before) else None
        code, content = self._code_and_text(fullname)
        if content is None:
            content = read(self.path)
            if state_of(self.path) != before:
                self._distrusted = compiled
                code, content = self._code_and_text(fullname)
        if is_load:
            note(fullname, self.path, content, is_exact=True)
        return code

    def _code_and_text(self, fullname: str) -> tuple[CodeType | None, bytes | None]:
        """The code, and the text from which it was compiled just now."""
        self._compiled_now = None
        return super().get_code(fullname), self._compiled_now

    def get_data(self, path: str) -> bytes:
        """The content of a file, as it is noted. Raises `OSError` for a compiled file that is older than its source."""
        if path == self._distrusted:
            raise OSError("older than the last change of its source")
        return super().get_data(path)

    def source_to_code(self, data: Any, path: Any, **options: Any) -> CodeType:  # type: ignore[override]
        self._compiled_now = bytes(data)
        return super().source_to_code(data, path, **options)


def is_noted(name: str, path: str) -> bool:
    """Whether a file may be somebody's own code: neither the engine, the standard library nor installed."""
    return (
        name.partition(".")[0] not in ENGINE
        and not any(part in path for part in INSTALLED)
        and not path.startswith(STANDARD_LIBRARY)
        and path not in ("built-in", "frozen", "namespace")
    )


def file_of(module: object) -> str | None:
    """The file of a module; None for what is no module, or has none."""
    path = vars(module).get("__file__") if isinstance(module, ModuleType) else None
    return os.path.abspath(path) if isinstance(path, str) else None


def read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def state_of(path: str) -> tuple[int, int, int, int] | None:
    """Times of content and of change (ns), size and inode of a file; None when there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def compiled_file(path: str) -> str:
    """Where the compiled file of a source is, if there is one."""
    return cache_from_source(path) if sys.implementation.cache_tag is not None else ""


def is_older(compiled: str, source: tuple[int, int, int, int] | None) -> bool:
    """Whether a compiled file was written before the last change of its source, which may have kept its date."""
    written = state_of(compiled)
    return written is not None and source is not None and written[0] < source[1]


def _executed_now() -> Iterator[tuple[str, CodeType]]:
    """Name and code of each module that is being executed."""
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            yield str(frame.f_globals.get("__name__")), frame.f_code
        frame = frame.f_back  # type: ignore[assignment]


def _complete() -> Iterator[str]:
    """Modules of which all has been executed."""
    for name in list(LOADS):
        module = sys.modules.get(name)
        spec = vars(module).get("__spec__") if isinstance(module, ModuleType) else None
        if module is not None and not getattr(spec, "_initializing", False):
            yield name
