"""The tasks of today's code: all that law's index knows and that need no other parameter than a campaign."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Container, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import luigi

from caselaw.config import load_project
from caselaw.errors import CaselawError, TaskError
from caselaw.execution.run import require_named
from caselaw.plan.lineage import everything
from caselaw.plan.tags import names_of
from caselaw.task.base import FingerprintedTask


class Reached:
    """What tasks of today's code reach. `names`: folder → names of outputs, whether they exist or not.

    `failed`: family → why it could not be evaluated; `unknown`: families that have outputs and no class in today's
    code. Each task is looked at once, with everything upstream.
    """

    def __init__(self) -> None:
        self.names: dict[str, set[str]] = {}
        self.failed: dict[str, str] = {}
        self.unknown: set[str] = set()
        self._looked_at: set[str] = set()

    def add(self, task: Any) -> None:
        """Evaluate a task and what lies upstream of it. Raises `TaskError` where it is not known what it needs."""
        for each in upstream_and_itself(task, self._looked_at):
            self._looked_at.add(each.task_id)
            with self.failures(each.get_task_family()):
                require_named(each)
                self.keep(names_of(each))

    def keep(self, names: Mapping[str, Iterable[str]]) -> None:
        """Take in what is reached besides."""
        for directory, more in names.items():
            self.names.setdefault(directory, set()).update(more)

    @contextlib.contextmanager
    def failures(self, family: str) -> Iterator[None]:
        """What cannot be evaluated, for whatever reason the project's code has, is noted down: its outputs stay."""
        try:
            yield
        except Exception as error:
            self.failed[family] = reason_of(error)


def reach_of_index(campaign: str | None, found: Reached) -> None:
    """Add the tasks of a campaign, or without one those that need none, or that have the project's default.

    Raises `TaskError` where it is not known what a task needs: then nothing can be said to be unreached.
    """
    if campaign is not None and not indexed_modules():
        raise TaskError(
            "law.cfg names no modules with tasks", load_project().config_file, "list them in its section [modules]"
        )
    for cls in indexed_classes():
        parameters = dict(cls.get_params())
        chooses = "campaign" in parameters and chooses_campaign(cls)
        campaign_name = campaign or load_project().campaign
        chosen = {"campaign": campaign_name} if chooses and campaign_name else {}
        needed = {name for name, p in parameters.items() if not has_default(p) or (chooses and name == "campaign")}
        if needed <= chosen.keys():
            found.add(cls(**chosen))


def reason_of(error: Exception) -> str:
    return str(error) if isinstance(error, CaselawError) else f"{type(error).__name__}: {error}"


def upstream_and_itself(task: Any, left_out: Container[str]) -> list[FingerprintedTask]:
    """A task and those upstream that are caselaw's, without what is known.

    Raises `TaskError` where it is not known what it needs.
    """
    try:
        return [each for each in everything(task, left_out) if isinstance(each, FingerprintedTask)]
    except Exception as error:  # of the project's own code
        raise TaskError(
            f"it is not known what it needs: {reason_of(error)}", task.get_task_family(),
            "correct it, or take its module out of law.cfg's section [modules]",
        ) from error  # fmt: skip


def chooses_campaign(cls: type[luigi.Task]) -> bool:
    """Whether a parameter `campaign` is what it is to caselaw, and no other one of that name."""
    return bool(cls.config_keys) if issubclass(cls, FingerprintedTask) else True


def has_default(parameter: luigi.Parameter) -> bool:
    return parameter._default is not luigi.parameter._no_value


def indexed_classes() -> Iterator[type[luigi.Task]]:
    """Task classes that are defined in the modules of law's index, also those of plain law. Raises `TaskError`."""
    for name in indexed_modules():
        for cls in vars(imported(name)).values():
            if isinstance(cls, type) and issubclass(cls, luigi.Task) and cls.__module__ == name:
                yield cls


def imported(module: str) -> ModuleType:
    """A module with tasks. Raises `TaskError` where it cannot be imported."""
    try:
        return importlib.import_module(module)
    except Exception as error:
        raise TaskError(
            f"a module with tasks cannot be imported: {reason_of(error)}", module,
            "correct it, or take it out of law.cfg's section [modules]",
        ) from error  # fmt: skip


def indexed_modules() -> list[str]:
    from law.config import Config

    return list(Config.instance().options("modules")) if Config.instance().has_section("modules") else []
