"""What the inputs of branches hold: by the records of what lies upstream, not by its fingerprints.

Two branches with equal own components whose inputs hold the same make the same, whatever the inputs are
called: this is what adoption goes by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from caselaw.branches import Column, Look, Origin
from caselaw.branches.chain import ask
from caselaw.branches.upstream_digests import carries_fingerprints, is_wrapper, seen_by_numbers, to_be_asked_again
from caselaw.fingerprint import FileDigests, digest
from caselaw.publishing.task import RunnableTask
from caselaw.records import RecordIndex
from caselaw.records.explaining import explaining
from caselaw.records.layer_search import lying
from caselaw.storage.location import Location

WHICH_BRANCH = "which branch"
"""The input that the number of a branch is, and what there is besides it, where the code reads that."""
MOST_FILES = 1000
"""External files, or missing branches, of one input that a record lists one by one."""


class OutputContents:
    """Fingerprint → digest of what the products hold, for folders of outputs.

    A folder is read once, and again where an output is not known and there are new records since.
    """

    def __init__(self, index: RecordIndex, digests: FileDigests) -> None:
        self.index = index
        self.digests = digests
        self._known: dict[str, dict[str, str]] = {}
        self._states: dict[str, object] = {}
        self._shared: dict[int, tuple[Column, dict[str, Any]]] = {}

    def of(self, directory: str) -> dict[str, str]:
        """What is known of the outputs in a folder."""
        if directory not in self._known:
            self._states[directory] = self.index.state(directory)
            self._known[directory] = self._read(directory)
        return self._known[directory]

    def _read(self, directory: str) -> dict[str, str]:
        """What the records say; where they differ, the one that stands for the files, and nothing where none does."""
        found = self.index.output_contents(directory)
        known = {fingerprint: next(iter(held)) for fingerprint, held in found.items() if len(held) == 1}
        disputed = [fingerprint for fingerprint, held in found.items() if len(held) > 1]
        for fingerprint, record in explaining(self.index, directory, disputed, self.digests).items():
            known[fingerprint] = record.holds
        return known

    def all(self, location: Location, fingerprints: Sequence[str]) -> str | None:
        """One digest of what these outputs hold; None where one is not known."""
        folders = lying(self.index, location, fingerprints)
        if not folders:
            return self._digest([self._held(location.directory, fingerprints)], fingerprints)
        by_folder: dict[str, list[str]] = {}
        for fingerprint, folder in folders.items():
            by_folder.setdefault(folder, []).append(fingerprint)
        return self._digest([self._held(folder, some) for folder, some in by_folder.items()], fingerprints)

    def _held(self, directory: str, fingerprints: Sequence[str]) -> Mapping[str, str]:
        """What is known of these outputs in a folder, after a second look where it is not enough."""
        known = self.of(directory)
        if not known.keys() >= set(fingerprints):
            self._renew(directory)
        return {fingerprint: known[fingerprint] for fingerprint in fingerprints if fingerprint in known}

    def _digest(self, known: Sequence[Mapping[str, str]], fingerprints: Sequence[str]) -> str | None:
        together = {fingerprint: held for some in known for fingerprint, held in some.items()}
        found = [together.get(fingerprint) for fingerprint in fingerprints]
        return None if None in found else digest("holds", *found)

    def _renew(self, directory: str) -> None:
        state = self.index.state(directory)
        if state != self._states[directory]:
            self._states[directory] = state
            self._known[directory].update(self._read(directory))

    def of_column(self, column: Column, number: int) -> dict[str, Any]:
        """One named input of a branch; what all branches share is looked at once."""
        if column.values is not None:
            return of_input(column, number, self)
        _, found = self._shared.get(id(column), (column, None))
        if found is None:
            found = of_input(column, number, self)
            if found["content"] is not None:
                self._shared[id(column)] = column, found
        return found


def origin(task: RunnableTask, number: int, output_contents: OutputContents) -> Origin:
    """What a branch is made from; of a task without branches the number is 0."""
    inputs = inputs_of(task, number, output_contents)
    contents = {name: found["content"] for name, found in inputs.items()}
    if None in contents.values():
        return Origin(inputs, None)
    return Origin(inputs, digest("content", task.own_components.digest, task.branch_values[number], contents))


def inputs_of(task: RunnableTask, number: int, output_contents: OutputContents) -> dict[str, dict[str, Any]]:
    """All inputs of a branch as records keep them."""
    inputs = {name: output_contents.of_column(column, number) for name, column in task.input_columns.items()}
    requirements = task.overridden_requirements(number)
    if requirements is not None:
        inputs["requires"] = of_requirements(requirements, output_contents)
    if which := digest(*task.distinction(number)) if task.distinction(number) else "":
        inputs[WHICH_BRANCH] = {"keys": which, "content": which}
    return inputs


def of_input(column: Column, number: int, output_contents: OutputContents) -> dict[str, Any]:
    """One named input as records keep it: digests of its fingerprints and of its contents."""
    digests, keys = column.of_branch(number)
    names = digest(*digests)
    if column.location is not None:
        found = {"keys": names, "own": column.own, "content": output_contents.all(column.location, keys)}
        return {**found, "missing": list(column.missing[:MOST_FILES])} if column.missing else found
    if column.required is not None:
        return {"keys": names, "content": of_requirements(column.required, output_contents)["content"]}
    files = column.files_of(number) if column.external and len(keys) <= MOST_FILES else None
    return {"keys": names, "content": names, **({"files": files} if files else {})}


def of_requirements(requirements: Any, output_contents: OutputContents) -> dict[str, Any]:
    """What law's own requirements are and hold."""
    requirements = to_be_asked_again(requirements)
    return {
        "keys": Look(output_contents.digests).of_requirements(requirements),
        "content": contents(requirements, output_contents),
    }


def contents(requirements: Any, output_contents: OutputContents) -> str | None:
    """What law's own requirements hold; None where that of one is not known."""
    look, unknown = Look(output_contents.digests), []

    def of(task: RunnableTask) -> str:
        if is_wrapper(task):
            found = ask(
                f"output_contents {id(output_contents)}", task, lambda: contents(task.requires(), output_contents)
            )
        elif carries_fingerprints(task):
            found = held_by(task, output_contents)
        else:
            found = look.of_task(task)
        if found is None:
            unknown.append(task)
        return found or ""

    content = look.of_requirements(requirements, of)
    return None if unknown else content


def held_by(task: RunnableTask, output_contents: OutputContents) -> str | None:
    """What the outputs of a required task or branch hold, or those of the branches that are required of a workflow."""
    fingerprints = [task.fingerprints[number] for number in task.taken_numbers]
    found = output_contents.all(task.output_location, fingerprints)
    return None if found is None else seen_by_numbers(task, found)
