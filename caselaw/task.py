"""A task without branches."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import luigi

from caselaw.branches import Branch, Column, column, requirements_digest
from caselaw.execution.run import run_in_worker
from caselaw.fingerprint import digest, short
from caselaw.fingerprinted import FingerprintedTask
from caselaw.publishing import run_of
from caselaw.storage import Outputs
from caselaw.storage.target import outputs_of


class Task(FingerprintedTask):
    """A task without branches. Its `run()` is executed in a worker process of the pool."""

    exclude_index = True
    declared = True
    requires_declared = True
    has_branches = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if type(self).run is not Task.run:
            here = inspect.isgeneratorfunction(type(self).run)
            self.__dict__["run"] = functools.partial(run_of if here else run_in_worker, self)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.declared = cls.output is Task.output

    @functools.cached_property
    def input_columns(self) -> Mapping[str, Column]:
        root, digests = self.project.root, self.file_digests
        return {name: column(connection, root, digests).gathered() for name, connection in self.connections.items()}

    @functools.cached_property
    def _row(self) -> Branch:
        everything = {name: list(found.digests) for name, found in self.input_columns.items()}
        own = self.components.digest
        requirements = self.overridden_requirements(0)
        if requirements is not None:
            own = digest(own, requirements_digest(requirements))
        fingerprint = short(digest("task", own, everything))
        return Branch(None, fingerprint, {name: found.inputs(0) for name, found in self.input_columns.items()})

    def overridden_requirements(self, number: int) -> Any:
        return self.requires() if type(self).requires is not Task.requires else None

    @property
    def branch_row(self) -> Branch:
        return self._branch_row if self._branch_row is not None else self._row

    def plain_row(self, number: int) -> Branch:
        return self._row

    @property
    def fingerprint(self) -> str:
        return self.branch_row.fingerprint

    @property
    def fingerprints(self) -> Sequence[str]:
        return (self.fingerprint,)

    @property
    def branch_values(self) -> Sequence[Any]:
        return (None,)

    def requires(self) -> Any:
        return {name: c.task for name, c in self.connections.items() if hasattr(c, "task")}

    def input(self) -> dict[str, Any]:
        """Outputs of everything upstream by the names that `upstream()` gives."""
        if type(self).requires is not Task.requires:
            return dict(super().input())
        return self._inputs(self.branch_row.inputs)

    def _general_input(self, name: str) -> Any:
        return luigi.task.getpaths(self.requires()[name])

    def output(self) -> Outputs:
        """Targets of all products; while `run()` goes on, of what it writes."""
        return outputs_of(self.location, self.fingerprint) if self._desk is None else self._desk.outputs()

    def complete(self) -> bool:
        return self._written() or self.published() if self.declared else bool(super().complete())

    def run(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no run() method")
