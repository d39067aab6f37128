"""Whatever a law or luigi user writes counts: one row per way, all of them run together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chain_tasks import EXECUTIONS
from projects import LAW_CFG, SmallProject
from way_rows import ROWS
from ways import Way

ALL = """
import law

{imports}


class All(law.WrapperTask):
    def requires(self):
        return [{tasks}]
"""


class Ways:
    """The project of all chains, before and after the edits."""

    def __init__(self, root: Path) -> None:
        self.project = SmallProject(root)
        self.log = root / "executions.log"
        self.project.write("law.cfg", LAW_CFG.format(modules="all:", settings="workers: 1"))
        self.project.write("executions.py", EXECUTIONS)
        for row in ROWS:
            module = self.project.write(f"{row.module}.py", row.text)
            if row.before is not None:
                row.before(module)
        imports = "\n".join(f"from {row.module} import {row.root}" for row in ROWS)
        tasks = ", ".join(f"{row.root}()" for row in ROWS)
        self.project.write("all.py", ALL.format(imports=imports, tasks=tasks))
        self.first, self.printed = self.run()
        for row in ROWS:
            row.edit(root / f"{row.module}.py")
        self.second, self.printed_then = self.run()
        self.third, _ = self.run()

    def run(self) -> tuple[list[str], str]:
        """Executions of one run of all chains, and what it printed."""
        self.log.unlink(missing_ok=True)
        printed = self.project.run("all.All", code=None, timeout=300, EXECUTIONS_LOG=str(self.log))
        return sorted(self.log.read_text().splitlines()) if self.log.exists() else [], printed

    def of(self, row: Way, executions: list[str]) -> list[str]:
        """Executions of tasks that the module of a row defines."""
        return [line for line in executions if f"class {line.split()[0]}(" in row.text]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    yield Ways(tmp_path_factory.mktemp("ways"))


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_edit_runs_exactly_what_it_changes(row: Way, ways: Ways):
    assert any(line.startswith(f"{row.root} ") for line in ways.of(row, ways.first)), ways.printed
    expected = sorted(filter(None, row.runs.split(", ")))
    assert ways.of(row, ways.second) == expected, ways.printed_then
    assert ways.of(row, ways.third) == [], "a second run makes nothing"


def test_every_way_has_names_of_its_own():
    names = [line for row in ROWS for line in row.text.splitlines() if line.startswith("class ")]
    own = [name for name in names if name.split("(")[0].split()[1] not in ("Step", "Steps", "PlainStep")]
    assert len(set(own)) == len(own)
