"""The way into a sandbox of law: all that law does around `run()`, with the branch as it was decided outside.

law itself would start `law run` inside, which decides anew what the task and all that lies upstream is called, by the
distributions that it finds there. Here the process inside gets its branch as a worker gets it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import law
from law.sandbox.base import SandboxProxy

from caselaw.branches.yielded import yields
from caselaw.errors import SandboxError, TaskError
from caselaw.publishing.task import RunnableTask
from caselaw.version import __version__

INSIDE = "caselaw.execution.inside_sandbox"
"""The module of the tasks that law runs inside."""
REQUEST, RESULT = "request.pickle", "result.json"
ALONE = ("--local-scheduler=True", "--no-lock=True", "--log-level=WARNING")
INSTALLED = "law and caselaw must be installed inside, and the project must be visible there under its own path"


def needs_sandbox(task: Any) -> bool:
    """Whether a task is to run in a sandbox in which this process is not."""
    return isinstance(task, law.SandboxTask) and not task.is_sandboxed()


def refuse_unsupported(task: RunnableTask) -> None:
    """Raise `TaskError` for what of law's sandboxes cannot be had."""
    cls: Any = type(task)
    if cls.sandbox_stageout is not law.SandboxTask.sandbox_stageout:
        raise TaskError(
            "sandbox_stageout() would take outputs past their verification", cls.__name__,
            "remove it: what 'with self.publish() as out:' gives is published from inside the sandbox",
        )  # fmt: skip
    if yields(cls):
        raise TaskError(
            "a run() that yields its requirements cannot do that from inside a sandbox", cls.__name__,
            "declare them in upstream()",
        )  # fmt: skip
    if cls.__module__ == "__main__":
        raise TaskError(
            "a sandbox cannot be entered with a task of a script", cls.__name__, "define the task in a module"
        )


class Command:
    """`law run` of a task of ours, for law to run inside; what law adds to its own commands means nothing to it."""

    def __init__(self, task: Any, family: str, folder: str) -> None:
        self.words = [*task.sandbox_law_executable(), "run", f"{INSIDE}.{family}", "--folder", folder, *ALONE]

    def build(self, *_: Any, **__: Any) -> str:
        return shlex.join(self.words)

    def add_arg(self, *_: Any, **__: Any) -> None:
        pass


class Entrance(SandboxProxy):  # type: ignore[misc]
    """What law takes for the `run()` of a task outside of its sandbox."""

    exclude_index = True
    _folder: str

    def run(self) -> None:
        self.task.__dict__["run"]()  # adopts, or has it done by a worker; who does it in the end, enters

    def create_proxy_cmd(self) -> Command:
        return Command(self.task, "Inside", self._folder)

    def enter(self, branch: bytes) -> None:
        """Run a packed branch inside. Raises `SandboxError` with what was wrong there."""
        task = self.task
        prepare(task)
        with exchange(task) as folder:
            self._folder = str(folder)
            request = (__version__, project_path(), dict(task.installed_distributions), branch)
            (folder / REQUEST).write_bytes(pickle.dumps(request))
            try:
                super().run()
            except Exception as error:
                raise SandboxError(
                    result(folder).get("error") or str(error), task.sandbox_inst.key, INSTALLED
                ) from None
            upload = result(folder).get("upload")
        task.current_run.upload = Path(upload) if upload is not None else None
        task.current_run.has_published = True


@contextlib.contextmanager
def exchange(task: RunnableTask) -> Iterator[Path]:
    """A folder of the project through which both sides of a sandbox talk."""
    place = task.law_project.root / ".caselaw"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sandbox-", dir=place) as folder:
        yield Path(folder)


def result(folder: Path) -> dict[str, Any]:
    """What the process inside has written."""
    try:
        found: dict[str, Any] = json.loads((folder / RESULT).read_text())
    except FileNotFoundError:
        return {}
    return found


def prepare(task: Any) -> None:
    """Give law what it wants to know of who enters; luigi's scheduler knows nothing of a branch in the pool."""
    root = law.parser.root_task() or law.parser.root_task(task)
    if not getattr(task, "_worker_id", None):
        task._worker_id = f"caselaw-{os.getpid()}"
    if not getattr(task, "_worker_first_task_id", None):
        task._worker_first_task_id = root.task_id


def project_path() -> list[str]:
    """Search path of this process without what belongs to its own interpreter."""
    own = tuple(f"{os.path.realpath(prefix)}{os.sep}" for prefix in {sys.prefix, sys.base_prefix})
    entries = (os.path.realpath(entry) for entry in sys.path)
    return [
        entry for entry in dict.fromkeys(entries) if Path(entry).is_dir() and not f"{entry}{os.sep}".startswith(own)
    ]


def entrance(task: Any) -> Any:
    """What law calls the sandbox proxy of a task; None inside the sandbox."""
    task._initialize_sandbox()
    if task._sandbox_proxy is not None and not isinstance(task._sandbox_proxy, Entrance):
        task._sandbox_proxy = Entrance(task=task)
    return task._sandbox_proxy
