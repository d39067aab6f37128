"""Notes of what plain tasks were made from: one small file per task or branch, in the project's `.caselaw` folder.

A note is of the very files that the task left: once somebody else has written them, it says nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import law
import luigi
from law.target.remote.base import RemoteTarget

from caselaw.branches.identity import identity_of_task
from caselaw.fingerprint import digest, short
from caselaw.storage.target import url_of

FOLDER = "plain"

State = list[int]
"""Size, and time of the last change in nanoseconds."""


@dataclass(frozen=True)
class Note:
    """`names` and `holds` of what a task was made from, and size and time of each file that it left."""

    names: str
    holds: str | None
    files: Mapping[str, State | None]


def note_of(root: Path, task: Any) -> Note | None:
    """The note of the outputs that are there; None where there is none, or where it is of other files."""
    try:
        content = json.loads(path_of(root, task).read_text(encoding="utf-8"))
        note = Note(str(content["names"]), content["holds"], dict(content["files"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # an unfinished one: the task is made again
        return None
    return note if note.files == states_of(task) else None


def is_noted(root: Path, task: Any) -> bool:
    """Whether there is a note, be it of other files."""
    return path_of(root, task).exists()


def write_note(root: Path, task: Any, names: str, holds: str | None) -> None:
    path = path_of(root, task)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(asdict(Note(names, holds, states_of(task)))), encoding="utf-8")
    temporary.replace(path)


def path_of(root: Path, task: Any) -> Path:
    where = sorted(targets_of(task)) or [identity_of_task(task), str(getattr(task, "branch", ""))]
    return root / ".caselaw" / FOLDER / f"{short(digest('plain', where))}.json"


def targets_of(task: Any) -> dict[str, Any]:
    """Path or URL → target, of all outputs that have one."""
    targets = law.target.collection.flatten_collections(luigi.task.flatten(task.output()))
    return {url_of(target): target for target in targets if hasattr(target, "path")}


def states_of(task: Any) -> dict[str, State | None]:
    """Path or URL → size and time of what is there; None for what is not."""
    return {url: state_of(target) for url, target in targets_of(task).items()}


def state_of(target: Any) -> State | None:
    if isinstance(target, RemoteTarget):
        found = target.exists(stat=True)
        return [int(found.st_size or 0), int((found.st_mtime or 0) * 1e9)] if found else None
    try:
        status = Path(getattr(target, "abspath", target.path)).stat()
    except FileNotFoundError:
        return None
    return [status.st_size, status.st_mtime_ns]
