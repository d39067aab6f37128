"""Errors of caselaw: each says what happened, where, and what to do.

    CaselawError
    ├── ConfigError              law.cfg or a declaration of a task is not right
    │   ├── CampaignError        a campaign file cannot be read, or does not fit its schema
    │   └── UndeclaredKey        a task reads a key of the campaign that it does not declare
    ├── FingerprintError         something that determines an output cannot be digested
    ├── UpstreamError            a task's upstream() does not make sense
    │   └── CircleError          tasks need each other
    ├── TaskError                a task class or a request for a task is not right
    ├── WorkerError              a worker process cannot be started, or cannot make its task
    ├── SandboxError             a sandbox cannot be entered, or is not what was counted
    ├── StoreError               what a store has, or does, is not as it should be
    │   ├── StoreUnavailable     no answer: this is never "missing"
    │   │   └── StoreMissing     the store is not where it was, which is not an empty one
    │   ├── StoreRefused         the store says no to whatever we ask: credentials, permissions, space
    │   ├── CacheError           the files that this machine keeps of stores cannot be kept, or trusted
    │   ├── ContentChanged       what is there is damaged, or another content than it should be
    │   ├── OnTape               a file lies on tape only, and nobody asked to wait for it
    │   ├── StagingFailed        files could not be brought from tape to disk
    │   ├── Occupied             something else has the name, and stays
    │   ├── TransferError        files cannot be copied, compared or removed as asked
    │   └── RecordError          a record cannot be read
    ├── PublishError             an output could not be published; nothing of it is visible
    │   └── SourceChanged        the code in memory is not the code that was hashed
    │       └── LoadedElsewhere  Python takes a module from another file than the one that counts
    ├── NotConfirmed             something is to be removed, and nobody has said yes
    ├── RevisionError            a git revision cannot be read
    └── BranchesFailed           branches of a workflow failed; it names them

Of store errors, the first three concern every branch (`EVERY_BRANCH`): a run begins no other branch, waits for those
that go on, and says so once. The others concern a file: the branch that meets one fails, and the run goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_NAMED = 10
"""Branches or files that one message names."""


class CaselawError(Exception):
    """What happened, where it happened, and what the user can do about it."""

    def __init__(self, what: str, where: object, advice: str) -> None:
        super().__init__(what, where, advice)
        self.what, self.where, self.advice = what, where, advice

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.advice}"


class ConfigError(CaselawError):
    """law.cfg or a declaration of a task is not right."""


class CampaignError(ConfigError):
    """A campaign file cannot be read or does not fit its schema; `problems` are lines with place and key."""

    def __init__(self, what: str, where: object, advice: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(what, where, advice)
        self.problems = problems

    def __str__(self) -> str:
        if not self.problems:
            return super().__str__()
        return "\n  ".join([f"{self.where}: {self.what}:", *self.problems]) + f"\n{self.advice}"


class UndeclaredKey(ConfigError):
    """A task reads a key of the campaign that it does not declare."""


class FingerprintError(CaselawError):
    """Something that determines an output cannot be digested."""


class UpstreamError(CaselawError):
    """A task's `upstream()` does not make sense."""


class CircleError(UpstreamError):
    """Tasks need each other."""


class TaskError(CaselawError):
    """A task class or a request for a task is not right."""


class WorkerError(CaselawError):
    """A worker process cannot be started, or cannot make the task that it is to run."""


class SandboxError(CaselawError):
    """A sandbox cannot be entered, or is inside not what was counted outside."""


class StoreError(CaselawError):
    """What a store has, or does, is not as it should be."""


class StoreUnavailable(StoreError):
    """The store gave no answer: this is never "missing"."""


class StoreMissing(StoreUnavailable):
    """A store is not where it was: not mounted, removed, or another one in its place. It is not an empty one."""


class StoreRefused(StoreError):
    """The store says no to whatever we ask: our credentials, its permissions or its space do not allow it."""


class CacheError(StoreError):
    """What this machine keeps of stores cannot be kept: no space, no permission, or a folder that others write to."""


EVERY_BRANCH = (StoreUnavailable, StoreRefused, CacheError)
"""Errors that every branch would meet: they stop a run, not one branch."""


class ContentChanged(StoreError):
    """What a store holds under a name is not what it should be: damaged, cut short, or changed while it was read."""


class OnTape(StoreError):
    """A file lies on tape only; reading it would wait for a tape drive, and nobody asked for that."""


class StagingFailed(StoreError):
    """Files could not be brought from tape to disk; `failures` maps their paths to the server's words."""

    def __init__(self, what: str, where: object, advice: str, failures: Mapping[str, str] | None = None) -> None:
        super().__init__(what, where, advice)
        self.failures = dict(failures or {})

    def __str__(self) -> str:
        if not self.failures:
            return super().__str__()
        shown = [f"{path}: {why}" for path, why in sorted(self.failures.items())[:MOST_NAMED]]
        more = [f"and {len(self.failures) - MOST_NAMED} more"] if len(self.failures) > MOST_NAMED else []
        return "\n  ".join([f"{self.where}: {self.what}:", *shown, *more]) + f"\n{self.advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.where, self.advice, self.failures)


class Occupied(StoreError):
    """Something else has the name that a file is to get, and can be neither taken for it nor moved away."""


class TransferError(StoreError):
    """Files cannot be copied, compared or removed as asked; what was done so far stays."""


class RecordError(StoreError):
    """A record cannot be read."""


class PublishError(CaselawError):
    """An output could not be published; nothing of it is visible."""


class NotConfirmed(CaselawError):
    """Something is to be removed, and the user has neither said yes nor could be asked; nothing was done."""


class SourceChanged(PublishError):
    """The code in memory is not the code that was hashed: nothing is published under its name."""


class LoadedElsewhere(SourceChanged):
    """Python takes a module from another file than the one that counts in the fingerprint."""


class RevisionError(CaselawError):
    """A git revision cannot be read."""


class BranchesFailed(CaselawError):
    """Branches of a workflow failed; `failures` maps their numbers to the last line of each error."""

    def __init__(self, title: str, failures: Mapping[int, str], total: int) -> None:
        numbers = ", ".join(map(str, sorted(failures)[:MOST_NAMED]))
        more = f" and {len(failures) - MOST_NAMED} more" if len(failures) > MOST_NAMED else ""
        super().__init__(
            f"{len(failures)} of {total} branches failed: {numbers}{more}",
            title,
            "their tracebacks are above; what was published stays, the next run makes only what is missing",
        )
        self.title, self.failures, self.total = title, dict(failures), total

    def __str__(self) -> str:
        lines = [f"{number}: {self.failures[number]}" for number in sorted(self.failures)[:MOST_NAMED]]
        return "\n  ".join([f"{self.where}: {self.what}", *lines]) + f"\n{self.advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.title, self.failures, self.total)
