"""Half-converted projects: plain law tasks between, above and below those of caselaw never show wrong data."""

from __future__ import annotations

import itertools
import textwrap
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
] + [("ours", "luigi", "ours"), ("ours", "luigi", "plain")]  # fmt: skip


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


class Half:
    """A plain task above a converted one."""

    def __init__(self, root: Path, kinds: tuple[str, ...] = ("ours", "plain", "plain"), more: str = "") -> None:
        self.project = SmallProject(root)
        self.project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 1"))
        self.project.write("work.py", work(kinds) + textwrap.dedent(more))
        self.steps = self.project.write("steps.py", STEPS)
        self.log = root / "runs.log"

    def run(self, root: str = "High", *arguments: str) -> list[str]:
        """What has run because of `law run`."""
        self.log.unlink(missing_ok=True)
        self.project.run(f"work.{root}", *arguments)
        return self.log.read_text().split() if self.log.exists() else []

    def edit(self, old: str, new: str) -> None:
        self.steps.write_text(self.steps.read_text().replace(old, new))


@pytest.fixture
def half(tmp_path: Path) -> Half:
    return Half(tmp_path)


def test_each_level_as_the_root_makes_what_lies_below_it(half):
    assert half.run() == ["Low", "Middle", "High"]
    half.edit("low 1", "low 2")
    assert half.run("Middle") == ["Low", "Middle"]
    assert half.run("High") == ["High"]
    assert half.run("High") == []


def test_what_holds_the_same_makes_nothing_run_again(half):
    half.run()
    half.edit('return f"low 1 ({text})"', 'return "low " + f"1 ({text})"')
    assert half.run("Low") == ["Low"]
    assert half.run() == []
    half.edit('"low " + f"1 ({text})"', '"low" + f" 1 ({text})"')
    assert half.run() == ["Low", "Middle", "High"]  # luigi decides what runs before anything does


def test_a_file_that_somebody_else_has_written_is_made_again(half):
    half.run()
    (half.project.root / "out" / "Middle.txt").write_text("made elsewhere")
    assert half.run("Middle") == ["Middle"]


def test_what_was_made_before_counts_only_where_a_user_vouches_for_what_it_needs(tmp_path):
    half = Half(tmp_path, ("plain", "plain", "plain"))
    half.run()
    text = (tmp_path / "work.py").read_text()
    (tmp_path / "work.py").write_text(text.replace("class Low(Plain, law.Task)", "class Low(Plain, caselaw.Task)"))
    assert {row["state"] for row in half.project.ask("status", "work.High", code=1)["tasks"]} != {"complete"}
    half.project.caselaw("adopt", "work.Low", "--vouch", "made by the same code")
    assert half.run() == []
    half.edit("low 1", "low 2")
    assert half.run() == ["Low", "Middle", "High"]


def test_without_a_vouch_it_is_made_again(tmp_path):
    half = Half(tmp_path, ("plain", "plain", "plain"))
    half.run()
    text = (tmp_path / "work.py").read_text()
    (tmp_path / "work.py").write_text(text.replace("class Low(Plain, law.Task)", "class Low(Plain, caselaw.Task)"))
    half.edit("low 1", "low 2")
    assert half.run() == ["Low", "Middle", "High"]
    assert "low 2" in result(half.project, ("plain",))


WORKFLOW = """
    class Parts(Plain, law.LocalWorkflow):
        def create_branch_map(self):
            return {0: "a", 1: "b"}
        def workflow_requires(self):
            return {"low": Low()}
        def requires(self):
            return Low()
        def text(self):
            return f"{self.branch_data} of {text_of(self.input())}"

    class Sum(Plain, law.Task):
        def requires(self):
            return Parts()
        def text(self):
            return text_of(self.input()["collection"])

    class Around(law.WrapperTask):
        def requires(self):
            return [Sum()]

    class Above(Ours, caselaw.Task):
        def upstream(self):
            return {"sum": Sum()}
        def text(self):
            return text_of(self.input())
"""


def test_branches_of_a_plain_workflow_and_what_stands_around_them_see_it(tmp_path):
    half = Half(tmp_path, more=WORKFLOW)
    assert sorted(half.run("Above")) == ["Above", "Low", "Parts", "Parts", "Sum"]
    assert half.run("Above") == half.run("Around") == half.run("Parts") == []
    half.edit("low 1", "low 2")
    assert sorted(half.run("Around")) == ["Low", "Parts", "Parts", "Sum"]
    assert "low 2" in (tmp_path / "out" / "Sum.txt").read_text()
    assert half.run("Above", "--workers", "2") == ["Above"]
    half.edit("low 2", "low 3")
    assert sorted(half.run("Parts", "--branch", "1")) == ["Low", "Parts"]
    assert sorted(half.run("Above", "--workers", "2")) == ["Above", "Parts", "Sum"]
    assert half.run("Above") == []
