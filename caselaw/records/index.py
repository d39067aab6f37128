"""An index of records in SQLite: it answers questions fast, and can be deleted at any time.

Each question first brings the index up to date with the record files of the folder that it is about.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caselaw.records.files import read_file, record_files
from caselaw.records.record import SCHEMA, Record, as_json

if TYPE_CHECKING:
    import sqlite3

logger = logging.getLogger(__name__)

_TABLES = f"""
CREATE TABLE IF NOT EXISTS files_{SCHEMA} (
    directory TEXT, name TEXT, size INTEGER, modified INTEGER, PRIMARY KEY (directory, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records_{SCHEMA} (
    directory TEXT, name TEXT, fingerprint TEXT, identity TEXT, own TEXT, content TEXT, ended REAL, holds TEXT,
    body TEXT
);
CREATE INDEX IF NOT EXISTS by_file_{SCHEMA} ON records_{SCHEMA} (directory, name);
CREATE INDEX IF NOT EXISTS by_identity_{SCHEMA} ON records_{SCHEMA} (directory, identity, ended);
CREATE INDEX IF NOT EXISTS by_content_{SCHEMA} ON records_{SCHEMA} (directory, content, ended);
CREATE INDEX IF NOT EXISTS by_fingerprint_{SCHEMA} ON records_{SCHEMA} (directory, fingerprint, ended);
CREATE INDEX IF NOT EXISTS by_own_{SCHEMA} ON records_{SCHEMA} (directory, own, ended);
"""


class RecordIndex:
    """Questions about the records of folders of outputs; safe between processes, also after a fork."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside: sqlite3.Connection | None = None

    def holdings(self, directory: str) -> dict[str, str]:
        """Fingerprint → digest of what the products of that branch hold."""
        return dict(self._ask("SELECT fingerprint, holds FROM records WHERE directory = ?", directory))

    def by_content(self, directory: str, own: str) -> dict[str, tuple[str, ...]]:
        """Content key → fingerprints of records with these own components, the newest first."""
        query = "SELECT content, fingerprint FROM records WHERE directory = ? AND own = ? ORDER BY ended DESC"
        found: dict[str, tuple[str, ...]] = {}
        for content, fingerprint in self._ask(query, directory, own):
            if content is not None:
                found[content] = (*found.get(content, ()), fingerprint)
        return found

    def of_content(self, directory: str, content: str) -> tuple[str, ...]:
        """Fingerprints of records with one content key, the newest first."""
        query = "SELECT fingerprint FROM records WHERE directory = ? AND content = ? ORDER BY ended DESC"
        return tuple(fingerprint for (fingerprint,) in self._ask(query, directory, content))

    def earlier(self, directory: str) -> dict[str, list[str]]:
        """Identity of a branch → fingerprints of all its records."""
        found: dict[str, list[str]] = {}
        for identity, fingerprint in self._ask(
            "SELECT identity, fingerprint FROM records WHERE directory = ?", directory
        ):
            found.setdefault(identity, []).append(fingerprint)
        return found

    def newest(self, directory: str, *, identity: str | None = None, own: str | None = None) -> Record | None:
        """The newest record in a folder, of one branch or with certain own components."""
        query, values = "SELECT body FROM records WHERE directory = ?", [directory]
        for column, value in (("identity", identity), ("own", own)):
            if value is not None:
                query, values = f"{query} AND {column} = ?", [*values, value]
        rows = self._ask(f"{query} ORDER BY ended DESC LIMIT 1", *values)
        return Record(**json.loads(rows[0][0])) if rows else None

    def of_fingerprint(self, directory: str, fingerprint: str) -> Record | None:
        """The newest record of one branch's outputs."""
        query = "SELECT body FROM records WHERE directory = ? AND fingerprint = ? ORDER BY ended DESC LIMIT 1"
        rows = self._ask(query, directory, fingerprint)
        return Record(**json.loads(rows[0][0])) if rows else None

    def records(self, directory: str) -> Iterator[Record]:
        """All records of a folder, the oldest first."""
        for (body,) in self._ask("SELECT body FROM records WHERE directory = ? ORDER BY ended", directory):
            yield Record(**json.loads(body))

    def _ask(self, query: str, directory: str, *values: str) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            self._refresh(connection, directory)
            return connection.execute(
                query.replace(" records ", f" records_{SCHEMA} "), (directory, *values)
            ).fetchall()

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one question: opening one costs less than keeping it right over forks and threads."""
        connection = self._opened()
        try:
            with connection:
                yield connection
        finally:
            if connection is not self._aside:
                connection.close()

    def _opened(self) -> sqlite3.Connection:
        import sqlite3

        if self._aside is not None:
            return self._aside
        try:
            return opened(str(self.path), self.path.parent)
        except (sqlite3.Error, OSError) as first:
            logger.debug("the index of records is made again: %s: %s", self.path, first)
        try:
            self.path.unlink(missing_ok=True)
            return opened(str(self.path), self.path.parent)
        except (sqlite3.Error, OSError) as error:  # a read-only or full disk: everything works, only slower
            logger.warning("the index of records is kept in memory only: %s: %s", self.path, error)
            self._aside = opened(":memory:", None)
            return self._aside

    def _refresh(self, connection: sqlite3.Connection, directory: str) -> None:
        """Read record files that are new or changed, and forget those that are gone."""
        query = f"SELECT name, size, modified FROM files_{SCHEMA} WHERE directory = ?"
        known = {name: (size, modified) for name, size, modified in connection.execute(query, (directory,))}
        present = {}
        for path in record_files(directory):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                present[path.name] = (path, (status.st_size, status.st_mtime_ns))
        for name in known.keys() - present.keys():
            forget(connection, directory, name)
        for name, (path, stamp) in present.items():
            if known.get(name) != stamp:
                forget(connection, directory, name)
                remember(connection, directory, path, stamp)


def opened(place: str, folder: Path | None) -> sqlite3.Connection:
    import sqlite3

    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(place, timeout=30)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # an index lost in a power cut is made again
        connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def forget(connection: sqlite3.Connection, directory: str, name: str) -> None:
    for table in ("records", "files"):
        connection.execute(f"DELETE FROM {table}_{SCHEMA} WHERE directory = ? AND name = ?", (directory, name))


def remember(connection: sqlite3.Connection, directory: str, path: Path, stamp: tuple[int, int]) -> None:
    rows = (
        (directory, path.name, r.fingerprint, r.identity, r.own, r.content, r.ended, r.holds, json.dumps(as_json(r)))
        for r in read_file(path)
    )
    connection.executemany(f"INSERT INTO records_{SCHEMA} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute(f"INSERT INTO files_{SCHEMA} VALUES (?, ?, ?, ?)", (directory, path.name, *stamp))
