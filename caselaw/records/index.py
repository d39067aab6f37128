"""An index of records in SQLite: it answers questions fast, and can be deleted at any time.

Each question first brings the index up to date with the record files of the folder that it is about.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from caselaw.records.files import look_again, settled
from caselaw.records.record import Record
from caselaw.records.tables import FILES, TABLE, TABLES, files_now, recorded, refresh
from caselaw.storage.stores import store_of

if TYPE_CHECKING:
    import sqlite3

logger = logging.getLogger(__name__)

SECONDS_LOCKED = 10.0
MOST_VALUES = 500

T = TypeVar("T")
Row = tuple[Any, ...]


class RecordIndex:
    """Questions about the records of folders of outputs; safe between processes, also after a fork.

    What is called newest or oldest is so by the clocks of the hosts that made it: good for what people are shown, and
    for nothing that decides. Which record explains an output, `standing` and `explaining` tell.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside: sqlite3.Connection | None = None

    def state(self, directory: str) -> object:
        """Something that differs when there may be other records in a folder than before."""
        return settled(lambda: files_now(directory), directory)

    def output_contents(self, directory: str) -> dict[str, set[str]]:
        """Fingerprint → digests of what the products of that branch hold: several, where its records differ."""
        found: dict[str, set[str]] = {}
        for fingerprint, holds in self._ask("SELECT fingerprint, holds FROM records WHERE directory = ?", directory):
            found.setdefault(fingerprint, set()).add(holds)
        return found

    def by_content(self, directory: str, own: str) -> dict[str, tuple[str, ...]]:
        """Content key → fingerprints of records with these own components, what was read last first."""
        query = "SELECT content, fingerprint FROM records WHERE directory = ? AND own = ? ORDER BY rowid DESC"
        found: dict[str, list[str]] = {}
        for content, fingerprint in self._ask(query, directory, own):
            if content is not None:
                found.setdefault(content, []).append(fingerprint)
        return {content: tuple(dict.fromkeys(fingerprints)) for content, fingerprints in found.items()}

    def of_content(self, directory: str, content: str) -> tuple[str, ...]:
        """Fingerprints of records with one content key, what was read last first."""
        query = "SELECT fingerprint FROM records WHERE directory = ? AND content = ? ORDER BY rowid DESC"
        return tuple(dict.fromkeys(fingerprint for (fingerprint,) in self._ask(query, directory, content)))

    def recorded(self, directory: str, fingerprints: Collection[str]) -> set[str]:
        """Which of these fingerprints have a record, of whatever schema; others may be in the answer, too.

        On a server records are looked for only where one is not known yet: what has one keeps it.
        """
        some = tuple(fingerprints) if len(fingerprints) <= MOST_VALUES else ()

        def indexed(connection: sqlite3.Connection) -> set[str]:
            return recorded(connection, directory, some)

        def ask(connection: sqlite3.Connection) -> set[str]:
            settled(lambda: refresh(connection, directory), directory)
            return indexed(connection)

        if not store_of(directory).is_local:
            found = self._with_connection(indexed)
            return found if found.issuperset(fingerprints) else self._with_connection(ask)
        found = self._with_connection(ask)
        if not found.issuperset(fingerprints) and look_again(directory):
            found = self._with_connection(ask)
        return found

    def folders_below(self, root: str) -> frozenset[str]:
        """Names in the root of a store below which there were records when folders were looked at last."""
        if self._aside is None and not self.path.exists():
            return frozenset()
        query = f"SELECT DISTINCT directory FROM {FILES} WHERE directory > ? AND directory < ?"
        found = self._with_connection(lambda c: c.execute(query, (f"{root}/", f"{root}0")).fetchall())
        return frozenset(directory.removeprefix(f"{root}/").partition("/")[0] for (directory,) in found)

    def refresh(self, directory: str) -> None:
        """Take up what is new in a folder, so that the first question need not."""
        self._ask("SELECT 1 FROM records WHERE directory = ? LIMIT 1", directory)

    def earlier(self, directory: str) -> dict[str, list[str]]:
        """Identity of a branch → fingerprints of all its records."""
        found: dict[str, list[str]] = {}
        for identity, fingerprint in self._ask(
            "SELECT identity, fingerprint FROM records WHERE directory = ?", directory
        ):
            found.setdefault(identity, []).append(fingerprint)
        return found

    def vouched(self, directory: str) -> tuple[dict[str, dict[str, str]], set[str]]:
        """Fingerprint → who vouched for the outputs, when and why; and those of them that caselaw has made, too."""
        some = "SELECT 1 FROM records WHERE directory = ? AND vouched IS NOT NULL LIMIT 1"
        if not self._ask(some, directory):
            return {}, set()
        said, made = dict[str, dict[str, str]](), set[str]()
        for fingerprint, text in self._ask("SELECT fingerprint, vouched FROM records WHERE directory = ?", directory):
            if text is None:
                made.add(fingerprint)
            else:
                said[fingerprint] = json.loads(text)
        return said, made & said.keys()

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
        found = self.of_fingerprints(directory, [fingerprint]).get(fingerprint)
        return found[-1] if found else None

    def indexed(self, directory: str, fingerprint: str) -> list[Record]:
        """Records of one branch's outputs, as far as they are known without a look at the folder."""
        query = f"SELECT body FROM {TABLE} WHERE directory = ? AND fingerprint = ?"
        rows = self._with_connection(lambda c: c.execute(query, (directory, fingerprint)).fetchall())
        return [Record(**json.loads(body)) for (body,) in rows]

    def of_fingerprints(self, directory: str, fingerprints: Iterable[str]) -> dict[str, list[Record]]:
        """Fingerprint → records of that branch's outputs, the newest last."""
        found: dict[str, list[Record]] = {}
        wanted = list(dict.fromkeys(fingerprints))
        for start in range(0, len(wanted), MOST_VALUES):
            some = wanted[start : start + MOST_VALUES]
            marks = ", ".join("?" * len(some))
            query = f"SELECT body FROM records WHERE directory = ? AND fingerprint IN ({marks}) ORDER BY ended"
            for (body,) in self._ask(query, directory, *some):
                record = Record(**json.loads(body))
                found.setdefault(record.fingerprint, []).append(record)
        return found

    def records(self, directory: str) -> Iterator[Record]:
        """All records of a folder, the oldest first."""
        for (body,) in self._ask("SELECT body FROM records WHERE directory = ? ORDER BY ended", directory):
            yield Record(**json.loads(body))

    def of_identity(self, directory: str, identity: str) -> list[Record]:
        """All records of one branch, the oldest first."""
        query = "SELECT body FROM records WHERE directory = ? AND identity = ? ORDER BY ended"
        return [Record(**json.loads(body)) for (body,) in self._ask(query, directory, identity)]

    def _ask(self, query: str, directory: str, *values: str) -> list[Row]:
        def ask(connection: sqlite3.Connection) -> list[Row]:
            settled(lambda: refresh(connection, directory), directory)
            return connection.execute(query.replace(" records ", f" {TABLE} "), (directory, *values)).fetchall()

        return self._with_connection(ask)

    def _with_connection(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """Ask the index; one that is damaged is made again, one that cannot be used is kept in memory.

        A connection serves one question: opening one costs less than keeping it right over forks and threads.
        """
        import sqlite3

        if self._aside is None:
            try:
                return self._on_disk(ask)
            except (sqlite3.Error, OSError) as error:
                problem = error
            if is_damage(problem):
                logger.debug("the index of records is made again: %s: %s", self.path, problem)
                try:
                    self._remove()
                    return self._on_disk(ask)
                except (sqlite3.Error, OSError) as error:
                    problem = error
            logger.warning("the index of records is kept in memory only: %s: %s", self.path, problem)
            self._aside = opened(":memory:")
        return ask(self._aside)

    def _on_disk(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(opened(str(self.path))) as connection:
            return ask(connection)

    def _remove(self) -> None:
        for path in (self.path, self.path.with_name(f"{self.path.name}-journal")):
            path.unlink(missing_ok=True)


@functools.cache
def index_of(root: Path) -> RecordIndex:
    """The index of records of a project."""
    return RecordIndex(root / ".caselaw" / "records.sqlite")


def opened(place: str) -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(place, timeout=SECONDS_LOCKED, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # an index lost in a power cut is made again
        connection.executescript(TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def is_damage(error: Exception) -> bool:
    """Whether the index itself is at fault, and not that it is locked, or its disk full or read-only."""
    import sqlite3

    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
