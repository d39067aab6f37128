"""What can be wrong with an input file."""

from __future__ import annotations

from collections.abc import Sequence


class UnreadableFile(RuntimeError):  # noqa: N818 (the name says what is wrong)
    """A file that is damaged, incomplete or not NanoAOD; nothing read from it can be trusted."""

    def __init__(self, path: str, reason: str, advice: str = "fetch or produce the file again") -> None:
        super().__init__(path, reason, advice)
        self.path = path
        self.reason = reason
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; {self.advice}"


class MissingBranch(UnreadableFile):
    """A readable file without a branch that is needed, or with one of another type."""

    def __init__(self, path: str, branches: Sequence[str], reason: str, advice: str) -> None:
        super().__init__(path, reason, advice)
        self.args = (path, branches, reason, advice)
        self.branches = tuple(branches)


class UnreachableFile(ConnectionError):  # noqa: N818
    """A remote file that could not be asked for; nothing is known about its content."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; the file may be fine, try again"
