"""Outputs that a project names itself, by its own `output()`: what they are called, and whether they are today's.

Every file gets the fingerprint into its name. Where names are to stay (`fixed_names`), and for targets that are no
files, the record says whether what is there is what today's fingerprint makes. Records lie in the store.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from law.target.remote.base import RemoteTarget

from caselaw.errors import FingerprintError, PublishError
from caselaw.fingerprint import digest, file_digest
from caselaw.publishing.task import RunnableTask
from caselaw.records import Record
from caselaw.records.notes import Notes
from caselaw.storage.files.atomic import beside, take_name
from caselaw.storage.local_store import LocalStore
from caselaw.storage.own_targets import (
    ELSEWHERE,
    by_name,
    carried,
    is_file,
    is_folder,
    is_made,
    needed,
    replaced,
    with_fingerprint,
)
from caselaw.storage.plain_files import FolderListings, local_state, path_of_local
from caselaw.storage.publish import Published, Staging
from caselaw.storage.state import exists
from caselaw.storage.target import url_of

logger = logging.getLogger(__name__)

SECONDS_OF_A_CLOCK = 2.0
"""Times of files may be as coarse as this."""


def named_outputs(task: RunnableTask) -> Any:
    """What a project's own `output()` returns, each file under its name for today's fingerprint."""
    if task.current_run.outputs is not None:
        return task.current_run.outputs.outputs()
    return final_outputs(task)


def final_outputs(task: RunnableTask) -> Any:
    """The outputs as they are called when they are made, also while `run()` goes on."""
    return replaced(task.own_output(), lambda target: final_target(task, target))


def final_target(task: RunnableTask, target: Any) -> Any:
    if task.fixed_names or not is_file(target) or is_taken(task, target):
        return target
    return with_fingerprint(target, task.fingerprint)


def written_here(task: RunnableTask, targets: Mapping[str, Any]) -> dict[str, Any]:
    """Files that the task writes: all but those that it takes of the outputs of another task."""
    files = {name: target for name, target in targets.items() if is_file(target)}
    return {name: t for name, t in files.items() if carried(t) == task.fingerprint or not is_taken(task, t)}


def is_taken(task: RunnableTask, target: Any) -> bool:
    """Whether a target is an output of caselaw's or of another task as it is, not one that is called after it."""
    there = carried(target)
    return there is not None and (there == task.fingerprint or is_made(target))


def paths_of_own(task: RunnableTask) -> dict[str, str]:
    """Paths or URLs of the outputs of a branch, by their places in `output()`; optional ones, if they are there."""
    return {
        name: url_of(target)
        for name, target in by_name(final_outputs(task)).items()
        if getattr(target, "path", None) and (not getattr(target, "optional", False) or target.exists())
    }


# whether they are there


def own_present(task: RunnableTask, record: Record | None, folders: FolderListings | None = None) -> bool:
    """Whether outputs that a project names itself are there, and are what their record says.

    Those whose names do not tell must be what was made last under today's fingerprint; others are read where they may
    have been written since. With `folders`, all are looked up in listings.
    """
    outputs = final_outputs(task)
    targets = by_name(outputs)
    listed = folders is not None and all(is_file(t) and folders.look(t) is not None for t in targets.values())
    if not (targets and listed) and not needed(outputs):
        require_answers(targets)
        return False
    return all(is_todays(task, name, target, record) for name, target in targets.items())


def own_exist(task: RunnableTask) -> bool:
    """Whether there is anything under all the names that the outputs have today."""
    outputs = final_outputs(task)
    if needed(outputs):
        return True
    require_answers(by_name(outputs))
    return False


def is_todays(task: RunnableTask, name: str, target: Any, record: Record | None) -> bool:
    """Whether an output that is there is what today's fingerprint makes."""
    if known_by_notes(task, {name: target}):
        return Notes(task.law_project.root).made_by([identity(task, name, target)]) == task.fingerprint
    if isinstance(target, RemoteTarget):
        return True
    said = None if record is None else record.outputs.get(name)
    if said is None or record is None:
        return not task.fixed_names or not target.exists()  # optional
    if is_folder(target) and not task.fixed_names and "modified" not in said:
        return True
    return untouched(task, target, said)


def untouched(task: RunnableTask, target: Any, said: Mapping[str, Any]) -> bool:
    """Whether a file of this machine is what its record says, by size and time if they are known, else by its content.

    The time is that of the file, by the clock of its file system, and not that of a record, by some host's.

    One that a user vouched for may have its plain name as well, under which anybody may write to it.
    """
    path = path_of_local(target)
    if not os.path.lexists(path):  # optional
        return True
    if "modified" in said and local_state(path) == (said["bytes"], said["modified"]):
        return True
    return bool(said["sha256"] == task.file_digests.digest(path))


def can_be_linked(task: RunnableTask, number: int) -> bool:
    """Whether all outputs of a branch are files of this machine, which can have several names."""
    targets = by_name(task.passing_branch(number).own_output()).values()
    return all(is_file(target) and not isinstance(target, RemoteTarget) for target in targets)


def require_answers(targets: Mapping[str, Any]) -> None:
    """Raise `StoreUnavailable` where a file of this machine is missing only because nobody can say."""
    for target in targets.values():
        if is_file(target) and not isinstance(target, RemoteTarget):
            exists(path_of_local(target))


