"""Source files as the closure needs them: digest and survey, remembered by the file's content."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.errors import FingerprintError
from caselaw.fingerprint.hashing import SCHEME, digest_bytes
from caselaw.fingerprint.imports import Import, Lookup, Survey, survey
from caselaw.fingerprint.memo import Memo
from caselaw.fingerprint.syntax import Reading, node_digest, parse


@dataclass(frozen=True)
class Source:
    """A file of first-party code."""

    path: Path
    digest: str
    """Of its syntax; of its bytes, for a compiled extension."""
    survey: Survey | None
    """None for a compiled extension: nothing can be seen in it."""
    status: tuple[int, int]
    """Modification time (ns) and size."""


class Sources:
    """Reads source files, each once.

    The memo on disk goes by content, never by time: reading a source file costs less than being wrong.
    """

    def __init__(self, folder: Path | None) -> None:
        version = f"{sys.version_info.major}{sys.version_info.minor}-{_reader_digest()[:8]}"
        self._memo = Memo(folder / f"code-{SCHEME}-{version}.json" if folder is not None else None)
        self._read: dict[Path, Source] = {}

    def read(self, path: Path) -> Source:
        """Digest and survey of a file; FingerprintError when it cannot be read or parsed."""
        if path not in self._read:
            self._read[path] = self._source(path)
        return self._read[path]

    def edited(self) -> bool:
        """Whether one of the files that were read is another one now."""
        return any(status_of(path) != source.status for path, source in self._read.items())

    def save(self) -> None:
        """Write what is new to the memo."""
        self._memo.save()

    def _source(self, path: Path) -> Source:
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                content = file.read()
        except OSError as error:
            raise FingerprintError(
                f"first-party source cannot be read ({error.strerror or error})",
                str(path),
                "make it readable, or check that its file system answers",
            ) from error
        stamp = (status.st_mtime_ns, status.st_size)
        if path.suffix != ".py":
            return Source(path, digest_bytes(content), None, stamp)
        key = digest_bytes(content)
        entry = self._memo.get(key)
        if entry is None:
            tree = parse(content, str(path))
            found = survey(tree)
            entry = [node_digest(tree, found.reading), _stored(found)]
            self._memo.put(key, entry)
        return Source(path, entry[0], _restored(entry[1]), stamp)


def status_of(path: Path) -> tuple[int, int] | None:
    """Modification time (ns) and size of a file; None when there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


def _stored(found: Survey) -> list[Any]:
    return [found.imports, found.lookups, found.exports, found.lazy]


def _restored(entry: list[Any]) -> Survey:
    imports, lookups, exports, lazy = entry
    return Survey(
        Reading(),
        tuple(Import(*values) for values in imports),
        tuple(Lookup(*values) for values in lookups),
        None if exports is None else tuple(exports),
        lazy,
    )


def _reader_digest() -> str:
    """Of the code that fills the memo: a memo filled by another version of it is another memo."""
    folder = Path(__file__).parent
    files = ("encoding.py", "hashing.py", "imports.py", "sources.py", "syntax.py")
    return digest_bytes(b"".join((folder / file).read_bytes() for file in files))
