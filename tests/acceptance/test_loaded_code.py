"""What is hashed is what runs: another checkout, old code in memory, edits while a workflow runs, caches."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from loaded_project import OTHER_CHECKOUTS, RIGHT_SET_UPS, checkout
from projects import SmallProject

REFUSED = 30
"""Exit status of `law run` after a task that failed."""


def values(project: SmallProject, family: str = "Step") -> list[str]:
    """What the published outputs hold."""
    return sorted((project.root / "data" / path).read_text() for path in project.made(family))


def python(project: SmallProject, script: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a script in the project."""
    project.write("script.py", script)
    return subprocess.run(
        [sys.executable, "script.py"], cwd=project.root, env=project.environment(**extra),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


# Another checkout


@pytest.mark.parametrize("arrange", OTHER_CHECKOUTS, ids=lambda arrange: arrange.__name__)
def test_code_of_another_checkout_is_refused_with_both_files(arrange: Any, tmp_path: Path):
    first, second = checkout(tmp_path / "first", 1), checkout(tmp_path / "second", 2)
    path = arrange(first.root, second.root)
    printed = second.run("flow.work.Step", code=REFUSED, PYTHONPATH=path)
    (line,) = {line for line in printed.splitlines() if "LoadedElsewhere" in line}
    assert str(second.root / "physics" / "cuts.py") in line
    assert line.count("physics/cuts.py") == 2 or "cuts.pyc" in line
    assert second.made("Step") == set()


@pytest.mark.parametrize("arrange", RIGHT_SET_UPS, ids=lambda arrange: arrange.__name__)
def test_what_comes_from_the_hashed_file_runs(arrange: Any, tmp_path: Path):
    first, second = checkout(tmp_path / "first", 1), checkout(tmp_path / "second", 2)
    path = arrange(first.root, second.root)
    second.run("flow.work.Step", PYTHONPATH=path)
    assert values(second) == ["2", "2", "2"]


@pytest.mark.parametrize("arguments", [("--branch", "0"), ("--workflow", "local")], ids=lambda words: words[0])
def test_another_checkout_is_refused_in_this_process_too(arguments: tuple[str, ...], tmp_path: Path):
    first, second = checkout(tmp_path / "first", 1), checkout(tmp_path / "second", 2)
    printed = second.run("flow.work.Step", *arguments, code=REFUSED, PYTHONPATH=f"{first.root}:{second.root}")
    assert "LoadedElsewhere" in printed
    assert second.made("Step") == set()


def test_questions_are_answered_and_say_which_file_is_another(tmp_path: Path):
    first, second = checkout(tmp_path / "first", 1), checkout(tmp_path / "second", 2)
    for question in ("status", "fingerprint"):
        done = subprocess.run(
            [str(Path(sys.executable).parent / "caselaw"), question, "flow.work.Step"], cwd=second.root,
            env=second.environment(PYTHONPATH=f"{first.root}:{second.root}"), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert str(first.root / "physics" / "cuts.py") in done.stderr
        assert str(second.root / "physics" / "cuts.py") in done.stderr
        assert "Traceback" not in done.stderr


# Old code in memory

BUILD = """
def build(task):
    import luigi
    print("built", luigi.build([task], local_scheduler=True, log_level="ERROR"))
def edit(name, old, new):
    from pathlib import Path
    text = Path(name).read_text()
    assert old in text
    Path(name).write_text(text.replace(old, new))
"""

NOTEBOOKS = {
    "a helper of the task": """
        from flow.early import Early
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        build(Early())
    """,
    "the task itself": """
        from flow.early import Early
        edit("flow/early.py", "FACTOR = 1", "FACTOR = 2")
        build(Early())
    """,
    "a helper that was imported before caselaw": """
        import physics.cuts
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        from flow.early import Early
        build(Early())
    """,
    "a helper, edited before caselaw took its first note": """
        import physics.cuts
        edit("physics/cuts.py", "CUT = 1", "CUT = int('2')")
        import caselaw
        from flow.early import Early
        build(Early())
    """,
    "a helper that was loaded anew": """
        from flow.early import Early
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        import importlib, physics.cuts
        importlib.reload(physics.cuts)
        build(Early())
    """,
    "a helper that was removed from memory and imported again": """
        from flow.early import Early
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        import sys
        del sys.modules["physics.cuts"]
        import physics.cuts
        build(Early())
    """,
    "a helper that was removed from memory": """
        from flow.early import Early
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        import sys
        del sys.modules["physics.cuts"]
        build(Early())
    """,
    "the class from before its module was loaded anew": """
        from flow.early import Early
        edit("flow/early.py", "FACTOR = 1", "FACTOR = 2")
        import importlib, flow.early
        importlib.reload(flow.early)
        build(Early())
    """,
    "one branch in this process": """
        from flow.work import Step
        import physics.cuts
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        try:
            Step(branch=0).run()
        except Exception as error:
            print("built False", type(error).__name__, error)
    """,
    "after it was counted": """
        from flow.early import Early
        task = Early()
        task.fingerprint
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        import sys
        for name in ("physics.cuts", "physics"):
            del sys.modules[name]
        build(task)
    """,
}

EARLY = """
    import caselaw
    from physics.cuts import number
    FACTOR = 1
    class Early(caselaw.Task):
        products = {"n": "txt"}
        def run(self):
            with self.publish() as out:
                out["n"].write_text(str(FACTOR * number()))
"""


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_session_that_holds_old_code_publishes_nothing(name: str, tmp_path: Path):
    project = checkout(tmp_path / "first", 1)
    project.write("flow/early.py", EARLY)
    done = python(project, BUILD + textwrap.dedent(NOTEBOOKS[name]))
    assert "built False" in done.stdout, done.stdout + done.stderr
    assert "SourceChanged" in done.stdout + done.stderr
    assert project.made("Early") | project.made("Step") == set()


HARMLESS = {
    "a comment": 'edit("physics/cuts.py", "CUT = 1", "CUT = 1  # GeV")',
    "a function that the task does not reach": 'edit("physics/cuts.py", "CUT = 1", "CUT = 1\\ndef other(): return 7")',
    "an edit that is taken back": """
        edit("physics/cuts.py", "CUT = 1", "CUT = 2")
        edit("physics/cuts.py", "CUT = 2", "CUT = 1")
    """,
    "a touch": """
        import os
        for name in ("flow/__init__.py", "flow/early.py", "physics/cuts.py"):
            os.utime(name)
    """,
    "the class from after its module was loaded anew": """
        edit("flow/early.py", "FACTOR = 1", "FACTOR = 3 - 2")
        import importlib, flow.early
        importlib.reload(flow.early)
        from flow.early import Early
    """,
    "a comment, and the helper loaded anew": """
        edit("physics/cuts.py", "CUT = 1", "CUT = 1  # GeV")
        import importlib, physics.cuts
        importlib.reload(physics.cuts)
    """,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_session_goes_on_after_an_edit_that_does_not_concern_the_task(name: str, tmp_path: Path):
    project = checkout(tmp_path / "first", 1)
    project.write("flow/early.py", EARLY)
    edits = textwrap.dedent(HARMLESS[name])
    done = python(project, f"{BUILD}\nfrom flow.early import Early\n{edits}\nbuild(Early())\n")
    assert "built True" in done.stdout, done.stdout + done.stderr
    assert values(project, "Early") == ["1"]


def test_workers_of_a_session_run_what_was_edited_between_two_runs(tmp_path: Path):
    project = checkout(tmp_path / "first", 1)
    project.write("flow/work.py", (project.root / "flow" / "work.py").read_text().replace("Workflow)", "Workflow)"))
    script = """
from flow.work import Step
import luigi
class Other(Step):
    pass
build(Step())
edit("physics/cuts.py", "CUT = 1", "CUT = 2")
luigi.task.Register.clear_instance_cache()
build(Step())
"""
    done = python(project, BUILD + script)
    assert done.stdout.count("built True") == 2, done.stdout + done.stderr
    assert values(project) == ["1", "1", "1", "2", "2", "2"]


def test_a_script_with_the_task_in_itself_runs_and_refuses_its_own_edit(tmp_path: Path):
    project = checkout(tmp_path / "first", 1)
    script = (
        BUILD
        + textwrap.dedent(EARLY)
        + "\nimport sys\nif sys.argv[1:]:\n    edit('script.py', 'FACTOR = 1', 'FACTOR = 3')\n"
    )
    done = python(project, script + "build(Early())\n")
    assert "built True" in done.stdout, done.stdout + done.stderr
    before = project.made("Early")
    done = subprocess.run(
        [sys.executable, "script.py", "edit"], cwd=project.root, env=project.environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "built False" in done.stdout
    assert project.made("Early") == before


@pytest.mark.parametrize("edited", ["physics/cuts.py", "flow/early.py", "flow/before.py"])
def test_an_edit_while_law_starts_counts(edited: str, tmp_path: Path):
    """The module `meddling`, which is not of the project, edits a file of it while it is being imported."""
    project = checkout(tmp_path / "first", 1)
    old, new = ("CUT = 1", "CUT = 20") if "cuts" in edited else ("FACTOR = 1", "FACTOR = 20")
    project.write("flow/before.py", "FACTOR = 1\nOFTEN = len('a')\n")
    early = EARLY.replace("import caselaw", "from flow.before import FACTOR as OTHER\n    import caselaw", 1)
    project.write(
        "flow/early.py",
        early.replace("str(FACTOR", "str(OTHER * FACTOR").replace("FACTOR = 1", "import meddling\n    FACTOR = 1"),
    )
    meddling = tmp_path / "lib" / "site-packages" / "meddling.py"
    meddling.parent.mkdir(parents=True)
    meddling.write_text(
        f"from pathlib import Path\npath = Path({str(project.root / edited)!r})\n"
        f"if {old!r} in path.read_text():\n    path.write_text(path.read_text().replace({old!r}, {new!r}))\n"
    )
    project.run("flow.early.Early", PYTHONPATH=f"{project.root}:{meddling.parent}")
    assert values(project, "Early") == ["20"]


# An edit while a workflow runs

RUNNING = """
    import caselaw
    %s
    class Step(caselaw.Workflow):
        products = {"n": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(6))}
        def run(self):
            from pathlib import Path
            if self.branch == 1:
                path = Path("physics/cuts.py")
                path.write_text(path.read_text().replace("CUT = 1", "CUT = 2"))
            from physics.cuts import number
            with self.publish() as out:
                out["n"].write_text(str(number()))
"""


def one_worker(project: SmallProject) -> None:
    path = project.root / "law.cfg"
    path.write_text(path.read_text().replace("workers: 2", "workers: 1"))


def test_branches_whose_code_was_imported_before_an_edit_are_published(tmp_path: Path):
    project = checkout(tmp_path / "first", 1)
    one_worker(project)
    project.write("flow/work.py", RUNNING % "import physics.cuts")
    project.run("flow.work.Step")
    assert values(project) == ["1"] * 6
    project.run("flow.work.Step")
    assert values(project) == ["1"] * 6 + ["2"] * 6


def test_an_edit_before_a_module_is_imported_stops_the_workflow_with_one_message(tmp_path: Path):
    project = checkout(tmp_path / "first", 1)
    late = RUNNING.replace("if self.branch == 1", "if self.branch == 0").replace(
        "with self", "print('began')\n            with self"
    )
    one_worker(project)
    project.write("flow/work.py", late % "")
    printed = project.run("flow.work.Step", code=REFUSED)
    assert printed.count("SourceChanged") == 1
    assert "stopped with 0 of 6 branches published" in printed
    assert printed.count("began") == 1, printed
    project.run("flow.work.Step")
    assert values(project) == ["2"] * 6


# Caches that key on less than the closure

KERNEL = """
    from numba import njit
    from physics.cuts import CUT
    @njit(cache=True)
    def scaled(x):
        return x * CUT
"""
COMPILED = """
    import caselaw
    %s
    class Step(caselaw.Workflow):
        products = {"n": "txt"}
        def upstream(self):
            return {"value": caselaw.over(["only"])}
        def run(self):
            from physics.kernel import scaled
            with self.publish() as out:
                out["n"].write_text(f"{scaled(1)} {sum(scaled.stats.cache_hits.values())}")
"""
BEFORE = "from physics.kernel import scaled"


@pytest.mark.parametrize(
    ("imports", "arguments"),
    [
        ("import caselaw", ()),
        (f"{BEFORE}\n    import caselaw", ()),
        (f"{BEFORE}\n    import caselaw", ("--branch", "0")),
    ],
    ids=["in a worker", "before caselaw, in a worker", "before caselaw, in this process"],
)
def test_machine_code_follows_a_constant_of_another_file(imports: str, arguments: tuple[str, ...], tmp_path: Path):
    project = checkout(tmp_path / "first", 1)
    helper = project.write("physics/cuts.py", "CUT = 100\nOTHER = 1\n")
    project.write("physics/kernel.py", KERNEL)
    project.write("flow/work.py", COMPILED.replace("import caselaw\n    %s", imports))
    project.run("flow.work.Step", *arguments)
    helper.write_text(helper.read_text().replace("100", "990"))
    project.run("flow.work.Step", *arguments)
    assert values(project) == ["100 0", "990 0"]
    helper.write_text(helper.read_text().replace("OTHER = 1", "OTHER = 2"))
    for path in project.made("Step"):
        (project.root / "data" / path).unlink()
    project.run("flow.work.Step", *arguments)
    assert values(project) == ["990 1"]
