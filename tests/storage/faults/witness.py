"""Runs the tests that show kinds of faults: how many pass, on which servers, and whether any does not.

As a program (`python tests/storage/faults/witness.py [-k …]`) it prints the rows of the document.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kinds import KINDS, Kind

TESTS = Path(__file__).resolve().parents[2]
OF_FIXTURES = {
    "apache": "apache", "open_apache": "apache", "on_apache": "apache", "nginx": "nginx", "xrootd": "xrootd",
    "on_xrootd": "xrootd", "xrootd_with_macaroons": "xrootd", "xrootd_with_tokens": "xrootd",
    "xrootd_with_users": "xrootd", "rclone": "rclone", "double": "dCache (double)",
    "double_with_tls": "dCache (double)", "s3": "S3 (moto)", "server": "a faulty one", "fs": "a faulty one",
}  # fmt: skip
OF_VALUES = OF_FIXTURES | {"root": "xrootd (root://)", "disk": "disk", "folder": "disk", "grid": "apache",
                           "pool": "xrootd", "objects": "S3 (moto)"}  # fmt: skip
OF_CLASSES = {"Apache": "apache", "XRootD": "xrootd", "Double": "dCache (double)"}
SERVERS_BY_NAME = ("server", "fs", "road", "place", "on_server", "ground", "group", "kind", "store", "desk")
"""Fixtures and arguments of tests whose parameter says which server is asked."""
NOT_SHOWN = "**not shown: a test fails, or is not there**"


def tests() -> list[str]:
    """All tests of all kinds, each once."""
    return list(dict.fromkeys(test for group in KINDS.values() for each in group for test in each.tests))


def servers_of(item: pytest.Item) -> set[str]:
    """Which servers a test asks, by its fixtures and their parameters."""
    params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    found = {OF_VALUES[value] for name in SERVERS_BY_NAME for value in words(params.get(name)) if value in OF_VALUES}
    fixtures: list[str] = getattr(item, "fixturenames", [])
    found |= {OF_FIXTURES[name] for name in fixtures if name in OF_FIXTURES and name not in params}
    written: dict[str, Any] = getattr(getattr(item, "function", None), "__annotations__", {})
    found |= {OF_CLASSES[name] for name in map(str, written.values()) if name in OF_CLASSES}
    if "on_server" in fixtures or len(found) > 1:
        found.discard("a faulty one")
    return found or {"a faulty one" if item.path.is_relative_to(TESTS / "griddav") else "disk"}


def words(value: object) -> Iterator[str]:
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, str):
            yield each


@dataclass
class Shown:
    """Of one test function: how many passed, how many did not, and where."""

    passed: int = 0
    failed: int = 0
    servers: set[str] = field(default_factory=set)


class Witness:
    """A plug-in of pytest that fills `shown`, by function."""

    def __init__(self) -> None:
        self.shown: dict[str, Shown] = defaultdict(Shown)
        self.servers: dict[str, set[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.servers = {item.nodeid: servers_of(item) for item in items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        shown = self.shown[report.nodeid.partition("[")[0].removeprefix("tests/")]
        if report.when == "call" and report.passed:
            shown.passed += 1
            shown.servers |= self.servers.get(report.nodeid, set())
        elif report.failed:
            shown.failed += 1

    def row(self, kind: Kind) -> tuple[str, ...] | None:
        """The cells of a kind; None where none of its tests ran."""
        shown = [self.shown[test] for test in kind.functions if test in self.shown]
        if not shown:
            return None
        whole = len(shown) == len(kind.tests) and not any(each.failed for each in shown)
        servers = sorted(set().union(*(each.servers for each in shown)), key=str.lower)
        seen = kind.seen if whole and any(each.passed for each in shown) else NOT_SHOWN
        modules = list(dict.fromkeys(test.partition("::")[0] for test in kind.tests))
        return kind.fault, ", ".join(servers), str(sum(each.passed for each in shown)), seen, f"`{modules[0]}`"

    def rows(self) -> dict[str, list[tuple[str, ...]]]:
        made = {title: [self.row(each) for each in group] for title, group in KINDS.items()}
        return {title: [row for row in rows if row is not None] for title, rows in made.items()}


def main(options: list[str]) -> int:
    """Run them all, or those that options of pytest choose; rows are printed last, as one line of JSON."""
    witness = Witness()
    code = pytest.main([*(f"{TESTS}/{test}" for test in tests()), "-q", *options], plugins=[witness])
    print(json.dumps(witness.rows()))
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
