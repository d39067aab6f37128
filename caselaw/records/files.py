"""Where records lie: a journal per process while a workflow runs, one document per complete workflow after it.

A journal (`.records/<host>.<process>.jsonl`) has a line per branch, written with one call, so that lines never
mix; an unfinished last line, left by a kill, is no record. A document (`.records/<fingerprint>.<digest>.json`)
holds the records of a workflow with what they share written once; it appears atomically. Its name carries a
digest of what it holds: two processes that put records together at the same time overwrite nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from caselaw.errors import StoreUnavailable
from caselaw.records.journal import FOLDER, JOURNAL, UNWRITABLE, claim, finished
from caselaw.records.record import SCHEMA, Record, as_json, broken, from_json, parsed
from caselaw.storage.state import existing_names

DOCUMENT = ".json"
BASIS = "basis."
MARK_LENGTH = 12
ATTEMPTS = 20

T = TypeVar("T")


def record_files(directory: str | os.PathLike[str]) -> list[Path]:
    """Files that hold records of the outputs in a folder."""
    folder = Path(directory, FOLDER)
    names = sorted(existing_names(folder))
    return [folder / name for name in names if name.endswith((JOURNAL, DOCUMENT)) and not name.startswith((BASIS, "."))]


def read_records(directory: str | os.PathLike[str]) -> list[Record]:
    """All records of a folder of outputs."""
    return settled(lambda: [record for path in record_files(directory) for record in read_file(path)], directory)


def settled(attempt: Callable[[], T], directory: str | os.PathLike[str]) -> T:
    """Repeat what met a file that another process has just put into a document: its records are not gone."""
    for _ in range(ATTEMPTS):
        with contextlib.suppress(FileNotFoundError):
            return attempt()
    raise StoreUnavailable("files of records appear and vanish all the time", Path(directory, FOLDER), "run again")


def read_file(path: Path) -> Iterator[Record]:
    """Records of one file that this version can use. Raises `FileNotFoundError` where it vanished."""
    return (record for record in every_record(path) if record is not None)


def every_record(path: Path) -> list[Record | None]:
    """Records of one file; None stands for one of another schema."""
    text = text_of(path)
    return list(journal(text, path) if path.suffix == JOURNAL else document(text, path))


def text_of(path: Path, start: int = 0) -> str:
    """What a file of records holds from byte `start` on."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read().decode()
    except UnicodeDecodeError as error:
        raise broken(f"records cannot be read: {error}", path) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailable(
            f"records cannot be read: {error.strerror}", path, "check that the store is mounted and readable"
        ) from error


def journal(text: str, path: Path) -> Iterator[Record | None]:
    *lines, _unfinished = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line:
            yield parsed(line, f"{path}:{number}")


def document(text: str, path: Path) -> Iterator[Record | None]:
    try:
        content = json.loads(text)
        if content["schema"] != SCHEMA and isinstance(content["schema"], int):
            yield None
            return
        records = [{**content["shared"], **record} for record in content["records"]]
    except (ValueError, KeyError, TypeError) as error:
        raise broken(f"a document of records cannot be read: {error!r}", path) from error
    for record in records:
        yield from_json(record, path)


def write_document(directory: str, name: str, records: Iterable[Record]) -> Path:
    """Publish records as one document, whose name begins with `name`."""
    rows = [as_json(record) for record in records]
    first = rows[0]
    shared = {name: value for name, value in first.items() if all(row[name] == value for row in rows)}
    own = [{name: value for name, value in row.items() if name not in shared} for row in rows]
    content = {"schema": SCHEMA, "shared": shared, "records": own}
    mark = hashlib.sha256(text_as_json(content).encode()).hexdigest()[:MARK_LENGTH]
    path = Path(directory, FOLDER, f"{name}.{mark}{DOCUMENT}")
    write_atomically(path, content)
    return path


def write_atomically(path: Path, content: Mapping[str, Any]) -> None:
    """A JSON file that is there completely or not at all. Raises `StoreUnavailable` where it cannot be written."""
    temporary = path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(text_as_json(content), encoding="utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"a file could not be written: {error.strerror}", path, UNWRITABLE) from error


def text_as_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), sort_keys=True)


def compact(directory: str, fingerprint: str, *, idle: frozenset[int] = frozenset()) -> None:
    """Put finished journals of a folder into the document of the workflow that is complete now.

    Finished are those of this host's processes that live no more, and of `idle`, whose processes wait.
    """
    journals = [path for path in record_files(directory) if path.suffix == JOURNAL and finished(path.name, idle)]
    claimed = [path for path in map(claim, journals) if path is not None]
    if claimed:
        earlier = [path for path in record_files(directory) if is_document_of(path, fingerprint)]
        put_together(directory, fingerprint, [*earlier, *claimed])


def is_document_of(path: Path, fingerprint: str) -> bool:
    return path.suffix == DOCUMENT and path.name.startswith(f"{fingerprint}.")


def put_together(directory: str, name: str, paths: Iterable[Path]) -> None:
    """Replace files of records by one document; those with records of another schema stay.

    Whatever another process does meanwhile, a file is removed only after a document holds its records.
    """
    used: list[Path] = []
    records: dict[tuple[str, ...], Record] = {}
    for path in paths:
        try:
            found = every_record(path)
        except FileNotFoundError:
            continue
        if None not in found:
            used.append(path)
            records.update({key_of(record): record for record in found if record is not None})
    written = write_document(directory, name, records.values()) if records else None
    for path in used:
        if path != written:
            path.unlink(missing_ok=True)


def key_of(record: Record) -> tuple[str, ...]:
    """Records of the same outputs with the same bytes say the same: one of them is kept."""
    return (record.fingerprint, *(str(output["sha256"]) for output in record.outputs.values()))


def forget_absent(directory: str) -> None:
    """Remove records of which no output exists; journals that are still written to are left alone."""
    for path in record_files(directory):
        if path.suffix == JOURNAL and not finished(path.name, frozenset({os.getpid()})):
            continue
        taken = claim(path) if path.suffix == JOURNAL else path
        with contextlib.suppress(FileNotFoundError):  # somebody else put it into a document
            if taken is not None:
                rewrite(directory, taken)


def rewrite(directory: str, path: Path) -> None:
    found = every_record(path)
    # After the records: what was published meanwhile must not look as if it were gone.
    names = existing_names(directory)
    kept = [record for record in found if record is not None and names.intersection(record.names)]
    if None in found or len(kept) == len(found):
        return
    written = write_document(directory, path.name.partition(".")[0], kept) if kept else None
    if written != path:
        path.unlink(missing_ok=True)
