"""Cost of a code closure: of a task that reaches 200 functions, of producers in a registry, of installed packages.

Cold is without a memo on disk, warm with it, each in a process of its own with caselaw imported; again is the
second question in the same process. CPU milliseconds, the least of several; other builds of caselaw are asked in turn.

    python benchmarks/closure.py [--beside path/to/another/bin/python] [--repeat 5] [chain flow vector hist coffea]
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from closure_projects import chain, flow
from machine import table_header

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "fingerprint"))

from fuzzed_packages import entries
from package_fuzz import Project

ASK = """
import json, sys, time
import caselaw, caselaw.task.single
from caselaw.fingerprint import Closures, code_closure, first_party
root, entries = sys.argv[1], sys.argv[2:]
sys.path.insert(0, root)
if not entries:
    import work
times = []
for _ in range(2):
    start = time.process_time()
    if entries:
        if not times:
            closures = Closures(first_party(root))
        found = closures.of(entries)
    else:
        found = code_closure(work.Sum, root)
    times.append((time.process_time() - start) * 1e3)
print(json.dumps([times, len(found.symbols), sum(path.suffix == ".py" for path in found.sources)]))
"""


def project(name: str, folder: Path) -> tuple[Path, list[str]]:
    """Where a project is, and what it is asked for: `work.Sum` where nothing is named."""
    if name in ("chain", "flow"):
        root = folder / name
        root.mkdir()
        {"chain": chain, "flow": flow}[name](root)
        return root, []
    names = [node.name for node in ast.parse(entries(name)).body if isinstance(node, ast.FunctionDef)]
    return Project(name, folder).root, [f"driver:{entry}" for entry in names]


def ask(python: str, root: Path, entries: list[str]) -> tuple[list[float], int, int]:
    """CPU milliseconds of the first and the second question of a process; symbols and files."""
    command = [python, "-c", ASK, str(root), *entries]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    times, symbols, files = json.loads(done.stdout.splitlines()[-1])
    return times, symbols, files


def row(python: str, root: Path, entries: list[str]) -> tuple[float, float, float, int, int]:
    """Cold, warm, again; symbols and files."""
    shutil.rmtree(root / ".caselaw", ignore_errors=True)
    (cold, _), _, _ = ask(python, root, entries)
    (warm, again), symbols, files = ask(python, root, entries)
    return cold, warm, again, symbols, files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--beside", action="append", default=[], metavar="PYTHON", help="of another build of caselaw")
    parser.add_argument("projects", nargs="*", default=["chain", "flow", "vector", "hist", "coffea"])
    arguments = parser.parse_args()
    print(table_header(["caselaw", "law", "luigi", "vector", "hist", "coffea"]))
    print("| project | build | symbols | files | cold | warm | again | cold per symbol | warm per symbol |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    builds = [sys.executable, *arguments.beside]
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments.projects:
            root, entries = project(name, Path(temporary))
            rows: dict[str, list[tuple[float, float, float, int, int]]] = {python: [] for python in builds}
            for _ in range(arguments.repeat):
                for python in builds:
                    rows[python].append(row(python, root, entries))
            for number, python in enumerate(builds):
                cold, warm, again, symbols, files = map(min, zip(*rows[python], strict=True))
                print(
                    f"| {name} | {'beside' if number else 'this'} | {symbols} | {files} | {cold:.0f} | {warm:.1f} | "
                    f"{again:.2f} | {cold / symbols:.2f} | {warm / symbols:.3f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
