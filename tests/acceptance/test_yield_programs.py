"""Branches that yield tasks make what arithmetic says, and an edit of a task runs exactly those that yielded it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from chain_tasks import EXECUTIONS
from projects import LAW_CFG, SmallProject
from yield_programs import Program, program

ALL = """
import law

{imports}


class All(law.WrapperTask):
    def requires(self):
        return [{tasks}]
"""


@pytest.fixture(scope="module")
def drawn() -> tuple[Program, ...]:
    chance = Random(10)
    return tuple(program(f"P{number}", chance) for number in range(4))


def test_edit_runs_exactly_the_branches_that_yielded_what_it_changes(drawn: tuple[Program, ...], tmp_path: Path):
    project = written(tmp_path, drawn)
    first = executions(project)
    for each in drawn:
        yielded = set().union(*(found for _, found in each.totals()))
        sources = {line for line in first if line.startswith(f"{each.root}Source")}
        assert sources == {f"{each.root}Source{k} 0" for k in yielded}
        assert texts(project, each.root) == {f"total {total}" for total, _ in each.totals()}
    assert len(set(first)) == len(first), "what many branches yield runs once"
    for each in drawn:
        write_files(project, each.after_edit())
    second = executions(project, "--workers", "2")
    for each in drawn:
        assert [line for line in second if line.startswith(each.root)] == each.made_by_edit(), each
        assert texts(project, each.root) >= {f"total {total}" for total, _ in each.after_edit().totals()}
    assert executions(project) == [], "a second run makes nothing"


def written(root: Path, drawn: tuple[Program, ...]) -> SmallProject:
    project = SmallProject(root)
    project.write("law.cfg", LAW_CFG.format(modules="all:", settings="workers: 2"))
    project.write("executions.py", EXECUTIONS)
    for each in drawn:
        project.write(f"{each.root.lower()}.py", each.text)
        write_files(project, each)
    imports = "\n".join(f"from {each.root.lower()} import {each.root}" for each in drawn)
    tasks = ", ".join(f"{each.root}()" for each in drawn)
    project.write("all.py", ALL.format(imports=imports, tasks=tasks))
    return project


def write_files(project: SmallProject, program: Program) -> None:
    for name, text in program.files.items():
        if not (project.root / name).exists() or (project.root / name).read_text() != text:
            project.write(name, text)


def executions(project: SmallProject, *arguments: str) -> list[str]:
    log = project.root / "executions.log"
    log.unlink(missing_ok=True)
    project.run("all.All", *arguments, timeout=300, EXECUTIONS_LOG=str(log))
    return sorted(log.read_text().splitlines()) if log.exists() else []


def texts(project: SmallProject, family: str) -> set[str]:
    return {(project.root / "data" / path).read_text() for path in project.made(family) if path.endswith(".txt")}
