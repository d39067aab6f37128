"""What storage_builds.py lets both builds do: a small project whose store is on a server, and the client alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from overhead import Cost, measured, project
from storage_places import Place

HERE = Path(__file__).parent
WORK = """
from concurrent.futures import ThreadPoolExecutor

import caselaw, luigi

class Number(caselaw.Workflow):
    n = luigi.IntParameter()
    products = {"number": "txt"}

    def upstream(self):
        return caselaw.over(range(self.n))

    def run(self):
        with self.publish() as out:
            out["number"].write_text(f"number {self.branch_value} " * 80)

class Double(caselaw.Workflow):
    n = luigi.IntParameter()
    products = {"double": "txt"}

    def upstream(self):
        return {"number": caselaw.each(Number.req(self))}

    def run(self):
        with self.publish() as out, open(self.input()["number"]) as file:
            out["double"].write_text(2 * file.read())

def number_in(target):
    with open(target) as file:
        return int(file.read().split()[1])

class Total(caselaw.Task):
    n = luigi.IntParameter()
    products = {"total": "txt"}

    def upstream(self):
        return {"numbers": caselaw.whole(Number.req(self))}

    def run(self):
        with ThreadPoolExecutor(32) as threads:
            total = sum(threads.map(number_in, self.input()["numbers"]))
        with self.publish() as out:
            out["total"].write_text(str(total))
"""
"""Files of about 1 kB that are made, that are read to make others, and that one task reads, 32 at the same time."""


@dataclass(frozen=True)
class Build:
    """One build of caselaw: what the table calls it, and the Python that it is installed for."""

    name: str
    python: Path


Begin = Callable[[], object]
Doing = Callable[[Build, Place, Path, Begin], Iterator[Cost]]
"""A build does things at a server, one after the other, and says what each cost.

`Path` is a folder for what it keeps on this machine. `Begin` is called before each of them.
"""


def runs(families: Sequence[str], n: int) -> Doing:
    """`law run` of tasks in one store on the server, each by somebody whose machine knows nothing of it yet."""

    def doing(build: Build, place: Place, folder: Path, begin: Begin) -> Iterator[Cost]:
        store = f"run-{uuid.uuid4().hex[:8]}"
        try:
            for family in families:
                begin()
                yield law_run(build, place, folder / family, store, family, n)
        finally:
            shutil.rmtree(place.store / store, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)

    return doing


def law_run(build: Build, place: Place, folder: Path, store: str, family: str, n: int) -> Cost:
    work = project(folder, "work", WORK, 2)
    with (work / "law.cfg").open("a") as file:
        file.write("store: grid\n")
    (work / "configs").mkdir()
    entry = json.dumps({"grid": {"url": f"{place.far}/store/{store}", "ca": place.ca}})
    (work / "configs" / "stores.yaml").write_text(entry)
    law = build.python.with_name("law")
    cost = measured(["env", "PYTHONPATH=.", str(law), "run", f"work.{family}", "--n", str(n)], work)
    made = len(list((place.store / store / family).rglob(f"{family.lower()}.*.txt")))
    if made != (1 if family == "Total" else n):
        raise SystemExit(f"{build.name}, {place.name}: law run of {family} left {made} outputs")
    return cost


def put(files: Path, count: int) -> Doing:
    """The client alone publishes small files."""

    def doing(build: Build, place: Place, folder: Path, begin: Begin) -> Iterator[Cost]:
        target = place.store / "published"
        target.mkdir()
        target.chmod(0o777)
        try:
            begin()
            given = {"url": place.far, "ca": place.ca, "files": str(files), "to": "/store/published", "most": count}
            yield client(build, "publish_caselaw", given, count)
        finally:
            shutil.rmtree(target)

    return doing


def look(programs: Sequence[str], names: Path, count: int) -> Doing:
    """The client alone lists a folder."""

    def doing(build: Build, place: Place, folder: Path, begin: Begin) -> Iterator[Cost]:
        for program in programs:
            begin()
            yield client(build, program, {"url": place.far, "ca": place.ca, "names": str(names)}, count)

    return doing


def client(build: Build, program: str, given: dict[str, object], count: int) -> Cost:
    done = subprocess.run(
        [build.python, HERE / "storage_clients.py", program, json.dumps(given)],
        env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{build.name}, {program}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    if found["count"] != count:
        raise SystemExit(f"{build.name}, {program}: {found['count']} files in place of {count}")
    return Cost(found["cpu"], found["wall"], found["memory"])
