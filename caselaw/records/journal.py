"""Journals: files to which one process appends its records, and who may take them away."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from caselaw.errors import StoreUnavailable
from caselaw.records.record import Record, as_json
from caselaw.storage.location import RECORDS
from caselaw.storage.owner import free_now, has_ended, kept, owner

JOURNAL = ".jsonl"
CLAIMED = ".claimed.jsonl"
UNWRITABLE = "check free space and permissions of the store, then run again"


def append_record(directory: str, record: Record) -> None:
    """Append a record to this process's journal.

    Raises `StoreUnavailable` where that fails; no part of the record stays behind then.
    """
    line = json.dumps(as_json(record), separators=(",", ":"), sort_keys=True) + "\n"
    path = f"{directory}/{RECORDS}/{owner()}{JOURNAL}"
    try:
        append(opened(path), line.encode())
    except OSError as error:
        raise StoreUnavailable(f"a record could not be written: {error.strerror}", path, UNWRITABLE) from error


def opened(path: str) -> int:
    try:
        return kept(path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return kept(path)


def append(file: int, line: bytes) -> None:
    start = whole_lines(file)
    rest = memoryview(line)
    try:
        while rest:  # more than one call only where the disk is nearly full
            rest = rest[os.write(file, rest) :]
    except BaseException:
        os.ftruncate(file, start)
        raise


def whole_lines(file: int) -> int:
    """Length of a journal; an unfinished line, left by a kill within a write, is cut off."""
    size = os.fstat(file).st_size
    if not size or os.pread(file, 1, size - 1) == b"\n":
        return size
    length = os.pread(file, size, 0).rfind(b"\n") + 1
    os.ftruncate(file, length)
    return length


def claim(path: Path, idle: frozenset[str]) -> Path | None:
    """Take a journal under another name, so that whoever still writes makes a new one.

    None if somebody else took it, or its process writes to it again, which is not one of `idle`.
    """
    if path.name.endswith(CLAIMED):
        return path
    name = path.name.removesuffix(JOURNAL)
    claimed = path.with_name(f"{name}.{time.monotonic_ns()}{CLAIMED}")
    try:
        with free_now(path) as free:
            return path.rename(claimed) if free is not False or name in idle else None
    except FileNotFoundError:
        return None


def finished(path: Path, idle: frozenset[str]) -> bool:
    """Whether nobody writes to a journal any more: its process has ended, or is one of `idle`."""
    name = path.name.removesuffix(JOURNAL)
    return path.name.endswith(CLAIMED) or name in idle or has_ended(name, path, path)
