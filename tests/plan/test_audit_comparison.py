"""The audit runs a branch again with only what its fingerprint counts, and names the statements that it lacks then.

The closures here are blind to some symbols: what the closure counts today must be found without its help.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselaw.plan.audit.comparison import compare
from caselaw.plan.audit.uncounted import Statement, leave_out, uncounted_statements
from caselaw.plan.audit.variations import Variation, without_statement

WORK = """
import caselaw, luigi
import steps, setting, plugins
from unused import ignored

DEFAULT = 3
VALUES = ["a", "b"]

class Base(caselaw.Workflow):
    products = {"n": "txt"}
    number = luigi.IntParameter(default=DEFAULT)
    def upstream(self):
        return caselaw.over(VALUES)

class Count(Base):
    def run(self):
        with self.publish() as out:
            out["n"].write_text(str(steps.step(self.number)))
"""
STEPS = """
import options

def step(number):
    return [number * options.SCALE["x"], options.SETTINGS.pt, sorted(options.REGISTRY), [f(2) for f in options.LIST]]
"""
OPTIONS = """
class Settings:
    pt = 1
    def unused(self):
        return 2

SETTINGS = Settings()
SCALE = {"x": 2}
REGISTRY = {}
LIST = []
NOBODY_USES_IT = 5
"""
SETTING = """
from options import SETTINGS, SCALE
import options

alias = SETTINGS
alias.pt = 30
SCALE.update(x=7)
unrelated = [1, 2, 3]
unrelated.append(4)
"""
PLUGINS = """
from options import LIST, REGISTRY

def add(name):
    def put(function):
        REGISTRY[name] = function
        return function
    return put

@add("muons")
def muons(x):
    return x

def square(x):
    return x * x

_ = LIST.append(square)
"""
SCRIPT = """
import dataclasses, json, sys
import work
from caselaw.plan.audit import audit, report
report.counts = lambda *_: False
task = work.Count()
symbols = {name: symbol for name, symbol in task.code_closure.symbols.items()
           if not name.startswith(tuple(json.loads(sys.argv[1])))}
