"""docs/faults.md: what is seen when something breaks. It is made as a whole, by one run of all that it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
HEAD = """\
# What a store survives

Made in one run of commit {commit} by `CASELAW_FULL={size} pytest tests/storage/faults`, on {versions}.
CI runs the same tests with fewer files and kills.

The first two tables have a row for each fault and server. *Files* are written and read by 32 threads at once, as
workers do it; *runs* are `law run` of two chained workflows whose store is on the server. Afterwards the server's disk
is looked at, past every protocol, and each file compared with what was written: **lost** files, files that are
**wrong** (corrupt, or a part under a final name; every file is looked at from the moment it appears, too) and, for
runs, branches that ran **again** although they were published or waited for their upload. *Told* counts uploads or
downloads that ended with an error, as they should where nothing else helps; the next attempt of the workflow made them
good.
"""
KINDS = """
The faults below are played by tests of the rooms where they are mended, each on the servers that its row names:
"a faulty one" is a server that breaks on purpose, "disk" a store on this machine. *Tests* is how many passed.
"""
OF_KINDS = ("fault", "where", "tests", "what is seen", "shown by, in tests/")


@dataclass(frozen=True)
class Row:
    """One fault on one server. `again` and `told` are None where the question makes no sense."""

    kind: str  # files, runs
    fault: str
    server: str
    size: str
    seen: str
    lost: int
    wrong: int
    told: int | None = None
    again: int | None = None

    def cells(self) -> tuple[str, ...]:
        last = self.told if self.kind == "files" else self.again
        return self.fault, self.server, self.size, self.seen, str(self.lost), str(self.wrong), str(last or 0)


COLUMNS = {
    "files": ("fault", "server", "files", "what is seen", "lost", "wrong", "told"),
    "runs": ("fault", "server", "branches", "what is seen", "lost", "wrong", "again"),
}


def document(
    rows: Iterable[Row], kinds: Mapping[str, Sequence[tuple[str, ...]]], versions: str, commit: str, size: str
) -> str:
    """All of it: rows of files and of runs, then the kinds that tests of other rooms show, by their titles."""
    text = HEAD.format(versions=versions, commit=commit, size=size)
    for kind, columns in COLUMNS.items():
        cells = {(row.fault, row.server): row.cells() for row in rows if row.kind == kind}
        text += table(kind.capitalize(), columns, [cells[key] for key in sorted(cells)])
    text += KINDS
    for title, found in kinds.items():
        text += table(title, OF_KINDS, found)
    return text


def table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return f"\n## {title}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
