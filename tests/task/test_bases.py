"""Which class of caselaw a task is follows from its bases, in whichever order they are written."""

from __future__ import annotations

import itertools

import law
import luigi
import pytest

import caselaw
from caselaw.task.bases import runs

law.contrib.load("tasks", "htcondor", "slurm")


class Base(caselaw.Task):
    """A project's base of all tasks."""


class Htcondor(law.htcondor.HTCondorWorkflow):
    """A project's own ways of htcondor."""


class Verbose:
    """A mixin that is no task."""

    def run(self):
        return "verbose"


def made(*bases, **members):
    return type(caselaw.Task)("Made", bases, {"__module__": __name__, **members})


WORKFLOWS = [caselaw.Workflow, law.LocalWorkflow, Htcondor, law.slurm.SlurmWorkflow, law.tasks.ForestMerge]
MIXINS = [law.WrapperTask, law.ExternalTask, law.SandboxTask, law.tasks.RunOnceTask, law.tasks.TransferLocalFile]


@pytest.mark.parametrize("workflow", WORKFLOWS)
@pytest.mark.parametrize("base", [Base, caselaw.Task])
def test_a_task_with_a_workflow_is_a_workflow(base, workflow):
    for bases in itertools.permutations((base, workflow)):
        try:
            cls = made(*bases)
        except TypeError:
            assert bases == (caselaw.Task, caselaw.Workflow)  # no order for Python itself
            continue
        assert issubclass(cls, caselaw.Workflow)
        assert cls.output is (workflow.output if workflow is law.tasks.ForestMerge else caselaw.Workflow.output)
        assert "pool" in {k.workflow_proxy_cls.workflow_type for k in cls.__mro__ if hasattr(k, "workflow_proxy_cls")}


@pytest.mark.parametrize("mixin", MIXINS)
@pytest.mark.parametrize("base", [Base, caselaw.Task])
def test_what_is_mixed_in_keeps_its_say(base, mixin):
    said = [name for name in ("output", "run", "complete", "requires") if name in vars(mixin)]
    for bases in itertools.permutations((base, mixin)):
        cls = made(*bases)
        for name in said:
            assert getattr(cls, name) is getattr(mixin, name)
        assert issubclass(cls, caselaw.Task)


def test_of_a_project_the_nearest_class_is_asked_and_then_the_engine():
    cls = made(Base, Verbose, law.LocalWorkflow)
    assert cls.run is Verbose.run
    order = [k.__name__ for k in cls.__mro__]
    assert order.index("Verbose") < order.index("Workflow") < order.index("LocalWorkflow")
    below = made(cls, run=lambda self: super(cls, self).run())
    assert issubclass(below, caselaw.Workflow) and below.__mro__[1] is cls


def test_workflow_types_of_all_bases_are_there_and_the_first_is_the_default():
    cls = made(Base, Htcondor, law.slurm.SlurmWorkflow, law.LocalWorkflow)
    found = {name: cls.find_workflow_cls(name) for name in ("htcondor", "slurm", "pool", "local")}
    assert len(set(found.values())) == 4
    assert cls.find_workflow_cls().workflow_proxy_cls.workflow_type == "htcondor"
    assert made(Base, law.LocalWorkflow).find_workflow_cls().workflow_proxy_cls.workflow_type == "pool"


def test_a_base_without_run_is_none_to_be_listed_and_wrappers_have_nothing_to_do():
    assert Base.exclude_index and made(Base).exclude_index
    assert not made(Base, run=lambda self: None).exclude_index and not made(Base, Verbose).exclude_index
    assert not made(Base, law.WrapperTask).exclude_index
    assert not runs(Base)
    assert not runs(made(Base, law.WrapperTask)) and not runs(made(Base, law.ExternalTask))
    assert runs(made(Base, Verbose))


def test_campaign_and_other_words_may_be_parameters():
    names = ("config", "store", "location", "project", "campaign", "components", "published", "yields", "publish")
    cls = made(Base, run=lambda self: None, **{name: luigi.Parameter(default=name) for name in names})
    task = cls()
    assert [getattr(task, name) for name in names] == list(names)
