"""The record of one branch: a line of JSON in `.records/` beside its outputs."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.errors import RecordError
from caselaw.storage.state import existing_names

FOLDER = ".records"
SCHEMA = 1


@dataclass(frozen=True)
class Record:
    """What made the outputs of one branch; times in seconds since the epoch, sizes and memory in bytes."""

    family: str
    parameters: Mapping[str, str]
    branch_value: str | None
    fingerprint: str
    components: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, Mapping[str, Any]]
    host: str
    started: float
    ended: float
    cpu_seconds: float
    peak_memory: int
    schema: int = SCHEMA

    @property
    def seconds(self) -> float:
        return self.ended - self.started


def write_record(directory: str, record: Record) -> None:
    """Append a record to this process's file; one `write` per line, so that lines never mix."""
    line = json.dumps(vars(record), separators=(",", ":"), sort_keys=True) + "\n"
    path = f"{directory}/{FOLDER}/{socket.gethostname()}.{os.getpid()}.jsonl"
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


def read_records(directory: str | os.PathLike[str]) -> Iterator[Record]:
    """All records of a folder of outputs; an unfinished last line, left by a kill, is no record."""
    folder = Path(directory, FOLDER)
    for name in sorted(existing_names(folder)):
        if not name.endswith(".jsonl"):
            continue
        *lines, _unfinished = (folder / name).read_text().split("\n")
        for number, line in enumerate(lines, 1):
            yield parsed(line, f"{folder / name}:{number}")


def parsed(line: str, where: str) -> Record:
    """The record in one line."""
    try:
        return Record(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise RecordError(
            f"a record cannot be read: {error}", where,
            "records explain outputs, and nothing depends on this line: remove it",
        ) from error  # fmt: skip
