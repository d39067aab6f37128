"""The state of a task and of everything upstream: complete, missing, unrecorded, stale, adoptable or unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any

from caselaw.branches.identity import own_parameters
from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.errors import StoreError
from caselaw.execution.adoption import candidates
from caselaw.execution.order import Order
from caselaw.plan.adoptable import unadopted
from caselaw.plan.lineage import everything
from caselaw.plan.selection import selected_branches
from caselaw.publishing.contents import OutputContents
from caselaw.publishing.recording import identity_of_branch
from caselaw.records.completeness import incomplete
from caselaw.records.explaining import vouched
from caselaw.records.layer_search import lying, names_in_layers
from caselaw.storage.layer import ask, layer_of
from caselaw.storage.state import existing_names, names_in_folders
from caselaw.task.base import FingerprintedTask


class BranchState(StrEnum):
    """What a branch, or a task without branches, is; the worst first."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    STALE = "stale"
    UNRECORDED = "unrecorded"
    PROVISIONAL = "provisional"
    ADOPTABLE = "adoptable"
    COMPLETE = "complete"


@dataclass(frozen=True)
class TaskStates:
    """The states of one task's branches; of a task without branches, one. `numbers` says which they are."""

    task: Any
    numbers: Sequence[int]
    states: Sequence[BranchState]
    problem: str = ""
    """Why a state is unknown, or provisional."""
    vouched: frozenset[int] = frozenset()
    """Numbers of complete branches whose outputs something else made, by the word of a user."""
    plain: int = 0
    """How many outputs that were never made lie under their plain names: `caselaw adopt` takes them."""
    layers: Mapping[int, str] = field(default_factory=dict)
    """Number of a complete branch → the layer that its outputs lie in, where there are several."""

    @property
    def counts(self) -> dict[BranchState, int]:
        """How many branches are in each state."""
        return dict(Counter(self.states))

    @property
    def state(self) -> BranchState:
        """The state of the whole: that of the branch which needs most."""
        return next((state for state in BranchState if state in self.states), BranchState.COMPLETE)


def states_of(task: Any) -> Iterator[TaskStates]:
    """States of everything upstream of `task`, upstream first, and of `task` itself.

    One listing per folder of outputs, and one question about its records.
    """
    output_contents: OutputContents | None = None
    wanted = selected_branches(task)
    tasks = everything(task)
    listings = listings_of_servers(tasks)
    for found in tasks:
        numbers = wanted.get(found.task_id)
        if not isinstance(found, FingerprintedTask):
            yield of_plain_task(found)
            continue
        workflow = found.of_all_branches
        output_contents = (
            OutputContents(workflow.record_index, workflow.file_digests) if output_contents is None else output_contents
        )
        chosen = workflow.branch_numbers if numbers is None else sorted(numbers)
        yield of_task(workflow, chosen, output_contents, listings)


def listings_of_servers(tasks: Sequence[Any]) -> dict[str, frozenset[str]]:
    """Folder → names in it, of all tasks whose store is on a server: asked for all at the same time.

    Nothing where the store cannot say: then each task says so itself.
    """
    mine = [task for task in tasks if isinstance(task, FingerprintedTask) and task.output_declared]
    try:
        return names_in_folders(task.output_location.directory for task in mine if not task.output_store.is_local)
    except StoreError:
        return {}


