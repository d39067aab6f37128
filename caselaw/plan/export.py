"""Products under human names, outside the store."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import PublishError, TaskError
from caselaw.plan.selection import own_selection
from caselaw.records.completeness import incomplete
from caselaw.storage.location import component
from caselaw.storage.state import existing_names, exists
from caselaw.storage.stores import store_of
from caselaw.task.base import FingerprintedTask


@dataclass(frozen=True)
class Export:
    """One product: where it is, and its name outside."""

    branch: int | None
    product: str
    source: str
    target: Path


def exports(task: FingerprintedTask, folder: Path) -> list[Export]:
    """What is to be exported of a task, or of the selected branches.

    Raises `TaskError` where one is missing or unrecorded.
    """
    whole = task.of_all_branches
    chosen = own_selection(task)
    numbers = whole.branch_numbers if chosen is None else sorted(chosen)
    found = list(named(whole, numbers, folder))
    lacking = incomplete(whole, numbers, existing_names(whole.output_location.directory))
    if lacking.missing:
        missing = [path for n in lacking.missing for path in whole.paths_of(n).values()]
        missing = [path for path in missing if not exists(path)]
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise TaskError(f"{missing[0]}{more} does not exist", task.get_task_family(), "run the task first")
    if lacking.unrecorded:
        first = next(iter(whole.paths_of(lacking.unrecorded[0]).values()))
        more = f" and those of {len(lacking.unrecorded) - 1} more branches" if len(lacking.unrecorded) > 1 else ""
        raise TaskError(
            f"no record says what made {first}{more}, or that it is whole", task.get_task_family(),
            "run the task first, or give --trust-unrecorded to take it as it is",
        )  # fmt: skip
    return found


def named(task: FingerprintedTask, numbers: Sequence[int], folder: Path) -> Iterator[Export]:
    labels = labels_of(task)
    for number in numbers:
        paths = task.paths_of(number)
        for product in paths:
            suffix = ending_of(task, product, paths[product])
            label = f"_{labels[number]}" if task.has_branches else ""
            branch = number if task.has_branches else None
            yield Export(branch, product, paths[product], folder / f"{product}{label}{suffix}")


def ending_of(task: FingerprintedTask, product: str, path: str) -> str:
    """What the name of an exported file ends with."""
    if task.output_named:
        return Path(path).suffix
    extension = dict(task.output_location.products)[product]
    return "" if extension in ("", "/") else f".{extension}"


def labels_of(task: FingerprintedTask) -> Mapping[int, str]:
    """A name for every branch: its value, where all values are short and simple, else its number."""
    values = [v if isinstance(v, str | int | float) else None for v in task.branch_values]
    labels = [component(Path(v).stem if isinstance(v, str) else str(v)) for v in values if v is not None]
    if len(set(labels)) == len(task.branch_values) and all(len(label) <= 60 for label in labels):
        return dict(zip(task.branch_numbers, labels, strict=True))
    width = len(str(max(task.branch_numbers, default=0)))
    return {number: f"{number:0{width}d}" for number in task.branch_numbers}


def write(export: Export, *, link: bool, replace: bool) -> None:
    """Copy or link one product; it appears under its name as a whole.

    Raises `PublishError` where the name is taken or the disk fails, and `TaskError` for a link to a server.
    """
    target, store = export.target, store_of(export.source)
    if link and not store.is_local:
        raise TaskError("a product on a server cannot be linked to", export.source, "leave --link out: it is copied")
    if exists(target) and not replace:
        raise PublishError("there is a file of this name", target, "choose another folder, or give --force")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source = store.local(export.source)
        if link:
            temporary.symlink_to(source.resolve())
        elif source.is_dir():
            shutil.copytree(source, temporary)
        else:
            shutil.copy2(source, temporary)
        if target.is_dir() and not target.is_symlink():
            if not temporary.is_dir():
                raise PublishError("a folder has this name", target, "move it away, or choose another folder")
            shutil.rmtree(target)
        temporary.replace(target)
    except OSError as error:
        raise PublishError(
            f"a product could not be exported: {error.strerror or error}", target, "check free space and permissions"
        ) from error
    finally:
        if temporary.is_dir() and not temporary.is_symlink():
            shutil.rmtree(temporary)
        else:
            temporary.unlink(missing_ok=True)
