"""Files and folders on servers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fsspec.asyn import sync

from caselaw.errors import StoreUnavailable, TransferError
from caselaw.storage.files.answers import clear_answers, is_of_client
from caselaw.storage.files.place import Node, Report
from caselaw.storage.files.schemes import WEBDAV
from caselaw.storage.remote_store import RemoteStore

if TYPE_CHECKING:
    from griddav.http.profile import ServerProfile

DAMAGED = "run again; if it happens again, look into the server's log"


@dataclass(frozen=True)
class RemotePlace:
    """A URL of a store. See `Place`."""

    store: RemoteStore
    url: str

    @property
    def fs(self) -> Any:
        return self.store.fs

    @property
    def path(self) -> str:
        """As the file system names it."""
        return self.store.path(self.url)

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    @property
    def here(self) -> None:
        return None

    @property
    def parent(self) -> RemotePlace:
        return RemotePlace(self.store, self.url.rpartition("/")[0])

    @property
    def speaks_webdav(self) -> bool:
        """Whether the client for WebDAV is behind it, which the other libraries do without."""
        return self.store.scheme in WEBDAV

    def child(self, name: str) -> RemotePlace:
        return RemotePlace(self.store, f"{self.url}/{name}")

    def node(self) -> Node:
        with clear_answers(self.url):
            return node_of(self.store.files.info(self.path))

    def entries(self) -> list[Node]:
        """What lies in a folder. Raises `StoreUnavailable` for a listing that holds a name that is none."""
        with clear_answers(self.url):
            found = self.store.files.entries(self.path)
        nodes = sorted(map(node_of, found), key=lambda node: node.name)
        if any(node.name in ("", ".", "..") for node in nodes):
            raise StoreUnavailable("the server's listing holds a name that is none", self.url, DAMAGED)
        return nodes

    def receive(self, source: Path, progress: Report, *, overwrite: bool) -> None:
        """Copy a file to this place, where it appears whole.

        Raises `FileExistsError` where the name is taken, and `StoreUnavailable` for an upload that arrived damaged.
        """
        with clear_answers(self.url), self.of_this_machine(source):
            self.store.files.put(str(source), self.path, progress, overwrite=overwrite)

    def fetch(self, target: Path, progress: Report) -> None:
        """Copy the file to this machine, where it appears whole. Raises `FileNotFoundError`.

        Raises `StoreUnavailable` for a download that arrived damaged.
        """
        with clear_answers(self.url):
            with of_this_machine(target):
                target.parent.mkdir(parents=True, exist_ok=True)
            with self.of_this_machine(target):
                self.store.files.get(self.path, str(target), progress)

    def rename(self, target: RemotePlace) -> None:
        """Give it another name. Raises `FileExistsError` where that is taken."""
        with clear_answers(target.url):
            self.store.files.rename(self.path, target.path, overwrite=False)

    def remove(self) -> None:
        """Remove a file, or a folder with all that it holds; what is gone is no error."""
        with contextlib.suppress(FileNotFoundError), clear_answers(self.url):
            self.store.files.remove_tree(self.path)

    def make_folder(self) -> None:
        with clear_answers(self.url):
            self.store.files.make_folder(self.path)

    def of_this_machine(self, file: Path) -> contextlib.AbstractContextManager[None]:
        """`of_this_machine`, where the client tells its own errors from those of this machine."""
        return of_this_machine(file) if self.speaks_webdav else contextlib.nullcontext()

    def profile(self) -> ServerProfile | None:
        """What kind of WebDAV server this is."""
        if not self.speaks_webdav:
            return None
        with clear_answers(self.url):
            profile: ServerProfile = sync(self.fs.loop, self.fs.client.profile)
        return profile

    def tells_more_of_single_files(self) -> bool:
        """Whether `node` may know what `entries` does not."""
        profile = self.profile()
        return profile is not None and profile.details

    def preferred(self) -> str | None:
        profile = self.profile()
        return None if profile is None else profile.digest

    def checksum(self, algorithm: str) -> str | None:
        with clear_answers(self.url):
            return self.store.files.checksum(self.path, algorithm)


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
