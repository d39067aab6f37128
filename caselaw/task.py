"""The base classes: a task whose outputs carry the fingerprint of all that they were made from."""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import os
import resource
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import law
import luigi

from caselaw.branches import Branch, Inputs, column, requirements_digest
from caselaw.config import (
    Campaign,
    DeclaredConfig,
    Project,
    format_keys,
    load_campaign,
    load_project,
    resolve_store,
)  # fmt: skip
from caselaw.errors import ConfigError, PublishError, SourceChanged, TaskError
from caselaw.execution.run import run_in_worker
from caselaw.fingerprint import Closure, FileDigests, code_closure, digest, short
from caselaw.records import Record, write_record
from caselaw.resources import Resources
from caselaw.storage import Location, Outputs, Staging, exists, readable_directory
from caselaw.storage.publish import Published
from caselaw.storage.target import outputs_of
from caselaw.upstream import Connection, Over, named

# How and where a task runs never changes what it makes (DESIGN: rule 4).
NOT_IN_FINGERPRINT = frozenset({"workflow", "effective_workflow", "branch", "branches", "campaign"})


warn_once = functools.cache(logging.getLogger(__name__).warning)


@functools.cache
def file_digests_of(root: Path) -> FileDigests:
    """The memo of file digests of a project."""
    return FileDigests(root / ".caselaw" / "digests.sqlite")


@dataclass(frozen=True)
class Components:
    """Everything but the inputs that determines a task's output, as digests."""

    family: str
    code: str
    parameters: str
    config: str
    environment: str

    @property
    def digest(self) -> str:
        return digest("own components", *asdict(self).values())


class FingerprintedTask(law.Task):  # type: ignore[misc]
    """What `caselaw.Task` and `caselaw.Workflow` share."""

    products: ClassVar[Mapping[str, str]] = {}
    config_keys: ClassVar[tuple[str, ...]] = ()
    resources: ClassVar[Resources] = Resources()

    exclude_index = True

    _branch_row: Branch | None = None
    _config: DeclaredConfig | None = None
    _sources: Mapping[Path, tuple[int, int]] | None = None
    _started: tuple[float, float] | None = None
    _has_published = False

    @classmethod
    def modify_task_attributes(cls) -> None:
        """Give tasks that read the campaign their `--campaign`, before luigi collects the parameters."""
        super().modify_task_attributes()
        if cls.config_keys and getattr(cls, "campaign", None) is None:
            cls.campaign = luigi.Parameter(
                default=law.NO_STR,
                description="a campaign under configs/ or a path to a YAML file; default: law.cfg's",
            )
            cls.campaign.__set_name__(cls, "campaign")

    @classmethod
    @functools.cache
    def get_params(cls) -> list[tuple[str, luigi.Parameter]]:
        """The parameters of the class, looked up once: luigi asks nine times per instance."""
        return list(super().get_params())

    @classmethod
    def modify_param_values(cls, params: dict[str, Any]) -> dict[str, Any]:
        params = super().modify_param_values(params)
        if params.get("campaign") == law.NO_STR and isinstance(getattr(cls, "campaign", None), luigi.Parameter):
            default = load_project().campaign
            if default is None:
                raise ConfigError(
                    "no campaign is chosen",
                    cls.__name__,
                    "give --campaign NAME, or set 'campaign' in section [caselaw] of law.cfg",
                )
            params["campaign"] = default
        return params

    def process_resources(self) -> dict[str, int]:
        """luigi's scheduler resources; `resources` here are those of a batch system."""
        return {}

    # what the task declares

    def upstream(self) -> Any:
        """The connections to what lies upstream: a mapping name → each, batches, whole, over or files."""
        return {}

    @functools.cached_property
    def connections(self) -> dict[str, Connection]:
        return named(self.upstream(), type(self).__name__)

    @functools.cached_property
    def project(self) -> Project:
        return load_project()

    @property
    def store(self) -> Path:
        return resolve_store(self.project)

    @functools.cached_property
    def campaign_file(self) -> Campaign | None:
        return load_campaign(self.project, self.campaign) if self.config_keys else None

    @property
    def config(self) -> DeclaredConfig:
        """The campaign's values under the declared `config_keys`; reading another key raises."""
        if self._config is None:
            if self.campaign_file is None:
                raise ConfigError(
                    "the task declares no config_keys", type(self).__name__, "add config_keys = (…) to the class"
                )
            keys = format_keys(self.config_keys, {name: getattr(self, name) for name, _ in self.get_params()})
            self._config = DeclaredConfig(self.campaign_file, keys, type(self).__name__)
        return self._config

    # identity and fingerprint

    @property
    def significant_parameters(self) -> dict[str, Any]:
        """Typed values of the parameters that determine the output."""
        return {
            name: getattr(self, name)
            for name, parameter in self.get_params()
            if parameter.significant and name not in NOT_IN_FINGERPRINT
        }

    @functools.cached_property
    def readable_parameters(self) -> dict[str, str]:
        """Significant parameters as on the command line."""
        parameters = dict(self.get_params())
        return {name: str(parameters[name].serialize(v)) for name, v in self.significant_parameters.items()}

    @property
    def branch_value(self) -> Any:
        return None

    @property
    def seed(self) -> int:
        """A random seed below 2^63 from the task's identity: a refactoring does not reshuffle the events."""
        identity = digest("seed", self.get_task_family(), self.significant_parameters, self.branch_value)
        return int(identity[:16], 16) >> 1

    @functools.cached_property
    def closure(self) -> Closure:
        """Code that the task reaches, and the distributions that this code imports."""
        found = code_closure(type(self), self.project.root, self.project.first_party)
        for warning in found.warnings:
            warn_once("%s", warning)
        return found

    @functools.cached_property
    def components(self) -> Components:
        closure = self.closure
        return Components(
            family=self.get_task_family(),
            code=closure.code_digest,
            parameters=digest(self.significant_parameters),
            config=digest(self.config.canonical() if self.config_keys else {}),
            environment=digest(dict(closure.distributions)),
        )

    @functools.cached_property
    def location(self) -> Location:
        """Where outputs of this task live; all branches of a workflow share one folder."""
        if not self.products:
            raise TaskError(
                "no products are declared", type(self).__name__, 'add products = {"name": "extension"} to the class'
            )
        campaign = self.campaign_file.name if self.campaign_file else None
        parameters = self.readable_parameters.items()
        return Location.of(readable_directory(self.store, self.get_task_family(), campaign, parameters), self.products)

    @property
    def file_digests(self) -> FileDigests:
        return file_digests_of(self.project.root)

    @property
    def fingerprint(self) -> str:
        raise NotImplementedError

    # running

    @contextlib.contextmanager
    def publish(self) -> Iterator[Mapping[str, Path]]:
        """Local paths to write the products to; on success all of them are published, else none."""
        started, cpu = self._started or (time.time(), cpu_seconds())
        in_worker = self._started is not None
        staging = Staging.open(self.store, self.products)
        try:
            yield staging.paths
            self._refuse_changed_sources()
            published = staging.publish(self.location, self.fingerprint)
        finally:
            staging.close(keep_folder=in_worker)
        write_record(self.location.directory, self._record(published, started, cpu))
        self._has_published = True

    def _refuse_changed_sources(self) -> None:
        sources = self._sources if self._sources is not None else self.closure.sources
        for path, status in sources.items():
            state = os.stat(path)
            if (state.st_mtime_ns, state.st_size) != tuple(status):
                raise SourceChanged(
                    "the code changed while the task ran, so its result would carry a wrong fingerprint",
                    path,
                    "nothing was published; run again",
                )

    def _record(self, published: Mapping[str, Published], started: float, cpu: float) -> Record:
        row = self.branch_row
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return Record(
            family=self.get_task_family(),
            parameters=self.of_all_branches.readable_parameters,
            branch_value=None if row.value is None else str(row.value),
            fingerprint=row.fingerprint,
            components=self.of_all_branches.components_of_record,
            inputs={name: digest(*inputs.keys) for name, inputs in row.inputs.items() if inputs is not None},
            outputs={
                product: {"name": os.path.basename(output.path), "sha256": output.digest, "bytes": output.size}
                for product, output in published.items()
            },
            host=socket.gethostname(),
            started=started,
            ended=time.time(),
            cpu_seconds=round(cpu_seconds() - cpu, 6),
            peak_memory=usage.ru_maxrss * 1024,
        )

    @property
    def of_all_branches(self) -> Any:
        """The task itself; of a branch, its workflow, which holds what all branches share."""
        return self

    @functools.cached_property
    def components_of_record(self) -> Mapping[str, str]:
        return asdict(self.components)

    @property
    def branch_row(self) -> Branch:
        raise NotImplementedError

    def published(self) -> bool:
        """Whether every product exists; raises `StoreUnavailable` when the store cannot say."""
        return all(exists(path) for path in self.location.full_names(self.fingerprint))

    def require_published(self) -> None:
        """Raise unless `run()` has published all products."""
        if not self._has_published and not self.published():
            raise PublishError(
                "run() ended without publishing its products", ", ".join(self.location.full_names(self.fingerprint)),
                "write them inside 'with self.publish() as out:'",
            )  # fmt: skip

    def _general_input(self, name: str) -> Any:
        raise NotImplementedError

    def _inputs(self, inputs: Mapping[str, Inputs | None]) -> dict[str, Any]:
        result = {}
        for name, found in inputs.items():
            if found is not None:
                result[name] = found.outputs()
            elif not isinstance(self.connections[name], Over):
                result[name] = self._general_input(name)
        return result


