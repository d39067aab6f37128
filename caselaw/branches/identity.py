"""Who a task of law or luigi is, for digests and for people."""

from __future__ import annotations

from typing import Any

from caselaw.errors import FingerprintError
from caselaw.fingerprint import digest
from caselaw.fingerprint.encoding import encode
from caselaw.parameters import counted_names


def identity_of_task(task: Any) -> str:
    """Family and significant parameters of a task, whatever law's own say: they tell how and where it runs."""
    return digest("law task", task.get_task_family(), {n: plain(task, n, v) for n, v in own_parameters(task).items()})


def own_parameters(task: Any) -> dict[str, Any]:
    """Values of significant parameters that are not law's own."""
    cls: Any = type(task)
    return {name: getattr(task, name) for name in counted_names(cls)}


def plain(task: Any, name: str, value: Any) -> Any:
    """A value that has a digest: the value itself, or else as it is on the command line."""
    try:
        encode(value)
    except FingerprintError:
        return str(dict(task.get_params())[name].serialize(value))
    return value


def described(task: Any) -> str:
    """`Plain(n=1)`, of a branch also its number."""
    parameters = [f"{name}={value}" for name, value in own_parameters(task).items()]
    if hasattr(task, "get_branch_map") and task.is_branch():
        parameters.append(f"branch={task.branch}")
    family = str(task.get_task_family())
    return f"{family}({', '.join(parameters)})" if parameters else family
