"""What a task runs in, as content: its sandbox, the variables that it declares, the options that it reads."""

from __future__ import annotations

import functools
import logging
import os
from typing import Any

import law

from caselaw.config.options import option_digests
from caselaw.fingerprint import digest
from caselaw.fingerprint.sandbox import sandbox_parts
from caselaw.parameters import counted_names

warn_once = functools.cache(logging.getLogger(__name__).warning)


def environment_of(task: Any) -> dict[str, str]:
    """Name of a part of the environment → digest of what it holds."""
    cls: Any = type(task)
    key = getattr(task, "sandbox", None) if "sandbox" not in counted_names(cls) else None
    in_sandbox = isinstance(key, str) and "::" in key
    parts = sandbox_parts(str(key), task.law_project.root, task.file_digests) if in_sandbox else {}
    if in_sandbox and not isinstance(task, law.SandboxTask):
        warn_once(
            "%s: the sandbox '%s' counts, but the task does not run in it; derive it from law.SandboxTask, too",
            cls.__name__, key,
        )  # fmt: skip
    variables = {f"${name}": digest("variable", os.environ.get(name)) for name in task.environment_variables}
    return {**parts, **variables, **option_digests(task.code_closure.options, task.code_closure.settings)}
