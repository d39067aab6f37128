"""Everything but the inputs that determines a task's output."""

from __future__ import annotations

import functools
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from caselaw.branches.task import TaskLike
from caselaw.fingerprint import digest
from caselaw.fingerprint.code.reading.facts import PASSED_ON
from caselaw.parameters import counted_names, family_of_class, is_task_class, with_classes
from caselaw.records import Basis

CAMPAIGN = frozenset({
    "campaign", "campaign_file", "campaign_name", "cli_args", "get_params", "live_task_id", "location",
    "output_location", "param_kwargs", "task_id",
    "to_str_params", "__dict__", PASSED_ON,
})  # fmt: skip
"""Members of a task that tell what its campaign is called; one that is handed on may be asked for any of them."""


@dataclass(frozen=True)
class Components:
    """Components of a fingerprint, as digests."""

    family: str
    code: str
    parameters: str
    config: str
    environment: str

    @functools.cached_property
    def digest(self) -> str:
        return digest("own components", *asdict(self).values())


def components_of(task: TaskLike) -> Components:
    """The components of a task or workflow."""
    closure = task.code_closure
    return Components(
        family=task.get_task_family(),
        code=closure.code_digest,
        parameters=digest(counted_parameters(task)),
        config=digest(config_of(task)),
        environment=digest(dict(task.installed_distributions), without_file_names(task.environment_parts)),
    )


def counted_parameters(task: TaskLike) -> dict[str, Any]:
    """Significant parameters; of a task class its family and the code that it reaches, which `run()` may call."""
    return with_classes(
        task.significant_parameters, lambda cls: ("task class", family_of_class(cls), code_of_class(task, cls))
    )


def code_of_class(task: TaskLike, cls: type) -> str:
    from caselaw.fingerprint import code_closure

    return code_closure(cls, task.law_project.root, task.law_project.first_party).digest


def config_of(task: TaskLike) -> dict[str, Any]:
    """Declared keys of the campaign and their values; and what the campaign is called, where code may read that."""
    if not task.config_keys:
        return {}
    name = {"--campaign": str(task.campaign_name)} if counts_by_name(task) else {}
    return {**task.declared_config.canonical(), **name}


def counts_by_name(task: TaskLike) -> bool:
    """Whether code of the task may read what its campaign is called: another name may then make another output."""
    cls: Any = type(task)
    return "campaign" not in counted_names(cls) and not CAMPAIGN.isdisjoint(task.code_closure.mentions)


def without_file_names(parts: Mapping[str, str]) -> dict[str, str]:
    """Parts of a sandbox by their place in its key: `1 fit.lock` is 1, whatever the file is called."""
    return {name.partition(" ")[0]: value for name, value in parts.items()}


def basis_of(task: TaskLike) -> Basis:
    """The components of a task one by one, as its records keep them."""
    closure = task.code_closure
    return Basis(
        own=task.own_components.digest,
        family=task.get_task_family(),
        components=asdict(task.own_components),
        symbols={name: symbol.digest for name, symbol in closure.symbols.items()},
        sources={name: closure.source(name) for name in closure.symbols},
        parameters=typed_parameters(task),
        config=config_of(task),
        distributions=dict(task.installed_distributions),
        environment=task.environment_parts,
        python=platform.python_version(),
    )


def typed_parameters(task: TaskLike) -> dict[str, str]:
    """Significant parameters in a form in which 1, 1.0 and "1" differ; without defined order, sorted."""
    values = task.significant_parameters.items()
    return {name: shown_class(task, value) if is_task_class(value) else typed(value) for name, value in values}


def shown_class(task: TaskLike, cls: type) -> str:
    return f"{family_of_class(cls)}, code {code_of_class(task, cls)[:20]}"


def typed(value: Any) -> str:
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(repr, value))) + "}"
    return repr(value)
