"""One module of tasks, run by plain law and by caselaw: what every run() sees must be the same."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from projects import LAW_CFG, SmallProject

HEAD = '''
import json
from collections import OrderedDict
from pathlib import Path

import caselaw
import law
import luigi
from law.util import DotDict

ROOT = Path(__file__).parent


def seen(inputs):
    """Shapes, names of types included, and the contents of files."""
    if isinstance(inputs, law.TargetCollection):
        return {"collection of": seen(inputs.targets)}
    if isinstance(inputs, luigi.Target):
        return Path(inputs.path).read_text()
    if isinstance(inputs, dict):
        return [type(inputs).__name__, {str(name): seen(inner) for name, inner in inputs.items()}]
    return [type(inputs).__name__, [seen(inner) for inner in inputs]]


class Noting:
    def note(self, **more):
        number = getattr(self, "branch", None)
        line = json.dumps([self.task_family, number, seen(self.input()), more], sort_keys=True)
        with (ROOT / "ran").open("a") as file:
            file.write(line + "\\n")
        return line

    def output(self):
        return law.LocalFileTarget(str(ROOT / "out" / f"{self.task_family}_{getattr(self, 'branch', 0)}.txt"))


class Source(law.Task):
    n = luigi.IntParameter(default=0)

    def output(self):
        return law.LocalFileTarget(str(ROOT / "out" / f"source_{self.n}.txt"))

    def run(self):
        self.output().dump(f"source {self.n}", formatter="text")


class Result(Noting, law.Task):
    exclude_index = True

    def run(self):
        self.output().dump(self.note(), formatter="text")


class Results(Noting, law.LocalWorkflow):
    exclude_index = True

    def run(self):
        text = self.note(data=str(self.branch_data), map=list(self.branch_map))
        self.output().dump(text, formatter="text")

'''

ALL = """

class All(law.WrapperTask):
    def requires(self):
        return [{tasks}]
"""


def converted(text: str) -> str:
    """The module after the bases have changed."""
    text = text.replace("(law.Task)", "(caselaw.Task)").replace("(Noting, law.Task)", "(Noting, caselaw.Task)")
    return text.replace("law.LocalWorkflow", "caselaw.Workflow")


class SideBySide:
    """Two projects with the same tasks, of which one is converted."""

    def __init__(self, root: Path, code: str, tasks: str) -> None:
        self.text = HEAD + textwrap.dedent(code) + ALL.format(tasks=tasks)
        self.plain, self.converted = SmallProject(root / "plain"), SmallProject(root / "converted")
        for project, text in ((self.plain, self.text), (self.converted, converted(self.text))):
            project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2"))
            project.write("work.py", text)

    def run(self, project: SmallProject, *arguments: str) -> list[Any]:
        """What each run() has seen: family, branch, inputs, and more."""
        ran = project.root / "ran"
        ran.unlink(missing_ok=True)
        project.run(*(arguments or ("work.All",)), timeout=120)
        return sorted(map(json.loads, ran.read_text().splitlines()), key=str) if ran.exists() else []

    def both(self, *arguments: str) -> tuple[list[Any], list[Any]]:
        return self.run(self.plain, *arguments), self.run(self.converted, *arguments)
