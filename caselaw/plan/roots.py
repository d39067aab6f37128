"""The tasks that a campaign consists of: all that law's index knows and that need no other parameter."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import luigi

from caselaw.config import load_project
from caselaw.errors import CaselawError, TaskError
from caselaw.fingerprinted import FingerprintedTask


def tasks_of_campaign(campaign: str) -> tuple[list[FingerprintedTask], dict[str, str]]:
    """Tasks of a campaign, and why some families could not be evaluated for it."""
    found: list[FingerprintedTask] = []
    failed: dict[str, str] = {}
    for cls in indexed_classes():
        needed = [name for name, p in cls.get_params() if not has_default(p) and name != "campaign"]
        if needed or not cls.products:
            continue
        try:
            task = cls(campaign=campaign) if cls.config_keys else cls()
            _ = task.fingerprint
        except CaselawError as error:
            failed[cls.get_task_family()] = str(error)
        else:
            found.append(task)
    return found, failed


def has_default(parameter: luigi.Parameter) -> bool:
    return parameter._default is not luigi.parameter._no_value


def indexed_classes() -> Iterator[type[FingerprintedTask]]:
    """Task classes of caselaw that are defined in the modules of law's index."""
    for name in indexed_modules():
        for cls in vars(importlib.import_module(name)).values():
            if isinstance(cls, type) and issubclass(cls, FingerprintedTask) and cls.__module__ == name:
                yield cls


def indexed_modules() -> list[str]:
    from law.config import Config

    configured = list(Config.instance().options("modules")) if Config.instance().has_section("modules") else []
    if not configured:
        raise TaskError(
            "law.cfg names no modules with tasks", load_project().config_file, "list them in its section [modules]"
        )
    return configured
