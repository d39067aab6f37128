"""What caselaw needs of the place where outputs lie: a folder of this machine, or one on a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from caselaw.errors import StagingFailed
from caselaw.storage.files.entry import Entry


class Documents(Protocol):
    """Small files of one folder that caselaw itself writes: records, tags."""

    @property
    def path(self) -> Path:
        """The folder of this machine to read them in."""

    def refresh(self) -> None:
        """Bring `path` up to date. Raises `StoreUnavailable`."""

    def renew(self, name: str) -> bool:
        """Read a document again whose copy is damaged; whether there is another content now."""

    def write(self, name: str, text: str) -> None:
        """Publish a document; it is there completely or not at all. Raises `StoreUnavailable`."""

    def remove(self, name: str) -> None:
        """Remove a document; one that is gone is no error. Raises `StoreUnavailable`."""


@dataclass(frozen=True)
class Online:
    """Files that were brought to disk: `pin` goes to `release`; why the others cannot be had, by their paths."""

    pin: Any = None
    failed: Mapping[str, StagingFailed] = field(default_factory=dict)


class Store(Protocol):
    """A store. Paths are text and begin with `root`. Every method raises `StoreUnavailable` for a failed question."""

    @property
    def root(self) -> str:
        """An absolute path, or a URL."""

    @property
    def is_local(self) -> bool:
        """Whether programs of this machine open its files by their path."""

    @property
    def scratch(self) -> Path:
        """The folder of this machine under which outputs are written before they are published."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""

    def names(self, directories: Sequence[str]) -> dict[str, frozenset[str]]:
        """Folder → names in it; one that does not exist has none."""

    def entries(self, directory: str) -> list[Entry]:
        """What is in a folder; nothing in one that does not exist."""

    def size(self, path: str) -> tuple[int, float | None] | None:
        """Bytes of a file or of all in a folder, and when it was last changed; None where there is none."""

    def local(self, path: str, sha256: str | None = None, size: int | None = None) -> Path:
        """Where a file or folder can be read on this machine.

        `sha256` is what it must be, if that is known, and `size` how many bytes the file has.

        Raises `FileNotFoundError`, and `ContentChanged` where a download is something else.
        """

    def done_reading(self) -> None:
        """Paths that `local` gave to this process are used no more."""

    def digest(self, path: str) -> str:
        """SHA-256 of what the store holds now (see `file_digest`), read whole. Raises `FileNotFoundError`."""

    def place(self, staged: Path, final: str, sha256: str) -> bool:
        """Give what lies in `scratch` its final name. Raises `PublishError`.

        False where a server has something of this name; on this machine the caller has looked, it is replaced.
        """

    def set_aside(self, path: str) -> str | None:
        """Give an output a name that no output has, beside its own; returns that, None where it is gone."""

    def alias(self, source: str, final: str, sha256: str) -> bool:
        """Give an output a second name; False where it vanished. Raises `PublishError`."""

    def remove(self, path: str) -> None:
        """Remove an output, at once; one that is gone is no error."""

    def remove_empty_folder(self, directory: str) -> None:
        """Remove a folder that has held nothing for a day; leave another one alone."""

    def bring_online(self, paths: Sequence[str], report: Callable[[int, int], None]) -> Online:
        """Have files on disk, not on tape only, and kept there until `release`.

        `report` gets how many of how many are there, where any is on tape.
        """

    def release(self, pin: Any) -> None:
        """The files need not be kept on disk any longer."""

    def read_text(self, path: str) -> str | None:
        """What a small file holds now; None where there is none."""

    def create_text(self, path: str, text: str) -> None:
        """Make a small file, and the folder that it lies in; one that is there stays as it is."""

    def documents(self, folder: str, *, fixed: bool) -> Documents:
        """Documents in a folder; `fixed` where a name never gets another content."""
