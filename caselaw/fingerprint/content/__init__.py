"""Digests of what output files hold: two writes of the same content are equal.

ROOT, Parquet, HDF5, PDF, PNG, SVG, zip, tar and compressed files differ in their bytes on every write, because
of dates, random names, or the way in which data are cut and compressed. Their content digests do not. What any
reader of a format shows counts. Each format has a module with one function `content(source)`; format libraries
are imported when it is called.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from pathlib import Path

from caselaw.errors import FingerprintError
from caselaw.fingerprint.content import readers
from caselaw.fingerprint.content.kinds import HEAD, Kind, begins_as, named_kind
from caselaw.fingerprint.content.source import ContentSource, ExpandsTooMuchError
from caselaw.fingerprint.files import file_digest, file_status, identity_of_file, local_path, tree_digest, unreadable

__all__ = ["content_digest"]

logger = logging.getLogger(__name__)

_DAMAGE = frozenset({None, errno.EINVAL})
"""A library's own OSErrors have no number; in a damaged file it may look for a place that cannot be."""


def content_digest(path: str | os.PathLike[str], *, sha256: str | None = None) -> str:
    """`kind:digest` (64 hexadecimal characters) of what a file or a folder holds.

    A file of no known kind, and one that cannot be read completely as what it says it is (damaged, objects of
    unknown type, its library is not installed), counts with its bytes: `bytes:` and its SHA-256, which need
    not be computed when the caller gives it as `sha256`. Raises FingerprintError when the file does not
    exist, cannot be read or changes meanwhile.
    """
    place = local_path(path)
    if stat.S_ISDIR(file_status(place).st_mode):
        return f"folder:{tree_digest(place, _of_file)}"
    return _of_file(place, sha256)


def _of_file(path: Path, sha256: str | None = None) -> str:
    before = file_status(path)
    kind = named_kind(path.name) if stat.S_ISREG(before.st_mode) else None
    content = _read(path, before.st_size, kind) if kind is not None and _begins_as(kind, path) else None
    if content is None:
        return f"bytes:{sha256 or file_digest(path)}"
    if identity_of_file(file_status(path)) != identity_of_file(before):
        raise FingerprintError(
            "a file changed while it was read", str(path), "wait until it is complete, then run again"
        )
    return content


def _begins_as(kind: Kind, path: Path) -> bool:
    if not kind.magic:
        return True
    try:
        with path.open("rb") as file:
            return begins_as(kind, file.read(HEAD))
    except OSError as error:
        raise unreadable(path, error) from error


def _read(path: Path, size: int, kind: Kind) -> str | None:
    """The digest of the content; None when the file cannot be read as this kind."""
    try:
        return readers.read(kind, ContentSource.of(path, size))
    except MemoryError:
        raise
    except Exception as error:  # what a library raises for a damaged file has no common class
        if isinstance(error, OSError) and error.errno not in _DAMAGE:
            raise unreadable(path, error) from error
        level = logging.WARNING if isinstance(error, ExpandsTooMuchError) else logging.DEBUG
        what = "%s counts with its bytes, not with what it holds as %s: %s: %s"
        logger.log(level, what, path, kind.name, type(error).__name__, error)
        return None
