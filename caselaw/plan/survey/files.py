"""Source files of a project: found, read and parsed, with those that cannot be."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import FingerprintError
from caselaw.fingerprint.code.reading.parsing import parse
from caselaw.plan.survey.folders import FolderNames

ENVIRONMENTS = ("pyvenv.cfg", "conda-meta")
"""What the folder of an environment of packages holds."""
NOT_OURS = frozenset({"__pycache__", "site-packages", "node_modules"})


@dataclass(frozen=True)
class SourceFile:
    """A file of Python code: its syntax tree and its lines."""

    path: Path
    tree: ast.Module
    lines: tuple[str, ...]
    notebook: bool = False


@dataclass(frozen=True)
class Unread:
    """A file that could not be read, with the reason."""

    path: Path
    line: int | None
    why: str


def source_files(root: Path, folders: FolderNames) -> Iterator[SourceFile | Unread]:
    """All Python files under a folder (or the file itself), in order."""
    if root.is_file():
        yield read(root)
        return
    for path in python_files(root, folders, {identity(root)}):
        yield read(path)
    for folder, why in folders.unlisted.items():
        yield Unread(Path(folder), None, f"cannot be listed: {why}")


def python_files(folder: Path, folders: FolderNames, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Files of Python code and notebooks; hidden folders and environments of packages are left out."""
    inner, files = folders.names(str(folder))
    yield from (folder / name for name in sorted(files) if name.endswith((".py", ".ipynb")))
    for name in sorted(inner):
        if may_hold_code(folder / name, seen):
            yield from python_files(folder / name, folders, seen)


def may_hold_code(folder: Path, seen: set[tuple[int, int]]) -> bool:
    """Whether to look into a folder; a link leads on where there is code, and nowhere twice."""
    if folder.name.startswith(".") or folder.name in NOT_OURS:
        return False
    if any((folder / name).exists() for name in ENVIRONMENTS):
        return False
    try:
        if folder.is_symlink() and not any(folder.glob("*.py")):
            return False
        known = identity(folder)
    except OSError:
        return True  # its listing says what is wrong with it
    if known in seen:
        return False
    seen.add(known)
    return True


def identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def read(path: Path) -> SourceFile | Unread:
    try:
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            content = code_of_notebook(content)
        tree = parse(content, str(path))
    except FingerprintError as error:
        line = str(error.where).rpartition(":")[2]
        return Unread(path, int(line) if line.isdigit() else None, error.what.rpartition("parsed: ")[2])
    except OSError as error:
        return Unread(path, None, error.strerror or str(error))
    except ValueError as error:
        return Unread(path, None, f"is no notebook: {error}")
    lines = content.decode("utf-8", "replace").splitlines()
    return SourceFile(path, tree, tuple(lines), path.suffix == ".ipynb")


def code_of_notebook(content: bytes) -> bytes:
    """Code of all cells, without the lines that are for IPython; raises `ValueError` where it is no notebook."""
    cells = json.loads(content).get("cells", [])
    lines = [line for cell in cells if cell.get("cell_type") == "code" for line in source_of(cell).splitlines()]
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines).encode()


def source_of(cell: dict[str, str | list[str]]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
