"""What was asked for of storage, and what was reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storage_runs import Row

RATIO = 1.3


@dataclass(frozen=True)
class Target:
    """A limit, what was reached (of all servers the worst), and whether that does."""

    what: str
    reached: str
    met: bool


def targets(rows: list[Row]) -> list[Target]:
    """Those that the rows say something about."""
    own = [row for row in rows if row.client.startswith("caselaw") and "law run" not in row.client]
    found = [
        at_most("existence of 1,000 files in one folder: at most 0.15 s", own, "existence", 0.15),
        at_most("existence of 100,000 files in 100 folders: at most 1.5 s", own, "existence, many folders", 1.5),
        at_most("1,000 small files published: at most 3 s", own, "publishing", 3.0),
    ]
    for section in ("large file, up", "large file, down"):
        for row in (row for row in own if row.section == section):
            others = [each for each in rows if (each.section, each.server) == (section, row.server)]
            peers = [each for each in others if each.client in ("davix", "curl")]
            found.append(ratio(row, peers) if peers else None)
    large = [row for row in own if row.section in ("large file, up", "large file, down")]
    if large:
        most = max(row.memory for row in large)
        found.append(Target("large file: at most 64 MiB of memory", f"{most:.0f} MiB", most <= 64))
    return [target for target in found if target is not None]


def at_most(what: str, rows: Iterable[Row], section: str, limit: float) -> Target | None:
    measured = {row.server: row.wall for row in rows if row.section == section}
    if not measured:
        return None
    reached = ", ".join(f"{wall:.2f} s ({server})" for server, wall in measured.items())
    return Target(what, reached, max(measured.values()) <= limit)


def ratio(row: Row, others: list[Row]) -> Target:
    """Beside the faster one of the others."""
    best = min(others, key=lambda each: each.wall)
    reached = f"{row.wall:.2f} s, {row.wall / best.wall:.2f}x ({best.client} {best.wall:.2f} s)"
    what = f"{row.section}, {row.server}: within {RATIO}x of davix and curl"
    return Target(what, reached, row.wall <= RATIO * best.wall)