def known_by_notes(task: RunnableTask, targets: Mapping[str, Any]) -> dict[str, Any]:
    """Targets whose names do not tell what made them, and whose contents nobody can compare."""
    return {n: t for n, t in targets.items() if not is_file(t) or (task.fixed_names and isinstance(t, RemoteTarget))}


def note_own(task: RunnableTask, targets: Mapping[str, Any]) -> None:
    """Note under which fingerprint such targets were made."""
    for name, target in targets.items():
        Notes(task.law_project.root).write([identity(task, name, target)], task.fingerprint)


def forget_own(task: RunnableTask, targets: Mapping[str, Any]) -> None:
    """While it runs, nobody has made them."""
    for name, target in targets.items():
        Notes(task.law_project.root).forget([identity(task, name, target)])


def identity(task: RunnableTask, name: str, target: Any) -> str:
    """What a target is called that may have no path."""
    if hasattr(target, "path"):
        return url_of(target)
    return f"{task.get_task_family()} {task.readable_parameters} {task.branch_value!r} {name}"


# publishing


def take_own(task: RunnableTask, targets: Mapping[str, Any], staged: Mapping[str, Path], since: float) -> None:
    """Take files that `run()` has written under the very names that the project gives them, past `self.output()`."""
    for name, target in targets.items():
        if task.fixed_names or isinstance(target, RemoteTarget) or staged[name].exists():
            continue
        path = path_of_local(target)
        if os.path.lexists(path) and os.lstat(path).st_mtime >= since - SECONDS_OF_A_CLOCK:
            bring(path, os.fspath(staged[name]))


def written_beside(staging: Staging) -> list[Path]:
    """Files that `run()` wrote beside its outputs."""
    outputs = frozenset(staging.paths.values())
    found = (path for path in Path(staging.folder).rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path for path in found if outputs.isdisjoint((path, *path.parents)))


def telling(made: Mapping[str, Published], fingerprint: str, beside: Sequence[Path]) -> dict[str, Published]:
    """Outputs with digests that tell all that is known of what the run left.

    A task downstream may read what was written beside an output, so that this counts with it. An empty output says
    only that the run has ended, and nothing about what it wrote elsewhere: it equals itself alone.
    """
    others = [[path.name, file_digest(path)] for path in beside if path.is_file()]

    def of(one: Published) -> Published:
        parts = [*([others] if others else []), *([] if one.size else [fingerprint])]
        return dataclasses.replace(one, digest=digest(one.digest, *parts)) if parts else one

    return {name: of(one) for name, one in made.items()}


def keep_beside(targets: Mapping[str, Any], staging: Staging, others: Sequence[Path]) -> None:
    """Move files that `run()` wrote beside its outputs to where law would have left them; no record knows of them."""
    first = next((target for target in targets.values() if not isinstance(target, RemoteTarget)), None)
    for path in others:
        relative = path.relative_to(staging.folder)
        if first is None or relative.parts[0].startswith(ELSEWHERE):
            logger.warning("not kept, because it is none of the task's outputs: %s", relative)
            continue
        final = str(Path(path_of_local(first)).parent / relative)
        bring(os.fspath(path), final)
        logger.warning("beside the outputs, and in no record: %s", final)


def place_own(
    targets: Mapping[str, Any], staged: Mapping[str, Path], made: Mapping[str, Published], *, replace: bool
) -> None:  # fmt: skip
    """Give verified outputs their names, in place of what has them or beside it. Raises `PublishError`."""
    for name, target in targets.items():
        if isinstance(target, RemoteTarget):
            upload(staged[name], target)
            continue
        final = path_of_local(target)
        if not replace and os.path.lexists(final):
            keep_other(final, made[name].sha256)
        bring(os.fspath(staged[name]), final)


def keep_other(final: str, sha256: str) -> None:
    """Keep what has the name of an output under another one, where it is something else than what was made."""
    store = LocalStore(str(Path(final).parent))
    with contextlib.suppress(FileNotFoundError, FingerprintError):
        if store.digest(final) == sha256:
            return
    if (aside := store.set_aside(final)) is not None:
        logger.warning("an output without a record was in the way of a new one; it is kept as %s", aside)


def upload(source: Path, target: Any) -> None:
    if not is_folder(target):
        target.copy_from_local(os.fspath(source), cache=False)
        return
    for path in sorted(source.rglob("*")):
        if path.is_file():
            child = target.child(path.relative_to(source).as_posix(), type="f")
            child.copy_from_local(os.fspath(path), cache=False)


def bring(source: str, final: str) -> None:
    """Move a file or folder, also to another file system: it appears under its name as a whole.

    Raises `PublishError` where it cannot.
    """
    try:
        Path(source).rename(final)
        return
    except OSError:  # no folder there yet, a folder of that name, another file system, or what comes again
        pass
    folder = Path(final).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside(final) as pending:
            if Path(source).stat().st_dev != folder.stat().st_dev:
                shutil.copytree(source, pending) if Path(source).is_dir() else shutil.copy2(source, pending)
                source = pending
            take_name(source, final, f"{pending}.replaced")
    except OSError as error:
        raise PublishError(
            f"an output could not get its name: {error.strerror}", final,
            "check free space and permissions there, then run again",
        ) from error  # fmt: skip
