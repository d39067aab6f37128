"""Two chained workflows whose store is on a server: run, killed, run again, and looked at from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from restart import running, state_of

from caselaw.publishing.outbox import OUTBOX, UPLOAD

WORKERS = 2
SLACK = 30.0  # seconds that a run may take beside its work and its patience
WORK = """
    import os
    import caselaw, luigi

    def ran(text):
        file = os.open({ran!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{{text}}\\n".encode())
        os.close(file)

    class First(caselaw.Workflow):
        n = luigi.IntParameter()
        salt = luigi.IntParameter(default=0)
        products = {{"number": "txt"}}
        def upstream(self):
            return {{"value": caselaw.over(range(self.n))}}
        def run(self):
            ran(f"First {{self.salt}} {{self.branch_value}}")
            with self.publish() as out:
                out["number"].write_text(f"First {{self.salt}} {{self.branch_value}}\\n" * 100)

    class Second(caselaw.Workflow):
        n = luigi.IntParameter()
        salt = luigi.IntParameter(default=0)
        products = {{"number": "txt"}}
        def upstream(self):
            return {{"first": caselaw.each(First.req(self))}}
        def run(self):
            text = open(self.input()["first"]["number"]).read()
            ran(text.splitlines()[0].replace("First", "Second"))
            with self.publish() as out:
                out["number"].write_text(text.replace("First", "Second"))
"""
FAMILIES = ("First", "Second")


@dataclass(frozen=True)
class Chain:
    """A project in `project.root` whose store lies in `place` on the server's disk, of `n` branches per workflow.

    `refresh` brings `place` up to date, where the server's own disk is elsewhere.
    """

    project: Any
    place: Path
    n: int
    patience: float
    refresh: Callable[[], object]

    @classmethod
    def made(
        cls, project: Any, url: str, place: Path, n: int, patience: float,
        refresh: Callable[[], object] = lambda: None, **options: Any,
    ) -> Chain:  # fmt: skip
        law_cfg = project.root / "law.cfg"
        law_cfg.write_text(law_cfg.read_text().replace("workers: 2", f"workers: {WORKERS}\nstore: grid"))
        settings = "".join(f", {name}: '{value}'" for name, value in options.items())
        project.write("configs/stores.yaml", f"grid: {{url: '{url}', patience: {patience} s{settings}}}\n")
        project.write("work.py", WORK.format(ran=str(project.root / "ran")))
        return cls(project, place, n, patience, refresh)

    def command(self, salt: int) -> tuple[str, ...]:
        return ("work.Second", "--n", str(self.n), "--salt", str(salt))

    @contextlib.contextmanager
    def started(self, salt: int = 0, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """`law run`, on its way; whatever is left of it at the end of the block is killed."""
        with (self.project.root / "output").open("w+") as output:
            process = subprocess.Popen(
                self.project.command(*self.command(salt)), cwd=self.project.root, text=True, stderr=subprocess.STDOUT,
                stdout=output, env=self.project.environment(PYTHONFAULTHANDLER="1", **environment),
            )  # fmt: skip
            try:
                yield process
            finally:
                kill(process)

    def ended(self, process: subprocess.Popen[str]) -> str:
        """What a run printed; it has to end soon. Where it does not, it prints where it hangs."""
        try:
            process.wait(self.patience + SLACK)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            process.wait()
            raise AssertionError(f"the run hangs:\n{self.output}") from None
        return self.output

    @property
    def output(self) -> str:
        return (self.project.root / "output").read_text()

    def run(self, salt: int = 0, **environment: str) -> str:
        """A run that has to succeed; returns what it printed."""
        with self.started(salt, **environment) as process:
            text = self.ended(process)
            assert process.returncode == 0, text
        return text

    def executions(self) -> Counter[str]:
        """How often each branch began to run: "First 0 17" → times."""
        file = self.project.root / "ran"
        return Counter(file.read_text().splitlines() if file.exists() else [])

    def branches(self, salt: int = 0) -> set[str]:
        return {f"{family} {salt} {number}" for family in FAMILIES for number in range(self.n)}

    def on_disk(self) -> dict[Path, str]:
        """Every output on the server's disk, with the branch that made it; "" where it is not whole."""
        self.refresh()
        files = (file for family in FAMILIES for file in (self.place / family).rglob("number.*.txt"))
        return {file: maker(file) for file in files}

    def kept(self) -> set[str]:
        """Branches that need not run again: they are on the server's disk, or wait here for their upload."""
        letters = (self.project.root / ".caselaw" / "stores").glob(f"*/{OUTBOX}/*/{UPLOAD}")
        waiting = {maker(file) for letter in letters for file in letter.parent.iterdir() if file.name != UPLOAD}
        return (waiting | set(self.on_disk().values())) - {""}

    def states(self, salt: int = 0) -> Counter[str]:
        """What `caselaw verify` says about all outputs."""
        answer = self.project.ask("verify", *self.command(salt), code=None)
        return Counter(row["state"] for row in answer["outputs"])

    def wait_for(self, share: float) -> None:
        """Wait until the server holds so much of the first workflow's outputs."""
        deadline = time.monotonic() + 60
        while len(self.on_disk()) < share * self.n:
            assert time.monotonic() < deadline, self.output
            time.sleep(0.01)


def maker(file: Path) -> str:
    """The branch that made an output; "" where the output is not whole."""
    with contextlib.suppress(FileNotFoundError, UnicodeDecodeError):
        lines = file.read_text().splitlines()
        return lines[0] if len(lines) == 100 and set(lines) == {lines[0]} and len(lines[0].split()) == 3 else ""
    return ""


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a run with all processes that it started, and wait until they are gone."""
    family = [process.pid, *descendants(process.pid)]
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    while any(map(running, family)):
        time.sleep(0.005)


def descendants(pid: int) -> list[int]:
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parents[int(process.name)] = int(state_of(int(process.name))[1])
    found = [child for child, parent in parents.items() if parent == pid]
    return found + [each for child in found for each in descendants(child)]
