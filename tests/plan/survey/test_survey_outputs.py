"""How many outputs of plain law the survey finds for the names that output() gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from converted import BODY, project, task_of

from caselaw.plan.survey import survey

FRAMEWORK = """
    import os
    import law
    import luigi

    ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "store")

    class Base(law.Task):
        version = luigi.Parameter()

        def store_parts(self):
            return (self.__class__.__name__, self.version)

        def local_path(self, *path):
            parts = (ROOT,) + self.store_parts() + path
            return os.path.join(*[str(part) for part in parts])

        def local_target(self, *path, **kwargs):
            return law.LocalFileTarget(self.local_path(*path), **kwargs)
    """
OUTPUTS = {
    "format": ('self.local_target("x_{}.json".format(self.branch))', ["x_1.json", "x_22.json"], ["x_a.json"]),
    "an f-string": ('self.local_target(f"x_{self.branch}.json")', ["x_1.json"], ["y_1.json"]),
    "percent": ('self.local_target("x_%d.json" % self.branch)', ["x_1.json"], ["x_.json"]),
    "a sum": ('self.local_target("x" + str(self.branch) + ".json")', ["x1.json"], ["x1.txt"]),
    "a constant": ('self.local_target("all.json")', ["all.json"], ["some.json"]),
    "a dict": ('{"a": self.local_target("a.json"), "b": self.local_target("b.txt")}', ["a.json", "b.txt"], ["c.txt"]),
    "a list in a loop": ("[self.local_target(n + '.txt') for n in ('a', 'b')]", ["a.txt", "b.txt"], ["a.json"]),
    "a collection": ("law.SiblingFileCollection([self.local_target('a.txt')])", ["a.txt"], ["b.txt"]),
    "a folder below": ('self.local_target("deep", "%s.txt" % self.version)', ["deep/q.txt"], ["q.txt", "deep/q/r.txt"]),
    "a path of pathlib": ("law.LocalFileTarget(str(pathlib.Path(self.local_path()) / 'a.txt'))", ["a.txt"], ["b.txt"]),
    "an environment variable": ("law.LocalFileTarget(os.path.join(os.environ['SURVEY_ROOT'], 'a.txt'))", ["a.txt"], []),
    "a condition": ("self.local_target('a.txt' if self.branch else 'a.txt')", ["a.txt"], ["b.txt"]),
}  # fmt: skip


@pytest.mark.parametrize("row", OUTPUTS)
def test_outputs_that_are_there_are_counted(row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    returned, fitting, others = OUTPUTS[row]
    head = "import os, pathlib\nimport law\nfrom framework import Base\nclass A(Base, law.LocalWorkflow):\n"
    project(tmp_path, {
        "framework.py": FRAMEWORK, "law.cfg": "",
        "t.py": f"{head}    def output(self):\n        return {returned}\n{BODY}",
        **{f"store/A/v1/{name}": "" for name in [*fitting, *others]}, "store/B/v1/a.txt": "",
    })  # fmt: skip
    monkeypatch.setenv("SURVEY_ROOT", str(tmp_path / "store/A/v1"))
    found = survey(tmp_path)
    assert task_of(found, "A").existing == len(fitting), task_of(found, "A").outputs
    assert found.adoptable == len(fitting)


@pytest.mark.parametrize("returned", ["self.input()", "law.LocalFileTarget(UNKNOWN)", "[]", "chosen(self)"])
def test_outputs_of_which_the_text_does_not_tell_the_path_are_not_counted(returned: str, tmp_path: Path):
    head = "import law\nfrom somewhere_else import UNKNOWN, chosen\nclass A(law.Task):\n"
    project(tmp_path, {"t.py": f"{head}    def output(self):\n        return {returned}\n{BODY}"})
    assert task_of(survey(tmp_path), "A").existing is None


def test_every_folder_of_outputs_is_listed_once(tmp_path: Path):
    tasks = "".join(
        f"class A{n}(Base):\n    def output(self):\n"
        f"        return law.LocalFileTarget(os.path.join(ROOT, 'a{n}_%s.txt' % self.version))\n{BODY}"
        for n in range(5)
    )
    files = {f"store/a{n}_{version}.txt": "" for n in range(5) for version in "xyz"}
    project(tmp_path, {"framework.py": FRAMEWORK, "t.py": f"import os, law\nfrom framework import *\n{tasks}", **files})
    listed: list[str] = []
    found = survey(tmp_path, listed.append)
    assert found.adoptable == 15
    assert listed.count(str(tmp_path / "store")) == 1