class Task(FingerprintedTask):
    """A task without branches. Its `run()` is executed in a worker process of the pool."""

    exclude_index = True
    declared = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if type(self).run is not Task.run and not inspect.isgeneratorfunction(type(self).run):
            self.__dict__["run"] = functools.partial(run_in_worker, self)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.declared = cls.output is Task.output

    @functools.cached_property
    def _row(self) -> Branch:
        columns = {
            name: column(connection, self.project.root, self.file_digests)
            for name, connection in self.connections.items()
        }
        everything = {name: list(found.digests) for name, found in columns.items()}
        own = self.components.digest
        if type(self).requires is not Task.requires:
            own = digest(own, requirements_digest(self.requires()))
        fingerprint = short(digest("task", own, everything))
        inputs = {
            name: found.inputs(0) if found.values is None or found.general else
            Inputs(found.location, tuple(key for keys in found.keys for key in keys), True)
            for name, found in columns.items()
        }  # fmt: skip
        return Branch(None, fingerprint, inputs)

    @property
    def branch_row(self) -> Branch:
        return self._branch_row if self._branch_row is not None else self._row

    @property
    def fingerprint(self) -> str:
        return self.branch_row.fingerprint

    @property
    def fingerprints(self) -> Sequence[str]:
        return (self.fingerprint,)

    @property
    def values(self) -> Sequence[Any]:
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
        return outputs_of(self.location, self.fingerprint)

    def complete(self) -> bool:
        return self.published() if self.declared else bool(super().complete())

    def run(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no run() method")


def cpu_seconds() -> float:
    """CPU time of this process and its finished children, in seconds."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
