"""Which branches of a workflow are selected, and how many of them suffice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from law.util import range_expand

from caselaw.errors import UpstreamError


def selected_numbers(ranges: Sequence[Any], total: int, owner: str) -> Sequence[int]:
    """Numbers of the branches that law's `--branches` selects, in order; without ranges all of them.

    As with slices, a range may end beyond the last branch; one that selects none is an `UpstreamError`, for law
    would then run all.
    """
    if not ranges:
        return range(total)
    found: set[int] = set()
    for part in ranges:
        bounds = part if isinstance(part, tuple | list) else (part,)
        numbers = [] if any(b is not None and b < 0 for b in bounds) else clipped(tuple(bounds), total)
        if not numbers:
            raise no_such_branches(":".join("" if b is None else str(b) for b in bounds), total, owner)
        found.update(numbers)
    return sorted(found) if len(found) < total else range(total)


def clipped(bounds: tuple[int | None, ...], total: int) -> list[int]:
    """Existing branches of one range, by law's rules; an open range from beyond the last one is empty."""
    if len(bounds) == 2 and bounds[1] is None and bounds[0] is not None and bounds[0] >= total:
        return []
    return list(range_expand([bounds], min_value=0, max_value=total))


def checked_number(number: int, total: int, owner: str) -> int:
    """The number of a branch. Raises `UpstreamError` where there is none of it."""
    if not 0 <= number < total:
        raise no_such_branches(str(number), total, owner)
    return number


def no_such_branches(selection: str, total: int, owner: str) -> UpstreamError:
    has = f"branches 0 to {total - 1}" if total > 1 else f"{total} branch{'' if total == 1 else 'es'}"
    return UpstreamError(
        f"'{selection}' selects no branch: the workflow has {has}", owner, "give numbers in this range"
    )


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
