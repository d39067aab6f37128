"""docs/faults.md: what is seen when something breaks. Rows are replaced one by one, by the test that made them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
HEAD = """\
# What a store survives

Made by `CASELAW_FULL=1 pytest tests/storage/faults`, on {versions}. CI runs the same tests with fewer files and kills.

Every row is one fault on one server. *Files* are written and read by 32 threads at once, as workers do it; *runs* are
`law run` of two chained workflows whose store is on the server. Afterwards the server's disk is looked at, past every
protocol, and each file compared with what was written: **lost** files, files that are **wrong** (corrupt, or a part
under a final name; every file is looked at from the moment it appears, too) and, for runs, branches that ran **again**
although they were published or waited for their upload. *Told* counts uploads or downloads that ended with an error, as
they should where nothing else helps; the next attempt of the workflow made them good.
"""


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

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.fault, self.server

    def cells(self) -> tuple[str, ...]:
        last = self.told if self.kind == "files" else self.again
        return self.fault, self.server, self.size, self.seen, str(self.lost), str(self.wrong), str(last or 0)


COLUMNS = {
    "files": ("fault", "server", "files", "what is seen", "lost", "wrong", "told"),
    "runs": ("fault", "server", "branches", "what is seen", "lost", "wrong", "again"),
}


def merged(rows: Iterable[Row], versions: str, file: Path = FILE) -> str:
    """The document with these rows in place of older ones of the same faults."""
    tables = {kind: parsed(file, kind) for kind in COLUMNS}
    for row in rows:
        tables[row.kind][row.fault, row.server] = row.cells()
    text = HEAD.format(versions=versions)
    for kind, cells in tables.items():
        lines = [COLUMNS[kind], ("---",) * len(COLUMNS[kind]), *(cells[key] for key in sorted(cells))]
        text += f"\n## {kind.capitalize()}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return text


def parsed(file: Path, kind: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Rows of one table by fault and server, as the document has them now."""
    if not file.exists():
        return {}
    _, _, part = file.read_text("utf-8").partition(f"## {kind.capitalize()}\n")
    lines = [line for line in part.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in lines[2:]]
    return {(cells[0], cells[1]): cells for cells in rows}
