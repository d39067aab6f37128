"""What the tasks of all forms use: a log of executions, and what targets hold whatever their names are.

It is copied into every project, and knows neither law nor caselaw.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any


def note(task: Any, *tags: Any) -> None:
    """Append module and name of a task, its branch and what else tells it from others to the log of executions."""
    branch = [task.branch] if getattr(task, "branch", -1) >= 0 else []
    line = " ".join(str(word) for word in (type(task).__module__, type(task).__name__, *branch, *tags))
    log = os.open(os.environ["EXECUTIONS_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(log, f"{line}\n".encode())
    finally:
        os.close(log)


def contents(found: Any) -> Any:
    """What targets hold, in the shape in which they come: `("list", ["text of the first", …])`."""
    if hasattr(found, "targets"):  # a collection
        return type(found).__name__, contents(found.targets)
    if isinstance(found, Mapping):
        return type(found).__name__, {str(name): contents(inner) for name, inner in found.items()}
    if isinstance(found, list | tuple | set | frozenset | Generator):
        kind = "list" if isinstance(found, Generator) else type(found).__name__
        return kind, [contents(inner) for inner in found]
    if hasattr(found, "path"):
        return of_path(Path(getattr(found, "abspath", found.path)))  # a path may be relative to a file system of law
    return repr(found)


def of_path(path: Path) -> Any:
    if path.is_dir():
        return {inner.name: of_path(inner) for inner in sorted(path.iterdir())}
    if not path.exists():
        return "absent"
    content = path.read_bytes()
    if path.suffix in (".npy", ".npz", ".zip", ".tgz", ".gz", ".root", ".db"):
        return read(path)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return hashlib.sha256(content).hexdigest()


def read(path: Path) -> Any:
    """What lies in files that hold times, or are written in blocks."""
    if path.suffix in (".npy", ".npz"):
        import numpy as np

        with path.open("rb") as file:
            found = np.load(file)
            return found.tolist() if isinstance(found, np.ndarray) else {name: found[name].tolist() for name in found}
    if path.suffix == ".zip":
        import zipfile

        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name).decode() for name in sorted(archive.namelist())}
    if path.suffix == ".tgz":
        import tarfile

        with tarfile.open(path) as archive:
            files = [member for member in archive.getmembers() if member.isfile()]
            return {one.name: archive.extractfile(one).read().decode() for one in files}  # type: ignore[union-attr]
    if path.suffix == ".gz":
        import gzip

        return gzip.decompress(path.read_bytes()).decode()
    return hashlib.sha256(path.read_bytes()).hexdigest()
