"""Methods of b2luigi's tasks, which tasks of caselaw do not have: what to write in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from caselaw.plan.survey.classes import Class, Classes
from caselaw.plan.survey.finding import SurveyFinding, SurveyVerdict

IN_PLACE = {
    "add_to_output": "return {{{first}: luigi.LocalTarget(…)}} from output(), with a path for each parameter",
    "get_output_file_name": "write self.output()[{first}].path",
    "_get_output_target": "write self.output()[{first}]",
    "get_input_file_names": "write [found[{first}].path for found in self.input()]",
    "get_input_file_name": "write self.input()[{first}].path",
    "_get_input_targets": "write [found[{first}] for found in self.input()]",
    "get_all_input_file_names": "go through luigi.task.flatten(self.input())",
    "get_all_output_file_names": "go through luigi.task.flatten(self.output())",
    "get_input_file_names_from_dict": "go through self.input()",
}
"""Method → what to write; `{first}` is its first argument."""


def of_b2luigi(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Calls of methods that the task has from b2luigi, and from nowhere else."""
    for above in task.mro:
        if not above.of_project or not imports_b2luigi(above):
            continue
        for node in ast.walk(above.source.node):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if name in IN_PLACE:
                    if task.member(name) is None:
                        first = ast.unparse(node.args[0]) if node.args else "…"
                        yield SurveyFinding(
                            SurveyVerdict.LINE, above.module.path, node.lineno,
                            f"{name}() is a method of b2luigi's tasks", IN_PLACE[name].format(first=first),
                        )  # fmt: skip


def imports_b2luigi(task: Class) -> bool:
    return any(
        getattr(binding, "module", "") == "b2luigi" for bound in task.module.names.values() for binding in bound
    )  # fmt: skip
