"""Cost of running trivial branches: caselaw beside law's LocalWorkflow and plain luigi.

"law, adopted" is law's project with caselaw's base class: it names its branches and outputs itself.

Every branch writes a JSON document of 12 bytes. Each measurement is a process of its own; CPU seconds include
all of its children, peak memory is that of its largest process.

    python benchmarks/overhead.py                  # up to 10,000 branches with caselaw, 1,000 with the peers
    python benchmarks/overhead.py --peers 10000    # the peers too: half an hour
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from machine import table_header

CASELAW = """
import time
import caselaw, luigi

class Trivial(caselaw.Workflow):
    n = luigi.IntParameter()
    sleep = luigi.FloatParameter(default=0.0)
    products = {"number": "json"}

    def upstream(self):
        return caselaw.over(range(self.n))

    def run(self):
        end = time.perf_counter() + self.sleep
        while time.perf_counter() < end:
            pass
        with self.publish() as out:
            out["number"].write_text('{"n":%6d}' % self.branch_value)
"""

LAW = """
import os, law, luigi

class Trivial(law.LocalWorkflow):
    n = luigi.IntParameter()

    def create_branch_map(self):
        return self.n

    def output(self):
        return law.LocalFileTarget(os.path.abspath(f"out/{self.branch}.json"))

    def run(self):
        with self.output().open("w") as file:
            file.write('{"n":%6d}' % self.branch)

"""

ADOPTED = """
import caselaw

class Task(caselaw.Task):
    pass
""" + LAW.replace("law.LocalWorkflow", "Task, law.LocalWorkflow")
"""The project of plain law, with one import and one base class."""

LUIGI = """
import os, luigi

class Branch(luigi.Task):
    number = luigi.IntParameter()

    def output(self):
        return luigi.LocalTarget(f"out/{self.number}.json")

    def run(self):
        with self.output().open("w") as file:
            file.write('{"n":%6d}' % self.number)

class Trivial(luigi.WrapperTask):
    n = luigi.IntParameter()

    def requires(self):
        return [Branch(number=i) for i in range(self.n)]
"""

LAW_CFG = """[core]
index_file: .law/index
[luigi_core]
local_scheduler: True
no_lock: True
log_level: WARNING
[caselaw]
workers: {workers}
"""


@dataclass(frozen=True)
class Cost:
    """CPU seconds of user and system, wall seconds, and the peak memory of the largest process in MB."""

    cpu: float
    wall: float
    memory: float


def measured(command: list[str], folder: Path, ok: tuple[int, ...] = (0,)) -> Cost:
    """Cost of one process with all its children. A helper process keeps the peaks of several calls apart."""
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        os._exit(subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode)
    started = time.perf_counter()
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in ok:
        raise SystemExit(f"{' '.join(command)} failed in {folder}")
    peak = max(usage.ru_maxrss, 0) / 1024
    return Cost(usage.ru_utime + usage.ru_stime, wall, peak)


def project(root: Path, name: str, source: str, workers: int) -> Path:
    folder = root / f"{name}-{workers}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "work.py").write_text(source)
    (folder / "law.cfg").write_text(LAW_CFG.format(workers=workers))
    return folder


def command(name: str, n: int, *more: str) -> list[str]:
    scripts = Path(sys.executable).parent
    if name == "luigi":
        return ["env", "PYTHONPATH=.", str(scripts / "luigi"), "--module", "work", "Trivial", "--n", str(n),
                "--local-scheduler", "--no-lock", "--log-level", "WARNING", *more]  # fmt: skip
    return ["env", "PYTHONPATH=.", str(scripts / "law"), "run", "work.Trivial", "--n", str(n), *more]


Row = tuple[str, int, int, str, Cost]


def first_run_and_recheck(root: Path, name: str, source: str, n: int, workers: int) -> Iterator[Row]:
    folder = project(root, name, source, workers)
    for what in ("first run", "re-check"):
        yield name, n, workers, what, measured(command(name, n), folder)


def rows(root: Path, largest: int, peers: int) -> Iterator[Row]:
    sizes = [n for n in (1, 100, 1_000, 10_000) if n <= largest]
    for n in sizes:
        yield from first_run_and_recheck(root, "caselaw", CASELAW, n, 2)
        yield from first_run_and_recheck(root, "law, adopted", ADOPTED, n, 2)
    for workers in (1, 2):
        folder = project(root, "caselaw-5ms", CASELAW, workers)
        cost = measured(command("caselaw", 1_000, "--sleep", "0.005"), folder)
        yield "caselaw", 1_000, workers, "first run, 5 ms each", cost
    for n in sizes:
        if n <= peers:
            yield from first_run_and_recheck(root, "law", LAW, n, 1)
            yield from first_run_and_recheck(root, "luigi", LUIGI, n, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=10_000, help="largest number of branches (default: 10000)")
    parser.add_argument("--peers", type=int, default=1_000, help="largest number for law and luigi (default: 1000)")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(table_header(["law", "luigi", "caselaw"]))
    print("| engine | branches | workers | what | CPU s | wall s | peak MB |")
    print("|---|---:|---:|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, n, workers, what, cost in rows(Path(folder), arguments.largest, arguments.peers):
            figures = f"{cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f}"
            print(f"| {name} | {n:,} | {workers} | {what} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
