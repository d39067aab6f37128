"""The fingerprints of a task and everything upstream, with all that they are made from, as plain data.

`main` is what `caselaw diff` starts in a process of its own for each revision.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caselaw.branches import Column, Look, column
from caselaw.branches.components import basis_of
from caselaw.branches.upstream import Batches, Connection, Files, Over
from caselaw.branches.upstream_digests import by_identity
from caselaw.config import Project, load_project
from caselaw.errors import CaselawError, TaskError
from caselaw.fingerprint import FileDigests, digest
from caselaw.plan.external import ExternalPlaces
from caselaw.plan.families import family_of
from caselaw.plan.lineage import all_upstream_of, distinct, lineage
from caselaw.publishing.contents import WHICH_BRANCH
from caselaw.task.base import FingerprintedTask
from caselaw.task.identified import file_digests_of
from caselaw.task.yielded_before import tasks_in_records

ENGINE = ("caselaw", "griddav", "law", "luigi")


@dataclass(frozen=True)
class SnapshotRequest:
    """What one process is asked: the task, and where the revision and the user's own files are.

    `config_file` is the revision's law.cfg. `top` and `own_top` are the top folders of the revision and of the
    user's checkout (the same for the files as they are), `own_root` is the user's project folder. `tracked` is a
    file with the names of files there that belong to git, `result` the file for the answer.
    """

    family: str
    arguments: tuple[str, ...]
    config_file: str
    top: str
    own_top: str
    own_root: str
    tracked: str
    result: str
    with_sources: bool = False

    @property
    def is_exported(self) -> bool:
        return self.top != self.own_top


def main(path: str) -> None:
    """Answer the request in a JSON file; errors of caselaw are an answer, others end the process."""
    content = json.loads(Path(path).read_text())
    request = SnapshotRequest(**{**content, "arguments": tuple(content["arguments"])})
    try:
        answer = snapshot(request)
    except CaselawError as error:
        answer = {"error": str(error)}
    Path(request.result).write_text(json.dumps(answer))


def snapshot(request: SnapshotRequest) -> dict[str, Any]:
    """All tasks of the chain, the requested one last; no tasks where it does not exist in this revision."""
    own_top, top = Path(request.own_top), Path(request.top)
    sys.path.insert(0, str(Path(request.config_file).parent))
    if request.is_exported:
        sys.path[:] = moved_entries(sys.path, own_top, top)
    installed = tuple(map(Path, sys.path))
    family = family_of(request.family) if Path(request.config_file).is_file() else None
    if family is None:
        return {"tasks": [], "unknown": []}
    with by_identity():
        return answer_of(request, family, own_top, top, installed)


def answer_of(
    request: SnapshotRequest, family: str, own_top: Path, top: Path, installed: tuple[Path, ...]
) -> dict[str, Any]:
    """What a process says of a task of its revision. Raises `TaskError` for one without a fingerprint."""
    from luigi.cmdline_parser import CmdlineParser

    arguments = [family, *request.arguments]
    with CmdlineParser.global_instance(arguments, allow_override=True) as parser:
        task = parser.get_task_obj()
    if not isinstance(task, FingerprintedTask):
        raise TaskError("has no fingerprint", request.family, "derive it from caselaw.Task or caselaw.Workflow")
    task = task.of_all_branches
    unknown: dict[str, None] = {}
    if request.is_exported:
        place_chain(task, places(request, load_project()), unknown)
    answer = {"tasks": [described(each, request.with_sources) for each in lineage(task)], "unknown": list(unknown)}
    if request.is_exported:
        refuse_own_modules(own_top, top, installed)
    return answer


def places(request: SnapshotRequest, project: Project) -> ExternalPlaces:
    own = Path(request.own_root)
    tracked = frozenset(json.loads(Path(request.tracked).read_text()))
    return ExternalPlaces(project.root, own, tracked, FileDigests(file_digests_of(own).cache_path))


def place_chain(task: Any, places: ExternalPlaces, unknown: dict[str, None]) -> None:
    """Let a task and everything upstream find their external files; adds paths of unknown content to `unknown`.

    Named connections are followed before law's own methods are asked, which may look at branches.
    """
    seen: set[str] = set()
    waiting = [(task, False)]
    while waiting:
        here, are_named_done = waiting.pop()
        if are_named_done:
            waiting.extend((upstream, False) for upstream in reversed(all_upstream_of(here)))
        elif here.task_id not in seen:
            seen.add(here.task_id)
            waiting.append((here, True))
            if isinstance(here, FingerprintedTask):
                place_files(here, places, unknown)
                place_sandbox(here, places)
                named = [connection.task for connection in with_tasks(here)]
                before = distinct([*named, *(tasks_in_records(here) if here.run_yields else ())])
                waiting.extend((upstream, False) for upstream in reversed(before))


def with_tasks(task: FingerprintedTask) -> list[Any]:
    return [connection for connection in task.upstream_connections.values() if hasattr(connection, "task")]


def place_files(task: FingerprintedTask, places: ExternalPlaces, unknown: dict[str, None]) -> None:
    """Give every connection to external files its paths and digests."""
    for name, connection in task.upstream_connections.items():
        if isinstance(connection, Files):
            task.upstream_connections[name], without = places.with_known_content(connection)
            unknown.update(dict.fromkeys(without))


def place_sandbox(task: Any, places: ExternalPlaces) -> None:
    """Let a sandbox count by the user's files where git does not have them."""
    key = getattr(task, "sandbox", None)
    if isinstance(key, str) and "::" in key and "sandbox" not in task.significant_parameters:
        kind, _, names = key.partition("::")
        found = (str(places.own / name) if in_own_only(name, places) else name for name in names.split(","))
        task.sandbox = f"{kind}::{','.join(found)}"


