"""What `caselaw.Task` and `caselaw.Workflow` share: outputs that carry the fingerprint of all they were made from."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import law

from caselaw.branches import Branch, Column, Inputs, Origin, Seen
from caselaw.branches.components import Components, components_of
from caselaw.branches.renewal import renew
from caselaw.branches.upstream import Over
from caselaw.branches.yielded import RUN, Yielded, looked_at, tasks_in, yields
from caselaw.config import DeclaredConfig
from caselaw.config.options import option_digests
from caselaw.errors import PublishError, TaskError
from caselaw.fingerprint import FileDigests, digest, short
from caselaw.fingerprint.code.hashed import HashedCode
from caselaw.fingerprint.sandbox import sandbox_parts
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
from caselaw.publishing.block import TaskRun, publishing
from caselaw.publishing.contents import OutputContents, origin
from caselaw.publishing.own_outputs import own_exist, own_present, paths_of_own
from caselaw.publishing.recording import RunContext, identity_of_branch, run_context
from caselaw.records import Record, RecordIndex
from caselaw.records.index import index_of
from caselaw.records.layers import found_below, lying, of_identity_in, records_in, see_first
from caselaw.records.standing import contents_by_product, distinct
from caselaw.sandbox.entrance import entrance
from caselaw.sandbox.versions import distributions_of
from caselaw.storage import Location, exists, readable_directory
from caselaw.storage.own_targets import to_be_read_again
from caselaw.storage.plain_files import FolderListings
from caselaw.storage.reading import Content
from caselaw.task.bases import no_run, runs
from caselaw.task.declared import DeclaredTask, FreeName
from caselaw.task.reached import closure_of

warn_once = functools.cache(logging.getLogger(__name__).warning)

if TYPE_CHECKING:
    from caselaw.fingerprint import Closure


@functools.cache
def file_digests_of(root: Path) -> FileDigests:
    """The memo of file digests of a project."""
    return FileDigests(root / ".caselaw" / "digests.sqlite")


class FingerprintedTask(DeclaredTask):
    """What `caselaw.Task` and `caselaw.Workflow` share."""

    exclude_index = True

    _branch_row: Branch | None = None
    _code: HashedCode | None = None
    _current_run: TaskRun | None = None
    _own_output: Callable[[], Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cls: Any = type(self)
        if hidden := hidden_names(cls):
            self.task_id += f"_{short(digest('hidden', [self._counted(name) for name in hidden]))}"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if issubclass(cls, law.SandboxTask):
            cls.sandbox_proxy = property(entrance)

    # identity and fingerprint

    @property
    def significant_parameters(self) -> dict[str, Any]:
        """Typed values of the parameters that determine the output."""
        cls: Any = type(self)
        return {name: self._counted(name) for name in counted_names(cls)}

    def _counted(self, name: str) -> Any:
        """The value of a parameter. Raises `TaskError` for one that was set later, and that no command line gives."""
        value, parameter = getattr(self, name), dict(self.get_params())[name]
        if keeps_objects(parameter, value):
            return counted_form(type(self), name, parameter, value)
        if value is not self.param_kwargs[name]:
            found = counted_value(type(self), name, parameter, value)
            if not same(found, value):
                raise TaskError(
                    f"the parameter '{name}' was set to {value!r}, which is {found!r} on the command line",
                    type(self).__name__,
                    f"set it to {found!r}",
                )
        return value

    @functools.cached_property
    def readable_parameters(self) -> dict[str, str]:
        """Significant parameters as on the command line."""
        parameters = dict(self.get_params())
        values = ((name, parameters[name], value) for name, value in self.significant_parameters.items())
        return {name: text_of(p, value) for name, p, value in values if not keeps_objects(p, getattr(self, name))}

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
        cls: Any = type(self)
        key = getattr(self, "sandbox", None) if "sandbox" not in counted_names(cls) else None
        in_sandbox = isinstance(key, str) and "::" in key
        parts = sandbox_parts(str(key), self.law_project.root, self.file_digests) if in_sandbox else {}
        if in_sandbox and not isinstance(self, law.SandboxTask):
            warn_once(
                "%s: the sandbox '%s' counts, but the task does not run in it; derive it from law.SandboxTask, too",
                type(self).__name__, key,
            )  # fmt: skip
        variables = {f"${name}": digest("variable", os.environ.get(name)) for name in self.environment_variables}
        return {**parts, **variables, **option_digests(self.code_closure.options, self.code_closure.settings)}

    @functools.cached_property
    def own_components(self) -> Components:
        return components_of(self)

    @FreeName
    def location(self) -> Location:
        """Where outputs of this task lie; all branches of a workflow share one folder."""
        return self.output_location

    @functools.cached_property
    def output_location(self) -> Location:
        """Where outputs of this task live; all branches of a workflow share one folder.

        Raises `TaskError` where the class declares no products.
        """
        if self.output_named:  # the records of outputs that lie elsewhere
            return Location.of(self.directory_of(self.campaign_file.name if self.campaign_file else None), {})
        if not self.declared_products:
            found = vars(type(self)).get("products")
            wrong = isinstance(found, list | tuple | set | str | Mapping) and found
            raise TaskError(
                f"products is no mapping of names to extensions: {found!r}" if wrong else "no products are declared",
                type(self).__name__, 'add products = {"name": "extension"} to the class',
            )  # fmt: skip
        directory = self.directory_of(self.campaign_file.name if self.campaign_file else None)
        below = tuple(layer.folder(self.output_store.root, directory) for layer in self.output_layers)
        return Location.of(directory, self.declared_products, below)

    def directory_of(self, campaign: str | None, *, as_declared: bool = False) -> str:
        """The folder of outputs for a campaign: parameters by name, for the order of declarations is an accident."""
        parameters = self.readable_parameters.items()
        ordered = parameters if as_declared else sorted(parameters)
        return readable_directory(self.output_store.root, self.get_task_family(), campaign, ordered)

    def location_of(self, fingerprint: str) -> Location:
        """Where outputs of a branch lie, in whichever layer; of what is not made, where they are going to."""
        location = self.output_location
        if not location.below:
            return location
        found = lying(self.record_index, location, [fingerprint], trusted=self.trust_unrecorded)
        return location.at(found[fingerprint])

    @property
    def file_digests(self) -> FileDigests:
        return file_digests_of(self.law_project.root)

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

    def yielded_before(self, numbers: Collection[int]) -> Yielded | None:
        """What `run()` yielded when the newest outputs of these branches were made, as it is today."""
        tasks: list[Any] = []
        for record in self.newest_records(numbers).values() if self.run_yields else ():
            tasks += tasks_in(record.inputs.get(RUN, {})) or []
        return looked_at(dict.fromkeys(tasks), self.file_digests) if tasks else None

    def tasks_in_records(self) -> list[Any]:
        """The same of all branches that there ever were, without a look at those of today."""
        newest = {record.identity: record for record in records_in(self.record_index, self.output_location)}
        return [task for record in newest.values() for task in tasks_in(record.inputs.get(RUN, {})) or ()]

    def newest_records(self, numbers: Collection[int]) -> dict[int, Record]:
        """Number of a branch → record of its newest outputs."""
        if len(numbers) == 1:
            (number,) = numbers
            identity = identity_of_branch(self, number)
            records = of_identity_in(self.record_index, self.output_location, identity)
            return {number: records[-1]} if records else {}
        newest = {record.identity: record for record in records_in(self.record_index, self.output_location)}
        found = {number: newest.get(identity_of_branch(self, number)) for number in numbers}
        return {number: record for number, record in found.items() if record is not None}

    def take_yielded(self, tasks: Sequence[Any]) -> None:
        """Let the fingerprint be that of a run which has yielded these tasks until now."""
        row, number = self.branch_row, self.own_number
        yielded = looked_at(tasks, self.file_digests)
        made_from = row.origin or origin(self.of_all_branches, number, self.of_all_branches.upstream_contents)
        made_from = Origin({**made_from.inputs, RUN: yielded.as_input(row.static)}, None)
        self._branch_row = dataclasses.replace(
            row, fingerprint=yielded.fingerprint(row.static), origin=made_from
        )  # fmt: skip
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

    @property
    def of_all_branches(self) -> Any:
        """The task itself; of a branch, its workflow, which holds what all branches share."""
        return self

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
        fingerprint = self.fingerprint
        if self.output_named:
            directory = self.output_location.directory
            return own_exist(self) and (
                self.trust_unrecorded or bool(self.record_index.recorded(directory, {fingerprint}))
            ) and any(own_present(self, record) for record in self._known_records())  # fmt: skip
        if self.is_in_first_layer():
            see_first(self.output_location, [fingerprint])
            return True
        below = self.output_location.below
        return bool(below) and bool(
            found_below(self.record_index, self.output_location, [fingerprint], trusted=self.trust_unrecorded)
        )

    def is_in_first_layer(self) -> bool:
        """Whether every product exists in the store that is written to, and has a record."""
        location, fingerprint = self.output_location, self.fingerprint
        if not all(map(exists, location.full_names(fingerprint))):
            return False
        return self.trust_unrecorded or bool(self.record_index.recorded(location.directory, {fingerprint}))

    def _known_records(self) -> Sequence[Record | None]:
        return distinct(self.record_index.known(self.output_location.directory, self.fingerprint)) or [None]

    def _written(self) -> bool:
        """Whether its `run()` goes on and has written every product."""
        run = self._current_run
        return run is not None and run.outputs is not None and not run.outputs.lacking

    def all_published(self) -> bool:
        """Whether the task, or every branch of the workflow, is published."""
        return self.is_published()

    def require_published(self) -> None:
        """Raise `PublishError` unless `run()` has published all products."""
        if not self.current_run.has_published and not self.is_published():
            raise PublishError(
                "run() ended without publishing its products",
                ", ".join(self.output_location.full_names(self.fingerprint)),
                "write them inside 'with self.publish() as out:', or to the paths of self.output()",
            )  # fmt: skip

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
        if found.location is None or not found.location.below or found.folders:
            return found
        folders = lying(self.record_index, found.location, found.keys, trusted=self.trust_unrecorded)
        return dataclasses.replace(found, folders=tuple(folders[key] for key in found.keys))

    def _recorded_contents(self, directory: str, fingerprint: str) -> Mapping[str, tuple[Content, ...]]:
        """All that some outputs may hold, by product, by the records that are known here."""
        return contents_by_product(self.record_index.known(directory, fingerprint))


@functools.cache
def means_products(cls: Any) -> bool:
    """Whether a class is written in caselaw's words, and so has products: without them nothing of it would ever run."""
    code = getattr(inspect.unwrap(cls.run), "__code__", None) if cls.run is not None else None
    return cls.upstream is not FingerprintedTask.upstream or (code is not None and "publish" in code.co_names)
