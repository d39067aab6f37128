"""What the connections of a task take of the tasks upstream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from caselaw.branches.column import Column
from caselaw.branches.files import files_column
from caselaw.branches.numbers import by_number, in_order, with_numbers
from caselaw.branches.upstream import Batches, Connection, Each, Files, Mapped, Over
from caselaw.branches.upstream_digests import Look, carries_fingerprints, is_wrapper
from caselaw.fingerprint import digest
from caselaw.storage.location import Location


@dataclass(frozen=True)
class Taken:
    """What is taken of an upstream task, one entry per branch; of a task without branches, one in all.

    `location` is None for a task that names its outputs itself. `numbers` are those of its branches.
    """

    digests: tuple[str, ...]
    values: tuple[Any, ...] = ()
    numbers: tuple[int, ...] = ()
    location: Location | None = None
    named: bool = False
    """Whether the task names its outputs itself: its location is that of their records."""
    own: str = ""
    missing: tuple[str, ...] = ()
    """Values of branches that were asked for, and that the workflow is accepted without."""
    all_of_them: bool = True

    @property
    def general(self) -> bool:
        return self.location is None or self.named


def column(connection: Connection | Mapped, root: Path, look: Look) -> Column:
    """What one connection contributes to every branch."""
    if isinstance(connection, Over | Mapped):
        values = connection.values
        numbers = connection.numbers if isinstance(connection, Mapped) else range(len(values))
        digests = by_number(numbers, map(look.of_value, values))
        return Column(None, (), digests, by_number(numbers, values), False, general=True, branches=numbers)
    if isinstance(connection, Files):
        return files_column(connection, root, look.digests)
    task = connection.task
    found = taken(task, look)
    made = Column(
        found.location, (found.digests,), (digest(*found.digests),), None, hasattr(task, "get_branch_map"),
        found.general, found.own, numbers=(found.numbers,), missing=found.missing,
    )  # fmt: skip
    if isinstance(connection, Each):
        return of_each(made, found)
    if isinstance(connection, Batches):
        size = connection.size
        groups, values, taken_ones = (in_groups(of, size) for of in (found.digests, found.values, found.numbers))
        digests = tuple(digest(*group) for group in groups)
        return replace(
            made,
            keys=groups,
            digests=digests,
            values=values,
            many=True,
            numbers=taken_ones,
            branches=range(len(groups)),
        )
    if made.many and made.general:  # law's collection of outputs has the numbers as keys
        made = replace(made, digests=(with_numbers(made.digests[0], found.numbers),))
    return replace(made, required=task if is_wrapper(task) else None)


def of_each(made: Column, found: Taken) -> Column:
    """Branch to branch: by the numbers upstream; those of a selection are counted anew."""
    branches = found.numbers if found.all_of_them and not in_order(found.numbers) else range(len(found.numbers))
    return replace(
        made,
        keys=by_number(branches, in_groups(found.digests, 1)),
        digests=by_number(branches, found.digests),
        values=by_number(branches, found.values),
        many=False,
        numbers=by_number(branches, in_groups(found.numbers, 1)),
        branches=branches,
    )


def in_groups(items: Sequence[Any], size: int) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(items[i : i + size]) for i in range(0, len(items), size))


def taken(task: Any, look: Look) -> Taken:
    """The branches of an upstream task that are taken: those that the connection asks for, and are accepted."""
    if carries_fingerprints(task):
        look.note(task)
        numbers, fingerprints, values = task.taken_numbers, task.fingerprints, task.branch_values
        left_out = set(task.selected_numbers).difference(numbers) if task.has_branches else ()
        missing = [str(values[n]) for n in sorted(left_out)]
        all_of_them = len(numbers) == len(fingerprints)
        if not all_of_them:
            fingerprints, values = [fingerprints[n] for n in numbers], [values[n] for n in numbers]
        own = task.own_components.digest
        return Taken(
            tuple(fingerprints), tuple(values), tuple(numbers), task.output_location, task.output_named, own,
            tuple(missing), all_of_them,
        )  # fmt: skip
    if not hasattr(task, "get_branch_map"):
        return Taken((look.content_of(task),))
    branches = look.branches_of(task)
    contents = tuple(content for _, content in branches.values())
    all_of_them = task.is_workflow() and not task.branches and len(branches) == len(task.get_branch_map())
    return Taken(
        contents, tuple(value for value, _ in branches.values()), tuple(branches), all_of_them=all_of_them
    )  # fmt: skip
