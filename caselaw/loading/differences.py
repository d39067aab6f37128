"""Differences between the modules that this process has, or would load, and the files that were hashed."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from caselaw.errors import FingerprintError
from caselaw.fingerprint.code.counted_files import HashedCode, HashedFile
from caselaw.fingerprint.hashing import digest_bytes
from caselaw.loading.age import is_older_than_this_program
from caselaw.loading.compiled import was_outdated
from caselaw.loading.notes import (
    COMPILED_BEFORE,
    EXCHANGES,
    INSTALLED,
    LOADS,
    STANDARD_LIBRARY,
    Load,
    file_of,
    read,
    state_of,
    unnoticed,
)
from caselaw.loading.origins import Origins, is_same_file, origins


class DifferenceKind(StrEnum):
    """In what a module is not what was hashed.

    ELSEWHERE: it comes from another file. EDITED: this process holds, or would load, another text of the file.
    EXCHANGED: the process has held another text, and another module or class may still. COMPILED: numba has made
    machine code of it that may be of another text. UNKNOWN: nobody can say.
    """

    ELSEWHERE = "elsewhere"
    EDITED = "edited"
    EXCHANGED = "exchanged"
    COMPILED = "compiled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Difference:
    """One module that is not what was hashed; `found` is the file, module or class that is or holds something else."""

    kind: DifferenceKind
    module: str
    hashed: str
    found: str
    text: bytes | None = None
    """What there is in place of the hashed text."""
    is_loaded: bool = True


def differences(code: HashedCode, task_class: type, *, ahead: bool) -> list[Difference]:
    """Modules that are not what was hashed; `ahead` also looks at those that are not loaded yet.

    An edit that leaves the code of the task what it was, such as one of a comment or of a function that the task does
    not reach, makes no difference.
    """
    found = list(_all(code, task_class, ahead))
    if not found or any(difference.text is None for difference in found):
        return found
    texts: dict[str, list[bytes]] = {}
    for difference in found:
        texts.setdefault(difference.hashed, []).append(difference.text or b"")
    for number in range(max(map(len, texts.values()))):
        held = {Path(path): of_file[min(number, len(of_file) - 1)] for path, of_file in texts.items()}
        from caselaw.fingerprint.code.closure import code_closure_of_texts

        try:
            closure = code_closure_of_texts(task_class, code.root, code.first_party, held, code.named)
        except FingerprintError:
            return found
        if closure.code_digest != code.digest:
            return found
    return []


def _all(code: HashedCode, task_class: type, ahead: bool) -> Iterator[Difference]:
    places, main = origins(), _main_file()
    for name, files in code.modules.items():
        if not files:
            continue
        module = sys.modules.get(name)
        if isinstance(module, ModuleType) or (module is not None and name in LOADS):
            yield from _of_loaded(name, name, files, code.root)
        elif module is None and name not in sys.modules:
            yield from _of_removed(name, files)
            if ahead:
                yield from _of_unloaded(name, files, places)
        if main is not None and any(file.path == main for file in files):
            yield from _of_loaded(name, "__main__", files, code.root)
    for name in code.missing:
        module = sys.modules.get(name)
        file = file_of(module) if name in sys.modules else places.file(name) if ahead else None
        if file is not None and file.endswith((".py", ".pyc")) and not _is_standard(file):
            yield Difference(DifferenceKind.ELSEWHERE, name, "", file, is_loaded=module is not None)
    yield from _exchanged(code, task_class)


def _of_removed(name: str, files: Sequence[HashedFile]) -> Iterator[Difference]:
    """A module that was loaded and removed from memory: others may hold what it was."""
    load = LOADS.get(name)
    file = None if load is None else _among(files, load.path)
    if load is not None and file is not None and load.digest != file.digest:
        yield Difference(DifferenceKind.EDITED, name, file.path, load.path, load.content)


def _main_file() -> str | None:
    path = file_of(sys.modules.get("__main__"))
    return None if path is None else os.path.realpath(path)


def _of_loaded(name: str, loaded_as: str, files: Sequence[HashedFile], root: Path) -> Iterator[Difference]:
    load = _load_of(loaded_as)
    if load is None or _is_standard(load.path):
        return
    file = _among(files, load.path)
    if file is None:
        yield Difference(DifferenceKind.ELSEWHERE, name, files[-1].path, load.path)
    elif load.digest != file.digest:
        yield Difference(DifferenceKind.EDITED, name, file.path, load.path, load.content)
    elif loaded_as in COMPILED_BEFORE:
        yield Difference(DifferenceKind.COMPILED, name, file.path, load.path)
    elif not load.is_exact and not _is_certain(load, root):
        kind = DifferenceKind.UNKNOWN if load.code is None else DifferenceKind.EDITED
        yield Difference(kind, name, file.path, load.path)


def _load_of(name: str) -> Load | None:
    """What is known of a module in memory; of one that was loaded unnoticed, its file as it is now."""
    load, module = LOADS.get(name), sys.modules.get(name)
    path = file_of(module)
    if load is not None and (path is None or path == load.path or is_same_file(path, load.path)):
        return load
    return None if path is None else unnoticed(path)


def _is_certain(load: Load, root: Path) -> bool:
    """Whether what was executed is certainly the text that the file had when it was first looked at."""
    from caselaw.fingerprint.code.reading.sources import status_of

    path = Path(load.path)
    status = status_of(path)
    was_compiled = load.path.endswith(".py") and status is not None and was_outdated(path, status)
    if not was_compiled and load.number:  # it was read just before it was loaded
        return True
    if not was_compiled and load.changed is not None and is_older_than_this_program(load.changed, root):
        return True
    return load.code is not None and load.content is not None and _is_code_of(load.path, load.content, load.code)


@functools.cache
def _is_code_of(path: str, content: bytes, code: CodeType) -> bool:
    try:
        return compile(content, path, "exec", dont_inherit=True) == code
    except (SyntaxError, ValueError):
        return False


def _of_unloaded(name: str, files: Sequence[HashedFile], places: Origins) -> Iterator[Difference]:
    found = places.file(name)
    if found is None or _is_standard(found):
        return
    file = _among(files, found)
    if file is None:
        yield Difference(DifferenceKind.ELSEWHERE, name, files[-1].path, found, is_loaded=False)
    elif (now := state_of(file.path)) is None or (now[0], now[2]) != tuple(file.status):
        content = read(file.path)
        if content is None or digest_bytes(content) != file.digest:
            yield Difference(DifferenceKind.EDITED, name, file.path, found, content, is_loaded=False)


def _among(files: Sequence[HashedFile], path: str) -> HashedFile | None:
    return next((file for file in files if is_same_file(file.path, path)), None)


def _is_standard(path: str) -> bool:
    """Whether a file is of the standard library, which does not count: then a file of that name is never run."""
    return path.startswith(STANDARD_LIBRARY) and not any(part in path for part in INSTALLED)


def _exchanged(code: HashedCode, task_class: type) -> Iterator[Difference]:
    """What may hold what a module was before it was loaded with a new text: modules, and the class of the task."""
    for exchange in EXCHANGES:
        files = code.modules.get(exchange.name)
        if not files:
            continue
        for cls in task_class.__mro__:
            if cls.__module__ == exchange.name and not _is_defined(cls):
                yield Difference(
                    DifferenceKind.EXCHANGED, exchange.name, files[-1].path, cls.__qualname__, exchange.before.content
                )
        for name in sorted(exchange.others & code.modules.keys()):
            load = LOADS[name]
            if load.number < exchange.number and load.content is not None and b"import" in load.content:
                yield Difference(DifferenceKind.EXCHANGED, exchange.name, files[-1].path, name, exchange.before.content)
                break


def _is_defined(cls: type) -> bool:
    """Whether a class is the one that its module holds now."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls
