"""Half-converted projects: plain law tasks between, above and below those of caselaw never show wrong data."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from projects import LAW_CFG, SmallProject

HEAD = """
from pathlib import Path
import caselaw, law, luigi
from steps import low, middle, high

ROOT = Path(__file__).parent

def log(task):
    with (ROOT / "runs.log").open("a") as file:
        file.write(type(task).__name__ + "\\n")

def text_of(inputs):
    if isinstance(inputs, dict):
        inputs = list(inputs.values())
    if isinstance(inputs, (list, tuple)):
        return "+".join(map(text_of, inputs))
    if hasattr(inputs, "targets"):
        return text_of(inputs.targets)
    return Path(inputs.path).read_text()

class Plain:
    def target(self):
        return law.LocalFileTarget(str(ROOT / "out" / f"{type(self).__name__}{getattr(self, 'branch', '')}.txt"))
    def output(self):
        return self.target()
    def run(self):
        log(self)
        self.output().parent.touch()
        Path(self.output().path).write_text(self.text())

class Ours:
    products = {"text": "txt"}
    def run(self):
        log(self)
        with self.publish() as out:
            out["text"].write_text(self.text())
"""

TASK = """
class {name}({bases}):
    def requires(self):
        return [{upstream}]
    def text(self):
        return {step}("+".join(map(text_of, self.input())))
"""

STEPS = """
def low(text):
    return f"low 1 ({text})"

def middle(text):
    return f"middle 1 ({text})"

def high(text):
    return f"high 1 ({text})"
"""

LEVELS = ("low", "middle", "high")
NAMES = dict(zip(LEVELS, ("Low", "Middle", "High"), strict=True))


def bases(kind: str) -> str:
    return {"plain": "Plain, law.Task", "luigi": "Plain, luigi.Task", "ours": "Ours, caselaw.Task"}[kind]


def work(kinds: tuple[str, ...]) -> str:
    below = [*(f"{NAMES[level]}()" for level in LEVELS)]
    tasks = (
        TASK.format(name=NAMES[level], bases=bases(kind), upstream=below[n - 1] if n else "", step=level)
        for n, (level, kind) in enumerate(zip(LEVELS, kinds, strict=True))
    )
    return HEAD + "".join(tasks)


def content(versions: dict[str, int]) -> str:
    """What plain law makes from scratch."""
    text = ""
    for level in LEVELS:
        text = f"{level} {versions[level]} ({text})"
    return text


CHAINS = [
    kinds for kinds in itertools.product(("plain", "ours"), repeat=3) if "ours" in kinds and "plain" in kinds
] + [("ours", "luigi", "ours"), ("ours", "luigi", "luigi")]  # fmt: skip


@pytest.mark.parametrize("kinds", CHAINS, ids="-".join)
def test_an_edit_of_a_converted_task_reaches_all_above(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    project = SmallProject(tmp_path)
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 1"))
    project.write("work.py", work(kinds))
    steps = project.write("steps.py", STEPS)
    versions = dict.fromkeys(LEVELS, 1)
    project.run("work.High")
    assert result(project, kinds) == content(versions)
    for level, kind in zip(LEVELS, kinds, strict=True):
        if kind != "ours":
            continue  # the code of a plain task counts no more than in plain law
        versions[level] += 1
        steps.write_text(steps.read_text().replace(f"{level} {versions[level] - 1}", f"{level} {versions[level]}"))
        assert project.ask("status", "work.High", code=1)
        (tmp_path / "runs.log").unlink()
        project.run("work.High")
        assert result(project, kinds) == content(versions)
        above = LEVELS[LEVELS.index(level) :]
        assert (tmp_path / "runs.log").read_text().split() == [NAMES[each] for each in above]
    (tmp_path / "runs.log").unlink()
    project.run("work.High")
    assert not (tmp_path / "runs.log").exists()
    assert {row["state"] for row in project.ask("status", "work.High")["tasks"]} == {"complete"}


def result(project: SmallProject, kinds: tuple[str, ...]) -> str:
    if kinds[-1] != "ours":
        return (project.root / "out" / "High.txt").read_text()
    return Path(project.ask("ls", "work.High")["outputs"][0]["path"]).read_text()
