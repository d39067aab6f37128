"""Values of branches, and metaclasses: what has no fingerprint, or does not go together with caselaw's tasks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from caselaw.plan.survey.classes import Class, Classes, Member
from caselaw.plan.survey.edits import replaced
from caselaw.plan.survey.finding import SurveyFinding, SurveyVerdict
from caselaw.plan.survey.kinds import CASELAW
from caselaw.plan.survey.names import ClassSource

REGISTERS = ("luigi.task_register.Register",)


def values_without_fingerprint(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """Functions, and instances of classes that say nothing of what they hold, as values of branches."""
    member = task.member("create_branch_map")
    if member is None or member.function is None or not member.owner.of_project:
        return
    for node in values_of(member.function):
        what = without_fingerprint(node, member, classes)
        if what is not None:
            yield SurveyFinding(SurveyVerdict.LINE, member.owner.module.path, node.lineno, *what)


def values_of(function: ast.AST) -> Iterator[ast.expr]:
    """Expressions that become values of mappings and lists in a function."""
    for node in ast.walk(function):
        match node:
            case ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
                yield from values
            case ast.DictComp(value=value) | ast.ListComp(elt=value):
                yield value


def without_fingerprint(node: ast.expr, member: Member, classes: Classes) -> tuple[str, str] | None:
    """What is wrong with a value, and what to write."""
    module = member.owner.module
    if isinstance(node, ast.Lambda) or (isinstance(node, ast.Name) and node.id in module.functions):
        return "a branch has a function as its value, which no fingerprint counts", (
            "write its name, as a text, and look it up with caselaw.resolve('module:name') in run()"
        )
    meant = classes.library.meaning(node.func, module) if isinstance(node, ast.Call) else None
    if isinstance(meant, ClassSource) and meant.module.of_project and is_closed(classes.of(meant)):
        return (
            f"a branch has an instance of {meant.name} as its value, which no fingerprint counts",
            f"make {meant.name} a dataclass, or write plain values (numbers, texts, lists, dictionaries)",
        )
    return None


def is_closed(found: Class) -> bool:
    """Whether a class derives from nothing and is not decorated: nobody knows what its instances hold."""
    return not found.source.node.decorator_list and not found.bases


def other_metaclass(task: Class, classes: Classes) -> Iterator[SurveyFinding]:
    """A metaclass made from law's or luigi's: that of caselaw's tasks is another one."""
    for above in task.mro:
        for word in above.source.node.keywords if above.of_project else ():
            meant = classes.library.meaning(word.value, above.module) if word.arg == "metaclass" else None
            if not isinstance(meant, ClassSource) or not meant.module.of_project or task.is_a(*CASELAW):
                continue
            for base in classes.of(meant).bases:
                if isinstance(base.found, Class) and base.found.is_a(*REGISTERS):
                    here = meant.module
                    yield SurveyFinding(
                        SurveyVerdict.LINE, here.path, base.node.lineno,
                        f"the metaclass {meant.name} is made from another one than that of caselaw's tasks",
                        "derive it from type(caselaw.Task)", replaced(here, base.node, "type(caselaw.Task)"),
                    )  # fmt: skip


VALUE_RULES = (values_without_fingerprint, other_metaclass)
