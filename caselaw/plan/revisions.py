"""`caselaw diff`: two git revisions of a project, each evaluated in a process of its own, and what differs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caselaw.config import Project, load_project, resolve_store
from caselaw.errors import TaskError
from caselaw.plan.checkout import (
    commit_of,
    environment_without_git,
    export,
    top_of,
    tracked_files,
)
from caselaw.plan.differences import TaskDifference, differences
from caselaw.plan.snapshot import SnapshotRequest

WORKTREE = "WORKTREE"
"""Stands for the files as they are, uncommitted changes included; so does a dot."""

# The caselaw that runs here evaluates both revisions: a revision may hold another one, or one without this question.
START = "import sys; sys.path.insert(0, sys.argv[1]); import caselaw.plan.snapshot as snapshot; "
START += "sys.path.remove(sys.argv[1]); snapshot.main(sys.argv[2])"
ENGINE_FOLDER = Path(__file__).resolve().parents[2]

TRACKED = "tracked.json"
PATIENCE = 2.0
"""Seconds without a word."""
LAST_LINES = 12


@dataclass(frozen=True)
class RevisionComparison:
    """Two revisions (commits, or WORKTREE), the tasks that differ, and what could not be known."""

    base: str
    head: str
    tasks: tuple[TaskDifference, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        tasks = [task.as_json() for task in self.tasks]
        return {"base": self.base, "head": self.head, "tasks": tasks, "notes": list(self.notes)}


@dataclass(frozen=True)
class RevisionQuestion:
    """The task that is asked about, as `law run` takes it; `patch`: with the sources of changed symbols."""

    family: str
    arguments: tuple[str, ...] = ()
    patch: bool = False


@dataclass(frozen=True)
class Evaluation:
    """A process that evaluates one revision."""

    revision: str
    process: subprocess.Popen[bytes]
    result: Path
    log: Path


def compare_revisions(
    project: Project, base: str, head: str, question: RevisionQuestion, tell: Callable[[str], None] = lambda line: None
) -> RevisionComparison:
    """Compare the chain of a task in two revisions; `tell` gets a line when it takes longer than two seconds.

    Nothing in the user's repository or checkout is touched. Raises `RevisionError` for an unknown revision, and
    `TaskError` where the task cannot be evaluated in one or exists in neither.
    """
    root = project.root.resolve()
    own_top = top_of(root)
    commits = [WORKTREE if name in (WORKTREE, ".") else commit_of(own_top, name) for name in (base, head)]
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="caselaw-diff-") as name, ExitStack() as running:
        folder = Path(name).resolve()
        (folder / TRACKED).write_text(json.dumps(tracked_files(root)))
        evaluations = []
        for side, revision, commit in zip(("base", "head"), (base, head), commits, strict=True):
            top, missing = files_of(own_top, commit, folder / side)
            notes += [f"{revision}: the submodule {path} is not here and counts as empty" for path in missing]
            request = request_of(root / project.config_file.name, own_top, question, top, folder / side)
            evaluations.append(running.enter_context(evaluated(revision, request, folder / side)))
        wait_for(evaluations, tell)
        old, new = (answer(evaluation) for evaluation in evaluations)
    if not old["tasks"] and not new["tasks"]:
        raise TaskError(
            f"the task exists neither in {base} nor in {head}",
            question.family,
            "check its spelling and the section [modules] of law.cfg, or give it as module.Class",
        )
    for path in dict.fromkeys([*old["unknown"], *new["unknown"]]):
        notes.append(f"{path} is not here: its content counts as unknown, and as the same where it is not here either")
    return RevisionComparison(commits[0], commits[1], tuple(differences(old["tasks"], new["tasks"])), tuple(notes))


def files_of(own_top: Path, commit: str, place: Path) -> tuple[Path, list[str]]:
    """The top folder with the files of a revision, and submodules that are missing there."""
    place.mkdir()
    if commit == WORKTREE:
        return own_top, []
    return place / "files", export(own_top, commit, place / "files", place / "index")


def request_of(config_file: Path, own_top: Path, question: RevisionQuestion, top: Path, place: Path) -> SnapshotRequest:
    """The request for the revision in `top`; `config_file` is the user's own law.cfg."""
    return SnapshotRequest(
        family=question.family,
        arguments=question.arguments,
        config_file=str(top / config_file.relative_to(own_top)),
        top=str(top),
        own_top=str(own_top),
        own_root=str(config_file.parent),
        tracked=str(place.parent / TRACKED),
        result=str(place / "result.json"),
        with_sources=question.patch,
    )


@contextmanager
def evaluated(revision: str, request: SnapshotRequest, place: Path) -> Iterator[Evaluation]:
    """Start the process for one revision; it ends at the latest with the block."""
    folder = Path(request.config_file).parent
    arguments, log = place / "request.json", place / "log"
    arguments.write_text(json.dumps(asdict(request)))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", START, str(ENGINE_FOLDER), str(arguments)],
            cwd=folder if folder.is_dir() else place, env=child_environment(request, place),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield Evaluation(revision, process, Path(request.result), log)
    finally:
        process.kill()
        process.wait()


def child_environment(request: SnapshotRequest, place: Path) -> dict[str, str]:
    """The user's environment with the revision's law.cfg.

    Records of a store on this machine tell what `run()` yields; no server is asked.
    """
    store = resolve_store(load_project(Path(request.own_root)))
    return environment_without_git() | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAW_CONFIG_FILE": request.config_file,
        "LAW__caselaw__store": str(store.root if store.is_local else place / "store"),
    }


def wait_for(evaluations: Sequence[Evaluation], tell: Callable[[str], None]) -> None:
    """Wait for all processes."""
    started = time.monotonic()
    told = False
    while any(each.process.poll() is None for each in evaluations):
        if not told and time.monotonic() - started > PATIENCE:
            tell(f"computing the fingerprints of {' and '.join(each.revision for each in evaluations)} …")
            told = True
        time.sleep(0.02)


def answer(evaluation: Evaluation) -> dict[str, Any]:
    """What the process found out; raises `TaskError` with its last words where it failed."""
    if evaluation.result.is_file() and evaluation.process.poll() == 0:
        found: dict[str, Any] = json.loads(evaluation.result.read_text())
        if "error" not in found:
            return found
        words = str(found["error"])
    else:
        lines = evaluation.log.read_text(errors="replace").splitlines()
        words = "\n".join(lines[-LAST_LINES:])
    raise TaskError(
        f"the task cannot be evaluated:\n{words}\n",
        f"revision {evaluation.revision}",
        "correct it there, or compare other revisions",
    )
