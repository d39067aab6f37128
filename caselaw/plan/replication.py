"""Making one store, or any folder, hold what another one holds.

Whoever reads the copy meanwhile never sees an output without its record, nor `caselaw gc` there one without its tag:
tags come first, then components, records, outputs. What is removed goes the other way round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from caselaw.errors import TransferError
from caselaw.plan.tags import FOLDER as TAGS
from caselaw.records.files import BASIS
from caselaw.records.journal import CLAIMED, JOURNAL
from caselaw.storage.copying.comparison import Compare, same
from caselaw.storage.copying.copying import (
    Copy,
    copies,
    copy_file,
    is_output,
    joined,
    output_of,
    outputs_in,
    refuse_other_kinds,
)
from caselaw.storage.files.concurrency import in_parallel
from caselaw.storage.files.local import LocalPlace
from caselaw.storage.files.place import Node, Place, found
from caselaw.storage.files.tree import tree, tree_or_nothing, without_links_out
from caselaw.storage.files.unfinished import in_unfinished
from caselaw.storage.location import OUTPUT, RECORDS
from caselaw.storage.marker import is_marker

MARK_LENGTH = 12


@dataclass(frozen=True)
class Replication:
    """What has to be done: `copies` in groups, one after the other; paths to be removed from the target, in order."""

    copies: tuple[list[Copy], ...]
    removals: list[str] = field(default_factory=list)
    equal: int = 0

    @property
    def number(self) -> int:
        return sum(map(len, self.copies))

    @property
    def bytes(self) -> int:
        return sum(copy.size for group in self.copies for copy in group)


def replication(
    source: Place, target: Place, snapshots: Path, *, delete: bool = False, compare: Compare = Compare.AUTO,
    others: frozenset[str] = frozenset(),
) -> Replication:  # fmt: skip
    """What `target` lacks of `source`, and with `delete` what only `target` has; of `others`, which are paths of other
    stores below the target, nothing.

    Journals, to which processes still add, are copied as they are now, into the folder `snapshots` first. Raises
    `TransferError` where the source is missing, and `StoreUnavailable`.
    """
    try:
        # A folder is listed before what lies in it: no output is listed without the record that came before it.
        present = tree(source)
    except FileNotFoundError as error:
        raise TransferError("there is nothing of this name", source.url, "check the path") from error
    at_target = {path: node for path, node in tree_or_nothing(target).items() if not is_marker(path)}
    present = {path: node for path, node in present.items() if not (unfinished(path) or is_marker(path))}
    wanted = [
        snapshot(copy, target, snapshots) if is_journal(copy) else copy for copy in copies(source, present, target)
    ]
    needed = [copy for copy in wanted if copy is not None]
    refuse_other_kinds(needed, at_target, target)
    outputs = outputs_in(at_target, is_output(source, at_target))
    answers = in_parallel(lambda copy: is_copied(copy, present, at_target, outputs, compare), needed)
    equal = {copy.path for copy, answer in answers if answer}
    groups: tuple[list[Copy], ...] = ([], [], [], [])
    for copy in needed:
        if copy.path not in equal:
            groups[phase(copy.path)].append(copy)
    own = {path: node for path, node in without_links_out(target, at_target).items() if not within(path, others)}
    removals = superfluous(source, own, {copy.path for copy in needed}) if delete else []
    return Replication(groups, removals, len(equal))


def within(path: str, folders: frozenset[str]) -> bool:
    """Whether a path is one of these, or lies in one."""
    return any(f"{path}/".startswith(f"{folder}/") for folder in folders)


def unfinished(path: str) -> bool:
    """Whether it is a document that caselaw is writing, or was killed while it wrote."""
    return phase(path) != 3 and path.rpartition("/")[2].startswith(".")


def phase(path: str) -> int:
    """When a path is copied: tags, components, records, all others."""
    *folders, name = path.split("/")
    if TAGS in folders:
        return 0
    if RECORDS not in folders:
        return 3
    return 1 if name.startswith(BASIS) else 2


def is_journal(copy: Copy) -> bool:
    return phase(copy.path) == 2 and copy.path.endswith(JOURNAL) and not copy.path.endswith(CLAIMED)


def snapshot(copy: Copy, target: Place, folder: Path) -> Copy | None:
    """The whole lines of a journal, under a name that never gets another content; None where there are none.

    Raises `TransferError` where the records are put together meanwhile.
    """
    local = folder / f"{hashlib.sha256(copy.path.encode()).hexdigest()}{JOURNAL}"
    try:
        copy_file(copy.source, LocalPlace(str(local)), overwrite=True)
    except FileNotFoundError as error:
        raise TransferError("its records were put together meanwhile", copy.source.url, "run again") from error
    data = local.read_bytes()
    data = data[: data.rfind(b"\n") + 1]
    if not data:
        return None
    mark = hashlib.sha256(data).hexdigest()[:MARK_LENGTH]
    path = f"{copy.path.removesuffix(JOURNAL)}.{mark}{CLAIMED}"
    local.write_bytes(data)
    return Copy(path, LocalPlace(str(local)), target.child(path), len(data))


def is_copied(
    copy: Copy, present: Mapping[str, Node], at_target: Mapping[str, Node], outputs: Mapping[str, Mapping[str, int]],
    how: Compare,
) -> bool:  # fmt: skip
    """Whether the target has it, whose `outputs` are folders. Records never get another content: their names do."""
    if phase(copy.path) in (1, 2):
        return copy.path in at_target
    if copy.files is not None:
        return outputs.get(copy.path) == copy.files
    if copy.path not in at_target:
        return False
    compare = Compare.SIZE if OUTPUT.search(copy.path.rpartition("/")[2]) else how
    try:
        return same(copy.source, present[copy.path], copy.target, at_target[copy.path], compare)
    except FileNotFoundError:
        return False  # one of them vanished; the copy says which


def superfluous(source: Place, at_target: Mapping[str, Node], wanted: set[str]) -> list[str]:
    """Files and outputs that only the target has: outputs first, then records, components, tags.

    That the source lacks each is asked again: a listing that failed must not empty the copy.
    """
    files = [
        path for path, node in at_target.items() if not (node.is_folder or in_unfinished(path) or unfinished(path))
    ]
    only = {output_of(path) or path for path in files} - wanted
    lacking = in_parallel(lambda path: missing(source, path), only)
    return sorted((path for path, answer in lacking if answer), key=lambda path: (-phase(path), path))


def missing(source: Place, path: str) -> bool:
    return found(joined(source, path)) is None


def remove_all(target: Place, replication: Replication) -> Iterator[str]:
    """Remove what only the target has, outputs before their records."""
    for group in (3, 2, 1, 0):
        paths = [path for path in replication.removals if phase(path) == group]
        for path, _ in in_parallel(lambda path: joined(target, path).remove(), paths):
            yield path
