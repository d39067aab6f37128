"""What lies under the plain names of outputs that a project names itself: which of them could be vouched for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from law.target.remote.base import RemoteTarget

from caselaw.publishing.own_outputs import final_target
from caselaw.publishing.recording import identity_of_branch
from caselaw.publishing.task import RunnableTask
from caselaw.records.completeness import incomplete
from caselaw.storage.own_targets import by_name, is_file, is_folder, needed
from caselaw.storage.plain_files import FolderListings, Lying, LyingKind, path_of_local
from caselaw.storage.target import url_of


class ClaimState(StrEnum):
    """Whether what lies under the plain names of a branch may be its outputs, or became them."""

    READY = "ready"
    COMPLETE = "complete"
    MISSING = "missing"
    EMPTY = "empty"
    REFUSED = "refused"
    STALE = "stale"
    NO_INPUTS = "without inputs"
    PROVISIONAL = "provisional"
    VOUCHED = "vouched"


LEFT_OUT = frozenset({
    ClaimState.EMPTY, ClaimState.STALE, ClaimState.REFUSED, ClaimState.NO_INPUTS, ClaimState.PROVISIONAL,
})  # fmt: skip
"""What is there, and is not taken unless more is said."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A file or folder under its plain name, and the name that it gets; paths, or URLs of those on a server.

    `source` and `target` are where these are on this machine, or law's targets of those on a server.
    """

    path: str
    final: str
    size: int | None
    is_folder: bool
    source: Any
    target: Any


@dataclass(frozen=True, slots=True)
class Claim:
    """A branch, and whether what lies under its plain names could be its outputs of today."""

    number: int
    state: ClaimState
    files: Mapping[str, Plain] = field(default_factory=dict)
    """By their places in `output()`."""
    reason: str = ""
    others: bool = False
    """Whether there are outputs besides of which only a note can tell who made them."""

    @property
    def size(self) -> int:
        """Bytes, as far as listings tell."""
        return sum(file.size or 0 for file in self.files.values())


@dataclass(frozen=True)
class TakenBesides:
    """What is taken besides whole outputs that nobody has recorded: empty files; what has a record of other code."""

    empty: bool = False
    again: bool = False


def claims_of(
    task: RunnableTask, numbers: Collection[int], folders: FolderListings, taken: TakenBesides
) -> Iterator[Claim]:
    """Claims of branches of a task that names its outputs itself, by one listing of each folder of outputs.

    Raises `StoreUnavailable`.
    """
    lacking = set(incomplete(task, numbers, frozenset()).numbers)
    earlier = task.record_index.earlier(task.output_location.directory) if lacking else {}
    for number in numbers:
        if number not in lacking:
            yield Claim(number, ClaimState.COMPLETE)
        elif number in task.awaiting_numbers:
            yield Claim(
                number, ClaimState.PROVISIONAL, {}, "its fingerprint is known when run() has yielded what it needs"
            )
        else:
            made = earlier.get(identity_of_branch(task, number), ())
            yield claim_of(task.passing_branch(number), number, made, folders, taken)


def claim_of(
    branch: RunnableTask, number: int, made: Sequence[str], folders: FolderListings, taken: TakenBesides
) -> Claim:
    """`made`: fingerprints of the records that there are of the branch."""
    own = branch.own_output()
    files: dict[str, Plain] = {}
    state, reason, all_there = ClaimState.READY, "", True
    targets = by_name(own)
    for name, target in targets.items():
        if not is_file(target):
            all_there = all_there and target.exists()
            continue
        found = folders.look(target)
        if found is None:
            all_there = False
            continue
        final = final_target(branch, target)
        places = (target, final) if isinstance(target, RemoteTarget) else (path_of_local(target), path_of_local(final))
        files[name] = Plain(url_of(target), url_of(final), found.size, is_folder(target), *places)
        if state is ClaimState.READY:
            state, reason = state_of(target, final, found, folders, taken)
    if not files and (not targets or any(map(is_file, targets.values()))):
        return Claim(number, ClaimState.MISSING)
    if not all_there and not needed(own):
        return Claim(number, ClaimState.MISSING, {}, "only some of its outputs are there" if files else "")
    if state is ClaimState.READY and made and not taken.again:
        state, reason = outdated(branch, files, made)
    return Claim(number, state, files, reason, len(files) < len(targets) or branch.fixed_names)


def state_of(
    target: Any, final: Any, found: Lying, folders: FolderListings, taken: TakenBesides
) -> tuple[ClaimState, str]:
    """Whether something may be an output, and why not."""
    wanted, path = LyingKind.FOLDER if is_folder(target) else LyingKind.FILE, url_of(target)
    if found.kind != wanted:
        return ClaimState.REFUSED, f"{path} is {found.kind}, and output() says {wanted}"
    if not taken.empty and is_empty(target, found):
        return ClaimState.EMPTY, f"{path} holds nothing"
    there = folders.look(final) if final.path != target.path else None
    if there is not None and not (there.inode and there.inode == found.inode):
        return ClaimState.REFUSED, f"there is something else under the name of today, {url_of(final)}"
    if final.path != target.path and not taken.again and (other := folders.other_name(target, found, final)):
        return ClaimState.STALE, f"{path} is the output {other} already, of other parameters or other code"
    return ClaimState.READY, ""


def is_empty(target: Any, found: Lying) -> bool:
    if found.kind is LyingKind.FILE:
        return found.size == 0
    if isinstance(target, RemoteTarget):
        return not target.fs.listdir(target.path)
    with os.scandir(path_of_local(target)) as inside:
        return next(inside, None) is None


def outdated(branch: RunnableTask, files: Mapping[str, Plain], made: Sequence[str]) -> tuple[ClaimState, str]:
    """Whether records say that other code made the outputs, or that they were changed since."""
    if branch.fingerprint not in made:
        return (
            ClaimState.STALE,
            f"a record of fingerprint {made[-1]} says what made it, and what made that has changed since",
        )
    if any(file.final == file.path or os.path.lexists(file.final) for file in files.values()):
        return ClaimState.STALE, "it is not what its record says: it was changed since"
    return ClaimState.READY, ""
