"""A chain of three steps, two branches each, whose runs are counted outside the store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

CHAIN = """
    import os
    import caselaw, luigi
    from steps import double, number, total

    VALUES = (1, 2)

    def count(task):
        with open(os.environ["RUNS"], "a") as file:
            file.write(f"{task.get_task_family()} {task.branch_value}\\n")

    class Make(caselaw.Workflow):
        products = {"number": "txt"}
        config_keys = ("start",)
        def upstream(self):
            return caselaw.over(VALUES)
        def run(self):
            count(self)
            with self.publish() as out:
                number(self.branch_value + self.config["start"], out["number"])

    class Double(caselaw.Workflow):
        factor = luigi.IntParameter(default=2)
        products = {"doubled": "txt"}
        def upstream(self):
            return {"made": caselaw.each(Make.req(self))}
        def run(self):
            count(self)
            with self.publish() as out:
                double(self.input()["made"], out["doubled"], self.factor)

    class Total(caselaw.Task):
        products = {"total": "txt"}
        def upstream(self):
            return {"doubled": caselaw.whole(Double.req(self))}
        def run(self):
            count(self)
            with self.publish() as out:
                total(self.input()["doubled"], out["total"])
"""

STEPS = """
    from pathlib import Path

    def number(value, output):
        output.write_text(str(value))

    def double(source, output, factor):
        output.write_text(str(factor * int(Path(source).read_text())))

    def total(sources, output):
        output.write_text(str(sum(int(Path(source).read_text()) for source in sources)))
"""


class Chain:
    """The project and the number of times that each branch ran."""

    def __init__(self, project) -> None:
        self.project, self.root = project, project.root
        self.log = project.root / "runs.log"
        law_cfg = (project.root / "law.cfg").read_text()
        project.write("law.cfg", f"{law_cfg}campaign: small\n")
        project.write("work.py", CHAIN)
        project.write("steps.py", STEPS)
        project.write("configs/small.yaml", "start: 10\nother: 1\n")

    def run(self, *arguments: str, task: str = "work.Total", code: int = 0) -> Counter[str]:
        """Run the chain; the branches that were executed."""
        self.log.unlink(missing_ok=True)
        self.printed = self.project.run(task, *arguments, code=code, RUNS=str(self.log))
        return Counter(self.log.read_text().splitlines() if self.log.exists() else [])

    def states(self, *arguments: str, code: int | None = None, task: str = "work.Total") -> dict[str, str]:
        """State of every branch: `Make 0`, `Make 1`, …"""
        answer = self.project.ask("status", task, "--branches", *arguments, code=code)
        return {f"{row['family']} {row['branch']}": row["state"] for row in answer["tasks"]}

    def edit(self, name: str, old: str, new: str) -> None:
        path: Path = self.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def outputs(self, family: str) -> list[Path]:
        return sorted(self.root / "data" / name for name in self.project.made(family))


@pytest.fixture
def chain(project) -> Chain:
    return Chain(project)
