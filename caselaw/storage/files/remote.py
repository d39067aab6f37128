"""Files and folders on servers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.errors import OnTape, StoreUnavailable, TransferError
from caselaw.storage.files.answers import STAGE, clear_answers, is_of_client
from caselaw.storage.files.credentials import Identity, NarrowToken
from caselaw.storage.files.dot_names import OWN
from caselaw.storage.files.place import Node, Report, TransferWay
from caselaw.storage.files.server import ServerFiles
from caselaw.storage.files.store_server import StoreServer
from caselaw.storage.files.tapes import ONLY_ON_TAPE

DAMAGED = "run again; if it happens again, look into the server's log"


@dataclass(frozen=True)
class RemotePlace:
    """A URL of a store. See `Place`."""

    server: StoreServer
    url: str

    @property
    def files(self) -> ServerFiles:
        return self.server.files

    @property
    def path(self) -> str:
        """As the file system names it."""
        return self.server.path(self.url)

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    @property
    def local_path(self) -> None:
        return None

    @property
    def parent(self) -> RemotePlace:
        return RemotePlace(self.server, self.url.rpartition("/")[0])

    def child(self, name: str) -> RemotePlace:
        return RemotePlace(self.server, f"{self.url}/{name}")

    def node(self) -> Node:
        with clear_answers(self.url):
            return node_of(self.files.info(self.path))

    def entries(self) -> list[Node]:
        """What lies in a folder. Raises `StoreUnavailable` for a listing that holds a name that is none."""
        with clear_answers(self.url):
            found = self.files.entries(self.path, OWN)
        nodes = sorted(map(node_of, found), key=lambda node: node.name)
        if any(node.name in ("", ".", "..") for node in nodes):
            raise StoreUnavailable("the server's listing holds a name that is none", self.url, DAMAGED)
        return nodes

    def receive(self, source: Path, progress: Report, *, overwrite: bool) -> None:
        """Copy a file to this place, where it appears whole.

        Raises `FileExistsError` where the name is taken, and `StoreUnavailable` for an upload that arrived damaged.
        """
        with clear_answers(self.url), self.of_this_machine(source):
            self.files.put(str(source), self.path, progress, overwrite=overwrite)

    def fetch(self, target: Path, progress: Report) -> None:
        """Copy the file to this machine, where it appears whole. Raises `FileNotFoundError`.

        Raises `StoreUnavailable` for a download that arrived damaged.
        """
        with clear_answers(self.url):
            with of_this_machine(target):
                target.parent.mkdir(parents=True, exist_ok=True)
            with self.of_this_machine(target):
                self.files.get(self.path, str(target), progress)

    def copy_to(self, target: RemotePlace, progress: Report, *, overwrite: bool) -> TransferWay | None:
        """Have the servers copy the file themselves; returns the way, None where they know none.

        Raises `FileNotFoundError`, and `FileExistsError` unless `overwrite`.
        """
        with clear_answers(target.url):
            return self.files.copy_to(self.path, target.files, target.path, progress, overwrite=overwrite)

    def rename(self, target: RemotePlace) -> None:
        """Give it another name. Raises `FileExistsError` where that is taken."""
        with clear_answers(target.url):
            self.files.rename(self.path, target.path, overwrite=False)

    def remove(self) -> None:
        """Remove a file, or a folder with all that it holds; what is gone is no error."""
        with contextlib.suppress(FileNotFoundError), clear_answers(self.url):
            self.files.remove_tree(self.path)

    def make_folder(self) -> None:
        with clear_answers(self.url):
            self.files.make_folder(self.path)

    def of_this_machine(self, file: Path) -> contextlib.AbstractContextManager[None]:
        """`of_this_machine`, where the errors of the server are told from those of this machine."""
        return of_this_machine(file) if self.files.tells_its_errors else contextlib.nullcontext()

    def tells_more_of_single_files(self) -> bool:
        with clear_answers(self.url):
            return self.files.tells_more_of_single_files()

    def hides_dot_names(self) -> bool:
        with clear_answers(self.url):
            return self.files.hides_dot_names()

    def preferred(self) -> str | None:
        with clear_answers(self.url):
            return self.files.usual_checksum()

    def checksum(self, algorithm: str) -> str | None:
        with clear_answers(self.url):
            return self.files.checksum(self.path, algorithm)

    def sha256(self, size: int) -> str:
        """SHA-256 of a file that has this size, by reading all of it."""
        with clear_answers(self.url):
            return self.files.sha256(self.path, size)

    def time(self) -> float | None:
        with clear_answers(self.url):
            return self.files.time(self.path)

    def identity(self) -> Identity:
        with clear_answers(self.url):
            return self.files.identity()

    def narrow_token(self, activities: Collection[str], lifetime: float) -> NarrowToken:
        with clear_answers(self.url):
            return self.files.narrow_token(self.path, activities, lifetime)


def refuse_tape(node: Node, where: str) -> None:
    """Raises `OnTape` for a file that lies on tape only. What states no locality is on disk."""
    if node.locality == ONLY_ON_TAPE:
        raise OnTape(f"the file is on tape ({ONLY_ON_TAPE}); to read it would wait for a tape drive", where, STAGE)


@contextlib.contextmanager
def of_this_machine(file: Path) -> Iterator[None]:
    """An `OSError` is a `TransferError` of this machine unless it is the client's, or says: missing, or taken."""
    try:
        yield
    except (FileNotFoundError, FileExistsError, IsADirectoryError):
        raise
    except OSError as error:
        if is_of_client(error):
            raise
        raise TransferError(
            f"a file of this machine: {error.strerror or error}", file, "check free space and permissions"
        ) from error


def node_of(found: Mapping[str, Any]) -> Node:
    is_folder = found["type"] == "directory"
    return Node(
        os.path.basename(found["name"].rstrip("/")), is_folder, 0 if is_folder else found["size"],
        seconds(found.get("mtime", found.get("LastModified"))), found.get("checksums") or {}, found.get("locality"),
    )  # fmt: skip


def seconds(time: Any) -> float | None:
    """Seconds since 1970 of what a library gives for a time."""
    return float(time.timestamp() if hasattr(time, "timestamp") else time) if time is not None else None
