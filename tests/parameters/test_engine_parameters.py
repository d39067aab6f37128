"""What says how and where a task runs never counts; a parameter of the user's own does, whatever its name."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from itertools import count
from typing import Any

import law
import luigi
import pytest

import caselaw
from caselaw.errors import TaskError
from caselaw.parameters import counted_names
from caselaw.parameters.engine import engine_parameter

numbers = count()

WORKFLOWS = ("htcondor", "slurm", "lsf", "arc", "glite", "cms")
OF_CONTENT = {
    "tree_index",
    "tree_depth",
    "exclude_files",
    "include_files",
    "custom_checksum",
    "source_path",
    "replicas",
}
"""Significant parameters of law's own tasks that say what these make."""


def made(*bases: type, **members: Any) -> Any:
    """A task class of a family of its own, in a module of the user's."""
    return type(bases[0])(f"Own{next(numbers)}", bases, {"__module__": __name__, **members})


def classes_of_law() -> list[type]:
    """All of law's task classes that define parameters."""
    law.contrib.load(*WORKFLOWS, "git", "mercurial", "tasks")
    importlib.import_module("law.contrib.cms.tasks")

    def below(cls: type) -> Iterator[type]:
        for child in cls.__subclasses__():
            yield child
            yield from below(child)

    found = dict.fromkeys(below(luigi.Task))
    return [cls for cls in found if cls.__module__.startswith("law.") and parameters_of(cls)]


def parameters_of(cls: type) -> dict[str, luigi.Parameter]:
    return {name: found for name, found in vars(cls).items() if isinstance(found, luigi.Parameter)}


def test_every_significant_parameter_of_law_is_known_for_what_it_is():
    significant = {
        (cls.__name__, name): engine_parameter(cls, name) is not None
        for cls in classes_of_law()
        for name, parameter in parameters_of(cls).items()
        if parameter.significant and cls.__name__ != "ProxyTask"
    }
    assert {name for (_, name), how in significant.items() if not how} == OF_CONTENT
    assert {name for (_, name), how in significant.items() if how} == {
        "workflow", "effective_workflow", "branch", "branches", "cancel_jobs", "cleanup_jobs", "sandbox", "wrap_once",
    }  # fmt: skip


@pytest.mark.parametrize("name", [*WORKFLOWS[:-1], "crab"])
def test_parameters_of_batch_systems_do_not_count(name: str):
    classes_of_law()
    (batch,) = [cls for cls in all_workflows() if cls.workflow_proxy_cls.workflow_type == name]
    cls = made(caselaw.Workflow, batch, n=luigi.IntParameter(default=1))
    assert set(cls.get_param_names()) > {"cancel_jobs", "cleanup_jobs", "workflow", "branches", "walltime"} - {
        "walltime"
    }
    assert counted_names(cls) == ("n",)


def all_workflows() -> list[Any]:
    return [cls for cls in classes_with_proxy(law.BaseWorkflow) if cls.__module__.startswith("law.contrib.")]


def classes_with_proxy(cls: Any) -> list[Any]:
    found = [c for child in cls.__subclasses__() for c in classes_with_proxy(child)]
    own = [cls] if "workflow_proxy_cls" in vars(cls) and cls.workflow_proxy_cls.workflow_type else []
    return list(dict.fromkeys([*own, *found]))


@pytest.mark.parametrize("name", ["campaign", "branch", "branches", "workflow", "sandbox", "acceptance", "tolerance"])
def test_own_parameter_of_a_task_counts_whatever_its_name(name: str):
    cls = made(caselaw.Task, **{name: luigi.Parameter(default="a")})
    assert counted_names(cls) == (name,)
    one, two = cls(), cls(**{name: "b"})
    assert one.significant_parameters == {name: "a"}
    assert two.readable_parameters == {name: "b"}
    assert one.seed != two.seed


@pytest.mark.parametrize("name", ["campaign", "sandbox"])
def test_own_parameter_of_a_workflow_counts_where_law_has_none_of_that_name(name: str):
    cls = made(caselaw.Workflow, **{name: luigi.Parameter(default="a")})
    assert counted_names(cls) == (name,)


