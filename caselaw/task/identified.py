"""What a task is of itself, whatever lies upstream: its parameters, its code, what it runs in."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caselaw.branches.components import Components, components_of
from caselaw.errors import TaskError
from caselaw.fingerprint import FileDigests, digest, short
from caselaw.fingerprint.code.counted_files import HashedCode
from caselaw.loading.compiled import discard_outdated
from caselaw.loading.refusal import tell
from caselaw.parameters import (
    counted_form,
    counted_names,
    counted_value,
    family_of_class,
    hidden_names,
    keeps_objects,
    same,
    text_of,
    with_classes,
)  # fmt: skip
from caselaw.sandbox.versions import distributions_of
from caselaw.task.declared import DeclaredTask
from caselaw.task.environment import environment_of
from caselaw.task.reached import closure_of

if TYPE_CHECKING:
    from caselaw.fingerprint import Closure

warn_once = functools.cache(logging.getLogger(__name__).warning)


@functools.cache
def file_digests_of(root: Path) -> FileDigests:
    """The memo of file digests of a project."""
    return FileDigests(root / ".caselaw" / "digests.sqlite")


class IdentifiedTask(DeclaredTask):
    """A task by what its fingerprint counts of itself."""

    exclude_index = True

    _code: HashedCode | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cls: Any = type(self)
        if hidden := hidden_names(cls):
            self.task_id += f"_{short(digest('hidden', [counted(self, name) for name in hidden]))}"

    @property
    def of_all_branches(self) -> Any:
        """The task itself; of a branch, its workflow, which holds what all branches share."""
        return self

    @property
    def significant_parameters(self) -> dict[str, Any]:
        """Typed values of the parameters that determine the output."""
        cls: Any = type(self)
        return {name: counted(self, name) for name in counted_names(cls)}

    @functools.cached_property
    def readable_parameters(self) -> dict[str, str]:
        """Significant parameters as on the command line."""
        return readable(self)

    @property
    def branch_value(self) -> Any:
        """What the branch stands for: a value of `over`, a file of `files`; None of a task without branches."""
        return None

    @property
    def own_number(self) -> int:
        """The number of a branch; 0 of a task without branches."""
        return self.branch if self.has_branches else 0

    @property
    def branch_repeat(self) -> int:
        """How many branches before this one have the same value."""
        return 0

    @property
    def seed(self) -> int:
        """A random seed below 2^63 from the task's identity: a refactoring does not reshuffle the events."""
        again = (self.branch_repeat,) if self.branch_repeat else ()
        parameters = with_classes(self.significant_parameters, family_of_class)
        identity = digest("seed", self.get_task_family(), parameters, self.branch_value, *again)
        return int(identity[:16], 16) >> 1

    @functools.cached_property
    def code_closure(self) -> Closure:
        """Code that the task reaches, and the distributions that this code imports."""
        found = closure_of(self)
        discard_outdated(found.sources)
        self._code = found.hashed
        tell(self._code, type(self))
        for warning in found.warnings:
            warn_once("%s", warning)
        return found

    @property
    def hashed_code(self) -> HashedCode:
        """What the fingerprint counts as code; in a worker, as its parent has read it."""
        if self._code is None:
            _ = self.of_all_branches.code_closure
            self._code = self.of_all_branches._code
        assert self._code is not None
        return self._code

    @functools.cached_property
    def installed_distributions(self) -> Mapping[str, str]:
        """Versions of the distributions that this code imports, as they are where the task runs."""
        return distributions_of(self)

    @functools.cached_property
    def environment_parts(self) -> dict[str, str]:
        """What the task runs in, as content: its sandbox, the variables that it declares, the options that it reads."""
        return environment_of(self)

    @functools.cached_property
    def own_components(self) -> Components:
        return components_of(self)

    @property
    def file_digests(self) -> FileDigests:
        return file_digests_of(self.law_project.root)


def counted(task: Any, name: str) -> Any:
    """The value of a parameter. Raises `TaskError` for one that was set later, and that no command line gives."""
    value, parameter = getattr(task, name), dict(task.get_params())[name]
    if keeps_objects(parameter, value):
        return counted_form(type(task), name, parameter, value)
    if value is not task.param_kwargs[name]:
        found = counted_value(type(task), name, parameter, value)
        if not same(found, value):
            raise TaskError(
                f"the parameter '{name}' was set to {value!r}, which is {found!r} on the command line",
                type(task).__name__,
                f"set it to {found!r}",
            )
    return value


def readable(task: Any) -> dict[str, str]:
    """Significant parameters as on the command line."""
    parameters = dict(task.get_params())
    values = ((name, parameters[name], value) for name, value in task.significant_parameters.items())
    return {name: text_of(p, value) for name, p, value in values if not keeps_objects(p, getattr(task, name))}
