"""What a task class declares, and what becomes of its parameters: products, campaign, resources, connections."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeGuard

import law
import luigi

from caselaw.branches.upstream import Connection, named
from caselaw.config import (
    Campaign,
    DeclaredConfig,
    Project,
    format_keys,
    load_campaign,
    load_project,
)  # fmt: skip
from caselaw.errors import ConfigError
from caselaw.parameters import (
    CampaignParameter,
    arguments_by_name,
    canonical_values,
    parameters_of,
    refuse_other_roles,
)  # fmt: skip
from caselaw.records.stores import project_layers, project_store
from caselaw.resources import Resources
from caselaw.storage.layer import Layer
from caselaw.storage.store import Store
from caselaw.task.bases import TaskRegister
from caselaw.task.reserved import refuse_reserved_names


class FreeName:
    """An attribute that a project may take for something else, by its class or by setting it on an instance."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, task: Any, owner: type | None = None) -> Any:
        return self if task is None else self.function(task)


class DeclaredTask(law.Task, metaclass=TaskRegister):  # type: ignore[misc]
    """A task by what its class declares."""

    verify_inputs = luigi.BoolParameter(
        default=False, significant=False, description="before a branch runs, compare its inputs with their records"
    )

    trust_unrecorded = luigi.BoolParameter(
        default=False, significant=False, description="take outputs without a record as they are"
    )

    products: ClassVar[Mapping[str, str]] = {}
    config_keys: ClassVar[tuple[str, ...]] = ()
    environment_variables: ClassVar[tuple[str, ...]] = ()
    resources: ClassVar[Resources] = Resources()

    fixed_names: ClassVar[bool] = False
    """Whether outputs that the task names itself keep their names; else these get its fingerprint."""

    exclude_index = True

    _config: DeclaredConfig | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        refuse_reserved_names(cls)
        refuse_other_roles(cls)

    @classmethod
    def modify_task_attributes(cls) -> None:
        """Give tasks that read the campaign their `--campaign`, before luigi collects the parameters."""
        super().modify_task_attributes()
        if cls.config_keys and getattr(cls, "campaign", None) is None:
            cls.campaign = CampaignParameter(
                default=law.NO_STR,
                description="a campaign under configs/ or a path to a YAML file; default: law.cfg's",
            )
            cls.campaign.__set_name__(cls, "campaign")

    @classmethod
    def get_params(cls) -> list[tuple[str, luigi.Parameter]]:
        """The parameters of the class, looked up once: luigi asks nine times per instance."""
        return parameters_of(cls)

    @classmethod
    def get_param_values(cls, params: Any, args: Any, kwargs: Any) -> list[tuple[str, Any]]:
        """Values as they are after their way through the command line; raises `TaskError` for what has no such way."""
        given = arguments_by_name(cls, params, args, kwargs)
        return canonical_values(cls, super().get_param_values(params, (), given), given)

    @classmethod
    def modify_param_values(cls, params: dict[str, Any]) -> dict[str, Any]:
        """The values, with the campaign of law.cfg. Raises `ConfigError` where none is chosen."""
        params = super().modify_param_values(params)
        chooses = cls.config_keys or isinstance(getattr(cls, "campaign", None), CampaignParameter)
        if chooses and params.get("campaign") == law.NO_STR:
            default = load_project().campaign
            if default is None:
                raise ConfigError(
                    "no campaign is chosen",
                    cls.__name__,
                    "give --campaign NAME, or set 'campaign' in section [caselaw] of law.cfg",
                )
            params["campaign"] = default
        return params

    def process_resources(self) -> Mapping[str, int]:
        """What luigi's scheduler sets aside while the task runs."""
        return self.scheduler_needs

    @property
    def scheduler_needs(self) -> Mapping[str, int]:
        """luigi's scheduler resources, where `resources` are a mapping; else they are those of a batch system."""
        found = self.resources
        return found if isinstance(found, Mapping) else {}

    # what the task declares; `config`, `project` and `store` a project may use for something of its own

    @property
    def declared_products(self) -> Mapping[str, str]:
        """Product → extension, as the class declares them in `products`."""
        found = getattr(type(self), "products", None)
        return found if is_products(found) else {}

    @property
    def batch_resources(self) -> Resources:
        """What a branch needs, as the class declares it in `resources`."""
        found = getattr(type(self), "resources", None)
        return found if isinstance(found, Resources) else Resources()

    @property
    def campaign_name(self) -> str:
        return str(self.campaign)

    @FreeName
    def config(self) -> DeclaredConfig:
        """The campaign's values under the declared `config_keys`; reading another key raises."""
        return self.declared_config

    @FreeName
    def project(self) -> Project:
        """The project that the task belongs to: the folder of its law.cfg, and what stands in section [caselaw]."""
        return self.law_project

    @FreeName
    def store(self) -> Store:
        """Where outputs lie."""
        return self.output_store

    def upstream(self) -> Any:
        """The connections to what lies upstream: a mapping name → each, batches, whole, over or files."""
        return {}

    @functools.cached_property
    def upstream_connections(self) -> dict[str, Connection]:
        return self._named_connections()

    def _named_connections(self) -> dict[str, Connection]:
        found = named(self.upstream(), type(self).__name__)
        return {name: trusting(each) for name, each in found.items()} if self.trust_unrecorded else found

    @functools.cached_property
    def law_project(self) -> Project:
        return load_project()

    @functools.cached_property
    def output_store(self) -> Store:
        """Where outputs lie."""
        return project_store(self.law_project)

    @functools.cached_property
    def output_layers(self) -> tuple[Layer, ...]:
        """Further stores in which outputs may lie that this one lacks, in order."""
        return project_layers(self.law_project)

    @functools.cached_property
    def campaign_file(self) -> Campaign | None:
        return load_campaign(self.law_project, self.campaign_name) if self.config_keys else None

    @property
    def declared_config(self) -> DeclaredConfig:
        """The campaign's values under the declared `config_keys`; reading another key raises.

        Raises `ConfigError` where there are none.
        """
        if self._config is None:
            if self.campaign_file is None:
                raise ConfigError(
                    "the task declares no config_keys", type(self).__name__, "add config_keys = (…) to the class"
                )
            keys = format_keys(self.config_keys, {name: getattr(self, name) for name, _ in self.get_params()})
            self._config = DeclaredConfig(self.campaign_file, keys, type(self).__name__)
        return self._config


def is_products(found: Any) -> TypeGuard[Mapping[str, str]]:
    """Whether what a class calls `products` are those of caselaw."""
    return isinstance(found, Mapping) and all(isinstance(text, str) for pair in found.items() for text in pair)


def trusting(connection: Connection) -> Connection:
    """The connection with the word of the user that outputs without a record may be taken."""
    task = getattr(connection, "task", None)
    if not isinstance(task, DeclaredTask) or task.trust_unrecorded:
        return connection
    return dataclasses.replace(connection, task=task.clone(trust_unrecorded=True))
