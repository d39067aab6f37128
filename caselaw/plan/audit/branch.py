"""Running one branch under observation, without touching the store."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.errors import TaskError, UpstreamError
from caselaw.execution.job import Job
from caselaw.execution.threads import VARIABLES
from caselaw.plan.audit.child import DIGESTS, FAILURE, OBSERVATIONS, OUTPUT, ChildRequest
from caselaw.plan.audit.comparison import Made
from caselaw.plan.audit.observation import Observation, read_observations
from caselaw.plan.audit.origin import SourceOrigins
from caselaw.plan.audit.recorder import Lines
from caselaw.publishing.recording import RunContext
from caselaw.sandbox.entrance import needs_sandbox

START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from caselaw.plan.audit.child import serve; serve()"
SHOWN_OUTPUT = 4000


@dataclass(frozen=True)
class Observed:
    """What was seen; `failure` says how the branch failed, with the end of what it printed."""

    observations: tuple[Observation, ...]
    scratch: Path
    failure: str | None
    made: Made = None


def chosen_branch(task: Any) -> tuple[Any, int | None]:
    """The branch to run and its number: of a workflow the one that `--branch` names, else the first.

    Raises `TaskError` where there is none, and for tasks that cannot be watched.
    """
    if not carries_fingerprints(task):
        raise TaskError("the task makes nothing itself", type(task).__name__, "audit the tasks that it requires")
    if needs_sandbox(task):
        raise TaskError(
            "the task runs in a sandbox, where the audit cannot watch it", type(task).__name__,
            f"run the audit inside '{task.effective_sandbox}', with LAW_SANDBOX set to that",
        )  # fmt: skip
    if not hasattr(task, "get_branch_map"):
        return task, None
    workflow = task.as_workflow()
    if not workflow.branch_numbers:
        raise TaskError("there is no branch to run", type(task).__name__, "the workflow has none: check its upstream")
    number = task.selected_numbers[0] if task.is_branch() else workflow.branch_numbers[0]
    return workflow.as_branch(number), number


def require_upstream(branch: Any) -> None:
    """Raise `UpstreamError` unless everything that the branch needs is there."""
    import luigi

    missing = [task for task in luigi.task.flatten(branch.requires()) if not task.complete()]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UpstreamError(
            f"upstream is not complete: {missing[0].get_task_family()}{more}",
            type(branch).__name__,
            f"run it first: {command(missing[0])}",
        )


def command(task: Any) -> str:
    """The `law run` that makes a task."""
    import shlex

    parameters = dict(getattr(task, "readable_parameters", {}))
    if getattr(task, "config_keys", ()):
        parameters["campaign"] = task.campaign_name
    given = [word for name, value in parameters.items() for word in (f"--{name.replace('_', '-')}", value)]
    return shlex.join(["law", "run", task.get_task_family(), *given])


def observe(
    branch: Any, number: int | None, origins: SourceOrigins, lines: Lines, texts: Mapping[str, str] | None = None
) -> Observed:
    """Run the branch in a process of its own, which writes to a temporary folder that is removed again.

    With `texts`, these are executed in place of source files, and nothing is watched.
    """
    workflow = branch.of_all_branches
    # The context that a run makes for its records writes into the store; here nothing is recorded.
    workflow.__dict__["run_context"] = RunContext(
        workflow.own_components.digest, workflow.own_components.code, workflow.fingerprint, None, {}
    )
    work = pickle.dumps((Job.of(workflow), branch.branch_row))
    with tempfile.TemporaryDirectory(prefix="caselaw-audit-") as folder:
        scratch = Path(folder).resolve()
        (scratch / "tmp").mkdir()
        names = frozenset(name.partition(".")[0] for name in workflow.code_closure.symbols)
        store = os.path.realpath(branch.output_store.root) if branch.output_store.is_local else None
        yields = getattr(branch, "run_yields", False)
        request = ChildRequest(
            work, number or 0, scratch, origins, lines, branch.fingerprint, store, yields, names, texts or {}
        )
        status = execute(request, environment(scratch, branch.batch_resources.cpus))
        failure = failure_of(status, scratch)
        made = json.loads((scratch / DIGESTS).read_text()) if failure is None else None
        return Observed(tuple(read_observations(scratch / OBSERVATIONS)), scratch, failure, made)


def execute(request: ChildRequest, variables: Mapping[str, str]) -> int:
    """Exit status of the process, which ends with this one."""
    command = [sys.executable, "-P", "-c", START, json.dumps([os.path.realpath(entry) for entry in sys.path])]
    with (request.scratch / OUTPUT).open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=variables, start_new_session=True
        )
        try:
            process.communicate(pickle.dumps(request))
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        return process.returncode


def environment(scratch: Path, cpus: int) -> dict[str, str]:
    """Variables as a worker of the pool has them; temporary files stay in the scratch folder."""
    return {**os.environ, **dict.fromkeys(VARIABLES, str(cpus)), "TMPDIR": str(scratch / "tmp")}


def failure_of(status: int, scratch: Path) -> str | None:
    if status == 0:
        return None
    traceback = scratch / FAILURE
    how = f"the process died by {signal.Signals(-status).name}" if status < 0 else f"it ended with status {status}"
    printed = (scratch / OUTPUT).read_bytes()[-SHOWN_OUTPUT:].decode(errors="replace")
    return f"{printed}\n{traceback.read_text() if traceback.exists() else how}".strip()
