"""Storage on servers with two builds of caselaw in turns: this one, and another one in an environment of its own.

Publishing small files, reading them to make others, reading them alone, and listing a large folder, on apache and
XRootD over TLS whose round trips a proxy makes 20 ms longer. Requests are counted at servers that note them; times are
those at servers that do not. A run costs what `law run` does with its start; the client alone is
measured without its imports. Medians are shown.

    git worktree add --detach ../before COMMIT && make -C ../before setup
    python benchmarks/storage_builds.py --before ../before            # 11 minutes on a quiet machine
    python benchmarks/storage_builds.py --before ../before --count    # requests only: a busy machine does no harm
"""

from __future__ import annotations

import argparse
import signal
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from machine import table_header
from overhead import Cost
from storage import SERVERS, print_targets
from storage_builds_servers import Pair, pairs
from storage_builds_work import Build, Doing, look, put, runs
from storage_places import Sizes, fill, small_files, working_folder
from storage_targets import Target

PUBLISHED, BOTH, READ, CLIENT = "published", "read and published", "read", "published, client alone"
NAMES, DETAILS = "listed, names", "listed, with details"
RUNS = {PUBLISHED: "Number", BOTH: "Double", READ: "Total"}
LISTED = {NAMES: "look_caselaw", DETAILS: "list_caselaw"}
BEFORE, NOW = "before", "now"
AS_FAST, TWICE = 1.1, 1.2  # what two measurements of the same may differ by: of long runs, and of a second or less


@dataclass(frozen=True)
class Work:
    """Things to do one after the other: what the table calls them, with how many files, and how.

    `counting` does the same with `counted` files.
    """

    whats: Sequence[str]
    files: int
    doing: Doing
    counted: int
    counting: Doing


@dataclass
class Measured:
    """What one build needed for one thing at one server: requests for `counted` files, and what all of them cost."""

    files: int
    counted: int
    requests: list[str] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)

    @property
    def each(self) -> float:
        """Requests for one file."""
        return len(self.requests) / self.counted

    @property
    def cpu(self) -> float:
        """Milliseconds of CPU for one file."""
        return 1000 * self.median("cpu") / self.files

    def median(self, name: str) -> float:
        return statistics.median(getattr(cost, name) for cost in self.costs)


Found = dict[tuple[str, str], dict[str, Measured]]
"""Server and thing → build → what was measured."""


def works(folder: Path, servers: list[Pair], many: int, counted: int) -> list[Work]:
    """All that is done: with so many small files, and fifty times as many entries of one folder."""
    entries = 50 * many
    files = small_files(folder, many)
    names, _ = fill(folder, Sizes(names=entries, folders=1), [each for pair in servers for each in pair.both])
    listing = look(list(LISTED.values()), names, entries)
    return [
        Work(list(RUNS), many, runs(list(RUNS.values()), many), counted, runs(list(RUNS.values()), counted)),
        Work([CLIENT], many, put(files, many), counted, put(files, counted)),
        Work(list(LISTED), entries, listing, entries, listing),
    ]


def measure(builds: list[Build], many: int, counted: int, repeats: int, delay: float) -> Found:
    """Requests first, then costs, the builds in turns."""
    found: Found = {}
    with working_folder() as folder, pairs(folder, delay) as servers:
        for work in works(folder, servers, many, counted):
            for pair in servers:
                for what in work.whats:
                    found[pair.place.name, what] = {each.name: Measured(work.files, work.counted) for each in builds}
                for build in builds:
                    count(build, work, pair, folder / "projects", found)
                for _ in range(repeats):
                    for build in builds:
                        add_costs(build, work, pair, folder / "projects", found)
    return found


def count(build: Build, work: Work, pair: Pair, folder: Path, found: Found) -> None:
    """What the server is asked that notes its requests."""
    start = 0

    def begin() -> None:
        nonlocal start
        start = pair.asked.size()

    for what, _ in zip(work.whats, work.counting(build, pair.counted, folder, begin), strict=True):
        row = found[pair.place.name, what][build.name]
        row.requests = pair.asked.since(start)
        tell(
            f"{pair.place.name}, {what}, {build.name}: {len(row.requests)} requests, {row.counted} files: {kinds(row)}"
        )


def kinds(row: Measured) -> str:
    """Requests by method, the most frequent first."""
    methods = Counter(request.partition(" ")[0] for request in row.requests)
    return ", ".join(f"{number} {method}" for method, number in methods.most_common())