def in_own_only(name: str, places: ExternalPlaces) -> bool:
    return not (places.root / name).exists() and (places.own / name).exists()


def described(task: FingerprintedTask, with_sources: bool) -> dict[str, Any]:
    """One task: its fingerprint, own components and inputs."""
    basis = asdict(basis_of(task))
    if not with_sources:
        basis["sources"] = {}
    return {
        **named_task(task),
        "fingerprint": task.fingerprint,
        "branches": len(task.fingerprints),
        "basis": basis,
        "inputs": {
            **{name: described_input(task.upstream_connections.get(name), found) for name, found in columns_of(task)},
            **numbers_of(task),
        },
    }


def numbers_of(task: FingerprintedTask) -> dict[str, Any]:
    """The numbers of the branches as an input, where the code reads them."""
    if not task.has_branches or not task.branch_table.read.anything:
        return {}
    found = digest(*map(task.distinction, task.branch_numbers))
    return {WHICH_BRANCH: {"digest": found, "connection": "numbers of branches", "task": None, "values": {}}}


def columns_of(task: FingerprintedTask) -> list[tuple[str, Column]]:
    """What each connection contributes; that of a workflow's own `create_branch_map` is named `branch_map`.

    Files and values are kept apart, also where a task without branches takes them all at once.
    """
    apart = {
        name: column(connection, task.law_project.root, Look(task.file_digests))
        for name, connection in task.upstream_connections.items()
        if isinstance(connection, Files | Over)
    }
    return list({**task.input_columns, **apart}.items())


def described_input(connection: Connection | None, column: Column) -> dict[str, Any]:
    """One input: its digest and kind, the upstream task, or else values and their digests."""
    upstream = getattr(connection, "task", None)
    values: dict[str, str] = {}
    if upstream is None:
        texts = (value if isinstance(value, str) else repr(value) for value in column.values or ())
        values = dict(zip(texts, column.digests, strict=True))
    elif not isinstance(upstream, FingerprintedTask):
        values = {str(upstream.task_id): ""}
    kind = type(connection).__name__.lower() if connection is not None else "branch_map"
    return {
        "digest": digest("input", list(column.digests), list(values)),
        "connection": f"batches of {connection.size}" if isinstance(connection, Batches) else kind,
        "task": named_task(upstream.of_all_branches) if isinstance(upstream, FingerprintedTask) else None,
        "values": values,
    }


def named_task(task: FingerprintedTask) -> dict[str, Any]:
    return {"family": task.get_task_family(), "params": dict(task.readable_parameters)}


def moved_entries(entries: Iterable[str], own_top: Path, top: Path) -> list[str]:
    """A module search path with folders of the user's checkout replaced by those of the revision.

    Folders that the revision does not have stay: a virtual environment inside the checkout.
    """
    moved = []
    for entry in entries:
        path = Path(entry).resolve()
        inside = path.is_relative_to(own_top) and not path.is_relative_to(top)
        counterpart = top / path.relative_to(own_top) if inside else path
        moved.append(str(counterpart) if inside and counterpart.is_dir() else entry)
    return list(dict.fromkeys(moved))


def refuse_own_modules(own_top: Path, top: Path, installed: Iterable[Path]) -> None:
    """Raise `TaskError` where a module came from the user's checkout, not the revision: the answer would be wrong.

    Folders in `installed` may lie in the checkout: a virtual environment.
    """
    fine = [top, *(path for path in installed if path != own_top and path.is_relative_to(own_top))]
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not file or name.partition(".")[0] in ENGINE:
            continue
        path = Path(file).resolve()
        if path.is_relative_to(own_top) and not any(path.is_relative_to(folder) for folder in fine):
            raise TaskError(
                f"the module '{name}' was imported from your checkout, not from the revision",
                path,
                "an editable installation leads there: put its folder on PYTHONPATH instead, and uninstall it",
            )
