"""External files as inputs: which they are, and what they hold."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path

from caselaw.branches.column import Column
from caselaw.branches.upstream import Files
from caselaw.config.address import is_url
from caselaw.errors import FingerprintError
from caselaw.fingerprint import FileDigests, digest


def files_column(connection: Files, root: Path, digests: FileDigests) -> Column:
    """External files: their names are the values of the branches, their contents the inputs."""
    paths = expand(connection.paths, root, connection.digests)
    keys = tuple((path if is_url(path) else str(root / path),) for path in paths)
    contents = tuple(content_digest(path, key[0], connection, digests) for path, key in zip(paths, keys, strict=True))
    return Column(None, keys, contents, tuple(paths), False, names=tuple(paths), branches=range(len(paths)))


def content_digest(path: str, absolute: str, connection: Files, digests: FileDigests) -> str:
    pinned = connection.digests.get(path)
    if pinned is not None:
        return pinned
    if is_url(path):
        return digest("content not pinned", path)
    return digests.digest(absolute)


def expand(paths: tuple[str, ...] | str, root: Path, pinned: Container[str] = ()) -> list[str]:
    """Paths of a dataset, relative to `root` where they lie below it; folders and globs in sorted order.

    A path of pinned content is the name of one file, whatever signs are in it. Raises `FingerprintError` where no
    file is found.
    """
    patterns = (paths,) if isinstance(paths, str) else paths
    found: list[str] = []
    for pattern in patterns:
        if is_url(pattern):
            found.append(pattern)
        elif pattern in pinned:
            found.append(relative(root / pattern, root))
        elif any(mark in pattern for mark in "*?["):
            found.extend(sorted(relative(path, root) for path in glob(pattern, root)))
        elif (root / pattern).is_dir():
            found.extend(sorted(relative(path, root) for path in (root / pattern).iterdir() if path.is_file()))
        else:
            found.append(relative(root / pattern, root))
    if not found:
        raise FingerprintError(
            f"no file matches {' '.join(patterns)}", "caselaw.files", "check the paths of the dataset"
        )
    return found


def glob(pattern: str, root: Path) -> list[Path]:
    absolute = Path(pattern)
    if absolute.is_absolute():
        return list(Path(absolute.anchor).glob(str(absolute.relative_to(absolute.anchor))))
    return list(root.glob(pattern))


def relative(path: Path, root: Path) -> str:
    absolute = Path(os.path.normpath(path))
    return str(absolute.relative_to(root)) if absolute.is_relative_to(root) else str(absolute)
