"""Parameters that are refused once a task is caselaw's: the same checks that a run makes, on what is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import law
import luigi

from caselaw.errors import CaselawError
from caselaw.parameters.canonical import counted_value
from caselaw.parameters.engine import engine_parameter, says_how
from caselaw.plan.survey.classes import Class, Classes
from caselaw.plan.survey.edits import Edit, replaced
from caselaw.plan.survey.finding import SurveyFinding, SurveyVerdict
from caselaw.plan.survey.kinds import WORKFLOW
from caselaw.plan.survey.parameters import UNKNOWN, Written, of_library, parameters_of
from caselaw.task.reserved import reserved_names
from caselaw.task.single import Task
from caselaw.task.workflow import Workflow

KINDS = {int: "IntParameter", float: "FloatParameter", bool: "BoolParameter", list: "ListParameter",
         tuple: "TupleParameter", dict: "DictParameter"}  # fmt: skip
"""luigi's parameter for a default of a type."""


def refused_defaults(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Defaults that are another value once they were given on the command line."""
    for parameter in parameters_of(task, classes):
        default = parameter.arguments.get("default", UNKNOWN)
        if default is UNKNOWN or not parameter.significant or not parameter.is_of_library:
            continue
        problem = refusal(parameter)
        if problem is not None:
            kind = KINDS.get(type(default)) if parameter.kind in (luigi.Parameter, law.Parameter) else None
            yield SurveyFinding(
                SurveyVerdict.LINE, parameter.member.owner.module.path, parameter.member.line, problem.what,
                f"write luigi.{kind}" if kind else problem.advice, edit_of_kind(parameter, kind),
            )  # fmt: skip


def refusal(parameter: Written) -> CaselawError | None:
    """What a run would say of the default of a parameter of law's or luigi's."""
    if UNKNOWN in parameter.arguments.values():
        return None
    try:
        made = parameter.kind(**parameter.arguments)
        value = made.normalize(made._default)
        value = made.parse(value) if isinstance(value, str) else value  # as law does
        counted_value(luigi.Task, parameter.name, made, tuple(value) if isinstance(value, list) else value)
    except CaselawError as error:
        return error
    except Exception:
        return None  # law or luigi refuse it themselves, or it needs what is no literal
    return None


def edit_of_kind(parameter: Written, kind: str | None) -> Edit | None:
    module, function = parameter.member.owner.module, parameter.call.func
    if kind is None or not isinstance(function, ast.Attribute) or "luigi" not in module.names:
        return None
    return replaced(module, function, f"luigi.{kind}")


def other_roles(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Parameters of a name that law or caselaw use to say how a task runs, and that count here."""
    for parameter in parameters_of(task, classes):
        of_engine = parameter_of_engine(task, parameter.name)
        if of_engine is None or not parameter.significant or issubclass(parameter.kind, law.NotifyParameter):
            continue
        if not issubclass(parameter.kind, type(of_engine)) or not of_engine.significant:
            significant = "" if of_engine.significant else ", significant=False"
            yield SurveyFinding(
                SurveyVerdict.LINE, parameter.member.owner.module.path, parameter.member.line,
                f"the parameter '{parameter.name}' counts here, but law uses it to say how the task runs",
                f"call it otherwise; or, if it is meant as law's, write {type(of_engine).__name__}(…{significant})",
            )  # fmt: skip


def parameter_of_engine(task: Class, name: str) -> luigi.Parameter | None:
    base: Any = Workflow if task.is_a(WORKFLOW) else Task
    found = engine_parameter(base, name)
    for above in task.mro:
        if found is None and above.qualified.startswith("law.") and name in above.own:
            owner = of_library(above)
            value = vars(owner).get(name) if isinstance(owner, type) and says_how(owner) else None
            found = value if isinstance(value, luigi.Parameter) else None
    return found


def taken_names(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Names by which caselaw asks a task for something of its own."""
    for above in task.mro:
        for name in sorted(reserved_names(Workflow) & above.own.keys() if above.of_project else ()):
            yield SurveyFinding(
                SurveyVerdict.LINE, above.module.path, above.own[name].line, f"'{name}' is a name of caselaw itself",
                "call the parameter or member otherwise",
            )  # fmt: skip


PARAMETER_RULES = (refused_defaults, other_roles, taken_names)
