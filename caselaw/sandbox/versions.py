"""Versions of distributions as a task finds them where it runs: inside its sandbox, where it has one."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import Any

from caselaw.errors import SandboxError
from caselaw.fingerprint.distributions import MISSING
from caselaw.publishing.task import RunnableTask
from caselaw.sandbox.entrance import INSTALLED, Command, exchange, needs_sandbox, prepare, refuse_unsupported, result

LONGEST = 2000

# A cache, not configuration: what each sandbox has answered to this process.
_answers: dict[str, dict[str, str]] = {}


def distributions_of(task: RunnableTask) -> Mapping[str, str]:
    """Distribution → version, of what the code of a task imports."""
    outside: Mapping[str, str] = task.code_closure.distributions
    if not needs_sandbox(task):
        return outside
    refuse_unsupported(task)
    inside = versions_inside(task) if outside else {}
    return {name: inside.get(name, MISSING) if is_version(version) else version for name, version in outside.items()}


def is_version(text: str) -> bool:
    """Whether it is that of a distribution; a module that none brings is the same file everywhere."""
    return not text.startswith(("file:", "unversioned"))


def versions_inside(task: Any) -> dict[str, str]:
    """All distributions in the sandbox of a task, asked for once per process. Raises `SandboxError`."""
    key = task.sandbox_inst.key
    if key not in _answers:
        _answers[key] = asked(task, key)
    return _answers[key]


def asked(task: Any, key: str) -> dict[str, str]:
    """Versions of distributions in a sandbox. Raises `SandboxError` where it cannot be entered."""
    prepare(task)
    with exchange(task) as folder:
        try:
            command = task.sandbox_inst.cmd(Command(task, "Versions", str(folder)))
            code, out, error = task.sandbox_inst.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except Exception as failure:
            raise SandboxError(f"it cannot be entered: {failure}", key, INSTALLED) from failure
        if code != 0:
            text = f"{out}\n{error}".strip()[-LONGEST:]
            raise SandboxError(f"it cannot be entered (exit code {code}):\n{text}\n", key, INSTALLED)
        return result(folder)
