"""The process that runs the audited branch: fresh, so that nothing is imported or remembered before it is watched."""

from __future__ import annotations

import contextlib
import importlib.machinery
import json
import os
import pickle
import sys
import tempfile
import traceback
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caselaw.branches.yielded import flat, readable_twice
from caselaw.errors import UpstreamError
from caselaw.fingerprint.content import content_digest
from caselaw.plan.audit.events import watch_events
from caselaw.plan.audit.functions import traced
from caselaw.plan.audit.inputs import targets
from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.options import watch_options
from caselaw.plan.audit.origin import CodeOrigin, SourceOrigins
from caselaw.plan.audit.parameters import watch_parameters
from caselaw.plan.audit.recorder import Lines, Recorder
from caselaw.plan.audit.variables import watch_variables
from caselaw.publishing.block import RunOutputs
from caselaw.storage.location import Location
from caselaw.task.base import FingerprintedTask

OBSERVATIONS, FAILURE, OUTPUT, DIGESTS = "observations.jsonl", "failure.txt", "output.txt", "digests.json"
FAILED = 3


@dataclass(frozen=True)
class ChildRequest:
    """What the process is to run. `branch` is a pickled pair of job and row: reading it imports the task's module."""

    branch: bytes
    number: int
    scratch: Path
    origins: SourceOrigins
    lines: Lines
    fingerprint: str = ""
    store: str | None = None
    """The folder of published outputs, where it is on this machine."""
    yields: bool = False
    """Whether the fingerprint counts what `run()` yields."""
    names: frozenset[str] = frozenset()
    """Top-level names of the project's packages and modules."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """By path of a source file, what is executed in its place; then nothing is watched."""


def serve() -> None:
    """Run the branch of the request on standard input, whose sender is the parent process."""
    request: ChildRequest = pickle.loads(sys.stdin.buffer.read())
    descriptor = os.open(request.scratch / OBSERVATIONS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    own = (f"{request.scratch}{os.sep}", *filter(None, [request.fingerprint]))
    recorder = Recorder(descriptor, request.origins, request.lines, own, request.store)
    tempfile.tempdir = None
    if request.texts:
        execute_in_place(request.texts)
    else:
        watch_variables(recorder)
        watch_options(recorder)
        watch_events(recorder)
    try:
        run(request, recorder)
    except BaseException:
        (request.scratch / FAILURE).write_text(traceback.format_exc())
        sys.exit(FAILED)


def run(request: ChildRequest, recorder: Recorder) -> None:
    job, row = pickle.loads(request.branch)
    task = job.branch(job.task(), request.number, row)
    outputs = divert(task, request.scratch)
    if not request.texts:
        watch_parameters(recorder, task)
    recorder.running = True
    try:
        with contextlib.nullcontext() if request.texts else traced(recorder):
            finish(type(task).run(task), recorder, counts=request.yields)
        record_modules_from_elsewhere(recorder, request.names)
    finally:
        recorder.running = False
    outputs.require_written()
    written = {product: path for product, path in outputs.staging.paths.items() if path.exists()}
    digests = {product: content_digest(path) for product, path in written.items()}
    (request.scratch / DIGESTS).write_text(json.dumps(digests))


def record_modules_from_elsewhere(recorder: Recorder, names: frozenset[str]) -> None:
    """Record loaded modules with a name of the project's code that come from a file that is none of the project's."""
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if name.partition(".")[0] not in names or not isinstance(spec, importlib.machinery.ModuleSpec):
            continue
        if spec.has_location and spec.origin and recorder.origins.of(spec.origin) is not CodeOrigin.FIRST_PARTY:
            recorder.record(
                UseKind.MODULE, f"{name} ({os.path.realpath(spec.origin)})", None, by=CodeOrigin.FIRST_PARTY
            )


def execute_in_place(texts: Mapping[str, str]) -> None:
    """Let these texts be executed where their files are imported, for the rest of the process."""
    get_code = importlib.machinery.SourceFileLoader.get_code

    def get_code_of(loader: importlib.machinery.SourceFileLoader, fullname: str) -> Any:
        path = os.path.realpath(loader.get_filename(fullname))
        if path not in texts:
            return get_code(loader, fullname)
        return compile(texts[path], path, "exec", dont_inherit=True)

    importlib.machinery.SourceFileLoader.get_code = get_code_of  # type: ignore[method-assign, assignment]


def finish(run: Any, recorder: Recorder, *, counts: bool) -> None:
    """Drive a run() that yields what it needs besides, as luigi does; `counts`: what it yields is counted."""
    import luigi

    if not isinstance(run, Generator):
        return
    outputs: Any = None
    with contextlib.suppress(StopIteration):
        while True:
            requirements, frame = readable_twice(run.send(outputs)), getattr(run, "gi_frame", None)
            require_complete(flat(requirements))
            for each in flat(requirements):
                recorder.record(
                    UseKind.REQUIREMENT, each.get_task_family(), frame, by=CodeOrigin.FIRST_PARTY, seen=counts
                )
            outputs = luigi.task.getpaths(requirements)
            recorder.yielded.update(os.path.realpath(os.fspath(path)) for path in targets(outputs) if counts)


def require_complete(tasks: Sequence[Any]) -> None:
    """Raise `UpstreamError` where a yielded task has to run first."""
    missing = [task for task in tasks if not task.complete()]
    if missing:
        raise UpstreamError(f"run() yields {missing[0]}, which is not complete", "the audit", "run the task first")


def divert(task: FingerprintedTask, scratch: Path) -> RunOutputs:
    """Let the task write to a temporary folder whatever it publishes; returns where."""
    outputs = RunOutputs(task, scratch / "store")
    task.current_run.outputs = outputs
    task.__dict__["output_location"] = Location.of(str(scratch / "outputs"), task.declared_products)
    return outputs
