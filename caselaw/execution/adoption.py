"""Adoption: an existing output gets a new name, because everything but the names of its inputs is equal.

This is early cutoff: an upstream edit that leaves its output as it was makes nothing downstream run.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from caselaw.branches import Branch
from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.errors import EVERY_BRANCH, FingerprintError, PublishError, StoreError, StoreUnavailable
from caselaw.execution.progress import progress_for
from caselaw.publishing.contents import OutputContents, origin
from caselaw.publishing.own_outputs import can_be_linked
from caselaw.publishing.placing import make_way
from caselaw.publishing.recording import Started, record_of_adoption
from caselaw.publishing.task import RunnableTask
from caselaw.records import Record, write_records
from caselaw.records.chosen_by_digest import contents_by_product
from caselaw.records.completeness import incomplete
from caselaw.records.layer_search import names_in_layers
from caselaw.storage.alias import linked_beside, place_copy
from caselaw.storage.files.concurrency import AT_ONCE, side_by_side
from caselaw.storage.files.folder import ADVICE
from caselaw.storage.location import Location
from caselaw.storage.plain_files import local_state
from caselaw.storage.reading import Content, local_copy, of_folder
from caselaw.storage.state import existing_names, exists
from caselaw.storage.store import Store
from caselaw.storage.stores import store_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AdoptionSource:
    """An output to take over, by its folder and fingerprint, and what its record must say that it was made from."""

    directory: str
    fingerprint: str
    content: str | None = None


def candidates(
    task: RunnableTask, numbers: Sequence[int], names: frozenset[str], output_contents: OutputContents
) -> dict[int, AdoptionSource]:
    """Number of each branch that can be adopted → the output to take over.

    `names` are those in the task's folder; outputs are looked for there and in other folders of the family, and not
    yet read.
    """
    return {number: found[0] for number, found in choices(task, numbers, names, output_contents).items()}


def choices(
    task: RunnableTask, numbers: Sequence[int], names: frozenset[str], output_contents: OutputContents
) -> dict[int, tuple[AdoptionSource, ...]]:
    """Number of each branch that can be adopted → outputs to take over, the best first."""
    if not numbers or not carries_fingerprints(task) or task.run_yields:
        return {}
    if task.output_named:
        found = in_folder(task, numbers, task.output_location.directory, names, output_contents)
        return {number: sources for number, sources in found.items() if can_be_linked(task, number)}
    found = in_folder(task, numbers, task.output_location.directory, names, output_contents)
    for directory, others in names_elsewhere(task).items() if len(found) < len(numbers) else ():
        found |= in_folder(task, [n for n in numbers if n not in found], directory, others, output_contents)
    return found


def in_folder(
    task: RunnableTask, numbers: Sequence[int], directory: str, names: frozenset[str], output_contents: OutputContents
) -> dict[int, tuple[AdoptionSource, ...]]:
    """Outputs in one folder: of the very fingerprint, where it is another folder, and of equal contents."""
    if not numbers or not (task.output_named or any(name for name in names if not name.startswith("."))):
        return {}
    location, fingerprints = task.output_location, task.fingerprints
    elsewhere = directory != location.directory
    known = output_contents.of(directory) if elsewhere else {}
    found: dict[int, tuple[AdoptionSource, ...]] = {}
    for number in numbers if known else ():
        fingerprint = fingerprints[number]
        if fingerprint in known and names.issuperset(location.names(fingerprint)):
            found[number] = (AdoptionSource(directory, fingerprint),)
    rest = [number for number in numbers if number not in found]
    made = output_contents.index.by_content(directory, task.own_components.digest) if len(rest) > 1 else None
    for number in rest if made != {} else ():
        content = origin(task, number, output_contents).content
        if content is None:
            continue
        equal = made.get(content, ()) if made is not None else output_contents.index.of_content(directory, content)
        there = tuple(f for f in equal if f != fingerprints[number] and names.issuperset(location.names(f)))
        if there:
            found[number] = tuple(AdoptionSource(directory, fingerprint, content) for fingerprint in there)
    return found


def names_elsewhere(task: RunnableTask) -> dict[str, frozenset[str]]:
    """Other folders where outputs of the same parameters may lie → names in them, by one listing each.

    They are those of other campaigns: what a campaign is called is in the path of an output, and its fingerprint
    only counts the declared keys; the one in which parameters come as they are declared; and all of them in the other
    layers.
    """
    own, root = task.output_location.directory, task.output_store.root
    family = f"{root}/{own.removeprefix(f'{root}/').partition('/')[0]}"
    campaigns: set[str | None] = {None}
    if task.campaign_file is not None:
        of_family = names_in_layers([family, *(layer.folder(root, family) for layer in task.output_layers)])
        campaigns = {name for names in of_family.values() for name in names if not name.startswith(".")}
    ordered = sorted(campaigns, key=str)
    folders = [task.directory_of(c, as_declared=declared) for c in ordered for declared in (False, True)]
    elsewhere = [layer.folder(root, folder) for layer in task.output_layers for folder in (own, *folders)]
    return names_in_layers(folder for folder in (*folders, *elsewhere) if folder != own)


def adopt(task: RunnableTask, numbers: Sequence[int]) -> list[int]:
    """Adopt what can be adopted of these branches; returns those that have to run."""
    output_contents: OutputContents = task.upstream_contents
    names: frozenset[str] = existing_names(task.output_location.directory) if task.output_declared else frozenset()
    found = choices(task, numbers, names, output_contents)
    if not found:
        return list(numbers)
    records = records_of(task, [source for of_branch in found.values() for source in of_branch])
    adopted: set[int] = set()
    adoptable, size = list(found), 1 if task.output_store.is_local else AT_ONCE
    with progress_for(f"{task.get_task_family()}: adopting outputs", len(found)) as progress:
        for start in range(0, len(adoptable), size):
            some = {
                number: [kept for source in found[number] for kept in records.get(source, ())]
                for number in adoptable[start : start + size]
            }
            adopted |= adopt_some(task, some, names, output_contents)
            for store in (task.output_store, *(layer.store for layer in task.output_layers)):
                store.done_reading()
            progress.update(len(adopted), 0)
            progress.refresh()
    return [number for number in numbers if number not in adopted]


@dataclass(frozen=True)
class KeptRecord:
    """A record of outputs to take over, and their folder."""

    directory: str
    record: Record


def records_of(task: RunnableTask, sources: Sequence[AdoptionSource]) -> dict[AdoptionSource, list[KeptRecord]]:
    """Records of outputs to take over: those that say what the outputs must be made from."""
    found: dict[AdoptionSource, list[KeptRecord]] = {}
    for directory in dict.fromkeys(source.directory for source in sources):
        some = [source for source in sources if source.directory == directory]
        records = task.record_index.of_fingerprints(directory, [source.fingerprint for source in some])
        for source in some:
            fitting = (r for r in records.get(source.fingerprint, ()) if source.content in (None, r.content))
            found[source] = [KeptRecord(directory, record) for record in fitting]
    return found


def adopt_some(
    task: RunnableTask, sources: Mapping[int, Sequence[KeptRecord]], names: frozenset[str],
    output_contents: OutputContents,
) -> set[int]:  # fmt: skip
    """Give outputs of earlier fingerprints their new names, if they are what their records say; returns which.

    `sources` maps numbers of branches to records to take over, the best first; `names` are those in the folder. The
    new records come first: whatever is killed when, there is no output without one.
    """
    started = Started.now()
    best = zip(sources, side_by_side(partial(first_verified, task), sources.values()), strict=True)
    chosen = {number: source for number, source in best if source is not None}
    rows = {number: task.full_row(number, output_contents) for number in chosen}
    done = {number for number, row in rows.items() if made_meanwhile(task, number, row)}
    new = {number: (rows[number], chosen[number]) for number in rows if number not in done}
    if new:
        records = [record_of_adoption(task, n, row, source.record, started) for n, (row, source) in new.items()]
        write_records(task.output_location.directory, records)
    taken = side_by_side(partial(take_over, task, names), [(number, *pair) for number, pair in new.items()])
    vanished = [number for number, there in zip(new, taken, strict=True) if not there]
    rest = {n: [s for s in sources[n] if s is not chosen[n]] for n in vanished}
    again = adopt_some(task, rest, names, output_contents) if any(rest.values()) else set()
    return done | (new.keys() - set(vanished)) | again


def made_meanwhile(task: RunnableTask, number: int, row: Branch) -> bool:
    """Whether somebody else has made the outputs; on a server, publishing them finds that out."""
    if task.output_named:
        return not incomplete(task, [number], frozenset()).numbers
    if not task.output_store.is_local or not all(map(exists, task.output_location.full_names(row.fingerprint))):
        return False
    return task.trust_unrecorded or bool(task.record_index.recorded(task.output_location.directory, {row.fingerprint}))


def first_verified(task: RunnableTask, sources: Sequence[KeptRecord]) -> KeptRecord | None:
    return next((source for source in sources if verified(task, source)), None)


def take_over(task: RunnableTask, names: frozenset[str], found: tuple[int, Branch, KeptRecord]) -> bool:
    """Give the outputs of a record the names of a branch; False where one of them vanished.

    What has such a name (they are among `names`) and no record is kept under another one.
    """
    number, row, source = found
    if task.output_named:
        return link_own(task, number, source.record)
    old, new = paths_of(task, source), task.output_location.paths(row.fingerprint)
    for product, output in source.record.outputs.items():
        if new[product].rpartition("/")[2] in names:
            make_way(task.output_store, new[product], row.fingerprint)
        if not second_name(task.output_store, old[product], new[product], output["sha256"]):
            logger.warning("an output is not adopted, it vanished: %s", old[product])
            return False
    return True


def second_name(store: Store, old: str, new: str, sha256: str) -> bool:
    """Give an output a name in the store; one of another layer is copied. False where it vanished."""
    if old.startswith(f"{store.root}/"):
        return store.alias(old, new, sha256)
    source = store_of(old)
    try:
        copy = source.local(old, sha256)
        if not exists(copy):
            return False
        place_copy(store, copy, new, sha256)
    except FileNotFoundError:
        return False
    return True


def link_own(task: RunnableTask, number: int, record: Record) -> bool:
    """Give outputs that a project names itself their names of today; False where one of them vanished."""
    new = task.paths_of(number)
    return all(linked_beside(output["name"], new[name]) for name, output in record.outputs.items())


def paths_of(task: RunnableTask, source: KeptRecord) -> dict[str, str]:
    if task.output_named:
        return {name: str(output["name"]) for name, output in source.record.outputs.items()}
    location: Location = dataclasses.replace(task.output_location, directory=source.directory)
    return location.paths(source.record.fingerprint)


def verified(task: RunnableTask, source: KeptRecord) -> bool:
    """Whether the outputs of a record are unchanged; says so, where they are not.

    Raises errors that every output would meet.
    """
    paths, outputs = paths_of(task, source), source.record.outputs
    if not outputs.keys() >= paths.keys():
        return False
    return all(
        holds(task, path, outputs[product]["sha256"]) if outputs[product]["sha256"] else as_seen(path, outputs[product])
        for product, path in paths.items()
    )


def as_seen(path: str, said: Mapping[str, Any]) -> bool:
    """Whether an output that a user vouched for and nobody read has the size and time that it had then."""
    return "modified" in said and exists(path) and local_state(path) == (said["bytes"], said["modified"])


def holds(task: RunnableTask, path: str, sha256: str) -> bool:
    """Whether an output is what its record says; of one on a server, whether we have it here or can get it.

    Raises `StoreUnavailable` where the store cannot say it.
    """
    store: Store = task.output_store if path.startswith(f"{task.output_store.root}/") else store_of(path)
    try:
        if store.is_local and not exists(path):
            return False
        found = task.file_digests.digest(store.local(path, sha256))
    except FileNotFoundError:
        return False
    except EVERY_BRANCH:
        raise
    except StoreError as error:  # damaged, or on tape: that stops no other one
        logger.warning("an output is not adopted: %s", error)
        return False
    except FingerprintError as error:
        if exists(path) and isinstance(error.__cause__, OSError):
            raise StoreUnavailable(error.what, path, ADVICE) from error
        logger.warning("an output is not adopted: %s", error)
        return False
    if found != sha256:
        logger.warning("an output is not adopted, its content is not what its record says: %s", path)
    return bool(found == sha256)


def with_expected(task: RunnableTask, row: Branch, barred: StoreError | None = None) -> Branch:
    """The branch together with what its inputs must be, where the task is to verify them, and with what bars it."""
    row = row if barred is None else dataclasses.replace(row, barred=barred)
    return dataclasses.replace(row, expected=expected_inputs(task, row)) if task.verify_inputs else row


def expected_inputs(task: RunnableTask, row: Branch) -> dict[str, tuple[Content, ...]]:
    """Path → content by the records (several, where it was made more than once), of inputs that tasks made."""
    expected: dict[str, tuple[Content, ...]] = {}
    for found in row.inputs.values():
        if found is None or found.location is None:
            continue
        by_folder: dict[str, list[str]] = {}
        for location, fingerprint in task.located_input(found).located():
            by_folder.setdefault(location.directory, []).append(fingerprint)
        for directory, fingerprints in by_folder.items():
            records = task.record_index.of_fingerprints(directory, fingerprints)
            for fingerprint in fingerprints:
                if fingerprint not in records:
                    logger.warning("inputs without record cannot be verified: %s", found.location.names(fingerprint))
                expected |= stated_contents(found.location, directory, records.get(fingerprint, []))
    return expected


def stated_contents(location: Location, directory: str, records: Sequence[Record]) -> dict[str, tuple[Content, ...]]:
    """Path → contents by the records of one output; none of what nobody has read."""
    names = {product: output["name"] for record in records for product, output in record.outputs.items()}
    return {
        f"{directory}/{names[product]}": of_folder(contents) if location.is_folder(product) else contents
        for product, contents in contents_by_product(records).items()
        if all(each.sha256 for each in contents)
    }


def verify_inputs(task: RunnableTask, row: Branch) -> None:
    """Raise `PublishError` for an input whose content is not what its record says, and what is known to bar it."""
    if row.barred is not None:
        raise row.barred
    for path, contents in row.expected.items():
        digest = task.file_digests.digest
        if digest(local_copy(store_of(path), path, contents, digest)) not in {each.sha256 for each in contents}:
            raise PublishError(
                "an input is not what its record says: it was changed or truncated after it had been made", path,
                "remove it, then run again; 'caselaw verify' lists all such outputs",
            )  # fmt: skip
