"""One look at what lies upstream, and what it depends on: outputs without a fingerprint count by what they hold."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import law
import luigi

from caselaw.branches.chain import ask
from caselaw.branches.content import content_of_outputs
from caselaw.branches.identity import described, identity_of_task
from caselaw.branches.numbers import with_numbers
from caselaw.errors import UpstreamError
from caselaw.fingerprint import FileDigests, digest

WRAPPERS = {law.WrapperTask: law.WrapperTask.output, luigi.WrapperTask: luigi.WrapperTask.output}


@dataclass(frozen=True)
class Seen:
    """What a look depends on.

    `unknown` says what has to happen before the fingerprint is known ("Plain(n=1) has run"): until then it is
    provisional, and nothing is published under it. `at_outputs` says whether something counts by what it holds,
    which may be something else at the next look. `renewable` are the caselaw tasks upstream of which this is true,
    and `looks` what their own looks depended on, as long as these are the last.
    """

    unknown: tuple[str, ...] = ()
    at_outputs: bool = False
    renewable: tuple[Any, ...] = ()
    looks: tuple[Seen, ...] = field(default=(), repr=False, compare=False)

    @property
    def passing(self) -> bool:
        """Whether a later look may see something else without any code, parameter or file being edited."""
        return self.at_outputs or bool(self.renewable)

    def and_outputs(self, other: Seen | None = None) -> Seen:
        """What also depends on outputs, and on what another look does."""
        other = other or Seen()
        renewable, looks = (*self.renewable, *other.renewable), (*self.looks, *other.looks)
        return Seen((*self.unknown, *other.unknown), True, renewable, looks)


_by_identity = contextvars.ContextVar("by identity", default=False)


@contextlib.contextmanager
def by_identity() -> Iterator[None]:
    """Let outputs without a fingerprint count by who makes them: what they hold is not known of another revision."""
    token = _by_identity.set(True)
    try:
        yield
    finally:
        _by_identity.reset(token)


def counts_by_identity() -> bool:
    """Whether outputs count by who makes them."""
    return _by_identity.get()


class Look:
    """Digests of tasks upstream; each task is looked at once."""

    def __init__(self, digests: FileDigests) -> None:
        self.digests = digests
        self._unknown: dict[str, None] = {}
        self._at_outputs = False
        self._renewable: dict[int, tuple[Any, Seen]] = {}
        self._known: dict[int, tuple[Any, str]] = {}

    def seen(self) -> Seen:
        renewable, looks = zip(*self._renewable.values(), strict=True) if self._renewable else ((), ())
        return Seen(tuple(self._unknown), self._at_outputs, renewable, looks)

    def wait_for(self, task: Any) -> None:
        """Note that the fingerprint is known when `task` has run."""
        self.wait_until(f"{described(task)} has run")

    def wait_until(self, event: str) -> None:
        self._unknown[event] = None
        self._at_outputs = True

    def may_pass(self) -> None:
        """Note that a later look may see something else."""
        self._at_outputs = True

    def note(self, task: Any) -> None:
        """Note what the fingerprint of a caselaw task depends on."""
        awaits_run = task.run_yields and task.awaits_run
        if task.has_branches and task.fewer_suffice:
            self.may_pass()
            if not task.workflow_complete():
                self.wait_for(task)
        seen: Seen = task.upstream_seen
        self._unknown.update(dict.fromkeys(seen.unknown))
        if seen.passing:
            self._renewable[id(task.of_all_branches)] = task.of_all_branches, seen
        if awaits_run:
            self.wait_for(task)

    def of_requirements(self, requirements: Any, of: Callable[[Any], str] | None = None) -> str:
        """Digest of what law's `requires()` returned: a task, or any nesting of mappings and iterables of tasks.

        Raises `UpstreamError` for anything else.
        """
        if requirements is None:
            return digest(None)
        if isinstance(requirements, luigi.Task):
            return self.of_task(requirements) if of is None else of(requirements)
        if isinstance(requirements, Mapping):
            return digest({str(name): self.of_requirements(inner, of) for name, inner in requirements.items()})
        if isinstance(requirements, str) or not isinstance(requirements, Iterable):
            raise UpstreamError(
                f"{requirements!r} is required, which is no task", type(requirements).__name__,
                "return tasks from requires() and workflow_requires(), or mappings and lists of tasks",
            )  # fmt: skip
        found = [self.of_requirements(inner, of) for inner in requirements]
        return digest(sorted(found) if isinstance(requirements, set | frozenset) else found)

    def of_task(self, task: Any) -> str:
        """A required task or branch: by its fingerprint, or else by what its outputs hold."""
        if carries_fingerprints(task):
            found = self._known_alone(task)
            if found is None:
                self.note(task)
                found = fingerprint_of(task)
            return digest("fingerprint", seen_by_numbers(task, found))
        if not hasattr(task, "get_branch_map") or task.is_branch():
            return self.content_of(task)
        branches = self.branches_of(task)
        return with_numbers(digest("branches", [content for _, content in branches.values()]), list(branches))

    def _known_alone(self, task: Any) -> str | None:
        """The fingerprint of what is required of a workflow whose branches may need each other; None for others."""
        if not task.has_branches or not task.each_known_alone:
            return None
        found = []
        for number in task.selected_numbers:
            fingerprint, seen = task.fingerprint_alone(number)
            found.append(fingerprint)
            self.take(seen)
        return found[0] if task.is_branch() else digest("branches", found)

    def branches_of(self, workflow: Any) -> dict[int, tuple[Any, str]]:
        """Number → value and content of the branches that are taken of a workflow whose outputs it names itself."""
        if hasattr(type(workflow), "fingerprints"):
            self.note(workflow)
            values = {number: workflow.branch_values[number] for number in workflow.taken_numbers}
        elif workflow.is_branch():
            values = {workflow.branch: workflow.branch_data}
        else:
            values = dict(workflow.get_branch_map())
            if values and not counts_by_identity() and workflow.complete():
                values = {n: value for n, value in values.items() if workflow.as_branch(n).complete()}
        return {n: (value, self.content_of(workflow.as_branch(n))) for n, value in values.items()}

    def of_value(self, value: Any) -> str:
        """What the targets hold that are, or are in, the value of a branch; else nothing."""
        if isinstance(value, luigi.Target | law.TargetCollection):
            self.may_pass()
            return content_of_outputs(value, self.digests)
        if isinstance(value, Mapping):
            found = [self.of_value(inner) for inner in value.values()]
        elif isinstance(value, list | tuple | set | frozenset):
            found = [self.of_value(inner) for inner in value]
        else:
            return ""
        return digest("in a value", found) if any(found) else ""

    def content_of(self, task: Any) -> str:
        """What the outputs of a task or branch hold; of one that is not complete, a digest like no other."""
        if id(task) not in self._known:
            what = "identity" if counts_by_identity() else "content"
            content, seen = ask(what, task, lambda: content_apart(task, self.digests))
            self._known[id(task)] = task, content
            self.take(seen)
        return self._known[id(task)][1]

    def take(self, seen: Seen) -> None:
        """Note what another look has seen."""
        self._unknown.update(dict.fromkeys(seen.unknown))
        self._at_outputs = self._at_outputs or seen.at_outputs
        pairs = zip(seen.renewable, seen.looks, strict=True)
        self._renewable.update((id(task), (task, look)) for task, look in pairs)

    def _content_of(self, task: Any) -> str:
        identity = identity_of_task(task)
        if is_wrapper(task):
            return digest("wrapper", identity, self.of_requirements(task.requires()))
        if counts_by_identity():
            return digest("by identity", getattr(task, "fingerprint", identity))
        if getattr(task, "has_no_outputs", False):
            return digest("no outputs", task.fingerprint)
        self.may_pass()
        if not task.complete():
            self.wait_for(task)
            return digest("not known yet", identity)
        outputs = task.output()
        if not luigi.task.flatten(outputs):
            return digest("no outputs", identity, self.of_requirements(task.requires()))
        return digest("outputs", identity, content_of_outputs(outputs, self.digests))


def content_apart(task: Any, digests: FileDigests) -> tuple[str, Seen]:
    """What the outputs of a task hold, and what that depends on."""
    look = Look(digests)
    return look._content_of(task), look.seen()


def carries_fingerprints(task: Any) -> bool:
    """Whether the names of a task's outputs are caselaw's."""
    return bool(getattr(task, "output_declared", False) or getattr(task, "output_named", False))


def fingerprint_of(task: Any) -> str:
    """The fingerprint of a required task or branch, or of the branches that are required of a workflow."""
    if not task.has_branches or task.is_branch() or len(task.taken_numbers) == len(task.fingerprints):
        return str(task.fingerprint)
    return digest("branches", [task.fingerprints[number] for number in task.taken_numbers])


def seen_by_numbers(task: Any, found: str) -> str:
    """A digest of a required workflow with the numbers of its branches: law's collection has them as keys."""
    return with_numbers(found, task.taken_numbers) if task.has_branches and task.is_workflow() else found


def is_wrapper(task: Any) -> bool:
    """Whether a task only stands for what it requires."""
    return any(isinstance(task, cls) and type(task).output is output for cls, output in WRAPPERS.items())


def to_be_asked_again(requirements: Any) -> Any:
    """What `requires()` returned, with lists in place of what can be gone through only once, however deep."""
    if isinstance(requirements, luigi.Task | str | set | frozenset):
        return requirements
    if isinstance(requirements, Mapping):
        return {name: to_be_asked_again(inner) for name, inner in requirements.items()}
    return [to_be_asked_again(inner) for inner in requirements] if isinstance(requirements, Iterable) else requirements
