"""What `law run` does inside a sandbox: one branch, as it was decided outside."""

from __future__ import annotations

import json
import pickle
import sys
import time
import traceback
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import law
import luigi

from caselaw.errors import SandboxError
from caselaw.execution.worker import run_branch
from caselaw.fingerprint.distributions import normalised
from caselaw.publishing.task import RunnableTask
from caselaw.sandbox.entrance import INSTALLED, REQUEST, RESULT
from caselaw.storage.owner import owner
from caselaw.storage.publish import remove_orphans
from caselaw.version import __version__


class Inside(law.Task):  # type: ignore[misc]
    """Runs the branch of the request in `folder`; what came of it is written there."""

    exclude_index = True
    folder = luigi.Parameter()

    def complete(self) -> bool:
        return Path(self.folder, RESULT).exists()

    def run(self) -> None:
        try:
            found = self.result()
        except BaseException:
            write(self.folder, {"error": traceback.format_exc()})
            raise
        write(self.folder, found)

    def result(self) -> dict[str, Any]:
        """Run what was asked for, and answer. Raises `SandboxError` where another caselaw is installed there."""
        version, path, *request = pickle.loads(Path(self.folder, REQUEST).read_bytes())
        if version != __version__:
            raise SandboxError(f"it has caselaw {__version__}, and outside is {version}", sys.prefix, INSTALLED)
        sys.path.extend(path)
        return {"upload": run_request(*request)}


class Versions(Inside):
    """Writes down which distributions there are."""

    def result(self) -> dict[str, Any]:
        found: dict[str, str] = {}
        for one in metadata.distributions():
            if one.metadata["Name"]:
                found.setdefault(normalised(one.metadata["Name"]), one.version)
        return found


def write(folder: str, content: dict[str, Any]) -> None:
    Path(folder, RESULT).write_text(json.dumps(content))


def run_request(distributions: Mapping[str, str], request: bytes) -> str | None:
    """Run a branch; returns the folder of the outbox with its outputs, if they are there.

    Raises `SandboxError` where what is inside is not what was counted outside.
    """
    job, number, row = pickle.loads(request)
    task = job.branch(job.task(), number, row)
    refuse_differences(task, distributions)
    try:
        return run_branch(task, time.time())
    finally:
        remove_orphans(task.output_store.scratch, also=frozenset({owner()}))


def refuse_differences(task: RunnableTask, distributions: Mapping[str, str]) -> None:
    """Raise `SandboxError` where the code or its distributions are not those of the fingerprint."""
    found = dict(task.code_closure.distributions)
    names = sorted(name for name in found.keys() | distributions.keys() if found.get(name) != distributions.get(name))
    if names:
        shown = ", ".join(f"{name} {found.get(name)} instead of {distributions.get(name)}" for name in names)
        raise SandboxError(
            f"there is {shown}", f"inside, {sys.prefix}", "run again; the fingerprint counts what is there"
        )
    if task.code_closure.code_digest != task.of_all_branches.run_context.code:
        raise SandboxError(
            "the code of the task is not that of its fingerprint", f"inside, {sys.prefix}",
            "the project must be the same files there",
        )  # fmt: skip
