"""What `caselaw.Task` and `caselaw.Workflow` share: outputs that carry the fingerprint of all they were made from."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import law

from caselaw.branches import Branch, Column, Inputs, Seen
from caselaw.branches.renewal import renew
from caselaw.branches.upstream import Over
from caselaw.branches.yielded import yields
from caselaw.config import DeclaredConfig
from caselaw.fingerprint.code.counted_files import HashedCode
from caselaw.publishing.block import TaskRun, publishing
from caselaw.publishing.contents import OutputContents, origin
from caselaw.publishing.own_outputs import own_present, paths_of_own
from caselaw.publishing.recording import RunContext, run_context
from caselaw.records import Record, RecordIndex
from caselaw.records.chosen_by_digest import contents_by_product
from caselaw.records.index import index_of
from caselaw.sandbox.entrance import entrance
from caselaw.storage.location import Location, readable_directory
from caselaw.storage.own_targets import to_be_read_again
from caselaw.storage.plain_files import FolderListings
from caselaw.storage.reading import Content
from caselaw.task.bases import no_run, runs
from caselaw.task.declared import FreeName
from caselaw.task.identified import IdentifiedTask
from caselaw.task.locations import in_its_layer, in_their_layers, output_location
from caselaw.task.published import is_in_first_layer, is_published, means_products, require_published
from caselaw.task.yielded_before import row_with_yielded


class FingerprintedTask(IdentifiedTask):
    """What `caselaw.Task` and `caselaw.Workflow` share."""

    exclude_index = True

    _branch_row: Branch | None = None
    _current_run: TaskRun | None = None
    _own_output: Callable[[], Any] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if issubclass(cls, law.SandboxTask):
            cls.sandbox_proxy = property(entrance)

    # where it lies

    @FreeName
    def location(self) -> Location:
        """Where outputs of this task lie; all branches of a workflow share one folder."""
        return self.output_location

    @functools.cached_property
    def output_location(self) -> Location:
        """Where outputs of this task live; all branches of a workflow share one folder.

        Raises `TaskError` where the class declares no products.
        """
        return output_location(self)

    def directory_of(self, campaign: str | None, *, as_declared: bool = False) -> str:
        """The folder of outputs for a campaign: parameters by name, for the order of declarations is an accident."""
        parameters = self.readable_parameters.items()
        ordered = parameters if as_declared else sorted(parameters)
        return readable_directory(self.output_store.root, self.get_task_family(), campaign, ordered)

    def location_of(self, fingerprint: str) -> Location:
        """Where outputs of a branch lie, in whichever layer; of what is not made, where they are going to."""
        return in_its_layer(self, fingerprint)

    @property
    def fingerprint(self) -> str:
        """The digits of all that the outputs are made from, as they stand in names; of a workflow, of all branches."""
        raise NotImplementedError

    # tasks that run() yields

    @property
    def run_yields(self) -> bool:
        """Whether `run()` yields tasks that it needs besides."""
        return yields(type(self))

    @property
    def awaits_run(self) -> bool:
        """Whether the fingerprint is only known when `run()` has yielded what it needs."""
        raise NotImplementedError

    @property
    def awaiting_numbers(self) -> frozenset[int]:
        """Numbers of the branches of which this is true; of a task without branches the number is 0."""
        raise NotImplementedError

    def take_yielded(self, tasks: Sequence[Any]) -> None:
        """Let the fingerprint be that of a run which has yielded these tasks until now."""
        self._branch_row = row_with_yielded(self, tasks)
        if not self.has_branches:
            self.__dict__.pop("run_context", None)

    def forget_yielded(self) -> None:
        """Let the fingerprint be what the records say again."""
        self._branch_row = None
        self.look_at_records()

    def look_at_records(self) -> None:
        """Look again at what the records tell of what `run()` yields."""
        raise NotImplementedError

    # running

    run = no_run

    @property
    def current_run(self) -> TaskRun:
        """Its run in this process: what is written, and whether it was published."""
        if self._current_run is None:
            self._current_run = TaskRun()
        return self._current_run

    @property
    def is_running(self) -> bool:
        """Whether its `run()` goes on in this process."""
        return self._current_run is not None and self._current_run.outputs is not None

    def take_from_parent(self, config: DeclaredConfig | None, code: HashedCode, context: RunContext) -> None:
        """Be in a worker what the task is in the process that sent it."""
        self._config, self._code = config, code
        self.__dict__["run_context"] = context

    def be_branch(self, row: Branch) -> None:
        """Take name and inputs from a row, as the table of the process that sent it has them."""
        self._branch_row = row

    def publish(self) -> AbstractContextManager[Mapping[str, Path]]:
        """Local paths to write the products to; on success all of them are published, else none."""
        return publishing(self)

    # what records keep

    @functools.cached_property
    def run_context(self) -> RunContext:
        return run_context(self)

    @property
    def record_index(self) -> RecordIndex:
        return index_of(self.law_project.root)

    @property
    def upstream_seen(self) -> Seen:
        """What the fingerprint depends on besides what is declared."""
        raise NotImplementedError

    def renew_fingerprints(self) -> None:
        """Look again at what the fingerprint depends on: outputs upstream may hold something else by now."""
        renew(self)

    @property
    def seen_before(self) -> Seen | None:
        """What the fingerprint depends on, if it was asked for before."""
        raise NotImplementedError

    @property
    def table_now(self) -> Any:
        """The table of names, and what it depends on."""
        raise NotImplementedError

    def forget_look(self) -> Any:
        """Forget the table and what is declared; returns the table."""
        raise NotImplementedError

    def keep_look(self, table: Any) -> None:
        """Take a table back."""
        raise NotImplementedError

    def _forget_selection(self) -> None:
        """Drop what a run remembers of the table."""
        self.__dict__.pop("run_context", None)

    @property
    def input_columns(self) -> Mapping[str, Column]:
        """What each connection contributes to every branch."""
        raise NotImplementedError

    def overridden_requirements(self, number: int) -> Any:
        """What law's own methods require for a branch, where they are overridden; else None."""
        raise NotImplementedError

    @property
    def own_needs(self) -> Mapping[int, Collection[int]]:
        """Number of a branch → those of the same workflow that it requires; only branches that require some."""
        return {}

    def plain_row(self, number: int) -> Branch:
        """A branch as its fingerprint is made; of a task without branches, the task."""
        raise NotImplementedError

    def full_row(self, number: int, output_contents: OutputContents | None = None) -> Branch:
        """Everything that a worker needs to know of a branch, with what its inputs hold."""
        row = self.plain_row(number)
        inputs = {name: None if found is None else self.located_input(found) for name, found in row.inputs.items()}
        return dataclasses.replace(
            row, inputs=inputs, origin=origin(self, number, output_contents or self.upstream_contents)
        )

    @functools.cached_property
    def upstream_contents(self) -> OutputContents:
        """What the inputs hold, as it is known when the first branch asks."""
        return OutputContents(self.record_index, self.file_digests)

    @property
    def branch_row(self) -> Branch:
        raise NotImplementedError

    # outputs

    @property
    def output_inherited(self) -> bool:
        """Whether `output()` is caselaw's; asked when it matters, for decorators assign methods to a class."""
        raise NotImplementedError

    @property
    def output_declared(self) -> bool:
        """Whether the outputs are the products that the class declares, or forgot to; else there may be none."""
        return self.output_inherited and (bool(self.declared_products) or means_products(type(self)))

    @property
    def output_named(self) -> bool:
        """Whether the task names the outputs itself that it makes."""
        return not self.output_inherited and runs(type(self))

    @property
    def has_no_outputs(self) -> bool:
        """Whether the task neither declares products nor names outputs: it runs as law runs it, and nothing is kept."""
        return self.output_inherited and not self.output_declared

    @property
    def answers_itself(self) -> bool:
        """Whether the class says itself when a task is complete."""
        raise NotImplementedError

    def own_output(self) -> Any:
        """What the project's `output()` returns, without fingerprints in its names."""
        cls: Any = type(self)
        return to_be_read_again(cls.output(self) if self._own_output is None else self._own_output())

    def paths_of(self, number: int) -> dict[str, str]:
        """Path or URL of every output of a branch, by product or by its place in `output()`."""
        if self.output_declared:
            fingerprint = self.fingerprints[number]
            return self.location_of(fingerprint).paths(fingerprint)
        return paths_of_own(self.passing_branch(number))

    def passing_branch(self, number: int) -> Any:
        """A branch that is only asked what it is called and what it makes; a task without branches itself."""
        return self

    def own_present(self, number: int, record: Record | None, folders: FolderListings | None = None) -> bool:
        """Whether the outputs are there that the task names itself, and are what its record says."""
        return own_present(self.passing_branch(number), record, folders)

    def is_published(self) -> bool:
        """Whether every product exists and has a record; raises `StoreUnavailable` when the store cannot say."""
        return is_published(self)

    def is_in_first_layer(self) -> bool:
        """Whether every product exists in the store that is written to, and has a record."""
        return is_in_first_layer(self)

    def _written(self) -> bool:
        """Whether its `run()` goes on and has written every product."""
        run = self._current_run
        return run is not None and run.outputs is not None and not run.outputs.lacking

    def all_published(self) -> bool:
        """Whether the task, or every branch of the workflow, is published."""
        return self.is_published()

    def require_published(self) -> None:
        """Raise `PublishError` unless `run()` has published all products."""
        require_published(self)

    def _general_input(self, name: str) -> Any:
        raise NotImplementedError

    def _inputs(self, inputs: Mapping[str, Inputs | None]) -> dict[str, Any]:
        result = {}
        for name, found in inputs.items():
            if found is not None:
                result[name] = self.located_input(found).outputs(self._recorded_contents)
            elif not isinstance(self.upstream_connections.get(name, Over(())), Over):
                result[name] = self._general_input(name)
        return result

    def located_input(self, found: Inputs) -> Inputs:
        """An input together with the layers in which it lies."""
        return in_their_layers(self, found)

    def _recorded_contents(self, directory: str, fingerprint: str) -> Mapping[str, tuple[Content, ...]]:
        """All that some outputs may hold, by product, by the records that are known here."""
        return contents_by_product(self.record_index.indexed(directory, fingerprint))
