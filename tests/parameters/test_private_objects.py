"""Private parameters may hold objects that a task makes of its other parameters; classes may get parameters later."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import luigi
import pytest
from projects import SmallProject

import caselaw
from caselaw.errors import TaskError

PRIVATE = luigi.parameter.ParameterVisibility.PRIVATE


@dataclass(eq=False)
class Shifts:
    names: set[str] = field(default_factory=set)


class Step:
    def __init__(self, name: str) -> None:
        self.name = name


class StepParameter(luigi.Parameter):
    def serialize(self, x: Any) -> str:
        return str(getattr(x, "name", x))


class Run(caselaw.Task):  # type: ignore[misc]
    exclude_index = True
    products = {"done": "txt"}
    step = luigi.Parameter(default="tight")
    step_inst = StepParameter(default=None, visibility=PRIVATE)
    known = luigi.Parameter(default=None, visibility=PRIVATE)

    @classmethod
    def modify_param_values(cls, params: Any) -> Any:
        params = super().modify_param_values(params)
        params["step_inst"] = params["step_inst"] or Step(params["step"])
        params["known"] = params["known"] or Shifts({"up", "down", params["step"]})
        return params

    def run(self) -> None: ...


def test_an_object_stays_what_it_is_and_counts_by_what_its_parameter_writes_for_it() -> None:
    task = Run()
    assert isinstance(task.step_inst, Step)
    assert task.significant_parameters["step_inst"] == [f"{__name__}.Step", "tight"]
    assert Run(step_inst=Step("loose")).significant_parameters["step_inst"] == [f"{__name__}.Step", "loose"]


def test_an_object_with_content_counts_by_it_in_whichever_order() -> None:
    found = [Run(known=Shifts(set(names))).significant_parameters["known"] for names in ("abc", "cba", "abd")]
    assert found[0] == found[1] != found[2]


def test_two_tasks_with_other_objects_are_two() -> None:
    one, other = Run(step_inst=Step("loose")), Run(step_inst=Step("tight"))
    assert one is not other
    assert one.task_id != other.task_id


def test_objects_are_no_texts_for_the_command_line() -> None:
    assert Run().readable_parameters == {"step": "tight"}


def test_what_nothing_tells_of_is_refused() -> None:
    with pytest.raises(TaskError, match="nothing says what the private parameter 'known' holds"):
        Run(known=object())


def test_plain_data_in_a_private_parameter_still_has_to_be_what_the_command_line_gives() -> None:
    with pytest.raises(TaskError, match="'known' would come back from the command line"):
        Run(known=("a", "b"))


WORK = """\
import caselaw
import law
import luigi


class Step:
    def __init__(self, name):
        self.name = name
        self.lock = lambda: None  # cannot be sent anywhere

    def text(self):
        return self.name + "!"


class StepParameter(luigi.Parameter):
    def serialize(self, x):
        return getattr(x, "name", x)


class Base(caselaw.Task):
    step = luigi.Parameter(default="tight")
    step_inst = StepParameter(default=None, visibility=luigi.parameter.ParameterVisibility.PRIVATE)

    @classmethod
    def modify_param_values(cls, params):
        params = super().modify_param_values(params)
        params["step_inst"] = params["step_inst"] or Step(params["step"])
        return params

    def run(self):
        self.output()["text"].dump(self.step_inst.text(), formatter="text")


class Events(Base, law.LocalWorkflow):
    products = {"text": "txt"}

    def upstream(self):
        return caselaw.over(range(2))


class Other(caselaw.Task):
    products = {"text": "txt"}

    def upstream(self):
        return {"events": caselaw.whole(Events(step="tight", step_inst=Step("loose")))}

    def run(self):
        self.output()["text"].touch()
"""


def test_a_workflow_makes_its_objects_again_in_the_pool(project: SmallProject) -> None:
    project.write("work.py", WORK)
    project.run("work.Events")
    assert {(project.root / "data" / path).read_text() for path in project.made("Events")} == {"tight!"}
    project.ask("status", "work.Events")
    project.write("work.py", WORK.replace('"!"', '"?"'))
    assert project.ask("status", "work.Events", code=1)["tasks"][0]["state"] == "stale"


def test_an_object_that_another_process_would_not_make_is_refused(project: SmallProject) -> None:
    project.write("work.py", WORK)
    printed = project.run("work.Other", code=None)
    assert "the private parameter 'step_inst' was given" in printed
    assert not project.made("Events")


LATER = """
import luigi
import caselaw


class Base(caselaw.Task):
    def run(self): ...


class Wrapped(Base):
    taken = luigi.Parameter(default="a")


found = dict(Wrapped.get_params())
size = luigi.IntParameter(default=3)
size.__set_name__(Base, "size")
Base.size = size
Wrapped.taken = None
print(sorted(set(dict(Wrapped.get_params())) ^ set(found)), Wrapped().size)
"""


def test_a_parameter_may_come_or_go_after_the_class_was_asked_for_them() -> None:
    done = subprocess.run([sys.executable, "-c", LATER], capture_output=True, text=True, check=True)
    assert done.stdout == "['size', 'taken'] 3\n"