def test_sandbox_of_law_does_not_count_by_its_name():
    cls = made(caselaw.Task, law.SandboxTask, sandbox=luigi.Parameter(default="venv::a"))
    assert counted_names(cls) == ()


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("workflow", law.Parameter(default="local")),
        ("branches", law.MultiRangeParameter(default=((0, 1),))),
        ("tolerance", luigi.FloatParameter(default=0.5, significant=False)),
        ("pilot", luigi.BoolParameter(default=True, significant=False)),
    ],
)
def test_another_default_for_a_parameter_of_laws_is_still_laws(name: str, parameter: luigi.Parameter):
    assert counted_names(made(caselaw.Workflow, **{name: parameter})) == ()
    mixin = type("Mixin", (), {name: parameter, "__module__": __name__})
    assert counted_names(type(caselaw.Workflow)("OwnBase", (mixin, caselaw.Workflow), {"__module__": __name__})) == ()


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("branch", luigi.Parameter(description="a branch of git")),
        ("branches", luigi.ListParameter(default=["pt", "eta"], description="branches of a tree")),
        ("branches", law.CSVParameter(default=("pt", "eta"))),
    ],
)
def test_something_else_under_a_name_that_law_needs_is_refused(name: str, parameter: luigi.Parameter):
    with pytest.raises(TaskError, match=f"'{name}' counts here, but law uses it .* declare it as law does"):
        made(caselaw.Workflow, **{name: parameter})
    assert counted_names(made(caselaw.Task, **{name: parameter})) == (name,)


@pytest.mark.parametrize("name", ["acceptance", "tolerance", "pilot"])
def test_physics_under_a_name_that_law_uses_is_refused(name: str):
    with pytest.raises(TaskError, match=rf"'{name}' counts here, but law uses it .* call it otherwise"):
        made(caselaw.Workflow, **{name: luigi.FloatParameter(default=0.5)})
    mixin = type("Mixin", (), {name: luigi.FloatParameter(default=0.5), "__module__": __name__})
    with pytest.raises(TaskError, match=f"'{name}' counts here"):
        made(type(caselaw.Workflow)("Base", (caselaw.Workflow,), {"__module__": __name__}), **{name: vars(mixin)[name]})
    with pytest.raises(TaskError, match=f"'{name}' counts here"):
        type(caselaw.Workflow)(f"Own{next(numbers)}", (mixin, caselaw.Workflow), {"__module__": __name__})


def test_walltime_that_would_count_is_refused_with_what_to_do():
    law.contrib.load("htcondor")
    bases = (caselaw.Workflow, law.htcondor.HTCondorWorkflow)
    with pytest.raises(TaskError, match=r"walltime.*significant=False"):
        made(*bases, walltime=law.DurationParameter(default=2.0, unit="h"))
    hours = law.DurationParameter(default=2.0, unit="h", significant=False)
    assert counted_names(made(*bases, walltime=hours)) == ()


def test_interactive_parameters_and_notifications_do_not_count():
    cls = made(caselaw.Task, notify=law.NotifyMailParameter(), n=luigi.IntParameter(default=1))
    assert counted_names(cls) == ("n",)
    assert {"print_status", "fetch_output", "log_file", "verify_inputs"} < dict(cls.get_params()).keys()


def test_campaign_of_caselaws_own_does_not_count_and_a_users_does():
    given = made(caselaw.Task, config_keys=("selection",))
    assert "campaign" in dict(given.get_params())
    assert counted_names(given) == ()
    assert counted_names(made(given)) == ()
    own = made(caselaw.Task, config_keys=("selection",), campaign=luigi.Parameter(default="run2017"))
    assert counted_names(own) == ("campaign",)


def test_own_campaign_that_is_not_given_is_no_campaign_of_the_project():
    cls = made(caselaw.Task, campaign=luigi.Parameter(default=law.NO_STR))
    assert cls().significant_parameters == {"campaign": "NO_STR"}


def test_members_of_caselaw_stay_refused():
    with pytest.raises(TaskError, match="'fingerprint' is a name of caselaw itself"):
        made(caselaw.Task, fingerprint=luigi.Parameter(default="x"))


def test_positions_count_the_parameters_of_the_task_itself():
    cls = made(caselaw.Task, n=luigi.IntParameter(), name=luigi.Parameter(default="x"), run=lambda self: None)
    assert (cls(3).n, cls(3, "y").name, cls(3, name="z").name) == (3, "y", "z")
    assert cls(3) == cls(n=3) and not cls(3).verify_inputs
    with pytest.raises(luigi.parameter.UnknownParameterException):
        cls(3, "y", True)
    with pytest.raises(luigi.parameter.DuplicateParameterException):
        cls(3, n=4)
