"""What the survey finds in the text of a project, without importing any of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from converted import BODY, project, task_of
from projects import SmallProject

from caselaw.plan.survey import SurveyVerdict, survey


def changed(root: Path) -> list[str]:
    """Edits of base classes, as `file:line old→new`."""
    return [
        f"{edit.path.relative_to(root)}:{edit.line} {edit.old}→{edit.new}"
        for edit in survey(root).edits
        if not edit.new.startswith("import ")
    ]


BASES = {
    "an import": ({"t.py": f"import law\nclass A(law.Task):\n{BODY}"}, ["t.py:2 law.Task→caselaw.Task"]),
    "an import by another name": (
        {"t.py": f"import law as l\nclass A(l.Task):\n{BODY}"}, ["t.py:2 l.Task→caselaw.Task"]
    ),
    "a name that is imported": (
        {"t.py": f"from luigi import Task\nclass A(Task):\n{BODY}"}, ["t.py:2 Task→caselaw.Task"]
    ),
    "a name of law's modules": (
        {"t.py": f"import law.task.base\nclass A(law.task.base.Task):\n{BODY}"},
        ["t.py:2 law.task.base.Task→caselaw.Task"],
    ),
    "an alias": ({"t.py": f"import law\nBase = law.Task\nclass A(Base):\n{BODY}"}, ["t.py:2 law.Task→caselaw.Task"]),
    "an alias of another module": (
        {"base.py": "import law\nBase = law.Task\n", "t.py": f"from base import Base\nclass A(Base):\n{BODY}"},
        ["base.py:2 law.Task→caselaw.Task"],
    ),
    "a base of another package, on no path here": (
        {
            "src/frame/__init__.py": "from .inner import Base\n",
            "src/frame/inner.py": "import law\nclass Base(law.Task):\n    pass\n",
            "t.py": f"import frame\nclass A(frame.Base):\n{BODY}",
        },
        ["src/frame/inner.py:2 law.Task→caselaw.Task"],
    ),
    "a base by a relative import": (
        {
            "p/__init__.py": "", "p/base.py": "import law\nclass Base(law.Task):\n    pass\n",
            "p/q/__init__.py": "", "p/q/t.py": f"from ..base import Base\nclass A(Base):\n{BODY}",
        },
        ["p/base.py:2 law.Task→caselaw.Task"],
    ),
    "a base by a star": (
        {
            "base.py": "from law import *\nclass Base(Task):\n    pass\n",
            "t.py": f"from base import *\nclass A(Base):\n{BODY}",
        },
        ["base.py:2 Task→caselaw.Task"],
    ),
    "an import that may fail": (
        {"t.py": f"try:\n    import law\nexcept ImportError:\n    law = None\nclass A(law.Task):\n{BODY}"},
        ["t.py:5 law.Task→caselaw.Task"],
    ),
    "a workflow alone": (
        {"t.py": f"import law\nclass A(law.LocalWorkflow):\n{BODY}"}, ["t.py:2 law.LocalWorkflow→caselaw.Workflow"]
    ),
    "workflows of batch systems beside a base": (
        {"t.py": """
            import law
            law.contrib.load("htcondor")
            class Base(law.Task):
                pass
            class Condor(law.htcondor.HTCondorWorkflow):
                pass
            class A(Base, Condor, law.LocalWorkflow):
                def run(self):
                    pass
            """},
        ["t.py:4 law.Task→caselaw.Task"],
    ),
    "a sandbox alone": (
        {"t.py": f"import law\nclass A(law.SandboxTask):\n{BODY}"}, ["t.py:2 →, caselaw.Task"]
    ),
    "a task of law's contributions": (
        {"t.py": f"import law\nclass A(law.tasks.RunOnceTask):\n{BODY}"}, ["t.py:2 →, caselaw.Task"]
    ),
    "wrappers and external files alone stay as they are": (
        {"t.py": "import luigi\nclass A(luigi.WrapperTask):\n    pass\nclass B(luigi.ExternalTask):\n    pass\n"}, []
    ),
    "a generic base": (
        {"t.py": f"import law\nclass Base(law.Task):\n    pass\nclass A(Base[int]):\n{BODY}"},
        ["t.py:2 law.Task→caselaw.Task"],
    ),
    "a base over two lines": (
        {"t.py": f"import law\nclass A(\n    law.Task,\n    dict,\n):\n{BODY}"}, ["t.py:3 law.Task→caselaw.Task"]
    ),
    "letters of two bytes": (
        {"t.py": f"import law\nclass Größe(law.Task): pass\nclass A(Größe):\n{BODY}"}, ["t.py:2 law.Task→caselaw.Task"]
    ),
    "b2luigi, which need not be installed": (
        {"t.py": f"import b2luigi\nclass A(b2luigi.Task):\n{BODY}"}, ["t.py:2 b2luigi.Task→caselaw.Task"]
    ),
    "what is caselaw's already": ({"t.py": f"import caselaw\nclass A(caselaw.Task):\n{BODY}"}, []),
    "a copy of law in the project": (
        {
            "modules/law/task/base.py": "class Task(object):\n    pass\n", "modules/law/__init__.py": "",
            "t.py": f"import law\nclass A(law.Task):\n{BODY}",
        },
        ["t.py:2 law.Task→caselaw.Task"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "edits"), [pytest.param(*row, id=name) for name, row in BASES.items()])
def test_bases_are_followed_to_where_they_are_written(files: Mapping[str, str], edits: list[str], tmp_path: Path):
    project(tmp_path, files)
    assert changed(tmp_path) == edits
    assert any(task.name == "A" for task in survey(tmp_path).tasks)


def test_nothing_of_the_project_is_run(tmp_path: Path):
    trace = tmp_path / "trace"
    project(tmp_path, {"t.py": f"import law\nopen({str(trace)!r}, 'w')\nclass A(law.Task):\n{BODY}"})
    assert [task.name for task in survey(tmp_path).tasks] == ["A"]
    assert not trace.exists()


UNREADABLE = {
    "python2.py": (b"import law\nprint 'x'\n", 2),
    "half.py": (b"import law\nclass A(law.Task):\n", 2),
    "zeros.py": (b"a = 1\0\n", None),
    "latin.py": ("a = 'ö'\n".encode("latin-1"), None),
    "empty.ipynb": (b"", None),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_files_that_cannot_be_read_are_named_and_the_others_are_read(name: str, tmp_path: Path):
    content, line = UNREADABLE[name]
    project(tmp_path, {"t.py": f"import law\nclass A(law.Task):\n{BODY}"})
    (tmp_path / name).write_bytes(content)
    found = survey(tmp_path)
    assert [task.name for task in found.tasks] == ["A"]
    (unread,) = found.unread
    assert unread.path.name == name and unread.why
    assert line is None or unread.line == line


def test_a_class_with_a_base_that_is_not_found_is_named(tmp_path: Path):
    project(
        tmp_path, {"t.py": f"from elsewhere_not_here import Base\nclass A(Base):\n{BODY}class B(dict):\n    pass\n"}
    )
    found = survey(tmp_path)
    assert [(each.name, each.line, each.bases) for each in found.unknown] == [("A", 2, ("elsewhere_not_here.Base",))]
    assert found.tasks == ()


def test_environments_hidden_folders_and_circles_of_links_are_left_out(tmp_path: Path):
    text = f"import law\nclass A(law.Task):\n{BODY}"
    project(tmp_path, {"t.py": text, "venv/pyvenv.cfg": "", "venv/lib/u.py": text, ".git/v.py": text})
    (tmp_path / "again").symlink_to(tmp_path)
    assert [task.path.name for task in survey(tmp_path).tasks] == ["t.py"]


def test_names_of_b2luigi_are_lines(tmp_path: Path):
    project(tmp_path, {"t.py": """
        import b2luigi
        class A(b2luigi.Task):
            def output(self):
                yield self.add_to_output("out.txt")
            def run(self):
                open(self.get_output_file_name("out.txt"), "w")
        class Own(b2luigi.Task):
            def get_output_file_name(self, name):
                return name
            def run(self):
                open(self.get_output_file_name("out.txt"), "w")
        """})  # fmt: skip
    found = survey(tmp_path)
    assert [(finding.line, finding.verdict) for finding in task_of(found, "A").findings] == [
        (5, SurveyVerdict.LINE),
        (7, SurveyVerdict.LINE),
    ]
    assert task_of(found, "Own").verdict == SurveyVerdict.UNCHANGED


def test_classes_that_are_made_at_run_time_are_named(tmp_path: Path):
    project(tmp_path, {"t.py": """
        import law
        class Base(law.Task):
            n = law.Parameter(default=5)
        Made = type("Made", (Base,), {})
        Derived = Base.derive("Derived", cls_dict={"a": 1})
        Wrapped = wrapper_factory(base_cls=Base, enable=["x"])
        INSTANCE = Base(n="5")
        """})  # fmt: skip
    found = survey(tmp_path)
    made = [(task.name, task.line, task.verdict) for task in found.tasks if task.kind == "made at run time"]
    assert made == [
        ("Made", 5, SurveyVerdict.LINE),
        ("Derived", 6, SurveyVerdict.LINE),
        ("Wrapped", 7, SurveyVerdict.LINE),
    ]


# the command


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    made = SmallProject(tmp_path_factory.mktemp("small"))
    made.write("law.cfg", "")
    made.write("t.py", "import law, luigi\nclass A(law.Task):\n    n = luigi.Parameter(default=5)\n" + BODY)
    made.write("broken.py", "def\n")
    return made


def test_the_command_says_all_of_it(small: SmallProject):
    printed = small.caselaw("survey")
    for part in (
        "a line", "t.py:2: law.Task → caselaw.Task", "t.py:3: A: the default 5", "write luigi.IntParameter",
        "broken.py:1", "1 tasks in 2 files: 0 unchanged, 1 a line, 0 cannot", "1 files not read",
    ):  # fmt: skip
        assert part in printed


def test_json_has_all_of_it(small: SmallProject):
    document: dict[str, Any] = small.ask("survey", ".")
    (task,) = document["tasks"]
    assert (task["name"], task["line"], task["verdict"]) == ("A", 2, "a line")
    assert task["findings"][0]["edit"] == {
        "file": str(small.root / "t.py"), "line": 3, "column": 8, "old": "luigi.Parameter", "new": "luigi.IntParameter",
    }  # fmt: skip
    assert [edit["new"] for edit in document["edits"]] == ["import caselaw\n", "caselaw.Task"]
    assert document["summary"] == {"unchanged": 0, "a line": 1, "cannot": 0, "adoptable": 0}
    assert document["unread"][0]["file"].endswith("broken.py")


def test_a_file_alone_and_a_project_without_law_cfg(tmp_path: Path):
    project(
        tmp_path,
        {"t.py": f"import luigi\nclass A(luigi.Task):\n{BODY}", "u.py": f"import law\nclass B(law.Task):\n{BODY}"},
    )
    command = [str(Path(sys.executable).parent / "caselaw"), "survey", "t.py"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "t.py:2" in printed and "u.py" not in printed
    assert "there is no law.cfg" in printed
