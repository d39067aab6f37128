"""Which branches of a workflow are selected, and how many of them suffice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from law.util import range_expand

from caselaw.branches.numbers import in_order
from caselaw.errors import UpstreamError


def selected_numbers(ranges: Sequence[Any], branches: Sequence[int], owner: str) -> Sequence[int]:
    """Those of the numbers `branches` that law's `--branches` selects, in their order; without ranges all of them.

    As with slices, a range may end beyond the last branch; one that selects none is an `UpstreamError`, for law
    would then run all.
    """
    if not ranges:
        return branches
    found: set[int] = set()
    for part in ranges:
        bounds = part if isinstance(part, tuple | list) else (part,)
        numbers = [] if any(b is not None and b < 0 for b in bounds) else clipped(tuple(bounds), branches)
        if not numbers:
            raise no_such_branches(":".join("" if b is None else str(b) for b in bounds), branches, owner)
        found.update(numbers)
    return [number for number in branches if number in found] if len(found) < len(branches) else branches


def clipped(bounds: tuple[int | None, ...], branches: Sequence[int]) -> list[int]:
    """Existing branches of one range, by law's rules; an open range from beyond the last one is empty."""
    first, beyond = (min(branches), max(branches) + 1) if branches else (0, 0)
    if len(bounds) == 2 and bounds[1] is None and bounds[0] is not None and bounds[0] >= beyond:
        return []
    known = branches if isinstance(branches, range) else set(branches)
    return [n for n in range_expand([bounds], min_value=first, max_value=beyond) if n in known]


def checked_number(number: int, branches: Sequence[int], owner: str) -> int:
    """The number of a branch. Raises `UpstreamError` where there is none of it."""
    if number not in branches:
        raise no_such_branches(str(number), branches, owner)
    return number


MOST_SHOWN = 10


def no_such_branches(selection: str, branches: Sequence[int], owner: str) -> UpstreamError:
    return UpstreamError(
        f"'{selection}' selects no branch: the workflow has {described(branches)}", owner, "give some of these numbers"
    )


def described(branches: Sequence[int]) -> str:
    """`branches 0 to 3`, or the numbers one by one."""
    total = len(branches)
    if in_order(branches):
        return f"branches 0 to {total - 1}" if total > 1 else f"{total} branch{'' if total == 1 else 'es'}"
    shown = ", ".join(map(str, branches[:MOST_SHOWN]))
    return f"branch{'' if total == 1 else 'es'} {shown}{' and others' if total > MOST_SHOWN else ''}"


def number_of(limit: float, total: int, name: str, owner: str) -> float:
    """Branches that law's `acceptance` or `tolerance` means: a fraction up to 1, or else a number of branches.

    Raises `UpstreamError` for more branches than there are.
    """
    if not 0 <= limit <= max(total, 1):
        raise UpstreamError(
            f"{name} is {limit:g}, but {total} branches are to be run", owner,
            f"give a fraction up to 1, or a number of branches up to {total}",
        )  # fmt: skip
    return limit * total if limit <= 1 else limit
