"""The tasks that a campaign consists of: all that law's index knows and that need no other parameter."""

from __future__ import annotations

import importlib
from collections.abc import Container, Iterator

import luigi

from caselaw.config import load_project
from caselaw.errors import CaselawError, TaskError
from caselaw.execution.run import require_named
from caselaw.plan.lineage import everything
from caselaw.task.base import FingerprintedTask


def tasks_of_campaign(campaign: str) -> tuple[list[FingerprintedTask], dict[str, str]]:
    """Tasks of a campaign with everything upstream, and why some families could not be evaluated for it.

    Raises `TaskError` where it is not known what a task needs: then nothing can be said to be unreached.
    """
    found: dict[str, FingerprintedTask] = {}
    failed: dict[str, str] = {}
    looked_at: set[str] = set()
    for cls in indexed_classes():
        parameters = dict(cls.get_params())
        chosen = {"campaign": campaign} if "campaign" in parameters and chooses_campaign(cls) else {}
        if all(has_default(p) or name in chosen for name, p in parameters.items()):
            for task in upstream_and_itself(cls, chosen, looked_at):
                looked_at.add(task.task_id)
                try:
                    _ = task.declared_products and task.fingerprint
                    require_named(task)
                except CaselawError as error:
                    failed[task.get_task_family()] = str(error)
                else:
                    found[task.task_id] = task
    return [task for task in found.values() if task.declared_products], failed


def upstream_and_itself(
    cls: type[luigi.Task], parameters: dict[str, str], known: Container[str]
) -> list[FingerprintedTask]:
    """The task of a class and those upstream that are caselaw's, without what is known."""
    try:
        return [task for task in everything(cls(**parameters), known) if isinstance(task, FingerprintedTask)]
    except CaselawError as error:
        raise TaskError(
            f"it is not known what it needs: {error}", cls.get_task_family(),
            "correct it, or take its module out of law.cfg's section [modules]",
        ) from error  # fmt: skip


def chooses_campaign(cls: type[luigi.Task]) -> bool:
    """Whether a parameter `campaign` is what it is to caselaw, and no other one of that name."""
    return bool(cls.config_keys) if issubclass(cls, FingerprintedTask) else True


def has_default(parameter: luigi.Parameter) -> bool:
    return parameter._default is not luigi.parameter._no_value


def indexed_classes() -> Iterator[type[luigi.Task]]:
    """Task classes that are defined in the modules of law's index, also those of plain law."""
    for name in indexed_modules():
        for cls in vars(importlib.import_module(name)).values():
            if isinstance(cls, type) and issubclass(cls, luigi.Task) and cls.__module__ == name:
                yield cls


def indexed_modules() -> list[str]:
    from law.config import Config

    configured = list(Config.instance().options("modules")) if Config.instance().has_section("modules") else []
    if not configured:
        raise TaskError(
            "law.cfg names no modules with tasks", load_project().config_file, "list them in its section [modules]"
        )
    return configured
