"""Workflows by chance whose branches yield tasks, the next ones depending on what those made, and what they make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

SHAPES = ("task", "list", "mapping", "nested", "dynamic", "generator")

HEAD = """\
import caselaw
import law
import luigi

from executions import note_execution


def numbers(made):
    if isinstance(made, dict):
        return [number for inner in made.values() for number in numbers(inner)]
    if isinstance(made, (list, tuple)):
        return [number for inner in made for number in numbers(inner)]
    with open(made.path) as file:
        return [int(file.read())]


def shaped(shape, tasks):
    if shape == "task":
        return tasks[0]
    if shape == "mapping":
        return {str(number): task for number, task in enumerate(tasks)}
    if shape == "nested":
        return {"first": tasks[0], "rest": tasks[1:]}
    if shape == "dynamic":
        return luigi.DynamicRequirements(tasks)
    return (task for task in tasks) if shape == "generator" else tasks
"""

SOURCE = """

class {root}Source{k}(caselaw.Task):
    products = {{"number": "txt"}}

    def upstream(self):
        return {{"value": caselaw.files(["{root}{k}.txt"])}}

    def run(self):
        note_execution("{root}Source{k}", 0)
        with open(self.input()["value"][0].path) as file, self.publish() as out:
            out["number"].write_text(file.read())
"""

PROGRAM = """

class {root}Yields(caselaw.Workflow):
    products = {{"text": "txt"}}

    def upstream(self):
        return caselaw.over(range({branches}))

    def run(self):
        sources = [{sources}]
        total = self.branch_value
        for shape, chosen in {steps}:
            tasks = [sources[(number + total) % len(sources)]() for number in chosen]
            made = yield shaped(shape, tasks)
            total += sum(numbers(made))
        note_execution("{root}Yields", self.branch)
        with self.publish() as out:
            out["text"].write_text(str(total))


class {root}(caselaw.Workflow):
    products = {{"text": "txt"}}

    def upstream(self):
        return {{"total": caselaw.each({root}Yields.req(self, workflow="{workflow}"))}}

    def run(self):
        note_execution("{root}", self.branch)
        with open(self.input()["total"].path) as file, self.publish() as out:
            out["text"].write_text(f"total {{file.read()}}")
"""


@dataclass(frozen=True)
class Program:
    """Sources by the value in their file, of which branches yield some in steps; that of `edited` becomes another."""

    root: str
    values: tuple[int, ...]
    branches: int
    steps: tuple[tuple[str, tuple[int, ...]], ...]
    workflow: str
    edited: int
    new_value: int

    @property
    def text(self) -> str:
        made = [SOURCE.format(root=self.root, k=k) for k in range(len(self.values))]
        names = ", ".join(f"{self.root}Source{k}" for k in range(len(self.values)))
        program = PROGRAM.format(
            root=self.root, branches=self.branches, sources=names, steps=repr(self.steps),
            workflow=self.workflow,
        )  # fmt: skip
        return HEAD + "".join(made) + program

    @property
    def files(self) -> dict[str, str]:
        """Files that the sources read."""
        return {f"{self.root}{k}.txt": str(value) for k, value in enumerate(self.values)}

    def totals(self) -> list[tuple[int, set[int]]]:
        """What each branch makes, and which sources it yields on its way, by plain arithmetic."""
        return [self.of_branch(number) for number in range(self.branches)]

    def of_branch(self, number: int) -> tuple[int, set[int]]:
        total, yielded = number, set()
        for shape, chosen in self.steps:
            sources = [(each + total) % len(self.values) for each in chosen][: 1 if shape == "task" else None]
            yielded.update(sources)
            total += sum(self.values[k] for k in sources)
        return total, yielded

    def after_edit(self) -> Program:
        values = (*self.values[: self.edited], self.new_value, *self.values[self.edited + 1 :])
        return replace(self, values=values)

    def made_by_edit(self) -> list[str]:
        """What an edit must make run: the source if anybody yields it, and the branches that had yielded it."""
        if self.new_value == self.values[self.edited]:
            return []
        before, after = self.totals(), self.after_edit().totals()
        runs = set()
        for number, ((total, yielded), (then, yielded_then)) in enumerate(zip(before, after, strict=True)):
            runs.update(f"{self.root}Source{k} 0" for k in yielded_then - yielded)
            if self.edited in yielded:
                runs.update((f"{self.root}Source{self.edited} 0", f"{self.root}Yields {number}"))
            if then != total:
                runs.add(f"{self.root} {number}")
        of_all = set().union(*(yielded for _, yielded in before))
        return sorted(run for run in runs if not self.is_made(run, of_all))

    def is_made(self, run: str, of_all: set[int]) -> bool:
        """Whether a source was made by the first run, and is not edited."""
        name = run.partition(" ")[0]
        return any(name == f"{self.root}Source{k}" for k in of_all - {self.edited})


def program(root: str, chance: Random) -> Program:
    """A program by chance."""
    sources = chance.randint(2, 4)
    steps = [(chance.choice(SHAPES), numbers_by(chance)) for _ in range(chance.randint(1, 3))]
    return Program(
        root, tuple(chance.randint(0, 9) for _ in range(sources)), chance.randint(1, 3), tuple(steps),
        chance.choice(["pool", "local"]), chance.randrange(sources), chance.randint(0, 9),
    )  # fmt: skip


def numbers_by(chance: Random) -> tuple[int, ...]:
    return tuple(chance.randint(0, 3) for _ in range(chance.randint(1, 3)))
