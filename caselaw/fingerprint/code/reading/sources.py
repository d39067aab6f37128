"""Source files as the closure needs them: tables of their names, remembered by the file's content."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.errors import FingerprintError
from caselaw.fingerprint.code.reading.calls_and_changes import deeds
from caselaw.fingerprint.code.reading.parsing import parse
from caselaw.fingerprint.code.reading.table import Table, restored, stored
from caselaw.fingerprint.code.reading.tabulation import tabulate
from caselaw.fingerprint.files import FileDigests
from caselaw.fingerprint.hashing import SCHEME, digest_bytes
from caselaw.fingerprint.memo import Memo


@dataclass(frozen=True)
class Source:
    """A file of first-party code."""

    path: Path
    digest: str
    """Of its bytes."""
    table: Table | None
    """None for a compiled extension: nothing can be seen in it."""
    status: tuple[int, int]
    """Modification time (ns) and size."""


@dataclass(frozen=True)
class Data:
    """A file that code reads, or a folder in which it was looked for."""

    path: Path
    digest: str | None
    """None for a folder, and for what is not there."""
    status: tuple[int, int] | None


class Bodies:
    """Bodies of code as the memo keeps them, each a text: few of them are asked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._known: dict[int, Any] = {}

    def __getitem__(self, number: int) -> Any:
        if number not in self._known:
            self._known[number] = json.loads(self._texts[number])
        return self._known[number]


class Sources:
    """Reads source files, each once.

    The memo on disk goes by content, never by time: reading a source file costs less than being wrong.
    """

    def __init__(self, folder: Path | None, texts: Mapping[Path, bytes] | None = None) -> None:
        version = f"{sys.version_info.major}{sys.version_info.minor}-{_reader_digest()[:8]}"
        self._memo = Memo(folder / f"code-{SCHEME}-{version}.json" if folder is not None else None)
        self._texts = texts or {}
        """Read in place of what is in the files."""
        self._deeds = Memo(folder / f"deeds-{SCHEME}-{version}.json" if folder is not None else None)
        self._contents: dict[str, bytes] = {}
        self._trees: dict[str, ast.Module] = {}
        self._read: dict[tuple[Path, bool, bool], Source] = {}
        self._digests = FileDigests((folder or Path(os.devnull)) / "digests.sqlite")
        self._data: dict[Path, Data] = {}

    def read(self, path: Path, docstrings: bool = False, annotations: bool = False) -> Source:
        """Digest and table of a file; FingerprintError when it cannot be read or parsed.

        `docstrings` and `annotations` say whether code elsewhere reads them.
        """
        key = (path, docstrings, annotations)
        if key not in self._read:
            self._read[key] = self._source(path, docstrings, annotations)
        return self._read[key]

    def text(self, source: Source) -> bytes:
        """What is in a file of code; nothing of a compiled one."""
        return self._contents.get(source.digest, b"")

    def data(self, path: Path) -> Data:
        """Digest of a file that is no code, or status of a folder."""
        if path not in self._data:
            status = status_of(path)
            content = self._digests.digest(path) if status is not None and not path.is_dir() else None
            self._data[path] = Data(path, content, status)
        return self._data[path]

    def deeds(self, source: Source) -> dict[str, Any]:
        """The deeds of a module: asked for of few modules, and so kept apart from the tables."""
        entry = self._deeds.get(source.digest)
        if entry is not None:
            return {**entry, "bodies": Bodies(entry["bodies"])}
        found = deeds(self._tree(source.digest, source.path))
        texts = [json.dumps(body, separators=(",", ":")) for body in found["bodies"]]
        self._deeds.put(source.digest, {**found, "bodies": texts})
        return found

    def _tree(self, digest: str, path: Path) -> ast.Module:
        """The tree of a file that was read: kept for a while, for tables and deeds are made of it."""
        if digest not in self._trees:
            self._trees[digest] = parse(self._contents[digest], str(path))
        return self._trees[digest]

    def edited(self) -> bool:
        """Whether one of the files that were read is another one now."""
        read = ((path, source.status) for (path, _, _), source in self._read.items())
        return any(
            status_of(path) != status for path, status in (*read, *((d.path, d.status) for d in self._data.values()))
        )

    def save(self) -> None:
        """Write what is new to the memo."""
        self._memo.save()
        self._deeds.save()
        self._trees.clear()

    def _source(self, path: Path, docstrings: bool, annotations: bool) -> Source:
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                content = file.read() if path not in self._texts else self._texts[path]
        except OSError as error:
            raise FingerprintError(
                f"first-party source cannot be read ({error.strerror or error})",
                str(path),
                "make it readable, or check that its file system answers",
            ) from error
        stamp = (status.st_mtime_ns, status.st_size)
        key = digest_bytes(content)
        if path.suffix != ".py":
            return Source(path, key, None, stamp)
        self._contents[key] = content
        kind = f"{key}{' docstrings' * docstrings}{' annotations' * annotations}"
        entry = self._memo.get(kind)
        if entry is not None:
            return Source(path, key, restored(entry), stamp)
        table = tabulate(self._tree(key, path), docstrings, annotations)
        self._memo.put(kind, stored(table))
        return Source(path, key, table, stamp)


def status_of(path: Path) -> tuple[int, int] | None:
    """Modification time (ns) and size of a file; None when there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


def _reader_digest() -> str:
    """Of the code that fills the memo: a memo filled by another version of it is another memo."""
    here = Path(__file__).parent
    common = [here.parents[1] / "encoding.py", here.parents[1] / "hashing.py"]
    return digest_bytes(b"".join(path.read_bytes() for path in (*common, *sorted(here.glob("*.py")))))
