"""Journals: files to which one process appends its records, and who may take them away."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

from caselaw.errors import StoreUnavailable
from caselaw.records.record import Record, as_json
from caselaw.storage.location import RECORDS
from caselaw.storage.publish import alive

JOURNAL = ".jsonl"
CLAIMED = ".claimed.jsonl"
UNWRITABLE = "check free space and permissions of the store, then run again"


def append_record(directory: str, record: Record) -> None:
    """Append a record to this process's journal.

    Raises `StoreUnavailable` where that fails; no part of the record stays behind then.
    """
    line = json.dumps(as_json(record), separators=(",", ":"), sort_keys=True) + "\n"
    path = Path(directory, RECORDS, f"{socket.gethostname()}.{os.getpid()}{JOURNAL}")
    try:
        file = opened(path)
        try:
            append(file, line.encode())
        finally:
            os.close(file)
    except OSError as error:
        raise StoreUnavailable(f"a record could not be written: {error.strerror}", path, UNWRITABLE) from error


def opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o666)


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
    """Length of a journal; an unfinished line, left by a killed process of the same number, is cut off."""
    size = os.fstat(file).st_size
    if not size or os.pread(file, 1, size - 1) == b"\n":
        return size
    length = os.pread(file, size, 0).rfind(b"\n") + 1
    os.ftruncate(file, length)
    return length


def claim(path: Path) -> Path | None:
    """Take a journal under another name, so that whoever still writes makes a new one; None if it was taken."""
    if path.name.endswith(CLAIMED):
        return path
    claimed = path.with_name(f"{path.name.removesuffix(JOURNAL)}.{time.monotonic_ns()}{CLAIMED}")
    try:
        return path.rename(claimed)
    except FileNotFoundError:
        return None


def finished(name: str, idle: frozenset[int]) -> bool:
    """Whether nobody writes to a journal any more."""
    if name.endswith(CLAIMED):
        return True
    host, _, pid = name.removesuffix(JOURNAL).rpartition(".")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    return int(pid) in idle or not alive(int(pid))