task.__dict__["code_closure"] = dataclasses.replace(task.code_closure, symbols=symbols)
print(json.dumps(dataclasses.asdict(audit(task))))
"""


def write(project: Any, **changed: str) -> None:
    texts = {
        "work": WORK,
        "steps": STEPS,
        "options": OPTIONS,
        "setting": SETTING,
        "plugins": PLUGINS,
        "unused": "ignored = 1\n",
    }
    for name, text in (texts | changed).items():
        project.write(f"{name}.py", text)


def audited(project: Any, *blind: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, json.dumps(blind)], cwd=project.root,
        env=project.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["failure"] is None
    return answer


def test_statements_in_other_modules_that_change_the_result_are_named(project: Any) -> None:
    write(project)
    answer = audited(project, "setting.", "plugins.")
    found = [f"{one['where']} {one['name']}" for one in answer["undeclared"] if one["kind"] == "statement"]
    assert found == [
        "plugins.py:10 muons", "plugins.py:17 _", "setting.py:6 alias.pt = 30", "setting.py:7 SCALE.update(x=7)",
    ]  # fmt: skip


def test_what_the_closure_counts_is_enough(project: Any) -> None:
    write(project, setting=SETTING.replace("alias", "SETTINGS").replace("SETTINGS = SETTINGS", ""))
    done = project.caselaw("audit", "work.Count", "--json", code=0)
    assert json.loads(done)["undeclared"] == []


def test_docstrings_annotations_and_the_order_of_imports_that_matter_are_named(project: Any) -> None:
    write(
        project,
        work=WORK.replace("import steps, setting, plugins\n", "import first\nimport second\nimport steps\n"),
        first="from options import LIST\nLIST.append(abs)\n",
        second="from options import LIST\nLIST.append(float)\n",
        steps="""
            import typing
            import options, helpers

            def step(number):
                texts = getattr(helpers.documented, "__doc" + "__"), list(typing.get_type_hints(helpers.annotated))
                return [number, texts, [f(-2) for f in options.LIST]]
        """,
        helpers='''
            """Nobody reads this."""
            def documented():
                """Read elsewhere."""

            def annotated(x: int, y) -> float: ...
        ''',
    )  # fmt: skip
    answer = audited(project)
    found = {(one["kind"], one["name"]) for one in answer["undeclared"] if one["kind"] != "statement"}
    assert found == {("docstring", "helpers"), ("annotation", "helpers"), ("import order", "work")}


def test_a_task_that_makes_something_else_each_time_is_not_compared(project: Any) -> None:
    write(project, steps="import os, options\n\ndef step(number):\n    return os.urandom(8), options.SETTINGS.pt\n")
    answer = audited(project, "setting.")
    assert answer["undeclared"] == []
    assert "different outputs" in answer["not_compared"]


def statements(tmp_path: Path, text: str, counted: list[tuple[int, int]], *tasks: str) -> list[str]:
    path = tmp_path / "module.py"
    path.write_text(text)
    found = uncounted_statements([str(path)], {str(path): tuple(counted)}, {str(path): frozenset(tasks)})
    return [statement.name for statement in found]


def test_what_parameters_and_upstream_mention_stays(tmp_path: Path) -> None:
    text = "A = 1\nB = A\nC = 2\nclass T:\n    x = Parameter(B)\n    def run(self):\n        return 1\n"
    assert statements(tmp_path, text, [(4, 4), (6, 7)], "T") == ["C"]


def test_members_of_a_class_that_do_not_count_are_left_out_and_the_class_stays(tmp_path: Path) -> None:
    text = "class T:\n    x = 1\n    def run(self):\n        return 1\n    def other(self):\n        return 2\n"
    assert statements(tmp_path, text, [(1, 1), (2, 2), (3, 4)]) == ["other"]


def test_what_is_left_out_can_be_imported_and_not_used(tmp_path: Path) -> None:
    statement = Statement(str(tmp_path / "m.py"), 2, 2, "b")
    tree = ast.parse("a = 1\nb = 2\nb_again = a\n")
    leave_out(tree, [statement])
    names: dict[str, Any] = {}
    exec(compile(tree, "m", "exec"), names)
    assert names["b_again"] == 1
    with pytest.raises(TypeError, match="does not count"):
        names["b"]()


def variation(line: int, bound: str, mentions: str = "") -> Variation:
    statement = Statement("m.py", line, line, bound, frozenset(bound), frozenset(mentions))
    return without_statement(statement)


@given(st.sets(st.integers(0, 30)), st.integers(1, 31))
def test_the_variations_that_matter_are_found_one_by_one(guilty: set[int], total: int) -> None:
    guilty = {number for number in guilty if number < total}
    every = [variation(number, chr(200 + number)) for number in range(total)]

    def run(part: Sequence[Variation]) -> dict[str, str]:
        return {"n": str(sorted({each.line for each in part} & guilty))}

    found = compare(run(()), every, lambda part: False, run)
    blamed = [each.line for each in found.culprits]
    assert guilty <= set(blamed)
    assert len(guilty) > 2 or blamed == sorted(guilty)


def test_what_the_fingerprint_counts_is_no_finding() -> None:
    every = [variation(number, chr(200 + number)) for number in range(4)]
    counted = lambda part: any(each.line == 2 for each in part)  # noqa: E731
    found = compare({"n": "[]"}, every, counted, lambda part: {"n": str([e.line for e in part if e.line in (2, 3)])})
    assert [each.line for each in found.culprits] == [3]


def test_a_name_is_not_to_blame_for_what_is_done_with_it() -> None:
    every = [variation(1, "a"), variation(2, "", "a")]
    found = compare({"n": "all"}, every, lambda part: False, lambda part: {"n": "less"} if part else {"n": "all"})
    assert [each.line for each in found.culprits] == [2]
