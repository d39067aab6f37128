"""Where records lie: a journal per process while a workflow runs, one document per complete workflow after it.

A journal (`.records/<host>.<process>.jsonl`) has a line per branch, written with one call, so that lines never
mix; an unfinished last line, left by a kill, is no record. A document (`.records/<fingerprint>.json`) holds
the records of a workflow with what they share written once; it appears atomically.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from caselaw.errors import StoreUnavailable
from caselaw.records.record import SCHEMA, Record, as_json, broken, from_json, parsed
from caselaw.storage.publish import alive
from caselaw.storage.state import existing_names

FOLDER = ".records"
JOURNAL = ".jsonl"
CLAIMED = ".claimed.jsonl"
DOCUMENT = ".json"
BASIS = "basis."


def write_record(directory: str, record: Record) -> None:
    """Append a record to this process's journal."""
    line = json.dumps(as_json(record), separators=(",", ":"), sort_keys=True) + "\n"
    path = f"{directory}/{FOLDER}/{socket.gethostname()}.{os.getpid()}{JOURNAL}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        file = os.open(path, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        file = os.open(path, flags, 0o666)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


def record_files(directory: str | os.PathLike[str]) -> list[Path]:
    """Files that hold records of the outputs in a folder."""
    folder = Path(directory, FOLDER)
    names = sorted(existing_names(folder))
    return [folder / name for name in names if name.endswith((JOURNAL, DOCUMENT)) and not name.startswith((BASIS, "."))]


def read_records(directory: str | os.PathLike[str]) -> Iterator[Record]:
    """All records of a folder of outputs."""
    for path in record_files(directory):
        yield from read_file(path)


def read_file(path: Path) -> Iterator[Record]:
    """Records of one file; none where it vanished meanwhile, because another process put it into a document."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreUnavailable(
            f"records cannot be read: {error.strerror}", path, "check that the store is mounted and readable"
        ) from error
    found = journal(text, path) if path.suffix == JOURNAL else document(text, path)
    yield from (record for record in found if record is not None)


def journal(text: str, path: Path) -> Iterator[Record | None]:
    *lines, _unfinished = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line:
            yield parsed(line, f"{path}:{number}")


def document(text: str, path: Path) -> Iterator[Record | None]:
    try:
        content = json.loads(text)
        shared, records = content["shared"], content["records"]
    except (ValueError, KeyError, TypeError) as error:
        raise broken(f"a document of records cannot be read: {error!r}", path) from error
    for record in records:
        yield from_json({**shared, **record}, path)


def write_document(path: Path, records: Iterable[Record]) -> None:
    """Publish records as one document; without any, remove it."""
    rows = [as_json(record) for record in records]
    if not rows:
        path.unlink(missing_ok=True)
        return
    first = rows[0]
    shared = {name: value for name, value in first.items() if all(row[name] == value for row in rows)}
    own = [{name: value for name, value in row.items() if name not in shared} for row in rows]
    write_atomically(path, {"schema": SCHEMA, "shared": shared, "records": own})


def write_atomically(path: Path, content: Mapping[str, Any]) -> None:
    """A JSON file that is there completely or not at all."""
    temporary = path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.{time.monotonic_ns()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        temporary.write_text(json.dumps(content, separators=(",", ":"), sort_keys=True), encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def compact(directory: str, fingerprint: str, *, idle: frozenset[int] = frozenset()) -> None:
    """Put finished journals of a folder into the document of the workflow that is complete now.

    Finished are those of this host's processes that live no more, and of `idle`, whose processes wait.
    """
    journals = [path for path in record_files(directory) if path.suffix == JOURNAL and finished(path.name, idle)]
    claimed = [path for path in map(claim, journals) if path is not None]
    if not claimed:
        return
    target = Path(directory, FOLDER, f"{fingerprint}{DOCUMENT}")
    records = {record.fingerprint: record for path in (target, *claimed) for record in read_file(path)}
    write_document(target, records.values())
    for path in claimed:
        path.unlink(missing_ok=True)


def claim(path: Path) -> Path | None:
    """Take a journal under another name, so that whoever still writes makes a new one; None if it was taken."""
    if path.name.endswith(CLAIMED):
        return path
    claimed = path.with_name(f"{path.name.removesuffix(JOURNAL)}.{time.monotonic_ns()}{CLAIMED}")
    try:
        return path.rename(claimed)
    except FileNotFoundError:
        return None


def rewrite_without(directory: str, fingerprints: Iterable[str]) -> None:
    """Remove the records of some fingerprints; journals that are still written to are left alone."""
    unwanted = frozenset(fingerprints)
    for path in record_files(directory) if unwanted else ():
        if path.suffix == JOURNAL and not finished(path.name, frozenset({os.getpid()})):
            continue
        records = list(read_file(path))
        kept = [record for record in records if record.fingerprint not in unwanted]
        if len(kept) == len(records):
            continue
        write_document(path.with_suffix(DOCUMENT), kept)
        if path.suffix == JOURNAL:
            path.unlink(missing_ok=True)


def finished(name: str, idle: frozenset[int]) -> bool:
    """Whether nobody writes to a journal any more."""
    if name.endswith(CLAIMED):
        return True
    host, _, pid = name.removesuffix(JOURNAL).rpartition(".")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    return int(pid) in idle or not alive(int(pid))
