"""A task's class follows from its bases, in whichever order and depth a project has written them."""

from __future__ import annotations

from typing import Any

import law
import pytest

import caselaw

law.contrib.load("htcondor", "slurm")


class Base(caselaw.Task):  # type: ignore[misc]
    exclude_index = True


class Sandboxed(Base, law.SandboxTask):  # type: ignore[misc]
    exclude_index = True
    sandbox = law.NO_STR
    allow_empty_sandbox = True


class Plain(Sandboxed):
    exclude_index = True


class Remote(Sandboxed):
    exclude_index = True


class HTCondor(Remote, law.htcondor.HTCondorWorkflow):  # type: ignore[misc]
    exclude_index = True


class Slurm(Remote, law.slurm.SlurmWorkflow):  # type: ignore[misc]
    exclude_index = True


class Batch(HTCondor, Slurm):
    exclude_index = True


BASES = {
    "as columnflow has them": (Plain, law.LocalWorkflow, Batch),
    "with caselaw's workflow": (Plain, caselaw.Workflow, Batch),
    "batch systems first": (Batch, law.LocalWorkflow),
}


def test_bases_that_share_a_base_of_the_project_go_together() -> None:
    """Python refuses the first two where the orders of the bases have the engine's classes in them."""
    for name, bases in BASES.items():
        cls: Any = type("Events", bases, {"exclude_index": True})
        assert issubclass(cls, caselaw.Workflow), name
        asked = [each.__name__ for each in cls.__mro__ if each.__module__ == __name__]
        assert asked.index("HTCondor") < asked.index("Slurm") < asked.index("Remote") < asked.index("Sandboxed"), name
        assert cls.__mro__.index(Base) < cls.__mro__.index(caselaw.Workflow), name


def test_bases_that_contradict_each_other_are_refused_as_by_python() -> None:
    with pytest.raises(TypeError, match=r"consistent method resolution order.*Base, Remote"):
        type("Odd", (Base, Remote), {"exclude_index": True})