def of_task(
    task: FingerprintedTask,
    numbers: Sequence[int],
    output_contents: OutputContents,
    listings: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> TaskStates:
    """States of some branches of a task. What can be adopted is noted in `output_contents` for those downstream."""
    try:
        if task.upstream_seen.unknown:
            problem = f"{task.get_task_family()}: known once {'; '.join(task.upstream_seen.unknown)}"
            return TaskStates(task, numbers, [BranchState.PROVISIONAL] * len(numbers), problem)
        if task.answers_itself or not carries_fingerprints(task):
            made = [task.as_branch(n) if task.has_branches else task for n in numbers]
            return TaskStates(task, numbers, [of_own_outputs(each) for each in made])
        directory = task.output_location.directory
        vouched = vouched_for(task, numbers)
        if task.output_named:
            return of_named(task, numbers, output_contents, vouched)
        names = listings[directory] if directory in listings else existing_names(directory)
        found = incomplete(task, numbers, names)
        layers = layers_of(task, [number for number in numbers if number not in set(found.numbers)])
        if not found.numbers:
            return TaskStates(task, numbers, [BranchState.COMPLETE] * len(numbers), vouched=vouched, layers=layers)
        states = dict.fromkeys(found.missing, BranchState.MISSING) | of_open(
            task, found.numbers, names, output_contents
        )
        states |= {n: BranchState.UNRECORDED for n in found.unrecorded if states.get(n) is not BranchState.ADOPTABLE}
    except StoreError as error:
        return TaskStates(task, numbers, [BranchState.UNKNOWN] * len(numbers), str(error))
    shown = [states.get(n, BranchState.COMPLETE) for n in numbers]
    return TaskStates(task, numbers, shown, vouched=vouched - states.keys(), layers=layers)


def layers_of(task: Any, numbers: Sequence[int]) -> dict[int, str]:
    """Number of a branch that is complete → name of the layer in which its outputs lie; nothing without layers."""
    fingerprints = task.fingerprints
    folders = lying(
        task.record_index, task.output_location, [fingerprints[n] for n in numbers], trusted=task.trust_unrecorded
    )
    return {n: layer_name(task, folders[fingerprints[n]]) for n in numbers} if folders else {}


def layer_name(task: Any, directory: str) -> str:
    """What a layer is called in law.cfg, by a folder in it."""
    layer = None if directory == task.output_location.directory else layer_of(directory)
    return str(task.law_project.store) if layer is None else layer.name


def vouched_for(task: FingerprintedTask, numbers: Sequence[int]) -> frozenset[int]:
    """Which branches have outputs that a user vouched for."""
    said: set[str] = set()
    for directory in task.output_location.folders:
        told = partial(vouched, task.record_index, directory, task.file_digests)
        said |= ask(directory, told, dict[str, dict[str, str]]).keys()
    return frozenset(n for n in numbers if task.fingerprints[n] in said) if said else frozenset()


def of_named(task: Any, numbers: Sequence[int], output_contents: OutputContents, vouched: frozenset[int]) -> TaskStates:
    """States of branches that name their outputs themselves: stale, if others of theirs are known."""
    missing = incomplete(task, numbers, frozenset()).numbers
    states = dict.fromkeys(missing, BranchState.MISSING) | (
        of_open(task, missing, frozenset(), output_contents) if missing else {}
    )
    plain = unadopted(task, [number for number in missing if states[number] is BranchState.MISSING])
    found = [states.get(n, BranchState.COMPLETE) for n in numbers]
    return TaskStates(task, numbers, found, vouched=vouched.difference(missing), plain=plain)


def of_own_outputs(task: Any) -> BranchState:
    """The state of a task or branch that says itself whether it is complete."""
    return BranchState.COMPLETE if task.complete() else BranchState.MISSING


def of_open(
    task: FingerprintedTask, numbers: Sequence[int], names: frozenset[str], output_contents: OutputContents
) -> dict[int, BranchState]:
    """Which of the branches that are not complete are adoptable or stale."""
    directory, location, fingerprints = task.output_location.directory, task.output_location, task.fingerprints
    known = output_contents.of(directory)
    states = {}
    order = Order(task.own_needs, numbers)
    free = order.free
    while free:
        found = candidates(task, free, names, output_contents)
        for number, source in found.items():
            states[number] = BranchState.ADOPTABLE
            known[fingerprints[number]] = output_contents.of(source.directory)[source.fingerprint]
        free = order.done(found)
    below = names_in_layers(location.below)
    for folder, present in {directory: names, **below}.items():
        if task.output_named or len(present) > 1:  # more than the folder of records
            earlier = output_contents.index.earlier(folder)
            for number in numbers:
                made = earlier.get(identity_of_branch(task, number), ())
                if number not in states and any(present.issuperset(location.names(each)) for each in made):
                    states[number] = BranchState.STALE
    return states


def of_plain_task(task: Any) -> TaskStates:
    """The state of a task that is not caselaw's; stale, where what it needs of caselaw's has changed."""
    try:
        state = (
            BranchState.COMPLETE
            if task.complete()
            else BranchState.STALE
            if plain_outputs_exist(task)
            else BranchState.MISSING
        )
        return TaskStates(task, (0,), (state,))
    except (StoreError, OSError) as error:
        return TaskStates(task, (0,), (BranchState.UNKNOWN,), str(error))


def plain_outputs_exist(task: Any) -> bool:
    outputs = flat_targets(task)
    return bool(outputs) and all(target.exists() for target in outputs)


def rows(found: TaskStates, *, by_branch: bool) -> Iterator[dict[str, Any]]:
    """What `caselaw status --json` prints of one task: a row, or a row per branch."""
    task = found.task
    if not isinstance(task, FingerprintedTask):
        outputs = [str(target.path) for target in flat_targets(task)]
        texts, own = task.to_str_params(only_significant=True), own_parameters(task)
        shown = {name: text for name, text in texts.items() if name in own}
        yield row(task.get_task_family(), shown, None, "", found.state, outputs)
        return
    family, parameters = task.get_task_family(), shown_parameters(task)
    if by_branch or not task.has_branches:
        for number, state in zip(found.numbers, found.states, strict=True):
            branch = number if task.has_branches else None
            if state is BranchState.PROVISIONAL or number in task.awaiting_numbers:
                yield row(family, parameters, branch, None, state, [])
            else:
                known = state is not BranchState.UNKNOWN or not task.output_declared
                where = paths(task, number) if known else task.output_location.full_names(task.fingerprints[number])
                found_row = row(family, parameters, branch, task.fingerprints[number], state, where)
                vouched = {"vouched": True} if number in found.vouched else {}
                layer = {"layer": found.layers[number]} if number in found.layers else {}
                yield {**found_row, **vouched, **layer}
        return
    fingerprint = None if found.state is BranchState.PROVISIONAL or task.awaiting_numbers else task.fingerprint
    folder = [task.output_location.directory] if carries_fingerprints(task) else []
    yield {
        **row(family, parameters, None, fingerprint, found.state, folder),
        "branches": found.counts,
        **({"vouched": len(found.vouched)} if found.vouched else {}),
        **({"plain": found.plain} if found.plain else {}),
        **({"layers": dict(Counter(found.layers.values()))} if found.layers else {}),
    }


def row(
    family: str,
    params: dict[str, str],
    branch: int | None,
    fingerprint: str | None,
    state: BranchState,
    outputs: list[str],
) -> dict[str, Any]:
    return {
        "family": family, "params": params, "branch": branch, "fingerprint": fingerprint, "state": state,
        "outputs": outputs,
    }  # fmt: skip


def shown_parameters(task: FingerprintedTask) -> dict[str, str]:
    """Significant parameters, and the campaign that the task reads."""
    campaign = {"campaign": str(task.campaign_name)} if task.config_keys else {}
    return {**campaign, **task.readable_parameters}


def paths(task: FingerprintedTask, number: int) -> list[str]:
    if carries_fingerprints(task):
        return list(task.paths_of(number).values())
    made = task.as_branch(number) if task.has_branches else task
    return [str(target.path) for target in flat_targets(made)]


def flat_targets(task: Any) -> list[Any]:
    import luigi

    return [target for target in luigi.task.flatten(task.output()) if hasattr(target, "path")]
