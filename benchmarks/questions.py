"""What a question costs: `caselaw status` and `caselaw why` beside law's --print-status and Snakemake's dry-run.

The same chain for all: three layers of 10,000 branches, each a file of a few bytes, all of them there. Each
measurement is a process of its own; CPU seconds include all of its children, peak memory is that of its largest
process. Snakemake is measured where it is installed (pip install 'caselaw[snakemake]').

    python benchmarks/questions.py
    python benchmarks/questions.py --branches 1000 --snakemake ~/snakemake/bin/snakemake
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from machine import table_header
from overhead import Cost, measured, project

CASELAW = """
import caselaw, luigi
from steps import make, change

class First(caselaw.Workflow):
    n = luigi.IntParameter()
    products = {"number": "txt"}
    def upstream(self):
        return caselaw.over(range(self.n))
    def run(self):
        with self.publish() as out:
            make(self.branch_value, out["number"])

class Second(caselaw.Workflow):
    n = luigi.IntParameter()
    products = {"number": "txt"}
    def upstream(self):
        return {"first": caselaw.each(First.req(self))}
    def run(self):
        with self.publish() as out:
            change(self.input()["first"], out["number"])

class Third(caselaw.Workflow):
    n = luigi.IntParameter()
    products = {"number": "txt"}
    def upstream(self):
        return {"second": caselaw.each(Second.req(self))}
    def run(self):
        with self.publish() as out:
            change(self.input()["second"], out["number"])
"""

STEPS = """
def make(number, output):
    output.write_text(str(number))

def change(source, output):
    with open(source) as file:
        output.write_text(str(1 + int(file.read())))
"""

LAW = """
import os, law, luigi

class Layer(law.LocalWorkflow):
    n = luigi.IntParameter()
    def create_branch_map(self):
        return self.n
    def output(self):
        return law.LocalFileTarget(os.path.abspath(f"out/{self.task_family}/{self.branch}.txt"))
    def run(self):
        self.output().dump("x", formatter="text")

class First(Layer):
    pass

class Second(Layer):
    def workflow_requires(self):
        return {"first": First.req(self)}
    def requires(self):
        return First.req(self)

class Third(Layer):
    def workflow_requires(self):
        return {"second": Second.req(self)}
    def requires(self):
        return Second.req(self)
"""

SNAKEFILE = """
N = {n}
rule all:
    input: expand("out/Third/{{i}}.txt", i=range(N))
rule first:
    output: "out/First/{{i}}.txt"
    shell: "echo {{wildcards.i}} > {{output}}"
rule second:
    input: "out/First/{{i}}.txt"
    output: "out/Second/{{i}}.txt"
    shell: "cp {{input}} {{output}}"
rule third:
    input: "out/Second/{{i}}.txt"
    output: "out/Third/{{i}}.txt"
    shell: "cp {{input}} {{output}}"
"""

Row = tuple[str, str, Cost]


def script(name: str, *arguments: str) -> list[str]:
    return ["env", "PYTHONPATH=.", str(Path(sys.executable).parent / name), *arguments]


def of_caselaw(root: Path, n: int) -> Iterator[Row]:
    folder = project(root, "caselaw", CASELAW, 2)
    (folder / "steps.py").write_text(STEPS)
    task = ("work.Third", "--n", str(n))
    yield "caselaw", "law run, everything", measured(script("law", "run", *task), folder)
    yield "caselaw", "law run, nothing to do", measured(script("law", "run", *task), folder)
    yield "caselaw", "status", measured(script("caselaw", "status", *task), folder)
    yield (
        "caselaw",
        "status --branches --json",
        measured(script("caselaw", "status", *task, "--branches", "--json"), folder),
    )
    yield "caselaw", "why, nothing changed", measured(script("caselaw", "why", *task), folder)
    yield "caselaw", "fingerprints of all branches", measured(one_fingerprint(n), folder)
    yield "caselaw", "fingerprints of one branch", measured(one_fingerprint(1), folder)
    (folder / "steps.py").write_text(STEPS.replace("str(number)", "format(number)"))
    yield "caselaw", "why, after an edit", measured(script("caselaw", "why", *task), folder)
    yield "caselaw", "status, all stale", measured(script("caselaw", "status", *task), folder, ok=(0, 1))
    yield "caselaw", "law run, one layer made again, two adopted", measured(script("law", "run", *task), folder)


def one_fingerprint(n: int) -> list[str]:
    """Evaluate all fingerprints of the chain, without looking at any output."""
    source = f"import work; task = work.Third(n={n}); assert len(task.fingerprints) == {n}"
    return ["env", "PYTHONPATH=.", sys.executable, "-c", source]


def of_law(root: Path, n: int) -> Iterator[Row]:
    folder = project(root, "law", LAW, 1)
    touch_layers(folder, n)
    yield (
        "law",
        "--print-status -1",
        measured(script("law", "run", "work.Third", "--n", str(n), "--print-status", "-1"), folder),
    )


def of_snakemake(root: Path, n: int, snakemake: str) -> Iterator[Row]:
    folder = root / "snakemake"
    folder.mkdir()
    (folder / "Snakefile").write_text(SNAKEFILE.format(n=n))
    touch_layers(folder, n)
    yield (
        "Snakemake",
        "--dry-run",
        measured(["env", f"HOME={folder}", snakemake, "--dry-run", "--quiet", "all"], folder),
    )


def touch_layers(folder: Path, n: int) -> None:
    """All outputs, each layer younger than the one before."""
    for layer in ("First", "Second", "Third"):
        (folder / "out" / layer).mkdir(parents=True)
        for number in range(n):
            (folder / "out" / layer / f"{number}.txt").write_text("1\n")
        time.sleep(0.05)


def rows(root: Path, n: int, snakemake: str | None) -> Iterator[Row]:
    yield from of_caselaw(root, n)
    yield from of_law(root, n)
    if snakemake:
        yield from of_snakemake(root, n, snakemake)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--branches", type=int, default=10_000, help="branches per layer (default: 10000)")
    parser.add_argument("--snakemake", default=shutil.which("snakemake"), help="path of the snakemake program")
    arguments = parser.parse_args()
    print(table_header(["caselaw", "law", "luigi"]))
    print(f"three layers of {arguments.branches:,} branches\n")
    print("| engine | question | CPU s | wall s | peak MB |")
    print("|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, question, cost in rows(Path(folder), arguments.branches, arguments.snakemake):
            print(f"| {name} | {question} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
