"""Promotion: results of a task, with their records, go from the store where they were made to one that others read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.config import StoreSettings, load_project
from caselaw.errors import TaskError, TransferError
from caselaw.execution.run import require_named
from caselaw.plan.lineage import lineage
from caselaw.plan.selection import own_selection, selected_branches
from caselaw.records import Record, read_basis, write_basis
from caselaw.records.completeness import incomplete
from caselaw.records.files import write_batch
from caselaw.records.layer_search import complete_in, lying
from caselaw.records.stores import watched
from caselaw.storage.copying.address import place_of
from caselaw.storage.copying.copying import Copy, copies
from caselaw.storage.files.tree import tree
from caselaw.storage.state import existing_names
from caselaw.storage.stores import store_of


@dataclass(frozen=True)
class Promotion:
    """What a store lacks of a task: records by the folder that they come from, and `copies` of outputs.

    `equal` is how many branches it has.
    """

    family: str
    directory: str
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    copies: tuple[Copy, ...] = ()
    equal: int = 0

    def write_records(self) -> None:
        """Write what the outputs are made from into the store: it comes before the outputs."""
        for source, records in self.records.items():
            for own in dict.fromkeys(record.own for record in records):
                basis = read_basis(source, own)
                if basis is not None:
                    write_basis(self.directory, basis)
            write_batch(self.directory, records)


def promotions(task: Any, target: StoreSettings, *, upstream: bool) -> Iterator[Promotion]:
    """What has to be done for a task, or for everything upstream as well. The target has a marker then.

    Raises `TaskError` where something is not made, or names its outputs itself, `StoreMissing` for a target that is not
    there, and `TransferError` where it holds something else under the name of an output.
    """
    if target.root == task.output_store.root:
        raise TaskError("results are promoted from this store", target.name, "name another layer")
    wanted = selected_branches(task) if upstream else {}
    made = [each.of_all_branches for each in (lineage(task) if upstream else [task])]
    asked = [(whole, numbers_of(task, whole, wanted, upstream)) for whole in made if carries_fingerprints(whole)]
    for whole, numbers in asked:
        require_made(whole, numbers)
    presence = watched(load_project(), target)
    presence.require_folder()
    presence.introduce()
    for whole, numbers in asked:
        yield promotion(whole, numbers, target.root)


def numbers_of(task: Any, whole: Any, wanted: Mapping[str, Any], upstream: bool) -> Sequence[int]:
    chosen = wanted.get(whole.task_id) if upstream else own_selection(task)
    return list(whole.branch_numbers) if chosen is None else sorted(chosen)


def require_made(whole: Any, numbers: Sequence[int]) -> None:
    """Raise `TaskError` unless these branches are complete in some layer, under names that are the store's."""
    if whole.output_named:
        raise TaskError(
            "its outputs lie where it says, not in a store", whole.get_task_family(), "copy them: caselaw store cp"
        )
    require_named(whole)
    lacking = incomplete(whole, numbers, existing_names(whole.output_location.directory)).numbers
    if lacking:
        raise TaskError(
            f"{len(lacking)} of {len(numbers)} results are not made, or have no record", whole.get_task_family(),
            "run the task first",
        )  # fmt: skip


def promotion(whole: Any, numbers: Sequence[int], root: str) -> Promotion:
    location, index = whole.output_location, whole.record_index
    directory = f"{root}{location.directory.removeprefix(whole.output_store.root)}"
    fingerprints = list(dict.fromkeys(whole.fingerprints[number] for number in numbers))
    there = complete_in(index, location.at(directory), fingerprints, trusted=False)
    lacking = [fingerprint for fingerprint in fingerprints if fingerprint not in there]
    folders = lying(index, location, lacking) or dict.fromkeys(lacking, location.directory)
    by_folder: dict[str, list[str]] = {}
    for fingerprint, folder in folders.items():
        by_folder.setdefault(folder, []).append(fingerprint)
    present = existing_names(directory) if lacking else frozenset()
    records: dict[str, list[Record]] = {}
    wanted: list[Copy] = []
    for folder, some in by_folder.items():
        of_folder = index.of_fingerprints(folder, some)
        for fingerprint in some:
            found = explaining(folder, of_folder.get(fingerprint, ()))
            records.setdefault(folder, []).append(found)
            wanted += copies_of(folder, found, directory, present)
    return Promotion(whole.get_task_family(), directory, records, tuple(wanted), len(there))


def explaining(folder: str, records: Collection[Record]) -> Record:
    """The record that says what the outputs in a folder hold. Raises `TransferError` where none does."""
    for record in reversed(list(records)):
        if all(holds(f"{folder}/{output['name']}", output) for output in record.outputs.values()):
            return record
    name = next((name for record in records for name in record.names), "?")
    raise TransferError(
        "it is not what its record says", f"{folder}/{name}", "remove it, and run the task again: it is made anew"
    )


def holds(path: str, output: Mapping[str, Any]) -> bool:
    """Whether an output is what a record says: by its content on this machine, on a server by its size."""
    store = store_of(path)
    if store.is_local and output["sha256"]:
        return store.digest(path) == str(output["sha256"])
    size = store.size(path)
    return size is not None and ("bytes" not in output or size[0] == output["bytes"])


def copies_of(folder: str, record: Record, directory: str, present: Collection[str]) -> Iterator[Copy]:
    """Copies of the outputs of one record. What an earlier attempt has copied stays.

    Raises `TransferError` where something else has the name of one.
    """
    for name, output in ((str(output["name"]), output) for output in record.outputs.values()):
        source, target = place_of(f"{folder}/{name}"), place_of(f"{directory}/{name}")
        if name in present:
            if store_of(target.url).digest(target.url) != output["sha256"]:
                raise TransferError(
                    "something else has the name of an output", target.url, "rename it, or remove it; then run again"
                )
            continue
        yield from copies(source, tree(source), target)
