"""Parameters of law and caselaw themselves: they say how and where a task runs, and never count."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import law
import luigi

from caselaw.errors import TaskError


class CampaignParameter(luigi.Parameter):
    """The `--campaign` that caselaw gives to a task with `config_keys`: its declared keys count, not its name."""


@functools.cache
def parameters_of(cls: Any) -> list[tuple[str, luigi.Parameter]]:
    """The parameters of a class as luigi finds them."""
    return list(vars(luigi.Task)["get_params"].__func__(cls))


@functools.cache
def counted_names(cls: Any) -> tuple[str, ...]:
    """Names of the significant parameters of a task class that are its own: these determine its outputs."""
    return tuple(name for name, parameter in cls.get_params() if parameter.significant and is_own(cls, name, parameter))


@functools.cache
def hidden_names(cls: Any) -> tuple[str, ...]:
    """Names of counted parameters that luigi leaves out of a task's id: two tasks would be one to its scheduler."""
    public = luigi.parameter.ParameterVisibility.PUBLIC
    return tuple(name for name, p in cls.get_params() if p.visibility != public and name in counted_names(cls))


def is_own(cls: type, name: str, parameter: luigi.Parameter) -> bool:
    """Whether a parameter is that of a task itself, be it called like one that law has elsewhere.

    It is law's or caselaw's where a class of theirs among the bases defines the name, whoever gives it another
    default: law goes on using it.
    """
    if isinstance(parameter, CampaignParameter | law.NotifyParameter):
        return False
    return engine_parameter(cls, name) is None


def engine_parameter(cls: type, name: str) -> luigi.Parameter | None:
    """The parameter of this name that law or caselaw define for a class, to say how and where its tasks run."""
    of_engine = (parameter for owner, parameter in definitions(cls, name) if says_how(owner))
    return next(of_engine, None)


def definitions(cls: type, name: str) -> Iterator[tuple[type, luigi.Parameter]]:
    """Classes among the bases that define a parameter, the nearest first."""
    for owner in cls.__mro__:
        parameter = vars(owner).get(name)
        if isinstance(parameter, luigi.Parameter) and not isinstance(parameter, CampaignParameter):
            yield owner, parameter


def says_how(owner: type) -> bool:
    """Whether the parameters that a class defines are about running, as those of law's contributed tasks are not."""
    module = owner.__module__
    if module.startswith(("caselaw.", "law.task.base", "law.workflow.", "law.sandbox.")):
        return True
    return module.startswith("law.") and "workflow_proxy_cls" in vars(owner)


def refuse_other_roles(cls: type) -> None:
    """Raise `TaskError` where a class takes the name of a parameter of law's for something else.

    law would use it as its own: `tolerance` is a number of branches that may fail, and `branches` says which of them
    run, whatever else they are meant to be. What law declares as insignificant must stay so; what is significant to
    luigi, and yet does not count, must be of the same kind.
    """
    users = [owner for owner in cls.__mro__ if not says_how(owner)]
    names = {name for owner in users for name, found in vars(owner).items() if isinstance(found, luigi.Parameter)}
    for name in sorted(names):
        of_engine = engine_parameter(cls, name)
        nearest = next((parameter for _, parameter in definitions(cls, name)), None)
        if nearest is of_engine or nearest is None or of_engine is None:
            continue
        other_kind = not isinstance(nearest, type(of_engine))
        if nearest.significant and (other_kind or not of_engine.significant):
            raise TaskError(
                f"the parameter '{name}' counts here, but law uses it to say how the task runs"
                f"{': ' + of_engine.description if of_engine.description else ''}",
                f"{cls.__module__}.{cls.__qualname__}",
                "call it otherwise; or, if it is meant as law's, declare it as law does"
                f" ({type(of_engine).__name__}{'' if of_engine.significant else ', significant=False'})",
            )