def add_costs(build: Build, work: Work, pair: Pair, folder: Path, found: Found) -> None:
    """What everything costs once more."""
    costs = work.doing(build, pair.place, folder, lambda: None)
    for what, cost in zip(work.whats, costs, strict=True):
        found[pair.place.name, what][build.name].costs.append(cost)
        said = f"{cost.wall:.2f} s, {cost.cpu:.2f} CPU s, {cost.memory:.0f} MiB"
        tell(f"{pair.place.name}, {what}, {build.name}: {said}")


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def print_requests(found: Found) -> None:
    print("\n| server | what | files | requests, before | now | a file, before | now |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for (server, what), of in found.items():
        total = " | ".join(str(len(of[name].requests)) for name in (BEFORE, NOW))
        each = " | ".join(f"{of[name].each:.2f}" for name in (BEFORE, NOW)) if what not in LISTED else " | "
        print(f"| {server} | {what} | {of[NOW].counted:,} | {total} | {each} |")


def print_costs(found: Found) -> None:
    wall, cpu, memory = "wall s, before | now | now/before", "CPU ms a file, before | now", "MiB, before | now"
    print(f"\n| server | what | files | {wall} | {cpu} | {memory} |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for (server, what), of in found.items():
        before, now = of[BEFORE], of[NOW]
        wall = f"{before.median('wall'):.2f} | {now.median('wall'):.2f} | {ratio(of):.2f}"
        cpu = f"{before.cpu:.2f} | {now.cpu:.2f}" if what not in LISTED else f"{before.cpu:.3f} | {now.cpu:.3f}"
        memory = f"{before.median('memory'):.0f} | {now.median('memory'):.0f}"
        print(f"| {server} | {what} | {now.files:,} | {wall} | {cpu} | {memory} |")


def ratio(of: dict[str, Measured]) -> float:
    return of[NOW].median("wall") / of[BEFORE].median("wall")


def targets(found: Found) -> list[Target]:
    """What was asked for of storage, and what the worse server reached."""

    def most(what: str, limit: float, things: Sequence[str], value: str, unit: str) -> Target:
        reached = {key[0]: 0.0 for key in found}
        for (server, thing), of in found.items():
            if thing in things:
                figure = ratio(of) if value == "ratio" else getattr(of[NOW], value)
                reached[server] = max(reached[server], figure)
        said = ", ".join(f"{figure:.2f}{unit} ({server})" for server, figure in reached.items())
        return Target(what, said, max(reached.values()) <= limit)

    asked = [
        most("read: at most 1.2 requests a file", 1.2, [READ], "each", ""),
        most("read and published: at most 5 requests a file", 5, [BOTH], "each", ""),
    ]
    if not next(iter(found.values()))[NOW].costs:
        return asked
    return [
        *asked,
        most("read and published: at most 6 ms of CPU a file", 6, [BOTH], "cpu", " ms"),
        most("read and published: at most 0.45 of the wall time before", 0.45, [BOTH], "ratio", ""),
        most("published: no slower than before", AS_FAST, [PUBLISHED, CLIENT], "ratio", ""),
        most("50,000 entries in one folder: as before", TWICE, [NAMES, DETAILS], "ratio", ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, help="a checkout with its own .venv")
    parser.add_argument("--files", type=int, default=1000, help="small files (default: 1000)")
    parser.add_argument(
        "--counted", type=int, default=1000, help="of these, where requests are counted (default: 1000)"
    )
    parser.add_argument("--repeats", type=int, default=2, help="of what is timed (default: 2)")
    parser.add_argument("--delay", type=float, default=20.0, help="milliseconds of a round trip (default: 20)")
    parser.add_argument("--count", action="store_true", help="count requests, and measure no times")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the servers stop as well
    for script in SERVERS:
        subprocess.run([script.resolve()], check=True, stdout=subprocess.DEVNULL)
    other = arguments.before.resolve() / ".venv" / "bin" / "python"
    builds = [Build(BEFORE, other), Build(NOW, Path(sys.executable))]
    repeats, counted = 0 if arguments.count else arguments.repeats, min(arguments.counted, arguments.files)
    found = measure(builds, arguments.files, counted, repeats, arguments.delay)
    print(table_header(["caselaw", "aiohttp", "fsspec"]))
    print_requests(found)
    if repeats:
        print_costs(found)
    print_targets(targets(found))


if __name__ == "__main__":
    main()
