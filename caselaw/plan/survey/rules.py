"""The rules: what keeps a task from working unchanged, each found in its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from caselaw.plan.survey.b2luigi_rules import of_b2luigi
from caselaw.plan.survey.classes import Class, Classes
from caselaw.plan.survey.edits import replaced
from caselaw.plan.survey.finding import SurveyFinding, SurveyVerdict
from caselaw.plan.survey.kinds import STAY_PLAIN
from caselaw.plan.survey.names import ClassSource
from caselaw.plan.survey.parameter_rules import PARAMETER_RULES
from caselaw.plan.survey.value_rules import VALUE_RULES

IN_MEMORY = "luigi.mock.MockTarget"


def findings(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Everything that is in the way of a task, in its class and in its bases."""
    for rule in RULES:
        yield from rule(task, classes)


def out_of_reach(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Classes that no worker process can import."""
    method = task.member("run")
    if method is None or not method.owner.of_project or task.ancestry & STAY_PLAIN:
        return
    if task.module.source.notebook:
        yield SurveyFinding(
            SurveyVerdict.CANNOT, task.module.path, task.line,
            "it is defined in a notebook, which no worker process can import",
            "move it to a module, and import it in the notebook",
        )  # fmt: skip
    elif task.source.scope is not None:
        yield SurveyFinding(
            SurveyVerdict.CANNOT, task.module.path, task.line,
            f"it is defined inside {task.source.scope}(), where no worker process can import it from",
            "define it at the top of the module",
        )  # fmt: skip


def in_memory(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Outputs in the memory of a process: no worker sees what another has made."""
    member = task.member("output")
    if member is None or member.function is None or not member.owner.of_project:
        return
    module = member.owner.module
    for node in ast.walk(member.function):
        if isinstance(node, ast.Call):
            meant = classes.library.meaning(node.func, module)
            if isinstance(meant, ClassSource) and meant.qualified == IN_MEMORY:
                yield SurveyFinding(
                    SurveyVerdict.LINE, module.path, node.lineno,
                    "its output is in the memory of one process, and runs have several",
                    "write luigi.LocalTarget, with a path",
                    replaced(module, node.func, "luigi.LocalTarget") if "luigi" in module.names else None,
                )  # fmt: skip


RULES = (out_of_reach, in_memory, of_b2luigi, *PARAMETER_RULES, *VALUE_RULES)
