"""Tables of the index of records, and how they follow the files of records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caselaw.errors import RecordError, StoreUnavailable
from caselaw.records.files import (
    document,
    every_record,
    journal,
    of_other_schemas,
    readable,
    record_files,
    sound,
    text_of,
)
from caselaw.records.journal import JOURNAL
from caselaw.records.record import SCHEMA, Record, as_json
from caselaw.storage.files.folder import ADVICE

if TYPE_CHECKING:
    import sqlite3

VERSION = f"{SCHEMA}_4"
"""Versions of caselaw with other tables use the same file side by side."""

TABLE = f"records_{VERSION}"
FILES = f"files_{VERSION}"
OTHERS = f"others_{VERSION}"

TABLES = f"""
CREATE TABLE IF NOT EXISTS {FILES} (
    directory TEXT, name TEXT, stamp TEXT, length INTEGER, ending TEXT, PRIMARY KEY (directory, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS {TABLE} (
    directory TEXT, name TEXT, fingerprint TEXT, identity TEXT, own TEXT, content TEXT, ended REAL, holds TEXT,
    vouched TEXT, body TEXT
);
CREATE TABLE IF NOT EXISTS {OTHERS} (directory TEXT, name TEXT, fingerprint TEXT);
CREATE INDEX IF NOT EXISTS others_by_file_{VERSION} ON {OTHERS} (directory, name);
CREATE INDEX IF NOT EXISTS by_file_{VERSION} ON {TABLE} (directory, name);
CREATE INDEX IF NOT EXISTS by_identity_{VERSION} ON {TABLE} (directory, identity, ended);
CREATE INDEX IF NOT EXISTS by_content_{VERSION} ON {TABLE} (directory, content, ended);
CREATE INDEX IF NOT EXISTS by_fingerprint_{VERSION} ON {TABLE} (directory, fingerprint, ended);
CREATE INDEX IF NOT EXISTS by_vouched_{VERSION} ON {TABLE} (directory) WHERE vouched IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_own_{VERSION} ON {TABLE} (directory, own, ended);
"""

ENDING_LENGTH = 200


def refresh(connection: sqlite3.Connection, directory: str) -> None:
    """Read record files that are new or changed, and forget those that are gone.

    Raises `FileNotFoundError` where a file vanishes meanwhile; nothing is changed then.
    """
    present = files_now(directory)
    if stamps(connection, directory) == {name: found for name, (_, found) in present.items()}:
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        known = stamps(connection, directory)  # another process may have been faster
        for name in known.keys() - present.keys():
            forget(connection, directory, name)
        for name, (path, found) in present.items():
            if known.get(name) != found:
                remember(connection, directory, path, found)


def files_now(directory: str) -> dict[str, tuple[Path, str]]:
    """Name → path and stamp of each file of records."""
    return {path.name: (path, stamp(path)) for path in record_files(directory)}


def stamp(path: Path) -> str:
    """What changes with the content of a file. Raises `StoreUnavailable` where it cannot be looked at."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailable(f"records cannot be read: {error.strerror}", path, ADVICE) from error
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def stamps(connection: sqlite3.Connection, directory: str) -> dict[str, str]:
    return dict(connection.execute(f"SELECT name, stamp FROM {FILES} WHERE directory = ?", (directory,)))


def forget(connection: sqlite3.Connection, directory: str, name: str) -> None:
    for table in (TABLE, FILES, OTHERS):
        connection.execute(f"DELETE FROM {table} WHERE directory = ? AND name = ?", (directory, name))


def remember(connection: sqlite3.Connection, directory: str, path: Path, found: str) -> None:
    """Take up the records of a file; of a journal that has only grown, the new ones."""
    read = sound(directory, path, lambda: [with_news(connection, directory, path)])
    if read is None:
        forget(connection, directory, path.name)
        add_rows(connection, directory, path.name, readable(path))
        return  # it is not known as read: the next question looks whether somebody has restored it
    ((length, ending, text), records) = read[0]
    if not length:
        forget(connection, directory, path.name)
    add_rows(connection, directory, path.name, (record for record in records if record is not None))
    if None in records:
        connection.executemany(
            f"INSERT INTO {OTHERS} VALUES (?, ?, ?)",
            ((directory, path.name, fingerprint) for fingerprint in of_other_schemas(text, path)),
        )
    lines = text[: text.rfind("\n") + 1] if path.suffix == JOURNAL else ""
    connection.execute(
        f"INSERT OR REPLACE INTO {FILES} VALUES (?, ?, ?, ?, ?)",
        (directory, path.name, found, length + len(lines.encode()), lines[-ENDING_LENGTH:] or ending),
    )


def add_rows(connection: sqlite3.Connection, directory: str, name: str, records: Iterable[Record]) -> None:
    connection.executemany(
        f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row(directory, name, record) for record in records),
    )


def with_news(
    connection: sqlite3.Connection, directory: str, path: Path
) -> tuple[tuple[int, str, str], list[Record | None]]:
    """What is new in a file, and the records that it holds."""
    length, ending, text = news(connection, directory, path)
    return (length, ending, text), parsed(text, path, length)


def recorded(connection: sqlite3.Connection, directory: str, some: Sequence[str] = ()) -> set[str]:
    """Fingerprints in a folder that have a record, of whatever schema; only `some`, where they are given."""
    marks = f" AND fingerprint IN ({', '.join('?' * len(some))})" if some else ""
    found: set[str] = set()
    for table in (TABLE, OTHERS):
        query = f"SELECT group_concat(fingerprint, ' ') FROM {table} WHERE directory = ?{marks}"
        (text,) = connection.execute(query, (directory, *some)).fetchone()  # one text: in half the time of many rows
        found.update((text or "").split())
    return found


def news(connection: sqlite3.Connection, directory: str, path: Path) -> tuple[int, str, str]:
    """How many bytes of a file are known, how they end, and what follows; none are, where it was not only added to."""
    query = f"SELECT length, ending FROM {FILES} WHERE directory = ? AND name = ?"
    known = connection.execute(query, (directory, path.name)).fetchone()
    if known is not None and known[0]:
        length, ending = known
        text = text_of(path, length - len(ending.encode()))
        if text.startswith(ending):
            return length, ending, text[len(ending) :]
    return 0, "", text_of(path)


def parsed(text: str, path: Path, start: int) -> list[Record | None]:
    try:
        return list(journal(text, path) if path.suffix == JOURNAL else document(text, path))
    except RecordError:
        if not start:
            raise
    return every_record(path)  # from its beginning, to name the right line


def row(directory: str, name: str, record: Record) -> tuple[Any, ...]:
    body = json.dumps(as_json(record))
    vouched = None if record.vouched is None else json.dumps(record.vouched)
    return (
        directory, name, record.fingerprint, record.identity, record.own, record.content, record.ended, record.holds,
        vouched, body,
    )  # fmt: skip
