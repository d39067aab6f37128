"""Errors of caselaw: each says what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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


class StoreUnavailable(CaselawError):
    """The store could not answer: this is never "missing"."""


class StoreMissing(StoreUnavailable):
    """A store is not where it was: not mounted, removed, or another one in its place. It is not an empty one."""


class OnTape(StoreUnavailable):
    """A file lies on tape only; reading it would wait for a tape drive, and nobody asked for that."""


class StagingFailed(StoreUnavailable):
    """Files could not be brought from tape to disk; `failures` maps their paths to the server's words."""

    def __init__(self, what: str, where: object, advice: str, failures: Mapping[str, str] | None = None) -> None:
        super().__init__(what, where, advice)
        self.failures = dict(failures or {})

    def __str__(self) -> str:
        if not self.failures:
            return super().__str__()
        shown = [f"{path}: {why}" for path, why in sorted(self.failures.items())[:10]]
        more = [f"and {len(self.failures) - 10} more"] if len(self.failures) > 10 else []
        return "\n  ".join([f"{self.where}: {self.what}:", *shown, *more]) + f"\n{self.advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.where, self.advice, self.failures)


class ContentChanged(StoreUnavailable):
    """What a store holds under a name is not what it should be."""


class PublishError(CaselawError):
    """An output could not be published; nothing of it is visible."""


class TransferError(CaselawError):
    """Files cannot be copied, compared or removed as asked; what was done so far stays."""


class NotConfirmed(CaselawError):
    """Something is to be removed, and the user has neither said yes nor could be asked; nothing was done."""


class SourceChanged(PublishError):
    """The code in memory is not the code that was hashed: nothing is published under its name."""


class LoadedElsewhere(SourceChanged):
    """Python takes a module from another file than the one that counts in the fingerprint."""


class RevisionError(CaselawError):
    """A git revision cannot be read."""


class RecordError(CaselawError):
    """A record cannot be read."""


class BranchesFailed(CaselawError):
    """Branches of a workflow failed; `failures` maps their numbers to the last line of each error."""

    def __init__(self, title: str, failures: Mapping[int, str], total: int) -> None:
        numbers = ", ".join(str(number) for number in sorted(failures)[:10])
        more = f" and {len(failures) - 10} more" if len(failures) > 10 else ""
        super().__init__(
            f"{len(failures)} of {total} branches failed: {numbers}{more}",
            title,
            "their tracebacks are above; what was published stays, the next run makes only what is missing",
        )
        self.title, self.failures, self.total = title, dict(failures), total

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.title, self.failures, self.total)
