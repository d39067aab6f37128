"""What the connections of a task take of the tasks upstream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.branches.column import Column
from caselaw.branches.files import files_column
from caselaw.branches.look import Look, carries_fingerprints, is_wrapper
from caselaw.fingerprint import digest
from caselaw.storage import Location
from caselaw.upstream import Batches, Connection, Each, Files, Over


@dataclass(frozen=True)
class Taken:
    """What is taken of an upstream task, one entry per branch; of a task without branches, one in all.

    `location` is None for a task that names its outputs itself. `numbers` are those of its branches.
    """

    digests: tuple[str, ...]
    values: tuple[Any, ...] = ()
    numbers: tuple[int, ...] = ()
    location: Location | None = None
    own: str = ""
    missing: tuple[str, ...] = ()
    """Values of branches that were asked for, and that the workflow is accepted without."""

    @property
    def general(self) -> bool:
        return self.location is None


def column(connection: Connection, root: Path, look: Look) -> Column:
    """What one connection contributes to every branch."""
    if isinstance(connection, Over):
        values = connection.values
        return Column(None, (), ("",) * len(values), values, False, general=True)
    if isinstance(connection, Files):
        return files_column(connection, root, look.digests)
    task = connection.task
    found = taken(task, look)
    made, general, own = found.digests, found.general, found.own
    if isinstance(connection, Each):
        keys, numbers = in_groups(made, 1), in_groups(found.numbers, 1)
        return Column(
            found.location, keys, made, found.values, False, general, own, numbers=numbers, missing=found.missing
        )  # fmt: skip
    if isinstance(connection, Batches):
        size = connection.size
        groups, values, numbers = (in_groups(of, size) for of in (made, found.values, found.numbers))
        digests = tuple(digest(*group) for group in groups)
        return Column(
            found.location, groups, digests, values, True, general, own, numbers=numbers, missing=found.missing
        )  # fmt: skip
    many, required = hasattr(task, "get_branch_map"), task if is_wrapper(task) else None
    return Column(
        found.location, (made,), (digest(*made),), None, many, general, own, numbers=(found.numbers,),
        required=required, missing=found.missing,
    )  # fmt: skip


def in_groups(items: Sequence[Any], size: int) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(items[i : i + size]) for i in range(0, len(items), size))


def taken(task: Any, look: Look) -> Taken:
    """The branches of an upstream task that are taken: those that the connection asks for, and are accepted."""
    if carries_fingerprints(task):
        look.note(task)
        numbers, fingerprints, values = task.taken_numbers, task.fingerprints, task.branch_values
        left_out = set(task.selected_numbers).difference(numbers) if task.has_branches else ()
        missing = [str(values[n]) for n in sorted(left_out)]
        if len(numbers) != len(fingerprints):
            fingerprints, values = [fingerprints[n] for n in numbers], [values[n] for n in numbers]
        own = task.own_components.digest
        return Taken(tuple(fingerprints), tuple(values), tuple(numbers), task.output_location, own, tuple(missing))
    if not hasattr(task, "get_branch_map"):
        return Taken((look.content_of(task),))
    branches = look.branches_of(task)
    contents = tuple(content for _, content in branches.values())
    return Taken(contents, tuple(value for value, _ in branches.values()), tuple(branches))
