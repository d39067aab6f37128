"""The one import and the base classes that a project changes: where its classes derive from law's and luigi's."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caselaw.plan.survey.classes import Base, Class
from caselaw.plan.survey.edits import Edit, appended, imported, replaced
from caselaw.plan.survey.kinds import CASELAW, PLAIN_BASES, STAY_PLAIN, WORKFLOW, WORKFLOW_BASES
from caselaw.plan.survey.library import DEPTH, Library
from caselaw.plan.survey.names import AssignedName, Imported, SurveyedModule


@dataclass(frozen=True)
class BaseClassPlace:
    """A base class as it is written: in the head of a class, or where a name of the project is given to it."""

    module: SurveyedModule
    node: ast.expr


@dataclass
class Conversion:
    """Edits of base classes by the class that needs them."""

    library: Library
    edits: dict[Class, tuple[Edit, ...]]

    @classmethod
    def of(cls, library: Library, tasks: Iterable[Class]) -> Conversion:
        tasks = list(tasks)
        made = cls(library, {})
        for task in tasks:
            found = tuple(made.plain(task))
            if found:
                made.edits[task] = found
        for task in ends(tasks):
            if not made.reaches(task) and not task.is_a(*CASELAW):
                made.mix_in(task)
        return made

    def of_task(self, task: Class) -> tuple[Edit, ...]:
        """Edits that a task needs, its own and those of its bases."""
        found = dict.fromkeys(edit for above in task.mro for edit in self.edits.get(above, ()))
        return tuple(found)

    def reaches(self, task: Class) -> bool:
        """Whether a task gets a base of caselaw's by what is edited until now."""
        return any(above in self.edits for above in task.mro)

    def plain(self, task: Class) -> Iterator[Edit]:
        """`law.Task` and `luigi.Task` become `caselaw.Task`."""
        for base in task.bases:
            if isinstance(base.found, Class) and base.found.qualified in PLAIN_BASES:
                yield from self.written(task, base, "caselaw.Task")

    def mix_in(self, task: Class) -> None:
        """Edit a class that derives from others of law's alone, or from a package's: it, or the base that does."""
        root = next((above for above in reversed(task.mro) if above.of_project and foreign(above)), None)
        if root is None or task.ancestry & STAY_PLAIN:
            return
        bases = foreign(root)
        workflows = [base for base in bases if isinstance(base.found, Class) and base.found.qualified in WORKFLOW_BASES]
        if workflows:
            self.edits[root] = tuple(self.written(root, workflows[0], "caselaw.Workflow"))
            return
        name = "caselaw.Workflow" if root.is_a(WORKFLOW) else "caselaw.Task"
        last = root.bases[-1]
        self.edits[root] = (*self.import_of(root.module), appended(root.module, last.node, f", {name}"))

    def written(self, task: Class, base: Base, name: str) -> Iterator[Edit]:
        place = self.place(task.module, base.node)
        yield from self.import_of(place.module)
        yield replaced(place.module, place.node, name)

    def import_of(self, module: SurveyedModule) -> Iterator[Edit]:
        edit = imported(module)
        if edit is not None:
            yield edit

    def place(self, module: SurveyedModule, node: ast.expr, depth: int = 0) -> BaseClassPlace:
        """Where a base is written: the class, or the assignment of the project that its name goes back to."""
        here = BaseClassPlace(module, node)
        if depth > DEPTH or not isinstance(node, ast.Name | ast.Attribute):
            return here
        match node:
            case ast.Name(id=name):
                return self.place_of_name(module, name, here, depth)
            case ast.Attribute(value=value, attr=name):
                owner = self.library.meaning(value, module)
                if isinstance(owner, SurveyedModule) and owner.of_project:
                    return self.place_of_name(owner, name, here, depth)
        return here

    def place_of_name(self, module: SurveyedModule, name: str, here: BaseClassPlace, depth: int) -> BaseClassPlace:
        for binding in reversed(module.names.get(name, [])):
            match binding:
                case AssignedName(value) if isinstance(value, ast.Name | ast.Attribute):
                    return self.place(module, value, depth + 1)
                case Imported(source, str(attribute)):
                    found = self.library.module(source, module)
                    if found is not None and found.of_project and found is not module:
                        return self.place_of_name(found, attribute, here, depth + 1)
        return here


def foreign(task: Class) -> list[Base]:
    """Bases that are tasks, and none of the project."""
    return [
        base for base in task.bases
        if isinstance(base.found, Class) and not base.found.of_project and base.found.is_a("luigi.task.Task")
    ]  # fmt: skip


def ends(tasks: list[Class]) -> list[Class]:
    """Classes that no other class derives from: those that run."""
    derived = {above for task in tasks for above in task.mro[1:]}
    return [task for task in tasks if task not in derived]
